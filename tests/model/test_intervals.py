"""Ranges: calibrated for what is told, blended between sizes, and low where nothing is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from viral.model.intervals import (
    TAILS,
    Places,
    breakout_of,
    calibrate,
    cells_of,
    centred,
    middles_of,
    places_of,
)
from viral.model.store import shipped_model
from viral.posts.earlier_posts import with_compared_past
from viral.posts.schema import in_schema

POSTS = 4000


def _places(
    count: int, pattern: str, *, followers: float = 1e5, views: float = 7.0, level: float = 4.5
) -> Places:
    return places_of(
        np.full(count, pattern),
        np.full(count, followers),
        np.full(count, views if pattern == "history" else 0.0),
        np.full(count, level),
        totals=np.zeros(count, dtype=bool),
    )


def _together(*parts: Places) -> Places:
    return Places(
        np.concatenate([part.tiers for part in parts]),
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.sizes for part in parts]),
    )


def test_a_cell_says_what_is_known() -> None:
    assert cells_of(_places(1, "history"))[0] == "history/2/2"
    assert cells_of(_places(1, "account"))[0] == "account/0/3"
    assert cells_of(_places(1, "unknown"))[0] == "unknown/0/0"


def test_each_cell_is_covered_by_its_own_errors() -> None:
    random = np.random.default_rng(0)
    places = _together(
        _places(POSTS, "history", views=10.0, level=4.5),
        _places(POSTS, "history", views=10.0, level=6.5),
    )
    wide = np.repeat([1.0, 3.0], POSTS)
    calibration = calibrate(random.normal(0.0, 0.2 * wide), np.full(2 * POSTS, 0.2), places)
    truth = random.normal(0.0, 0.2 * wide)
    low, high = calibration.bounds(np.zeros(2 * POSTS), np.full(2 * POSTS, 0.2), places)
    for rows in (slice(None, POSTS), slice(POSTS, None)):
        assert (truth < low)[rows].mean() == pytest.approx(0.1, abs=0.02)
        assert (truth > high)[rows].mean() == pytest.approx(0.1, abs=0.02)


def test_one_follower_one_view_and_one_post_more_make_no_leap() -> None:
    random = np.random.default_rng(0)
    parts = [
        _places(300, "history", views=views, level=level)
        for views in (1.0, 2.5, 5.0, 10.0)
        for level in (2.5, 3.5, 4.5, 5.5, 6.5)
    ]
    places = _together(*parts)
    spread = np.repeat(random.uniform(0.1, 1.0, len(parts)), 300)
    calibration = calibrate(random.normal(0.0, spread), np.ones(len(spread)), places)
    sizes = np.linspace(1.0, 8.0, 2000)
    walked = Places(np.full(2000, "history"), np.full(2000, 5.0), sizes)
    low, high = calibration.bounds(np.zeros(2000), np.ones(2000), walked)
    assert np.abs(np.diff(low)).max() < 0.01
    assert np.abs(np.diff(high)).max() < 0.01


def test_a_set_that_counts_more_often_is_heard_more() -> None:
    random = np.random.default_rng(0)
    places = _places(POSTS, "account")
    spread = np.where(np.arange(POSTS) < POSTS - 400, 0.2, 1.0)
    residuals = random.normal(0.0, spread)
    repeats = np.where(spread > 0.5, 9, 1)
    even = calibrate(residuals, np.ones(POSTS), places)
    heard = calibrate(residuals, np.ones(POSTS), places, repeats)
    one = np.zeros(1), np.ones(1), places.rows(np.array([0]))
    assert heard.bounds(*one)[1][0] > even.bounds(*one)[1][0] * 1.5


def test_a_cell_that_was_never_seen_takes_its_parent() -> None:
    random = np.random.default_rng(0)
    places = _places(POSTS, "account")
    calibration = calibrate(random.normal(0.0, 1.0, POSTS), np.ones(POSTS), places)
    one = np.zeros(1), np.ones(1)
    other = _places(1, "account", followers=1e7)
    known = calibration.bounds(*one, places.rows(np.array([0])))[0][0]
    assert calibration.bounds(*one, other)[0][0] == known


def test_a_prediction_is_moved_to_the_middle_of_what_came() -> None:
    random = np.random.default_rng(0)
    places = _places(POSTS, "history", views=5.0)
    missed = random.exponential(0.3, POSTS) - 0.1
    middles = middles_of(missed, places, np.ones(POSTS, dtype=int))
    moved = missed - centred(middles, places)
    assert (moved > 0).mean() == pytest.approx(0.5, abs=0.01)
    # It does not hang on the size of the account, so followers cannot turn it down.
    sizes = [_places(1, "account", followers=10.0**k) for k in range(9)]
    known = middles_of(missed, _places(POSTS, "account"), np.ones(POSTS, dtype=int))
    assert len({float(centred(known, one)[0]) for one in sizes}) == 1


def test_unknown_accounts_get_a_lower_bound() -> None:
    random = np.random.default_rng(0)
    places = _places(POSTS, "unknown")
    calibration = calibrate(random.normal(0.0, 1.0, POSTS), np.ones(POSTS), places)
    truth = random.normal(0.0, 1.0, POSTS)
    low, high = calibration.bounds(np.zeros(POSTS), np.ones(POSTS), places)
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
    told = breakout_of(said, _places(11, "history").tiers)
    np.testing.assert_array_equal(told, said)
    for pattern in ("account", "unknown"):
        found = breakout_of(said, _places(11, pattern).tiers)
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
