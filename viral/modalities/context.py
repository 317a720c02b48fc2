"""Context: the account, its recent posts, and when and with which sound the post goes out.

A creator would call it "my numbers". All of it is known before posting. Counts enter as
log10(count + 1), because views multiply rather than add; ages and lengths likewise.

Conventions
-----------
* What recent views say stands in `viral.modalities.recent_views`, and what else is known of those
  posts
  in `viral.modalities.recent_posts`.
* Times are UTC. Of the calendar date only the year counts, as a fraction, because levels differ
  between 2020 and today; beyond the newest post learnt from it stays what it was there.
* `extract` and `extract_table` give equal numbers for the same post.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from viral.modalities import recent_posts, recent_views
from viral.modalities.features import Feature, Features, ShownAs
from viral.modalities.recent_posts import numbers
from viral.posts.details import PostDetails
from viral.posts.earlier_posts import PAST
from viral.posts.hashtags import hashtags_in, is_reach_tag
from viral.posts.sounds import is_original_sound

MIN_AGE_DAYS = 0.05
"""Youngest age that is told apart, about an hour."""
DAYS_A_YEAR = 365.2425
SHORTS_FLAG = {"tiktok": 0.0, "shorts": 1.0}
"""Platform -> `platform_shorts`; NaN for any other and where it is not told."""
MICROSECONDS_A_DAY = 8.64e10

FEATURES = (
    Feature(
        "followers",
        "Followers",
        "log10",
        "Account",
        "log10(followers + 1).",
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "total_likes",
        "Likes of the whole account",
        "log10",
        "Account",
        "log10(likes + 1) of all posts before this one.",
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "total_videos",
        "Posts of the account",
        "log10",
        "Account",
        "log10(posts + 1) before this one.",
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "likes_per_video",
        "Usual likes",
        "log10",
        "Account",
        "log10 of (total likes + 1) / (total posts + 1).",
        shown_as=ShownAs.COUNT,
    ),
    Feature(
        "likes_per_follower",
        "Likes per follower",
        "log10",
        "Account",
        "log10 of (total likes + 1) / (followers + 1).",
        shown_as=ShownAs.RATIO,
    ),
    *recent_views.FEATURES,
    *recent_posts.FEATURES,
    Feature(
        "age",
        "Days after posting",
        "log10 days",
        "Time",
        "log10 of the days between posting and counting.",
        shown_as=ShownAs.QUANTITY,
    ),
    Feature("hour_sin", "Hour of the day", "", "Time", "sin(2 pi hour / 24), UTC."),
    Feature("hour_cos", "Hour of the day", "", "Time", "cos(2 pi hour / 24), UTC."),
    Feature(
        "weekday",
        "Day of the week",
        "",
        "Time",
        "0 Monday .. 6 Sunday, UTC.",
        shown_as=ShownAs.WEEKDAY,
    ),
    Feature("year", "Year", "", "Time", "2026.5 is the first of July 2026."),
    Feature(
        "platform_shorts",
        "YouTube Shorts",
        "",
        "Platform",
        "1 on Shorts, 0 on TikTok; no posts of Reels with their views have been learnt from.",
    ),
    Feature(
        "duration",
        "Length of the clip",
        "log10 s",
        "Clip",
        "log10 of the seconds.",
        shown_as=ShownAs.QUANTITY,
    ),
    Feature("hashtag_count", "Hashtags", "", "Hashtags", "Different hashtags."),
    Feature(
        "reach_tag_count",
        "Hashtags that only ask for reach",
        "",
        "Hashtags",
        "Different hashtags such as #fyp that name no topic.",
    ),
    Feature(
        "sound_original",
        "Own sound",
        "",
        "Sound",
        "1 for an original sound, 0 for another's.",
        shown_as=ShownAs.YES_OR_NO,
    ),
)
"""What is measured, in order."""


def _objects(posts: pd.DataFrame, name: str) -> list[Any]:
    return posts[name].tolist() if name in posts.columns else [None] * len(posts)


def _hashtags(posts: pd.DataFrame) -> list[tuple[str, ...] | None]:
    tags: list[tuple[str, ...] | None] = []
    for listed, caption in zip(
        _objects(posts, "hashtags"), _objects(posts, "caption"), strict=True
    ):
        # A post is the same whether its hashtags stand in the caption, in a list, or in both.
        worded = hashtags_in(caption) if isinstance(caption, str) and caption.strip() else None
        given = tuple(listed) if isinstance(listed, (tuple, list, np.ndarray)) else None
        if worded is None and given is None:
            tags.append(None)
        else:
            tags.append(tuple(dict.fromkeys((*(worded or ()), *(given or ())))))
    return tags


def days_of(moments: pd.Series) -> np.ndarray:
    """Return times as days since 1970 in UTC, NaN where unknown."""
    known = pd.to_datetime(moments, utc=True).dt.tz_convert(None)
    days = known.to_numpy(dtype="datetime64[us]").astype(np.float64) / MICROSECONDS_A_DAY
    return np.where(known.isna().to_numpy(), np.nan, days)


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
    values = recent_views.summaries(posts) | recent_posts.summaries(posts)
    values["followers"] = _log(numbers(posts, "followers"))
    values["total_likes"] = _log(numbers(posts, "creator_total_likes"))
    values["total_videos"] = _log(numbers(posts, "creator_total_videos"))
    values["likes_per_video"] = values["total_likes"] - values["total_videos"]
    values["likes_per_follower"] = values["total_likes"] - values["followers"]
    values["recent_per_follower"] = values["recent_median"] - values["followers"]
    values["age"] = np.log10(np.maximum(numbers(posts, "horizon_days"), MIN_AGE_DAYS))
    moments = pd.to_datetime(pd.Series(_objects(posts, "posted_at"), dtype=object), utc=True)
    hour = (moments.dt.hour + moments.dt.minute / 60.0).to_numpy(dtype=np.float64)
    values["hour_sin"] = np.sin(2 * np.pi * hour / 24)
    values["hour_cos"] = np.cos(2 * np.pi * hour / 24)
    values["weekday"] = moments.dt.day_of_week.to_numpy(dtype=np.float64)
    values["year"] = 1970.0 + days_of(moments) / DAYS_A_YEAR
    values["platform_shorts"] = np.array(
        [SHORTS_FLAG.get(platform, np.nan) for platform in _objects(posts, "platform")]
    )
    duration_s = numbers(posts, "duration_s")
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
        "platform": details.platform,
        "sound_name": details.sound,
        "duration_s": duration_s,
        "width": float(width),
        "height": float(height),
        "followers": details.followers,
        "creator_total_likes": details.creator_total_likes,
        "creator_total_videos": details.creator_total_videos,
        "recent_views": details.recent_views,
        "horizon_days": details.horizon_days,
        **recent_posts.told_columns(details, duration_s),
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
        Never missing: a post without any details still has a length and a horizon. With an account,
        `past` among its details has the columns of `viral.posts.earlier_posts.PAST`.
    """
    table = table_of(details, duration_s=duration_s, width=width, height=height)
    values = extract_table(table).iloc[0]
    past = {} if details.account is None else {"past": table[list(PAST)].iloc[0].to_dict()}
    return Features(
        modality="context",
        values={str(name): float(value) for name, value in values.items()},
        details=past,
    )
