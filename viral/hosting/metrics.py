"""Counts and seconds of the app since it started, in the text format of Prometheus.

Labels are names known beforehand (a route, a stage, a kind of error), never anything that was sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Summary,
    disable_created_metrics,
    generate_latest,
)

COUNTERS = {
    "viral_requests_total": ("Requests answered, by route and status.", ("route", "status")),
    "viral_refused_total": ("Requests turned away before they reached the app.", ("reason",)),
    "viral_clips_total": ("Clips looked at, by outcome.", ("outcome",)),
    "viral_errors_total": ("Clips and requests that failed, by kind of error.", ("kind",)),
}
"""Name -> help and the labels that it takes."""
SUMMARIES = {
    "viral_stage_seconds": ("Seconds in each stage of looking at a clip.", ("stage",)),
    "viral_request_seconds": ("Seconds until a request was answered, by route.", ("route",)),
}
GAUGES = {
    "viral_resident_bytes": "Memory of the app.",
    "viral_stored_bytes": "Bytes of clips on disk.",
    "viral_uptime_seconds": "Seconds since the app started.",
}

# When a series began says nothing here, and doubles what is read.
disable_created_metrics()


class Metrics:
    """The counts of one process; safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start at zero."""
        self._clock = clock
        self._started_s = clock()
        self._registry = CollectorRegistry()
        self._counters = {
            name: Counter(name, told, labels, registry=self._registry)
            for name, (told, labels) in COUNTERS.items()
        }
        self._summaries = {
            name: Summary(name, told, labels, registry=self._registry)
            for name, (told, labels) in SUMMARIES.items()
        }
        self._gauges = {
            name: Gauge(name, told, registry=self._registry) for name, told in GAUGES.items()
        }

    @property
    def uptime_s(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started_s

    def count(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Add to a counter."""
        self._counters[name].labels(**labels).inc(amount)

    def took(self, name: str, seconds: float, **labels: str) -> None:
        """Add a duration to a summary."""
        self._summaries[name].labels(**labels).observe(seconds)

    def value(self, name: str, **labels: str) -> float:
        """Return a counter's value."""
        return self._registry.get_sample_value(name, labels) or 0.0

    def stages(self, on_stage: Callable[[str], None]) -> StageClock:
        """Return a clock that passes stages on and notes how long each took."""
        return StageClock(self, on_stage, self._clock)

    def text(self, stored_bytes: int = 0) -> str:
        """Return everything as Prometheus reads it."""
        self._gauges["viral_resident_bytes"].set(resident_bytes())
        self._gauges["viral_stored_bytes"].set(stored_bytes)
        self._gauges["viral_uptime_seconds"].set(round(self.uptime_s, 3))
        return generate_latest(self._registry).decode()


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


def resident_bytes() -> int:
    """Return the memory of this process, or 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * 4096


METRICS = Metrics()
"""Those of this process."""
