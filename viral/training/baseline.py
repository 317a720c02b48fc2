"""What an account usually gets: one regressor for each pattern of what is known of it.

With recent views, trees learn what a post gets beyond the mean of the last five, and see the age at
which the views were counted, which predictions may only rise with. Without them, a smooth surface
and trees learn the level itself, and the growth curve answers for the age.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from viral.model.growth_curve import AGE
from viral.model.inputs import Inputs
from viral.model.regressors import Regressor
from viral.posts.splits import folds
from viral.training.baseline_parameters import (
    ACCOUNT_BLOCKS,
    HISTORY_ALPHAS,
    HISTORY_PARAMETERS,
    RISING,
    SURFACE_SHARE,
)

HISTORY = "history"
START = "recent_last_five"
"""What the regressor on recent views starts from: it learns the difference."""
FORETELLING_FOLDS = 3
"""Of creators, for what older posts say of newer ones by others."""
HISTORY_FEATURES_START = "recent_"
ACCOUNT_FEATURES = frozenset(
    {"followers", "total_likes", "total_videos", "likes_per_video", "likes_per_follower"}
)

Fit = Callable[[np.ndarray, np.ndarray], Regressor]


def sees_age(pattern: str) -> bool:
    """Whether the regressor of a pattern looks at the age when counted itself."""
    return pattern == HISTORY


def columns_of(names: Iterable[str], pattern: str) -> tuple[str, ...]:
    """Return the features of the context that a pattern learns from, in their order."""
    kept = [name for name in names if name != AGE or sees_age(pattern)]
    if pattern != HISTORY:
        kept = [name for name in kept if not name.startswith(HISTORY_FEATURES_START)]
    if pattern == "unknown":
        kept = [name for name in kept if name not in ACCOUNT_FEATURES]
    return tuple(kept)


def matrix_of(inputs: Inputs, modality: str, columns: Sequence[str]) -> np.ndarray:
    """Return the values of some features, float64 `[posts, columns]`."""
    values = inputs.columns(modality)
    return np.column_stack([values[name] for name in columns])


def account_fit(
    pattern: str,
    columns: Sequence[str],
    *,
    parameters: Mapping[str, Any],
    history_parameters: Mapping[str, Any] = HISTORY_PARAMETERS,
    seeds: Sequence[int] = (0,),
    per_follower: bool = False,
) -> Fit:
    """Return what fits the regressor of a pattern to a matrix and a target in log10.

    Parameters
    ----------
    pattern : str
        One of `viral.model.inputs.PATTERNS`.
    columns : sequence of str
        The columns of the matrix, from `columns_of`.
    parameters, history_parameters : mapping
        LightGBM's, without and with recent views.
    seeds : sequence of int
        One booster each.
    per_follower : bool
        Predict the score per follower: the score less log10 of the followers, a line of slope 1.
    """
    chosen = dict(parameters)
    slopes = {"followers": 1.0} if per_follower and "followers" in columns else {}
    if pattern == HISTORY:
        chosen = dict(history_parameters)
        chosen["monotone_constraints"] = [int(name in RISING) for name in columns]
        slopes = slopes or {START: 1.0}

    # Where another objective was chosen, its own parameters stand.
    alphas = HISTORY_ALPHAS if pattern == HISTORY and chosen.get("objective") == "huber" else ()
    surface = {name for block in ACCOUNT_BLOCKS for name in block.columns}
    smooth = pattern == "account" and not slopes and surface <= set(columns)
    if smooth:
        # Only trees on squared errors can stand for a share of what they predict.
        chosen["objective"] = "regression"

    def fit(matrix: np.ndarray, target: np.ndarray) -> Regressor:
        if smooth:
            return Regressor.fit_smooth(
                matrix,
                columns,
                target,
                ACCOUNT_BLOCKS,
                share=SURFACE_SHARE,
                parameters=chosen,
                seeds=seeds,
            )
        kinds = [{**chosen, "alpha": alpha} for alpha in alphas] or [chosen]
        fitted = [
            Regressor.fit(
                matrix,
                columns,
                target,
                parameters=kind,
                seeds=seeds[number :: len(kinds)] or seeds[:1],
                fixed_slopes=slopes or None,
            )
            for number, kind in enumerate(kinds)
        ]
        return replace(fitted[0], boosters=tuple(b for one in fitted for b in one.boosters))

    return fit


def out_of_fold(
    matrix: np.ndarray, target: np.ndarray, keys: pd.Series, fit: Fit, fold_count: int
) -> np.ndarray:
    """Predict each row by a regressor that saw none of its creator's rows."""
    result = np.full(len(target), np.nan)
    for train, test in folds(keys.reset_index(drop=True), fold_count):
        result[test] = fit(matrix[train], target[train]).predict(matrix[test])
    return result


def foretold(
    matrix: np.ndarray, target: np.ndarray, keys: pd.Series, late: np.ndarray, fit: Fit
) -> tuple[np.ndarray, np.ndarray]:
    """Predict the newest posts by regressors that saw only older posts of other creators.

    Parameters
    ----------
    late : np.ndarray [shape=(posts,), dtype=bool]
        Which posts are the newest.

    Returns
    -------
    tuple of np.ndarray and np.ndarray
        Positions of the newest posts that could be predicted, and their predictions.
    """
    ahead = np.full(len(target), np.nan)
    for train, test in folds(keys.reset_index(drop=True), FORETELLING_FOLDS):
        older, newer = train[~late[train]], test[late[test]]
        if len(older) and len(newer):
            ahead[newer] = fit(matrix[older], target[older]).predict(matrix[newer])
    known = np.flatnonzero(np.isfinite(ahead))
    return known, ahead[known]
