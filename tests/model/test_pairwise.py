"""Two posts of one account: how often the one predicted to go further does."""

import numpy as np
import pytest
from scipy.stats import norm

from viral.model.pairwise import NO_PAIRS, PairErrors, fit_pairs


@pytest.fixture(scope="module")
def errors():
    # Accounts shift all their posts by up to a factor of 100; posts differ by sigma = 0.3.
    rng = np.random.default_rng(0)
    creators = np.repeat(np.arange(400), 20)
    account = rng.normal(0, 1.0, 400)[creators]
    residuals = account + rng.normal(0, 0.3, len(creators))
    return fit_pairs(residuals, creators, np.tile(np.arange(20), 400))


def test_what_shifts_a_whole_account_cancels(errors):
    for difference in (0.1, 0.3, 0.6):
        expected = norm.cdf(difference / (0.3 * np.sqrt(2)))
        assert errors.probability(difference) == pytest.approx(expected, abs=0.02)


def test_equal_cuts_have_equal_chances_and_the_two_ways_add_up(errors):
    assert errors.probability(0.0) == 0.5
    for difference in (0.01, 0.2, 3.0):
        both = errors.probability(difference) + errors.probability(-difference)
        assert both == pytest.approx(1.0)
    assert errors.probability(50.0) == 0.99


def test_too_few_pairs_give_no_probability():
    errors = fit_pairs(np.zeros(10), np.zeros(10), np.arange(10))
    assert errors.pairs == 0
    assert np.isnan(NO_PAIRS.probability(0.3))


def test_it_survives_the_manifest(errors):
    assert PairErrors.from_dict(errors.to_dict()).probability(0.2) == errors.probability(0.2)
