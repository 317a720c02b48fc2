"""A table of posts in, a table of predictions out: what `viral predict-table` does.

A row may name a clip in its column `video_path`; one that cannot be read is named and its row is
predicted without it. The rows are predicted together: a table may tell of a post beyond its own row.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from viral.errors import TableError, ViralError
from viral.modalities.features import Features
from viral.posts.details import PostDetails

WRITERS: Mapping[str, str] = {".parquet": "to_parquet", ".csv": "to_csv"}
"""Ending of the output file -> the method of pandas that writes it."""

OnProgress = Callable[[str, int, int], None]
"""Called with what is being done (`Clips`, `Posts`), how many are done and how many there are."""


@dataclass(frozen=True)
class PredictedTable:
    """What became of a table of posts."""

    predictions: pd.DataFrame
    """`video_id` and `<count>_low, _median, _high`, in the order given."""
    left_out: tuple[str, ...]
    """One sentence for each row that could not be used."""
    without_clip: tuple[str, ...]
    """One sentence for each clip that could not be read; its row is predicted without it."""


def _nothing(what: str, done: int, total: int) -> None:
    del what, done, total


def check_output(path: Path) -> None:
    """Refuse an output that could not be written, before any work is done.

    Raises
    ------
    TableError
        The ending is not one of `WRITERS`, or the folder is not there.
    """
    if path.suffix.lower() not in WRITERS:
        raise TableError(f"{path.name} must end in {' or '.join(WRITERS)}.")
    if not path.parent.is_dir():
        raise TableError(f"The folder {path.parent} is not there; make it first.")
    if path.is_dir():
        raise TableError(f"{path} is a folder; give the name of a file.")


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table so that the file is either the whole new one or what was there before.

    Raises
    ------
    TableError
        The ending is unknown, or the folder cannot be written to.
    """
    check_output(path)
    suffix = path.suffix.lower()
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".viral-", suffix=suffix)
    except OSError as error:
        raise TableError(f"{path} cannot be written: {error.strerror}.") from error
    unfinished = Path(name)
    try:
        os.close(handle)
        getattr(table, WRITERS[suffix])(unfinished, index=False)
        # mkstemp makes files that only their owner may read; a result is an ordinary file.
        umask = os.umask(0)
        os.umask(umask)
        unfinished.chmod(0o666 & ~umask)
        unfinished.replace(path)
    except OSError as error:
        raise TableError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _clip_features(path: Path) -> dict[str, Features]:
    from viral.media.reader import read_clip
    from viral.pipeline import measured, pooled

    clip = read_clip(path)
    features = pooled(measured(clip), clip.facts, PostDetails())
    # The caption and the account are in the table's own columns.
    return {name: features[name] for name in ("visual", "audio", "speech")}


def _clips(
    posts: pd.DataFrame, folder: Path, on_progress: OnProgress
) -> tuple[dict[int, dict[str, Features]], list[str]]:
    """Look at the clips that rows name: features by row, and a sentence for each that failed."""
    named = posts["video_path"].dropna()
    features = {}
    failures = []
    for done, (row, given) in enumerate(named.items()):
        on_progress("Clips", done, len(named))
        path = Path(str(given)).expanduser()
        try:
            features[int(str(row))] = _clip_features(path if path.is_absolute() else folder / path)
        except ViralError as error:
            video_id = posts["video_id"].iloc[int(str(row))]
            failures.append(f"{video_id} is predicted without its clip: {error}")
    if len(named):
        on_progress("Clips", len(named), len(named))
    return features, failures


def predict_file(path: Path, on_progress: OnProgress = _nothing) -> PredictedTable:
    """Predict every usable row of a table of posts.

    Parameters
    ----------
    path : Path
        See `viral.posts.table.read_posts`; `video_path` counts from the table's folder.
    on_progress : callable
        Told how far it has come.

    Raises
    ------
    TableError
        The file cannot be read or has no usable row.
    ModelError
        The model folder is missing or damaged.
    """
    from viral.model.store import shipped_model
    from viral.posts.table import read_posts

    posts, rejected = read_posts(path)
    model = shipped_model()
    clips, failures = _clips(posts, path.parent, on_progress)
    on_progress("Posts", 0, len(posts))
    predictions = model.predict_table(posts, clips)
    on_progress("Posts", len(posts), len(posts))
    return PredictedTable(
        predictions=predictions,
        left_out=tuple(str(row) for row in rejected),
        without_clip=tuple(failures),
    )
