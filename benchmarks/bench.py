"""Everything that somebody waits for on one machine, each beside its alternative: `make bench`.

The targets are for two cores that nobody else uses; how busy others kept them is printed beside.
Nothing here is a test. Run it with:

    python benchmarks/bench.py                                       # under ten minutes
    python benchmarks/bench.py --out benchmarks/measured.json        # and keep it for the documents
    python benchmarks/bench.py --repeats 1 --no-install              # a quick look

The other benchmarks, for many clips, many machines, many users and the speech engines, run on their
own and keep their figures in the same file.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import bench_builds
import bench_clip
import bench_craft
import bench_frames
import bench_install
import bench_start
import bench_table
import bench_what_if
from busy import Others
from clips import speech, write_clip
from results import add_out, keep

FEWEST_TIMES_FRAMES = 20.0
FEWEST_TIMES_PLAIN = 4.0
MOST_AGAIN_S = 0.2
MOST_BYTES = 2_000_000_000
MOST_FIRST_PAGE_S, MOST_FIRST_PREDICTION_S = 6.0, 15.0
WHAT_IF_REPEATS = 9


def line(
    what: str, measured: str, target: str, alternative: str, kept: bool | None
) -> dict[str, Any]:
    """Return a line of the table."""
    return {
        "what": what,
        "measured": measured,
        "target": target,
        "alternative": alternative,
        "kept": kept,
    }


def frame_lines(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the line about reading frames."""
    return [
        line(
            f"{found['frames']} frames of {found['clip']}",
            f"{found['reader_s']:.2f} s",
            f"{FEWEST_TIMES_FRAMES:g} x faster",
            f"OpenCV seeks {found['seek_loop_s']:.2f} s: {found['times']:.1f} x",
            found["times"] >= FEWEST_TIMES_FRAMES,
        )
    ]


def clip_lines(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines about one clip: the whole, against the plain way, memory, and again."""
    ours, plain = found["ours"], found["plain"]
    whole_s, plain_s = ours["seconds"]["whole"], sum(plain["seconds"].values())
    again_s = ours["seconds"]["again"]
    return [
        line(
            found["clip"],
            f"{whole_s:.2f} s",
            f"{found['most_s']:g} s",
            f"straightforward {plain_s:.2f} s",
            whole_s <= found["most_s"],
        ),
        line(
            "  against straightforward",
            f"{plain_s / whole_s:.1f} x",
            f"{FEWEST_TIMES_PLAIN:g} x faster",
            "",
            plain_s >= FEWEST_TIMES_PLAIN * whole_s,
        ),
        line(
            "  memory with children",
            f"{ours['bytes'] / 1e6:.0f} MB",
            f"{MOST_BYTES / 1e6:.0f} MB",
            f"straightforward {plain['bytes'] / 1e6:.0f} MB",
            ours["bytes"] <= MOST_BYTES,
        ),
        line(
            "  the same clip again",
            f"{1e3 * again_s:.0f} ms",
            f"{1e3 * MOST_AGAIN_S:.0f} ms",
            f"not remembered {1e3 * whole_s:.0f} ms",
            again_s <= MOST_AGAIN_S,
        ),
    ]


def change_lines(found: list[dict[str, Any]], whole_s: float) -> list[dict[str, Any]]:
    """Return the lines about What if, each with the slower of a known and an unknown account."""
    lines = []
    for change, most_s in bench_what_if.MOST_S.items():
        slowest_s = max(each["median_s"] for each in found if each["change"] == change)
        name = "what-if, server time" if change == "details" else f"{change}, server time"
        lines.append(
            line(
                name,
                f"{1e3 * slowest_s:.0f} ms",
                f"{1e3 * most_s:.0f} ms",
                f"looked at anew {1e3 * whole_s:.0f} ms",
                slowest_s <= most_s,
            )
        )
    return lines


def craft_lines(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines about text on screen, the checks and the covers."""
    without_s = found["without_text_s"]
    return [
        line(
            "text on screen",
            f"{found['text_s']:.2f} s",
            f"{bench_craft.MOST_TEXT_S:g} s",
            f"analysis without it {without_s:.2f} s",
            found["text_s"] <= bench_craft.MOST_TEXT_S,
        ),
        line(
            "  analysis with it, processor time",
            f"{found['times']:.2f} x",
            f"{bench_craft.MOST_TIMES:g} x at most",
            "without it 1 x",
            found["times"] <= bench_craft.MOST_TIMES,
        ),
        *(
            line(
                what,
                f"{1e3 * found[key]:.0f} ms",
                f"{1e3 * bench_craft.MOST_CHECK_S:.0f} ms",
                f"looked at anew {1e3 * without_s:.0f} ms",
                found[key] <= bench_craft.MOST_CHECK_S,
            )
            for what, key in (("a check", "check_s"), ("covers", "cover_s"))
        ),
    ]


def start_lines(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines about the cold start."""
    ours, plain = found["ours"], found["plain"]
    return [
        line(
            what,
            f"{ours[key]:.1f} s",
            f"{most_s:g} s",
            f"models first {plain[key]:.1f} s",
            ours[key] <= most_s,
        )
        for what, key, most_s in (
            ("cold start to first page", "first_page_s", MOST_FIRST_PAGE_S),
            ("cold start to first prediction", "first_prediction_s", MOST_FIRST_PREDICTION_S),
        )
    ]


def install_lines(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the line about an installation."""
    made = found["fresh"]
    return [
        line(
            "make install, new folder",
            f"{made['seconds']:.0f} s",
            "reported",
            f".venv {made['bytes'] / 1e6:.0f} MB, packages not needed: {len(made['not_needed'])}",
            not made["not_needed"],
        )
    ]


def table_lines(found: dict[str, float]) -> list[dict[str, Any]]:
    """Return the lines about the model's folder and a large table."""
    bytes_most = bench_table.MOST_FOLDER_BYTES
    return [
        line(
            "the model's folder",
            f"{found['folder_bytes'] / 1e6:.1f} MB",
            f"{bytes_most / 1e6:g} MB",
            f"largest file {found['largest_file_bytes'] / 1e6:.1f} MB",
            found["folder_bytes"] <= bytes_most
            and found["largest_file_bytes"] <= bench_table.MOST_FILE_BYTES,
        ),
        line(
            "the model, checked and loaded",
            f"{found['load_s']:.2f} s",
            f"{bench_table.MOST_LOAD_S:g} s",
            "",
            found["load_s"] <= bench_table.MOST_LOAD_S,
        ),
        line(
            f"a table of {found['posts']:,} posts",
            f"{found['table_s']:.1f} s",
            f"{bench_table.MOST_TABLE_S:g} s",
            "",
            found["table_s"] <= bench_table.MOST_TABLE_S,
        ),
    ]


def show(lines: list[dict[str, Any]]) -> None:
    """Print lines of the table."""
    for each in lines:
        mark = "" if each["kept"] else "  MISSED"
        print(
            f"{each['what']:<36s}{each['measured']:>10s}   {each['target']:<12s}"
            f"{each['alternative']}{mark}".rstrip(),
            flush=True,
        )


def main(arguments: list[str] | None = None) -> int:
    """Print every line of the table and the stages of each clip, and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs; the median is shown")
    parser.add_argument("--speech-backend", default=bench_clip.DEFAULT_BACKEND)
    parser.add_argument("--no-install", action="store_true", help="leave the installation out")
    add_out(parser)
    options = parser.parse_args(arguments)
    begun, others = time.perf_counter(), Others()
    lines: list[dict[str, Any]] = []

    def add(more: list[dict[str, Any]]) -> None:
        show(more)
        lines.extend(more)

    print(f"{'what':<36s}{'measured':>10s}   {'target':<12s}alternative in the same run")
    clips = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frames = bench_frames.measured(*bench_frames.SIZES[-1], folder, options.repeats + 2)
        add(frame_lines(frames))
        for case in bench_clip.CASES:
            found = bench_clip.measured(case, folder, options.repeats, options.speech_backend)
            clips.append(found)
            add(clip_lines(found))
        path = folder / "changed.mp4"
        duration_s = bench_what_if.DURATIONS_S[0]
        write_clip(path, 576, 1024, duration_s, speech(duration_s))
        changes = [
            {"duration_s": duration_s, **each}
            for known in (True, False)
            for each in bench_what_if.measured(path, known, WHAT_IF_REPEATS)
        ]
        add(change_lines(changes, clips[1]["ours"]["seconds"]["whole"]))
        start = {way: bench_start.measured(way, path, 1) for way in bench_start.WAYS}
        add(start_lines(start))
        craft = bench_craft.measured_craft(options.repeats)
        add(craft_lines(craft))
    builds: list[dict[str, Any]] = []
    print()
    with tempfile.TemporaryDirectory() as name:
        try:
            builds = bench_builds.measured(Path(name), options.repeats)
        except RuntimeError as error:
            print(error)
    print()
    large_table = bench_table.measured(bench_table.POSTS)
    add(table_lines(large_table))
    for found in clips:
        bench_clip.show(found)
    print("\nThe environment that ran this")
    install = bench_install.contents()
    bench_install.show(install)
    if not options.no_install:
        print()
        try:
            install["fresh"] = bench_install.fresh()
            add(install_lines(install))
        except RuntimeError as error:
            print(f"No environment could be made: {error}")

    print(f"\n{time.perf_counter() - begun:.0f} s in all; {others}")
    for section, figures in (
        ("table", lines),
        ("frames", [frames]),
        (f"clips with {options.speech_backend}", clips),
        ("what-if", changes),
        ("start", start),
        ("craft", craft),
        ("large table", large_table),
        ("builds", {"lines": builds, "others_cores": others.cores()}),
        ("install", install),
        ("others_cores", others.cores()),
    ):
        keep(options.out, section, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
