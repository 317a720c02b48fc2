"""What one machine can take in of rows that others measure, and what it has to remember of each.

Rows of the size of real ones are written to shards as they come from a cluster, found again as
after a stop, and put together to a table. Run it with:

    python benchmarks/bench_store.py
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from busy import Others
from processes import seconds
from results import add_out, keep

ROWS = 8_192
"""Of a run; what a row takes does not depend on it."""


def made_up(count: int) -> Iterator[dict[str, Any]]:
    """Yield rows with every column filled with numbers that do not shrink."""
    from viral.extraction.rows import clip_schema

    generator = np.random.default_rng(0)
    schema = clip_schema()
    for number in range(count):
        row: dict[str, Any] = {}
        for field in schema:
            if field.name == "key":
                row[field.name] = hashlib.sha256(str(number).encode()).hexdigest()[:32]
            elif pa.types.is_list(field.type):
                length = 1280 if field.name.startswith("visual") else 512
                row[field.name] = generator.standard_normal(length).astype(np.float32).tolist()
            elif pa.types.is_floating(field.type):
                row[field.name] = float(generator.standard_normal())
            elif pa.types.is_integer(field.type):
                row[field.name] = int(generator.integers(1000))
            else:
                row[field.name] = None if field.nullable else ""
        yield row


def main(arguments: list[str] | None = None) -> int:
    """Print the rates and the sizes and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    add_out(parser)
    options = parser.parse_args(arguments)
    from viral.extraction.run import SHARD_ROWS
    from viral.extraction.shards import Store
    from viral.extraction.sources import Sources

    others = Others()
    rows = list(made_up(options.rows))
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "features.parquet"
        store = Store(out)

        def write() -> None:
            for first in range(0, len(rows), SHARD_ROWS):
                store.write(rows[first : first + SHARD_ROWS])

        write_s = seconds(write)
        shards = list(store.folder.iterdir())
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        found: list[Store] = []
        again_s = seconds(lambda: found.append(Store(out)))
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        names = tuple(f"{number:08}" for number in range(len(rows)))
        sources = Sources(names, names, Path(name))
        keys = {place: row["key"] for place, row in enumerate(rows)}
        finish_s = seconds(lambda: found[0].finish(out, sources, keys, {}))
        figures = {
            "rows": len(rows),
            "shard_rows": SHARD_ROWS,
            "written_per_s": len(rows) / write_s,
            "found_again_per_s": len(rows) / again_s,
            "finished_per_s": len(rows) / finish_s,
            "row_bytes": out.stat().st_size / len(rows),
            "index_bytes": (after - before) / len(rows),
            "shards": len(shards),
            "others_cores": others.cores(),
        }
    print(
        f"{figures['written_per_s']:.0f} rows a second into shards of {SHARD_ROWS}, "
        f"{figures['found_again_per_s']:.0f} found again, {figures['finished_per_s']:.0f} put "
        f"together; {figures['row_bytes'] / 1e3:.1f} kB a row on disk, "
        f"{figures['index_bytes']:.0f} bytes in memory; {others}"
    )
    keep(options.out, "store", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
