"""From a folder or a table of posts to a table of features, resumed where an earlier run
stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from viral.batch.rows import Row, check_weights
from viral.batch.shards import Store, claimed
from viral.batch.sources import Sources, sources_of
from viral.batch.workers import MeasuredBy, Outcome, Workers
from viral.errors import TableError
from viral.messages import Message
from viral.posts.writing import check_output
from viral.settings import settings

SHARD_ROWS = 32
"""Rows of a shard: what is lost at most when the machine goes down."""
SHARD_AGE_S = 30.0
"""A shard is written after this long although it is not full."""

OnProgress = Callable[[str, int, int], None]
"""Called with what is being done (`Clips`, `Rows`), how many are done and how many there are."""


@dataclass(frozen=True)
class Extraction:
    """What became of the clips."""

    rows: int
    """Of the table."""
    measured: int
    """Clips that were looked at in this run."""
    kept: int
    """Clips that an earlier run had measured, or that have the content of another one."""
    failures: tuple[tuple[str, str], ...]
    """Name and reason of each clip that was not measured."""
    left_out: tuple[str, ...]
    """One sentence for each row of the table of posts that could not be used."""
    damaged: tuple[str, ...]
    """Shards of an earlier run that could not be read; what they held was measured again."""
    restarts: int
    """Processes that died and were replaced."""
    seconds: float
    """Wall time."""


def _nothing(what: str, done: int, total: int) -> None:
    del what, done, total


class Collector:
    """Takes outcomes in any order, keeps the rows in shards and remembers whose row is whose."""

    def __init__(self, store: Store) -> None:
        """Start with what the store has."""
        self.store = store
        self.keys: dict[int, str] = {}
        self.failures: dict[int, str] = {}
        self.measured = 0
        self._started: set[str] = set()
        self._held: set[str] = set()
        self._failed_keys: dict[str, str] = {}
        self._waiting: list[Row] = []
        self._since_s = time.monotonic()

    def is_wanted(self, key: str) -> bool:
        """Say whether a content is new, and take it to be in hand from now on."""
        if key in self.store or key in self._started:
            return False
        self._started.add(key)
        return True

    def take(self, outcome: Outcome) -> None:
        """Take one outcome, and write a shard when it is time.

        Raises
        ------
        TableError
            The disk is full or the folder may not be written to.
        """
        if outcome.key is not None:
            self.keys[outcome.place] = outcome.key
        if outcome.failure is not None:
            self.failures[outcome.place] = outcome.failure
            if outcome.key is not None:
                self._failed_keys[outcome.key] = outcome.failure
        elif outcome.row is not None and self._is_new(outcome.row["key"]):
            self.measured += 1
            self._held.add(outcome.row["key"])
            self._waiting.append(outcome.row)
        age_s = time.monotonic() - self._since_s
        if len(self._waiting) >= SHARD_ROWS or (self._waiting and age_s > SHARD_AGE_S):
            self.flush()

    def _is_new(self, key: str) -> bool:
        # Workers of a cluster do not ask each other whether they have the same content in hand.
        return key not in self._held and key not in self.store

    def flush(self) -> None:
        """Write what is waiting; the rows stay here if that fails."""
        waiting, self._since_s = self._waiting, time.monotonic()
        self.store.write(waiting)
        self._started.difference_update(row["key"] for row in waiting)
        self._held.clear()
        self._waiting = []

    def settle(self) -> None:
        """Give each clip that was passed over the fate of the one with its content."""
        for place, key in self.keys.items():
            if key not in self.store and place not in self.failures and key in self._failed_keys:
                self.failures[place] = self._failed_keys[key]


def _named(sources: Sources) -> Iterator[tuple[int, Path]]:
    for place, given in enumerate(sources.given):
        if given:
            yield place, sources.path(place)


def extract(
    source: Path,
    out: Path,
    *,
    processes: int | None = None,
    measured_by: MeasuredBy | None = None,
    on_progress: OnProgress = _nothing,
) -> Extraction:
    """Measure the clips of a folder or of a table of posts and write a table of features.

    Parameters
    ----------
    source : Path
        A folder, or a table of posts with a column `video_path`.
    out : Path
        A .parquet to write. Rows of an earlier table there are used again where the content and
        the way of measuring are the same.
    processes : int, optional
        How many clips are looked at at a time, `settings().threads` by default; the table does not
        depend on it.
    measured_by : callable, optional
        Who looks at the clips where this machine does not: `viral.cluster.clips.measured_by`.
    on_progress : callable
        Told how far it has come.

    Raises
    ------
    TableError
        There are no clips, none could be measured, or the table cannot be written. What was
        measured is kept beside `out`, and the next run goes on from there.
    WeightsError
        A network is not installed.
    ClusterError
        Ray is not installed, or the cluster does not answer.
    """
    start_s = time.monotonic()
    check_parquet(out)
    sources = sources_of(source)
    check_weights()
    with claimed(out):
        store = Store(out)
        collector = Collector(store)
        workers = Workers(processes or settings().threads, collector.is_wanted)
        named = sum(map(bool, sources.given))
        if measured_by is None:
            outcomes = workers.outcomes(_named(sources))
        else:
            outcomes = measured_by(list(_named(sources)), store.known_keys, processes)
        on_progress("Clips", 0, named)
        try:
            for done, outcome in enumerate(outcomes, start=1):
                collector.take(outcome)
                on_progress("Clips", done, named)
        finally:
            collector.flush()
        return finished(
            sources,
            out,
            collector,
            start_s=start_s,
            restarts=workers.restarts,
            on_progress=on_progress,
        )


def check_parquet(out: Path) -> None:
    """Refuse an output that could not be written, before any work is done.

    Raises
    ------
    TableError
        It does not end in .parquet, or its folder is not there.
    """
    if out.suffix.lower() != ".parquet":
        raise TableError(Message("output.parquet", file=out.name))
    check_output(out)


def finished(
    sources: Sources,
    out: Path,
    collector: Collector,
    *,
    start_s: float,
    restarts: int,
    on_progress: OnProgress,
) -> Extraction:
    """Write the table from the shards and say what became of the clips.

    Raises
    ------
    TableError
        No clip could be measured, or the table cannot be written.
    """
    collector.settle()
    named = sum(map(bool, sources.given))
    failures = tuple(
        (sources.given[place], reason) for place, reason in sorted(collector.failures.items())
    )
    if len(failures) == named:
        raise TableError(
            Message("batch.none_measured", count=named, first=failures[0][0], reason=failures[0][1])
        )
    collector.store.finish(
        out,
        sources,
        collector.keys,
        collector.failures,
        lambda done: on_progress("Rows", done, len(sources)),
    )
    return Extraction(
        rows=len(sources),
        measured=collector.measured,
        kept=named - collector.measured - len(failures),
        failures=failures,
        left_out=sources.left_out,
        damaged=tuple(collector.store.damaged),
        restarts=restarts,
        seconds=time.monotonic() - start_s,
    )
