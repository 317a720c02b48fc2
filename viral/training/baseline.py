"""What an account usually gets: one regressor for each pattern of what is known of it.

With recent views, trees learn what a post gets beyond the robust level of the last ones, a line of
slope 1, so that it carries over to accounts of any size. Without them, a rising curve through the
followers and trees learn the level itself. Views never fall with followers in either. The growth
curve answers for the age at which views are counted.
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
    CURVE,
    HISTORY_ALPHAS,
    HISTORY_PARAMETERS,
    RISING,
)

HISTORY = "history"
START = "recent_level"
"""What the regressor on recent views starts from: it learns the difference."""
UNUSED = frozenset(
    {
        AGE,
        # Both fall while followers rise.
        "likes_per_follower",
        "recent_per_follower",
        # Levels, of which the regressor knows the robust one and how others differ from it; and
        # single views, of which one may be a slip.
        "recent_mean",
        "recent_median",
        "recent_average",
        "recent_lowest",
        "recent_low",
        "recent_high",
        "recent_highest",
        "recent_last_ten",
        "recent_last_five",
        "recent_last_five_median",
        "recent_last_three",
        "recent_last",
        "recent_trend",
    }
)
"""Features that are shown and that baselines use, but that no regressor of the account sees."""
HISTORY_FEATURES_START = "recent_"
ACCOUNT_FEATURES = frozenset(
    {"followers", "total_likes", "total_videos", "likes_per_video", "likes_per_follower"}
)

Fit = Callable[[np.ndarray, np.ndarray], Regressor]


def columns_of(names: Iterable[str], pattern: str) -> tuple[str, ...]:
    """Return the features of the context that a pattern learns from, in their order."""
    kept = [name for name in names if name not in UNUSED]
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
    chosen = dict(history_parameters if pattern == HISTORY else parameters)
    chosen["monotone_constraints"] = constraints(columns, RISING)
    slopes = {"followers": 1.0} if per_follower and "followers" in columns else {}
    if pattern == HISTORY:
        slopes = slopes or {START: 1.0}
    # Where another objective was chosen, its own parameters stand.
    alphas = HISTORY_ALPHAS if pattern == HISTORY and chosen.get("objective") == "huber" else ()
    curve = CURVE if pattern == "account" and not slopes else None

    def fit(matrix: np.ndarray, target: np.ndarray) -> Regressor:
        kinds = [{**chosen, "alpha": alpha} for alpha in alphas] or [chosen]
        fitted = [
            Regressor.fit(
                matrix,
                columns,
                target,
                parameters=kind,
                seeds=seeds[number :: len(kinds)] or seeds[:1],
                fixed_slopes=slopes or None,
                curve_column=curve,
            )
            for number, kind in enumerate(kinds)
        ]
        return replace(fitted[0], boosters=tuple(b for one in fitted for b in one.boosters))

    return fit


def constraints(
    columns: Sequence[str], rising: Iterable[str] = (), falling: Iterable[str] = ()
) -> list[int]:
    """Return LightGBM's `monotone_constraints`: 1 where a prediction may only rise, -1 only
    fall."""
    up, down = set(rising), set(falling)
    return [int(name in up) - int(name in down) for name in columns]


def out_of_fold(
    matrix: np.ndarray,
    target: np.ndarray,
    keys: pd.Series,
    fit: Fit,
    fold_count: int,
    ask: Callable[[Regressor, np.ndarray], None] = lambda *_: None,
) -> np.ndarray:
    """Predict each row by a regressor that saw none of its creator's rows.

    `ask` is called with each regressor and the rows that it did not see.
    """
    result = np.full(len(target), np.nan)
    for train, test in folds(keys.reset_index(drop=True), fold_count):
        fitted = fit(matrix[train], target[train])
        result[test] = fitted.predict(matrix[test])
        ask(fitted, test)
    return result
