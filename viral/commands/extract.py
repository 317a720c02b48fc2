"""The command `viral extract`: a folder or a table of clips in, a table of features out."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from viral.commands.console import one_line, only_the_result_on_stdout

if TYPE_CHECKING:
    from rich.progress import Task, TaskID
    from rich.text import Text

    from viral.batch import Extraction
    from viral.batch.workers import MeasuredBy

NAMED_CLIPS = 20
"""Clips that failed that are named one by one; all of them stand in the table with their reason."""
STEADY_CLIPS = 8
"""Clips that must be done before a rate is shown."""


RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray",
        help="HOST:PORT of a Ray cluster that looks at the clips, or local.",
        metavar="ADDRESS|local",
    ),
]


def extract(
    source: Annotated[
        Path,
        typer.Argument(
            help="A folder of clips, or a table of posts with a column video_path.",
            metavar="FOLDER|POSTS",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A .parquet to write.", metavar="FEATURES")
    ],
    processes: Annotated[
        int | None,
        typer.Option(
            help="Clips looked at at a time; VIRAL_THREADS by default, or all of a cluster.",
            min=1,
            max=256,
            metavar="N",
        ),
    ] = None,
    ray: RayOption = None,
) -> None:
    """Measure many clips and write a row of features for each.

    A clip that cannot be read gets a row with the reason in its column error. A run that was
    stopped goes on where it was when the same command is given again.
    """
    from viral.batch import extract as measure

    with only_the_result_on_stdout(), shown_rate(Console(stderr=True)) as on_progress:
        done = measure(source, out, processes=processes, on_progress=on_progress, **on_cluster(ray))
    for sentence in sentences(done):
        print(one_line(sentence), file=sys.stderr)
    print(summary(done, out))


def on_cluster(address: str | None) -> dict[str, MeasuredBy]:
    """Return the argument that has a cluster look at the clips; none where no address is given."""
    if address is None:
        return {}
    from viral.cluster.clips import measured_by

    return {"measured_by": measured_by(address)}


def sentences(done: Extraction) -> Iterator[str]:
    """Yield what a person should know of an extraction beside its summary."""
    yield from done.left_out[:NAMED_CLIPS]
    if len(done.left_out) > NAMED_CLIPS:
        yield f"... and {len(done.left_out) - NAMED_CLIPS:,} more rows like these."
    for name, reason in done.failures[:NAMED_CLIPS]:
        yield f"{name} was passed over: {reason}"
    if len(done.failures) > NAMED_CLIPS:
        yield f"... and {len(done.failures) - NAMED_CLIPS:,} more clips like these."
    if done.damaged:
        yield f"{len(done.damaged):,} damaged shards were measured again."


def summary(done: Extraction, out: Path) -> str:
    """Return one line that says what was done."""
    parts = [f"{done.measured:,} clips measured"]
    if done.measured and done.seconds > 0:
        parts[0] += f" at {done.measured / done.seconds:.3g} a second"
    if done.kept:
        parts.append(f"{done.kept:,} known already")
    if done.failures:
        parts.append(f"{len(done.failures):,} passed over")
    return f"{', '.join(parts)}; {done.rows:,} rows written to {out}."


def _rate_text(task: Task) -> Text:
    from rich.text import Text

    # The first clips of all processes come at one moment, which is no rate.
    if task.speed is None or task.completed < STEADY_CLIPS:
        return Text("")
    return Text(f"{task.speed:,.1f}/s")


@contextlib.contextmanager
def shown_rate(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Yield the function that moves a bar with rate and time left; nothing where nobody watches."""
    if not console.is_terminal:
        yield lambda what, done, total: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    class RateColumn(ProgressColumn):
        """How many are done in a second."""

        def render(self, task: Task) -> Text:
            return _rate_text(task)

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), RateColumn())
    # The rate is that of the last minutes: clips differ in length.
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        speed_estimate_period=300.0,
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done)

        yield show
