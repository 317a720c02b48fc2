"""How much further off predictions are on posts of years that nobody has learnt from: measured.

Models of the posts to 2021 predict those of 2024 and later, by other creators. By how much a range
has to be wider there than on posts of known years, on both sides, spread over the years between, is
how much the ranges of posts that are yet to come widen.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from viral.model.intervals import COVERAGE
from viral.model.regressors import Regressor

OLD_UNTIL_DAYS = 18_993.0
"""1 January 2022, in days since 1970."""
NEW_FROM_DAYS = 19_723.0
"""1 January 2024."""
FEWEST_POSTS = 500
DAYS_A_YEAR = 365.2425
WIDEST = 4.0
"""Factor beyond which a range says nothing."""


def yearly_widening(
    matrix: np.ndarray,
    target: np.ndarray,
    posted_days: np.ndarray,
    judged: np.ndarray,
    fit: Callable[[np.ndarray, np.ndarray], Regressor],
    expected: np.ndarray,
    residuals: np.ndarray,
) -> float:
    """Return by what share ranges have to be wider for each year; 0 where it cannot be measured.

    Parameters
    ----------
    matrix, target : np.ndarray [shape=(posts, columns)], [shape=(posts,)]
        What the regressor learns from, all copies.
    posted_days : np.ndarray [shape=(posts,)]
        Days since 1970.
    judged : np.ndarray [shape=(posts,), dtype=bool]
        Posts of whole feeds with nothing left out.
    fit : callable
        Fits the regressor.
    expected, residuals : np.ndarray [shape=(posts,)]
        Size of the error expected, and truth less prediction where all years were learnt from.
    """
    old = posted_days < OLD_UNTIL_DAYS
    new = np.flatnonzero(judged & (posted_days >= NEW_FROM_DAYS) & np.isfinite(residuals))
    if old.sum() < FEWEST_POSTS or len(new) < FEWEST_POSTS:
        return 0.0
    ahead = fit(matrix[old], target[old]).predict(matrix[new])
    known = residuals[new] / expected[new]
    unknown = (target[new] - ahead) / expected[new]
    tail = (1.0 - COVERAGE) / 2.0
    low, high = np.quantile(known, (tail, 1.0 - tail))
    factors = np.arange(1.0, WIDEST + 0.01, 0.01)
    inside = np.array([np.mean((unknown >= low * f) & (unknown <= high * f)) for f in factors])
    enough = factors[inside >= COVERAGE]
    factor = float(enough[0]) if len(enough) else WIDEST
    years = (float(np.median(posted_days[new])) - OLD_UNTIL_DAYS) / DAYS_A_YEAR
    return round((factor - 1.0) / years, 5)
