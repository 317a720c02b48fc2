"""Past posts with known truth: feeds of creators in which a hashtag does what it is told to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from viral.posts.schema import in_schema

PLANTED = "planted"
LIFT_LOG10 = 0.3
"""What the planted hashtag does: twice the views."""
START = pd.Timestamp("2024-01-01T00:00Z")


def feeds(
    creators: int = 40,
    posts: int = 30,
    *,
    lift: float = LIFT_LOG10,
    share: float = 0.2,
    spread: float = 0.3,
    seed: int = 0,
    **columns: Any,
) -> pd.DataFrame:
    """Return posts in the schema.

    Parameters
    ----------
    creators, posts
        How many creators, and how many posts each has.
    lift
        log10 factor that `#planted` puts on the views; `#idle` does nothing.
    share
        Share of the posts that carry either, independently.
    spread
        Standard deviation of log10 views around the creator's level.
    columns
        In the place of what is made here.
    """
    rng = np.random.default_rng(seed)
    size = creators * posts
    owner = np.repeat(np.arange(creators), posts)
    level = rng.uniform(2.5, 6.0, creators)[owner]
    planted, idle = rng.random(size) < share, rng.random(size) < share
    views = np.round(10 ** (level + lift * planted + rng.normal(0, spread, size)))
    hours = np.tile(np.arange(posts) * 31, creators)
    frame = pd.DataFrame(
        {
            "source": "made",
            "video_id": [str(number) for number in range(size)],
            "creator": [f"creator {number}" for number in owner],
            "posted_at": START + pd.to_timedelta(hours, unit="h"),
            "collected_at": START + pd.Timedelta(days=400),
            "hashtags": [
                [PLANTED] * bool(p) + ["idle"] * bool(i) for p, i in zip(planted, idle, strict=True)
            ],
            "sound_name": [f"Song {number}" for number in rng.integers(0, 4, size)],
            "sound_original": 0.0,
            "duration_s": rng.choice([8.0, 12.0, 40.0], size),
            "followers": np.round(10**level),
            "views": views,
            "likes": np.round(views * 0.1),
            "comments": np.round(views * 0.01),
            "shares": np.round(views * 0.005),
        }
    )
    return in_schema(frame.assign(**columns))[0]
