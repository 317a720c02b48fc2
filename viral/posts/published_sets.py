"""Readers of published collections of posts: each returns the one schema of `viral.posts.schema`.

Nothing is rejected here: cells that cannot be read are missing. `viral.posts.user_table` reads what
a user hands in and names what it could not use.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from viral.errors import TableError
from viral.posts.parquet import whole
from viral.posts.schema import in_schema

CREATOR_LABELS = {
    "id": "video_id",
    "description": "caption",
    "duration": "duration_s",
    "view_count": "views",
    "like_count": "likes",
    "comment_count": "comments",
    "share_count": "shares",
    "save_count": "saves",
    "track": "sound_name",
    "artist": "sound_author",
}
"""Columns of `labels.csv`, as downloaders name them -> columns of the schema."""


def _anonymous(name: object) -> str:
    # Creators only have to be told apart.
    return hashlib.sha256(str(name).encode("utf-8", "replace")).hexdigest()[:16]


def _counted_at_newest(table: pd.DataFrame) -> pd.DataFrame:
    # A collection without a date was made after its newest post: a lower bound of the age.
    table = table.copy()
    table["collected_at"] = table["posted_at"].max()
    age = table["collected_at"] - table["posted_at"]
    table["horizon_days"] = age.dt.total_seconds() / 86_400
    return table


def _part(post: dict[str, Any], key: str) -> dict[str, Any]:
    part = post.get(key)
    return part if isinstance(part, dict) else {}


def _kaggle_row(post: dict[str, Any]) -> dict[str, Any]:
    author, music, video = (_part(post, key) for key in ("authorMeta", "musicMeta", "videoMeta"))
    return {
        "source": "trending_2020",
        "video_id": post.get("id"),
        "creator": _anonymous(author.get("id") or author.get("name")),
        "posted_at": post.get("createTime"),
        "caption": post.get("text"),
        "hashtags": post.get("hashtags"),
        "sound_name": music.get("musicName"),
        "sound_author": music.get("musicAuthor"),
        "sound_original": music.get("musicOriginal"),
        "duration_s": video.get("duration"),
        "width": video.get("width"),
        "height": video.get("height"),
        "verified": author.get("verified"),
        "views": post.get("playCount"),
        "likes": post.get("diggCount"),
        "comments": post.get("commentCount"),
        "shares": post.get("shareCount"),
    }


def kaggle_rows(document: Any) -> pd.DataFrame | None:
    """Return the posts of a `{"collector": [...]}` document as raw columns, or None for another.

    The form is that of the Kaggle set `erikvdven/tiktok-trending-december-2020`.
    """
    posts = document.get("collector") if isinstance(document, dict) else None
    if not isinstance(posts, list):
        return None
    return pd.DataFrame([_kaggle_row(post) for post in posts if isinstance(post, dict)])


def read_kaggle_json(path: Path) -> pd.DataFrame:
    """Read `trending.json`. Creators are hashed; the age when counted is a lower bound.

    Raises
    ------
    TableError
        The file is not of that form.
    """
    try:
        rows = kaggle_rows(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise TableError(f"{path.name} cannot be read as JSON; download it again.") from error
    if rows is None:
        raise TableError(f'{path.name} is not of the form {{"collector": [...]}}.')
    return _counted_at_newest(in_schema(rows)[0])


def read_parquet_posts(path: Path) -> pd.DataFrame:
    """Read a parquet table with the columns of the schema.

    Raises
    ------
    TableError
        The file is not parquet.
    """
    try:
        frame = whole(path)
    except (OSError, ValueError) as error:
        raise TableError(f"{path.name} cannot be read as parquet; make it again.") from error
    return in_schema(frame)[0]


def read_creator_labels(path: Path) -> pd.DataFrame:
    """Read `labels.csv` of one creator's clips; the age when counted is a lower bound.

    Raises
    ------
    TableError
        The file cannot be read as such a table.
    """
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise TableError(f"{path.name} cannot be read as CSV; make it again.") from error
    if not {"id", "view_count"} <= set(frame.columns):
        raise TableError(f"{path.name} needs the columns id and view_count.")
    renamed = frame.rename(columns=CREATOR_LABELS)
    renamed["source"] = renamed["creator"] = path.parent.name
    return _counted_at_newest(in_schema(renamed)[0])
