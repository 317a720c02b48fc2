"""What has been collected: one line a count, only ever added to.

A folder of collected posts holds

* `posts.jsonl`: a line each time a post was counted, with the time; nothing in it is changed later;
* `clips/`: the clips;
* `posts.parquet`: each post once with its newest counts, in the schema of `viral.posts.schema`;
* `growth.parquet`: every count of every post with its time.

The two tables are made from the lines at the end of each run, and can be made again from them.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from viral.errors import CollectError
from viral.messages import Message
from viral.posts.schema import COLUMNS, OUTCOMES

JOURNAL, CLIPS, POSTS, GROWTH = "posts.jsonl", "clips", "posts.parquet", "growth.parquet"
Record = dict[str, Any]
"""A line: columns of the schema, and `link`, `asked` and `clip_missing`."""


def key_of(record: Mapping[str, Any]) -> str:
    """Return what tells posts apart: numbers are a site's own."""
    return f"{record.get('source')}:{record.get('video_id')}"


class Journal:
    """The lines of a folder, and what they say of each post."""

    def __init__(self, folder: Path) -> None:
        """Open a folder, made if it is not there, and read what it holds.

        A line that a killed run has left half-written is cut off.

        Raises
        ------
        CollectError
            It cannot be written to, another run is at work in it, or its lines are damaged.
        """
        self.folder = folder
        try:
            (folder / CLIPS).mkdir(parents=True, exist_ok=True)
            self._file = (folder / JOURNAL).open("a+b")
        except OSError as error:
            raise CollectError(
                Message(
                    "collect.folder_unwritable",
                    folder=str(folder),
                    why=error.strerror or str(error),
                )
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise CollectError(Message("collect.busy", folder=str(folder))) from error
        self.newest: dict[str, Record] = {}
        self._links: dict[str, str] = {}
        try:
            for record in self._read():
                self._note(record)
        except (CollectError, OSError):
            self._file.close()
            raise

    def _read(self) -> Iterator[Record]:
        self._file.seek(0)
        whole = 0
        for number, line in enumerate(self._file, start=1):
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            with contextlib.suppress(ValueError):
                record = json.loads(line)
                if isinstance(record, dict) and record.get("video_id"):
                    yield record
                    continue
            raise CollectError(
                Message("collect.damaged_line", line=number, path=str(self.folder / JOURNAL))
            )
        self._file.truncate(whole)

    def _note(self, record: Record) -> None:
        key = key_of(record)
        before = self.newest.get(key, {})
        # A later count need not fetch the clip again, nor may it lose it.
        kept = {n: before[n] for n in ("video_path",) if before.get(n) and not record.get(n)}
        self.newest[key] = {**record, **kept}
        for name in ("link", "asked"):
            if record.get(name):
                self._links[str(record[name])] = key

    def of_link(self, link: str) -> Record | None:
        """Return the newest line of the post behind a link, or None."""
        key = self._links.get(link)
        return self.newest.get(key) if key is not None else None

    def add(self, record: Record) -> None:
        """Add a line; it is on the disk when this returns.

        Raises
        ------
        CollectError
            The disk is full.
        """
        line = json.dumps(record, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        try:
            self._file.write(line + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise CollectError(
                Message("collect.full", folder=str(self.folder), why=error.strerror or str(error))
            ) from error
        self._note(record)

    def tables(self) -> int:
        """Write `posts.parquet` and `growth.parquet`; return how many posts they hold.

        Raises
        ------
        ViralError
            They cannot be written.
        """
        import pandas as pd

        from viral.posts.importing import import_posts
        from viral.posts.schema import in_schema
        from viral.posts.writing import write_table

        if not self.newest:
            return 0
        # Plain numbers, by which posts are found in other tables, unless two sites share one.
        shared = Counter(str(record["video_id"]) for record in self.newest.values())

        def named(record: Record) -> Record:
            number = str(record["video_id"])
            told = {name: value for name, value in record.items() if name in COLUMNS}
            return {**told, "video_id": number if shared[number] == 1 else key_of(record)}

        newest = self.folder / ".newest.jsonl"
        try:
            with newest.open("w", encoding="utf-8", errors="replace") as file:
                for record in self.newest.values():
                    file.write(json.dumps(named(record), ensure_ascii=False) + "\n")
            found = import_posts(newest, self.folder / POSTS)
        finally:
            newest.unlink(missing_ok=True)
        columns = ["source", "video_id", "posted_at", "collected_at", *OUTCOMES]
        lines = pd.DataFrame([named(record) for record in self._read()]).reindex(columns=columns)
        growth = in_schema(lines)[0]
        write_table(growth[[*columns, "horizon_days"]], self.folder / GROWTH)
        return found.posts

    def close(self) -> None:
        """Let go of the folder."""
        self._file.close()
