"""Training-time masking of optional inputs, so that a model learns to do without them.

Past posts come with everything known; a creator tells what they like. Each pattern is therefore
trained on posts as they are and again with parts left out at random, and calibrated on the same.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from viral.posts.earlier_posts import COMPARED, PAST
from viral.posts.engagement_ratios import PAST_RATIOS, PAST_TRENDS
from viral.posts.published_sets import REPORTED

TOTALS = ("creator_total_likes", "creator_total_videos")
SHARES_LEFT_OUT = {
    "followers": (0.35, 0.5),
    "posted_at": (0.25, 0.9),
    "platform": (0.4, 0.95),
    "duration_s": (0.05, 0.3),
    "sound_name": (0.2, 0.95),
    "caption": (0.15, 0.4),
}
"""How often a part is left out of a masked copy, and of one by somebody who tells little. People
who tell little leave several things out together. The clip itself gives its length, so that is
rare; the app does not ask for the sound's name."""
TIME_LEFT_OUT = (0.25, 0.8)
"""The same of the time where only the size of the account is told, of older posts and of those
since `TODAY`: who tells no time asks about a post of today, not about one of 2020."""
TODAY = 2022
BORROWED = (("caption", "hashtags"), ("sound_name", "sound_original"), ("platform",))
"""Fields of a post that reports may lack, together where one says the other."""
TELLS_LITTLE = 0.35
"""Share of the masked copies that are by somebody who tells little."""
TOTALS_LEFT_OUT = 0.75
SHORT_HISTORY_SHARE = 0.5
"""Masked copies that keep only the newest 1 to `SHORT_HISTORY` recent views."""
SHORT_HISTORY = 12
COMPARED_LEFT_OUT = 0.5
"""How often what a table tells of earlier posts is left out, and how often what was counted of
them: a creator may give recent views as bare numbers, or with their likes."""
AGE_LEFT_OUT = 0.5
"""How often the masked copy does without the age at which its views were counted."""
FRESH_SHARE = 0.06
"""How often the newest view of the masked copy is that of a post that was just posted: up to a
tenth of what it got, now and then nothing. A creator copies what the page shows."""


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
    little = rng.random(count) < TELLS_LITTLE
    for name, (share, of_little) in SHARES_LEFT_OUT.items():
        often = np.where(little, of_little, share)
        if name == "posted_at" and pattern == "account":
            often = np.where(posts["posted_at"].dt.year.to_numpy() >= TODAY, *TIME_LEFT_OUT[::-1])
        drawn = rng.random(count) < often
        if name == "followers" and pattern == "account":
            continue
        for column in (name, "hashtags") if name == "caption" else (name,):
            table[column] = table[column].mask(drawn)
    totals = rng.random(count) < TOTALS_LEFT_OUT
    for name in TOTALS:
        table[name] = table[name].mask(totals)
    table["sound_original"] = table["sound_original"].mask(table["sound_name"].isna())
    lengths = rng.integers(1, SHORT_HISTORY + 1, count)
    short = rng.random(count) < SHORT_HISTORY_SHARE
    compared = (rng.random(count) < COMPARED_LEFT_OUT) | little
    uncounted = (rng.random(count) < COMPARED_LEFT_OUT) | little
    if pattern == "history":
        cut = [
            views[-length:] if is_short else views
            for views, length, is_short in zip(table["recent_views"], lengths, short, strict=True)
        ]
        fresh = rng.random(count) < FRESH_SHARE
        left = np.where(rng.random(count) < 0.3, 0.0, 10.0 ** rng.uniform(-3.0, -1.0, count))
        cut = [
            (*views[:-1], float(np.floor(views[-1] * share)))
            if is_fresh and len(views) > 2
            else views
            for views, is_fresh, share in zip(cut, fresh, left, strict=True)
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


def borrowed(posts: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the posts, with what reports do not tell of a post taken from ordinary ones at random.

    Else a field that all reports lack would come to mean "a report": they would be most of what is
    learnt from wherever it is missing. What an ordinary post does not tell stays untold.
    """
    reported = (posts["source"] == REPORTED).to_numpy()
    if not reported.any() or reported.all():
        return posts
    rng = np.random.default_rng(seed)
    table = posts.copy()
    lenders = rng.choice(np.flatnonzero(~reported), len(posts))
    for fields in BORROWED:
        lacking = reported & posts[list(fields)].isna().all(axis=1).to_numpy()
        for name in fields:
            lent = posts[name].iloc[lenders].set_axis(posts.index)
            table[name] = posts[name].where(~lacking, lent)
    return table
