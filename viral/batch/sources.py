"""What `viral extract` looks at: the clips of a folder, or those that a table of posts names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from viral.batch.rows import POST_MODALITIES, feature_names
from viral.errors import TableError
from viral.messages import Message

CLIP_SUFFIXES = frozenset(
    (
        ".3gp",
        ".avi",
        ".flv",
        ".gif",
        ".m2ts",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpeg",
        ".mpg",
        ".mts",
        ".ogv",
        ".ts",
        ".webm",
        ".wmv",
    )
)
"""Files of a folder that are taken for clips. A table of posts may name files of any ending."""


@dataclass(frozen=True)
class Sources:
    """The clips, in the order of the rows to be written."""

    video_ids: tuple[str, ...]
    given: tuple[str, ...]
    """Paths as the table or the folder has them; "" where a post names no clip."""
    folder: Path
    """What relative paths are counted from."""
    posts: pd.DataFrame | None = None
    """The posts of a table, a row each, or None for a folder."""
    left_out: tuple[str, ...] = ()
    """One sentence for each row of the table that could not be used."""

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.given)

    def path(self, place: int) -> Path:
        """Return where a clip is."""
        path = Path(self.given[place]).expanduser()
        return path if path.is_absolute() else self.folder / path

    def post_columns(self, first: int, last: int) -> dict[str, pa.Array]:
        """Measure captions and accounts of the posts `first..last - 1`."""
        from viral.modalities import context, text

        if self.posts is None:
            return {}
        posts = self.posts.iloc[first:last].reset_index(drop=True)
        captions, vectors = text.extract_table(posts)
        tables = {"text": captions, "context": context.extract_table(posts)}
        columns: dict[str, pa.Array] = {}
        for modality in POST_MODALITIES:
            for name in feature_names(modality):
                values = tables[modality][name].to_numpy(dtype=np.float64)
                columns[f"{modality}.{name}"] = pa.array(values, pa.float64())
        said = np.isfinite(vectors).all(axis=1)
        columns["text.embedding"] = pa.array(
            [vector if there else None for vector, there in zip(vectors, said, strict=True)],
            pa.list_(pa.float32()),
        )
        return columns


def _clips_below(folder: Path) -> Iterator[str]:
    """Yield the clips of a folder and of those in it, as paths within it; hidden ones are not."""
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and Path(name).suffix.lower() in CLIP_SUFFIXES:
                yield (Path(where) / name).relative_to(folder).as_posix()


def sources_of(source: Path) -> Sources:
    """Return the clips of a folder, by name, or of a table of posts, in its order.

    Parameters
    ----------
    source : Path
        A folder, or a table as `viral.posts.user_table.read_posts` takes it; its column
        `video_path` counts from the table's folder.

    Raises
    ------
    TableError
        There is no such folder or table, or no clip in it.
    """
    if source.is_dir():
        given = tuple(sorted(_clips_below(source)))
        if not given:
            kinds = ", ".join(sorted(CLIP_SUFFIXES))
            raise TableError(Message("batch.no_clips", folder=str(source), kinds=kinds))
        names = tuple(str(Path(path).with_suffix("")) for path in given)
        return Sources(names, given, source)
    from viral.posts.user_table import read_posts

    posts, rejected = read_posts(source)
    paths = tuple("" if pd.isna(path) else str(path) for path in posts["video_path"])
    if not any(paths):
        raise TableError(Message("batch.no_clips_named", file=source.name))
    return Sources(
        tuple(str(name) for name in posts["video_id"]),
        paths,
        source.parent,
        posts,
        tuple(str(row) for row in rejected),
    )
