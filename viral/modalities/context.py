"""Context: the account, its recent posts, and when and with which sound the post goes out.

A creator would call it "my numbers". All of it is known before posting. Counts enter as
log10(count + 1), because views multiply rather than add; ages and lengths likewise.

Conventions
-----------
* Recent views are oldest first, newest last. The summaries that carry the level do not depend on
  the order; the few that do are marked so in their description.
* Times are UTC. The calendar date is never used: within the training data it stands for the age of
  a post, which means nothing for a post of today.
* `extract` and `extract_table` give equal numbers for the same post.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from viral.modalities.features import Feature, Features
from viral.modalities.hashtags import hashtags_in, is_reach_tag
from viral.posts.details import MAX_RECENT_VIEWS, PostDetails

LAST = 5
"""Posts that count as the latest ones: the baseline to beat is the mean of the last five."""
MIN_AGE_DAYS = 0.05
"""Youngest age that is told apart, about an hour."""

_SETTLED = " Does not depend on the order."
_ORDERED = " Depends on the order: oldest first."

FEATURES = (
    Feature("followers", "Followers", "log10", "Account", "log10(followers + 1)."),
    Feature(
        "total_likes",
        "Likes of the whole account",
        "log10",
        "Account",
        "log10(likes + 1) of all posts before this one.",
    ),
    Feature(
        "total_videos",
        "Posts of the account",
        "log10",
        "Account",
        "log10(posts + 1) before this one.",
    ),
    Feature(
        "likes_per_video",
        "Usual likes",
        "log10",
        "Account",
        "log10 of (total likes + 1) / (total posts + 1).",
    ),
    Feature(
        "likes_per_follower",
        "Likes per follower",
        "log10",
        "Account",
        "log10 of (total likes + 1) / (followers + 1).",
    ),
    Feature(
        "recent_count",
        "Recent posts given",
        "",
        "Recent views",
        "How many, at most 100." + _SETTLED,
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
        "recent_spread",
        "How much the views vary",
        "log10",
        "Recent views",
        "Standard deviation of log10(views + 1); needs two posts." + _SETTLED,
    ),
    Feature(
        "recent_last_five",
        "Views of the last five posts",
        "log10",
        "Recent views",
        "Mean of log10(views + 1) of the newest five." + _ORDERED,
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
    Feature(
        "recent_per_follower",
        "Usual views per follower",
        "log10",
        "Recent views",
        "recent_median less followers." + _SETTLED,
    ),
    Feature(
        "age",
        "Age when counted",
        "log10 days",
        "Time",
        "log10 of the days between posting and counting.",
    ),
    Feature("hour_sin", "Hour of the day", "", "Time", "sin(2 pi hour / 24), UTC."),
    Feature("hour_cos", "Hour of the day", "", "Time", "cos(2 pi hour / 24), UTC."),
    Feature("weekday", "Day of the week", "", "Time", "0 Monday .. 6 Sunday, UTC."),
    Feature("duration", "Length of the clip", "log10 s", "Clip", "log10 of the seconds."),
    Feature("hashtag_count", "Hashtags", "", "Hashtags", "Different hashtags."),
    Feature(
        "reach_tag_count",
        "Hashtags that only ask for reach",
        "",
        "Hashtags",
        "Different hashtags such as #fyp that name no topic.",
    ),
    Feature(
        "sound_original", "Own sound", "", "Sound", "1 for an original sound, 0 for another's."
    ),
)
"""What is measured, in order."""

ORIGINAL_SOUNDS = (
    "original",
    "оригинальный звук",
    "оригінальний звук",
    "الصوت الأصلي",
    "orijinal ses",
    "nhạc nền",
    "âm thanh gốc",
    "オリジナル楽曲",
    "オリジナル",
    "原聲",
    "原声",
    "오리지널",
    "เสียงต้นฉบับ",
    "suara asli",
    "suono originale",
    "dźwięk oryginalny",
    "eredeti hang",
    "sunet original",
    "originalljud",
    "मूल ध्वनि",
)
"""How platforms call a clip's own sound; `original` covers English, Spanish, Portuguese, French,
German, Italian and more. Lower case."""


def is_original_sound(names: Iterable[Any], flags: Iterable[Any]) -> np.ndarray:
    """Return whether sounds are the clip's own.

    Parameters
    ----------
    names : iterable of str or None
        Names of sounds, such as `original sound - someone`.
    flags : iterable of float
        1 or 0 where the source says so, else NaN; the name decides then.

    Returns
    -------
    np.ndarray [shape=(n,)]
        1.0, 0.0, or NaN where nothing is known.
    """
    result = []
    for name, flag in zip(names, flags, strict=True):
        if flag == 0 or flag == 1:
            result.append(float(flag))
        elif isinstance(name, str) and name.strip():
            lowered = name.lower()
            result.append(float(any(word in lowered for word in ORIGINAL_SOUNDS)))
        else:
            result.append(np.nan)
    return np.array(result, dtype=np.float64)


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


def _quantile(ordered: np.ndarray, count: np.ndarray, share: float) -> np.ndarray:
    # Linear interpolation between order statistics, NumPy's default; `ordered` has NaN last.
    place = np.maximum(count - 1, 0) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    rows = np.arange(len(ordered))
    low, high = ordered[rows, below], ordered[rows, above]
    return low + (high - low) * (place - below)


def _recent(posts: pd.DataFrame) -> dict[str, np.ndarray]:
    matrix = _history(posts["recent_views"])
    count = np.isfinite(matrix).sum(axis=1)
    ordered = np.sort(matrix, axis=1)
    mean = _mean(matrix)
    squares = _mean((matrix - mean[:, None]) ** 2)
    last_five = _mean(matrix[:, -LAST:])
    return {
        "recent_count": count.astype(np.float64),
        "recent_mean": mean,
        "recent_median": _quantile(ordered, count, 0.5),
        "recent_low": _quantile(ordered, count, 0.25),
        "recent_high": _quantile(ordered, count, 0.75),
        "recent_spread": np.where(count > 1, np.sqrt(squares), np.nan),
        "recent_last_five": last_five,
        "recent_last": matrix[:, -1],
        "recent_trend": last_five - mean,
    }


def _numbers(posts: pd.DataFrame, name: str) -> np.ndarray:
    if name not in posts.columns:
        return np.full(len(posts), np.nan)
    return posts[name].to_numpy(dtype=np.float64, na_value=np.nan)


def _objects(posts: pd.DataFrame, name: str) -> list[Any]:
    return posts[name].tolist() if name in posts.columns else [None] * len(posts)


def _hashtags(posts: pd.DataFrame) -> list[tuple[str, ...] | None]:
    tags: list[tuple[str, ...] | None] = []
    for listed, caption in zip(
        _objects(posts, "hashtags"), _objects(posts, "caption"), strict=True
    ):
        if isinstance(listed, (tuple, list, np.ndarray)):
            tags.append(tuple(listed))
        elif isinstance(caption, str):
            tags.append(hashtags_in(caption))
        else:
            tags.append(None)
    return tags


def _log(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.log10(values + 1.0))


def extract_table(posts: pd.DataFrame) -> pd.DataFrame:
    """Measure the context of many posts.

    Parameters
    ----------
    posts : pd.DataFrame
        In the schema of `viral.posts.schema`; columns may be missing.

    Returns
    -------
    pd.DataFrame [shape=(posts, features), dtype=float64]
        Columns are the names of `FEATURES`, in order; the index is that of `posts`.
    """
    if "recent_views" not in posts.columns:
        posts = posts.assign(recent_views=None)
    values = _recent(posts)
    values["followers"] = _log(_numbers(posts, "followers"))
    values["total_likes"] = _log(_numbers(posts, "creator_total_likes"))
    values["total_videos"] = _log(_numbers(posts, "creator_total_videos"))
    values["likes_per_video"] = values["total_likes"] - values["total_videos"]
    values["likes_per_follower"] = values["total_likes"] - values["followers"]
    values["recent_per_follower"] = values["recent_median"] - values["followers"]
    values["age"] = np.log10(np.maximum(_numbers(posts, "horizon_days"), MIN_AGE_DAYS))
    moments = pd.to_datetime(pd.Series(_objects(posts, "posted_at"), dtype=object), utc=True)
    hour = (moments.dt.hour + moments.dt.minute / 60.0).to_numpy(dtype=np.float64)
    values["hour_sin"] = np.sin(2 * np.pi * hour / 24)
    values["hour_cos"] = np.cos(2 * np.pi * hour / 24)
    values["weekday"] = moments.dt.day_of_week.to_numpy(dtype=np.float64)
    duration_s = _numbers(posts, "duration_s")
    values["duration"] = np.log10(np.where(duration_s > 0, duration_s, np.nan))
    tags = _hashtags(posts)
    values["hashtag_count"] = np.array([np.nan if t is None else len(t) for t in tags])
    values["reach_tag_count"] = np.array(
        [np.nan if t is None else sum(map(is_reach_tag, t)) for t in tags]
    )
    values["sound_original"] = is_original_sound(
        _objects(posts, "sound_name"), _objects(posts, "sound_original")
    )
    names = [feature.name for feature in FEATURES]
    return pd.DataFrame({name: values[name] for name in names}, index=posts.index, dtype=np.float64)


def table_of(details: PostDetails, *, duration_s: float, width: int, height: int) -> pd.DataFrame:
    """Return the table of one row that says the same as `details`."""
    row = {
        "posted_at": details.posted_at,
        "caption": details.caption,
        "sound_name": details.sound,
        "duration_s": duration_s,
        "width": float(width),
        "height": float(height),
        "followers": details.followers,
        "creator_total_likes": details.creator_total_likes,
        "creator_total_videos": details.creator_total_videos,
        "recent_views": details.recent_views,
        "horizon_days": details.horizon_days,
    }
    table = pd.DataFrame([row], dtype=object)
    for name in ("followers", "creator_total_likes", "creator_total_videos", "horizon_days"):
        table[name] = table[name].astype("float64")
    return table


def extract(details: PostDetails, *, duration_s: float, width: int, height: int) -> Features:
    """Measure the context of one post.

    Parameters
    ----------
    details : PostDetails
        What the creator said.
    duration_s : float
        Length of the clip in seconds; NaN or 0 where unknown.
    width, height : int
        Displayed size in pixels; 0 where unknown.

    Returns
    -------
    Features
        Never missing: a post without any details still has a length and a horizon.
    """
    table = table_of(details, duration_s=duration_s, width=width, height=height)
    values = extract_table(table).iloc[0]
    return Features(
        modality="context", values={str(name): float(value) for name, value in values.items()}
    )
