"""What if, with an account: its posts are looked at anew for each version of the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from known import known_analysis, known_model, supported_everywhere

from viral.errors import DetailsError
from viral.explain.what_if import duration_curve, posting_times, what_if
from viral.pipeline import Analysis
from viral.posts.accounts.account import Account, AccountPost
from viral.posts.accounts.posting import details_with

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
POSTS = tuple(
    AccountPost(
        views=float(1000 + 700 * (day % 3)),
        likes=50.0,
        posted_at=MONDAY + timedelta(days=day, hours=(day % 3) * 4),
        duration_s=10.0 + 5 * (day % 3),
        caption="leeks #one" if day % 2 else "leeks #two",
    )
    for day in range(9)
)
ACCOUNT = Account("leeks", "tiktok", 500.0, "Europe/Madrid", POSTS)
PLANNED = MONDAY + timedelta(days=12, hours=9)
MODEL = known_model(
    context={"recent_hour_lift": 1.0, "recent_duration_lift": 1.0, "recent_tag_lift": 1.0}
)


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viral.pipeline.model_in_force", lambda own=None: MODEL)


def _clip(account: Account = ACCOUNT, **told: Any) -> Analysis:
    details = details_with(account, **{"caption": "a #one", "posted_at": PLANNED, **told})
    return known_analysis(MODEL, brightness=[10.0] * 10, details=details).again()


def test_each_hour_is_what_posting_then_is_predicted_to_bring() -> None:
    clip = _clip()
    times = posting_times(clip, MODEL, supported_everywhere())
    assert times.views.std() > 0
    for weekday, hour in ((0, 0), (2, 8), (6, 23)):
        days = (weekday - PLANNED.weekday()) % 7 + 7
        moment = (PLANNED + timedelta(days=days)).replace(hour=hour)
        again = what_if(clip, posted_at=moment)
        assert times.views[weekday, hour] == pytest.approx(again.prediction.views.median)


def test_each_length_is_what_such_a_clip_is_predicted_to_bring() -> None:
    clip = _clip()
    curve = duration_curve(clip, MODEL, supported_everywhere())
    here = curve.durations_s == 5.0
    trimmed = what_if(clip, trim_start_s=5)
    assert curve.median[here][0] == pytest.approx(trimmed.prediction.views.median)
    assert curve.median.std() > 0


def test_an_earlier_time_knows_only_the_posts_before_it() -> None:
    clip = _clip()
    assert clip.details.recent_views == tuple(post.views for post in POSTS)
    earlier = what_if(clip, posted_at=POSTS[5].posted_at)
    assert earlier.details.recent_views == tuple(post.views for post in POSTS[:5])
    assert what_if(earlier, posted_at=PLANNED).details == clip.details


def test_what_is_taken_away_is_not_the_accounts() -> None:
    clip = _clip()
    assert clip.details.followers == 500.0
    assert what_if(clip, followers=None).details.followers is None
    bare = what_if(clip, recent_views=None).details
    assert (bare.recent_views, bare.account, bare.followers) == ((), None, 500.0)
    assert what_if(clip, account=None).details.followers is None


def test_another_account_brings_its_own() -> None:
    other = replace(ACCOUNT, followers=9.0, posts=POSTS[:4])
    details = what_if(_clip(followers=77), account=other).details
    assert details.followers == 9.0
    assert len(details.recent_views) == 4
    assert details.caption == "a #one"


def test_what_is_typed_goes_before_the_account() -> None:
    typed = _clip(followers="1.2K", recent_views="10; 20; 30").details
    assert (typed.followers, typed.recent_views) == (1200.0, (10.0, 20.0, 30.0))
    values = _clip(recent_views="10; 20; 30").features["context"].values
    assert np.isnan(values["recent_tag_lift"])


def test_another_platform_than_the_accounts_is_refused() -> None:
    with pytest.raises(DetailsError, match="on tiktok, but this post is for shorts") as caught:
        details_with(ACCOUNT, platform="youtube")
    assert caught.value.message.code == "details.other_platform"


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2026-07-01 18:30", 16),
        ("Jul 1, 2026 6:30 PM", 16),
        ("2026-07-01T18:30Z", 18),
        ("2026-07-01T18:30+01:00", 17),
        (datetime(2026, 7, 1, 18, 30), 16),
    ],
)
def test_a_time_without_a_zone_is_on_the_accounts_clock(written: Any, hour: int) -> None:
    moment = details_with(ACCOUNT, posted_at=written).posted_at
    assert moment is not None
    assert moment.astimezone(UTC) == datetime(2026, 7, 1, hour, 30, tzinfo=UTC)


def test_posts_without_times_still_tell_who_liked_them() -> None:
    pasted = Account(posts=(AccountPost(100.0), AccountPost(200.0, likes=20.0)))
    details = details_with(pasted)
    assert details.recent_views == (100.0, 200.0)
    assert details.recent_likes == (20.0,)
