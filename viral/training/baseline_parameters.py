"""Parameters of the regressors on the account, found on folds of training creators.

`docs/experiments.md` has their figures and tells what else was tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from viral.training.tuned_parameters import tuned

CHOSEN_HISTORY_PARAMETERS: Mapping[str, Any] = {
    # Squared errors give the same R2, but a larger absolute error and a worse order of lifts.
    "objective": "huber",
    "alpha": 0.6,
    "num_iterations": 500,
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "lambda_l2": 3.0,
    "max_bin": 63,
}
"""LightGBM on what the post gets beyond `recent_level`, chosen by hand."""
HISTORY_PARAMETERS: Mapping[str, Any] = tuned("history", CHOSEN_HISTORY_PARAMETERS)
"""What training uses."""
HISTORY_ALPHAS = (0.6, 0.2)
"""Huber's borders, log10, of trees that are averaged: the wide one serves the mean, the narrow one,
near absolute errors, the median; together they order posts better than either."""

CHOSEN_ACCOUNT_PARAMETERS: Mapping[str, Any] = {
    "objective": "huber",
    "alpha": 0.4,
    "num_iterations": 300,
    "learning_rate": 0.06,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.5,
    "lambda_l2": 5.0,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "max_bin": 63,
}
"""LightGBM on the account's size where no recent views are known, chosen by hand."""
ACCOUNT_PARAMETERS: Mapping[str, Any] = tuned("account", CHOSEN_ACCOUNT_PARAMETERS)
"""What training uses."""
UNKNOWN_PARAMETERS: Mapping[str, Any] = {
    **CHOSEN_ACCOUNT_PARAMETERS,
    "num_iterations": 120,
    "learning_rate": 0.1,
    "num_leaves": 7,
    "min_data_in_leaf": 60,
}
"""LightGBM on the post alone, of an account that nothing is known of."""

RISING = ("followers",)
"""Features that views may only rise with."""
FALLING_RATIOS = ("followers",)
"""Features that likes, comments and shares per view may only fall with: the score is split into
views by them, and so views rise wherever the score does."""
SURER = ("recent_count",)
"""Features that the size of the error may only fall with."""
CURVE = "followers"
"""What a rising curve goes through where no recent views are known; it stays flat beyond its ends,
where a surface returned to its mean and gave accounts without followers 400,000 views."""
