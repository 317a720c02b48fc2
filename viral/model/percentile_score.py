"""The score from 0 to 100: where a prediction stands among posts of comparable accounts.

A prediction's score is the share of posts by accounts of its size that really got fewer views, 30
days after posting. It rises with the prediction, and an account is not ahead for being
large: it is compared with its like. Between two sizes the tables are blended, so that one
more follower never makes a leap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viral.model.account_size import FOLLOWER_EDGES, follower_bucket

SHARES = np.linspace(0.0, 100.0, 101)
"""Percentiles at which outcomes are kept."""
FEWEST_POSTS = 200
"""A bucket with fewer posts is compared with all posts."""


@dataclass(frozen=True)
class Standing:
    """Quantiles of what posts really got, for accounts by size and for all."""

    everyone: np.ndarray
    """log10 virality `[len(SHARES)]`, increasing."""
    buckets: np.ndarray
    """`[len(FOLLOWER_EDGES) + 1, len(SHARES)]`."""
    centres: np.ndarray
    """log10 of the middle followers of each bucket."""

    def scores(self, log_virality: np.ndarray, followers: np.ndarray) -> np.ndarray:
        """Return the score of each post, 0..100; unknown followers compare with everyone."""
        known = np.isfinite(followers)
        size = np.log10(np.maximum(np.where(known, followers, 1.0), 1.0))
        position = np.interp(size, self.centres, np.arange(len(self.centres)))
        below = np.floor(position).astype(int)
        above = np.minimum(below + 1, len(self.centres) - 1)
        blend = position - below
        by_bucket = np.stack([np.interp(log_virality, row, SHARES) for row in self.buckets])
        posts = np.arange(len(size))
        among = (1 - blend) * by_bucket[below, posts] + blend * by_bucket[above, posts]
        scores = np.where(known, among, np.interp(log_virality, self.everyone, SHARES))
        # Blending two hundreds can give a little more than a hundred.
        return np.clip(scores, SHARES[0], SHARES[-1])


def fit_standing(log_virality: np.ndarray, followers: np.ndarray) -> Standing:
    """Collect what posts of accounts of each size got.

    Parameters
    ----------
    log_virality, followers : np.ndarray [shape=(posts,)]
        Of past posts; the first finite.
    """
    # A little is added along the way, so that a score rises even where outcomes repeat.
    rise = np.linspace(0.0, 1e-6, len(SHARES))
    everyone = np.percentile(log_virality, SHARES) + rise
    buckets = follower_bucket(followers)
    rows, centres = [], []
    edges = [1e3, *FOLLOWER_EDGES, 1e8]
    for bucket in range(len(FOLLOWER_EDGES) + 1):
        inside = buckets == bucket
        enough = inside.sum() >= FEWEST_POSTS
        rows.append(np.percentile(log_virality[inside], SHARES) + rise if enough else everyone)
        middle = (
            np.median(followers[inside]) if enough else np.sqrt(edges[bucket] * edges[bucket + 1])
        )
        centres.append(float(np.log10(max(middle, 1.0))))
    return Standing(
        everyone=np.round(everyone, 7),
        buckets=np.round(np.array(rows), 7),
        centres=np.round(np.maximum.accumulate(centres), 5),
    )
