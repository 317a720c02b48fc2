"""What share of the viewers of a creator's earlier posts liked, commented and shared.

Read off the counts of those posts where the table holds them, or off the lists `recent_likes`,
`recent_comments` and `recent_shares` where a row gives them. Ratios are log10(count / views),
because they multiply rather than add.

Arrays of earlier posts are float64 `[shape=(rows, LOOK_BACK)]`, the newest post in the last column,
NaN where there is none.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

LOOK_BACK = 30
"""Earlier posts that are compared: beyond about thirty, more of them changed nothing."""
COUNTED = ("likes", "comments", "shares", "saves")
"""Counts whose ratio to the views is taken over from earlier posts."""
TELLING = ("likes", "shares")
"""Counts whose ratios say something of the views to come; comments did not."""
COUNTED_POSTS = 10
"""The newest posts whose ratios count: of 3, 5, 8, 10, 15 and 30, eight to ten came closest."""
LATEST_POSTS = 3
FEWEST_COUNTED = 0.5
"""Half a count stands for none, so that its logarithm is finite."""
SLOPE_SHRINKAGE = 0.3
"""Squared log10 views that are added to those of the posts, so that alike posts give no slope."""
TRENDS = ("usual", "longer_change", "latest_change", "last_change", "slope")
"""What `trends` tells of each count of `TELLING`."""
PAST_RATIOS = tuple(f"past_{name}_{part}" for name in COUNTED for part in ("ratio", "posts"))
"""Columns for the split of a score, float64, NaN where they cannot be derived."""
PAST_TRENDS = tuple(f"past_{name}_{part}" for name in TELLING for part in TRENDS)
"""Columns that a prediction of the views sees, float64, NaN where they cannot be derived."""


def log_ratio(counts: np.ndarray, views: np.ndarray) -> np.ndarray:
    """Return log10 of counts over views; half a count stands for none, so that it is finite."""
    return np.log10(np.maximum(counts, FEWEST_COUNTED)) - np.log10(np.maximum(views, 1.0))


def _middle(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the median of the finite values of each row, NaN without any, and their number."""
    ordered = np.sort(values, axis=1)
    count = np.isfinite(ordered).sum(axis=1)
    rows = np.arange(len(ordered))
    low, high = np.maximum(count - 1, 0) // 2, np.maximum(count, 1) // 2
    high = np.minimum(high, np.maximum(count - 1, 0))
    return (ordered[rows, low] + ordered[rows, high]) / 2.0, count


def given_ratios(views: object, counts: object, most: int = COUNTED_POSTS) -> np.ndarray:
    """Return log10(count / views) of the newest posts of two lists of the same, oldest first."""
    # Where tables were put together, what one of them does not have is no list.
    if not isinstance(views, tuple) or not isinstance(counts, tuple):
        return np.empty(0)
    # The newest stand last in both, so that fewer counts are those of the newest posts.
    shared = min(len(views), len(counts), most)
    if not shared:
        return np.empty(0)
    return log_ratio(np.asarray(counts[-shared:]), np.asarray(views[-shared:]))


def _mean(values: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        # Rows without any value are NaN, as they should be.
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmean(values, axis=1))


def trends(ratios: np.ndarray, levels: np.ndarray) -> dict[str, np.ndarray]:
    """Return what ratios of earlier posts say of the account, by `TRENDS`.

    Parameters
    ----------
    ratios : np.ndarray [shape=(rows, LOOK_BACK)]
        log10(count / views).
    levels : np.ndarray [shape=(rows, LOOK_BACK)]
        log10(views + 1) of the same posts.

    Returns
    -------
    dict of str to np.ndarray [shape=(rows,)]
        The mean over the newest ten; the means over all, over the newest three and of the newest,
        each less that; and how much higher the ratio was per power of ten of views.
    """
    known = np.where(np.isfinite(ratios), levels, np.nan)
    usual = _mean(ratios[:, -COUNTED_POSTS:])
    apart = ratios - _mean(ratios)[:, None]
    lift = known - _mean(known)[:, None]
    rise = np.nansum(apart * lift, axis=1) / (np.nansum(lift**2, axis=1) + SLOPE_SHRINKAGE)
    return {
        "usual": usual,
        "longer_change": _mean(ratios) - usual,
        "latest_change": _mean(ratios[:, -LATEST_POSTS:]) - usual,
        "last_change": ratios[:, -1] - usual,
        "slope": np.where(np.isfinite(ratios).any(axis=1), rise, np.nan),
    }


def _at_the_end(rows: Sequence[np.ndarray]) -> np.ndarray:
    matrix = np.full((len(rows), LOOK_BACK), np.nan)
    for row, values in enumerate(rows):
        if len(values):
            matrix[row, -len(values) :] = values
    return matrix


def told_trends(
    recent_views: Sequence[object], recent_counts: Sequence[object]
) -> dict[str, np.ndarray]:
    """Return `trends` of lists that rows give: recent views and a count of the same posts."""
    ratios, levels = [], []
    for views, counts in zip(recent_views, recent_counts, strict=True):
        own = given_ratios(views, counts, LOOK_BACK)
        ratios.append(own)
        newest = views[-len(own) :] if len(own) and isinstance(views, tuple) else ()
        levels.append(np.log10(np.asarray(newest, dtype=np.float64) + 1.0))
    return trends(_at_the_end(ratios), _at_the_end(levels))


def past_ratios(
    table: pd.DataFrame, earlier: np.ndarray, levels: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the columns of `PAST_RATIOS` and `PAST_TRENDS`.

    Parameters
    ----------
    table : pd.DataFrame
        In the schema of `viral.posts.schema`.
    earlier : np.ndarray [shape=(rows, LOOK_BACK), dtype=int64]
        Row positions of the earlier posts, -1 where there is none.
    levels : np.ndarray [shape=(rows, LOOK_BACK)]
        Their log10(views + 1) as the row's own list has them.
    """
    views = table["views"].to_numpy(dtype=np.float64)[earlier]
    # The row knows the posts in its own list; what the table has counted since is not its past.
    same = (earlier >= 0) & (np.abs(np.log10(views + 1.0) - levels) < 1e-6)
    recent = table["recent_views"].tolist()
    found = {}
    for name in COUNTED:
        counts = table[name].to_numpy(dtype=np.float64)[earlier]
        ratios = np.where(same, log_ratio(counts, views), np.nan)
        ratio, count = _middle(ratios[:, -COUNTED_POSTS:])
        lists = table[f"recent_{name}"].tolist() if f"recent_{name}" in table.columns else []
        given = [given_ratios(*both) for both in zip(recent, lists, strict=False)]
        rows = np.array([row for row, own in enumerate(given) if len(own)], dtype=np.int64)
        for row in rows:
            ratio[row], count[row] = np.median(given[row]), len(given[row])
        found[f"past_{name}_ratio"] = ratio
        found[f"past_{name}_posts"] = np.where(count > 0, count, np.nan)
        if name not in TELLING:
            continue
        derived = trends(ratios, levels)
        if len(rows):
            told = told_trends([recent[row] for row in rows], [lists[row] for row in rows])
            for part, values in told.items():
                derived[part][rows] = values
        found |= {f"past_{name}_{part}": derived[part] for part in TRENDS}
    return {name: found[name] for name in (*PAST_RATIOS, *PAST_TRENDS)}
