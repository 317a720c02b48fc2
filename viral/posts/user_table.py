"""A table of posts that a user hands in: what can be read is read, the rest is named.

A row needs only a `video_id`; without such a column rows are called by their number, from 1. Cells
of the outcome columns (views, likes, ...) are never a reason to refuse a row: a prediction does not
look at them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from viral.errors import TableError
from viral.posts.earlier_posts import oldest_first, with_compared_past
from viral.posts.parquet import whole
from viral.posts.published_sets import kaggle_rows
from viral.posts.schema import COLUMNS, OUTCOMES, in_schema

SUFFIXES = (".parquet", ".csv", ".tsv", ".json", ".jsonl")
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
    reason: str
    """What is wrong with it: "followers is -5, but cannot be negative"."""

    def __str__(self) -> str:
        """Return one sentence that names the row."""
        name = "" if self.video_id is None else f" ({_cut(self.video_id)})"
        return f"Row {self.row}{name} was left out: {self.reason}."


def _json_frame(path: Path) -> pd.DataFrame:
    content = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".jsonl":
        return pd.DataFrame([json.loads(line) for line in content.splitlines() if line.strip()])
    document: Any = json.loads(content)
    collected = kaggle_rows(document)
    if collected is not None:
        return collected
    if isinstance(document, dict) and not all(
        isinstance(column, (list, dict)) for column in document.values()
    ):
        document = [document]
    return pd.DataFrame(document)


def _read(path: Path) -> pd.DataFrame:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return whole(path)
    if suffix in {".json", ".jsonl"}:
        return _json_frame(path)
    # Text first: identifiers have 19 digits, more than floating point keeps.
    return pd.read_csv(
        path,
        dtype=str,
        keep_default_na=False,
        sep="\t" if suffix == ".tsv" else ",",
        encoding="utf-8-sig",
        encoding_errors="replace",
    )


def _frame(path: Path) -> pd.DataFrame:
    if path.suffix.lower() not in SUFFIXES:
        raise TableError(
            f"{path.name} is no table of a known kind; use one of {', '.join(SUFFIXES)}."
        )
    try:
        if path.stat().st_size > MAX_TABLE_BYTES:
            raise TableError(f"{path.name} is larger than 2 GB; split it into parts.")
        frame = _read(path)
    except FileNotFoundError as error:
        raise TableError(f"There is no file {path.name}; check the path.") from error
    # Readers raise errors of many unrelated kinds on damaged files (pyarrow's are ValueError and
    # OSError, pandas adds AttributeError, TypeError and KeyError on JSON of an unexpected form).
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise TableError(
            f"{path.name} cannot be read as {path.suffix.lower()[1:]}; save it again."
        ) from error
    frame = frame.loc[:, ~frame.columns.astype(str).str.strip().duplicated()]
    frame.columns = frame.columns.astype(str).str.strip()
    return frame


def read_posts(path: str | Path) -> tuple[pd.DataFrame, tuple[RejectedRow, ...]]:
    """Read a table of posts of any kind that people have.

    Parameters
    ----------
    path : path
        `.parquet`, `.csv`, `.tsv`, `.json` (records, columns or the Kaggle form) or `.jsonl`.
        Columns may be missing, in any order and of any type; unknown ones are ignored.

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
    frame = _frame(path)
    if frame.empty:
        raise TableError(f"{path.name} holds no rows; a row needs at least a video_id.")
    if not set(frame.columns) & set(COLUMNS):
        raise TableError(
            f"{path.name} has none of the known columns; name them as in "
            "video_id, followers, recent_views, caption, posted_at."
        )
    table, problems = in_schema(frame)
    if "video_id" not in frame.columns:
        table["video_id"] = [str(row + 1) for row in range(len(table))]
    rejected = []
    seen: set[str] = set()
    for row, video_id in enumerate(table["video_id"]):
        reasons = [
            sentence for sentence in problems.get(row, []) if sentence.split()[0] not in OUTCOMES
        ]
        if video_id is None:
            reasons.insert(0, "it has no video_id")
        elif video_id in seen:
            reasons.insert(0, "its video_id appears in an earlier row")
        if reasons:
            rejected.append(RejectedRow(row + 1, video_id, "; ".join(reasons)))
        else:
            seen.add(video_id)
    if len(rejected) == len(table):
        raise TableError(
            f"{path.name} has no usable row among {len(table):,}. The first: {rejected[0].reason}."
        )
    table = table.drop(index=[row.row - 1 for row in rejected]).reset_index(drop=True)
    return with_compared_past(oldest_first(table)[0]), tuple(rejected)
