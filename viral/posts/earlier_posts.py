"""What a table tells of a post beyond its own row: the creator's earlier posts, seen side by side.

`recent_views` are bare numbers. Where the table also holds the posts that won them, their times,
hashtags, sounds and lengths are known too: how long ago the last post went out, and how posts like
this one did for this account. Only posts before the row are looked at, and of their counts only
what the row's own `recent_views` hold.

What share of the viewers of those posts liked, commented and shared stands in
`viral.posts.engagement_ratios`.

Rows are matched with recent views by the lists themselves: when a row follows another directly, its
list is the other's with one number more at the end, and that number is the other's own views. Where
that does not hold (rows are missing, or the lists come from elsewhere) nothing is derived. Rows
without views, such as the drafts of one account, follow the last row that has them and are followed
by none. So does a row without a time, which is taken to be still to come: how long ago the last
post went out is then not known, and no hour is like its own. The same test tells when a whole table
has its lists newest first; they are then turned round.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from viral.posts.engagement_ratios import COUNTED, LOOK_BACK, PAST_RATIOS, PAST_TRENDS, past_ratios

COMPARED = (
    "past_gap_days",
    "past_usual_gap_days",
    "past_tag_lift",
    "past_sound_lift",
    "past_duration_lift",
    "past_hour_lift",
    "past_duration_change",
    "past_tag_change",
)
"""Columns that only rows of the same creator side by side can tell."""
PAST = (*COMPARED, *PAST_RATIOS, *PAST_TRENDS)
"""The columns that are derived, float64, NaN where they cannot be."""

TIES_TO_TURN = 3
"""Rows that must fit newest-first lists, with none that fit the documented order alone."""
DURATION_WIDTH = 0.1
"""log10 of the ratio at which two lengths count as alike by 1/e: about a quarter longer."""
HOUR_WIDTH = 2.0
"""The same for the hour of the day."""
SHRINKAGE = 1.0
"""A lift is drawn towards 0 as if one more alike post had got what the account usually gets."""


def _follows(later: tuple[float, ...], earlier: tuple[float, ...]) -> bool:
    # Lists may be cut to a fixed length, so the later one need not be longer.
    if not later or len(later) > len(earlier) + 1:
        return False
    shared = len(later) - 1
    return shared == 0 or later[:-1] == earlier[-shared:]


def _groups(table: pd.DataFrame) -> list[np.ndarray]:
    return [rows for rows, _ in _feeds(table) if len(rows) > 1]


def _feeds(table: pd.DataFrame) -> list[tuple[np.ndarray, frozenset[int]]]:
    # Row positions of each creator in the order of posting, and those that have no time.
    known = table["creator"].notna()
    sources = table["source"].fillna("")
    order = table[known].assign(source=sources[known]).sort_values("posted_at", kind="stable")
    positions = order.index.to_numpy()
    timed = order["posted_at"].notna().to_numpy()
    feeds = []
    for rows in order.groupby(["source", "creator"], sort=False).indices.values():
        to_come = frozenset(positions[rows[~timed[rows]]].tolist())
        feeds.append((positions[rows[timed[rows]]], to_come))
    return feeds


def oldest_first(posts: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Turn the recent views round where rows of the same creator show that they are newest first.

    Returns
    -------
    tuple of pd.DataFrame and bool
        The table, and whether its lists were turned.
    """
    table = posts.reset_index(drop=True)
    lists = table["recent_views"].tolist()
    forward = backward = 0
    for rows in _groups(table):
        for before, row in pairwise(rows):
            later, earlier = lists[row], lists[before]
            # Lists that read the same both ways say nothing about the order.
            if len(later) < 2 or len(earlier) < 1 or later == later[::-1]:
                continue
            fits = _follows(later, earlier)
            fits_turned = _follows(later[::-1], earlier[::-1])
            forward += fits and not fits_turned
            backward += fits_turned and not fits
    if backward < TIES_TO_TURN or forward:
        return table, False
    for name in ("views", *COUNTED):
        if f"recent_{name}" in table.columns:
            turned = [counts[::-1] for counts in table[f"recent_{name}"]]
            table[f"recent_{name}"] = pd.Series(turned, dtype=object)
    return table, True


def _matched(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    # Row positions [rows, LOOK_BACK] of the earlier posts, the newest last, -1 where there is none,
    # and their log10 views as the row's own list has them.
    lists = table["recent_views"].tolist()
    views = table["views"].to_numpy(dtype=np.float64)
    earlier = np.full((len(table), LOOK_BACK), -1, dtype=np.int64)
    levels = np.full((len(table), LOOK_BACK), np.nan)
    for rows, to_come in _feeds(table):
        posts: list[int] = []
        run = 0
        for row in (*rows, *to_come):
            before = posts[-1] if posts else -1
            # Lists that fit prove nothing by themselves: drafts of one account have one list. The
            # row before has to be the post whose views the list ends with.
            known = before >= 0 and bool(lists[row]) and views[before] == lists[row][-1]
            follows = run + 1 if known and _follows(lists[row], lists[before]) else 0
            count = min(follows, len(lists[row]), LOOK_BACK)
            if count:
                earlier[row, -count:] = posts[-count:]
                levels[row, -count:] = np.log10(np.asarray(lists[row][-count:]) + 1.0)
            if row in to_come or np.isnan(views[row]):
                continue
            posts.append(row)
            run = follows
    return earlier, levels


def _weighted(weights: np.ndarray, values: np.ndarray, extra: float) -> np.ndarray:
    total = np.nansum(np.where(np.isfinite(values), weights, 0.0), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nansum(weights * np.nan_to_num(values), axis=1) / (total + extra))


def _tag_overlaps(table: pd.DataFrame, earlier: np.ndarray) -> np.ndarray:
    # Shared over all different tags, 0..1 (Jaccard 1901).
    sets = [frozenset(tags) if tags is not None else frozenset() for tags in table["hashtags"]]
    overlaps = np.zeros(earlier.shape)
    for row, own in enumerate(sets):
        if not own:
            continue
        for column in np.flatnonzero(earlier[row] >= 0):
            other = sets[earlier[row, column]]
            shared = len(own & other)
            if shared:
                overlaps[row, column] = shared / (len(own) + len(other) - shared)
    return overlaps


def with_compared_past(posts: pd.DataFrame) -> pd.DataFrame:
    """Add the columns of `PAST` to a table.

    Parameters
    ----------
    posts : pd.DataFrame
        In the schema of `viral.posts.schema`, `recent_views` oldest first.

    Returns
    -------
    pd.DataFrame
        A copy with the same rows in the same order. Gaps are in days, lifts in log10 views over
        the mean of the matched posts, changes against what those had, ratios in log10.
    """
    table = posts.reset_index(drop=True).copy()
    earlier, levels = _matched(table)
    found = np.isfinite(levels)
    any_found = found.any(axis=1)
    days = table["posted_at"].to_numpy(dtype="datetime64[us]").astype(np.float64) / 8.64e10
    days = np.where(table["posted_at"].notna(), days, np.nan)
    # The time between earlier posts does not depend on a row's own, which may not be known.
    own_day = np.where(np.isnan(days), days[earlier[:, -1]], days)
    since = np.where(found, own_day[:, None] - days[earlier], np.nan)
    gaps = np.where(np.isnan(days)[:, None], np.nan, since)
    usual = _weighted(found.astype(float), levels, 0.0)
    lifts = levels - usual[:, None]
    hours = (days % 1.0) * 24
    apart = np.abs(hours[:, None] - hours[earlier])
    apart = np.minimum(apart, 24 - apart)
    lengths = np.log10(table["duration_s"].to_numpy(dtype=np.float64))
    longer = np.where(found, lengths[:, None] - lengths[earlier], np.nan)
    sounds = pd.factorize(table["sound_name"])[0]
    alike_length = np.exp(-np.abs(np.nan_to_num(longer, nan=9.0)) / DURATION_WIDTH)
    same_sound = found & (sounds[:, None] == sounds[earlier]) & (sounds[:, None] >= 0)
    tag_counts = np.array([np.nan if t is None else float(len(t)) for t in table["hashtags"]])
    between = np.sort(since[:, :-1] - since[:, 1:], axis=1)
    steps = np.isfinite(between).sum(axis=1)
    middle = between[np.arange(len(table)), np.maximum(steps - 1, 0) // 2]
    derived = {
        "past_gap_days": gaps[:, -1],
        "past_usual_gap_days": middle,
        "past_tag_lift": _weighted(_tag_overlaps(table, earlier), lifts, SHRINKAGE),
        "past_sound_lift": _weighted(same_sound.astype(float), lifts, SHRINKAGE),
        "past_duration_lift": _weighted(alike_length, lifts, SHRINKAGE),
        "past_hour_lift": _weighted(np.exp(-apart / HOUR_WIDTH), lifts, SHRINKAGE),
        "past_duration_change": _weighted(np.isfinite(longer).astype(float), longer, 0.0),
        "past_tag_change": tag_counts - _weighted(found.astype(float), tag_counts[earlier], 0.0),
    }
    found_out = {name: np.where(any_found, values, np.nan) for name, values in derived.items()}
    found_out |= past_ratios(table, earlier, levels)
    # All at once: a column at a time takes as long as everything above, for a single post.
    known = table.drop(columns=[name for name in found_out if name in table.columns])
    return pd.concat([known, pd.DataFrame(found_out, index=table.index)], axis=1)
