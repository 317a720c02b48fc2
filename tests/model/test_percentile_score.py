"""The score as a place among others: never outside 0 to 100, whatever is predicted."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viral.model.percentile_score import fit_standing

GENERATOR = np.random.default_rng(0)
STANDING = fit_standing(GENERATOR.normal(4.0, 1.0, 3000), 10.0 ** GENERATOR.uniform(2.0, 7.5, 3000))


@given(
    log_virality=st.floats(-10, 20),
    followers=st.one_of(st.just(float("nan")), st.floats(0, 2e9), st.integers(0, 10**7)),
)
def test_a_score_stays_within_its_range(log_virality: float, followers: float) -> None:
    (score,) = STANDING.scores(np.array([log_virality]), np.array([float(followers)]))
    assert 0 <= score <= 100


def test_beyond_everything_seen_the_score_is_exactly_a_hundred() -> None:
    followers = np.geomspace(100, 2e7, 5000)
    scores = STANDING.scores(np.full(len(followers), 30.0), followers)
    assert scores.max() <= 100.0
    assert scores.min() > 99.999
