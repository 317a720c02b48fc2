"""A table of posts in, a table of predictions out: what `viral predict-table` does.

A row may name a clip in its column `video_path`; one that cannot be read is named and its row is
predicted without it. The rows are predicted together: a table may tell of a post beyond its own
row.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from viral.errors import TableError
from viral.modalities.features import Features
from viral.posts.spreadsheet import plain_table
from viral.settings import settings

if TYPE_CHECKING:
    from viral.batch.workers import Outcome

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
        written = plain_table(table) if suffix == ".csv" else table
        getattr(written, WRITERS[suffix])(unfinished, index=False)
        # mkstemp makes files that only their owner may read; a result is an ordinary file.
        umask = os.umask(0)
        os.umask(umask)
        unfinished.chmod(0o666 & ~umask)
        unfinished.replace(path)
    except OSError as error:
        raise TableError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _clips(
    posts: pd.DataFrame, folder: Path, ray: str | None, on_progress: OnProgress
) -> tuple[dict[int, dict[str, Features]], list[str]]:
    """Look at the clips that rows name: features by row, and a sentence for each that failed."""
    from viral.batch.rows import features_of

    named = []
    for row, given in enumerate(posts["video_path"]):
        if isinstance(given, str):
            path = Path(given).expanduser()
            named.append((row, path if path.is_absolute() else folder / path))
    features = {}
    failures = {}
    for done, outcome in enumerate(_outcomes(named, ray), start=1):
        if outcome.row is not None:
            # The caption and the account are in the table's own columns.
            features[outcome.place] = features_of(outcome.row)
        else:
            failures[outcome.place] = outcome.failure
        on_progress("Clips", done, len(named))
    ids = posts["video_id"]
    return features, [
        f"{ids.iloc[row]} is predicted without its clip: {failures[row]}"
        for row in sorted(failures)
    ]


def _outcomes(named: Sequence[tuple[int, Path]], ray: str | None) -> Iterator[Outcome]:
    """Look at clips as `viral extract` does, so that rows are the same wherever that happens."""
    if ray is not None:
        from viral.cluster.clips import outcomes

        return outcomes(named, frozenset, ray)
    from viral.batch.workers import Workers

    processes = min(settings().threads, max(len(named), 1))
    return Workers(processes, lambda key: True).outcomes(iter(named))


def predict_file(
    path: Path,
    on_progress: OnProgress = _nothing,
    *,
    ray: str | None = None,
    account_model: Path | None = None,
) -> PredictedTable:
    """Predict every usable row of a table of posts.

    Parameters
    ----------
    path : Path
        See `viral.posts.user_table.read_posts`; `video_path` counts from the table's folder.
    on_progress : callable
        Told how far it has come.
    ray : str, optional
        `HOST:PORT` of a Ray cluster that looks at the clips, or `local`. The rows are the same.
    account_model : Path, optional
        Folder of an account's own model, from `viral train --account`; all rows are that account's.

    Raises
    ------
    TableError
        The file cannot be read or has no usable row.
    ModelError
        The model folder is missing or damaged.
    ClusterError
        Ray is not installed, or the cluster does not answer.
    """
    from viral.model.store import shipped_model
    from viral.posts.user_table import read_posts

    posts, rejected = read_posts(path)
    model = shipped_model()
    if account_model is not None:
        from viral.account.model import on_top_of
        from viral.account.store import load

        model = on_top_of(model, load(account_model))
    clips, failures = _clips(posts, path.parent, ray, on_progress)
    on_progress("Posts", 0, len(posts))
    predictions = model.predict_table(posts, clips)
    on_progress("Posts", len(posts), len(posts))
    return PredictedTable(
        predictions=predictions,
        left_out=tuple(str(row) for row in rejected),
        without_clip=tuple(failures),
    )
