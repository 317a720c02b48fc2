"""Parquet files that stand for far more than they are: refused before they fill the memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from viral.errors import TableError
from viral.posts.parquet import records
from viral.posts.rows import rows_of
from viral.posts.user_table import read_posts

LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
import pyarrow.parquet, pandas
from viral.errors import TableError
from viral.posts.parquet import records
used = int(Path("/proc/self/statm").read_text().split()[0]) * 4096
resource.setrlimit(resource.RLIMIT_AS, (used + 600_000_000,) * 2)
try:
    print(sum(1 for _ in records(Path(sys.argv[1]))))
except TableError as error:
    print(error)
"""


def read_with_little_memory(path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", LITTLE_MEMORY, path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def written(path: Path, table: pa.Table, copies: int = 1) -> Path:
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for _ in range(copies):
            writer.write_table(table)
    return path


@pytest.fixture(scope="module")
def of_a_hundred_million_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ones = pa.table({"views": pa.array([1] * 1_000_000, pa.int64())})
    path = written(tmp_path_factory.mktemp("traps") / "rows.parquet", ones, copies=100)
    assert path.stat().st_size < 1_000_000
    return path


def test_a_hundred_million_rows_in_a_few_kilobytes_are_refused(
    of_a_hundred_million_rows: Path,
) -> None:
    path = of_a_hundred_million_rows
    for read in (lambda: list(rows_of(path)), lambda: read_posts(path)):
        with pytest.raises(TableError, match="holds 100,000,000 values") as caught:
            read()
        assert str(path.parent) not in str(caught.value)


def test_texts_of_gigabytes_are_refused_in_little_memory(tmp_path: Path) -> None:
    place = pa.array([0] * 4_000, pa.int32())
    words = pa.DictionaryArray.from_arrays(place, pa.array(["x" * 1_000_000]))
    path = written(tmp_path / "texts.parquet", pa.table({"caption": words}))
    assert path.stat().st_size < 100_000
    assert "unpacks to more than 100 MB" in read_with_little_memory(path)


def test_texts_inside_lists_are_counted_too(tmp_path: Path) -> None:
    place = pa.array([0] * 4_000, pa.int32())
    inner = pa.DictionaryArray.from_arrays(place, pa.array(["x" * 1_000_000]))
    lists = pa.ListArray.from_arrays(pa.array(range(0, 4_001, 4), pa.int32()), inner)
    path = written(tmp_path / "lists.parquet", pa.table({"hashtags": lists}))
    assert "unpacks to more than 100 MB" in read_with_little_memory(path)


def test_honest_tables_are_read_as_before(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "video_id": [str(n) for n in range(50_000)],
            "caption": ["the same words in every post #one #two"] * 50_000,
            "views": range(50_000),
            "recent_views": [[1.0, 2.0]] * 50_000,
        }
    )
    path = tmp_path / "posts.parquet"
    frame.to_parquet(path)
    found = list(records(path))
    assert len(found) == 50_000
    assert found[-1] == {
        "video_id": "49999",
        "caption": "the same words in every post #one #two",
        "views": 49_999,
        "recent_views": [1.0, 2.0],
    }


@pytest.mark.parametrize("column", ["recent_views", "caption", "hashtags"])
def test_bytes_that_are_no_text_are_one_sentence(column: str, tmp_path: Path) -> None:
    words = b"quokkas over the wall"
    cell = [words.decode()] if column == "hashtags" else words.decode()
    frame = pd.DataFrame({"video_id": ["1", "2"], column: [cell, cell]})
    path = tmp_path / "posts.parquet"
    frame.to_parquet(path, compression=None)
    content = path.read_bytes()
    assert words in content
    path.write_bytes(content.replace(words, words.replace(b"over", b"ov\xf5r")))
    for read in (lambda: list(rows_of(path)), lambda: read_posts(path)):
        with pytest.raises(TableError, match=r"cannot be read as parquet; save it again\.$"):
            read()
