"""Clips measured by the workers of a Ray cluster.

The places and paths of the clips go out in small blocks, rows of numbers come back as they are
ready, and this machine writes them to shards as it does with rows of its own. A block whose worker
or node dies is given to another one; what had come back is not measured again. Paths have to mean
the same on all nodes: the clips lie on storage that all can read.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from viral.batch.rows import (
    check_weights,
    clip_schema,
    content_key,
    empty_row,
    method,
    row_or_reason,
)
from viral.batch.workers import DIED, THREADS, MeasuredBy, Outcome, one_thread_for_children
from viral.cluster.connecting import ClusterError, connected, ray, while_it_answers
from viral.errors import ViralError
from viral.messages import Message
from viral.settings import settings

BLOCK_CLIPS = 4
"""What is measured again at most when a worker dies."""
MOST_BLOCKS = 20_000
"""Beyond so many, blocks become larger: this machine keeps an account of each."""
BLOCK_TRIES = 2
"""Of a block whose worker dies, beside the first."""
CARRIED = (
    "speech_backend",
    "max_clip_bytes",
    "max_clip_duration_s",
    "max_frame_pixels",
    "decode_timeout_s",
    "decode_memory_bytes",
)
"""Settings that the workers take over, because rows depend on them."""

Named = tuple[int, Path]
"""Place in the list and path of a clip."""


def outcome_schema() -> pa.Schema:
    """Return the columns of what comes back: an outcome, and the row where there is one."""
    return pa.schema(
        [
            pa.field("place", pa.int64()),
            pa.field("outcome_key", pa.string()),
            pa.field("failure", pa.string()),
            *(field.with_nullable(True) for field in clip_schema()),
        ]
    )


class ClipMeasurer:
    """A worker: takes on the settings once, loads the networks once, then measures blocks."""

    def __init__(self, carried: dict[str, str], how: str, known: frozenset[str]) -> None:
        """Take over the settings; refuse where this node would measure otherwise."""
        os.environ.update(carried)
        with one_thread_for_children():
            settings.cache_clear()
            settings()
        if method() != how:
            raise RuntimeError("a node has another version of Viral than this machine")
        check_weights()
        self._known = known

    def __call__(self, block: pa.Table) -> pa.Table:
        """Measure the clips of a block, in one thread as a worker of one machine does.

        Sums of many numbers end in other digits with two threads, and a node may allow more.
        """
        from threadpoolctl import threadpool_limits

        with threadpool_limits(THREADS):
            return self._measured(block)

    def _measured(self, block: pa.Table) -> pa.Table:
        rows = []
        for place, path in zip(
            block.column("place").to_pylist(), block.column("path").to_pylist(), strict=True
        ):
            outcome: dict[str, object] = {"place": place, "outcome_key": None, "failure": None}
            row = empty_row()
            try:
                outcome["outcome_key"] = key = content_key(Path(path))
                if key not in self._known:
                    found = row_or_reason(Path(path))
                    if isinstance(found, str):
                        outcome["failure"] = found
                    else:
                        row = found
                        outcome["outcome_key"] = found["key"]
            except ViralError as error:
                outcome["failure"] = str(error)
            rows.append({**outcome, **row})
        return pa.Table.from_pylist(rows, schema=outcome_schema())


def _blocks(named: Sequence[Named], clips: int) -> list[pa.Table]:
    return [
        pa.table(
            {
                "place": [place for place, _ in named[first : first + clips]],
                "path": [str(path.resolve()) for _, path in named[first : first + clips]],
            }
        )
        for first in range(0, len(named), clips)
    ]


def _measured(
    named: Sequence[Named], clips: int, known: frozenset[str], actors: int
) -> Iterator[Outcome]:
    """Yield the outcomes of all clips but those whose workers died again and again."""
    import ray.data as ray_data
    from ray.data import ActorPoolStrategy, DataContext

    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    # Ray sets its loggers up anew when its parts are imported.
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    # A block that nobody can measure is left out and tried again by the clip, further down.
    context.max_errored_blocks = -1
    carried = {f"VIRAL_{name.upper()}": str(getattr(settings(), name)) for name in CARRIED}
    blocks = _blocks(named, clips)
    dataset = ray_data.from_arrow(blocks).map_batches(
        ClipMeasurer,
        fn_constructor_args=(carried, method(), known),
        batch_size=None,
        batch_format="pyarrow",
        compute=ActorPoolStrategy(size=min(actors, len(blocks)), max_tasks_in_flight_per_actor=2),
        num_cpus=1,
        max_restarts=-1,
        max_task_retries=BLOCK_TRIES,
    )
    for batch in dataset.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
        # The stubs allow for the other formats; this one was asked for as a table of Arrow.
        rows: Any = batch
        for row in rows.to_pylist():
            place, key = row.pop("place"), row.pop("outcome_key")
            failure = row.pop("failure")
            measured = row if row["key"] is not None else None
            yield Outcome(place, key=key, row=measured, failure=failure)


def _tried(
    named: Sequence[Named], known: Callable[[], frozenset[str]], actors: int
) -> Iterator[Outcome]:
    """Yield the outcome of each clip; those that end their workers are found one by one."""
    left = dict(named)
    sizes = [max(BLOCK_CLIPS, -(-len(named) // MOST_BLOCKS)), 1]
    for clips in sizes:
        if left:
            for outcome in _measured(list(left.items()), clips, known(), actors):
                left.pop(outcome.place, None)
                yield outcome
    for place in left:
        yield Outcome(place, failure=DIED)


def outcomes(
    named: Sequence[Named],
    known: Callable[[], frozenset[str]],
    address: str,
    processes: int | None = None,
) -> Iterator[Outcome]:
    """Yield what becomes of each clip, as it comes back from a cluster.

    Parameters
    ----------
    named : sequence of (int, Path)
        Place and path of each clip.
    known : callable
        Returns the keys of contents that are measured already and are passed over.
    address : str
        `HOST:PORT`, or `local`.
    processes : int, optional
        Workers at most; as many as the cluster has cores by default.

    Raises
    ------
    ClusterError
        Ray is not installed, no cluster answers, it was lost on the way, or a node lacks weights or
        has another version.
    """
    if not named:
        return
    with connected(address, processes) as actors:
        try:
            yield from while_it_answers(_tried(named, known, actors))
        except ray().exceptions.RayError as error:
            raise ClusterError(_reason(error)) from error


def measured_by(address: str) -> MeasuredBy:
    """Return who looks at clips for `viral.batch`: the workers of the cluster at an address."""

    def looked_at(
        named: Sequence[Named], known: Callable[[], frozenset[str]], processes: int | None
    ) -> Iterator[Outcome]:
        return outcomes(named, known, address, processes)

    return looked_at


def _reason(error: Exception) -> Message:
    """Return one sentence for what Ray says in many lines; the last one names the cause."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = (lines[-1] if lines else type(error).__name__).rstrip(".")[:300]
    return Message("cluster.lost", reason=said)
