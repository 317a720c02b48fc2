"""Ranking drafts: who is the best how often, and which cannot be told apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fabricated import prediction as fabricated
from hypothesis import given, settings
from hypothesis import strategies as st

from viral.errors import DetailsError
from viral.explain.ranking import MOST_DRAFTS, chances_to_be_best, rank
from viral.model.account_size import ALL_SIZES
from viral.model.pairwise import PairErrors, fit_pairs
from viral.model.prediction import Prediction
from viral.model.store import shipped_model

SIGMA = 0.3
"""Spread of single posts around their account's level, log10."""


@pytest.fixture(scope="module")
def steady() -> PairErrors:
    """All accounts are equally steady."""
    rng = np.random.default_rng(3)
    promised = rng.normal(0, 0.4, 20_000)
    came = promised + rng.normal(0, SIGMA * np.sqrt(2), len(promised))
    return fit_pairs({"all": promised}, came, np.arange(len(promised)) // 20)


def _predicted(level: float, usual: float | None = 1000.0) -> Prediction:
    made = fabricated(usual_views=usual)
    if usual is None:
        made = replace(made, account_size=ALL_SIZES)
    return replace(made, explanation=replace(made.explanation, prediction=level))


@pytest.mark.parametrize("apart", [0.0, 0.03, 0.1, 0.3, 0.7])
def test_of_two_drafts_the_best_is_the_one_that_beats_the_other(apart: float) -> None:
    pairs = shipped_model().pairs["history"]
    chances = chances_to_be_best(np.array([3.0, 3.0 + apart]), pairs)
    assert chances[1] == pytest.approx(pairs.probability(apart), abs=0.005)


def test_of_many_the_best_is_so_as_often_as_in_a_simulation(steady: PairErrors) -> None:
    levels = np.array([3.3, 3.2, 3.0, 3.0, 2.5])
    drawn = levels + np.random.default_rng(5).normal(0, SIGMA, (200_000, 5))
    often = np.bincount(drawn.argmax(axis=1), minlength=5) / len(drawn)
    np.testing.assert_allclose(chances_to_be_best(levels, steady), often, atol=0.015)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.0, 7.0), min_size=1, max_size=MOST_DRAFTS))
def test_chances_add_up_and_follow_the_predictions(levels: list[float]) -> None:
    chances = chances_to_be_best(np.array(levels), shipped_model().pairs["history"])
    assert chances.sum() == pytest.approx(1.0)
    assert (chances >= 0).all()
    assert (np.diff(chances[np.argsort(levels)]) >= -1e-12).all()


def test_drafts_close_together_are_one_group(steady: PairErrors) -> None:
    ranking = rank([_predicted(level) for level in (3.0, 3.51, 3.5, 2.99)], {"history": steady})
    assert ranking.order == (1, 2, 0, 3)
    assert ranking.groups == ((1, 2), (0, 3))
    assert [ranking.group_of(draft) for draft in range(4)] == [2, 1, 1, 2]
    assert ranking.beats[1, 0] == pytest.approx(1 - ranking.beats[0, 1])


def test_without_pairs_nothing_is_told_apart() -> None:
    ranking = rank([_predicted(3.0), _predicted(5.0)], {})
    assert ranking.order == (1, 0)
    assert np.isnan(ranking.best).all()
    assert ranking.groups == ((1, 0),)


def test_too_many_and_nobodys_drafts_are_refused(steady: PairErrors) -> None:
    with pytest.raises(DetailsError, match="At most 20 drafts"):
        rank([_predicted(3.0)] * 21, {"history": steady})
    with pytest.raises(DetailsError, match="Your account is needed"):
        rank([_predicted(3.0, usual=None)] * 2, {"history": steady})
    with pytest.raises(DetailsError, match="one account"):
        rank([_predicted(3.0), _predicted(3.0, usual=2.0)], {"history": steady})
