"""How many of the viewers like, comment and share: learnt from past posts, creators kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from viral.model.engagement import (
    RATIO_PARAMETERS,
    OwnRatios,
    Split,
    fit_prior,
)
from viral.model.regressors import Regressor
from viral.model.virality import ENGAGEMENTS
from viral.posts.engagement_ratios import TELLING, TRENDS, log_ratio
from viral.training.baseline import out_of_fold

OWN = frozenset(f"recent_{name}_{part}" for name in TELLING for part in TRENDS)
"""Features that comparable posts are found without: creators whose viewers hardly ever like or
always do are too few for trees, so their own ratios are blended in as they are."""


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
    regressors, priors, expected = {}, {}, {}
    for name in ENGAGEMENTS:
        target = log_ratio(counts[name], counts["views"])
        known = np.flatnonzero(np.isfinite(target))

        def fit(x: np.ndarray, y: np.ndarray) -> Regressor:
            return Regressor.fit(x, columns, y, parameters=RATIO_PARAMETERS)

        comparable = np.full(len(target), float(np.nanmedian(target)))
        comparable[known] = out_of_fold(
            matrix[known], target[known], keys.iloc[known], fit, fold_count
        )
        priors[name] = fit_prior(own[name], comparable, target)
        expected[name] = own[name].blended(comparable, priors[name])
        regressors[name] = fit(matrix[known], target[known])
    return Split(regressors, priors), expected
