"""The score: how far a post travelled, in views.

The formula is that of the system this project replaces::

    virality = views + (1 - r(likes)) likes + (1 - r(comments)) comments + (1 - r(shares)) shares

where `r(x)` is the Pearson correlation of views and x over a set of posts: a count that says the
same as views adds little, one that says something else adds more. One outlier can set a
correlation, so the weights come from training rows alone and are stored with the model that uses
them.

Conventions
-----------
Counts are plain numbers (0 or more, NaN where unknown); arrays are `[shape=(posts,)]`. An unknown
like, comment or share adds nothing; unknown views make the score unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

ENGAGEMENTS = ("likes", "comments", "shares")
"""The counts that add to views."""
SCORES = ("formula", "views", "per_follower", "learned")
"""What a model can be trained to predict; see `score_of`."""
FEWEST_POSTS = 3
"""A correlation of two posts is always 1 or -1."""


@dataclass(frozen=True)
class ViralityWeights:
    """What one like, comment and share count beside one view; each 0 or more."""

    likes: float
    comments: float
    shares: float

    def to_dict(self) -> dict[str, float]:
        """Return `{"likes": ..., "comments": ..., "shares": ...}`."""
        return {name: float(getattr(self, name)) for name in ENGAGEMENTS}


VIEWS_ONLY = ViralityWeights(likes=0.0, comments=0.0, shares=0.0)
"""The weights under which the score is the views."""


def _column(posts: pd.DataFrame, name: str) -> np.ndarray:
    return pd.to_numeric(posts[name], errors="coerce").to_numpy(dtype=np.float64)


def correlation_weights(posts: pd.DataFrame) -> ViralityWeights:
    """Return the weights of the formula: one minus the Pearson correlation with views.

    Parameters
    ----------
    posts : DataFrame
        With the columns `views`, `likes`, `comments`, `shares`. Training rows only.

    Raises
    ------
    ValueError
        Fewer than `FEWEST_POSTS` posts have both counts.
    """
    views = _column(posts, "views")
    weights = {}
    for name in ENGAGEMENTS:
        counts = _column(posts, name)
        known = np.isfinite(views) & np.isfinite(counts)
        if known.sum() < FEWEST_POSTS:
            raise ValueError(f"{name} are known for {known.sum()} posts; 3 or more are needed.")
        spread = np.std(views[known]) * np.std(counts[known])
        # A count that never varies says nothing beside views: its correlation is taken as 1.
        r = np.corrcoef(views[known], counts[known])[0, 1] if spread > 0 else 1.0
        weights[name] = float(min(max(1.0 - r, 0.0), 2.0))
    return ViralityWeights(**weights)


def learned_weights(posts: pd.DataFrame, next_views: np.ndarray) -> ViralityWeights:
    """Return weights learnt to predict what the creator's next post gets.

    Views with likes, comments and shares added are worth more than views alone if they say more
    about what comes next. The weights are searched on a grid for the score whose logarithm has
    the highest Pearson correlation with the logarithm of the next post's views.

    Parameters
    ----------
    posts : DataFrame
        With the four counts. Training rows only.
    next_views : np.ndarray [shape=(posts,)]
        Views of the same creator's next post; NaN for the last one.
    """
    known = np.isfinite(next_views) & np.isfinite(_column(posts, "views"))
    target = np.log10(np.maximum(next_views[known], 1.0))
    rows = posts[known]
    weights = VIEWS_ONLY
    best = _agreement(rows, weights, target)
    for name in ENGAGEMENTS:
        for candidate in (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0):
            trial = ViralityWeights(**{**weights.to_dict(), name: candidate})
            agreement = _agreement(rows, trial, target)
            if agreement > best:
                best, weights = agreement, trial
    return weights


def _agreement(posts: pd.DataFrame, weights: ViralityWeights, target: np.ndarray) -> float:
    return float(np.corrcoef(log_virality(virality(posts, weights)), target)[0, 1])


def virality(
    posts: pd.DataFrame | Mapping[str, np.ndarray], weights: ViralityWeights
) -> np.ndarray:
    """Return the score of each post, in views.

    Parameters
    ----------
    posts : DataFrame or mapping
        With `views`, `likes`, `comments` and `shares`.
    weights : ViralityWeights
        From `correlation_weights` or stored with a model.

    Returns
    -------
    np.ndarray [shape=(posts,), dtype=float64]
    """
    frame = posts if isinstance(posts, pd.DataFrame) else pd.DataFrame(dict(posts))
    score = _column(frame, "views").copy()
    for name in ENGAGEMENTS:
        score += getattr(weights, name) * np.nan_to_num(_column(frame, name), nan=0.0)
    return score


def log_virality(score: np.ndarray) -> np.ndarray:
    """Return log10 of the score, which is taken as at least 1."""
    return np.log10(np.maximum(np.asarray(score, dtype=np.float64), 1.0))


def virality_per_follower(score: np.ndarray, followers: np.ndarray) -> np.ndarray:
    """Return the score for each follower (an account without followers counts as one).

    NaN where the followers are unknown.
    """
    audience = np.asarray(followers, dtype=np.float64)
    return np.asarray(score, dtype=np.float64) / np.maximum(audience, 1.0)


def score_of(posts: pd.DataFrame, kind: str, weights: ViralityWeights) -> np.ndarray:
    """Return log10 of the score of each post by the name of the score.

    `formula` and `learned` use `weights`, `views` none, `per_follower` divides the formula's score
    by the followers.

    Raises
    ------
    ValueError
        `kind` is not one of `SCORES`.
    """
    if kind not in SCORES:
        raise ValueError(f"{kind!r} is not a score; it is one of {', '.join(SCORES)}.")
    if kind == "views":
        return log_virality(virality(posts, VIEWS_ONLY))
    score = virality(posts, weights)
    if kind == "per_follower":
        ratio = virality_per_follower(score, _column(posts, "followers"))
        return np.log10(np.maximum(ratio, 1e-9))
    return log_virality(score)
