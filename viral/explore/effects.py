"""What goes with a label: its lift over posts without it, shrunk towards nothing, with an interval.

1. For every creator who used a label, the mean of their posts with it less the mean of those
   without it. A label that a creator always uses says nothing about that creator.
2. The differences of all creators are averaged by their precision. How much creators differ among
   themselves is estimated by the method of moments (DerSimonian and Laird 1986,
   https://doi.org/10.1016/0197-2456(86)90046-2) from all labels together: one label has too few.
3. Most labels do nothing, a few do much. A mixture of normal distributions around nothing is fitted
   to all labels (adaptive shrinkage, Stephens 2017, https://doi.org/10.1093/biostatistics/kxw041);
   a label's posterior mean and 95 % interval are what is shown. It moves weak evidence close to
   nothing and leaves strong evidence where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from viral.explore.rules import Rules

INTERVAL = 0.95
"""The probability that an interval holds the true value."""
SCALES_LOG10 = np.array([0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64])
"""Standard deviations of the mixture: from a hundredth to a factor of four."""
FITTING_ROUNDS = 200
BISECTIONS = 40
SMALLEST_SPREAD = 1e-3
"""Of a post around its creator's mean, log10: keeps equal views from looking certain."""


@dataclass(frozen=True)
class Effect:
    """What goes with one label."""

    name: str
    posts: int
    """Posts with it that are compared."""
    creators: int
    value: float
    """log10 factor on the views, shrunk."""
    low: float
    high: float
    """Ends of the interval, log10."""


@dataclass(frozen=True)
class Estimate:
    """A label's own lift before it is shrunk."""

    name: str
    posts: int
    creators: int
    value: float
    error: float
    """Standard error."""


@dataclass(frozen=True)
class _Differences:
    name: str
    posts: int
    values: np.ndarray
    variances: np.ndarray


def within_creators(
    values: np.ndarray, creators: np.ndarray, members: Mapping[str, np.ndarray], rules: Rules
) -> list[Estimate]:
    """Compare each label's posts with others by the same creators.

    Parameters
    ----------
    values : np.ndarray [shape=(posts,)]
        Lift over the creator's usual, log10; NaN where it is unknown.
    creators : np.ndarray [shape=(posts,), dtype=int]
        0 and up.
    members : mapping of str to np.ndarray
        Label -> positions of its posts, each once.
    rules : Rules
        How many posts and creators a label needs; only those that can be compared count.
    """
    known = np.isfinite(values)
    size = int(creators.max(initial=-1)) + 1
    counts = np.bincount(creators[known], minlength=size)
    sums = np.bincount(creators[known], weights=values[known], minlength=size)
    means = sums / np.maximum(counts, 1)
    freedom = max(int(counts.sum() - (counts > 0).sum()), 1)
    spread = float(np.sum((values[known] - means[creators[known]]) ** 2)) / freedom
    spread = max(spread, SMALLEST_SPREAD**2)
    found = []
    for name, rows in members.items():
        rows = rows[known[rows]]
        if len(rows) < rules.posts:
            continue
        used = np.bincount(creators[rows], minlength=size)
        without = counts - used
        comparable = (used > 0) & (without > 0)
        posts = int(used[comparable].sum())
        if not rules.allow(used[comparable]):
            continue
        with_sum = np.bincount(creators[rows], weights=values[rows], minlength=size)[comparable]
        used, without = used[comparable], without[comparable]
        difference = with_sum / used - (sums[comparable] - with_sum) / without
        found.append(_Differences(name, posts, difference, spread * (1 / used + 1 / without)))
    apart = _variance_between(found)
    return [_joined(one, apart) for one in found]


def _variance_between(found: list[_Differences]) -> float:
    """Return the variance of a label's effect between creators, all labels together."""
    excess = scale = 0.0
    for one in found:
        weights = 1 / one.variances
        total = weights.sum()
        middle = float((weights * one.values).sum() / total)
        excess += float((weights * (one.values - middle) ** 2).sum()) - (len(weights) - 1)
        scale += float(total - (weights**2).sum() / total)
    return max(excess / scale, 0.0) if scale > 0 else 0.0


def _joined(one: _Differences, apart: float) -> Estimate:
    weights = 1 / (one.variances + apart)
    total = float(weights.sum())
    value = float((weights * one.values).sum()) / total
    return Estimate(one.name, one.posts, len(one.values), value, total**-0.5)


def between_groups(
    values: np.ndarray, creators: np.ndarray, members: Mapping[str, np.ndarray], rules: Rules
) -> list[Estimate]:
    """Compare each label's posts with all others, whoever made them.

    The standard error counts a creator's posts as one piece of evidence (a sandwich estimator over
    creators), since they rise and fall together. Parameters as in `within_creators`.
    """
    known = np.isfinite(values)
    found = []
    for name, rows in members.items():
        inside = np.zeros(len(values), dtype=bool)
        inside[rows] = True
        inside &= known
        outside = known & ~inside
        by = np.bincount(creators[inside])
        makers = int((by > 0).sum())
        if not rules.allow(by) or not outside.any():
            continue
        parts = []
        for side in (inside, outside):
            middle = float(values[side].mean())
            pulls = np.bincount(creators[side], weights=values[side] - middle)
            parts.append((middle, float((pulls**2).sum()) / int(side.sum()) ** 2))
        error = max(parts[0][1] + parts[1][1], SMALLEST_SPREAD**2) ** 0.5
        value = parts[0][0] - parts[1][0]
        found.append(Estimate(name, int(inside.sum()), makers, value, error))
    return found


def shrunk(estimates: list[Estimate]) -> list[Effect]:
    """Return the estimates shrunk towards nothing, in their order."""
    if not estimates:
        return []
    values = np.array([one.value for one in estimates])[:, None]
    errors = np.array([one.error for one in estimates])[:, None]
    # The log density of a normal around nothing, up to a constant.
    variances = errors**2 + SCALES_LOG10**2
    likely = -(values**2 / variances + np.log(variances)) / 2
    likely = np.exp(likely - likely.max(axis=1, keepdims=True))
    shares = np.full(len(SCALES_LOG10), 1 / len(SCALES_LOG10))
    for _ in range(FITTING_ROUNDS):
        belongs = likely * shares
        belongs /= belongs.sum(axis=1, keepdims=True)
        # One label's worth of evidence is spread over all scales, so that few labels settle little.
        shares = (belongs.sum(axis=0) + 1 / len(shares)) / (len(estimates) + 1)
    belongs = likely * shares
    belongs /= belongs.sum(axis=1, keepdims=True)
    keep = SCALES_LOG10**2 / (SCALES_LOG10**2 + errors**2)
    middles, spreads = keep * values, np.sqrt(keep) * errors
    means = (belongs * middles).sum(axis=1)
    ends = [_quantile(level, belongs, middles, spreads) for level in _tails()]
    return [
        Effect(one.name, one.posts, one.creators, float(mean), float(low), float(high))
        for one, mean, low, high in zip(estimates, means, *ends, strict=True)
    ]


def _tails() -> tuple[float, float]:
    return (1 - INTERVAL) / 2, (1 + INTERVAL) / 2


def _quantile(
    level: float, belongs: np.ndarray, middles: np.ndarray, spreads: np.ndarray
) -> np.ndarray:
    """Return a quantile of each row's mixture, by bisection."""
    low = (middles - 8 * spreads).min(axis=1)
    high = (middles + 8 * spreads).max(axis=1)
    for _ in range(BISECTIONS):
        at = (low + high) / 2
        below = (belongs * ndtr((at[:, None] - middles) / spreads)).sum(axis=1) < level
        low, high = np.where(below, at, low), np.where(below, high, at)
    return (low + high) / 2
