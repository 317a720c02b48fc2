"""Whole feeds of made-up creators, each at a level of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from viral.posts.earlier_posts import with_compared_past
from viral.posts.history import with_past
from viral.posts.schema import in_schema


def feeds(creators: int = 30, posts: int = 25) -> pd.DataFrame:
    """Return posts in the schema, one a day for each creator, with what was known before each."""
    rng = np.random.default_rng(3)
    rows = []
    for creator in range(creators):
        level = rng.uniform(3.0, 5.0)
        for number in range(posts):
            views = 10 ** (level + rng.normal(0, 0.2))
            rows.append(
                {
                    "source": "creators_2020",
                    "video_id": f"{creator}-{number}",
                    "creator": f"c{creator}",
                    "posted_at": datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=number),
                    "followers": 10**level,
                    "duration_s": 15.0,
                    "views": views,
                    "likes": views * rng.uniform(0.05, 0.15),
                    "comments": views * rng.uniform(0.001, 0.003),
                    "shares": views * rng.uniform(0.001, 0.003),
                    "horizon_days": 30.0,
                }
            )
    return with_compared_past(with_past(in_schema(pd.DataFrame(rows))[0]))
