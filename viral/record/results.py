"""What a record comes to: how many predictions held, which missed and which were left out.

Everything here follows from the chain alone, so anybody who has it gets the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Literal

from viral.model.prediction import Interval
from viral.record.chain import Record
from viral.record.entries import COUNTS, NotPosted, Revealed, Sealed

PROMISED = 0.8
"""Share of posts that should end in their range."""
CERTAINTY = 0.95
"""Of the intervals around shares."""
Place = Literal["below", "inside", "above"]
State = Literal["revealed", "overdue", "not_posted", "waiting"]


@dataclass(frozen=True)
class Counted:
    """One count of one post beside its range."""

    name: str
    actual: int
    range: Interval

    @property
    def place(self) -> Place:
        """Where it ended."""
        if self.actual < self.range.low:
            return "below"
        return "above" if self.actual > self.range.high else "inside"

    @property
    def factor(self) -> float:
        """Actual over predicted, both plus one so that nothing is divided by zero."""
        return (self.actual + 1.0) / (self.range.median + 1.0)

    @property
    def beyond(self) -> float:
        """How far outside of the range, as a factor from 1 on."""
        end = {"below": self.range.low, "inside": self.actual, "above": self.range.high}
        apart = (self.actual + 1.0) / (end[self.place] + 1.0)
        return max(apart, 1.0 / apart)


@dataclass(frozen=True)
class Line:
    """One sealed prediction and what became of it."""

    sealed: Sealed
    state: State
    answer: Revealed | NotPosted | None = None
    counts: tuple[Counted, ...] = ()
    """Views first; empty unless revealed."""

    @property
    def late(self) -> bool:
        """Whether it was answered after its day."""
        return self.answer is not None and self.answer.at > self.sealed.due_at


@dataclass(frozen=True)
class Share:
    """How many of some predictions ended in their range."""

    inside: int
    below: int
    above: int
    interval: tuple[float, float]
    """Exact 95 % interval of the share inside, 0..1 (Clopper and Pearson, 1934)."""

    @property
    def of(self) -> int:
        """How many were counted."""
        return self.inside + self.below + self.above

    @property
    def share(self) -> float:
        """0..1."""
        return self.inside / self.of


@dataclass(frozen=True)
class Results:
    """A record at a moment."""

    record: Record
    at: datetime
    """The moment that overdue is told by."""
    lines: tuple[Line, ...]
    """In the order of sealing."""

    def in_state(self, state: State) -> tuple[Line, ...]:
        """Return the predictions in a state, in the order of sealing."""
        return tuple(line for line in self.lines if line.state == state)

    @property
    def misses(self) -> tuple[Line, ...]:
        """Revealed predictions whose views ended outside of the range, the farthest first."""
        found = [line for line in self.in_state("revealed") if line.counts[0].place != "inside"]
        return tuple(sorted(found, key=lambda line: -line.counts[0].beyond))

    @property
    def hits(self) -> tuple[Line, ...]:
        """The others that were revealed, the newest first."""
        revealed = reversed(self.in_state("revealed"))
        return tuple(line for line in revealed if line.counts[0].place == "inside")

    def share(self, name: str = "views") -> Share | None:
        """Return how many of a count ended in their range; None before any is revealed."""
        return share_of(one for line in self.lines for one in line.counts if one.name == name)

    @property
    def at_least(self) -> float | None:
        """Share inside if all that is overdue, and all that is said not to be posted, missed."""
        share = self.share()
        hidden = len(self.in_state("overdue")) + len(self.in_state("not_posted"))
        inside, answered = (0, 0) if share is None else (share.inside, share.of)
        return inside / (answered + hidden) if answered + hidden else None

    @property
    def usual_factor(self) -> float | None:
        """Half of the posts ended within this factor of the predicted views; 1 or more."""
        apart = [abs(math.log(line.counts[0].factor)) for line in self.in_state("revealed")]
        return math.exp(median(apart)) if apart else None

    @property
    def models(self) -> tuple[str, ...]:
        """The versions of the model that predicted, in the order of their first prediction."""
        return tuple(dict.fromkeys(line.sealed.model_version for line in self.lines))

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON's types."""
        share = self.share()
        return {
            "version": 1,
            "record": self.record.id,
            "head": self.record.head,
            "at": self.at.isoformat(),
            "models": list(self.models),
            "promised": PROMISED,
            "sealed": len(self.lines),
            **{state: len(self.in_state(state)) for state in ("revealed", "waiting")},
            "overdue": [line.sealed.prediction for line in self.in_state("overdue")],
            "not_posted": [line.sealed.prediction for line in self.in_state("not_posted")],
            "late": [line.sealed.prediction for line in self.lines if line.late],
            "coverage": None if share is None else share.share,
            "coverage_interval": None if share is None else list(share.interval),
            "coverage_at_least": self.at_least,
            "usual_factor": self.usual_factor,
            "counts": {
                name: {"inside": found.inside, "below": found.below, "above": found.above}
                for name, found in ((name, self.share(name)) for name in COUNTS)
                if found is not None
            },
            "predictions": [_line_dict(line) for line in self.lines],
        }


def _line_dict(line: Line) -> dict[str, Any]:
    return {
        "prediction": line.sealed.prediction,
        "sealed_at": line.sealed.at.isoformat(),
        "due_at": line.sealed.due_at.isoformat(),
        "model_version": line.sealed.model_version,
        "horizon_days": line.sealed.horizon_days,
        "state": line.state,
        "late": line.late,
        "days": line.answer.days if isinstance(line.answer, Revealed) else None,
        "counts": {
            one.name: {"actual": one.actual, **one.range.to_dict(), "place": one.place}
            for one in line.counts
        },
    }


def share_of(counts: Iterable[Counted]) -> Share | None:
    """Return how many ended in their range; None for none."""
    places = [one.place for one in counts]
    if not places:
        return None
    inside = places.count("inside")
    interval = exact_interval(inside, len(places))
    return Share(inside, places.count("below"), places.count("above"), interval)


def exact_interval(inside: int, of: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a share, 0..1."""
    from scipy.stats import binomtest

    found = binomtest(inside, of).proportion_ci(confidence_level=CERTAINTY, method="exact")
    return float(found.low), float(found.high)


def results_of(record: Record, at: datetime) -> Results:
    """Say what a record comes to at a moment (with a zone)."""
    return Results(record, at, tuple(_line(record, sealed, at) for sealed in record.sealed))


def _line(record: Record, sealed: Sealed, at: datetime) -> Line:
    answer = record.answers.get(sealed.prediction)
    if answer is None:
        return Line(sealed, "overdue" if at > sealed.due_at else "waiting")
    if isinstance(answer, NotPosted):
        return Line(sealed, "not_posted", answer)
    return Line(sealed, "revealed", answer, _counted(answer))


def _counted(answer: Revealed) -> tuple[Counted, ...]:
    ranges = answer.ranges
    return tuple(
        Counted(name, answer.counts[name], ranges[name]) for name in COUNTS if name in answer.counts
    )
