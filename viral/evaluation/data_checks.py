"""Two checks of the model against the data: how views grow, and what a range can cover at all."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from viral.evaluation.protocols import Trial
from viral.model.account_size import FOLLOWER_EDGES, follower_bucket

AGE_EDGES_DAYS = (0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 14.0, 30.0, 60.0, 90.0)
"""Between which posts are gathered by their age when counted."""
FEWEST_POSTS = 30
SMALL, LARGE = 1e5, 3e6
"""Followers under and over which groups of accounts are asked about."""
WANTED = 0.75
"""Coverage that each of these groups should have."""
STEPS = np.arange(0.0, 0.2001, 0.005)
"""Shares of posts that a range may leave out at one end."""


def grown_by_age(found: Trial) -> list[dict[str, Any]]:
    """Compare predicted growth with what happened, by age when counted.

    Growth is log10 of the views over the mean of the account's last five, the median of the posts
    of an age, so that the sizes of accounts do not enter.
    """
    age = found.posts["horizon_days"].to_numpy(dtype=np.float64)
    usual = found.others["mean of last 5"]
    rows = []
    for low, high in itertools.pairwise(AGE_EDGES_DAYS):
        inside = (age >= low) & (age < high)
        if inside.sum() < FEWEST_POSTS:
            continue
        rows.append(
            {
                "ages": f"{low:g}-{high:g}",
                "posts": int(inside.sum()),
                "happened": float(np.median((found.truth - usual)[inside])),
                "predicted": float(np.median((found.median - usual)[inside])),
            }
        )
    return rows


def possible_coverage(found: Trial) -> dict[str, Any]:
    """Say what one range for all posts could cover where the size of the account is unknown.

    Small and large accounts lie at the two ends of the views. The range is sought that covers the
    least of all posts while it covers `WANTED` of small and of large accounts; if that is more than
    80 %, no 80 % range that does not know the size can cover both.
    """
    followers = found.posts["followers"].to_numpy(dtype=np.float64)
    small, large = followers < SMALL, followers >= LARGE
    if not small.any() or not large.any():
        return {}
    best: dict[str, Any] = {}
    for below in STEPS:
        for above in STEPS:
            low, high = np.quantile(found.truth, [below, 1.0 - above])
            inside = (found.truth >= low) & (found.truth <= high)
            if inside[small].mean() < WANTED or inside[large].mean() < WANTED:
                continue
            if not best or inside.mean() < best["all"]:
                best = {
                    "below": float(below),
                    "above": float(above),
                    "all": float(inside.mean()),
                    "small": float(inside[small].mean()),
                    "large": float(inside[large].mean()),
                    "width": float(high - low),
                }
    tenth = np.quantile(found.truth, [0.1, 0.9])
    plain = (found.truth >= tenth[0]) & (found.truth <= tenth[1])
    buckets = follower_bucket(followers)
    return {
        "smallest": best,
        "tenth on either side": {
            "all": float(plain.mean()),
            "small": float(plain[small].mean()),
            "large": float(plain[large].mean()),
            "width": float(tenth[1] - tenth[0]),
        },
        "share of accounts by size": {
            str(edge): float(np.mean(buckets <= number))
            for number, edge in enumerate(FOLLOWER_EDGES)
        },
    }
