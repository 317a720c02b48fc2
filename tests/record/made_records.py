"""Records written by a clock that the test turns, and hypothesis strategies for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from viral.model.prediction import Interval
from viral.record.chain import Record, parsed
from viral.record.entries import (
    BEFORE_FIRST,
    VERSION,
    Entry,
    NotPosted,
    Revealed,
    Sealed,
    Started,
    commitment_of,
    hash_of,
    line_of,
    sealed_text,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HORIZON_DAYS = 7.0


def chained(entries: list[Entry]) -> list[str]:
    """Return the lines of some entries, each with the right hash of the one before."""
    lines: list[str] = []
    for entry in entries:
        lines.append(line_of(entry, hash_of(lines[-1]) if lines else BEFORE_FIRST))
    return lines


def text_of_lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def record_of(lines: list[str]) -> Record:
    return parsed(text_of_lines(lines), "record.jsonl")


@st.composite
def entries(draw: st.DrawFn, least: int = 1) -> list[Entry]:
    """Draw a record that keeps the rules: seals, then what became of some of them."""
    made: list[Entry] = [Started(START, VERSION, "0" * 32)]
    opened: dict[int, str] = {}
    count = draw(st.integers(least, 6))
    for number in range(1, count + 1):
        low, up, more = (draw(st.integers(0, 5_000)) for _ in range(3))
        ranges = {"views": Interval(low, low + up, low + up + more)}
        if draw(st.booleans()):
            ranges["likes"] = Interval(0, low / 20, low / 10)
        opened[number] = sealed_text(ranges)
        at = START + timedelta(hours=number)
        made.append(Sealed(at, number, "model-1", HORIZON_DAYS, commitment_of(opened[number])))
    for number in draw(st.permutations(range(1, count + 1))):
        at = START + timedelta(days=8, minutes=len(made))
        what = draw(st.sampled_from(["revealed", "not posted", "nothing"]))
        if what == "revealed":
            views = draw(st.integers(0, 20_000))
            made.append(Revealed(at, number, opened[number], HORIZON_DAYS, {"views": views}))
        elif what == "not posted":
            made.append(NotPosted(at, number))
    return made
