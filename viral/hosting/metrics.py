"""Counts and seconds of the app since it started, in the text format of Prometheus.

Labels are names known beforehand (a route, a stage, a kind of error), never anything that was sent.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

Labels = tuple[tuple[str, str], ...]

HELP = {
    "viral_requests_total": "Requests answered, by route and status.",
    "viral_refused_total": "Requests turned away before they reached the app, by reason.",
    "viral_clips_total": "Clips looked at, by outcome.",
    "viral_errors_total": "Clips and requests that failed, by kind of error.",
    "viral_stage_seconds": "Seconds in each stage of looking at a clip.",
    "viral_request_seconds": "Seconds until a request was answered, by route.",
    "viral_resident_bytes": "Memory of the app.",
    "viral_stored_bytes": "Bytes of clips on disk.",
    "viral_uptime_seconds": "Seconds since the app started.",
}
MAX_SERIES = 500
"""Label sets kept; there are a few dozen, and a mistake must not fill the memory."""


class Metrics:
    """A small registry; safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start at zero."""
        self._clock = clock
        self._started_s = clock()
        self._lock = threading.Lock()
        self._counts: defaultdict[tuple[str, Labels], float] = defaultdict(float)
        self._sums: defaultdict[tuple[str, Labels], list[float]] = defaultdict(lambda: [0.0, 0.0])

    @property
    def uptime_s(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started_s

    def count(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Add to a counter."""
        key = (name, tuple(sorted(labels.items())))
        with self._lock:
            if key in self._counts or len(self._counts) < MAX_SERIES:
                self._counts[key] += amount

    def took(self, name: str, seconds: float, **labels: str) -> None:
        """Add a duration to a summary."""
        key = (name, tuple(sorted(labels.items())))
        with self._lock:
            if key in self._sums or len(self._sums) < MAX_SERIES:
                total = self._sums[key]
                total[0] += 1
                total[1] += seconds

    def value(self, name: str, **labels: str) -> float:
        """Return a counter's value."""
        with self._lock:
            return self._counts.get((name, tuple(sorted(labels.items()))), 0.0)

    def stages(self, on_stage: Callable[[str], None]) -> StageClock:
        """Return a clock that passes stages on and notes how long each took."""
        return StageClock(self, on_stage, self._clock)

    def text(self, stored_bytes: int = 0) -> str:
        """Return everything as Prometheus reads it."""
        with self._lock:
            counts, sums = dict(self._counts), {key: tuple(v) for key, v in self._sums.items()}
        rows: defaultdict[str, list[str]] = defaultdict(list)
        for (name, labels), number in sorted(counts.items()):
            rows[name].append(f"{name}{_labels(labels)} {number:g}")
        for (name, labels), (number, seconds) in sorted(sums.items()):
            rows[name].append(f"{name}_count{_labels(labels)} {number:g}")
            rows[name].append(f"{name}_sum{_labels(labels)} {seconds:.6f}")
        gauges = {
            "viral_resident_bytes": resident_bytes(),
            "viral_stored_bytes": stored_bytes,
            "viral_uptime_seconds": round(self.uptime_s, 3),
        }
        lines = []
        for name, help_text in HELP.items():
            summary = name.endswith("_seconds") and name not in gauges
            kind = "gauge" if name in gauges else "summary" if summary else "counter"
            lines += [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}", *rows.pop(name, [])]
            if name in gauges:
                lines.append(f"{name} {gauges[name]}")
        return "\n".join([*lines, ""])


class StageClock:
    """Called with each stage's name as it begins; `finish` ends the last one."""

    def __init__(
        self, metrics: Metrics, on_stage: Callable[[str], None], clock: Callable[[], float]
    ) -> None:
        """Start outside any stage."""
        self._metrics = metrics
        self._on_stage = on_stage
        self._clock = clock
        self._stage: tuple[str, float] | None = None

    def __call__(self, stage: str) -> None:
        """End the stage before and begin this one."""
        self.finish()
        self._stage = (stage, self._clock())
        self._on_stage(stage)

    def finish(self) -> None:
        """End the stage that is under way, if there is one."""
        if self._stage is not None:
            name, started_s = self._stage
            self._metrics.took("viral_stage_seconds", self._clock() - started_s, stage=name)
            self._stage = None


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    written = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{written}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def resident_bytes() -> int:
    """Return the memory of this process, or 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * 4096


METRICS = Metrics()
"""Those of this process."""
