"""The lines of a record: what each says, and how it is written so that anybody can check it.

Conventions
-----------
A record is a file of lines, each a JSON object that ends in `,"hash":"..."}`. The hash is the
SHA-256, in hexadecimal, of the line's text before `,"hash"`; `previous` is the hash of the line
before. There is one way to write an entry, and a line that is written otherwise is refused. Times
are UTC to the second.

A prediction is sealed by the SHA-256 of its *opened* text, which begins with 256 random bits, so
that nothing can be read out of it before it is revealed:
`<64 hexadecimal digits> views 310 1204 4480 likes 12 80 300`: low, median, high of each count.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from viral.errors import RecordError
from viral.messages import Message
from viral.model.prediction import Interval

FORMAT = "viral public record"
VERSION = 1
"""Changes when a line comes to mean something else."""
COUNTS = ("views", "likes", "comments", "shares")
"""What is sealed; views always, and always revealed."""
BEFORE_FIRST = "0" * 64
"""What stands as `previous` in the first line."""
GRACE = timedelta(days=14)
"""To post after sealing and to look the counts up after the horizon; then a seal is overdue."""
EARLIEST, LATEST = 0.9, 1.5
"""Ages at which counts are taken, in horizons. Whoever could choose any age could wait for the one
at which the count lies in the range."""
SHORTEST_DAYS, LONGEST_DAYS = 1.0, 365.0
"""Horizons that the model predicts for."""
LARGEST_COUNT = 10**12
FIRST_YEAR, LAST_YEAR = 2020, 2200
HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
MODEL = re.compile(r"[\w.+-]{1,64}", re.ASCII)
OPENED = re.compile(
    r"[0-9a-f]{64}(?: (?:" + "|".join(COUNTS) + r")(?: \d{1,15}(?:\.\d{1,2})?){3}){1,4}", re.ASCII
)
TIME = "%Y-%m-%dT%H:%M:%SZ"
_END = ',"hash":"'


@dataclass(frozen=True)
class Started:
    """The first line."""

    at: datetime
    version: int
    nonce: str
    """32 hexadecimal digits, so that no two records begin alike."""


@dataclass(frozen=True)
class Sealed:
    """A prediction that was made and is not to be seen yet."""

    at: datetime
    prediction: int
    """1, 2, ... in the order of sealing."""
    model_version: str
    horizon_days: float
    commitment: str
    """SHA-256 of the opened text."""

    @property
    def due_at(self) -> datetime:
        """When its counts should have been revealed."""
        return self.at + timedelta(days=self.horizon_days) + GRACE


@dataclass(frozen=True)
class Revealed:
    """What a sealed prediction said, and what the post had."""

    at: datetime
    prediction: int
    opened: str
    days: float
    """Between posting and counting."""
    counts: Mapping[str, int]

    @property
    def ranges(self) -> dict[str, Interval]:
        """Count -> its 80 % range, as it was sealed."""
        return ranges_of(self.opened)


@dataclass(frozen=True)
class NotPosted:
    """A sealed prediction whose clip is said never to have been posted."""

    at: datetime
    prediction: int


Entry = Started | Sealed | Revealed | NotPosted


def sealed_text(ranges: Mapping[str, Interval]) -> str:
    """Return the opened text of some ranges, with new random bits; `views` must be among them."""
    parts = [secrets.token_hex(32)]
    for name in COUNTS:
        if name in ranges:
            found = ranges[name]
            parts += [name, *(_written(end) for end in (found.low, found.median, found.high))]
    return " ".join(parts)


def _written(count: float) -> str:
    return f"{count:.0f}" if count >= 100 else f"{count:.2f}".rstrip("0").rstrip(".")


def ranges_of(opened: str) -> dict[str, Interval]:
    """Read the ranges of an opened text.

    Raises
    ------
    RecordError
        It is no such text, names a count twice or in another order, or lacks views.
    """
    words = opened.split(" ")
    names = words[1::4]
    if not OPENED.fullmatch(opened) or [n for n in COUNTS if n in names] != names:
        raise RecordError(Message("record.why_opened"))
    ranges = {
        name: Interval(*map(float, words[start : start + 3]))
        for name, start in zip(names, range(2, len(words), 4), strict=True)
    }
    ordered = all(r.low <= r.median <= r.high <= LARGEST_COUNT for r in ranges.values())
    if "views" not in ranges or not ordered:
        raise RecordError(Message("record.why_opened"))
    return ranges


def commitment_of(opened: str) -> str:
    """Return the SHA-256 of an opened text."""
    return hashlib.sha256(opened.encode()).hexdigest()


def _plain(entry: Entry, previous: str) -> dict[str, Any]:
    said: dict[str, Any]
    match entry:
        case Started():
            said = {"kind": "started", "format": FORMAT, "version": entry.version}
            said["nonce"] = entry.nonce
        case Sealed():
            said = {"kind": "sealed", "prediction": entry.prediction}
            said |= {"model_version": entry.model_version, "commitment": entry.commitment}
            said["horizon_days"] = _number(entry.horizon_days)
        case Revealed():
            said = {"kind": "revealed", "prediction": entry.prediction, "opened": entry.opened}
            said["days"] = _number(entry.days)
            said["counts"] = {name: entry.counts[name] for name in COUNTS if name in entry.counts}
        case NotPosted():
            said = {"kind": "not_posted", "prediction": entry.prediction}
    return {**said, "at": entry.at.strftime(TIME), "previous": previous}


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else float(value)


def line_of(entry: Entry, previous: str) -> str:
    """Return an entry as its line, without the line's end."""
    text = json.dumps(_plain(entry, previous), separators=(",", ":"), allow_nan=False)[:-1]
    return f'{text}{_END}{hashlib.sha256(text.encode()).hexdigest()}"}}'


def hash_of(line: str) -> str:
    """Return the hash that stands at a line's end."""
    return line[-66:-2]


def read_line(line: str) -> tuple[Entry, str]:
    """Return what a line says, and the hash of the line before it.

    Raises
    ------
    RecordError
        It was edited, cut short, or is no line of a record.
    """
    text, mark, end = line.rpartition(_END)
    if not mark or end != f'{hashlib.sha256(text.encode()).hexdigest()}"}}':
        raise RecordError(Message("record.why_edited"))
    try:
        said = json.loads(text + "}")
        previous = said["previous"]
        entry = _entry(said)
        if isinstance(entry, Started) and entry.version > VERSION:
            return entry, previous  # what else it says is for a later version to judge
        same = line_of(entry, previous) == line
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise RecordError(Message("record.why_no_entry")) from error
    if not same or not HASH.fullmatch(previous):
        raise RecordError(Message("record.why_no_entry"))
    return entry, previous


def _entry(said: Mapping[str, Any]) -> Entry:
    at = datetime.strptime(said["at"], TIME).replace(tzinfo=UTC)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(at)
    kind = said["kind"]
    if kind == "started":
        if said["format"] != FORMAT:
            raise ValueError(kind)
        return Started(at, _whole(said["version"], 10**6), str(said["nonce"])[:32])
    number = _whole(said["prediction"], 10**9)
    if kind == "sealed":
        model, commitment = str(said["model_version"]), str(said["commitment"])
        if not MODEL.fullmatch(model) or not HASH.fullmatch(commitment):
            raise ValueError(kind)
        days = _days(said["horizon_days"], SHORTEST_DAYS)
        return Sealed(at, number, model, days, commitment)
    if kind == "revealed":
        counts = {str(k): _whole(v, LARGEST_COUNT) for k, v in said["counts"].items()}
        return Revealed(at, number, str(said["opened"]), _days(said["days"], 0.0), counts)
    if kind == "not_posted":
        return NotPosted(at, number)
    raise ValueError(kind)


def _whole(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(value)
    return value


def _days(value: Any, least: float) -> float:
    if type(value) not in (int, float) or not least <= value <= LONGEST_DAYS * LATEST:
        raise ValueError(value)
    if not math.isfinite(value):
        raise ValueError(value)
    return float(value)
