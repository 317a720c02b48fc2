"""Adding to a record: one writer at a time, each line whole, what opens the seals kept apart.

What opens a seal stands in a file of its own that only its owner may read, a line a seal, and is
written before the seal: a seal that nobody could open would count as left out.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BufferedRandom
from pathlib import Path

from viral.errors import RecordError
from viral.messages import Message
from viral.model.prediction import Interval
from viral.record.chain import Record, parsed, refusal, text_of
from viral.record.entries import (
    VERSION,
    Entry,
    NotPosted,
    Revealed,
    Sealed,
    Started,
    commitment_of,
    line_of,
    sealed_text,
)

WAIT_S = 5.0
"""How long a second writer waits for the first; a line takes milliseconds."""
WAIT_STEP_S = 0.05


@dataclass(frozen=True)
class Key:
    """What opens one seal; private."""

    commitment: str
    opened: str
    prediction_id: str
    """Of the prediction, so that it is sealed once and found again."""


def now() -> datetime:
    """Return the time, to the second that a record keeps."""
    return datetime.now(tz=UTC).replace(microsecond=0)


class Keeper:
    """Writes to one record.

    Parameters
    ----------
    path : Path
        The record; it is made with the first prediction.
    keys : Path
        A private folder for what opens the seals.
    clock : callable
        Returns the time, for tests.
    """

    def __init__(self, path: Path, keys: Path, clock: Callable[[], datetime] = now) -> None:
        self.path, self.keys, self.clock = path, keys, clock

    def add(
        self,
        ranges: Mapping[str, Interval],
        *,
        model_version: str,
        horizon_days: float,
        prediction_id: str,
    ) -> tuple[Sealed, str]:
        """Seal a prediction; return its line and the new head.

        Raises
        ------
        RecordError
            It stands in the record, or the record cannot be read or written.
        """
        with self._open(create=True) as file:
            record = self._read(file)
            if not record.lines:
                nonce = secrets.token_hex(16)
                record = self._append(file, record, Started(self.clock(), VERSION, nonce))
            known = {key.prediction_id: key.commitment for key in self._keys(record)}
            for old in record.sealed:
                if known.get(prediction_id) == old.commitment:
                    said = Message("record.sealed_before", number=old.prediction)
                    raise RecordError(said)
            opened = sealed_text(ranges)
            key = Key(commitment_of(opened), opened, prediction_id)
            number = len(record.sealed) + 1
            at = self.clock()
            sealed = Sealed(at, number, model_version, horizon_days, key.commitment)
            self._remember(record, key)
            return sealed, self._append(file, record, sealed).head

    def reveal(
        self, prediction: str, counts: Mapping[str, float | None], days: float
    ) -> tuple[Revealed, str]:
        """Open a seal and say what the post had; return the line and the new head.

        Parameters
        ----------
        prediction : str
            Its number in the record, or its id.
        counts : mapping
            Views, and any of likes, comments and shares; None where not known.
        days : float
            Between posting and counting.

        Raises
        ------
        RecordError
            There is no such seal, it was answered, its key is not here, or the rules forbid it.
        """
        with self._open() as file:
            record = self._read(file)
            number = self._number(record, prediction)
            key = self._key(record, number)
            told = {name: round(count) for name, count in counts.items() if count is not None}
            entry = Revealed(self.clock(), number, key.opened, round(days, 3), told)
            return entry, self._append(file, record, entry).head

    def not_posted(self, prediction: str) -> tuple[NotPosted, str]:
        """Say that a sealed clip was not posted; return the line and the new head.

        Raises
        ------
        RecordError
            There is no such seal, or it was answered.
        """
        with self._open() as file:
            record = self._read(file)
            entry = NotPosted(self.clock(), self._number(record, prediction))
            return entry, self._append(file, record, entry).head

    @contextlib.contextmanager
    def _open(self, *, create: bool = False) -> Iterator[BufferedRandom]:
        flags = os.O_RDWR | (os.O_CREAT if create else 0)
        try:
            with os.fdopen(os.open(self.path, flags, 0o644), "r+b") as file:
                self._lock(file)
                yield file
        except OSError as error:
            why = error.strerror or str(error)
            code = "record.unwritable" if create else "record.unreadable"
            raise RecordError(Message(code, file=str(self.path), why=why)) from error

    def _lock(self, file: BufferedRandom) -> None:
        until = time.monotonic() + WAIT_S
        while True:
            try:
                return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > until:
                    said = Message("record.busy", file=self.path.name)
                    raise RecordError(said) from error
            time.sleep(WAIT_STEP_S)

    def _read(self, file: BufferedRandom) -> Record:
        raw = file.read()
        if raw[:1] == b"<":
            raise RecordError(Message("record.not_one", file=self.path.name))
        return parsed(text_of(raw, self.path.name), self.path.name) if raw else Record()

    def _append(self, file: BufferedRandom, record: Record, entry: Entry) -> Record:
        why = refusal(entry, record.sealed, record.answers, record.at)
        if why is not None:
            raise RecordError(Message("record.refused", why=why))
        line = line_of(entry, record.head)
        end = file.seek(0, os.SEEK_END)
        try:
            file.write(f"{line}\n".encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            # Half a line would spoil the record; what was there before is whole.
            with contextlib.suppress(OSError):
                os.ftruncate(file.fileno(), end)
            raise
        sealed = (*record.sealed, entry) if isinstance(entry, Sealed) else record.sealed
        return Record((*record.lines, line), sealed, record.answers, entry.at)

    def _number(self, record: Record, prediction: str) -> int:
        wanted = prediction.strip()
        if wanted.isascii() and wanted.isdecimal():
            return int(wanted[:12])
        by_commitment = {one.commitment: one.prediction for one in record.sealed}
        for key in self._keys(record):
            if key.prediction_id == wanted.upper() and key.commitment in by_commitment:
                return by_commitment[key.commitment]
        raise RecordError(Message("record.no_seal", prediction=wanted[:20]))

    def _key(self, record: Record, number: int) -> Key:
        if not 1 <= number <= len(record.sealed):
            raise RecordError(Message("record.no_seal", prediction=str(number)))
        wanted = record.sealed[number - 1].commitment
        for key in self._keys(record):
            if key.commitment == wanted:
                return key
        said = Message("record.no_key", number=number, folder=str(self.keys))
        raise RecordError(said)

    def _keys_path(self, record: Record) -> Path:
        return self.keys / f"{record.id}.jsonl"

    def _keys(self, record: Record) -> list[Key]:
        try:
            lines = self._keys_path(record).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            with contextlib.suppress(ValueError, TypeError):  # a write that was interrupted
                found.append(Key(**json.loads(line)))
        return found

    def _remember(self, record: Record, key: Key) -> None:
        path = self._keys_path(record)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            self.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(path, flags, 0o600), "ab") as file:
                # Begins on a line of its own even where the last write was interrupted.
                file.write(f"\n{json.dumps(asdict(key))}\n".encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            why = error.strerror or str(error)
            raise RecordError(Message("record.unwritable", file=str(path), why=why)) from error
