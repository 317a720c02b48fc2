"""The growth curve: measured on made-up posts whose growth is known."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viral.model.growth_curve import REFERENCE_DAYS, SHORTEST_DAYS, GrowthCurve, fit_growth

AGES = np.tile(np.geomspace(0.3, 90.0, 600), 4)


def grown(ages: np.ndarray) -> np.ndarray:
    """Half of the views on the first day, all of them after the second."""
    return np.log10(np.clip(ages / 2.0, 0.0, 1.0))


def test_a_known_growth_is_found() -> None:
    noise = np.random.default_rng(0).normal(0.0, 0.05, len(AGES))
    curve = fit_growth(AGES, grown(AGES) + noise)
    assert abs(10.0 ** curve(np.array([1.0]))[0] - 0.5) < 0.05
    assert abs(10.0 ** curve(np.array([7.0]))[0] - 1.0) < 0.05


def test_the_curve_is_zero_at_its_reference_and_where_the_age_is_unknown() -> None:
    curve = fit_growth(AGES, grown(AGES))
    assert list(curve(np.array([REFERENCE_DAYS, np.nan]))) == [0.0, 0.0]


@given(st.lists(st.floats(0.0, 400.0), min_size=2, max_size=20))
def test_views_never_fall_with_age(days: list[float]) -> None:
    curve = fit_growth(AGES[AGES > 8.0], grown(AGES[AGES > 8.0]))
    growth = curve(np.sort(np.array(days)))
    assert (np.diff(growth) >= -1e-12).all()


def test_an_age_younger_than_all_learnt_from_widens_the_range_and_no_other_does() -> None:
    curve = GrowthCurve(days=(8.0, 90.0), log_growth=(0.0, 0.0), youngest_days=8.0)
    spread = curve.spread(np.array([0.5, 4.0, 8.0, 30.0, np.nan]))
    assert spread[0] > spread[1] > 0.0
    assert list(spread[2:]) == [0.0, 0.0, 0.0]


def test_half_the_youngest_age_has_between_half_and_all_of_the_views() -> None:
    curve = GrowthCurve(days=(8.0, 90.0), log_growth=(0.0, 0.0), youngest_days=8.0)
    share = 10.0 ** curve.below(np.array([4.0]))[0]
    assert 0.5 < share < 1.0
    assert np.isfinite(curve.below(np.array([0.0]))[0])
    assert curve.below(np.array([0.0]))[0] == curve.below(np.array([SHORTEST_DAYS]))[0]


def test_too_few_posts_give_no_growth() -> None:
    curve = fit_growth(AGES[:10], grown(AGES[:10]))
    assert not curve(np.array([0.5, 7.0])).any()
