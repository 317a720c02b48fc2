"""Posts with something left unsaid: so that a model learns to do without it.

Past posts come with everything known; a creator tells what they like. Each pattern is therefore
trained on posts as they are and again with parts left out at random, and calibrated on the same.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from viral.posts.earlier_posts import COMPARED, PAST
from viral.posts.engagement_ratios import PAST_RATIOS, PAST_TRENDS

TOTALS = ("creator_total_likes", "creator_total_videos")
SHARES_LEFT_OUT = {
    "followers": 0.15,
    "posted_at": 0.3,
    "duration_s": 0.05,
    "sound_name": 0.3,
}
"""How often a part is left out of a masked copy. The clip itself gives its length, so that is rare;
the app asks for neither totals nor the sound's name, so those are left out often."""
TOTALS_LEFT_OUT = 0.75
SHORT_HISTORY_SHARE = 0.5
"""Masked copies that keep only the newest 1 to `SHORT_HISTORY` recent views."""
SHORT_HISTORY = 12
COMPARED_LEFT_OUT = 0.5
"""How often what a table tells of earlier posts is left out, and how often what was counted of
them: a creator may give recent views as bare numbers, or with their likes."""
AGE_LEFT_OUT = 0.5
"""How often the masked copy does without the age at which its views were counted."""


def as_pattern(posts: pd.DataFrame, pattern: str) -> pd.DataFrame:
    """Return the posts as they look when only this much is known of the account."""
    if pattern == "history":
        return posts
    table = posts.copy()
    table["recent_views"] = pd.Series([()] * len(table), index=table.index, dtype=object)
    for name in PAST:
        if name in table.columns:
            table[name] = np.nan
    if pattern == "unknown":
        for name in ("followers", *TOTALS):
            table[name] = np.nan
    return table


def masked(posts: pd.DataFrame, pattern: str, seed: int) -> pd.DataFrame:
    """Return a copy of the posts with parts left out at random.

    The rows keep their order. Followers stay in the pattern `account`, which is about them, and at
    least one recent view stays in the pattern `history`.
    """
    rng = np.random.default_rng(seed)
    table = as_pattern(posts, pattern).copy()
    count = len(table)
    for name, share in SHARES_LEFT_OUT.items():
        drawn = rng.random(count) < share
        if name == "followers" and pattern == "account":
            continue
        table[name] = table[name].mask(drawn)
    totals = rng.random(count) < TOTALS_LEFT_OUT
    for name in TOTALS:
        table[name] = table[name].mask(totals)
    table["sound_original"] = table["sound_original"].mask(table["sound_name"].isna())
    lengths = rng.integers(1, SHORT_HISTORY + 1, count)
    short = rng.random(count) < SHORT_HISTORY_SHARE
    compared = rng.random(count) < COMPARED_LEFT_OUT
    uncounted = rng.random(count) < COMPARED_LEFT_OUT
    if pattern == "history":
        cut = [
            views[-length:] if is_short else views
            for views, length, is_short in zip(table["recent_views"], lengths, short, strict=True)
        ]
        table["recent_views"] = pd.Series(cut, index=table.index, dtype=object)
        # What is known of earlier posts is of longer lists than those that were cut.
        compared |= short
        uncounted |= short
    for names, left_out in ((COMPARED, compared), ((*PAST_RATIOS, *PAST_TRENDS), uncounted)):
        for name in names:
            if name in table.columns:
                table[name] = table[name].mask(left_out)
    table["horizon_days"] = table["horizon_days"].mask(rng.random(count) < AGE_LEFT_OUT)
    return table
