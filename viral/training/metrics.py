"""Figures of merit, on log10 counts, with their uncertainty over creators.

Conventions
-----------
`truth` and `prediction` are log10, `[shape=(posts,)]`, finite. Posts of one creator resemble each
other, so intervals come from resampling creators, never posts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

RESAMPLES = 200
"""Resamplings of the creators behind each interval."""
LOW_SHARE, HIGH_SHARE = 0.1, 0.9
"""Quantiles that the ends of an 80 % range stand for."""


def r2(truth: np.ndarray, prediction: np.ndarray) -> float:
    """Return the share of the variance explained; below 0 is worse than the mean."""
    spread = float(np.sum((truth - truth.mean()) ** 2))
    return 1.0 - float(np.sum((truth - prediction) ** 2)) / spread if spread > 0 else float("nan")


def spearman(truth: np.ndarray, prediction: np.ndarray) -> float:
    """Return the rank correlation; NaN where one of the two never varies."""
    from scipy.stats import rankdata

    a, b = rankdata(truth), rankdata(prediction)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def mae(truth: np.ndarray, prediction: np.ndarray) -> float:
    """Return the mean absolute error: 0.3 is a factor of 2 either way."""
    return float(np.mean(np.abs(truth - prediction)))


def pinball(truth: np.ndarray, quantile: np.ndarray, share: float) -> float:
    """Return the loss that the true quantile at `share` makes smallest."""
    gap = truth - quantile
    return float(np.mean(np.maximum(share * gap, (share - 1.0) * gap)))


def point_figures(truth: np.ndarray, prediction: np.ndarray) -> dict[str, float]:
    """Return R2, Spearman and MAE."""
    return {
        "r2": r2(truth, prediction),
        "spearman": spearman(truth, prediction),
        "mae": mae(truth, prediction),
    }


def range_figures(
    truth: np.ndarray, low: np.ndarray, median: np.ndarray, high: np.ndarray
) -> dict[str, float]:
    """Return coverage, mean width (log10) and mean pinball loss of 80 % ranges."""
    losses = (
        pinball(truth, low, LOW_SHARE),
        pinball(truth, median, 0.5),
        pinball(truth, high, HIGH_SHARE),
    )
    return {
        "coverage": float(np.mean((truth >= low) & (truth <= high))),
        "width": float(np.mean(high - low)),
        "pinball": float(np.mean(losses)),
    }


def bootstrap(
    figures: Callable[[np.ndarray], Mapping[str, float]],
    groups: np.ndarray,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> dict[str, list[float]]:
    """Return 95 % intervals of figures over resampled creators.

    Parameters
    ----------
    figures : callable
        Rows (int positions) -> figures by name.
    groups : np.ndarray [shape=(posts,)]
        Creator of each post.
    """
    _, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
    rng = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {}
    for _ in range(resamples):
        chosen = rng.integers(0, len(members), len(members))
        rows = np.concatenate([members[index] for index in chosen])
        for name, value in figures(rows).items():
            drawn.setdefault(name, []).append(value)
    return {
        name: [float(np.nanquantile(values, 0.025)), float(np.nanquantile(values, 0.975))]
        for name, values in drawn.items()
    }


def with_intervals(
    truth: np.ndarray,
    prediction: np.ndarray,
    groups: np.ndarray,
    low: np.ndarray | None = None,
    high: np.ndarray | None = None,
) -> dict[str, object]:
    """Return all figures of one set of predictions with their 95 % intervals and sizes."""

    def figures(rows: np.ndarray) -> dict[str, float]:
        found = point_figures(truth[rows], prediction[rows])
        if low is not None and high is not None:
            found |= range_figures(truth[rows], low[rows], prediction[rows], high[rows])
        return found

    everything = figures(np.arange(len(truth)))
    return {
        **everything,
        "interval": bootstrap(figures, groups),
        "posts": len(truth),
        "creators": len(np.unique(np.asarray(groups, dtype=str))),
    }


def reliability(probability: np.ndarray, happened: np.ndarray, bins: int = 10) -> dict[str, object]:
    """Return the reliability curve and the Brier score of probabilities.

    The Brier score is the mean squared error of a probability; `brier_of_base_rate` is that of
    always saying how often it happens.
    """
    edges = np.quantile(probability, np.linspace(0, 1, bins + 1))
    place = np.clip(np.searchsorted(edges, probability, side="right") - 1, 0, bins - 1)
    curve = [
        {
            "said": float(probability[place == b].mean()),
            "happened": float(happened[place == b].mean()),
            "posts": int((place == b).sum()),
        }
        for b in range(bins)
        if (place == b).any()
    ]
    rate = float(happened.mean())
    return {
        "curve": curve,
        "brier": float(np.mean((probability - happened) ** 2)),
        "brier_of_base_rate": rate * (1.0 - rate),
        "base_rate": rate,
        "posts": len(probability),
    }
