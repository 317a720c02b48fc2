"""What is typical: the median of each feature, among all posts and among those of comparable
accounts.

Comparable accounts are those between the same numbers of followers, as for the score and the
ranges. Where too few posts of such accounts could be measured, all posts stand in.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from viral.model.account_size import FOLLOWER_EDGES, follower_bucket

FEWEST_POSTS = 200
"""With fewer posts of such accounts, what is typical of them is not known."""

Medians = Mapping[str, Mapping[str, float]]
"""Modality -> feature -> median, NaN where nothing was measured."""


def medians_of(
    values: Mapping[str, pd.DataFrame], rows: Mapping[str, np.ndarray], fewest: int = 1
) -> dict[str, dict[str, float]]:
    """Return the median of each feature over some rows of its modality.

    Parameters
    ----------
    values
        Modality -> table of features.
    rows
        Modality -> mask of the posts to take.
    fewest
        Measured values below which the median is NaN.
    """
    result = {}
    for modality, table in values.items():
        part = table[rows[modality]]
        result[modality] = {
            str(name): float(part[name].median())
            if part[name].notna().sum() >= fewest
            else float("nan")
            for name in part.columns
        }
    return result


def medians_of_sizes(
    values: Mapping[str, pd.DataFrame], rows: Mapping[str, np.ndarray], followers: np.ndarray
) -> tuple[dict[str, dict[str, float]], ...]:
    """Return the same for the posts of accounts of each size, smallest first.

    Features that fewer than `FEWEST_POSTS` of the posts have are left out.
    """
    buckets = follower_bucket(followers)
    tables = []
    for bucket in range(len(FOLLOWER_EDGES) + 1):
        inside = {modality: mask & (buckets == bucket) for modality, mask in rows.items()}
        found = medians_of(values, inside, FEWEST_POSTS)
        known = {
            modality: {name: value for name, value in features.items() if np.isfinite(value)}
            for modality, features in found.items()
        }
        tables.append({modality: features for modality, features in known.items() if features})
    return tuple(tables)


def among_comparable(
    everyone: Medians, by_size: tuple[Medians, ...], modality: str, followers: float
) -> Mapping[str, float]:
    """Return what is typical of a modality for an account.

    Parameters
    ----------
    everyone, by_size
        From `medians_of` and `medians_of_sizes`; the second may be empty.
    modality
        Such as `visual`.
    followers
        Of the account; NaN compares with all posts.
    """
    plain = everyone.get(modality, {})
    bucket = int(follower_bucket(np.array([followers]))[0])
    if bucket < 0 or bucket >= len(by_size):
        return plain
    return {**plain, **by_size[bucket].get(modality, {})}
