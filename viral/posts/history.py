"""Past posts as a model may see them: with what was known before each of them, and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from viral.errors import TableError
from viral.messages import Message
from viral.posts.details import MAX_RECENT_VIEWS
from viral.posts.earlier_posts import with_compared_past
from viral.posts.published_sets import (
    PostSet,
    post_sets,
    read_creator_labels,
    read_kaggle_json,
    read_parquet_posts,
)
from viral.posts.splits import KEY_MARK

READERS: Mapping[str, Callable[[Path], pd.DataFrame]] = {
    "parquet": read_parquet_posts,
    "kaggle_json": read_kaggle_json,
    "creator_labels": read_creator_labels,
}
"""By the names that the manifest of sets uses."""


def with_past(posts: pd.DataFrame) -> pd.DataFrame:
    """Replace what was counted after posting by what was known before it.

    * `recent_views`: the views of the creator's earlier posts in the table, oldest first, the
      newest `MAX_RECENT_VIEWS`. Posts at the same second do not count as earlier.
    * `creator_total_likes`: the snapshot less the likes of this and all later posts in the table,
      at least 0. Likes that earlier posts won in the meantime remain in it.
    * `creator_total_videos`: the snapshot less this and all later posts in the table, at least 0.

    Parameters
    ----------
    posts : pd.DataFrame
        In the schema, any order; rows without `creator` or `posted_at` get no past.

    Returns
    -------
    pd.DataFrame
        A copy with the same rows in the same order.
    """
    table = posts.reset_index(drop=True).copy()
    recent: list[tuple[float, ...]] = [()] * len(table)
    likes_since = np.zeros(len(table))
    videos_since = np.zeros(len(table))
    all_views = table["views"].to_numpy(dtype=np.float64)
    all_likes = table["likes"].fillna(0.0).to_numpy(dtype=np.float64)
    known = table[table["creator"].notna() & table["posted_at"].notna()]
    for _, group in known.groupby(["source", "creator"], sort=False, dropna=False):
        ordered = group.sort_values("posted_at", kind="stable")
        rows = ordered.index.to_numpy()
        times = ordered["posted_at"].to_numpy()
        views, likes = all_views[rows], all_likes[rows]
        earlier = np.searchsorted(times, times, side="left")
        likes_before = np.concatenate([[0.0], np.cumsum(likes)])
        for row, count in zip(rows, earlier, strict=True):
            past = views[:count]
            recent[row] = tuple(past[~np.isnan(past)][-MAX_RECENT_VIEWS:].tolist())
            likes_since[row] = likes_before[-1] - likes_before[count]
            videos_since[row] = len(rows) - count
    table["recent_views"] = pd.Series(recent, dtype=object)
    total_likes = table["creator_total_likes"] - likes_since
    total_videos = table["creator_total_videos"] - videos_since
    table["creator_total_likes"] = total_likes.clip(lower=0.0)
    table["creator_total_videos"] = total_videos.clip(lower=0.0)
    return table


def training_posts(data_dir: Path, sets: Sequence[PostSet] | None = None) -> pd.DataFrame:
    """Read all sets of the manifest in one schema, each row with what was known before it.

    A post that is in two sets counts once, in the first of them, and a creator who is in two by
    such posts is one creator.

    Parameters
    ----------
    data_dir : Path
        A folder laid out as the manifest says.
    sets : sequence of PostSet, optional
        Those of `viral/posts/sets.toml` unless told otherwise.

    Returns
    -------
    pd.DataFrame
        In the schema and `viral.posts.earlier_posts.PAST`; rows with a count of views, set by set,
        else in the files' order. The outcomes are as counted, `horizon_days` days after posting
        (for some sets a lower bound).

    Raises
    ------
    TableError
        A file is missing or unreadable.
    """
    tables: list[pd.DataFrame] = []
    for one in post_sets() if sets is None else sets:
        path = Path(data_dir) / one.path
        if not path.is_file():
            raise TableError(
                Message("sets.missing", path=str(one.path), folder=str(Path(data_dir)))
            )
        table = READERS[one.reader](path)
        table["source"] = one.name
        if one.platform is not None:
            table["platform"] = one.platform
        if one.newest:
            border = table["posted_at"].max() - pd.Timedelta(days=one.newest)
            table = table[~(table["posted_at"] > border)]
        table = _once(table[table["views"].notna()], tables)
        tables.append(with_compared_past(with_past(table)))
    return pd.concat(tables, ignore_index=True)


def _once(table: pd.DataFrame, earlier: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return a set without the posts of earlier sets, their creators under the earlier names."""
    for before in earlier:
        known = before.drop_duplicates("video_id").set_index("video_id")["creator"]
        twice = table["video_id"].notna() & table["video_id"].isin(known.index)
        if not twice.any():
            continue
        same = table.loc[twice, ["video_id", "creator"]].dropna()
        renamed = dict(zip(same["creator"], same["video_id"].map(known), strict=True))
        source = str(before["source"].iloc[0])
        table = table[~twice].copy()
        names = table["creator"].map(renamed)
        table["linked"] = names.where(names.isna(), source + KEY_MARK + names.astype(str))
    return table
