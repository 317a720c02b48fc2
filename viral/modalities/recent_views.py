"""Recent views: what the account's last posts got, as bare numbers.

What else is known of those posts stands in `viral.modalities.recent_posts`.

Conventions
-----------
* Lists are oldest first, newest last. The summaries that carry the level do not depend on the
  order; those that do are marked so in their description.
* Counts enter as log10(views + 1), because views multiply rather than add.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from viral.modalities.features import Feature
from viral.posts.details import MAX_RECENT_VIEWS

LAST = 5
"""Posts that count as the latest ones: the baseline to beat is the mean of the last five."""
MOST_COUNTED = 10
"""Where `recent_count` stops."""
_SETTLED = " Does not depend on the order."
_ORDERED = " Depends on the order: oldest first."

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
    ),
    Feature(
        "recent_median",
        "Middle of the recent views",
        "log10",
        "Recent views",
        "Median of log10(views + 1)." + _SETTLED,
    ),
    Feature(
        "recent_average",
        "Average of the recent views",
        "log10",
        "Recent views",
        "log10 of the mean of views + 1, which the largest rule." + _SETTLED,
    ),
    Feature(
        "recent_lowest",
        "Weakest recent post",
        "log10",
        "Recent views",
        "Smallest log10(views + 1)." + _SETTLED,
    ),
    Feature(
        "recent_low",
        "Weaker posts",
        "log10",
        "Recent views",
        "Lower quartile of log10(views + 1)." + _SETTLED,
    ),
    Feature(
        "recent_high",
        "Stronger posts",
        "log10",
        "Recent views",
        "Upper quartile of log10(views + 1)." + _SETTLED,
    ),
    Feature(
        "recent_highest",
        "Strongest recent post",
        "log10",
        "Recent views",
        "Largest log10(views + 1)." + _SETTLED,
    ),
    Feature(
        "recent_spread",
        "How much the views vary",
        "log10",
        "Recent views",
        "Standard deviation of log10(views + 1); needs two posts." + _SETTLED,
    ),
    Feature(
        "recent_wobble",
        "How much the views usually vary",
        "log10",
        "Recent views",
        "Median distance of log10(views + 1) from its median; needs two posts." + _SETTLED,
    ),
    Feature(
        "recent_last_ten",
        "Views of the last ten posts",
        "log10",
        "Recent views",
        "Mean of log10(views + 1) of the newest ten." + _ORDERED,
    ),
    Feature(
        "recent_last_five",
        "Views of the last five posts",
        "log10",
        "Recent views",
        "Mean of log10(views + 1) of the newest five." + _ORDERED,
    ),
    Feature(
        "recent_last_five_median",
        "Middle of the last five posts",
        "log10",
        "Recent views",
        "Median of log10(views + 1) of the newest five." + _ORDERED,
    ),
    Feature(
        "recent_last_five_spread",
        "How much the last five vary",
        "log10",
        "Recent views",
        "Standard deviation of log10(views + 1) of the newest five; needs two." + _ORDERED,
    ),
    Feature(
        "recent_last_three",
        "Views of the last three posts",
        "log10",
        "Recent views",
        "Mean of log10(views + 1) of the newest three." + _ORDERED,
    ),
    Feature(
        "recent_last",
        "Views of the last post",
        "log10",
        "Recent views",
        "log10(views + 1) of the newest." + _ORDERED,
    ),
    Feature(
        "recent_trend",
        "Trend of the views",
        "log10",
        "Recent views",
        "Mean of the newest five less the mean of all." + _ORDERED,
    ),
    *(
        Feature(
            f"recent_place_{place}",
            f"The {nth} post beside its neighbours",
            "log10",
            "Recent views",
            f"log10(views + 1) of the {nth} post less the mean of the newest five." + _ORDERED,
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
    ),
)
"""What recent views say, in order."""


def _history(recent: Iterable[Any]) -> np.ndarray:
    # float64 [posts, MAX_RECENT_VIEWS] of log10(views + 1), the newest in the last column, NaN
    # before the oldest.
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
    matrix = _history(given)
    count = np.isfinite(matrix).sum(axis=1)
    ordered = np.sort(matrix, axis=1)
    mean = _mean(matrix)
    median = _quantile(ordered, count, 0.5)
    newest = matrix[:, -LAST:]
    in_newest = np.minimum(count, LAST)
    last_five = _mean(newest)
    distances = np.sort(np.abs(matrix - median[:, None]), axis=1)
    last = np.maximum(count - 1, 0)
    values = {
        "recent_count": np.minimum(count, MOST_COUNTED).astype(np.float64),
        "recent_mean": mean,
        "recent_median": median,
        "recent_average": np.log10(_mean(10.0**matrix)),
        "recent_lowest": ordered[:, 0],
        "recent_low": _quantile(ordered, count, 0.25),
        "recent_high": _quantile(ordered, count, 0.75),
        "recent_highest": ordered[np.arange(len(ordered)), last],
        "recent_spread": np.where(count > 1, _spread(matrix), np.nan),
        "recent_wobble": np.where(count > 1, _quantile(distances, count, 0.5), np.nan),
        "recent_last_ten": _mean(matrix[:, -10:]),
        "recent_last_five": last_five,
        "recent_last_five_median": _quantile(np.sort(newest, axis=1), in_newest, 0.5),
        "recent_last_five_spread": np.where(count > 1, _spread(newest), np.nan),
        "recent_last_three": _mean(matrix[:, -3:]),
        "recent_last": matrix[:, -1],
        "recent_trend": last_five - mean,
    }
    for place in range(1, LAST + 1):
        values[f"recent_place_{place}"] = matrix[:, -place] - last_five
    return values
