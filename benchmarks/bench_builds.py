"""This build beside an earlier one, in turn in one run: seconds, processor seconds and memory.

The earlier build is checked out once, into a folder of the cache; both run with the packages that
are installed here. Wall time says little on a machine that others use, processor time and memory
more, and the ratio of two that took turns most. Run it with:

    python benchmarks/bench_builds.py
    python benchmarks/bench_builds.py --repeats 5 --only predict --out benchmarks/measured.json
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_clip import ACCOUNT, CAPTION, CASES, WARM
from bench_start import WAYS, app
from busy import Others
from processes import Watch, tree_processor_s
from results import add_out, keep

ROOT = Path(__file__).resolve().parent.parent
EARLIER = "9beba14"
"""The build that is kept beside this one."""
POSTS = 20_000
PREDICT = """
import sys
try:
    from viral.commands.cli import main
except ImportError:
    from viral.cli import main
sys.exit(main())
"""
TABLE = """
import sys
from pathlib import Path
try:
    from viral.batch.predict_table import predict_file
except ImportError:
    from viral.tables import predict_file
predict_file(Path(sys.argv[1]))
"""
BUILDS = ("earlier", "ours")
FIGURES = ("wall_s", "processor_s", "bytes")


def earlier_build(revision: str = EARLIER) -> Path:
    """Return the folder of the earlier build, checked out at the first call.

    Raises
    ------
    RuntimeError
        This is no clone that has it.
    """
    from viral.settings import settings

    folder = settings().cache_dir / "builds" / revision
    if not (folder / "viral").is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "worktree", "prune"], cwd=ROOT, check=False)
        command = ["git", "worktree", "add", "--detach", str(folder), revision]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{revision} cannot be checked out: {done.stderr.strip()}")
    return folder


def _environment(build: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(build)}


def run(build: Path, *arguments: str | Path) -> dict[str, Any]:
    """Run Python in a build; return wall and processor seconds, peak memory, and what it printed.

    Raises
    ------
    RuntimeError
        It failed; its last words are in the message.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=build,
        env=_environment(build),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watch = Watch(process)
    out, err = process.communicate()
    if process.returncode:
        raise RuntimeError(err[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return {
        "wall_s": time.perf_counter() - start,
        "processor_s": used,
        "bytes": watch.most_bytes,
        "out": out,
    }


def predict(clip: Path) -> Callable[[Path], dict[str, Any]]:
    """Return how `viral predict` runs in a process of its own."""
    views = ",".join(str(count) for count in ACCOUNT["recent_views"])
    account = ("--followers", str(ACCOUNT["followers"]), "--recent-views", views)
    given = ("-c", PREDICT, "predict", clip, "--caption", CAPTION, *account, "--json")
    return lambda build: run(build, *given)


def warm_clip(clip: Path, warm: Path) -> Callable[[Path], dict[str, Any]]:
    """Return how a clip is analysed once the models are there."""

    def measure(build: Path) -> dict[str, Any]:
        script = build / "benchmarks" / "bench_clip.py"
        given = (script, "--way", "ours", "--clip", clip, "--warm", warm, "--repeats", "3")
        found = run(build, *given)
        inside = json.loads(found["out"].splitlines()[-1])
        return {
            "wall_s": inside["seconds"]["whole"],
            "processor_s": inside["processor_s"],
            "bytes": found["bytes"],
        }

    return measure


def start(clip: Path) -> Callable[[Path], dict[str, dict[str, Any]]]:
    """Return how the app starts and answers its first visitor."""
    from gradio_client import Client, handle_file

    def measure(build: Path) -> dict[str, dict[str, Any]]:
        with app(WAYS["ours"], _environment(build), build) as running:
            page = {
                "wall_s": running.first_page_s,
                "processor_s": tree_processor_s(running.pid),
                "bytes": running.watch.most_bytes,
            }
            client = Client(running.url, verbose=False)
            client.predict(
                clip=handle_file(str(clip)), caption=CAPTION, api_name="/predict", **ACCOUNT
            )
            return {
                "cold start to first page": page,
                "cold start to first prediction": {
                    "wall_s": time.perf_counter() - running.started,
                    "processor_s": tree_processor_s(running.pid),
                    "bytes": running.watch.most_bytes,
                },
            }

    return measure


@dataclass
class Runs:
    """What both builds took for one thing."""

    what: str
    found: dict[str, list[dict[str, Any]]]

    def medians(self) -> dict[str, dict[str, float]]:
        """Return build -> figure -> median."""
        return {
            build: {name: statistics.median(each[name] for each in runs) for name in FIGURES}
            for build, runs in self.found.items()
        }

    def ratios(self) -> dict[str, float]:
        """Return figure -> how many times less it is now; of runs that took turns, the median."""
        pairs = list(zip(self.found["earlier"], self.found["ours"], strict=True))
        return {
            name: statistics.median(before[name] / max(now[name], 1e-9) for before, now in pairs)
            for name in FIGURES
        }

    def figures(self) -> dict[str, Any]:
        """Return what is kept."""
        return {"what": self.what, **self.medians(), "times": self.ratios()}

    def show(self) -> None:
        """Print a line."""
        medians, ratios = self.medians(), self.ratios()
        shown = []
        for name, unit, scale in (
            ("wall_s", "s", 1),
            ("processor_s", "s", 1),
            ("bytes", "MB", 1e-6),
        ):
            before, now = (medians[build][name] * scale for build in BUILDS)
            form = ".0f" if unit == "MB" else ".2f"
            shown.append(f"{before:{form}} -> {now:{form}} {unit} ({ratios[name]:.1f} x)")
        print(f"{self.what:<44s}" + "   ".join(shown), flush=True)


def in_turn(
    what: str, measure: Callable[[Path], dict[str, Any]], builds: dict[str, Path], repeats: int
) -> list[Runs]:
    """Measure both builds in turn."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for turn in range(repeats):
        for name in BUILDS if turn % 2 == 0 else reversed(BUILDS):
            taken = measure(builds[name])
            parts = taken if "wall_s" not in taken else {what: taken}
            for part, figures in parts.items():
                found.setdefault(part, {each: [] for each in BUILDS})[name].append(figures)
    return [Runs(part, runs) for part, runs in found.items()]


def measured(folder: Path, repeats: int, only: str | None = None) -> list[dict[str, Any]]:
    """Measure everything, print a line for each, and return the figures."""
    from bench_table import made_up

    builds = {"earlier": earlier_build(), "ours": ROOT}
    # As an installation does it: what is made once is made before anything is timed.
    run(ROOT, "-c", "from viral.warm_up import prepare; prepare()")
    run(builds["earlier"], "-c", "from viral.loading import prepare; prepare()")
    clips = {str(case): folder / f"{place}.mp4" for place, case in enumerate(CASES)}
    for case, path in zip(CASES, clips.values(), strict=True):
        case.write(path)
    warm, table = folder / "warm.mp4", folder / "posts.parquet"
    WARM.write(warm)
    made_up(POSTS).to_parquet(table)
    spoken = clips[str(CASES[1])]
    cases: dict[str, Callable[[Path], dict[str, Any]]] = {
        **{f"viral predict, {name}": predict(path) for name, path in clips.items()},
        "cold start": start(spoken),
        **{f"warm, {name}": warm_clip(path, warm) for name, path in clips.items()},
        f"a table of {POSTS:,} posts": lambda build: run(build, "-c", TABLE, table),
    }
    print(
        f"{EARLIER} -> this build, in turn {repeats} times: wall, processor, memory with children"
    )
    figures = []
    for what, measure in cases.items():
        if only is not None and only not in what:
            continue
        for runs in in_turn(what, measure, builds, repeats):
            runs.show()
            figures.append(runs.figures())
    return figures


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each thing that both builds do and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="turns; the median is shown")
    parser.add_argument("--only", help="leave out what has not this in its name")
    add_out(parser)
    options = parser.parse_args(arguments)
    others = Others()
    with tempfile.TemporaryDirectory() as folder:
        try:
            figures = measured(Path(folder), options.repeats, options.only)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 2
    print(others)
    keep(options.out, "builds", {"lines": figures, "others_cores": others.cores()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
