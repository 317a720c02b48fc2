"""Published collections of posts: which ones training learns from, and how they are read.

`sets.toml` is the manifest, one entry a set. Each reader returns the one schema of
`viral.posts.schema`.

Nothing is rejected here: cells that cannot be read are missing. `viral.posts.user_table` reads what
a user hands in and names what it could not use.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from viral.errors import TableError
from viral.messages import Message
from viral.posts.details import PLATFORMS
from viral.posts.parquet import whole
from viral.posts.schema import in_schema

MANIFEST = Path(__file__).with_name("sets.toml")
READERS = ("parquet", "kaggle_json", "creator_labels")
KINDS = ("natural", "chosen")
LEVELS = ("history", "account", "unknown")
"""What a set may teach levels of; the patterns of `viral.model.inputs`."""
REPORTED = "feedback"
"""The source of what creators report of their own posts: natural, and teaches every level."""
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
        raise TableError(Message("sets.not_json", file=path.name)) from error
    if rows is None:
        raise TableError(Message("sets.not_collector", file=path.name))
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
        raise TableError(Message("sets.not_parquet", file=path.name)) from error
    if "horizon_days" not in frame.columns:
        frame = frame.rename(columns={"age_days": "horizon_days"})
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
        raise TableError(Message("sets.not_csv", file=path.name)) from error
    if not {"id", "view_count"} <= set(frame.columns):
        raise TableError(Message("sets.columns", file=path.name))
    renamed = frame.rename(columns=CREATOR_LABELS)
    renamed["source"] = renamed["creator"] = path.parent.name
    return _counted_at_newest(in_schema(renamed)[0])


@dataclass(frozen=True)
class PostSet:
    """One entry of the manifest."""

    name: str
    path: str
    """Under the data folder."""
    reader: str
    """One of `READERS`."""
    kind: str
    """`natural` or `chosen`."""
    teaches: tuple[str, ...] = ()
    """Names of `LEVELS`."""
    platform: str | None = None
    """One of `PLATFORMS`; None where the file tells it."""
    newest: float = 0.0
    """Days before the set's newest post that are left out."""

    @property
    def natural(self) -> bool:
        """Whether it holds whole feeds, not posts that were picked."""
        return self.kind == "natural"


def read_manifest(path: Path = MANIFEST) -> tuple[PostSet, ...]:
    """Read a manifest.

    Raises
    ------
    TableError
        It is missing, no TOML, or an entry says something that cannot be; the sentence names it.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("set", [])
    except (OSError, ValueError) as error:
        raise TableError(Message("sets.not_manifest", file=path.name, why=str(error))) from error
    sets = tuple(_entry(entry, path.name) for entry in entries)
    names = [one.name for one in sets]
    if not sets or len(set(names)) != len(names):
        raise TableError(Message("sets.no_sets", file=path.name))
    return sets


def _entry(entry: Mapping[str, Any], file: str) -> PostSet:
    name = str(entry.get("name", ""))
    allowed = {
        "reader": READERS,
        "kind": KINDS,
        "platform": (None, *PLATFORMS),
    }
    for key, values in allowed.items():
        if entry.get(key) not in values:
            words = ", ".join(str(value) for value in values if value is not None)
            raise TableError(
                Message(
                    "sets.choice", file=str(file), key=key, name=name or "[[set]]", known=str(words)
                )
            )
    teaches = tuple(entry.get("teaches", ()))
    if not name or not entry.get("path") or not set(teaches) <= set(LEVELS):
        raise TableError(
            Message("sets.incomplete", file=str(file), name=name or "[[set]]", known=list(LEVELS))
        )
    return PostSet(
        name=name,
        path=str(entry["path"]),
        reader=str(entry["reader"]),
        kind=str(entry["kind"]),
        teaches=teaches,
        platform=entry.get("platform"),
        newest=float(entry.get("newest", 0.0)),
    )


@cache
def post_sets() -> tuple[PostSet, ...]:
    """Return the sets of the product's own manifest."""
    return read_manifest()


def natural_sources() -> tuple[str, ...]:
    """Return the sources that hold all recent posts of a creator, and what creators report."""
    return (*(one.name for one in post_sets() if one.natural), REPORTED)


def sources_teaching(pattern: str) -> tuple[str, ...]:
    """Return the sources that teach the level of accounts of which this much is told."""
    return (*(one.name for one in post_sets() if pattern in one.teaches), REPORTED)
