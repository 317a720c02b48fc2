"""The combinations of what people tell: what a page, a command and a table are asked with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from viral.model.inputs import Inputs
from viral.posts.earlier_posts import PAST
from viral.training.masking import TOTALS

OWN_COUNTS = tuple(name for name in PAST if "_ratio" in name or name.endswith("_posts"))


@dataclass(frozen=True)
class Told:
    """One combination of what is told; everything not named is left out."""

    name: str
    views: int = 0
    """Newest recent views that are told; posts with fewer are not asked."""
    followers: bool = False
    totals: bool = False
    length: bool = False
    time: bool = False
    caption: bool = False
    likes: bool = False
    """Counts of the same recent posts."""
    age: bool = False
    """How old the post is when its views are counted."""
    compared: bool = False
    """What a table tells of the earlier posts beside their views."""


COMBINATIONS = (
    Told("nothing"),
    Told("length and caption", length=True, caption=True),
    Told("followers", followers=True),
    Told("followers, length", followers=True, length=True),
    Told("followers, length, time", followers=True, length=True, time=True),
    Told("followers, length, caption", followers=True, length=True, caption=True),
    Told("followers, length, time, caption", 0, True, False, True, True, True),
    Told("followers and totals, length, time, caption", 0, True, True, True, True, True),
    Told("1 view", views=1),
    Told("3 views", views=3),
    Told("5 views", views=5),
    Told("10 views", views=10),
    Told("20 views", views=20),
    Told("5 views, followers", views=5, followers=True),
    Told("5 views, length, caption", views=5, length=True, caption=True),
    Told("5 views with likes", views=5, likes=True),
    Told("10 views, followers, length, time", views=10, followers=True, length=True, time=True),
    Told("everything", 5, True, True, True, True, True, True, True, True),
)
"""What is measured, at least the combinations that a page, a command and a table are asked with."""


def told_of(posts: pd.DataFrame, told: Told) -> pd.DataFrame:
    """Return the posts as they look when only this is told."""
    table = posts.copy()
    nothing = pd.Series([()] * len(table), index=table.index, dtype=object)
    if told.views == 0:
        table["recent_views"] = nothing
    elif not told.compared:
        table["recent_views"] = pd.Series(
            [views[-told.views :] for views in table["recent_views"]], index=table.index
        )
    for name in PAST:
        if name in table and not told.compared and not (told.likes and name in OWN_COUNTS):
            table[name] = np.nan
    if not told.followers:
        table["followers"] = np.nan
    if not told.totals:
        table[list(TOTALS)] = np.nan
    if not told.length:
        table["duration_s"] = np.nan
    if not told.time:
        table["posted_at"] = pd.NaT
    if not told.caption:
        table["caption"], table["hashtags"] = None, None
    if not told.age:
        table["horizon_days"] = np.nan
    if not told.compared:
        table["sound_name"], table["sound_original"], table["platform"] = None, np.nan, None
    return table


def without_words(inputs: Inputs) -> Inputs:
    """Return the inputs as they are without a caption."""
    nothing = np.zeros(len(inputs), dtype=bool)
    empty = np.empty(len(inputs), dtype=object)
    empty[:] = [()] * len(inputs)
    return replace(inputs, present={**inputs.present, "text": nothing}, hashtags=empty)
