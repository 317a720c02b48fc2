"""Conformal predictive intervals for each information tier, blended between account sizes.

Residuals of posts that the regressors did not train on are divided by the size of error expected
for such a post; `crepes` (Boström 2022, https://proceedings.mlr.press/v179/bostrom22a.html) turns
them into a predictive distribution for each cell: what is told, how many recent views, how large
the account. A distribution is kept as its quantiles for an expected error of 1, so that serving
needs no calibration set:

    quantile(p) = prediction + expected_error * quantile_cell(p)

Between the middles of two cells their quantiles are blended, so that one follower, one view or one
recent post more never makes a leap. Posts whose counts were still growing calibrate only what is
told their age.

Where nothing is known of the account, most posts learnt from are by large accounts, so that a range
with a tenth on either side would leave out nearly all small ones. Its low end is therefore lower,
see `TAILS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

COVERAGE = 0.8
"""The share of posts that should fall in the range that is shown."""
TAILS = {"unknown": (0.05, 0.14)}
"""Tier -> shares of posts below and above the range, where they are not equal. What the range
leaves out of the accounts of a size depends on their mix, see `models/EVALUATION.md`."""
BREAKOUT_LINES = {"totals": (0.07, 0.16), "account": (0.07, 0.16), "unknown": (0.053, 0.15)}
"""Tier -> a and b in P(breakout) = a + b P(views > 3 times what is expected). Where an account's
own usual views are unknown, an error in what is expected of it looks like a breakout. Fitted on
folds of training creators, see `docs/experiments.md`."""
LEVELS = np.round(np.arange(0.5, 100.0, 0.5), 1)
"""Percentiles at which a distribution is kept."""
TIERS = ("history", "totals", "account", "unknown")
"""What is told of the account: recent views; its followers with the likes of all posts; its
followers alone; nothing."""
COUNT_MIDDLES = (1.0, 2.5, 5.0, 10.0)
"""Recent views between which distributions are blended, on a logarithmic scale."""
SIZE_MIDDLES: Mapping[str, tuple[float, ...]] = {
    "history": (2.5, 3.5, 4.5, 5.5, 6.5),
    "totals": (3.0, 4.0, 5.0, 6.0, 7.0),
    "account": (2.0, 3.0, 4.0, 5.0, 6.0, 7.0),
}
"""Tier -> log10 of the recent views, or of the followers, between which they are blended."""
FEWEST_RESIDUALS = 200
"""A cell with fewer uses that of its tier and count, then of its tier, then of all posts."""


@dataclass(frozen=True)
class Places:
    """Where posts stand among the distributions, all `[shape=(posts,)]`."""

    tiers: np.ndarray
    """Names of `TIERS`."""
    counts: np.ndarray
    """Recent views told, float64; 0 without."""
    sizes: np.ndarray
    """log10 of the recent level in `history`, else of the followers; NaN if unknown."""

    def rows(self, index: np.ndarray) -> Places:
        """Return some of the posts."""
        return Places(self.tiers[index], self.counts[index], self.sizes[index])


def places_of(
    patterns: np.ndarray,
    followers: np.ndarray,
    recent: np.ndarray,
    levels: np.ndarray,
    totals: np.ndarray,
) -> Places:
    """Return where posts stand.

    Parameters
    ----------
    patterns, followers, recent, levels : np.ndarray [shape=(posts,)]
        What is known of the account, followers (NaN where unknown), how many recent views, log10
        of their level.
    totals : np.ndarray [shape=(posts,), dtype=bool]
        Whether the likes of the whole account are known.
    """
    with_totals = (patterns == "account") & totals
    tiers = np.where(with_totals, "totals", patterns).astype(str)
    audience = np.log10(np.maximum(np.nan_to_num(followers), 0.0) + 1.0)
    audience = np.where(np.isfinite(followers), audience, np.nan)
    sizes = np.where(tiers == "history", levels, np.where(tiers == "unknown", np.nan, audience))
    return Places(tiers, np.nan_to_num(recent), sizes.astype(np.float64))


def _positions(values: np.ndarray, middles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle at or below each value, and how far it is on the way to the next."""
    place = np.interp(np.nan_to_num(values), middles, np.arange(len(middles)))
    below = np.minimum(np.floor(place).astype(int), max(len(middles) - 2, 0))
    return below, place - below


def _name(tier: str, count: int | None = None, size: int | None = None) -> str:
    return "/".join([tier, *(str(part) for part in (count, size) if part is not None)])


@dataclass(frozen=True)
class Calibration:
    """The distribution of one count's errors, for each cell."""

    quantiles: Mapping[str, np.ndarray]
    """Cell such as `history/2/4` -> float64 `[len(LEVELS)]`, increasing. Parents are cells too; ""
    is all posts."""
    counts: Mapping[str, int]
    """Cell -> residuals behind it."""

    def _nearest(self, name: str) -> np.ndarray:
        while name not in self.quantiles and name:
            name = name.rpartition("/")[0]
        return np.asarray(self.quantiles[name])

    def table(self, places: Places) -> np.ndarray:
        """Return the quantiles for each post, float64 `[posts, len(LEVELS)]`."""
        result = np.zeros((len(places.tiers), len(LEVELS)))
        for tier in np.unique(places.tiers):
            rows = np.flatnonzero(places.tiers == tier)
            middles = np.array(SIZE_MIDDLES.get(str(tier), (0.0,)))
            counts = np.log10(COUNT_MIDDLES) if tier == "history" else np.zeros(1)
            cells = np.stack(
                [
                    [self._nearest(_name(str(tier), c, s)) for s in range(len(middles))]
                    for c in range(len(counts))
                ]
            )
            size, along_size = _positions(places.sizes[rows], middles)
            count, along_count = _positions(np.log10(np.maximum(places.counts[rows], 1.0)), counts)
            for up_count in (0, 1):
                for up_size in (0, 1):
                    share = np.abs(1 - up_count - along_count) * np.abs(1 - up_size - along_size)
                    at = np.minimum(count + up_count, len(counts) - 1)
                    of = np.minimum(size + up_size, len(middles) - 1)
                    result[rows] += share[:, None] * cells[at, of]
        return result

    def bounds(
        self, prediction: np.ndarray, error: np.ndarray, places: Places
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the low and high end of the range, in log10, around each prediction."""
        table = self.table(places)
        ends = np.array([_ends(str(tier)) for tier in places.tiers]).reshape(-1, 2)
        posts = np.arange(len(table))
        low, high = table[posts, ends[:, 0]], table[posts, ends[:, 1]]
        # The prediction is shown as the middle, so the range has to hold it.
        return prediction + error * np.minimum(low, 0.0), prediction + error * np.maximum(high, 0.0)

    def probability_above(
        self, threshold: np.ndarray, prediction: np.ndarray, error: np.ndarray, places: Places
    ) -> np.ndarray:
        """Return the probability that the truth lies above `threshold` (log10)."""
        standard = (threshold - prediction) / error
        below = np.array(
            [
                np.interp(x, row, LEVELS / 100.0, left=0.0, right=1.0)
                for x, row in zip(standard, self.table(places), strict=True)
            ]
        )
        return np.clip(1.0 - below, 0.0, 1.0)


def breakout_of(probability: np.ndarray, tiers: np.ndarray) -> np.ndarray:
    """Return P(breakout) where `probability` is that of views beyond what is expected, `[posts]`.

    Beside the account's own usual views, in the tier `history`, it stands as it is.
    """
    line = np.array([BREAKOUT_LINES.get(str(tier), (0.0, 1.0)) for tier in tiers]).reshape(-1, 2)
    return np.asarray(line[:, 0] + line[:, 1] * probability)


def _ends(tier: str) -> tuple[int, int]:
    """Return the levels of the ends of the range of a tier."""
    below, above = TAILS.get(tier, ((1.0 - COVERAGE) / 2, (1.0 - COVERAGE) / 2))
    return _level(below), _level(1.0 - above)


def _level(share: float) -> int:
    return int(np.argmin(np.abs(LEVELS - 100.0 * share)))


def cells_of(places: Places) -> np.ndarray:
    """Return the cell whose middle each post is nearest to, such as `history/2/4`."""
    names = np.empty(len(places.tiers), dtype=object)
    for tier in np.unique(places.tiers):
        rows = np.flatnonzero(places.tiers == tier)
        middles = np.array(SIZE_MIDDLES.get(str(tier), (0.0,)))
        counts = np.log10(COUNT_MIDDLES) if tier == "history" else np.zeros(1)
        size, along_size = _positions(places.sizes[rows], middles)
        count, along_count = _positions(np.log10(np.maximum(places.counts[rows], 1.0)), counts)
        at = np.minimum(count + (along_count >= 0.5), len(counts) - 1)
        of = np.minimum(size + (along_size >= 0.5), len(middles) - 1)
        names[rows] = [_name(str(tier), int(c), int(s)) for c, s in zip(at, of, strict=True)]
    return names.astype(str)


def calibrate(
    residuals: np.ndarray,
    errors: np.ndarray,
    places: Places,
    repeats: np.ndarray | None = None,
) -> Calibration:
    """Build the predictive distributions.

    Parameters
    ----------
    residuals : np.ndarray [shape=(posts,)]
        Truth minus prediction in log10, of posts that no regressor trained on; NaN is left out.
    errors : np.ndarray [shape=(posts,)]
        The size of error expected, above 0.
    places : Places
        Of the same posts.
    repeats : np.ndarray [shape=(posts,), dtype=int64], optional
        How often each counts, so that a small set is not drowned by a large one.
    """
    known = np.flatnonzero(np.isfinite(residuals))
    if repeats is not None:
        known = np.repeat(known, repeats[known])
    if not len(known):
        raise ValueError("No residual is known, so nothing can be calibrated.")
    cells = cells_of(places)[known]
    members: dict[str, list[np.ndarray]] = {}
    for cell in np.unique(cells):
        inside = known[cells == cell]
        name = str(cell)
        while True:
            members.setdefault(name, []).append(inside)
            if not name:
                break
            name = name.rpartition("/")[0]
    quantiles, counts = {}, {}
    for name in sorted(members):
        rows = np.concatenate(members[name])
        different = len(np.unique(rows))
        if different < FEWEST_RESIDUALS and name:
            continue
        quantiles[name] = _quantiles(residuals[rows], errors[rows])
        counts[name] = different
    return Calibration(quantiles=quantiles, counts=counts)


def _quantiles(residuals: np.ndarray, errors: np.ndarray) -> np.ndarray:
    from crepes import ConformalPredictiveSystem

    system = ConformalPredictiveSystem().fit(residuals=residuals, sigmas=errors)
    # The distribution of a prediction of 0 with an expected error of 1 is that of the group. With
    # few residuals the outermost percentiles are unbounded: the widest residual stands for them.
    widest = float(np.max(np.abs(residuals / errors)))
    row = system.predict_percentiles(
        np.zeros(1),
        sigmas=np.ones(1),
        higher_percentiles=list(LEVELS),
        y_min=-widest,
        y_max=widest,
    )
    return np.round(np.maximum.accumulate(np.asarray(row).ravel()), 5)


def middles_of(residuals: np.ndarray, places: Places, repeats: np.ndarray) -> dict[str, float]:
    """Return by how much the middle of the truths lies above the predictions, log10, by cell.

    Cells are of tiers and counts alone, `history/2`: a middle that changed with the size of an
    account could make a forecast fall while followers rise.
    """
    parents = np.array([name.rpartition("/")[0] for name in cells_of(places)])
    result = {}
    for name in np.unique(parents):
        rows = np.flatnonzero((parents == name) & np.isfinite(residuals))
        if len(rows) >= FEWEST_RESIDUALS:
            rows = np.repeat(rows, repeats[rows])
            result[str(name)] = round(float(np.median(residuals[rows])), 6)
    return result


def centred(middles: Mapping[str, float], places: Places) -> np.ndarray:
    """Return what is added to each prediction so that it is the middle, log10 `[posts]`."""
    result = np.zeros(len(places.tiers))
    for tier in np.unique(places.tiers):
        rows = np.flatnonzero(places.tiers == tier)
        number = len(COUNT_MIDDLES) if tier == "history" else 1
        steps = [middles.get(_name(str(tier), step), 0.0) for step in range(number)]
        along = np.log10(COUNT_MIDDLES[:number])
        told = np.log10(np.maximum(places.counts[rows], 1.0))
        result[rows] = np.interp(told, along, steps)
    return result
