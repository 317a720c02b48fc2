"""What the shipped model promises wherever it is asked: never fewer views with more followers, no
leaps, days that only add, and the same answer for the same post."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from viral.modalities import context, text
from viral.modalities.features import Features
from viral.model.explained import nothing_to_see_or_hear
from viral.model.explained import predict as explained
from viral.model.prediction import COUNTS
from viral.model.store import shipped_model
from viral.posts.details import post_details
from viral.posts.earlier_posts import with_compared_past
from viral.posts.schema import in_schema

USUAL = [900, 1500, 700, 1200, 1100]
FOLLOWERS = np.unique(np.round(np.concatenate([[0.0], 10.0 ** np.linspace(0.0, 9.0, 200)])))
TOLD: dict[str, dict[str, Any]] = {
    "followers": {},
    "followers and time": {"posted_at": "2026-03-02T18:00Z", "platform": "tiktok"},
    "totals": {"creator_total_likes": 50_000, "creator_total_videos": 100},
    "views": {"recent_views": USUAL},
    "one view": {"recent_views": [1000], "posted_at": "2020-06-02T18:00Z"},
    "a caption": {"caption": "a day in the hills #hiking #fyp", "platform": "shorts"},
}


def _asked(rows: list[dict[str, Any]] | pd.DataFrame, **common: Any) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    for name, value in {"duration_s": 15.0, **common}.items():
        frame[name] = pd.Series([value] * len(frame), dtype=object)
    frame["video_id"] = [str(row) for row in range(len(frame))]
    return shipped_model().predict_table(with_compared_past(in_schema(frame)[0]))


def _warnings(clip: dict[str, Features] | None = None, **said: Any) -> tuple[str, ...]:
    details = post_details(**said)
    features = {
        "context": context.extract(details, duration_s=15.0, width=576, height=1024),
        "text": text.extract(details),
        **(clip or {}),
    }
    return explained(shipped_model(), features, details).warnings


@pytest.mark.parametrize("told", TOLD)
def test_views_never_fall_with_followers(told: str) -> None:
    found = _asked([{"followers": f} for f in FOLLOWERS], **TOLD[told])
    assert (found["views_median"].to_numpy() > 0).all()
    rises = np.diff(np.log10(found["views_median"]))
    assert rises.min() >= -1e-9


@pytest.mark.parametrize("told", TOLD)
def test_an_account_beyond_those_learnt_from_gets_no_mean(told: str) -> None:
    found = _asked([{"followers": f} for f in (10**8, 10**9)], **TOLD[told])
    ends = np.log10(found["views_median"])
    assert 0.0 <= ends.iloc[1] - ends.iloc[0] < 1.5


def test_views_follow_recent_views_over_nine_powers_of_ten() -> None:
    levels = 10.0 ** np.linspace(0.0, 9.0, 91)
    found = _asked([{"recent_views": [round(level)] * 5} for level in levels])
    medians = np.log10(found["views_median"] + 1.0)
    assert (np.diff(medians) > -0.05).all()
    beside = medians - np.log10(levels + 1.0)
    assert np.abs(beside).max() < 0.6


@pytest.mark.parametrize("told", ["followers", "views", "totals"])
def test_one_follower_more_makes_no_leap(told: str) -> None:
    sizes = [99, 999, 9_999, 29_999, 99_999, 999_999, 2_999_999, 9_999_999]
    pairs = [{"followers": size + more} for size in sizes for more in (0, 2)]
    found = _asked(pairs, **TOLD[told])
    for count in ("views", "likes"):
        for end in ("low", "median", "high"):
            column = np.log10(found[f"{count}_{end}"].to_numpy() + 1.0).reshape(-1, 2)
            # Two followers more of a hundred are two percent more of the account itself.
            assert np.abs(column[:, 1] - column[:, 0]).max() < np.log10(1.02) + 0.005, (count, end)


@pytest.mark.parametrize("told", ["followers", "views", "totals", "one view"])
def test_days_only_add(told: str) -> None:
    days = [1, 2, 3, 5, 7, 14, 30, 60, 120, 180, 365]
    found = _asked([{"horizon_days": day, "followers": 5_000} for day in days], **TOLD[told])
    for column in found.columns[1:]:
        assert (np.diff(found[column]) >= -1e-9).all(), column


def test_one_odd_newest_view_overturns_nothing() -> None:
    usual = [10**6] * 19
    rows = [{"recent_views": [*usual, newest]} for newest in (10**6, 0, 10_000)]
    found = _asked(rows)["views_median"].to_numpy()
    assert np.abs(np.log10(found / found[0])).max() < 0.12


def test_a_post_is_answered_alike_in_any_table() -> None:
    draft = {"recent_views": [1000] * 5, "followers": 4_000, "caption": "tea #tea"}
    alone = _asked([draft])
    beside = _asked([{**draft, "creator": "c", "posted_at": None} for _ in range(4)])
    with_time = [
        {**draft, "creator": "c", "posted_at": f"2026-03-0{day}T10:00Z"} for day in (2, 3, 4)
    ]
    drafts = _asked(with_time)
    single = [_asked([one]) for one in with_time]
    for column in alone.columns[1:]:
        np.testing.assert_allclose(beside[column], alone[column].iloc[0], rtol=1e-9)
        together = [one[column].iloc[0] for one in single]
        np.testing.assert_allclose(drafts[column], together, rtol=1e-9)


@pytest.mark.parametrize("known", [{}, {"followers": 4_000}, {"recent_views": USUAL}])
def test_hashtags_count_alike_wherever_they_stand(known: dict[str, Any]) -> None:
    rows = [
        {"caption": "tea #tea #fyp", "hashtags": None, **known},
        {"caption": "tea #tea #fyp", "hashtags": [], **known},
        {"caption": "tea #tea #fyp", "hashtags": ["tea", "fyp"], **known},
    ]
    found = _asked(rows)["views_median"]
    np.testing.assert_allclose(found, found.iloc[0], rtol=1e-6)


def test_every_count_has_a_range_and_saves_too() -> None:
    found = _asked([{"recent_views": USUAL, "recent_saves": [9, 15, 7, 12, 11]}]).iloc[0]
    assert "saves" in COUNTS
    for count in COUNTS:
        assert found[f"{count}_low"] <= found[f"{count}_median"] <= found[f"{count}_high"]
    many = _asked([{"recent_views": USUAL, "recent_saves": [90, 150, 70, 120, 110]}]).iloc[0]
    assert many["saves_median"] > 3 * found["saves_median"]


def test_a_week_changes_no_bound_by_more_than_a_twentieth() -> None:
    dates = ["2026-05-01T18:00Z", "2026-05-08T18:00Z", "2027-05-07T18:00Z", "2036-05-09T18:00Z"]
    for told in ({"followers": 56_745}, {"followers": 56_745, "recent_views": USUAL}):
        found = _asked([{"posted_at": date} for date in dates], **told)
        for end in ("low", "high"):
            column = np.log10(found[f"views_{end}"].to_numpy() + 1.0)
            assert abs(column[1] - column[0]) < np.log10(1.05)
        width = np.log10((found["views_high"] + 1) / (found["views_low"] + 1)).to_numpy()
        assert width[0] <= width[2] + 0.02 <= width[3] + 0.04


def test_the_platform_is_heard_and_reels_are_said_to_be_missing() -> None:
    found = _asked([{"platform": p, "followers": 5_000} for p in ("tiktok", "shorts", "reels")])
    assert found["views_median"].nunique() > 1
    said = _warnings(platform="reels", recent_views=USUAL)
    assert any("Reels" in warning for warning in said)


def test_a_fresh_newest_view_is_doubted_in_one_sentence() -> None:
    fresh = _warnings(recent_views=[*USUAL, 60])
    usual = _warnings(recent_views=[*USUAL, 800])
    assert sum("only hours old" in warning for warning in fresh) == 1
    assert not any("only hours old" in warning for warning in usual)


def test_a_black_silent_clip_is_said_to_be_one() -> None:
    black = Features("visual", {"brightness": 0.0, "contrast": 0.0})
    seen = Features("visual", {"brightness": 0.4, "contrast": 0.2})
    silent = Features("audio", {"silence_share": 1.0})
    heard = Features("audio", {"silence_share": 0.2})
    assert nothing_to_see_or_hear({"visual": black, "audio": silent})
    assert not nothing_to_see_or_hear({"visual": seen, "audio": silent})
    assert not nothing_to_see_or_hear({"visual": black, "audio": heard})
    said = _warnings({"visual": black, "audio": silent})
    assert any("black and silent" in warning for warning in said)
