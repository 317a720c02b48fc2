"""The process that feeds inputs to the public entry points and tells what became of each.

    python fuzz_worker.py KIND SEED FIRST COUNT FOLDER

It writes one line of JSON before and after each input, so that whoever started it knows which input
it hung on or died of. An input is made from the seed and its number alone, except those that
hypothesis makes, which depend on the seed and FIRST. FOLDER gets the input that is worked on.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import random
import re
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

LONGEST_SENTENCE = 620
ALIVE_EVERY = 100
"""Inputs between two checks that an ordinary clip still gets the prediction it got at first."""
DEMO = Path(__file__).resolve().parent.parent.parent / "assets" / "demo_tutorial.mp4"
ORDERS = ("views", "likes", "comments", "shares", "virality")

Say = Callable[[dict[str, Any]], None]


class Wrong(Exception):  # noqa: N818 - it is what the harness looks for
    """Something came out that a user should not see."""


def check_sentence(sentence: str, *private: str) -> None:
    """Hold a refusal to the house's form: one plain sentence without a path or a traceback."""
    good = (
        0 < len(sentence) <= LONGEST_SENTENCE
        and sentence.isprintable()
        and "Traceback" not in sentence
        and re.search(r"[.!?]$", sentence) is not None
        and not any(part in sentence for part in private)
    )
    if not good:
        raise Wrong(f"not a sentence for a person: {sentence[:500]!r}")


def check_prediction(answer: dict[str, Any]) -> None:
    """Hold a prediction to the contract: finite, in order, adding up."""
    json.dumps(answer, allow_nan=False)
    if not 0 <= answer["score"] <= 100 or not 0 <= answer["breakout_probability"] <= 1:
        raise Wrong("a score or a probability out of range")
    for count in ORDERS:
        low, median, high = (answer[count][end] for end in ("low", "median", "high"))
        if not 0 <= low <= median <= high < math.inf:
            raise Wrong(f"{count} out of order: {low}, {median}, {high}")
    why = answer["explanation"]
    for parts in ("modalities", "features"):
        total = why["base"] + sum(part["value"] for part in why[parts])
        if abs(total - why["prediction"]) > 1e-6:
            raise Wrong(f"the {parts} do not add up")


ASKED: list[str] = []
"""Addresses that this process has tried to reach; no input may make it."""


def _note_what_is_asked(event: str, arguments: tuple[Any, ...]) -> None:
    named = {"socket.connect", "socket.sendto", "socket.sendmsg"}
    if event in named and isinstance(arguments[1], tuple):
        ASKED.append(repr(arguments[1]))
    elif event == "socket.getaddrinfo" and arguments[0] is not None:
        ASKED.append(repr(arguments[0]))


class Driver:
    """Feeds one kind of input."""

    def __init__(self, seed: int, folder: Path, say: Say) -> None:
        self.seed = seed
        self.folder = folder
        self.say = say
        self.scratch = Path(os.environ["TMPDIR"])
        self.number = 0
        self._alive: dict[str, Any] | None = None

    def input(self, work: Callable[[], str], name: str = "") -> None:
        """Work on one input and tell what became of it."""
        self.say({"begin": self.number, "name": name})
        started_s = time.monotonic()
        why = ""
        try:
            outcome = work()
            left = sorted(path.name for path in self.scratch.iterdir())
            if left:
                raise Wrong(f"left behind: {left}")
            if ASKED:
                raise Wrong(f"asked an address: {ASKED}")
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            outcome, why = "wrong", "".join(traceback.format_exception(error))[-1500:]
            # Before it is told, for the next input takes this one's place at once.
            for path in self.folder.glob("input*"):
                shutil.copy(path, self.folder / f"kept-{self.number}{path.suffix}")
        took_s = time.monotonic() - started_s
        self.say({"end": self.number, "outcome": outcome, "why": why, "took_s": took_s})
        self.number += 1
        if self.number % ALIVE_EVERY == 0:
            self.check_alive()

    def check_alive(self) -> None:
        """Predict an ordinary clip and tell how much memory and how many files are in use."""
        from fuzz_containers import seeds

        import viral

        clip = self.folder / "ordinary.mp4"
        if self._alive is None:
            # A clip with speech loads every model; what grows after that is a leak.
            viral.predict(DEMO)
            clip.write_bytes(seeds()[0])
        answer = viral.predict(clip, caption="Three knots", followers=1200).to_dict()
        answer.pop("id", None)
        why = ""
        if self._alive is not None and answer != self._alive:
            why = "an ordinary clip is predicted differently from before"
        self._alive = answer
        status = Path("/proc/self/status").read_text()
        resident = re.search(r"VmRSS:\s+(\d+) kB", status)
        self.say(
            {
                "state": self.number,
                "why": why,
                "rss_mb": int(resident[1]) / 1024 if resident else 0.0,
                "files": len(list(Path("/proc/self/fd").iterdir())),
                "children": len(_descendants()),
            }
        )


def _descendants() -> list[int]:
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        pid = waiting.pop()
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                children = [int(word) for word in task.read_text().split()]
                found += children
                waiting += children
    return found


def _predicted_or_refused(work: Callable[[], dict[str, Any]], *private: str) -> str:
    from viral import ViralError

    try:
        check_prediction(work())
    except ViralError as error:
        check_sentence(str(error), *private)
        return "refused"
    return "predicted"


def media(driver: Driver, first: int, count: int) -> None:
    """Mutated containers through `viral.predict`."""
    from fuzz_containers import mutated, seeds

    import viral

    clips = seeds()
    target = driver.folder / "input"
    driver.number = first
    for number in range(first, first + count):
        generator = random.Random(f"{driver.seed}/{number}")
        target.write_bytes(mutated(generator, clips))
        driver.input(
            lambda: _predicted_or_refused(lambda: viral.predict(target).to_dict(), str(target))
        )


def _examples(driver: Driver, strategy: Any, first: int, count: int, use: Any) -> None:
    import hypothesis

    settings = hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(hypothesis.Phase.generate,),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    last = first + count

    @hypothesis.seed(driver.seed * 1_000_003 + first)
    @settings
    @hypothesis.given(strategy)
    def feed(value: Any) -> None:
        if driver.number < last:
            use(value)

    driver.number = first
    # Where the values are few, hypothesis stops before it has made as many as were asked for.
    feed()


def details(driver: Driver, first: int, count: int) -> None:
    """Captions, numbers and dates around an ordinary clip through `viral.predict`."""
    from fuzz_containers import seeds
    from fuzz_values import details as strategy

    import viral

    clip = driver.folder / "ordinary.mp4"
    clip.write_bytes(seeds()[0])

    def use(value: dict[str, Any]) -> None:
        (driver.folder / "input").write_text(repr(value), encoding="utf-8", errors="replace")
        driver.input(
            lambda: _predicted_or_refused(lambda: viral.predict(clip, **value).to_dict(), str(clip))
        )

    _examples(driver, strategy, first, count, use)


def tables(driver: Driver, first: int, count: int) -> None:
    """Tables of posts through what `viral predict-table` does."""
    from fuzz_values import KINDS, rows, spoilt, table_bytes

    from viral import ViralError
    from viral.batch.predict_table import predict_file
    from viral.commands.console import one_line
    from viral.posts.writing import write_table

    def predicted(path: Path) -> str:
        try:
            result = predict_file(path)
        except ViralError as error:
            check_sentence(str(error), str(driver.folder))
            return "refused"
        for sentence in (*result.left_out, *result.without_clip):
            check_sentence(one_line(sentence), str(driver.folder))
        numbers = result.predictions
        for order in ORDERS:
            low, median, high = (numbers[f"{order}_{end}"] for end in ("low", "median", "high"))
            if not ((low >= 0) & (low <= median) & (median <= high) & (high < math.inf)).all():
                raise Wrong(f"{order} out of order")
        out = driver.folder / "predictions.csv"
        write_table(numbers, out)
        out.unlink()
        return "predicted"

    def use(value: list[dict[str, Any]]) -> None:
        generator = random.Random(f"{driver.seed}/{driver.number}")
        kind = generator.choice(KINDS)
        content = table_bytes(kind, value)
        if generator.random() < 0.4:
            content = spoilt(generator, content)
        path = driver.folder / f"input{kind}"
        path.write_bytes(content)
        driver.input(lambda: predicted(path), kind)
        path.unlink()

    _examples(driver, rows, first, count, use)


def commands(driver: Driver, first: int, count: int) -> None:
    """Files of a folder, in the order of their names, through the command `viral predict`."""
    from viral.commands.cli import main

    def run(path: Path) -> str:
        said = io.StringIO()
        code: object = None
        with contextlib.redirect_stderr(said):
            try:
                main(["predict", str(path)])
            except SystemExit as stop:
                code = stop.code
        lines = said.getvalue().splitlines()
        if code == 0 and not lines:
            return "predicted"
        if code != 2 or len(lines) != 1 or not lines[0].startswith("viral: "):
            raise Wrong(f"exit {code} with {lines}")
        check_sentence(lines[0], str(path))
        return "refused"

    paths = sorted(Path(os.environ["FUZZ_FILES"]).iterdir())
    driver.number = first
    for path in paths[first : first + count]:
        driver.input(lambda path=path: run(path), path.name)  # type: ignore[misc]


@contextlib.contextmanager
def _channel() -> Iterator[Say]:
    """Keep the way to the one who started this process to ourselves."""
    kept = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)

    def say(news: dict[str, Any]) -> None:
        kept.write(json.dumps(news) + "\n")
        kept.flush()

    yield say
    kept.close()


def run(words: list[str]) -> None:
    """Feed what the command line asks for."""
    kind, seed, first, count, folder = words
    sys.addaudithook(_note_what_is_asked)
    with _channel() as say:
        driver = Driver(int(seed), Path(folder), say)
        driver.check_alive()
        {"media": media, "details": details, "tables": tables, "commands": commands}[kind](
            driver, int(first), int(count)
        )
        driver.check_alive()
        say({"done": driver.number})


if __name__ == "__main__":
    run(sys.argv[1:])
