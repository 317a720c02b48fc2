"""Rows of a file, a batch at a time, as posts in the one schema; the others with their reasons."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from viral.messages import Message
from viral.posts.cells import is_missing
from viral.posts.column_names import anonymous, shortened
from viral.posts.dates import Year, lacks_year
from viral.posts.schema import COLUMNS, OUTCOMES, in_schema

SAYS = ("caption", "posted_at", *OUTCOMES)
"""A row that has none of these says nothing."""
HIDDEN = frozenset({"-1", "-1.0"})
"""What sources write for a count that is not shown."""
_COUNTS = tuple(name for name, kind in COLUMNS.items() if kind == "count")


@dataclass(frozen=True)
class Rejection:
    """A row that was left out."""

    line: int
    """See `viral.posts.rows.Row`."""
    video_id: str | None
    reason: Message
    """Completes "was left out: ..."."""

    @property
    def message(self) -> Message:
        """Return one sentence that names the row."""
        if self.video_id is None:
            return Message("row.left_out", line=self.line, reason=self.reason)
        return Message("row.left_out_named", line=self.line, name=self.video_id, reason=self.reason)

    def __str__(self) -> str:
        """Return that sentence in English."""
        return str(self.message)


class _Seen:
    """Identifiers met so far, as 64-bit hashes."""

    def __init__(self) -> None:
        self._sorted = np.empty(0, dtype=np.uint64)

    def first_times(self, names: Sequence[str]) -> np.ndarray:
        """Return which names are met for the first time, and remember them all."""
        hashes = np.frombuffer(
            b"".join(hashlib.blake2b(n.encode(), digest_size=8).digest() for n in names),
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


def _first_reason(row: Mapping[str, Any]) -> Message | None:
    if shortened(row.get("video_id")):
        return Message("row.shortened")
    if not any(str(row.get(name) if row.get(name) is not None else "").strip() for name in SAYS):
        return Message("row.says_nothing")
    return None


class Batches:
    """One run: batches in, posts of the schema out, what was met counted."""

    def __init__(
        self, source: str, counted_at: str | None, day_first: bool | None, year: Year
    ) -> None:
        """Take what rows that do not say are given."""
        self._source = source
        self._counted_at = counted_at
        self._day_first = day_first
        self._year = year
        self.year_given = year.given is not None
        self._seen = _Seen()
        self._creators = _Seen()
        self.creators = 0
        self.posts = 0
        self.hidden = 0
        self.without_year = 0
        self.photos = 0
        self.first: pd.Timestamp | None = None
        self.last: pd.Timestamp | None = None
        self.known: Counter[str] = Counter()

    def batch(
        self, rows: Sequence[tuple[int, dict[str, Any]]]
    ) -> tuple[pd.DataFrame, list[Rejection]]:
        """Return the usable rows of a batch, and the others."""
        frame = self._frame(rows)
        table, problems = in_schema(frame, self._day_first, self._year)
        given = table["video_id"].tolist()
        names = [
            name if name is not None else _derived_id(row) or f"line-{line}"
            for name, (line, row) in zip(given, rows, strict=True)
        ]
        table["video_id"] = names
        reasons = {row: _joined(sentences) for row, sentences in problems.items()}
        for position, (_, row) in enumerate(rows):
            first = _first_reason(row)
            if first is not None:
                reasons[position] = first
        usable = [position for position in range(len(rows)) if position not in reasons]
        fresh = self._seen.first_times([names[position] for position in usable])
        for position, is_first in zip(usable, fresh, strict=True):
            if not is_first:
                reasons[position] = Message("row.repeated")
        rejections = [
            Rejection(
                rows[position][0],
                str(names[position]) if rows[position][1].get("video_id") else None,
                reasons[position],
            )
            for position in sorted(reasons)
        ]
        if reasons:
            table = table.drop(index=list(reasons)).reset_index(drop=True)
        self.photos += sum(
            bool(row.get("is_photos")) for at, (_, row) in enumerate(rows) if at not in reasons
        )
        self._count(table)
        return table, rejections

    def _frame(self, rows: Sequence[tuple[int, dict[str, Any]]]) -> pd.DataFrame:
        columns: dict[str, list[Any]] = {}
        there = {name for _, row in rows for name in row}
        for name in COLUMNS:
            if name not in there:
                continue
            cells = [row.get(name) for _, row in rows]
            if any(cell is not None for cell in cells):
                columns[name] = cells
        for name in _COUNTS:
            if name in columns:
                columns[name] = self._without_hidden(columns[name])
        for name, default in (("source", self._source), ("collected_at", self._counted_at)):
            if default is not None:
                cells = columns.get(name, [None] * len(rows))
                columns[name] = [default if is_missing(cell) else cell for cell in cells]
        if "creator" in columns:
            columns["creator"] = [
                None if is_missing(name) else anonymous(name) for name in columns["creator"]
            ]
        self.without_year += sum(
            isinstance(cell, str) and not cell[:4].isdigit() and lacks_year(cell)
            for cell in columns.get("posted_at", ())
        )
        return pd.DataFrame(
            {name: pd.Series(cells, dtype=object) for name, cells in columns.items()},
            index=range(len(rows)),
        )

    def _without_hidden(self, cells: list[Any]) -> list[Any]:
        hidden = [cell == -1 or (type(cell) is str and cell in HIDDEN) for cell in cells]
        count = sum(hidden)
        if not count:
            return cells
        self.hidden += count
        return [None if is_one else cell for cell, is_one in zip(cells, hidden, strict=True)]

    def _count(self, table: pd.DataFrame) -> None:
        self.posts += len(table)
        for name in COLUMNS:
            there = (
                table[name].map(lambda cell: bool(cell))
                if name.startswith("recent_") or name == "hashtags"
                else table[name].notna()
            )
            self.known[name] += int(there.sum())
        creators = table["creator"].dropna().unique()
        self.creators += int(self._creators.first_times([str(c) for c in creators]).sum())
        times = table["posted_at"].dropna()
        if len(times):
            self.first = min(times.min(), self.first or times.min())
            self.last = max(times.max(), self.last or times.max())


def _joined(sentences: Sequence[Message]) -> Message:
    if len(sentences) == 1:
        return sentences[0]
    return Message("row.several", first=sentences[0], second=_joined(sentences[1:]))
