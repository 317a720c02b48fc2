"""Every file of some folders through `viral predict FILE`, each in a process of its own.

Printed is a line for each file: seconds, of them the processor's (which say how much of the time
others had), exit code, and the one line that a person gets, a forecast or a refusal; those in which
something is wrong come last, before them the slowest.
Something is wrong where a file takes longer than it may, the exit code is neither 0 nor 2, a
refusal has more than one line or a traceback, or anything is left in the folder of temporary files
or the working folder. Then the exit code is 1.

    python benchmarks/nasty_files.py ../shared/media/nasty ../shared/media/samples
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from busy import Others

ROOT = Path(__file__).resolve().parent.parent
LONGEST_S = 20.0
"""What a person is promised to wait at most for a forecast or a refusal."""
GRACE_S = 40.0
"""Beyond it, so that what is too slow is timed rather than cut off."""


@dataclass(frozen=True)
class Ran:
    """What became of a file."""

    name: str
    seconds: float
    processor_s: float
    """Of the command and all it started, on all cores."""
    code: int
    said: str
    """All that was printed, forecast or refusal."""
    left: tuple[str, ...]
    """Files that are still there afterwards."""

    def wrong(self) -> str:
        """Return what is wrong, or nothing."""
        found = []
        if self.seconds > LONGEST_S:
            found.append(f"took over {LONGEST_S:.0f} s")
        if self.code not in (0, 2):
            found.append(f"exit code {self.code}")
        if "Traceback" in self.said:
            found.append("a traceback")
        lines = self.said.strip().splitlines()
        if self.code == 2 and (len(lines) != 1 or not lines[0].startswith("viral: ")):
            found.append("no one line that begins with viral:")
        if self.left:
            found.append(f"left {', '.join(self.left)}")
        return "; ".join(found)

    def __str__(self) -> str:
        """Return the line for it."""
        first = next(iter(self.said.strip().splitlines()), "")
        wrong = self.wrong()
        took = f"{self.seconds:5.1f} s, {self.processor_s:4.1f} s busy"
        told = f"{took}  exit {self.code:>3}  {self.name}: {first}"
        return f"{told}  WRONG: {wrong}" if wrong else told


def predicted(path: Path, command: Sequence[str]) -> Ran:
    """Run a command on a file, with folders of its own to leave things in."""
    with tempfile.TemporaryDirectory(prefix="viral-nasty-") as name:
        scratch, working = Path(name) / "scratch", Path(name) / "working"
        scratch.mkdir()
        working.mkdir()
        given = {**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": str(ROOT)}
        start, busy = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        with subprocess.Popen(
            [*command, str(path)],
            cwd=working,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process:
            try:
                said = process.communicate(timeout=LONGEST_S + GRACE_S)[0]
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                said = process.communicate()[0]
        seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        processor_s = after.ru_utime + after.ru_stime - busy.ru_utime - busy.ru_stime
        left = sorted(
            str(there.relative_to(name)) for there in Path(name).rglob("*") if there.is_file()
        )
    text = said.decode("utf-8", "replace")
    return Ran(path.name, seconds, processor_s, process.returncode, text, (*left,))


def main() -> None:
    """Run every file and print what became of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    chosen = parser.parse_args()
    paths = sorted(path for folder in chosen.folders for path in folder.iterdir() if path.is_file())
    others = Others()
    command = (sys.executable, "-m", "viral.commands.cli", "predict")
    ran = [predicted(path.resolve(), command) for path in paths]
    ran.sort(key=lambda one: (bool(one.wrong()), one.seconds))
    for one in ran:
        print(one)
    wrong = sum(bool(one.wrong()) for one in ran)
    forecasts = sum(one.code == 0 for one in ran)
    refusals = sum(one.code == 2 for one in ran)
    slowest = max((one.seconds for one in ran), default=0.0)
    print(
        f"{len(ran)} files: {forecasts} forecasts, {refusals} refusals, {wrong} wrong; "
        f"the slowest took {slowest:.1f} s. {others}"
    )
    sys.exit(1 if wrong or not ran else 0)


if __name__ == "__main__":
    main()
