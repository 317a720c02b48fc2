"""Two posts of one account: how often the one predicted to go further does, and what comes of what
a change was promised."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import norm

from viral.model.pairwise import (
    NO_PAIRS,
    PairErrors,
    Slope,
    fit_pairs,
    neighbours,
    slopes_of,
)

POST_SIGMA = 0.3
"""Spread of single posts around their account's level, log10."""


def learnt(share: float, pairs: int = 8000) -> PairErrors:
    """Return what is learnt where `share` of a promised difference comes true."""
    rng = np.random.default_rng(0)
    promised = rng.normal(0, 0.4, pairs)
    came = share * promised + rng.normal(0, POST_SIGMA * np.sqrt(2), pairs)
    return fit_pairs({"all": promised, "length": promised}, came, np.arange(pairs) // 20)


@pytest.fixture(scope="module")
def errors() -> PairErrors:
    return learnt(1.0)


def test_only_what_differs_between_posts_of_one_creator_is_paired() -> None:
    creators = np.array(["b", "a", "b", "a", "b", "c"])
    days = np.array([3.0, 1.0, 1.0, 2.0, np.nan, 1.0])
    earlier, later = neighbours(creators, days, np.ones(6, dtype=bool))
    assert list(zip(earlier.tolist(), later.tolist(), strict=True)) == [(1, 3), (2, 0)]


def test_the_better_one_wins_as_often_as_single_posts_allow(errors: PairErrors) -> None:
    for difference in (0.1, 0.3, 0.6):
        expected = norm.cdf(difference / (POST_SIGMA * np.sqrt(2)))
        assert errors.probability(difference) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_a_difference_of_which_little_comes_decides_little(share: float) -> None:
    found = learnt(share)
    expected = norm.cdf(share * 0.4 / (POST_SIGMA * np.sqrt(2)))
    assert found.probability(0.4) == pytest.approx(expected, abs=0.02)


def test_equal_cuts_have_equal_chances_and_the_two_ways_add_up(errors: PairErrors) -> None:
    assert errors.probability(0.0) == 0.5
    for difference in (0.01, 0.2, 3.0):
        both = errors.probability(difference) + errors.probability(-difference)
        assert both == pytest.approx(1.0)
    assert errors.probability(50.0) == 0.99


def test_what_changes_of_each_kind_bring_is_told_apart() -> None:
    rng = np.random.default_rng(1)
    promised = rng.normal(0, 0.1, (5000, 2))
    came = promised @ [1.0, 0.1] + rng.normal(0, 0.2, 5000)
    slopes, low, high = slopes_of(promised, came, np.arange(5000) // 10)
    assert slopes == pytest.approx([1.0, 0.1], abs=0.1)
    assert np.all((low < [1.0, 0.1]) & (high > [1.0, 0.1]))
    assert np.all(high - low < 0.2)
    # A feature that never differs between two posts of one account has been promised nothing.
    still = np.column_stack([promised[:, 0], np.zeros(5000)])
    slopes, *_ = slopes_of(still, came, np.arange(5000))
    assert slopes[0] == pytest.approx(1.0, abs=0.1)
    assert np.isnan(slopes[1])


@pytest.mark.parametrize(
    ("slope", "kept"),
    [
        (Slope(1.0, 0.85, 1.15, 5000), True),
        (Slope(1.0, 0.6, 1.4, 5000), False),
        (Slope(0.2, -0.1, 0.6, 5000), False),
        (Slope(1.0, 0.9, 1.1, 20), False),
    ],
)
def test_a_change_is_offered_only_where_its_promise_has_been_kept(slope: Slope, kept: bool) -> None:
    assert PairErrors(np.zeros(51), 5000, 1.0, {"time": slope}).keeps("time") is kept


def test_a_kind_of_change_that_nobody_has_tried_is_not_offered(errors: PairErrors) -> None:
    assert not errors.keeps("time")


def test_too_few_pairs_give_no_probability() -> None:
    errors = fit_pairs({"all": np.zeros(10)}, np.zeros(10), np.zeros(10))
    assert errors.pairs == 0
    assert np.isnan(NO_PAIRS.probability(0.3))


def test_it_survives_the_manifest(errors: PairErrors) -> None:
    again = PairErrors.from_dict(json.loads(json.dumps(errors.to_dict())))
    assert again.probability(0.2) == errors.probability(0.2)
    assert again.kinds == errors.kinds
