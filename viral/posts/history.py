"""Past posts as a model may see them: with what was known before each of them, and no more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from viral.errors import TableError
from viral.posts.details import MAX_RECENT_VIEWS
from viral.posts.earlier_posts import with_compared_past
from viral.posts.published_sets import read_creator_labels, read_kaggle_json, read_parquet_posts

SOURCES = {
    "creators_2020": "creators_2020.parquet",
    "vietnam_2025": "vietnam_2025.parquet",
    "trending_2020": "trending_2020/trending.json",
    "creator_videos": "creator_videos/labels.csv",
}
"""Source -> file under the data folder, in the order of the rows."""


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


def training_posts(data_dir: Path) -> pd.DataFrame:
    """Read all sources in one schema, each row with what was known before it.

    Parameters
    ----------
    data_dir : Path
        A folder laid out as `SOURCES` says.

    Returns
    -------
    pd.DataFrame
        In the schema and `viral.posts.earlier_posts.PAST`; rows with a count of views, source by
        source, else in the files' order. The outcomes are as counted, `horizon_days` days after
        posting (for `trending_2020` and `creator_videos` a lower bound).

    Raises
    ------
    TableError
        A file is missing or unreadable.
    """
    readers = {
        ".parquet": read_parquet_posts,
        ".json": read_kaggle_json,
        ".csv": read_creator_labels,
    }
    tables = []
    for source, name in SOURCES.items():
        path = Path(data_dir) / name
        if not path.is_file():
            raise TableError(f"{name} is missing in {Path(data_dir)}; training needs all sources.")
        table = readers[path.suffix](path)
        table["source"] = source
        tables.append(with_compared_past(with_past(table[table["views"].notna()])))
    return pd.concat(tables, ignore_index=True)
