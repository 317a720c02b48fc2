"""Ranges: calibrated for each group, apart for later posts, and low where nothing is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from viral.model.intervals import TAILS, breakout_of, calibrate, groups_of
from viral.model.store import shipped_model
from viral.posts.earlier_posts import with_compared_past
from viral.posts.schema import in_schema

POSTS = 4000


def _groups(count: int, pattern: str, *, later: bool) -> np.ndarray:
    return groups_of(
        np.full(count, pattern),
        np.full(count, 1e5),
        np.full(count, 7.0 if pattern == "history" else 0.0),
        totals=np.zeros(count, dtype=bool),
        dated=np.ones(count, dtype=bool),
        later=np.full(count, later),
    )


def test_a_group_says_what_is_known() -> None:
    assert _groups(1, "history", later=True)[0] == "later/history/dated/5+/2"
    assert _groups(1, "account", later=False)[0] == "within/account/dated/0/2"


def test_each_group_is_covered_by_its_own_errors() -> None:
    random = np.random.default_rng(0)
    groups = np.concatenate(
        [_groups(POSTS, "history", later=False), _groups(POSTS, "history", later=True)]
    )
    wide = np.repeat([1.0, 3.0], POSTS)
    calibration = calibrate(random.normal(0.0, 0.2 * wide), np.full(2 * POSTS, 0.2), groups)
    truth = random.normal(0.0, 0.2 * wide)
    low, high = calibration.bounds(np.zeros(2 * POSTS), np.full(2 * POSTS, 0.2), groups)
    inside = (truth >= low) & (truth <= high)
    assert inside[:POSTS].mean() == pytest.approx(0.8, abs=0.03)
    assert inside[POSTS:].mean() == pytest.approx(0.8, abs=0.03)


def test_a_group_that_was_never_seen_takes_its_parent() -> None:
    random = np.random.default_rng(0)
    groups = _groups(POSTS, "account", later=False)
    calibration = calibrate(random.normal(0.0, 1.0, POSTS), np.ones(POSTS), groups)
    other = np.array(["within/account/dated/0/5"])
    one = np.zeros(1), np.ones(1)
    assert calibration.bounds(*one, other)[0][0] == calibration.bounds(*one, groups[:1])[0][0]


def test_an_unknown_account_s_range_reaches_lower() -> None:
    random = np.random.default_rng(0)
    groups = _groups(POSTS, "unknown", later=False)
    calibration = calibrate(random.normal(0.0, 1.0, POSTS), np.ones(POSTS), groups)
    truth = random.normal(0.0, 1.0, POSTS)
    low, high = calibration.bounds(np.zeros(POSTS), np.ones(POSTS), groups)
    below, above = TAILS["unknown"]
    assert (truth < low).mean() == pytest.approx(below, abs=0.015)
    assert (truth > high).mean() == pytest.approx(above, abs=0.025)


@pytest.mark.parametrize("posted_at", ["2020-10-01T12:00Z", "2030-01-01T12:00Z", None])
def test_any_time_gives_a_range_that_holds_its_middle(posted_at: str | None) -> None:
    row = pd.DataFrame(
        {"video_id": ["x"], "followers": [5000], "recent_views": [[900, 1200]], "posted_at": None}
    ).assign(posted_at=posted_at)
    found = shipped_model().predict_table(with_compared_past(in_schema(row)[0])).iloc[0]
    assert 0 < found["views_low"] < found["views_median"] < found["views_high"]


def test_a_breakout_is_believed_less_where_the_accounts_own_views_are_not_told() -> None:
    said = np.linspace(0.0, 1.0, 11)
    told = breakout_of(said, _groups(11, "history", later=False))
    np.testing.assert_array_equal(told, said)
    for pattern in ("account", "unknown"):
        found = breakout_of(said, _groups(11, pattern, later=True))
        assert (np.diff(found) > 0).all()
        assert 0 < found[0] < 0.1 < found[-1] < 0.3


@pytest.mark.parametrize("followers", [None, 300, 20_000, 5_000_000])
def test_about_one_in_ten_posts_of_an_account_is_said_to_break_out(followers: int | None) -> None:
    row = pd.DataFrame({"video_id": ["x"], "followers": [followers], "duration_s": [15.0]})
    posts = in_schema(row)[0]
    model = shipped_model()
    inputs = model.inputs_of(posts, None)
    chance = model.breakout_probability(model.estimate(inputs), inputs.usual_log_views)
    assert 0.05 < chance[0] < 0.16
