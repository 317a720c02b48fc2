"""Files to import that are made to be too much: bombs, long captions, hundreds of megabytes."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from viral.errors import TableError
from viral.posts.importing import import_posts

OUT = "posts.parquet"


@pytest.mark.timeout(60)
def test_a_bomb_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("data.csv", "w") as member,
    ):
        member.write(b"id,views\n")
        for _ in range(120):
            member.write(b"0" * 1_000_000)
    with pytest.raises(TableError, match="unpacks to more than 100 MB"):
        import_posts(path, tmp_path / OUT)
    assert [file.name for file in tmp_path.iterdir()] == ["bomb.zip"]


BOUNDED = """
import resource, sys
from pathlib import Path
import pandas, pyarrow.compute, pyarrow.parquet
from viral.posts.importing import import_posts
used = int(Path("/proc/self/statm").read_text().split()[0]) * 4096
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[3]),) * 2)
found = import_posts(Path(sys.argv[1]), Path(sys.argv[2]))
print(found.posts, found.rejected, found.rejections[-1] if found.rejections else "")
"""


def _bounded(path: Path, more_bytes: int) -> str:
    """Import in a process that has no more memory than that, and return what it says."""
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED, str(path), str(path.parent / OUT), str(more_bytes)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout


def test_long_captions_are_worked_on_a_few_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "long.csv.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write("id,views,text\n")
        for number in range(300):
            # Not so regular that it counts as a trap by its ratio.
            file.write(f"p{number},{number},{os.urandom(8_000).hex()}{'z' * 800_000}\n")
    assert _bounded(path, 600_000_000).startswith("300 0")


def test_packed_tables(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"id,views\na,1\n"))
    import_posts(path, tmp_path / OUT)
    assert pd.read_parquet(tmp_path / OUT)["views"].tolist() == [1]
    path.write_bytes(gzip.compress(b"id,views\n" + b"a,1\n" * 9000)[:30])
    with pytest.raises(TableError, match="damaged"):
        import_posts(path, tmp_path / OUT)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    row = "{},541.2K,2024-01-02 18:30:00,{}\n"
    with path.open("w") as file:
        file.write("id,views,date,text\n")
        for number in range(400_000):
            file.write(row.format(number, "x" * 500))
    size = path.stat().st_size
    code = (
        "import resource, sys; from pathlib import Path; import pandas, pyarrow.parquet\n"
        "from viral.posts.importing import import_posts\n"
        "start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"found = import_posts(Path({str(path)!r}), Path({str(tmp_path / OUT)!r}))\n"
        "print(found.posts, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    posts, grown_kb = map(int, done.stdout.split())
    assert posts == 400_000
    assert size > 200_000_000
    assert grown_kb * 1024 < size / 2
