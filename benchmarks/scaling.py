"""One million and one hundred million clips on paper, from the unit costs that were measured.

python benchmarks/scaling.py                      # of benchmarks/measured.json
python benchmarks/scaling.py --measured FILE
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

MEASURED = Path(__file__).resolve().parent / "measured.json"
CLIPS = (1_000_000, 100_000_000)
CLIP_BYTES = 15 * 3_000_000 / 8
"""Of 15 s at the 3 Mbit/s that platforms serve; more than the benchmark's own clip has."""
CORES = 32
"""Of a machine, as they are commonly let."""
DAY_S = 86_400.0
NETWORK_BYTES_PER_S = 10e9 / 8
"""Of a machine's 10 Gbit/s."""
KNOWN_KEY_BYTES = 32 + 49 + 8
"""A key's letters, Python's own bytes for a text and its place in a set."""


def units(measured: dict[str, Any]) -> dict[str, float]:
    """Return what one clip costs."""
    clips = measured["clips with faster-whisper"]
    spoken = next(each for each in clips if each["clip"] == "15 s 576x1024 with speech")
    silent = next(each for each in clips if each["clip"] == "15 s 576x1024 without speech")
    store = measured["store"]
    return {
        "spoken_core_s": spoken["ours"]["processor_s"],
        "silent_core_s": silent["ours"]["processor_s"],
        "row_bytes": store["row_bytes"],
        "written_per_s": store["written_per_s"],
        "finished_per_s": store["finished_per_s"],
        "index_bytes": store["index_bytes"],
        "shard_rows": store["shard_rows"],
    }


def plan(clips: int, unit: dict[str, float]) -> dict[str, float]:
    """Return what so many clips of 15 s with speech cost.

    Returns
    -------
    dict
        `core_hours`; `machines` that do it in a day; `read_bytes` of clips and the share of each
        machine's network that takes; `row_bytes` moved to the one that collects and stored there;
        `writing_hours` and `finishing_hours` of that one; its `index_bytes`, the `known_bytes` that
        each worker is sent when a run goes on; `shards`, files of a folder.
    """
    core_s = clips * unit["spoken_core_s"]
    machines = max(core_s / CORES / DAY_S, 1.0)
    read = clips * CLIP_BYTES
    return {
        "core_hours": core_s / 3600,
        "machines": machines,
        "hours": core_s / CORES / machines / 3600,
        "read_bytes": read,
        "network_share": read / DAY_S / machines / NETWORK_BYTES_PER_S,
        "row_bytes": clips * unit["row_bytes"],
        "writing_hours": clips / unit["written_per_s"] / 3600,
        "finishing_hours": clips / unit["finished_per_s"] / 3600,
        "index_bytes": clips * unit["index_bytes"],
        "known_bytes": clips * KNOWN_KEY_BYTES,
        "shards": clips / unit["shard_rows"],
    }


def most_cores(unit: dict[str, float]) -> float:
    """Return how many cores send rows as fast as the one that collects can write them."""
    return unit["written_per_s"] * unit["spoken_core_s"]


def size(count: float) -> str:
    """Return bytes with a unit and two digits."""
    for name, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return (
                f"{count / factor:.2g} {name}"
                if count < 100 * factor
                else (f"{count / factor:,.0f} {name}")
            )
    return f"{count:.0f} bytes"


def rows(measured: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return the lines of the table, a column for each number of clips."""
    unit = units(measured)
    plans = [plan(clips, unit) for clips in CLIPS]

    def line(what: str, form: Any) -> tuple[str, ...]:
        return (what, *(form(each) for each in plans))

    return [
        line("core hours of measuring", lambda p: f"{p['core_hours']:,.0f}"),
        line(f"machines of {CORES} cores for a day", lambda p: f"{p['machines']:,.1f}"),
        line("hours on so many", lambda p: f"{p['hours']:.0f}"),
        line("bytes of clips read", lambda p: size(p["read_bytes"])),
        line("share of each machine's 10 Gbit/s", lambda p: f"{100 * p['network_share']:.1f} %"),
        line("bytes of rows moved and stored", lambda p: size(p["row_bytes"])),
        line("hours of writing shards, one machine", lambda p: f"{p['writing_hours']:,.1f}"),
        line("hours of making the table, one machine", lambda p: f"{p['finishing_hours']:,.1f}"),
        line("memory of its index", lambda p: size(p["index_bytes"])),
        line("known keys sent to each worker on resuming", lambda p: size(p["known_bytes"])),
        line("shards in one folder", lambda p: f"{p['shards']:,.0f}"),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Print unit costs and the table, and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measured", type=Path, default=MEASURED)
    options = parser.parse_args(arguments)
    measured = json.loads(options.measured.read_text(encoding="utf-8"))
    for name, value in units(measured).items():
        print(f"{name:<20s}{value:>12,.4g}")
    print(f"\n{'':<46s}" + "".join(f"{clips:>14,}" for clips in CLIPS) + " clips")
    for what, *values in rows(measured):
        print(f"{what:<46s}" + "".join(f"{value:>14s}" for value in values))
    unit = units(measured)
    print(f"\nOne collecting machine keeps up with {most_cores(unit):,.0f} cores.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
