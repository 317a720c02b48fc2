"""What two posts of one account differ by: what was promised of it, what came, and who wins.

Two cuts of a clip would be posted by the same account, so what the model does not know of the
account shifts both alike and drops out of their difference. Most of what predictions of different
accounts differ by is no effect of the post, though: accounts that post at noon are other accounts.
So it is learnt from pairs, two neighbouring posts of one creator, how much of a promised difference
comes true: the slope of realised on promised, of predictions by models that saw none of the
creator's posts, told the same past of the account for both.

What remains beside it is symmetric by construction (each pair counts in both orders), so equal
predictions give one half and P(A beats B) + P(B beats A) = 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

SHARES = np.linspace(0.5, 1.0, 51)
"""Upper half of the distribution, at which quantiles are kept; the lower half is its mirror."""
FEWEST_PAIRS = 200
LARGEST_SLOPE = 2.0
"""More than twice what was promised is never said."""
MOST_COUNTED = 1.0
"""A chance counts no difference for more than was promised: slopes above 1 said more than came on
creators that were held out (.59 for .55)."""
KEPT = 0.8
"""Share of what a change was promised that has to come, at the low end of its interval, for it to
be offered."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "time": ("hour_sin", "hour_cos", "weekday"),
    "length": ("duration",),
    "caption": ("hashtag_count", "reach_tag_count"),
}
"""Kind of change -> the features of the context that it changes; a caption also has its lift."""
ROUNDS = 200
"""Resamplings of creators behind the interval of a slope."""


@dataclass(frozen=True)
class Slope:
    """How much of what changes of one kind were promised came, in log10."""

    slope: float
    low: float
    """Ends of the 95 % interval over creators."""
    high: float
    pairs: int

    @property
    def kept(self) -> bool:
        """Whether changes of this kind are worth what they are said to be."""
        return self.pairs >= FEWEST_PAIRS and self.low >= KEPT

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python types for the manifest."""
        return {"slope": self.slope, "low": self.low, "high": self.high, "pairs": self.pairs}


@dataclass(frozen=True)
class PairErrors:
    """The distribution of what two posts differ by, less what of the promise comes true, log10."""

    quantiles: np.ndarray
    """float64 `[len(SHARES)]`, from 0, never falling."""
    pairs: int
    """Pairs behind it; 0 where there were too few to say."""
    slope: float = 1.0
    """How much of a promised difference comes true."""
    kinds: Mapping[str, Slope] = field(default_factory=dict)
    """Kind of change, a key of `KINDS` -> how much of it comes true."""

    @property
    def counted(self) -> float:
        """How much of a promised difference a chance counts."""
        return min(self.slope, MOST_COUNTED)

    def probability(self, difference: float) -> float:
        """Return P(A beats B) for prediction A minus prediction B in log10, 0.01..0.99."""
        if self.pairs < FEWEST_PAIRS:
            return float("nan")
        share = float(np.interp(self.counted * abs(difference), self.quantiles, SHARES))
        share = min(share, 0.99)
        return share if difference >= 0 else 1.0 - share

    def keeps(self, kind: str) -> bool:
        """Whether changes of a kind are worth what they are said to be."""
        return kind in self.kinds and self.kinds[kind].kept

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python types for the manifest."""
        return {
            "quantiles": [float(q) for q in self.quantiles],
            "pairs": self.pairs,
            "slope": self.slope,
            "kinds": {name: slope.to_dict() for name, slope in self.kinds.items()},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> PairErrors:
        """Read what `to_dict` wrote."""
        return cls(
            np.asarray(stored["quantiles"], dtype=np.float64),
            int(stored["pairs"]),
            float(stored["slope"]),
            {str(name): Slope(**slope) for name, slope in stored["kinds"].items()},
        )


NO_PAIRS = PairErrors(np.zeros(len(SHARES)), 0)


def neighbours(
    creators: np.ndarray, posted_days: np.ndarray, usable: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the earlier and of the later post of each pair of neighbours in time.

    Parameters
    ----------
    creators : np.ndarray [shape=(posts,)]
        Names or hashes.
    posted_days : np.ndarray [shape=(posts,)]
        Anything that sorts in time; posts without it are left out.
    usable : np.ndarray [shape=(posts,), dtype=bool]
        Posts that are looked at.
    """
    rows = np.flatnonzero(usable & np.isfinite(posted_days))
    names = np.asarray(creators, dtype=str)[rows]
    order = np.lexsort((posted_days[rows], names))
    rows, names = rows[order], names[order]
    same = np.flatnonzero(names[1:] == names[:-1])
    return rows[same], rows[same + 1]


def slopes_of(
    promised: np.ndarray, realised: np.ndarray, creators: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return slopes of realised on promised through the origin, fitted together.

    Parameters
    ----------
    promised : np.ndarray [shape=(pairs, kinds)]
        log10.
    realised : np.ndarray [shape=(pairs,)]
        log10.
    creators : np.ndarray [shape=(pairs,)]
        Whose posts they are.

    Returns
    -------
    tuple of np.ndarray [shape=(kinds,)]
        The slopes and the ends of their 95 % intervals over resampled creators; NaN for a kind of
        which nothing was promised.
    """
    count = promised.shape[1]
    result = np.full((3, count), np.nan)
    if not len(promised):
        return result[0], result[1], result[2]
    moving = np.flatnonzero(np.std(promised, axis=0) > 1e-9)
    if not len(moving):
        return result[0], result[1], result[2]
    design = promised[:, moving]
    _, groups = np.unique(np.asarray(creators, dtype=str), return_inverse=True)
    number = int(groups.max()) + 1
    # The sums of each creator are enough for every resampled problem.
    grams = np.zeros((number, len(moving), len(moving)))
    moments = np.zeros((number, len(moving)))
    np.add.at(grams, groups, design[:, :, None] * design[:, None, :])
    np.add.at(moments, groups, design * realised[:, None])
    rng = np.random.default_rng(0)
    hardly = 1e-9 * np.eye(len(moving))
    drawn = []
    for times in rng.multinomial(number, np.full(number, 1.0 / number), ROUNDS).astype(float):
        drawn.append(np.linalg.solve(np.tensordot(times, grams, axes=1) + hardly, times @ moments))
    result[0, moving] = np.linalg.solve(grams.sum(axis=0) + hardly, moments.sum(axis=0))
    result[1:, moving] = np.quantile(drawn, [0.025, 0.975], axis=0)
    return result[0], result[1], result[2]


def fit_pairs(
    promised: Mapping[str, np.ndarray], realised: np.ndarray, creators: np.ndarray
) -> PairErrors:
    """Learn what comes of a promised difference, and what else two posts differ by.

    Parameters
    ----------
    promised : mapping of str to np.ndarray [shape=(pairs,)]
        `all`: prediction of the second post less that of the first, log10, by a model that saw
        neither; further names are kinds of change, what it promised of that alone.
    realised : np.ndarray [shape=(pairs,)]
        What the second got less what the first got, log10.
    creators : np.ndarray [shape=(pairs,)]
        Whose posts they are.
    """
    known = np.isfinite(realised)
    for values in promised.values():
        known &= np.isfinite(values)
    if known.sum() < FEWEST_PAIRS:
        return NO_PAIRS
    apart, came, names = promised["all"][known], realised[known], np.asarray(creators)[known]
    slope = float(np.nan_to_num(slopes_of(apart[:, None], came, names)[0][0]))
    slope = round(min(max(slope, 0.0), LARGEST_SLOPE), 4)
    # The quantiles of the size of the rest are the upper half of the mirrored distribution.
    quantiles = np.quantile(np.abs(came - slope * apart), 2.0 * SHARES - 1.0)
    quantiles[0] = 0.0
    kinds = [name for name in promised if name != "all"]
    found: dict[str, Slope] = {}
    if kinds:
        fitted = slopes_of(np.column_stack([promised[k][known] for k in kinds]), came, names)
        for place, kind in enumerate(kinds):
            middle, low, high = (round(float(part[place]), 4) for part in fitted)
            if np.isfinite([middle, low, high]).all():
                found[kind] = Slope(middle, low, high, int(known.sum()))
    return PairErrors(np.round(quantiles, 5), int(known.sum()), slope, found)
