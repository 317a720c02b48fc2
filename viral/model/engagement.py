"""Views, likes, comments and shares out of one score.

The score is a sum, so it can be split exactly: with the ratios `r = count / views` that posts like
this one usually have, and the weights `w` of the score,

    views = virality / (1 + sum(w * r)),    count = r * views

and `views + sum(w * count) = virality` holds to rounding error. The ratios do not depend on the
horizon, so every count grows with time when the score does.

Creators differ in how much their viewers like, comment and share, and each stays much the same.
Where the ratios of a creator's earlier posts are known, they are therefore blended with those of
comparable posts, and weigh the more the more posts they come from:

    log r = (posts * own + prior * comparable) / (posts + prior)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from viral.model.regressors import Regressor
from viral.model.virality import ENGAGEMENTS, ViralityWeights
from viral.posts.details import PostDetails
from viral.posts.engagement_ratios import given_ratios

SPLIT_COUNTS = (*ENGAGEMENTS, "saves")
"""Counts whose ratio to the views is expected; saves stand beside the score, not in it."""
HIGHEST_LOG_RATIO = 0.0
"""Likes, comments and shares rarely exceed views, and never by kind."""
LOWEST_LOG_RATIO = -6.0
RATIO_PARAMETERS: Mapping[str, object] = {
    "objective": "huber",
    "alpha": 0.2,
    "num_iterations": 80,
    "learning_rate": 0.15,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.3,
    "max_bin": 63,
}
"""Medians are what the table of errors is about, so the ratios are fitted nearly to absolute error:
LightGBM refuses to hold one direction on absolute errors themselves."""
PRIORS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 50.0)
"""Tried for the blend with a creator's own ratios."""
FEWEST_OWN = 200
"""Posts with known own ratios below which the largest prior is taken."""


@dataclass(frozen=True)
class OwnRatios:
    """What one count of the creator's earlier posts came to."""

    log_ratio: np.ndarray
    """Median log10(count / views), `[posts]`; NaN where unknown."""
    posts: np.ndarray
    """How many earlier posts that is of, `[posts]`."""

    def blended(self, comparable: np.ndarray, prior: float) -> np.ndarray:
        """Return the blend with log10 ratios of comparable posts; see the module."""
        known = np.isfinite(self.log_ratio)
        weight = np.where(known, self.posts / (self.posts + prior), 0.0)
        return weight * np.where(known, self.log_ratio, 0.0) + (1.0 - weight) * comparable

    def rows(self, index: np.ndarray) -> OwnRatios:
        """Return some of the posts."""
        return OwnRatios(self.log_ratio[index], self.posts[index])


@dataclass(frozen=True)
class Split:
    """Regressors of log10(count / views) on what is known of the account and the post."""

    ratios: Mapping[str, Regressor]
    """By name in `SPLIT_COUNTS`."""
    priors: Mapping[str, float] = field(default_factory=dict)
    """By name: how many earlier posts weigh as much as all comparable ones."""

    def log_ratios(
        self, values: Mapping[str, np.ndarray], own: Mapping[str, OwnRatios] | None = None
    ) -> dict[str, np.ndarray]:
        """Return the expected log10(count / views) of each post by count.

        Parameters
        ----------
        values : mapping of str to np.ndarray [shape=(posts,)]
            Features of the context.
        own : mapping, optional
            By count, what the creator's earlier posts had.
        """
        result = {}
        for name, regressor in self.ratios.items():
            ratio = regressor.predict(regressor.matrix(values))
            if own is not None and name in own and name in self.priors:
                ratio = own[name].blended(ratio, self.priors[name])
            result[name] = np.clip(ratio, LOWEST_LOG_RATIO, HIGHEST_LOG_RATIO)
        return result


def own_ratios(posts: pd.DataFrame) -> dict[str, OwnRatios]:
    """Return what a table of posts says of their creators' earlier posts, by count."""
    nothing = np.full(len(posts), np.nan)
    result = {}
    for name in SPLIT_COUNTS:
        columns = (f"past_{name}_ratio", f"past_{name}_posts")
        ratio, count = (
            posts[c].to_numpy(dtype=np.float64) if c in posts.columns else nothing for c in columns
        )
        result[name] = OwnRatios(ratio, np.nan_to_num(count))
    return result


def own_ratios_told(details: PostDetails) -> dict[str, OwnRatios]:
    """Return what bare lists tell of one post's predecessors: `own_ratios` of one post."""
    result = {}
    for name in SPLIT_COUNTS:
        told = given_ratios(details.recent_views, getattr(details, f"recent_{name}"))
        middle = float(np.median(told)) if len(told) else np.nan
        result[name] = OwnRatios(np.array([middle]), np.array([float(len(told))]))
    return result


def fit_prior(own: OwnRatios, comparable: np.ndarray, target: np.ndarray) -> float:
    """Return the prior of `PRIORS` with the smallest mean absolute error.

    Parameters
    ----------
    own : OwnRatios
        Of the creators' earlier posts.
    comparable, target : np.ndarray [shape=(posts,)]
        log10(count / views), out of fold and in truth; NaN is left out.
    """
    known = np.isfinite(target) & np.isfinite(own.log_ratio)
    if known.sum() < FEWEST_OWN:
        return PRIORS[-1]
    errors = [
        float(np.mean(np.abs(target - own.blended(comparable, prior))[known])) for prior in PRIORS
    ]
    return PRIORS[int(np.argmin(errors))]


def split(
    virality: np.ndarray, log_ratios: Mapping[str, np.ndarray], weights: ViralityWeights
) -> dict[str, np.ndarray]:
    """Split scores into counts with the identity held exactly.

    Parameters
    ----------
    virality : np.ndarray [shape=(posts,)]
        Scores, above 0.
    log_ratios : mapping of str to np.ndarray [shape=(posts,)]
        log10(count / views) by name in `SPLIT_COUNTS`; those of `ENGAGEMENTS` have to be there.
    weights : ViralityWeights
        Of the score.

    Returns
    -------
    dict of str to np.ndarray
        `views`, `likes`, `comments`, `shares`, and `saves` where its ratio is there.
    """
    ratios = {name: 10.0**ratio for name, ratio in log_ratios.items()}
    share = 1.0 + sum(getattr(weights, name) * ratios[name] for name in ENGAGEMENTS)
    views = virality / share
    return {"views": views, **{name: ratio * views for name, ratio in ratios.items()}}
