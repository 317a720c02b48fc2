"""Views, likes, comments and shares out of one score.

The score is a sum, so it can be split exactly: with the ratios `r = count / views` that posts like
this one usually have, and the weights `w` of the score,

    views = virality / (1 + sum(w * r)),    count = r * views

and `views + sum(w * count) = virality` holds to rounding error. The ratios do not depend on the
horizon, so every count grows with time when the score does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from viral.model.regressors import Regressor
from viral.posts.details import PostDetails
from viral.virality import ENGAGEMENTS, ViralityWeights

HIGHEST_LOG_RATIO = 0.0
"""Likes, comments and shares rarely exceed views, and never by kind."""
LOWEST_LOG_RATIO = -6.0
RATIO_PARAMETERS: Mapping[str, object] = {
    "objective": "regression_l1",
    "num_iterations": 150,
    "learning_rate": 0.08,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
}
"""Medians are what the table of errors is about, so the ratios are fitted to absolute error."""


OWN_POSTS = 5
"""The newest posts of a creator whose ratios count."""
PRIOR_POSTS = 0.5
"""Own posts that the regressors' ratio is worth: ratios of one creator differ by far less than
those of two, see `benchmarks/own_ratios.py`."""


@dataclass(frozen=True)
class Split:
    """Regressors of log10(count / views) on what is known of the account and the post."""

    ratios: Mapping[str, Regressor]
    """By name in `ENGAGEMENTS`."""

    def log_ratios(self, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the expected log10(count / views) of each post by count."""
        return {
            name: np.clip(
                regressor.predict(regressor.matrix(values)),
                LOWEST_LOG_RATIO,
                HIGHEST_LOG_RATIO,
            )
            for name, regressor in self.ratios.items()
        }


def log_ratio(counts: np.ndarray, views: np.ndarray) -> np.ndarray:
    """Return log10 of counts over views; half a count stands for none, so that it is finite."""
    return np.log10(np.maximum(counts, 0.5)) - np.log10(np.maximum(views, 1.0))


def split(
    virality: np.ndarray, log_ratios: Mapping[str, np.ndarray], weights: ViralityWeights
) -> dict[str, np.ndarray]:
    """Split scores into counts with the identity held exactly.

    Parameters
    ----------
    virality : np.ndarray [shape=(posts,)]
        Scores, above 0.
    log_ratios : mapping of str to np.ndarray [shape=(posts,)]
        log10(count / views) by name in `ENGAGEMENTS`.
    weights : ViralityWeights
        Of the score.

    Returns
    -------
    dict of str to np.ndarray
        `views`, `likes`, `comments`, `shares`.
    """
    ratios = {name: 10.0 ** log_ratios[name] for name in ENGAGEMENTS}
    share = 1.0 + sum(getattr(weights, name) * ratios[name] for name in ENGAGEMENTS)
    views = virality / share
    return {"views": views, **{name: ratios[name] * views for name in ENGAGEMENTS}}


def with_own_ratios(
    log_ratios: Mapping[str, np.ndarray], details: PostDetails
) -> dict[str, np.ndarray]:
    """Draw the ratios of one post towards those of the creator's own last posts.

    Parameters
    ----------
    log_ratios : mapping of str to np.ndarray [shape=(1,)]
        What the regressors say, by name in `ENGAGEMENTS`.
    details : PostDetails
        Recent views, and likes, comments and shares of the same posts as far as they are given.

    Returns
    -------
    dict of str to np.ndarray [shape=(1,)]
        The same where nothing is given of a count; else between the two, the nearer to the median
        of the creator's own the more posts there are.
    """
    drawn = {}
    for name, expected in log_ratios.items():
        counts = np.array(getattr(details, f"recent_{name}")[-OWN_POSTS:], dtype=np.float64)
        views = np.array(details.recent_views, dtype=np.float64)[-len(counts) :]
        seen = views[: len(counts)] > 0.0
        drawn[name] = expected
        if len(counts) and seen.any():
            own = np.median(log_ratio(counts[seen], views[seen]))
            own = np.clip(own, LOWEST_LOG_RATIO, HIGHEST_LOG_RATIO)
            posts = float(seen.sum())
            drawn[name] = (posts * own + PRIOR_POSTS * expected) / (posts + PRIOR_POSTS)
    return drawn
