"""How often the better of two posts of one account wins.

Two cuts of a clip would be posted by the same account, so what the model does not know of the
account shifts both alike and drops out of their difference. What remains is learnt from pairs: for
two neighbouring posts of one creator, the truth's difference minus the prediction's difference, of
posts that no regressor trained on. Its distribution is symmetric by construction (each pair counts
in both orders), so equal predictions give one half and P(A beats B) + P(B beats A) = 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

SHARES = np.linspace(0.5, 1.0, 51)
"""Upper half of the distribution, at which quantiles are kept; the lower half is its mirror."""
FEWEST_PAIRS = 200


@dataclass(frozen=True)
class PairErrors:
    """The distribution of (truth_A - truth_B) - (prediction_A - prediction_B), log10."""

    quantiles: np.ndarray
    """float64 `[len(SHARES)]`, from 0, never falling."""
    pairs: int
    """Pairs behind it; 0 where there were too few to say."""

    def probability(self, difference: float) -> float:
        """Return P(A beats B) for prediction A minus prediction B in log10, 0.01..0.99."""
        if self.pairs < FEWEST_PAIRS:
            return float("nan")
        share = float(np.interp(abs(difference), self.quantiles, SHARES))
        share = min(share, 0.99)
        return share if difference >= 0 else 1.0 - share

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python types for the manifest."""
        return {"quantiles": [float(q) for q in self.quantiles], "pairs": self.pairs}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> PairErrors:
        """Read what `to_dict` wrote."""
        return cls(np.asarray(stored["quantiles"], dtype=np.float64), int(stored["pairs"]))


NO_PAIRS = PairErrors(np.zeros(len(SHARES)), 0)


def fit_pairs(residuals: np.ndarray, creators: np.ndarray, posted_at: np.ndarray) -> PairErrors:
    """Learn the distribution from neighbouring posts of each creator.

    Parameters
    ----------
    residuals : np.ndarray [shape=(posts,)]
        Truth minus out-of-fold prediction, log10; NaN is left out.
    creators : np.ndarray [shape=(posts,)]
        Names or hashes.
    posted_at : np.ndarray [shape=(posts,)]
        Anything that sorts in time.
    """
    known = np.flatnonzero(np.isfinite(residuals))
    names = np.asarray(creators, dtype=str)[known]
    order = known[np.lexsort((np.asarray(posted_at)[known], names))]
    ordered = np.asarray(creators, dtype=str)[order]
    same = ordered[1:] == ordered[:-1]
    # The quantiles of the size of the difference are the upper half of the mirrored distribution.
    sizes = np.abs(np.diff(residuals[order])[same])
    if len(sizes) < FEWEST_PAIRS:
        return NO_PAIRS
    quantiles = np.quantile(sizes, 2.0 * SHARES - 1.0)
    quantiles[0] = 0.0
    return PairErrors(np.round(quantiles, 5), len(sizes))
