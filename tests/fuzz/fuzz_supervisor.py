"""Starts fuzz workers, notices what hangs, dies or grows, and keeps the inputs that did it."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("fuzz_worker.py")
PROJECT_ROOT = WORKER.parent.parent.parent
LONGEST_S = 20.0
"""What an input may take: the longest that a user is promised to wait for a refusal."""
LONGEST_START_S = 240.0
"""Loading every model on a busy machine."""
MOST_GROWTH_MB = 200.0
"""Between the first third of the states and the last: caches fill at first, leaks go on."""
MOST_NEW_FILES = 8
MOST_CHILDREN = 2
"""The decoding server and, after a table that names clips, the tracker that multiprocessing keeps;
decoding children are gone when a prediction is there."""
MOST_WRONG = 20
"""Failures after which a worker is not started again."""


@dataclass
class Report:
    """What became of the inputs of one kind."""

    kind: str
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """One entry for each failure: the number of the input, and what happened."""
    longest_s: float = 0.0
    names: dict[str, str] = field(default_factory=dict)
    """Name of an input that has one -> outcome."""
    states: list[dict[str, Any]] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        """How many inputs were worked on."""
        return sum(self.outcomes.values())

    def growth(self) -> list[str]:
        """Say what has grown from the first states to the last."""
        if len(self.states) < 3:
            return []
        third = self.states[len(self.states) // 3]
        last = self.states[-1]
        said = []
        if last["rss_mb"] - third["rss_mb"] > MOST_GROWTH_MB:
            said.append(f"memory grew from {third['rss_mb']:.0f} to {last['rss_mb']:.0f} MB")
        if last["files"] - third["files"] > MOST_NEW_FILES:
            said.append(f"open files grew from {third['files']} to {last['files']}")
        most = max(state["children"] for state in self.states)
        if most > MOST_CHILDREN:
            said.append(f"{most} child processes are left")
        return said

    def __str__(self) -> str:
        """Return one line for a person."""
        outcomes = ", ".join(f"{count:,} {name}" for name, count in sorted(self.outcomes.items()))
        memory = f", {self.states[-1]['rss_mb']:.0f} MB at the end" if self.states else ""
        longest = f"longest {self.longest_s:.1f} s"
        return f"{self.kind}: {self.inputs:,} inputs ({outcomes}), {longest}{memory}"


def _environment(scratch: Path, variables: dict[str, str]) -> dict[str, str]:
    return {
        **os.environ,
        "TMPDIR": str(scratch),
        "VIRAL_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "PYTHONPATH": str(PROJECT_ROOT),
        "PYTHONFAULTHANDLER": "1",
        **variables,
    }


class _Worker:
    """One worker process and what it says."""

    def __init__(self, words: list[str], environment: dict[str, str], errors: Path) -> None:
        self._errors = errors.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            cwd=PROJECT_ROOT,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self._pipe = self.process.stdout.fileno()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pipe, selectors.EVENT_READ)
        self._rest = b""

    def news(self, patience_s: float) -> dict[str, Any] | None:
        """Return the next line, or None when the worker has ended.

        Raises
        ------
        TimeoutError
            Nothing came.
        """
        until = time.monotonic() + patience_s
        while b"\n" not in self._rest:
            left_s = until - time.monotonic()
            if left_s <= 0 or not self._selector.select(left_s):
                raise TimeoutError
            more = os.read(self._pipe, 1 << 16)
            if not more:
                return None
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def end(self) -> int:
        """End the worker with all it started and return its exit code."""
        # The decoding server is in a session of its own; it ends when its socket is closed.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        code = self.process.wait()
        self._selector.close()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._errors.close()
        return code


def fuzz(
    kind: str,
    *,
    seed: int,
    count: int,
    first: int = 0,
    failures: Path,
    variables: dict[str, str] | None = None,
) -> Report:
    """Feed `count` inputs of one kind and report; the inputs that failed are copied to
    `failures`."""
    report = Report(kind)
    number, last = first, first + count
    with tempfile.TemporaryDirectory(prefix="viral-fuzz-") as name:
        folder, scratch = Path(name) / "inputs", Path(name) / "scratch"
        folder.mkdir()
        scratch.mkdir()
        errors = Path(name) / "errors.log"
        while number < last and len(report.wrong) < MOST_WRONG:
            # What a worker that died has left is told once, not by every input after it.
            shutil.rmtree(scratch)
            scratch.mkdir()
            words = [kind, str(seed), str(number), str(last - number), str(folder)]
            worker = _Worker(words, _environment(scratch, variables or {}), errors)
            number = _followed(worker, report, number, folder, failures, errors)
    report.wrong += report.growth()
    return report


def _followed(
    worker: _Worker, report: Report, number: int, folder: Path, failures: Path, errors: Path
) -> int:
    """Follow a worker to its end; return the number of the input that comes next."""
    working = False
    while True:
        try:
            news = worker.news(LONGEST_S if working else LONGEST_START_S)
        except TimeoutError:
            worker.end()
            report.outcomes["hung"] += 1
            _keep(report, number, f"no answer within {LONGEST_S:g} s", folder, failures)
            return number + 1
        if news is None:
            code = worker.end()
            said = _last_words(errors)
            report.outcomes["died"] += 1
            _keep(report, number, f"the process ended with {code}\n{said}", folder, failures)
            return number + 1
        if "begin" in news:
            working, number = True, news["begin"]
            name = news["name"]
        elif "end" in news:
            working = False
            report.outcomes[news["outcome"]] += 1
            report.longest_s = max(report.longest_s, news["took_s"])
            if name:
                report.names[name] = news["outcome"]
            if news["outcome"] == "wrong":
                _keep(report, number, news["why"], folder, failures)
            number += 1
        elif "state" in news:
            report.states.append(news)
            if news["why"]:
                report.wrong.append(f"after input {number}: {news['why']}")
        elif "done" in news:
            worker.end()
            # hypothesis may run out of new values; what it had to say is said.
            return sys.maxsize
        if len(report.wrong) >= MOST_WRONG:
            worker.end()
            return sys.maxsize


def _last_words(errors: Path) -> str:
    """Return what the worker said when it died: where it was, not the list of its libraries."""
    said = errors.read_text(errors="replace")
    at = said.rfind("Fatal Python error")
    return said[at:][:1500] if at >= 0 else said[-1500:]


def _keep(report: Report, number: int, why: str, folder: Path, failures: Path) -> None:
    report.wrong.append(f"input {number}: {why}")
    failures.mkdir(parents=True, exist_ok=True)
    # Of an input that hung or died there is no copy; it is still where it was worked on.
    for path in [*folder.glob(f"kept-{number}*")] or [*folder.glob("input*")]:
        shutil.copy(path, failures / f"{report.kind}-{number}{path.suffix}")
