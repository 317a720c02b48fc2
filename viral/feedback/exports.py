"""An export of posts beside the predictions that its creator keeps, in bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from viral.feedback.accuracy import Match, matches
from viral.feedback.records import Kept
from viral.posts.importing import Imported, import_posts

BATCH_ROWS = 5_000
NEEDED = (
    "video_id", "posted_at", "caption", "duration_s", "horizon_days",
    "views", "likes", "comments", "shares",
)  # fmt: skip
"""Columns that say which prediction a post belongs to and what became of it."""


def _rows(table: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(table) as file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(NEEDED)):
            yield from batch.to_pylist()


def matched_export(
    path: Path, kept: Sequence[Kept], key: str, *, counted_at: str | None = None
) -> tuple[Imported, list[Match]]:
    """Read an export and find the posts in it that belong to kept predictions.

    Parameters
    ----------
    path : Path
        What `viral.posts.importing.import_posts` reads.
    kept, key
        See `viral.feedback.accuracy.matches`.
    counted_at : str, optional
        When the counts were read off, where rows do not say; now by default.

    Raises
    ------
    TableError
        It cannot be read, or no row of it is usable.
    """
    when = counted_at or datetime.now(tz=UTC).isoformat()
    with tempfile.TemporaryDirectory(prefix="viral-export-") as folder:
        out = Path(folder) / "posts.parquet"
        found = import_posts(path, out, counted_at=when)
        return found, matches(_rows(out), kept, key)
