"""A record as a whole: read, with every line held against the one before it and against the rules.

A record that can be read is one that was not edited, reordered or thinned out. What reading alone
cannot see is a record whose end was cut off, or that was written anew from some line on: for that,
`with_heads` takes hashes that were published before.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from viral.errors import RecordError
from viral.messages import Message
from viral.record.entries import (
    BEFORE_FIRST,
    COUNTS,
    EARLIEST,
    LATEST,
    VERSION,
    Entry,
    NotPosted,
    Revealed,
    Sealed,
    Started,
    commitment_of,
    hash_of,
    read_line,
)
from viral.record.pages import chain_in_page

LARGEST_BYTES = 100_000_000
"""A hundred thousand predictions; the record of a person has a few hundred."""
SHORTEST_HEAD = 12
"""Digits of a published head that are enough to name it."""
SHOWN_HEAD = 20


@dataclass(frozen=True)
class Record:
    """What a record says."""

    lines: tuple[str, ...] = ()
    sealed: tuple[Sealed, ...] = ()
    """Number 1 first."""
    answers: Mapping[int, Revealed | NotPosted] = field(default_factory=dict)
    """Number of a prediction -> what became of it."""
    at: datetime | None = None
    """Of the last line."""

    @property
    def hashes(self) -> tuple[str, ...]:
        """The hash of each line; each was the head once."""
        return tuple(map(hash_of, self.lines))

    @property
    def head(self) -> str:
        """The hash of the last line, which stands for all of them."""
        return hash_of(self.lines[-1]) if self.lines else BEFORE_FIRST

    @property
    def id(self) -> str:
        """The first digits of the first line's hash, which no later line changes."""
        return hash_of(self.lines[0])[:16] if self.lines else ""


def refusal(
    entry: Entry,
    sealed: Sequence[Sealed],
    answers: Mapping[int, Revealed | NotPosted],
    last: datetime | None,
) -> Message | None:
    """Return why an entry may not stand next in a record, or None.

    Parameters
    ----------
    entry : Entry
        What would stand next.
    sealed, answers
        What stands before it, see `Record`.
    last : datetime or None
        When the last line was written; None before the first.
    """
    if isinstance(entry, Started) or last is None:
        first = isinstance(entry, Started) and last is None
        return None if first else Message("record.why_start")
    if entry.at < last:
        return Message("record.why_earlier")
    number = entry.prediction
    if isinstance(entry, Sealed):
        return None if number == len(sealed) + 1 else Message("record.why_number")
    if not 1 <= number <= len(sealed):
        return Message("record.why_unknown", number=number)
    if number in answers:
        return Message("record.why_answered", number=number)
    return _reveal_refusal(sealed[number - 1], entry)


def _reveal_refusal(sealed: Sealed, entry: Revealed | NotPosted) -> Message | None:
    if isinstance(entry, NotPosted):
        return None
    if commitment_of(entry.opened) != sealed.commitment:
        return Message("record.why_commitment", number=sealed.prediction)
    try:
        sealed_counts = entry.ranges
    except RecordError as error:
        return error.message
    if "views" not in entry.counts or not set(entry.counts) <= set(sealed_counts):
        return Message("record.why_counts")
    for name in COUNTS[1:]:
        if entry.counts.get(name, 0) > entry.counts["views"]:
            return Message("record.why_above", name=Message(f"after.count_{name}"))
    first, last = EARLIEST * sealed.horizon_days, LATEST * sealed.horizon_days
    if not first <= entry.days <= last:
        horizon = sealed.horizon_days
        return Message("record.why_age", horizon=horizon, first=first, last=last)
    if entry.at - timedelta(days=entry.days) < sealed.at:
        age = (entry.at - sealed.at) / timedelta(days=1)
        return Message("record.why_before", age=age, days=entry.days)
    return None


def parsed(text: str, name: str) -> Record:
    """Return the record that a file holds.

    Parameters
    ----------
    text : str
        Its content.
    name : str
        What the file is called, for errors.

    Raises
    ------
    RecordError
        It is no record, of a later version, or not as it was written.
    """
    *lines, rest = text.split("\n")
    if rest or not lines:
        code = "record.cut_short" if lines or text.startswith('{"kind":') else "record.not_one"
        raise RecordError(Message(code, file=name, line=len(lines) + 1))
    sealed: list[Sealed] = []
    answers: dict[int, Revealed | NotPosted] = {}
    last: datetime | None = None
    before = BEFORE_FIRST
    for number, line in enumerate(lines, 1):
        try:
            entry, previous = read_line(line)
        except RecordError as error:
            if number == 1:
                raise RecordError(Message("record.not_one", file=name)) from error
            said = Message("record.bad_line", file=name, line=number, why=error.message)
            raise RecordError(said) from error
        if isinstance(entry, Started) and entry.version > VERSION:
            raise RecordError(Message("record.later", file=name, version=entry.version))
        why = None if previous == before else Message("record.why_order")
        why = why or refusal(entry, sealed, answers, last)
        if why is not None:
            raise RecordError(Message("record.bad_line", file=name, line=number, why=why))
        if isinstance(entry, Sealed):
            sealed.append(entry)
        elif not isinstance(entry, Started):
            answers[entry.prediction] = entry
        last, before = entry.at, hash_of(line)
    return Record(tuple(lines), tuple(sealed), answers, last)


def read_record(path: Path) -> Record:
    """Read a record, from its file or from a page that shows it.

    Raises
    ------
    RecordError
        It is missing, no record, of a later version, or not as it was written.
    """
    try:
        with path.open("rb") as file:
            # Whoever writes holds the lock until the line is whole.
            fcntl.flock(file, fcntl.LOCK_SH)
            size = os.fstat(file.fileno()).st_size
            raw = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        why = error.strerror or str(error)
        raise RecordError(Message("record.unreadable", file=str(path), why=why)) from error
    if size > LARGEST_BYTES or len(raw) > LARGEST_BYTES:
        raise RecordError(Message("record.not_one", file=path.name))
    return parsed(text_of(raw, path.name), path.name)


def text_of(raw: bytes, name: str) -> str:
    """Return the lines in a file's bytes, which may be those of a page.

    Raises
    ------
    RecordError
        They are not text.
    """
    try:
        text = raw.decode("ascii" if raw.startswith(b"{") else "utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(Message("record.not_one", file=name)) from error
    return chain_in_page(text) if text.lstrip().startswith("<") else text


def with_heads(record: Record, heads: Iterable[str], name: str) -> None:
    """Hold a record against heads that were published before.

    Parameters
    ----------
    record : Record
        The record.
    heads : iterable of str
        Hashes, or their first `SHORTEST_HEAD` digits or more.
    name : str
        What its file is called.

    Raises
    ------
    RecordError
        A head stands nowhere in it: its end was cut off, or it was written anew.
    """
    for head in heads:
        wanted = head.strip().lower()
        if len(wanted) < SHORTEST_HEAD or not set(wanted) <= set("0123456789abcdef"):
            raise RecordError(Message("record.no_head", head=repr(head[:SHOWN_HEAD])))
        if not any(known.startswith(wanted) for known in record.hashes):
            raise RecordError(Message("record.head_gone", file=name, head=wanted[:SHOWN_HEAD]))
