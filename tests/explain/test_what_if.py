"""What if: the model's answer to another post or a shorter clip, worked out by hand here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known import BASE, known_analysis, known_model, supported_everywhere

from viral.errors import DetailsError
from viral.explain.what_if import duration_curve, posting_times, trimmed, what_if
from viral.model.evidence import FEWEST_POSTS, Support
from viral.model.model import Model
from viral.pipeline import Analysis
from viral.posts.details import PostDetails, post_details
from viral.posts.hashtags import ending_hashtags, hashtags_in

WEDNESDAY_NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)
MODEL = known_model(
    context={"duration": -1.0, "hour_sin": 0.3, "weekday": 0.1, "hashtag_count": -0.05},
    visual={"brightness": 0.02},
)
DETAILS = PostDetails(caption="a day out #one #two", posted_at=WEDNESDAY_NOON, followers=500.0)


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viral.pipeline.model_in_force", lambda own=None: MODEL)


def clip(model: Model = MODEL, **more: Any) -> Analysis:
    more = {"details": DETAILS, **more}
    # Predicted again as it is, so that it has its id.
    return known_analysis(model, brightness=[10.0] * 5 + [30.0] * 5, **more).again()


def log_views(analysis: Analysis) -> float:
    return float(np.log10(analysis.prediction.views.median))


def test_the_known_model_is_what_it_says() -> None:
    expected = BASE - 1.0 + 0.3 * np.sin(np.pi) + 0.2 - 0.1 + 20 * 0.02
    assert log_views(clip()) == pytest.approx(expected)


def test_without_a_change_the_prediction_stays() -> None:
    before = clip()
    after = what_if(before)
    assert after.prediction.to_dict() == before.prediction.to_dict()
    assert after.details == before.details


def test_a_caption_counts_its_hashtags_anew() -> None:
    before = clip()
    after = what_if(before, caption="a day out")
    assert log_views(after) - log_views(before) == pytest.approx(0.1)
    assert after.details.followers == before.details.followers
    bare = what_if(before, caption=None)
    assert bare.details.caption is None
    assert "text" in bare.prediction.missing


def test_a_trim_is_shorter_and_shows_what_is_kept() -> None:
    before = clip()
    after = what_if(before, trim_start_s=5, trim_end_s="10")
    # Twice as short is a tenth to the power of -log10(2), and the bright half is left.
    change = np.log10(2.0) + 10 * 0.02
    assert log_views(after) - log_views(before) == pytest.approx(change)
    assert after.keep == [(5.0, 10.0)]
    assert after.features["visual"].values["brightness"] == pytest.approx(30.0)
    # From a trim back to the whole.
    assert what_if(after).prediction.to_dict() == before.prediction.to_dict()


def test_the_waterfall_follows() -> None:
    after = what_if(clip(), trim_start_s=5, caption="bare")
    explanation = after.prediction.explanation
    parts = {part.name: part.value for part in explanation.features}
    assert parts["context.duration"] == pytest.approx(-np.log10(5.0))
    assert parts["visual.brightness"] == pytest.approx(30 * 0.02)
    assert explanation.base + sum(parts.values()) == pytest.approx(explanation.prediction)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"trim_start_s": 4.0, "trim_end_s": 4.0}, "must come before the end"),
        ({"trim_start_s": 8.0, "trim_end_s": 2.0}, "must come before the end"),
        ({"trim_start_s": 99.0}, "must come before the end"),
        ({"trim_start_s": -1.0}, "must be 0 s or later"),
        ({"trim_end_s": 60.0}, "is 10 s long; it can.t end at 60 s"),
        ({"trim_start_s": "soon"}, "must be seconds, such as 0 and 12.5"),
        ({"trim_end_s": float("nan")}, "must be seconds, such as 0 and 12.5"),
        ({"posted_at": "2026-03-01T25:00"}, "is not a date"),
        ({"followers": "-3"}, "Followers must lie between"),
        ({"recent_views": "many"}, "are not numbers"),
        ({"horizon_days": 0}, "horizon"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DetailsError, match=sentence) as caught:
        what_if(clip(), **change)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@given(
    st.floats(0.6, 600.0),
    st.one_of(st.none(), st.floats(-10, 700), st.text(max_size=5)),
    st.one_of(st.none(), st.floats(-10, 700), st.text(max_size=5)),
)
def test_a_trim_is_within_the_clip_or_refused(duration_s: float, start: Any, end: Any) -> None:
    try:
        spans = trimmed(duration_s, start, end)
    except DetailsError:
        return
    for kept_from, kept_to in spans or ():
        assert 0.0 <= kept_from < kept_to <= duration_s
        assert kept_to - kept_from >= 0.5


def test_the_best_hour_is_on_the_creators_own_clock() -> None:
    analysis = clip()
    utc = posting_times(analysis, MODEL, MODEL.support)
    assert utc.views.shape == (7, 24)
    # sin is largest at six, and the last day of the week has the largest weekday.
    assert np.unravel_index(utc.views.argmax(), utc.views.shape) == (6, 6)
    assert utc.chosen == (2, 12)
    assert utc.views[2, 12] == pytest.approx(analysis.prediction.views.median)
    tokyo = posting_times(analysis, MODEL, MODEL.support, ZoneInfo("Asia/Tokyo"))
    assert np.unravel_index(tokyo.views.argmax(), tokyo.views.shape) == (6, 15)
    assert tokyo.chosen == (2, 21)
    assert tokyo.utc_offset == timedelta(hours=9)
    # Monday 1 a.m. in Tokyo is still Sunday in UTC.
    assert tokyo.views[0, 1] == pytest.approx(utc.views[6, 16])


def test_each_hour_has_the_posts_of_that_hour_behind_it() -> None:
    counts = np.zeros((7, 24), dtype=np.int64)
    counts[6, 16] = FEWEST_POSTS
    counts[3, 3] = FEWEST_POSTS - 1
    support = replace(supported_everywhere(), weekday_hour=counts)
    utc = posting_times(clip(), MODEL, support)
    assert np.argwhere(utc.supported).tolist() == [[6, 16]]
    tokyo = posting_times(clip(), MODEL, support, ZoneInfo("Asia/Tokyo"))
    assert np.argwhere(tokyo.supported).tolist() == [[0, 1]]


def test_without_a_time_no_hour_is_chosen() -> None:
    found = posting_times(clip(details=PostDetails()), MODEL, MODEL.support)
    assert found.chosen is None
    assert np.isfinite(found.views).all()


def test_the_curve_falls_with_the_length_and_meets_the_prediction() -> None:
    analysis = clip()
    found = duration_curve(analysis, MODEL, MODEL.support)
    views = analysis.prediction.views
    assert (np.diff(found.durations_s) > 0).all()
    assert found.median * found.durations_s == pytest.approx(views.median * 10.0)
    at = found.durations_s.tolist().index(found.chosen_s)
    assert found.chosen_s == 10.0
    ends = (found.low[at], found.median[at], found.high[at])
    assert ends == pytest.approx((views.low, views.median, views.high))
    assert (found.low <= found.median).all()
    assert (found.median <= found.high).all()


def test_the_curve_of_a_trim_meets_its_own_length() -> None:
    analysis = what_if(clip(), trim_end_s=7.3)
    found = duration_curve(analysis, MODEL, MODEL.support)
    at = found.durations_s.tolist().index(7.3)
    assert found.median[at] == pytest.approx(analysis.prediction.views.median)


def test_lengths_with_little_data_are_told_apart() -> None:
    durations = np.zeros_like(supported_everywhere().durations)
    durations[5] = FEWEST_POSTS  # 11 s up to 13 s
    support: Support = replace(supported_everywhere(), durations=durations)
    found = duration_curve(clip(), MODEL, support)
    assert found.durations_s[found.supported].tolist() == [11.0, 12.0]


@pytest.mark.parametrize(
    ("caption", "words", "tags"),
    [
        ("a day out #one #Two", "a day out", ("#one", "#Two")),
        ("I love #cooking outdoors #nature", "I love #cooking outdoors", ("#nature",)),
        ("#only", "", ("#only",)),
        ("no tag here ", "no tag here ", ()),
        ("#first then words", "#first then words", ()),
        ("dots #one.", "dots #one.", ()),
        ("glued#one#two", "glued", ("#one", "#two")),
    ],
)
def test_hashtags_at_the_end_come_off(caption: str, words: str, tags: tuple[str, ...]) -> None:
    assert ending_hashtags(caption) == (words, tags)


@given(st.text(alphabet=st.characters() | st.sampled_from("# a1️⃣"), max_size=60))
def test_no_hashtag_is_lost_or_made_when_they_come_off(caption: str) -> None:
    words, tags = ending_hashtags(caption)
    assert hashtags_in(" ".join((words, *tags))) == hashtags_in(caption)
    assert ending_hashtags(words)[1] == ()


def test_details_are_checked_as_those_of_a_post_are() -> None:
    after = what_if(clip(), followers="12.4K", recent_views="900, 1500", posted_at=None)
    expected = post_details(
        caption=DETAILS.caption, followers=12_400, recent_views=[900, 1500], posted_at=None
    )
    assert after.details == expected


def test_other_recent_views_leave_the_likes_of_other_posts_out() -> None:
    details = post_details(recent_views=[1000, 2000], recent_likes=[100, 300])
    before = clip(details=details)
    assert what_if(before, followers=9).details.recent_likes == (100, 300)
    assert what_if(before, recent_views=[7, 8]).details.recent_likes == ()
    again = what_if(before, recent_views=[7, 8], recent_likes=[1, 2], recent_shares="3")
    assert again.details.recent_likes == (1, 2)
    assert again.details.recent_shares == (3,)
    assert what_if(before, recent_likes=None).details.recent_likes == ()
