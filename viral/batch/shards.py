"""Rows kept on disk while a long run goes on, found again by content, and put together at the end.

A shard is a parquet file of a few dozen rows that is either whole or not there. The shards of a run
lie beside the table to be written, in a hidden folder of its name, until the table is written; from
then on the table itself is where a later run finds what was measured before.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from viral.batch.rows import Row, clip_schema, empty_row, table_schema
from viral.batch.sources import Sources
from viral.errors import TableError
from viral.messages import Message
from viral.posts.writing import UNFINISHED, whole_or_nothing

GROUP_ROWS = 256
"""Rows of a row group of the table, about 2 MB: what is in memory at once while it is written."""
OPEN_GROUPS = 8
"""Row groups kept while the table is put together. Shards are filled nearly in order, so that a few
serve most rows."""
COMPRESSION = "zstd"
"""Embeddings are the bulk and hardly shrink; the level stays at its quick default."""
LOCK = "lock"
"""A file beside the shards, held by the run that writes them."""
KEPT = "output.cannot_write_kept"
"""What is said where a shard cannot be written: earlier ones are safe."""

Place = tuple[Path, int, int]
"""File, row group, row."""


def shards_folder(out: Path) -> Path:
    """Return where the shards of a table lie until it is written."""
    return out.parent / f".{out.name}.shards"


@contextlib.contextmanager
def claimed(out: Path) -> Iterator[None]:
    """Keep other runs from writing the same table for as long as the block runs.

    The lock goes with the process, however it ends: a run that was killed is in nobody's way.

    Raises
    ------
    TableError
        Another run is writing the table, the disk is full or the folder may not be written to.
    """
    folder = shards_folder(out)
    lock = folder / LOCK
    try:
        descriptor = _locked(lock)
    except BlockingIOError as error:
        raise TableError(Message("extract.two_runs", path=str(out))) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise TableError(Message(KEPT, path=str(folder), why=why)) from error
    try:
        yield
    finally:
        # Before it is let go: whoever has opened it meanwhile sees that it is no longer there.
        lock.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            folder.rmdir()
        os.close(descriptor)


def _locked(lock: Path) -> int:
    while True:
        lock.parent.mkdir(exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Of the kind that a child does not inherit: workers may outlive a run that is killed.
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), lock.stat()):
                return descriptor
        except FileNotFoundError:
            pass  # the run before has ended in between and taken it away
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


class Store:
    """What is measured so far, by key: on disk, with an index in memory."""

    def __init__(self, out: Path) -> None:
        """Look for an earlier table at `out` and for the shards of a run that was stopped."""
        self.folder = shards_folder(out)
        self.damaged: list[str] = []
        """Names of shards that could not be read and are measured again."""
        self._places: dict[str, Place] = {}
        self._groups: OrderedDict[tuple[Path, int], pa.Table] = OrderedDict()
        if out.is_file():
            self._take_in_earlier(out)
        for shard in sorted(self.folder.glob("*.parquet")):
            if shard.name.startswith(UNFINISHED) or not self._take_in(shard):
                self.damaged += [] if shard.name.startswith(UNFINISHED) else [shard.name]
                shard.unlink(missing_ok=True)

    def __len__(self) -> int:
        """Return how many contents are measured."""
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        """Return whether a content is measured."""
        return key in self._places

    def known_keys(self) -> frozenset[str]:
        """Return the contents that are measured."""
        return frozenset(self._places)

    def _take_in_earlier(self, out: Path) -> None:
        ours = table_schema(with_posts=False).metadata
        with contextlib.suppress(OSError, pa.ArrowException):
            metadata = pq.read_schema(out).metadata or {}
            # Another version's rows are measured again; another kind of file holds none.
            if metadata.get(b"viral.rows") == ours[b"viral.rows"]:
                self._take_in(out)

    def _take_in(self, path: Path) -> bool:
        """Index a file; say whether it could be read to its end."""
        found: dict[str, Place] = {}
        try:
            with pq.ParquetFile(path) as file:
                for group in range(file.num_row_groups):
                    keys = file.read_row_group(group, columns=["key"]).column("key").to_pylist()
                    for row, key in enumerate(keys):
                        if key is not None:
                            found[key] = (path, group, row)
        except (OSError, KeyError, pa.ArrowException):
            return False
        self._places = {**found, **self._places}
        return True

    def write(self, rows: Sequence[Row]) -> None:
        """Write a shard.

        Raises
        ------
        TableError
            The disk is full or the folder may not be written to.
        """
        if not rows:
            return
        named = hashlib.sha256(" ".join(row["key"] for row in rows).encode()).hexdigest()[:32]
        path = self.folder / f"{named}.parquet"
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as error:
            why = error.strerror or str(error)
            raise TableError(Message(KEPT, path=str(self.folder), why=why)) from error
        table = pa.Table.from_pylist(list(rows), schema=clip_schema())
        with whole_or_nothing(path, KEPT) as unfinished:
            pq.write_table(table, unfinished, compression=COMPRESSION)
        for place, row in enumerate(rows):
            self._places.setdefault(row["key"], (path, 0, place))

    def _row(self, key: str) -> pa.Table:
        """Return a table of one row."""
        path, group, place = self._places[key]
        table = self._groups.pop((path, group), None)
        if table is None:
            with pq.ParquetFile(path) as file:
                read = file.read_row_group(group, columns=clip_schema().names)
            table = pa.Table.from_arrays(read.columns, schema=_row_schema())
        self._groups[(path, group)] = table
        while len(self._groups) > OPEN_GROUPS:
            self._groups.popitem(last=False)
        return table.slice(place, 1)

    def row(self, key: str) -> Row:
        """Return what was measured in a content.

        Raises
        ------
        KeyError
            It was not measured.
        TableError
            Its shard was damaged meanwhile.
        """
        found: Row = self._finished(key, failed=False).to_pylist()[0]
        return found

    def finish(
        self,
        out: Path,
        sources: Sources,
        keys: Mapping[int, str],
        failures: Mapping[int, str],
        on_row: Callable[[int], None] = lambda done: None,
    ) -> None:
        """Write the table, a row for each source in their order, and remove the shards.

        Parameters
        ----------
        out : Path
            Replaced in one step.
        sources : Sources
            The rows.
        keys : mapping
            Place of a source -> key of its content.
        failures : mapping
            Place of a source -> why it was not measured.
        on_row : callable
            Told how many rows are written.

        Raises
        ------
        TableError
            The disk is full or a shard is damaged; the shards are kept.
        """
        schema = table_schema(with_posts=sources.posts is not None)
        with (
            whole_or_nothing(out, KEPT) as unfinished,
            pq.ParquetWriter(unfinished, schema, compression=COMPRESSION) as writer,
        ):
            for first in range(0, len(sources), GROUP_ROWS):
                last = min(first + GROUP_ROWS, len(sources))
                places = range(first, last)
                rows = pa.concat_tables(
                    self._finished(keys.get(place), place in failures) for place in places
                ).combine_chunks()
                named = {
                    "video_id": [sources.video_ids[place] for place in places],
                    "path": [sources.given[place] or None for place in places],
                    "error": [failures.get(place) for place in places],
                }
                columns = {**named, **sources.post_columns(first, last)}
                writer.write_table(_group(rows, columns, schema))
                on_row(last)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _finished(self, key: str | None, failed: bool) -> pa.Table:
        if failed or key is None:
            return pa.Table.from_pylist([empty_row()], schema=_row_schema())
        try:
            return self._row(key)
        except (OSError, pa.ArrowException) as error:
            damaged = self._places[key][0]
            raise TableError(Message("batch.damaged_shard", path=str(damaged))) from error


@cache
def _row_schema() -> pa.Schema:
    """Return the columns of a shard, any of which may be missing in a row that failed."""
    return pa.schema([field.with_nullable(True) for field in clip_schema()])


def _group(rows: pa.Table, columns: Mapping[str, Any], schema: pa.Schema) -> pa.Table:
    """Return the rows with some columns replaced or added, in the order of a schema."""
    arrays = []
    for field in schema:
        column = columns.get(field.name)
        if column is None:
            column = rows.column(field.name)
        arrays.append(pa.array(column, field.type) if isinstance(column, list) else column)
    return pa.Table.from_arrays(arrays, schema=schema)
