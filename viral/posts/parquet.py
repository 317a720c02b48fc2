"""Rows of a parquet file in bounded memory, and what a trap looks like.

Parquet packs what repeats almost to nothing: a file of a few kilobytes can stand for a billion
rows, or for texts of gigabytes. So the number of values is looked at before anything is unpacked,
and texts are unpacked a slice at a time, within what a file of that size may hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viral.errors import TableError
from viral.messages import Message
from viral.posts.streams import MAX_RATIO, MAX_UNPACKED_BYTES, SAFE_UNPACKED_BYTES

if TYPE_CHECKING:
    import pandas as pd

BATCH_ROWS = 20_000
SLICE_BYTES = 32_000_000
"""Of text that is turned into rows at a time."""
SAFE_VALUES = 20_000_000
"""A table of posts with forty columns has half a million rows by then; more values are taken ..."""
VALUES_PER_BYTE = 8
"""... from files of that many bytes, as a bit a value is what honest data need at least."""


def check_values(path: Path) -> None:
    """Refuse a file that says it holds more values than its size can honestly give.

    Raises
    ------
    TableError
        It does.
    OSError, pyarrow.ArrowException
        It is no parquet.
    """
    import pyarrow.parquet as pq

    facts = pq.read_metadata(path)
    values = 0
    for group in range(facts.num_row_groups):
        columns = facts.row_group(group)
        values += sum(columns.column(n).num_values for n in range(columns.num_columns))
    if values > max(SAFE_VALUES, VALUES_PER_BYTE * path.stat().st_size):
        raise TableError(Message("parquet.too_many_values", file=path.name, count=values))


def whole(path: Path) -> pd.DataFrame:
    """Read a whole table.

    Raises
    ------
    TableError
        See `check_values`.
    OSError, ValueError
        It is no parquet, or is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        check_values(path)
        table = pq.read_table(path)
        # Bytes that are no UTF-8 are read as text all the same and fail where they are looked at.
        table.validate(full=True)
        return table.to_pandas()
    except pa.ArrowException as error:
        # Some of pyarrow's errors are of no other kind.
        raise ValueError(str(error)) from error


def _text_bytes(array: Any) -> int:
    """Return how many bytes of text an array stands for, unpacked."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if pa.types.is_dictionary(kind):
        if not (pa.types.is_binary(kind.value_type) or pa.types.is_string(kind.value_type)):
            return 0
        lengths = pc.binary_length(array.dictionary).cast(pa.int64())
        return int(pc.sum(lengths.take(array.indices)).as_py() or 0)
    if pa.types.is_struct(kind):
        return sum(_text_bytes(array.field(n)) for n in range(kind.num_fields))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _text_bytes(array.flatten())
    return int(array.nbytes)


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield each row as name -> cell.

    Raises
    ------
    TableError
        The file stands for far more than its size can honestly give.
    OSError, pyarrow.ArrowException, ValueError
        It is no parquet, or is damaged.
    """
    import pyarrow.parquet as pq

    check_values(path)
    most = min(MAX_UNPACKED_BYTES, max(SAFE_UNPACKED_BYTES, path.stat().st_size * MAX_RATIO))
    unpacked = 0
    schema = pq.read_metadata(path).schema
    texts = [
        schema.column(n).path
        for n in range(len(schema))
        if schema.column(n).physical_type == "BYTE_ARRAY"
    ]
    # As dictionaries, texts that repeat stay as small as they are in the file.
    with pq.ParquetFile(path, read_dictionary=texts) as table:
        for batch in table.iter_batches(batch_size=BATCH_ROWS):
            size = sum(_text_bytes(column) for column in batch.columns)
            unpacked += size
            if unpacked > most:
                raise TableError(Message("parquet.too_large", file=path.name, most_mb=most / 1e6))
            rows = max(1, int(batch.num_rows * SLICE_BYTES / max(size, SLICE_BYTES)))
            for start in range(0, batch.num_rows, rows):
                yield from batch.slice(start, rows).to_pylist()
