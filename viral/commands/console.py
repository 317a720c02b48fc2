"""What the command shows in a terminal: the summary of a prediction, stages, one-line errors.

Standard output carries the result and nothing else; stages, warnings and errors go to standard
error. Stages are shown only where standard error is a terminal.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from viral.messages import DEFAULT_LANGUAGE, has, text

if TYPE_CHECKING:
    from rich.progress import TaskID

    from viral.model.explanation import Explanation, FeatureContribution
    from viral.model.prediction import Prediction
    from viral.pipeline import Analysis

EXIT_INTERRUPTED = 130
"""What a shell reports for a program ended by Ctrl-C: 128 and the signal's number."""
REASONS_SHOWN = 6
"""Contributors listed under "What counts most": about what fits on a screen with the rest."""
SHOWN_FACTOR = 0.005
"""A contributor that moves the prediction by less than half a percent is not worth a line."""
SMALL_FACTOR = 0.1
"""Below it a division says more: ÷260 rather than ×0.0038."""
LONGEST_LINE = 600
"""Characters of an error's sentence; only what was quoted from somebody's file makes it longer."""
LIBRARY_SWITCHES = {
    "TRANSFORMERS_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
    "OPENCV_LOG_LEVEL": "SILENT",
    "ORT_LOGGING_LEVEL": "3",
}
"""What keeps the libraries from writing to the terminal, set before they are imported."""


def quiet_libraries() -> None:
    """Keep library warnings, logs and progress bars out of the terminal."""
    for name, value in LIBRARY_SWITCHES.items():
        os.environ.setdefault(name, value)
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.ERROR)


@contextlib.contextmanager
def interruptions() -> Iterator[threading.Event]:
    """Yield what is set by Ctrl-C, which raises KeyboardInterrupt as ever.

    Where it comes in the middle of a library's work, the library may make another error of it, or
    none; who was told to stop can see it here. A second Ctrl-C waits for nothing.
    """
    told = threading.Event()

    def stop(number: int, frame: Any) -> None:
        del number, frame
        if told.is_set():
            os._exit(EXIT_INTERRUPTED)
        told.set()
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield told  # signals are the main thread's
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield told
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def only_the_result_on_stdout() -> Iterator[None]:
    """Send whatever is written to standard output meanwhile to standard error.

    A library that prints, from Python or from C, would otherwise break `--json`. The switch is made
    on the file descriptor, so that both are caught.
    """
    sys.stdout.flush()
    saved = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        sys.stdout.flush()
        os.dup2(saved, 1)
        os.close(saved)


def _stage_words(stage: str) -> str:
    """Return a stage as the page says it; what is no stage as it is."""
    key = f"stage.{stage}"
    return text(key, DEFAULT_LANGUAGE) if has(key) else stage[:1].upper() + stage[1:]


@contextlib.contextmanager
def shown_stages(console: Console) -> Iterator[Callable[[str], None]]:
    """Yield the function that shows a stage's name; it does nothing where nobody watches."""
    if not console.is_terminal:
        yield lambda stage: None
        return
    with console.status("Starting") as status:
        yield lambda stage: status.update(_stage_words(stage))


@contextlib.contextmanager
def shown_progress(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Yield the function that moves a progress bar; it does nothing where nobody watches."""
    if not console.is_terminal:
        yield lambda what, done, total: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done)

        yield show


def say(sentence: str) -> None:
    """Print a sentence beside the result, on standard error."""
    print(one_line(sentence), file=sys.stderr)


def one_line(error: object) -> str:
    """Return an error's sentence on one line, without control characters, cut if it is endless."""
    words = " ".join(str(error).split())
    line = "".join(character for character in words if character.isprintable()) or "It failed."
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}..."


def so_many(count: int, what: str) -> str:
    """Return a count with its noun: `1 post`, `2,000 posts`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def count_text(count: float) -> str:
    """Return a count as people write it: `1,234`, `45,700`, `1.2 million`, three digits at most."""
    if count >= 1e9:
        return f"{count / 1e9:.3g} billion"
    if count >= 1e6:
        return f"{count / 1e6:.3g} million"
    if count >= 1e4:
        return f"{float(f'{count:.3g}'):,.0f}"
    return f"{count:,.0f}"


def input_text(feature: FeatureContribution) -> str:
    """Return a contributor's measured value with its unit and what is typical."""

    def written(value: float | str | None) -> str:
        if value is None:
            return "not measured"
        if isinstance(value, str):
            return value
        number_shown: float = value
        unit = feature.unit
        if unit.startswith("log10"):
            # Nobody thinks in logarithms: 3.2 log10 is shown as 1,580.
            number_shown, unit = 10.0**value, unit.removeprefix("log10")
        number = count_text(number_shown) if abs(number_shown) >= 1000 else f"{number_shown:.3g}"
        return f"{number} {unit.strip()}".strip()

    if feature.input is None:
        return "not measured"
    if feature.typical is None:
        return written(feature.input)
    return f"{written(feature.input)}, typical {written(feature.typical)}"


def factor_text(value: float) -> Text:
    """Return a contribution in log10 as a factor; up and down differ by more than colour."""
    factor = 10.0**value
    if abs(factor - 1) < SHOWN_FACTOR:
        return Text("  ×1")
    if factor > 1:
        return Text(f"▲ ×{factor:.3g}", style="green")
    if factor < SMALL_FACTOR:
        return Text(f"▼ ÷{1 / factor:.3g}", style="red")
    return Text(f"▼ ×{factor:.2g}", style="red")


def _ranges(prediction: Prediction) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(f"After {prediction.horizon_days:g} days")
    for heading in ("low", "median", "high"):
        table.add_column(heading, justify="right")
    for name in ("views", "likes", "comments", "shares"):
        interval = getattr(prediction, name)
        numbers = (interval.low, interval.median, interval.high)
        table.add_row(name.capitalize(), *(count_text(number) for number in numbers))
    return table


def _contributions(explanation: Explanation) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    start = "Your usual" if explanation.base_is == "usual" else "An average post"
    table.add_row(Text(start), "", count_text(10.0**explanation.base))
    for modality in explanation.modalities:
        table.add_row(modality.name.capitalize(), factor_text(modality.value), "")
    table.add_row(Text("This post"), "", count_text(10.0**explanation.prediction))
    return table


def _reasons(explanation: Explanation) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    worth_a_line = [f for f in explanation.features if abs(f.factor - 1) >= SHOWN_FACTOR]
    for feature in worth_a_line[:REASONS_SHOWN]:
        # Text, not str: rich would read square brackets in a sound's name as markup.
        table.add_row(
            factor_text(feature.value),
            Text(f"{feature.label} ({feature.modality})"),
            Text(input_text(feature), style="dim"),
        )
    return table


def print_summary(analysis: Analysis, console: Console) -> None:
    """Print a prediction for a person: the score, the ranges, what counts most, what is missing."""
    prediction = analysis.prediction
    among = prediction.score_among
    score = Text.assemble(("Score ", "bold"), (f"{prediction.score:.0f}", "bold cyan"), " of 100")
    console.print(score)
    console.print(
        Text(f"Ahead of {prediction.score:.0f} in 100 posts of {among}."),
        Text("Eight in ten such posts end between low and high."),
    )
    console.print()
    console.print(_ranges(prediction))
    chance = f"{100 * prediction.breakout_probability:.0f} %"
    usual = prediction.usual_views
    than = "what the account usually gets" if usual is None else f"{count_text(usual)} views"
    console.print(Text(f"Chance of more than 3 times {than}: {chance}"))
    console.print()
    console.print(Text("From an average post to this one", style="bold"), Text("(virality)"))
    console.print(Padding(_contributions(prediction.explanation), (0, 0, 0, 2)))
    console.print(Text("What counts most", style="bold"))
    console.print(Padding(_reasons(prediction.explanation), (0, 0, 0, 2)))
    for name in prediction.missing:
        features = analysis.features.get(name)
        reason = (features.reason if features is not None else None) or "Nothing to measure."
        console.print(Text(f"Without {name}: {reason}", style="yellow"))
    for warning in prediction.warnings:
        console.print(Text(f"Note: {warning}", style="yellow"))
