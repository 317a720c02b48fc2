"""A table of posts that a user hands in: what can be read is read, the rest is named.

Any file that `viral posts import` takes is taken here, through the same reader. A row needs only a
`video_id`; without such a column rows are called by their number, from 1. Cells of the outcome
columns (views, likes, ...) are never a reason to refuse a row: a prediction does not look at them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from viral.errors import TableError
from viral.messages import Message
from viral.posts.dates import Year
from viral.posts.earlier_posts import oldest_first, with_compared_past
from viral.posts.hashtags import of_posts
from viral.posts.importing import FURTHEST_ZONE
from viral.posts.parquet import whole
from viral.posts.rows import Broken
from viral.posts.schema import COLUMNS, OUTCOMES, in_schema
from viral.posts.understanding import understood
from viral.settings import settings

MAX_TABLE_BYTES = 2_000_000_000
"""Larger tables are to be split: they would not fit into memory beside the model."""
LONGEST_NAME = 40
"""Characters of an identifier that are quoted; real ones have at most 19."""


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."


@dataclass(frozen=True)
class RejectedRow:
    """A row that was left out."""

    row: int
    """Number of the row, from 1."""
    video_id: str | None
    """Its identifier, or None where it has none."""
    reason: Message
    """What is wrong with it: "followers is -5, but cannot be negative"."""

    @property
    def message(self) -> Message:
        """Return one sentence that names the row."""
        if self.video_id is None:
            return Message("row.rejected", row=self.row, reason=self.reason)
        return Message(
            "row.rejected_named", row=self.row, name=_cut(self.video_id), reason=self.reason
        )

    def __str__(self) -> str:
        """Return that sentence in English."""
        return str(self.message)


def _rows(path: Path) -> tuple[list[dict[str, Any]], list[tuple[int, Message]], bool | None]:
    """Return the rows under the schema's names, those that are none, and how dates are written."""
    rows: list[dict[str, Any]] = []
    broken: list[tuple[int, Message]] = []
    with understood(path, mappings_dir=settings().data_dir) as opened:
        for item in opened.rows:
            if isinstance(item, Broken):
                if item.ends:
                    raise TableError(Message("posts.no_readable_json", file=path.name))
                broken.append((len(rows) + len(broken) + 1, item.reason))
                continue
            row = opened.row(item)
            if row is not None:
                rows.append(row)
        return rows, broken, opened.day_first


def _own_parquet(path: Path) -> pd.DataFrame | None:
    """Return a parquet of the schema's own columns as it is, which is read whole; else None."""
    if path.suffix.lower() != ".parquet":
        return None
    try:
        frame = whole(path)
    except FileNotFoundError as error:
        raise TableError(Message("posts.no_file", file=path.name)) from error
    except (OSError, ValueError) as error:
        raise TableError(Message("posts.no_parquet", file=path.name)) from error
    frame = frame.loc[:, ~frame.columns.astype(str).str.strip().duplicated()]
    frame.columns = frame.columns.astype(str).str.strip()
    return frame if "video_id" in frame.columns else None


def read_posts(path: str | Path) -> tuple[pd.DataFrame, tuple[RejectedRow, ...]]:
    """Read a table of posts of any kind that people have.

    Parameters
    ----------
    path : path
        What `viral.posts.importing.import_posts` reads. Columns may be missing, in any order and of
        any type; unknown ones are ignored.

    Returns
    -------
    tuple of pd.DataFrame and tuple of RejectedRow
        The usable rows in the schema of `viral.posts.schema` with the columns of
        `viral.posts.earlier_posts.PAST`, in the order given, and the others with reasons. A row is
        rejected when it has no `video_id`, repeats an earlier one, or when an input such as
        `followers` holds something that is no such thing. Unreadable outcomes are missing values.

    Raises
    ------
    TableError
        The file cannot be read, or no row is usable.
    """
    path = Path(path)
    if path.is_file() and path.stat().st_size > MAX_TABLE_BYTES:
        raise TableError(Message("posts.too_large_table", file=path.name))
    frame = _own_parquet(path)
    broken: list[tuple[int, Message]] = []
    day_first = None
    if frame is None:
        rows, broken, day_first = _rows(path)
        frame = pd.DataFrame(
            {
                name: pd.Series([row.get(name) for row in rows], dtype=object)
                for name in COLUMNS
                if any(row.get(name) is not None for row in rows)
            },
            index=range(len(rows)),
        )
    if not len(frame):
        raise TableError(Message("posts.no_rows", file=path.name))
    numbered = "video_id" not in frame.columns
    year = Year(datetime.now(tz=UTC) + FURTHEST_ZONE)
    table, problems = in_schema(frame.reset_index(drop=True), day_first, year)
    if numbered:
        table["video_id"] = [str(row + 1) for row in range(len(table))]
    rejected = list(_rejected(table, problems))
    if len(rejected) == len(table):
        raise TableError(
            Message(
                "posts.no_usable_row",
                file=path.name,
                rows=len(table),
                reason=rejected[0].reason,
            )
        )
    table = table.drop(index=[row.row - 1 for row in rejected]).reset_index(drop=True)
    rejected += [RejectedRow(number, None, reason) for number, reason in broken]
    hashtags = of_posts(table["hashtags"], table["caption"])
    table["hashtags"] = pd.Series(hashtags, index=table.index, dtype=object)
    return with_compared_past(oldest_first(table)[0]), tuple(rejected)


def _rejected(table: pd.DataFrame, problems: dict[int, list[Message]]) -> Iterator[RejectedRow]:
    seen: set[str] = set()
    for row, video_id in enumerate(table["video_id"]):
        reasons = [
            sentence
            for sentence in problems.get(row, [])
            if sentence.values["column"] not in OUTCOMES
        ]
        if video_id is None:
            reasons.insert(0, Message("row.no_id"))
        elif video_id in seen:
            reasons.insert(0, Message("row.repeated"))
        if reasons:
            joined = reasons[-1]
            for sentence in reversed(reasons[:-1]):
                joined = Message("row.several", first=sentence, second=joined)
            yield RejectedRow(row + 1, video_id, joined)
        else:
            seen.add(video_id)
