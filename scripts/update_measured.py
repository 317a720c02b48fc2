"""Write the tables of docs/performance.md and docs/scaling.md from what the benchmarks measured.

The figures are those of `benchmarks/measured.json`, which `make bench` and the other benchmarks
write with `--out`; the tables stand between marks as in README.md.

    python scripts/update_measured.py            # write; also part of `make readme`
    python scripts/update_measured.py --check    # say what is out of date, and exit with 1
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from update_readme import BLOCK, ROOT, table

sys.path.insert(0, str(ROOT / "benchmarks"))

import scaling

MEASURED = ROOT / "benchmarks" / "measured.json"
DOCUMENTS = (ROOT / "docs" / "performance.md", ROOT / "docs" / "scaling.md")
PARTS = ("read", "look", "listen", "transcribe", "embed text", "pool", "score", "explain")
Measured = dict[str, Any]


def machine_block(found: Measured) -> str:
    """Return what the figures were measured on."""
    machine = found["machine"]
    return (
        f"{machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_bytes'] / 1e9:.0f} GB, Python {machine['python']}; others used "
        f"{found['others_cores']:.1f} cores meanwhile."
    )


def targets_block(found: Measured) -> str:
    """Return the targets, what was measured and the alternative in the same run."""
    return table(
        ["what", "measured", "target", "alternative in the same run", "kept"],
        [
            (
                each["what"].strip(),
                each["measured"],
                each["target"],
                each["alternative"],
                "yes" if each["kept"] else "**no**",
            )
            for each in found["table"]
        ],
    )


def builds_block(found: Measured) -> str:
    """Return this build beside the earlier one, in turn in one run."""
    lines = []
    for each in found["builds"]["lines"]:
        before, now, times = each["earlier"], each["ours"], each["times"]
        cells = [each["what"]]
        for name, unit, scale, form in (
            ("wall_s", "s", 1.0, ".1f"),
            ("processor_s", "s", 1.0, ".1f"),
            ("bytes", "MB", 1e-6, ".0f"),
        ):
            was, is_now = f"{before[name] * scale:{form}}", f"{now[name] * scale:{form}}"
            cells.append(f"{was} → {is_now} {unit}, {times[name]:.1f} x")
        lines.append(tuple(cells))
    return table(["what", "wall", "processor", "memory with children"], lines)


def builds_busy_block(found: Measured) -> str:
    """Return how busy others were meanwhile."""
    return f"Others used {found['builds']['others_cores']:.1f} cores meanwhile."


def loading_block(found: Measured) -> str:
    """Return what loading takes, as published and as it is kept."""
    return table(
        ["what is loaded: before, now", "processor", "memory"],
        [
            (
                each["what"],
                f"{each['published']['processor_s']:.2f} → {each['kept']['processor_s']:.2f} s",
                f"{each['published']['bytes'] / 1e6:.0f} → {each['kept']['bytes'] / 1e6:.0f} MB",
            )
            for each in found["loading"]
        ],
    )


def stages_block(found: Measured) -> str:
    """Return the stages of each clip beside their limits and the plain way."""
    lines = []
    for clip in found["clips with faster-whisper"]:
        floors = clip["floors"]["stages"]
        for stage in PARTS:
            ours_s = clip["ours"]["seconds"][stage]
            limit_s = floors.get(stage, {}).get("limit_s")
            plain_s = clip["plain"]["seconds"].get(stage)
            if limit_s is None and plain_s is None:
                continue
            lines.append(
                (
                    clip["clip"],
                    stage,
                    f"{ours_s:.3f} s",
                    "" if limit_s is None else f"{limit_s:.3f} s",
                    "" if limit_s is None else f"{100 * limit_s / ours_s:.0f} %",
                    "" if plain_s is None else f"{plain_s:.2f} s",
                )
            )
    return table(["clip", "stage", "ours", "limit", "of the limit", "straightforward"], lines)


def engines_block(found: Measured) -> str:
    """Return the speech engines on the same sounds."""
    lines = []
    for engine, result in found["speech"].items():
        for kind, sums in result["found"].items():
            lines.append(
                (
                    engine,
                    kind,
                    f"{sums['seconds'] / sums['sound_s']:.3f} s",
                    f"{sums['wrong']:.0f} of {sums['words']:.0f}",
                    f"{sums['start_off_s'] / sums['clips']:.2f} s",
                    f"{sums['alone_off_s'] / sums['clips']:.2f} s",
                    f"{result['cold_s']:.1f} s",
                    f"{result['bytes'] / 1e6:.0f} MB",
                )
            )
    head = ["engine", "sound", "a second of sound", "words wrong", "first word off"]
    return table([*head, "as the engine has it", "first time", "memory"], lines)


def many_block(found: Measured) -> str:
    """Return the runs of `viral extract`."""
    return table(
        ["clips", "each", "processes", "clips a second", "memory first, last, most", "others used"],
        [
            (
                f"{result['clips']:,}",
                result["kind"],
                str(run["processes"]),
                f"{run['clips_per_s']:.2f}",
                ", ".join(f"{size:.0f}" for size in run["megabytes"]) + " MB",
                f"{run['others_cores']:.1f} cores",
            )
            for result in (found["extract"], found["many clips"])
            for run in result["runs"]
        ],
    )


def units_block(found: Measured) -> str:
    """Return what one clip costs."""
    unit = scaling.units(found)
    return table(
        ["unit", "cost"],
        [
            ("15 s 576x1024 with speech", f"{unit['spoken_core_s']:.2f} core seconds"),
            ("15 s 576x1024 without speech", f"{unit['silent_core_s']:.2f} core seconds"),
            ("a row on disk and on the way", scaling.size(unit["row_bytes"])),
            ("a row in the index of the one that collects", scaling.size(unit["index_bytes"])),
            ("rows written to shards", f"{unit['written_per_s']:,.0f} a second"),
            ("rows put together to a table", f"{unit['finished_per_s']:,.0f} a second"),
        ],
    )


def clips_block(found: Measured) -> str:
    """Return what a million and a hundred million clips cost."""
    return table(["", *(f"{clips:,} clips" for clips in scaling.CLIPS)], scaling.rows(found))


def collector_block(found: Measured) -> str:
    """Return how many cores one collecting machine keeps up with."""
    cores = scaling.most_cores(scaling.units(found))
    return f"One collecting machine keeps up with about {cores:,.0f} cores."


def training_block(found: Measured) -> str:
    """Return time and memory of growing trees."""
    return table(
        ["rows", "grown by", "seconds", "memory at most", "of which the table"],
        [
            (
                f"{each['rows']:,}",
                "two workers" if each["way"] == "ray" else "one process",
                f"{each['seconds']:.1f}",
                f"{each['most'] / 1e9:.2f} GB",
                f"{each['table_bytes'] / 1e9:.2f} GB",
            )
            for each in found["training"]
        ],
    )


def users_block(found: Measured) -> str:
    """Return the load run."""
    lines = []
    for result in found["users"]:
        for action, times in result["actions"].items():
            lines.append(
                (
                    str(result["users"]),
                    f"{result['clips_per_s']:.2f}",
                    action,
                    f"{times['p50_s']:.2f} s",
                    f"{times['p95_s']:.2f} s",
                    str(result["longest_queue"]),
                    "; ".join(result["problems"]) or "none",
                )
            )
    head = ["users", "clips a second", "action", "p50", "p95", "longest queue shown", "problems"]
    return table(head, lines)


def memory_block(found: Measured) -> str:
    """Return memory over many predictions."""
    result = found["memory"]
    some = result["megabytes"][:: max(len(result["megabytes"]) // 8, 1)]
    return table(
        ["predictions", "memory"], [(f"{number:,}", f"{size:.0f} MB") for number, size in some]
    )


BLOCKS: dict[str, Callable[[Measured], str]] = {
    "machine": machine_block,
    "targets": targets_block,
    "builds": builds_block,
    "meanwhile": builds_busy_block,
    "loading": loading_block,
    "stages": stages_block,
    "engines": engines_block,
    "many": many_block,
    "units": units_block,
    "clips": clips_block,
    "collector": collector_block,
    "training": training_block,
    "users": users_block,
    "memory": memory_block,
}


def updated(text: str, found: Measured) -> str:
    """Return a document with fresh tables.

    Raises
    ------
    KeyError
        It has a place for an unknown table.
    """
    return BLOCK.sub(
        lambda match: match[1] + BLOCKS[match[2]](found) + "\n" + match[4],
        text,
    )


def main(arguments: list[str] | None = None) -> int:
    """Write the tables, or check them; return 1 if they were checked and are out of date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if stale")
    options = parser.parse_args(arguments)
    found = json.loads(MEASURED.read_text(encoding="utf-8"))
    stale = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        fresh = updated(text, found)
        if fresh != text:
            stale.append(document.name)
            if not options.check:
                document.write_text(fresh, encoding="utf-8")
    for name in stale:
        print(f"{name} is out of date; run `make readme`." if options.check else f"{name} written.")
    return int(options.check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
