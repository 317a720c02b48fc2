"""Seconds and memory of `viral posts import` on a large CSV.

A table of Apify's kind is written to the temporary folder, with captions that hold quotes, line
ends, SQL and HTML, and a thousandth of its rows spoilt. A child process imports it; its peak memory
is the kernel's own count, beside that of the same child on a table a twentieth the size. Run it
with:

    python benchmarks/bench_import.py                     # 2 GB, several minutes
    python benchmarks/bench_import.py --gigabytes 0.2
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from busy import Others

HEADER = (
    "id,text,createTimeISO,authorMeta/name,authorMeta/fans,diggCount,playCount,shareCount,"
    "commentCount,videoMeta/duration,musicMeta/musicName\n"
)
CAPTION = "Robert'); DROP TABLE posts;-- #{n} <script>alert({n})</script>"
WORDS = f'"{CAPTION} said ""hello""\n and went {{pad}}"'
COUNTS = '304.9K,{likes},"541.2K",742,454,31,tune'
ROW = f"{{n}},{{words}},2025-05-21T09:44:{{s:02d}}.000Z,creator.{{c}},{COUNTS}\n"
SPOILT = "{n},,yesterday,creator.{c},304.9K,{likes},many,742,454,31,tune\n"
SPOILT_EVERY = 1_000
PADDING = 260
"""Characters that bring a row to about 400, as captions with many hashtags have."""
CHILD = """
import json, resource, sys, time
from pathlib import Path
from viral.posts.importing import import_posts
import pandas, pyarrow.parquet
start = time.perf_counter()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = import_posts(Path(sys.argv[1]), Path(sys.argv[2]))
print(json.dumps({
    "posts": found.posts, "rejected": found.rejected, "seconds": time.perf_counter() - start,
    "before": before, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
}))
"""


def write_table(path: Path, size: float) -> int:
    """Write rows until the file has `size` bytes; return how many there are."""
    rows = written = 0
    with path.open("w", encoding="utf-8") as file:
        written += file.write(HEADER)
        while written < size:
            form = SPOILT if rows % SPOILT_EVERY == SPOILT_EVERY - 1 else ROW
            words = WORDS.format(n=rows, pad="x" * PADDING)
            written += file.write(
                form.format(n=rows, words=words, s=rows % 60, c=rows % 5_000, likes=rows % 9_999)
            )
            rows += 1
    return rows


def measured(path: Path) -> dict[str, float]:
    """Import a table in a process of its own and return what it says of itself."""
    out = path.with_suffix(".parquet")
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(out)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    out.unlink()
    return found


def main() -> None:
    """Print a line for a small table and one for the large one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=2.0)
    chosen = parser.parse_args()
    others = Others()
    head = ("size", "rows", "left out", "seconds", "MB a second", "peak MB", "of that its own")
    print(" ".join(f"{word:>15}" for word in head))
    with tempfile.TemporaryDirectory(prefix="viral-import-") as folder:
        for size in (chosen.gigabytes * 5e7, chosen.gigabytes * 1e9):
            path = Path(folder) / "table.csv"
            rows = write_table(path, size)
            found = measured(path)
            cells = (
                f"{path.stat().st_size / 1e6:,.0f} MB",
                f"{rows:,}",
                f"{found['rejected']:,}",
                f"{found['seconds']:.0f}",
                f"{path.stat().st_size / 1e6 / found['seconds']:.1f}",
                f"{found['peak'] / 1e3:,.0f}",
                f"{(found['peak'] - found['before']) / 1e3:,.0f}",
            )
            print(" ".join(f"{cell:>15}" for cell in cells), flush=True)
            path.unlink()
    print(others)


if __name__ == "__main__":
    main()
