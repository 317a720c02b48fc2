"""Parameters of the regressors on the account, found on folds of training creators.

`docs/experiments.md` has their figures and tells what else was tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from viral.model.gaussian_process import Block
from viral.training.tuned_parameters import tuned

CHOSEN_HISTORY_PARAMETERS: Mapping[str, Any] = {
    # Squared errors give the same R2, but a larger absolute error and a worse order of lifts.
    "objective": "huber",
    "alpha": 0.6,
    "num_iterations": 800,
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "max_bin": 127,
}
"""LightGBM on what the post gets beyond `recent_last_five`, chosen by hand."""
HISTORY_PARAMETERS: Mapping[str, Any] = tuned("history", CHOSEN_HISTORY_PARAMETERS)
"""What training uses."""
HISTORY_ALPHAS = (0.6, 0.25)
"""Huber's borders, log10, of trees that are averaged: the wide one serves the mean, the narrow one,
near absolute errors, the median; together they order posts better than either."""

CHOSEN_ACCOUNT_PARAMETERS: Mapping[str, Any] = {
    # The objective counts where trees stand alone; beside a surface they learn squared errors.
    "objective": "huber",
    "alpha": 0.8,
    "num_iterations": 500,
    "learning_rate": 0.025,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "max_bin": 127,
}
"""LightGBM on the account's size where no recent views are known, chosen by hand."""
ACCOUNT_PARAMETERS: Mapping[str, Any] = tuned("account", CHOSEN_ACCOUNT_PARAMETERS)
"""What training uses."""
UNKNOWN_PARAMETERS: Mapping[str, Any] = {
    **CHOSEN_ACCOUNT_PARAMETERS,
    "num_iterations": 300,
    "learning_rate": 0.04,
    "num_leaves": 7,
    "min_data_in_leaf": 60,
}
"""LightGBM on the post alone, of an account that nothing is known of."""

RISING = ("age",)
"""Features that a prediction may only rise with: views do not go down with time."""

_ACCOUNT = ("followers", "total_likes", "total_videos")
_UNTOLD = ("total_likes",)
"""The totals are told together or not at all; without them the followers mean something else."""
_POST = (
    "duration",
    "hashtag_count",
    "reach_tag_count",
    "sound_original",
    "hour_sin",
    "hour_cos",
)
ACCOUNT_BLOCKS = (
    Block("account surface", _ACCOUNT, smooth=True, flagged=_UNTOLD),
    Block("account line", _ACCOUNT, flagged=_UNTOLD),
    Block("post surface", _ACCOUNT + _POST, smooth=True, flagged=_UNTOLD),
)
"""Without recent views there are only some thousand different accounts to learn from: a smooth
surface generalises better than trees."""
SURFACE_SHARE = 0.7
"""Weight of the surface beside the trees; chosen on folds of training creators."""
