"""What separates the top tenth from the rest, feature by feature.

The top tenth are the posts that went furthest beyond the creator's usual, or, where a creator has
none in the table, beyond their peers. It is taken within each group of posts that share a source
and a yardstick, and features are compared within those groups, so that a feature cannot stand out
merely because one source has more of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from viral.explore.effects import INTERVAL
from viral.explore.rules import Rules

TOP_SHARE = 0.1
SMALLEST_DEVIATION = 1e-9
"""Features that vary less do not vary."""


@dataclass(frozen=True)
class Contrast:
    """How a feature of the top tenth differs from the rest."""

    modality: str
    feature: str
    value: float
    """Mean of the top tenth less that of the rest, in standard deviations."""
    low: float
    high: float
    top: float
    """Median of the top tenth, in the feature's unit."""
    rest: float
    posts: int
    """Posts of the top tenth that the feature is known for."""


def top_tenth(outcome: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return 1 for the top tenth of each group, 0 for the rest, -1 in groups of less than ten.

    Parameters
    ----------
    outcome : np.ndarray [shape=(posts,)]
        What is compared, finite.
    groups : np.ndarray [shape=(posts,), dtype=int]
        0 and up.
    """
    result = np.full(len(outcome), -1)
    order = pd.Series(outcome).groupby(groups)
    rank = order.rank(method="first", ascending=False).to_numpy()
    size = order.transform("size").to_numpy()
    tenth = np.floor(size * TOP_SHARE)
    enough = tenth >= 1
    result[enough] = (rank <= tenth)[enough].astype(int)
    return result


def contrasts_of(
    features: Mapping[str, pd.DataFrame],
    top: np.ndarray,
    groups: np.ndarray,
    creators: np.ndarray,
    rules: Rules,
) -> tuple[Contrast, ...]:
    """Compare the features of the top tenth with those of the rest.

    Parameters
    ----------
    features : mapping of str to pd.DataFrame
        Modality -> float64 `[posts, features]`, NaN where not measured.
    top : np.ndarray [shape=(posts,)]
        From `top_tenth`.
    groups, creators : np.ndarray [shape=(posts,), dtype=int]
        Within what is compared, and whose posts count as one piece of evidence.
    rules : Rules
        What may be shown; both sides need as much.

    Returns
    -------
    tuple of Contrast
        The largest difference of each modality first. Intervals are normal, with a standard error
        over creators.
    """
    found = []
    for modality, table in features.items():
        for name in table.columns:
            values = table[name].to_numpy(dtype=np.float64)
            one = _contrast(modality, str(name), values, top, groups, creators, rules)
            if one is not None:
                found.append(one)
    order = {modality: place for place, modality in enumerate(features)}
    found.sort(key=lambda one: (order[one.modality], -abs(one.value), one.feature))
    return tuple(found)


def _contrast(
    modality: str,
    name: str,
    values: np.ndarray,
    top: np.ndarray,
    groups: np.ndarray,
    creators: np.ndarray,
    rules: Rules,
) -> Contrast | None:
    known = np.isfinite(values) & (top >= 0)
    sides = [known & (top == 1), known & (top == 0)]
    for side in sides:
        if not rules.allow(np.bincount(creators[side])):
            return None
    group, value = groups[known], values[known]
    middle = np.bincount(group, weights=value) / np.maximum(np.bincount(group), 1)
    within = np.full(len(values), np.nan)
    within[known] = value - middle[group]
    deviation = float(np.sqrt(np.mean(within[known] ** 2)))
    if deviation < SMALLEST_DEVIATION:
        return None
    means, variance = [], 0.0
    pulls = np.zeros(int(creators.max()) + 1)
    for side, sign in zip(sides, (1.0, -1.0), strict=True):
        mean = float(within[side].mean())
        means.append(mean)
        pulls += sign * np.bincount(
            creators[side], weights=(within[side] - mean) / side.sum(), minlength=len(pulls)
        )
    variance = float((pulls**2).sum())
    difference = (means[0] - means[1]) / deviation
    margin = float(ndtri((1 + INTERVAL) / 2)) * variance**0.5 / deviation
    return Contrast(
        modality=modality,
        feature=name,
        value=difference,
        low=difference - margin,
        high=difference + margin,
        top=float(np.median(values[sides[0]])),
        rest=float(np.median(values[sides[1]])),
        posts=int(sides[0].sum()),
    )
