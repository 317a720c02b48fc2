"""Honest ranges: conformal predictive systems, by group, and for later posts on the newest posts.

Residuals of posts that the regressors did not train on are divided by the size of error expected
for such a post; `crepes` (Boström 2022, https://proceedings.mlr.press/v179/bostrom22a.html) turns
them into a predictive distribution for each group (a Mondrian category). A distribution is kept as
its quantiles for an expected error of 1, so that serving needs no calibration set:

    quantile(p) = prediction + expected_error * group_quantile(p)

A post that goes out later than all that were learnt from is in a group of its own. It is
calibrated on what models of the older posts say of the newest ones, because times change.

Where nothing is known of the account, most posts learnt from are by large accounts, so that a range
with a tenth on either side would leave out nearly all small ones. Its low end is therefore lower,
see `TAILS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from viral.model.account_size import follower_bucket

COVERAGE = 0.8
"""The share of posts that should fall in the range that is shown."""
TAILS = {"unknown": (0.025, 0.155)}
"""Pattern -> shares of posts below and above the range, where they are not equal. What the range
leaves out of the accounts of a size depends on their mix, see `models/EVALUATION.md`."""
BREAKOUT_LINES = {"account": (0.07, 0.16), "unknown": (0.053, 0.15)}
"""Pattern -> a and b in P(breakout) = a + b P(views > 3 times what is expected). Where an account's
own usual views are unknown, an error in what is expected of it looks like a breakout. Fitted on
folds of training creators, see `docs/experiments.md`."""
LEVELS = np.round(np.arange(0.5, 100.0, 0.5), 1)
"""Percentiles at which a distribution is kept."""
WITHIN, LATER = "within", "later"
"""Beginnings of groups: posts from the time that was learnt from, and after it."""
FEWEST_RESIDUALS = 200
"""A group with fewer uses its parent: the name before the last `/`."""


def groups_of(
    patterns: np.ndarray,
    followers: np.ndarray,
    recent: np.ndarray,
    totals: np.ndarray,
    dated: np.ndarray,
    later: np.ndarray,
) -> np.ndarray:
    """Return the group of each post, such as `later/history/dated/5+/3`.

    Parameters
    ----------
    patterns, followers, recent : np.ndarray [shape=(posts,)]
        What is known of the account, followers (NaN where unknown), how many recent views.
    totals, dated, later : np.ndarray [shape=(posts,), dtype=bool]
        Whether the likes of the whole account are known; whether the age when counted is; whether
        it goes out after all posts learnt from.
    """
    parts = (
        np.where(later, LATER, WITHIN),
        patterns.astype(str),
        np.where(dated, "dated", "undated"),
        np.where(recent > 0, np.where(recent >= 5, "5+", "1-4"), np.where(totals, "totals", "0")),
        follower_bucket(followers).astype(str),
    )
    return np.array(["/".join(names) for names in zip(*parts, strict=True)], dtype=str)


@dataclass(frozen=True)
class Calibration:
    """The distribution of one count's errors, for each group."""

    quantiles: Mapping[str, np.ndarray]
    """Group -> float64 `[len(LEVELS)]`, increasing. Parents are groups too; "" is all posts."""
    counts: Mapping[str, int]
    """Group -> residuals behind it."""

    def _table(self, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the quantiles and the levels of the ends `[posts, 2]` of each post's group."""
        names, codes = np.unique(groups, return_inverse=True)
        if len(names) == 0:
            return np.zeros((0, len(LEVELS))), np.zeros((0, 2), dtype=int)
        rows = np.stack([self.quantiles[self._nearest(str(name))] for name in names])
        ends = np.array([_ends(str(name)) for name in names])
        return rows[codes], ends[codes]

    def _nearest(self, group: str) -> str:
        while group not in self.quantiles and group:
            group = group.rpartition("/")[0]
        return group

    def bounds(
        self, prediction: np.ndarray, error: np.ndarray, groups: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the low and high end of the range, in log10, around each prediction."""
        table, ends = self._table(groups)
        posts = np.arange(len(table))
        low, high = table[posts, ends[:, 0]], table[posts, ends[:, 1]]
        # The prediction is shown as the middle, so the range has to hold it.
        return prediction + error * np.minimum(low, 0.0), prediction + error * np.maximum(high, 0.0)

    def probability_above(
        self, threshold: np.ndarray, prediction: np.ndarray, error: np.ndarray, groups: np.ndarray
    ) -> np.ndarray:
        """Return the probability that the truth lies above `threshold` (log10)."""
        table, _ = self._table(groups)
        standard = (threshold - prediction) / error
        below = np.array(
            [
                np.interp(x, row, LEVELS / 100.0, left=0.0, right=1.0)
                for x, row in zip(standard, table, strict=True)
            ]
        )
        return np.clip(1.0 - below, 0.0, 1.0)


def breakout_of(probability: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return P(breakout) where `probability` is that of views beyond what is expected, `[posts]`.

    Beside the account's own usual views, in the pattern `history`, it stands as it is.
    """
    lines = {name: BREAKOUT_LINES.get(_pattern(str(name)), (0.0, 1.0)) for name in set(groups)}
    line = np.array([lines[name] for name in groups]).reshape(-1, 2)
    return np.asarray(line[:, 0] + line[:, 1] * probability)


def _pattern(group: str) -> str:
    return group.split("/")[1] if "/" in group else ""


def _ends(group: str) -> tuple[int, int]:
    """Return the levels of the ends of the range of a group."""
    below, above = TAILS.get(_pattern(group), ((1.0 - COVERAGE) / 2, (1.0 - COVERAGE) / 2))
    return _level(below), _level(1.0 - above)


def _level(share: float) -> int:
    return int(np.argmin(np.abs(LEVELS - 100.0 * share)))


def calibrate(residuals: np.ndarray, errors: np.ndarray, groups: np.ndarray) -> Calibration:
    """Build the predictive distributions.

    Parameters
    ----------
    residuals : np.ndarray [shape=(posts,)]
        Truth minus prediction in log10, of posts that no regressor trained on; NaN is left out.
    errors : np.ndarray [shape=(posts,)]
        The size of error expected, above 0.
    groups : np.ndarray [shape=(posts,)]
        Names with `/` between levels, from `groups_of`.
    """
    known = np.isfinite(residuals)
    members: dict[str, list[np.ndarray]] = {}
    for group in np.unique(groups[known]):
        inside = np.flatnonzero(known & (groups == group))
        name = str(group)
        while True:
            members.setdefault(name, []).append(inside)
            if not name:
                break
            name = name.rpartition("/")[0]
    quantiles, counts = {}, {}
    for name in sorted(members):
        rows = np.concatenate(members[name])
        if len(rows) < FEWEST_RESIDUALS and name:
            continue
        quantiles[name] = _quantiles(residuals[rows], errors[rows])
        counts[name] = len(rows)
    if "" not in quantiles:
        raise ValueError("No residual is known, so nothing can be calibrated.")
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
