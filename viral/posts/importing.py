"""Posts from whatever people have, in the one schema: what `viral posts import` does.

A file is read row by row and written batch by batch, so that memory does not grow with it (but for
eight bytes a post, by which repeated posts are found). A row that cannot be used is left out with
its line and the reason. Names of creators are hashed on the way.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from viral.errors import TableError
from viral.messages import Message
from viral.posts.batches import Batches, Rejection
from viral.posts.cells import time
from viral.posts.column_names import save_mapping
from viral.posts.dates import Year
from viral.posts.rows import Broken, Row, taken
from viral.posts.schema import COLUMNS
from viral.posts.spreadsheet import plain
from viral.posts.understanding import Understood, understood
from viral.posts.writing import check_output, whole_or_nothing

BATCH_ROWS = 20_000
KEPT_REJECTIONS = 1_000
"""Rejected rows that are remembered; all of them are counted and written where asked for."""
FURTHEST_ZONE = timedelta(hours=14)
"""How far ahead of UTC a creator's calendar may be."""

OnProgress = Callable[[int], None]


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
    broke_off: Message | None
    """A sentence, where the file could not be read to its end."""
    exporters: tuple[str, ...] = ()
    """Whose file it was taken for: "TikTok Studio, Content"."""
    read_as: Mapping[str, str] = ()  # type: ignore[assignment]
    """Name in the file -> column of the schema."""
    not_read: tuple[str, ...] = ()
    """Columns of the file that were not read."""
    notes: tuple[Message, ...] = ()
    """Sentences about what was taken for something: dates without a year, hidden counts."""


def _schema() -> Any:
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "platform": pa.string(),
        "time": pa.timestamp("us", tz="UTC"),
        "tags": pa.list_(pa.string()),
        "views": pa.list_(pa.float64()),
    }
    return pa.schema([(name, types.get(kind, pa.float64())) for name, kind in COLUMNS.items()])


def import_posts(
    path: Path,
    out: Path | None,
    *,
    mapping: Mapping[str, str] | None = None,
    mappings_dir: Path | None = None,
    source: str | None = None,
    counted_at: str | None = None,
    day_first: bool | None = None,
    year: int | None = None,
    rejects: Path | None = None,
    on_progress: OnProgress = lambda posts: None,
) -> Imported:
    """Read a file of posts of any kind and write them in the one schema.

    Parameters
    ----------
    path : Path
        A file, or a folder of clips with their `.info.json`.
    out : Path or None
        The parquet to write, whole or not at all; None to look only.
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
    year : int, optional
        The year of dates of posting that have none; otherwise each is the last that fits before
        the counts were read off.
    rejects : Path, optional
        A CSV for the rows left out: line, video_id, reason.
    on_progress : callable
        Told how many rows have been read.

    Raises
    ------
    TableError
        The file cannot be read, holds no posts, or no row of it is usable.
    """
    if out is not None:
        check_output(out)
        if out.suffix.lower() != ".parquet":
            raise TableError(Message("posts.not_parquet", file=out.name))
    if rejects is not None and not rejects.parent.is_dir():
        raise TableError(Message("posts.no_folder", folder=str(rejects.parent)))
    counted = time(counted_at, day_first) if counted_at is not None else None
    latest = counted or datetime.now(tz=UTC) + FURTHEST_ZONE
    with understood(
        path, mapping=mapping, mappings_dir=mappings_dir, day_first=day_first
    ) as opened:
        run = _Run(
            opened,
            Batches(
                source or path.name.split(".")[0] or "import",
                counted_at,
                opened.day_first,
                Year(latest, year),
            ),
        )
        run.write(out, rejects, on_progress)
        if mapping and mappings_dir is not None:
            save_mapping(mappings_dir, opened.names, opened.mapping)
        return run.imported()


class _Run:
    """Reads an opened file to its end."""

    def __init__(self, opened: Understood, batches: Batches) -> None:
        self._opened = opened
        self._batches = batches
        self._kept: list[Rejection] = []
        self._rejected = self._read = self._totals = 0
        self._first_total = 0
        self._broke_off: Message | None = None

    def write(self, out: Path | None, rejects: Path | None, on_progress: OnProgress) -> None:
        """Write the posts, whole or not at all, and the rows left out."""
        with ExitStack() as stack:
            log = None
            if rejects is not None:
                file = stack.enter_context(whole_or_nothing(rejects))
                log = csv.writer(stack.enter_context(file.open("w", newline="", encoding="utf-8")))
                log.writerow(["line", "video_id", "reason"])
            writer = None
            if out is not None:
                import pyarrow.parquet as pq

                unfinished = stack.enter_context(whole_or_nothing(out))
                writer = stack.enter_context(
                    pq.ParquetWriter(unfinished, _schema(), compression="zstd")
                )
            self._batches_to(writer, log, on_progress)

    def _batches_to(self, writer: Any, log: Any, on_progress: OnProgress) -> None:
        import pyarrow as pa

        schema = _schema()
        while items := taken(self._opened.rows, BATCH_ROWS):
            self._read += len(items)
            table, left_out = self._batch(items)
            self._rejected += len(left_out)
            self._kept += left_out[: KEPT_REJECTIONS - len(self._kept)]
            if log is not None:
                log.writerows((r.line, plain(r.video_id or ""), plain(r.reason)) for r in left_out)
            if writer is not None and table is not None and len(table):
                writer.write_table(pa.Table.from_pandas(table, schema=schema, preserve_index=False))
            on_progress(self._read)
        if not self._batches.posts:
            raise TableError(self._nothing_usable())

    def _batch(self, items: Sequence[Row | Broken]) -> tuple[pd.DataFrame | None, list[Rejection]]:
        rows: list[tuple[int, dict[str, Any]]] = []
        broken: list[Rejection] = []
        for item in items:
            if isinstance(item, Broken):
                if item.ends:
                    self._broke_off = Message(
                        "posts.broke_off",
                        file=self._opened.path.name,
                        line=item.line,
                        reason=item.reason,
                    )
                else:
                    broken.append(Rejection(item.line, None, item.reason))
                continue
            row = self._opened.row(item)
            if row is None:
                self._totals += 1
                self._first_total = self._first_total or item.line
            else:
                rows.append((item.line, row))
        table, left_out = self._batches.batch(rows) if rows else (None, [])
        return table, sorted([*left_out, *broken], key=lambda rejection: rejection.line)

    def _nothing_usable(self) -> Message:
        name = self._opened.path.name
        if self._kept:
            first = self._kept[0]
            return Message(
                "posts.no_usable",
                file=name,
                rows=self._read,
                line=first.line,
                reason=first.reason,
            )
        if self._broke_off is not None:
            return Message("posts.no_readable_json", file=name)
        return Message("posts.none", file=name)

    def imported(self) -> Imported:
        """Return what became of the file."""
        batches = self._batches
        meanings = self._opened.meanings
        return Imported(
            posts=batches.posts,
            rejected=self._rejected,
            rejections=tuple(self._kept),
            creators=batches.creators,
            first_post=batches.first,
            last_post=batches.last,
            known={name: count for name, count in batches.known.items() if count},
            names=self._opened.names,
            broke_off=self._broke_off,
            exporters=self._opened.titles,
            read_as={name: means for name, means in meanings.items() if means is not None},
            not_read=tuple(name for name, means in meanings.items() if means is None),
            notes=tuple(self._notes()),
        )

    def _notes(self) -> list[Message]:
        batches = self._batches
        notes = []
        if self._totals:
            notes.append(Message("posts.note.totals", count=self._totals, line=self._first_total))
        if batches.without_year and not batches.year_given:
            notes.append(Message("posts.note.years", count=batches.without_year))
        if batches.hidden:
            notes.append(Message("posts.note.hidden", count=batches.hidden))
        if batches.photos:
            notes.append(Message("posts.note.photos", count=batches.photos))
        return notes
