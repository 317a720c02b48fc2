"""Posts from whatever people have, in the one schema: what `viral posts import` does.

A file is read row by row and written batch by batch, so that memory does not grow with it (but for
eight bytes a post, by which repeated posts are found). A row that cannot be used is left out with
its line and the reason. Names of creators are hashed on the way.
"""

from __future__ import annotations

import csv
import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from viral.errors import TableError
from viral.posts.column_names import (
    anonymous,
    in_columns,
    save_mapping,
    saved_mapping,
    shortened,
)
from viral.posts.dates import day_comes_first
from viral.posts.rows import Broken, Row, rows_of, taken
from viral.posts.schema import COLUMNS, OUTCOMES, in_schema
from viral.posts.spreadsheet import plain

BATCH_ROWS = 20_000
SAMPLE_ROWS = 2_000
"""Rows that are looked at ahead, to see how dates are written and which columns there are."""
KEPT_REJECTIONS = 1_000
"""Rejected rows that are remembered; all of them are counted and written where asked for."""
TOLD_BY = ("caption", "posted_at", *OUTCOMES)
"""A row that has none of these tells nothing."""

OnProgress = Callable[[int], None]


@dataclass(frozen=True)
class Rejection:
    """A row that was left out."""

    line: int
    """See `viral.posts.rows.Row`."""
    video_id: str | None
    reason: str

    def __str__(self) -> str:
        """Return one sentence that names the row."""
        name = "" if self.video_id is None else f" ({self.video_id})"
        return f"Line {self.line:,}{name} was left out: {self.reason}."


@dataclass(frozen=True)
class Imported:
    """What became of a file of posts."""

    posts: int
    rejected: int
    rejections: tuple[Rejection, ...]
    """The first `KEPT_REJECTIONS`."""
    creators: int
    first_post: pd.Timestamp | None
    last_post: pd.Timestamp | None
    known: Mapping[str, int]
    """Column -> posts that have it, for columns that any post has."""
    names: tuple[str, ...]
    """Columns of the file, as far as the first rows have them."""
    broke_off: str | None
    """A sentence, where the file could not be read to its end."""


def _schema() -> Any:
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "time": pa.timestamp("us", tz="UTC"),
        "tags": pa.list_(pa.string()),
        "views": pa.list_(pa.float64()),
    }
    return pa.schema([(name, types.get(kind, pa.float64())) for name, kind in COLUMNS.items()])


class _Seen:
    """Identifiers met so far, as 64-bit hashes."""

    def __init__(self) -> None:
        self._sorted = np.empty(0, dtype=np.uint64)

    def first_times(self, names: Sequence[str]) -> np.ndarray:
        """Return which names are met for the first time, and remember them all."""
        hashes = np.array(
            [int.from_bytes(hashlib.blake2b(n.encode(), digest_size=8).digest()) for n in names],
            dtype=np.uint64,
        )
        fresh = np.zeros(len(names), dtype=bool)
        unique, first = np.unique(hashes, return_index=True)
        at = np.searchsorted(self._sorted, unique)
        inside = at < len(self._sorted)
        old = np.zeros(len(unique), dtype=bool)
        old[inside] = self._sorted[at[inside]] == unique[inside]
        fresh[first[~old]] = True
        self._sorted = np.insert(self._sorted, at[~old], unique[~old])
        return fresh


def _derived_id(row: Mapping[str, Any]) -> str | None:
    # The same post gets the same name when the file is imported again.
    parts = [str(row.get(name, "")) for name in ("creator", "posted_at", "caption")]
    if not any(parts[1:]):
        return None
    return "post-" + hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def _first_reason(row: Mapping[str, Any]) -> str | None:
    if shortened(row.get("video_id")):
        return "its video_id was cut short by a spreadsheet; format that column as text"
    if not any(str(row.get(name) or "").strip() for name in TOLD_BY):
        return "it has neither a count nor a caption nor a date"
    return None


class _Import:
    """One run: batches in, rows of the schema out, rejections counted."""

    def __init__(self, source: str, counted_at: str | None, day_first: bool | None) -> None:
        self._source = source
        self._counted_at = counted_at
        self._day_first = day_first
        self._seen = _Seen()
        self._creators = _Seen()
        self.creators = 0
        self.posts = 0
        self.first: pd.Timestamp | None = None
        self.last: pd.Timestamp | None = None
        self.known: Counter[str] = Counter()

    def batch(
        self, rows: Sequence[tuple[int, dict[str, Any]]]
    ) -> tuple[pd.DataFrame, list[Rejection]]:
        """Return the usable rows of a batch, and the others."""
        frame = pd.DataFrame(
            {
                name: pd.Series([row.get(name) for _, row in rows], dtype=object)
                for name in COLUMNS
                if any(name in row for _, row in rows)
            },
            index=range(len(rows)),
        )
        for name, default in (("source", self._source), ("collected_at", self._counted_at)):
            if default is not None:
                given = frame[name] if name in frame else pd.Series([None] * len(rows))
                frame[name] = given.where(given.notna() & (given != ""), default)
        if "creator" in frame:
            frame["creator"] = [
                None if pd.isna(name) or str(name).strip() == "" else anonymous(name)
                for name in frame["creator"]
            ]
        table, problems = in_schema(frame, self._day_first)
        names = [
            name if name is not None else _derived_id(row) or f"line-{line}"
            for name, (line, row) in zip(table["video_id"], rows, strict=True)
        ]
        table["video_id"] = names
        reasons = {row: "; ".join(sentences) for row, sentences in problems.items()}
        for position, (_, row) in enumerate(rows):
            first = _first_reason(row)
            if first is not None:
                reasons[position] = first
        usable = [position for position in range(len(rows)) if position not in reasons]
        fresh = self._seen.first_times([names[position] for position in usable])
        for position, is_first in zip(usable, fresh, strict=True):
            if not is_first:
                reasons[position] = "its video_id appears in an earlier row"
        rejections = [
            Rejection(
                rows[position][0],
                str(names[position]) if rows[position][1].get("video_id") else None,
                reasons[position],
            )
            for position in sorted(reasons)
        ]
        table = table.drop(index=list(reasons)).reset_index(drop=True)
        self._count(table)
        return table, rejections

    def _count(self, table: pd.DataFrame) -> None:
        self.posts += len(table)
        for name in COLUMNS:
            there = (
                table[name].map(lambda cell: bool(cell))
                if name in ("recent_views", "hashtags")
                else table[name].notna()
            )
            self.known[name] += int(there.sum())
        self.creators += int(
            self._creators.first_times([str(c) for c in table["creator"].dropna()]).sum()
        )
        times = table["posted_at"].dropna()
        if len(times):
            self.first = min(times.min(), self.first or times.min())
            self.last = max(times.max(), self.last or times.max())


def import_posts(
    path: Path,
    out: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    mappings_dir: Path | None = None,
    source: str | None = None,
    counted_at: str | None = None,
    day_first: bool | None = None,
    rejects: Path | None = None,
    on_progress: OnProgress = lambda posts: None,
) -> Imported:
    """Read a file of posts of any kind and write them in the one schema.

    Parameters
    ----------
    path : Path
        A file, or a folder of clips with their `.info.json`.
    out : Path
        The parquet to write, whole or not at all.
    mapping : mapping, optional
        Column of the schema -> name in the file.
    mappings_dir : Path, optional
        Where a mapping is kept, and looked up for a file with the same columns.
    source : str, optional
        What to call the collection where rows do not say; the file's name otherwise.
    counted_at : str, optional
        When the counts were read off, where rows do not say.
    day_first : bool, optional
        How to read `03/04/2024`; otherwise as other dates of the same file show.
    rejects : Path, optional
        A CSV for the rows left out: line, video_id, reason.
    on_progress : callable
        Told how many rows have been read.

    Raises
    ------
    TableError
        The file cannot be read, has no known column, or no row of it is usable.
    """
    from viral.posts.writing import check_output

    check_output(out)
    if out.suffix.lower() != ".parquet":
        raise TableError(f"{out.name} must end in .parquet.")
    if rejects is not None and not rejects.parent.is_dir():
        raise TableError(f"The folder {rejects.parent} is not there; make it first.")
    with ExitStack() as stack:
        stream = stack.enter_context(closing(rows_of(path)))
        ahead = taken(stream, SAMPLE_ROWS)
        names = tuple(dict.fromkeys(k for row in ahead if isinstance(row, Row) for k in row.cells))
        chosen = _chosen_mapping(path, names, mapping, mappings_dir)
        if day_first is None:
            day_first = _day_first(ahead, chosen)
        run = _Import(source or path.name.split(".")[0] or "import", counted_at, day_first)
        found = _run(
            run, path, chain(ahead, stream), chosen, out, rejects, on_progress, stack, names
        )
    if mapping and mappings_dir is not None:
        save_mapping(mappings_dir, names, chosen)
    return found


def _chosen_mapping(
    path: Path, names: Sequence[str], given: Mapping[str, str] | None, folder: Path | None
) -> dict[str, str]:
    chosen = saved_mapping(folder, names) if folder is not None else {}
    chosen.update(given or {})
    for column, name in (given or {}).items():
        if name not in names:
            raise TableError(
                f"{path.name} has no column {name!r} for {column}; it has {', '.join(names[:20])}."
            )
    if names and not in_columns(dict.fromkeys(names, "1"), chosen):
        raise TableError(
            f"{path.name} has no column of a known name ({', '.join(names[:20])}); say which is "
            "which, like --map views='Total plays'."
        )
    return chosen


def _day_first(rows: Sequence[Row | Broken], mapping: Mapping[str, str]) -> bool | None:
    dates = (
        str(in_columns(row.cells, mapping).get("posted_at", ""))
        for row in rows
        if isinstance(row, Row)
    )
    return day_comes_first(list(dates))


def _run(
    run: _Import,
    path: Path,
    stream: Iterator[Row | Broken],
    mapping: Mapping[str, str],
    out: Path,
    rejects: Path | None,
    on_progress: OnProgress,
    stack: ExitStack,
    names: tuple[str, ...],
) -> Imported:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema()
    handle, unfinished_name = tempfile.mkstemp(dir=out.parent, prefix=".viral-", suffix=".parquet")
    os.close(handle)
    unfinished = Path(unfinished_name)
    stack.callback(unfinished.unlink, missing_ok=True)
    kept: list[Rejection] = []
    rejected = read = 0
    broke_off: str | None = None
    log = None
    if rejects is not None:
        log = csv.writer(stack.enter_context(rejects.open("w", newline="", encoding="utf-8")))
        log.writerow(["line", "video_id", "reason"])
    try:
        with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
            while items := taken(stream, BATCH_ROWS):
                read += len(items)
                rows = [
                    (item.line, in_columns(item.cells, mapping))
                    for item in items
                    if isinstance(item, Row)
                ]
                table, left_out = run.batch(rows) if rows else (None, [])
                for item in items:
                    if isinstance(item, Broken) and item.ends:
                        broke_off = (
                            f"{path.name} could not be read beyond line {item.line:,}: "
                            f"{item.reason}; the posts before it were kept."
                        )
                    elif isinstance(item, Broken):
                        left_out.append(Rejection(item.line, None, item.reason))
                left_out.sort(key=lambda rejection: rejection.line)
                rejected += len(left_out)
                kept += left_out[: KEPT_REJECTIONS - len(kept)]
                if log is not None:
                    log.writerows(
                        (r.line, plain(r.video_id or ""), plain(r.reason)) for r in left_out
                    )
                if table is not None and len(table):
                    writer.write_table(
                        pa.Table.from_pandas(table, schema=schema, preserve_index=False)
                    )
                on_progress(read)
        if not run.posts:
            raise TableError(_nothing_usable(path, read, kept, broke_off))
        umask = os.umask(0)
        os.umask(umask)
        unfinished.chmod(0o666 & ~umask)
        unfinished.replace(out)
    except OSError as error:
        raise TableError(f"{out} cannot be written: {error.strerror or error}.") from error
    return Imported(
        posts=run.posts,
        rejected=rejected,
        rejections=tuple(kept),
        creators=run.creators,
        first_post=run.first,
        last_post=run.last,
        known={name: count for name, count in run.known.items() if count},
        names=names,
        broke_off=broke_off,
    )


def _nothing_usable(
    path: Path, read: int, rejections: Sequence[Rejection], broke_off: str | None
) -> str:
    if rejections:
        first = rejections[0]
        return (
            f"{path.name} has no usable row among {read:,}. "
            f"The first, line {first.line:,}: {first.reason}."
        )
    if broke_off is not None:
        return f"{path.name} is no readable JSON; save or download it again."
    return f"{path.name} holds no posts."
