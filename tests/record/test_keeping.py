"""Adding to a record: nothing of the clip in it, one writer at a time, keys apart."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from made_records import START

from viral.errors import RecordError
from viral.model.prediction import Interval
from viral.record import keeping
from viral.record.chain import read_record
from viral.record.keeping import Keeper
from viral.record.sealing import made_of

RANGES = {"views": Interval(310.4, 1204.0, 4480.2), "likes": Interval(0.42, 5, 80)}


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keeper(tmp_path: Path, clock: Clock) -> Keeper:
    return Keeper(tmp_path / "record.jsonl", tmp_path / "keys", clock)


def seal(keeper: Keeper, prediction_id: str) -> int:
    sealed, _ = keeper.add(
        RANGES, model_version="m-1", horizon_days=7.0, prediction_id=prediction_id
    )
    return sealed.prediction


def code_of(error: pytest.ExceptionInfo[RecordError]) -> str:
    assert len(str(error.value).splitlines()) == 1
    return str(error.value.message.code)


def test_the_range_is_told_only_when_it_is_revealed(keeper: Keeper, clock: Clock) -> None:
    assert seal(keeper, "AAAA-BBBB-CCCC") == 1
    before = keeper.path.read_text()
    for secret in ("AAAA", "310", "1204", "4480", "0.42", "views"):
        assert secret not in before
    clock.at += timedelta(days=7)
    entry, head = keeper.reveal("aaaa-bbbb-cccc", {"views": 2000.0, "likes": None}, 7.0)
    record = read_record(keeper.path)
    assert record.answers == {1: entry}
    assert record.head == head
    assert entry.ranges["views"] == Interval(310, 1204, 4480)
    assert entry.counts == {"views": 2000}
    assert "AAAA" not in keeper.path.read_text()


def test_the_keys_are_the_owners_alone(keeper: Keeper) -> None:
    seal(keeper, "A")
    seal(keeper, "B")
    (keys,) = keeper.keys.iterdir()
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert stat.S_IMODE(keeper.keys.stat().st_mode) == 0o700
    keys.unlink()
    with pytest.raises(RecordError) as refused:
        keeper.reveal("2", {"views": 1.0}, 7.0)
    assert code_of(refused) == "record.no_key"


def test_what_is_refused_leaves_the_record_as_it_was(keeper: Keeper, clock: Clock) -> None:
    seal(keeper, "A")
    before = keeper.path.read_bytes()
    cases = {
        "record.sealed_before": lambda: seal(keeper, "A"),
        "record.no_seal": lambda: keeper.reveal("2", {"views": 1.0}, 7.0),
        "record.refused": lambda: keeper.reveal("1", {"views": 1.0}, 7.0),
    }
    for code, attempt in cases.items():
        with pytest.raises(RecordError) as refused:
            attempt()
        assert code_of(refused) == code
    clock.at -= timedelta(days=1)
    with pytest.raises(RecordError) as refused:
        seal(keeper, "B")
    assert refused.value.message.values["why"].code == "record.why_earlier"
    assert keeper.path.read_bytes() == before


def test_a_key_that_was_half_written_harms_no_other(keeper: Keeper, clock: Clock) -> None:
    seal(keeper, "A")
    (keys,) = keeper.keys.iterdir()
    with keys.open("a") as file:
        file.write('{"commitment": "00')
    assert seal(keeper, "B") == 2
    clock.at += timedelta(days=7)
    for name in ("A", "B"):
        keeper.reveal(name, {"views": 1.0}, 7.0)


def test_two_at_once_wait_for_each_other(keeper: Keeper) -> None:
    names = [f"P{number}" for number in range(8)]
    threads = [threading.Thread(target=seal, args=(keeper, name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.prediction for one in read_record(keeper.path).sealed] == list(range(1, 9))


def test_whoever_waits_too_long_is_told(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    seal(keeper, "A")
    monkeypatch.setattr(keeping, "WAIT_S", 0.0)
    with keeper.path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(RecordError) as refused:
            seal(keeper, "B")
    assert code_of(refused) == "record.busy"


def test_a_full_disk_leaves_no_half_line(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    seal(keeper, "A")
    before = keeper.path.read_bytes()
    real = os.fsync

    def full(descriptor: int) -> None:
        if os.fstat(descriptor).st_ino == keeper.path.stat().st_ino:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RecordError) as refused:
        seal(keeper, "B")
    assert code_of(refused) == "record.unwritable"
    assert keeper.path.read_bytes() == before


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        {"id": "A", "model_version": "m", "horizon_days": 30},
        {"id": "A", "model_version": "my clip", "horizon_days": 30, "views": 1},
        {"views": {"low": 3, "median": 2, "high": 1}},
        {"views": {"low": 0, "median": 1, "high": float("nan")}},
        {"horizon_days": 900},
        {"model_version": "two words"},
        {"id": ""},
    ],
)
def test_what_is_no_prediction_is_not_sealed(said: object) -> None:
    good = {"id": "A", "model_version": "m", "horizon_days": 30, "likes": None}
    good["views"] = {"low": 1, "median": 2, "high": 3}
    assert made_of(json.loads(json.dumps(good))).ranges == {"views": Interval(1, 2, 3)}
    whole = good | said if isinstance(said, dict) and len(said) == 1 else said
    with pytest.raises(ValueError, match="no "):
        made_of(whole)
