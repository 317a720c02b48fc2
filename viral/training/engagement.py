"""How many of the viewers like, comment and share: learnt from past posts, creators kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from viral.model.engagement import (
    RATIO_PARAMETERS,
    SPLIT_COUNTS,
    OwnRatios,
    Split,
    fit_prior,
)
from viral.model.regressors import Regressor
from viral.model.virality import ENGAGEMENTS
from viral.posts.engagement_ratios import TELLING, TRENDS, log_ratio
from viral.training.baseline import constraints, out_of_fold
from viral.training.baseline_parameters import FALLING_RATIOS

OWN = frozenset(f"recent_{name}_{part}" for name in TELLING for part in TRENDS)
"""Features that comparable posts are found without: creators whose viewers hardly ever like or
always do are too few for trees, so their own ratios are blended in as they are."""
FEWEST_KNOWN = 500
"""Posts with a count beside the score below which it is not predicted."""


def fit_split(
    matrix: np.ndarray,
    columns: Sequence[str],
    counts: Mapping[str, np.ndarray],
    own: Mapping[str, OwnRatios],
    keys: pd.Series,
    fold_count: int,
) -> tuple[Split, dict[str, np.ndarray]]:
    """Learn the ratios of comparable posts, and how much a creator's own say beside them.

    Parameters
    ----------
    matrix : np.ndarray [shape=(posts, columns)]
        Of the context, with its `columns`.
    counts : mapping of str to np.ndarray [shape=(posts,)]
        `views` and each of `ENGAGEMENTS`, as they came out; NaN where unknown.
    own : mapping of str to OwnRatios
        Of the creators' earlier posts, as far as they are told.
    keys : pd.Series
        The creator of each post.
    fold_count : int
        Of the predictions out of fold.

    Returns
    -------
    tuple of Split and dict
        The split, and by count the log10 ratio that it expects of each post out of fold.
    """
    kept = [place for place, name in enumerate(columns) if name not in OWN]
    matrix, columns = matrix[:, kept], [columns[place] for place in kept]
    parameters = {
        **RATIO_PARAMETERS,
        "monotone_constraints": constraints(columns, falling=FALLING_RATIOS),
    }
    regressors, priors, expected = {}, {}, {}
    for name in SPLIT_COUNTS:
        target = log_ratio(counts[name], counts["views"])
        known = np.flatnonzero(np.isfinite(target))
        if name not in ENGAGEMENTS and len(known) < FEWEST_KNOWN:
            continue

        def fit(x: np.ndarray, y: np.ndarray) -> Regressor:
            return Regressor.fit(x, columns, y, parameters=parameters)

        comparable = np.full(len(target), float(np.nanmedian(target)))
        comparable[known] = out_of_fold(
            matrix[known], target[known], keys.iloc[known], fit, fold_count
        )
        priors[name] = fit_prior(own[name], comparable, target)
        expected[name] = own[name].blended(comparable, priors[name])
        regressors[name] = fit(matrix[known], target[known])
    return Split(regressors, priors), expected
