"""Recent views: what the account's last posts got, as bare numbers.

What else is known of those posts stands in `viral.modalities.recent_posts`.

Conventions
-----------
* Lists are oldest first, newest last. The summaries that carry the level do not depend on the
  order; those that do are marked so in their description.
* Counts enter as log10(views + 1), because views multiply rather than add.
* What the model predicts from is robust (`_ROBUST` in a description): one view that was mistyped or
  counted an hour after posting hardly moves it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from viral.modalities.features import Feature, ShownAs
from viral.posts.details import MAX_RECENT_VIEWS

LAST = 5
"""Posts that count as the latest ones: the baseline to beat is the mean of the last five."""
MOST_COUNTED = 10
"""Where `recent_count` stops."""
_SETTLED = " Does not depend on the order."
_ORDERED = " Depends on the order: oldest first."
_ROBUST = " One odd value hardly moves it. Depends on the order: oldest first."
HALF_LIVES_POSTS = (2.0, 4.0, 16.0)
"""Posts after which one weighs half as much: of 2, 4, 8 and 16, four came closest on small
accounts of 2026 and two on large ones of 2020; the trees see both and a slow one."""
BEND = 0.6
"""log10 from the level beyond which a post pulls no harder (Huber 1964)."""
ODD = 1.0
"""log10 from the level beyond which a post pulls less and less: it is a slip or was just posted."""
ROUNDS = 6
"""Re-weightings until the level stands."""
NEAREST_CUT = 0.8
"""log10: values further from the middle than this, and than three times the usual distance, count
as that far."""

FEATURES = (
    Feature(
        "recent_count",
        "Recent posts given",
        "",
        "Recent views",
        "How many, at most 10: beyond that the number tells how a list was made, not the account."
        + _SETTLED,
    ),
    Feature(
        "recent_mean",
        "Usual views",
        "log10",
        "Recent views",
        "Mean of log10(views + 1)." + _SETTLED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_median",
        "Middle of the recent views",
        "log10",
        "Recent views",
        "Median of log10(views + 1)." + _SETTLED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_average",
        "Average of the recent views",
        "log10",
        "Recent views",
        "log10 of the mean of views + 1, which the largest rule." + _SETTLED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_lowest",
        "Weakest recent post",
        "log10",
        "Recent views",
        "Smallest log10(views + 1)." + _SETTLED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_low",
        "Weaker posts",
        "log10",
        "Recent views",
        "Lower quartile of log10(views + 1)." + _SETTLED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_high",
        "Stronger posts",
        "log10",
        "Recent views",
        "Upper quartile of log10(views + 1)." + _SETTLED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_highest",
        "Strongest recent post",
        "log10",
        "Recent views",
        "Largest log10(views + 1)." + _SETTLED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_spread",
        "How much the views vary",
        "log10",
        "Recent views",
        "Standard deviation of log10(views + 1); needs two posts." + _ROBUST,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_wobble",
        "How much the views usually vary",
        "log10",
        "Recent views",
        "Median distance of log10(views + 1) from its median; needs two posts." + _SETTLED,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_last_ten",
        "Views of the last ten posts",
        "log10",
        "Recent views",
        "Mean of log10(views + 1) of the newest ten." + _ORDERED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_last_five",
        "Views of the last five posts",
        "log10",
        "Recent views",
        "Mean of log10(views + 1) of the newest five." + _ORDERED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_last_five_median",
        "Middle of the last five posts",
        "log10",
        "Recent views",
        "Median of log10(views + 1) of the newest five." + _ORDERED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_last_five_spread",
        "How much the last five vary",
        "log10",
        "Recent views",
        "Standard deviation of the newest five; needs two." + _ROBUST,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_last_three",
        "Views of the last three posts",
        "log10",
        "Recent views",
        "Mean of log10(views + 1) of the newest three." + _ORDERED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_last",
        "Views of the last post",
        "log10",
        "Recent views",
        "log10(views + 1) of the newest." + _ORDERED,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_trend",
        "Trend of the views",
        "log10",
        "Recent views",
        "Mean of the newest five less the mean of all." + _ORDERED,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_level",
        "Level of the recent views",
        "log10",
        "Recent views",
        "Mean of log10(views + 1), newer posts weighing more." + _ROBUST,
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "recent_fast_change",
        "Level of the very last posts",
        "log10",
        "Recent views",
        "The same with a shorter memory, less recent_level." + _ROBUST,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_slow_change",
        "Level over a longer time",
        "log10",
        "Recent views",
        "The same with a longer memory, less recent_level." + _ROBUST,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_middle_change",
        "Middle beside the level",
        "log10",
        "Recent views",
        "recent_median less recent_level." + _ROBUST,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_low_change",
        "Weaker posts beside the level",
        "log10",
        "Recent views",
        "Lower quartile less recent_level." + _ROBUST,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_high_change",
        "Stronger posts beside the level",
        "log10",
        "Recent views",
        "Upper quartile less recent_level." + _ROBUST,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_mean_change",
        "Last five beside the level",
        "log10",
        "Recent views",
        "Mean of the newest five, odd ones cut, less recent_level." + _ROBUST,
        shown_as=ShownAs.FACTOR,
    ),
    *(
        Feature(
            f"recent_place_{place}",
            f"The {nth} post beside its neighbours",
            "log10",
            "Recent views",
            f"log10(views + 1) of the {nth} post, cut if odd, less recent_level." + _ROBUST,
            shown_as=ShownAs.FACTOR,
        )
        for place, nth in enumerate(
            ("last", "second to last", "third to last", "fourth to last", "fifth to last"), 1
        )
    ),
    Feature(
        "recent_per_follower",
        "Usual views per follower",
        "log10",
        "Recent views",
        "recent_median less followers." + _SETTLED,
        shown_as=ShownAs.RATIO,
    ),
)
"""What recent views say, in order."""


def history(recent: Iterable[Any]) -> np.ndarray:
    """Return log10(views + 1) of each row, float64 `[posts, MAX_RECENT_VIEWS]`.

    The newest stands in the last column, NaN before the oldest.
    """
    rows = [tuple(views)[-MAX_RECENT_VIEWS:] if views is not None else () for views in recent]
    matrix = np.full((len(rows), MAX_RECENT_VIEWS), np.nan)
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    if lengths.sum():
        flat = np.concatenate([np.asarray(row, dtype=np.float64) for row in rows if row])
        columns = np.arange(MAX_RECENT_VIEWS)
        matrix[columns >= MAX_RECENT_VIEWS - lengths[:, None]] = np.log10(flat + 1.0)
    return matrix


def _mean(matrix: np.ndarray) -> np.ndarray:
    count = np.isfinite(matrix).sum(axis=1)
    total = np.nansum(matrix, axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _spread(matrix: np.ndarray) -> np.ndarray:
    centred = matrix - _mean(matrix)[:, None]
    return np.asarray(np.sqrt(_mean(centred**2)))


def _quantile(ordered: np.ndarray, count: np.ndarray, share: float) -> np.ndarray:
    # Linear interpolation between order statistics, NumPy's default; `ordered` has NaN last.
    place = np.maximum(count - 1, 0) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    rows = np.arange(len(ordered))
    low, high = ordered[rows, below], ordered[rows, above]
    return low + (high - low) * (place - below)


def _cut(matrix: np.ndarray) -> np.ndarray:
    """Return the posts with odd ones drawn to the edge of what the account usually gets."""
    newest = matrix[:, -15:]
    ordered = np.sort(newest, axis=1)
    count = np.isfinite(newest).sum(axis=1)
    middle = _quantile(ordered, count, 0.5)
    distances = np.sort(np.abs(newest - middle[:, None]), axis=1)
    # 1.4826 times the median distance is the standard deviation of a normal distribution.
    reach = np.maximum(NEAREST_CUT, 3 * 1.4826 * np.nan_to_num(_quantile(distances, count, 0.5)))
    return np.clip(matrix, (middle - reach)[:, None], (middle + reach)[:, None])


def levels(matrix: np.ndarray, half_life_posts: float) -> np.ndarray:
    """Return the robust level of each row, log10, NaN without posts.

    A weighted mean whose weights halve every `half_life_posts` and fall with the distance from it:
    as Huber's beyond `BEND`, and as the square beyond `ODD`.

    Parameters
    ----------
    matrix : np.ndarray [shape=(posts, most)]
        log10(views + 1), the newest in the last column, NaN before the oldest.
    """
    known = np.isfinite(matrix)
    newest = matrix[:, -10:]
    level = _quantile(np.sort(newest, axis=1), np.isfinite(newest).sum(axis=1), 0.5)
    recency = 0.5 ** (np.arange(matrix.shape[1] - 1, -1, -1) / half_life_posts)
    weights = np.where(known, recency, 0.0)
    filled = np.where(known, matrix, 0.0)
    for _ in range(ROUNDS):
        away = np.maximum(np.abs(filled - np.nan_to_num(level)[:, None]), 1e-9)
        pull = weights * np.minimum(1.0, BEND / away) * np.minimum(1.0, ODD / away) ** 2
        total = pull.sum(axis=1)
        level = np.where(total > 0, (pull * filled).sum(axis=1) / np.maximum(total, 1e-12), level)
    return np.where(known.any(axis=1), level, np.nan)


def summaries(posts: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the features but `recent_per_follower`, which needs more than the views.

    Parameters
    ----------
    posts : pd.DataFrame
        With `recent_views` in the schema's form, or without that column.

    Returns
    -------
    dict of str to np.ndarray [shape=(posts,)]
        NaN where there are no recent views.
    """
    given = posts["recent_views"] if "recent_views" in posts.columns else [()] * len(posts)
    matrix = history(given)
    count = np.isfinite(matrix).sum(axis=1)
    ordered = np.sort(matrix, axis=1)
    mean = _mean(matrix)
    median = _quantile(ordered, count, 0.5)
    newest = matrix[:, -LAST:]
    in_newest = np.minimum(count, LAST)
    last_five = _mean(newest)
    distances = np.sort(np.abs(matrix - median[:, None]), axis=1)
    last = np.maximum(count - 1, 0)
    cut = _cut(matrix)
    values = {
        "recent_count": np.minimum(count, MOST_COUNTED).astype(np.float64),
        "recent_mean": mean,
        "recent_median": median,
        "recent_average": np.log10(_mean(10.0**matrix)),
        "recent_lowest": ordered[:, 0],
        "recent_low": _quantile(ordered, count, 0.25),
        "recent_high": _quantile(ordered, count, 0.75),
        "recent_highest": ordered[np.arange(len(ordered)), last],
        "recent_spread": np.where(count > 1, _spread(cut), np.nan),
        "recent_wobble": np.where(count > 1, _quantile(distances, count, 0.5), np.nan),
        "recent_last_ten": _mean(matrix[:, -10:]),
        "recent_last_five": last_five,
        "recent_last_five_median": _quantile(np.sort(newest, axis=1), in_newest, 0.5),
        "recent_last_five_spread": np.where(count > 1, _spread(cut[:, -LAST:]), np.nan),
        "recent_last_three": _mean(matrix[:, -3:]),
        "recent_last": matrix[:, -1],
        "recent_trend": last_five - mean,
    }
    fast, level, slow = (levels(matrix, life) for life in HALF_LIVES_POSTS)
    values |= {
        "recent_level": level,
        "recent_fast_change": fast - level,
        "recent_slow_change": slow - level,
        "recent_middle_change": median - level,
        "recent_low_change": values["recent_low"] - level,
        "recent_high_change": values["recent_high"] - level,
        "recent_mean_change": _mean(cut[:, -LAST:]) - level,
    }
    for place in range(1, LAST + 1):
        values[f"recent_place_{place}"] = cut[:, -place] - level
    return values
