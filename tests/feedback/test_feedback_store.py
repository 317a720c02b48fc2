"""The store keeps what was agreed to, loses nothing, and gives back or deletes all of it."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kept_posts import kept
from sqlalchemy import inspect, text

from viral.errors import StoreError
from viral.feedback.database import HEAD, Database, database_url
from viral.feedback.records import Outcome, caption_hash, kept_of, words_of
from viral.feedback.store import Store
from viral.feedback.tables import metadata


def test_what_is_kept_comes_back(store: Store) -> None:
    key = store.agree()
    first, second = kept(1), kept(2, posted_at=kept(1).made_at)
    store.keep(key, first)
    store.keep(key, second)
    store.keep(key, first)
    assert sorted(store.kept(key), key=lambda k: k.id) == [first, second]
    store.report(key, first.id, Outcome(views=500, days=3))
    store.report(key, first.id, Outcome(views=2000, days=30, likes=100))
    reports = store.reports(key)
    assert [(r.kept.id, r.outcome.views, r.outcome.likes) for r in reports] == [("ID-1", 2000, 100)]
    assert store.all_reports() == reports
    assert store.counts() == {"clients": 1, "predictions": 2, "accepted": 1, "quarantined": 0}


def test_one_creator_sees_nothing_of_another(store: Store) -> None:
    mine, other = store.agree(), store.agree()
    store.keep(mine, kept(1))
    store.keep(other, kept(1, median=5.0))
    store.report(mine, "ID-1", Outcome(views=10, days=30))
    assert store.reports(other) == []
    assert store.kept(other)[0].ranges["views"][1] == 5.0
    assert store.delete(mine) == 1
    assert len(store.kept(other)) == 1
    assert not store.knows(mine)


def test_nothing_without_consent(store: Store) -> None:
    for key in ("", "guess", "' OR 1=1 --"):
        with pytest.raises(StoreError, match="know this key"):
            store.keep(key, kept(1))
        with pytest.raises(StoreError, match="know this key"):
            store.export(key)
    key = store.agree()
    with pytest.raises(StoreError, match="No prediction"):
        store.report(key, "'; DROP TABLE outcomes; --", Outcome(views=1, days=1))
    assert store.counts()["predictions"] == 0


def test_export_holds_everything_and_delete_leaves_nothing(store: Store, tmp_path: Path) -> None:
    key = store.agree()
    store.keep(key, kept(1, caption_hash=caption_hash(key, "my secret caption")))
    store.report(key, "ID-1", Outcome(views=123, days=30))
    store.useful("m1", True, key=key, prediction="ID-1")
    exported = json.loads(json.dumps(store.export(key)))
    assert exported["predictions"][0]["body"]["followers"] == 12_000
    assert exported["predictions"][0]["useful"] is True
    assert exported["outcomes"][0]["views"] == 123
    assert key not in json.dumps(exported)
    assert store.delete(key) == 1
    assert store.counts() == {"clients": 0, "predictions": 0, "accepted": 0, "quarantined": 0}
    with pytest.raises(StoreError, match="nothing is saved"):
        store.delete(key)
    file = tmp_path / "feedback.sqlite3"
    if file.exists():
        left = b"".join(path.read_bytes() for path in tmp_path.glob("feedback.sqlite3*"))
        assert b"12000" not in left
        assert b"ID-1" not in left


def test_the_key_itself_is_never_in_the_database(sqlite_store: Store, tmp_path: Path) -> None:
    key = sqlite_store.agree()
    sqlite_store.keep(key, kept(1, caption_hash=caption_hash(key, "Hello there")))
    content = b"".join(path.read_bytes() for path in tmp_path.glob("feedback.sqlite3*"))
    assert key.encode() not in content
    assert b"hello" not in content.lower()


def test_other_users_of_the_machine_cannot_read_it(tmp_path: Path) -> None:
    umask = os.umask(0o022)
    try:
        database = Database(database_url("", tmp_path))
        store = Store(database)
        store.keep(store.agree(), kept(1))
        modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.glob("feedback*")}
        database.close()
    finally:
        os.umask(umask)
    assert modes
    assert set(modes.values()) == {0}


def test_a_vote_without_consent_is_a_bare_count(store: Store) -> None:
    for _ in range(3):
        store.useful("m1", True)
    store.useful("m1", False)
    with store.database.reading() as connection:
        rows = connection.execute(text("SELECT useful, count FROM votes ORDER BY count")).all()
    assert [(bool(useful), count) for useful, count in rows] == [(False, 1), (True, 3)]


def test_captions_are_found_again_through_what_platforms_do_to_them() -> None:
    assert words_of("Hello,  WORLD 🎉 #Dance") == words_of("hello world #dance")
    assert caption_hash("k", "Hello, world!") == caption_hash("k", "hello world")
    assert caption_hash("k", "hello") != caption_hash("other", "hello")
    assert caption_hash("k", "  🎉 ") is None


def test_neither_caption_nor_words_are_kept() -> None:
    from viral.modalities.features import Features
    from viral.model.explanation import Explanation
    from viral.model.prediction import Interval, Prediction
    from viral.posts.details import post_details

    interval = Interval(1.0, 2.0, 3.0)
    prediction = Prediction(
        "m", 50.0, 0.1, interval, interval, interval, interval, interval,
        Explanation(1.0, 2.0, (), ()), id="X",
    )  # fmt: skip
    features = {
        "speech": Features("speech", {"words": 3.0}, details={"transcript": "secret words"}),
        "text": Features("text", {"length": 9.0}, details={"caption": "secret words"}),
        "audio": Features("audio", {"tempo": float("nan")}, missing=True),
    }
    details = post_details(caption="secret words", sound="original sound - somebody")
    found = kept_of(prediction, "key", details=details, duration_s=9.0, features=features)
    assert "secret" not in repr(found)
    assert "somebody" not in repr(found)
    assert found.sound_original == 1.0
    assert found.features == {"speech": {"words": 3.0}}


def _write(address: str, folder: str, key: str, start: int) -> None:
    store = Store(Database(database_url(address, Path(folder))))
    for number in range(start, start + 25):
        store.keep(key, kept(number))
        store.report(key, f"ID-{number}", Outcome(views=number, days=30))
        store.useful("m1", True)


def test_writers_at_once_lose_nothing(address: str, tmp_path: Path) -> None:
    # Nobody has made the tables yet: each process finds an empty database.
    context = multiprocessing.get_context("spawn")
    first = Store(Database(database_url(address, tmp_path)))
    key = first.agree()
    writers = [
        context.Process(target=_write, args=(address, str(tmp_path), key, 100 * number))
        for number in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(100)
        assert writer.exitcode == 0
    reports = first.reports(key)
    assert sorted(r.outcome.views for r in reports) == sorted(
        100 * n + i for n in range(4) for i in range(25)
    )
    with first.database.reading() as connection:
        assert connection.execute(text("SELECT count FROM votes")).scalar() == 100
    first.database.close()


def _opened(address: str, folder: str) -> None:
    Database(database_url(address, Path(folder))).close()


def test_processes_that_start_at_once_make_the_tables_once(address: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    openers = [context.Process(target=_opened, args=(address, str(tmp_path))) for _ in range(3)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join(100)
        assert opener.exitcode == 0


KILLED = """
import sys
from pathlib import Path
from kept_posts import kept
from viral.feedback.database import Database, database_url
from viral.feedback.records import Outcome
from viral.feedback.store import Store
store = Store(Database(database_url(sys.argv[1], Path(sys.argv[2]))))
key = store.agree()
print(key, flush=True)
for number in range(100_000):
    store.keep(key, kept(number))
    store.report(key, f"ID-{number}", Outcome(views=number, days=30))
    print(number, flush=True)
"""


def test_a_writer_that_is_killed_loses_nothing_it_had_confirmed(
    address: str, tmp_path: Path
) -> None:
    tests = Path(__file__).resolve().parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, address, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tests,
        env={**os.environ, "PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}"},
    ) as writer:
        assert writer.stdout is not None
        key = writer.stdout.readline().strip()
        for _ in range(20):
            writer.stdout.readline()
        time.sleep(0.05)
        writer.send_signal(signal.SIGKILL)
        confirmed = [
            19,
            *(int(line) for line in writer.stdout.read().split("\n") if line.isdigit()),
        ]
    store = Store(Database(database_url(address, tmp_path)))
    views = sorted(int(r.outcome.views) for r in store.reports(key))
    assert views == list(range(len(views)))
    assert len(views) >= max(confirmed)
    store.report(key, "ID-0", Outcome(views=7, days=30))
    store.database.close()


def test_the_steps_make_the_tables_that_the_code_uses(store: Store) -> None:
    there = inspect(store.database.engine)
    for table in metadata.sorted_tables:
        columns = {column["name"]: column for column in there.get_columns(table.name)}
        assert set(columns) == {column.name for column in table.columns}
        for column in table.columns:
            assert columns[column.name]["nullable"] == column.nullable, column
    with store.database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD


def test_an_older_database_is_brought_up_to_date(address: str, tmp_path: Path) -> None:
    from viral.feedback import database as module

    url = database_url(address, tmp_path)
    made = Store(Database(url))
    key = made.agree()
    made.keep(key, kept(1))
    with made.database.writing() as connection:
        connection.execute(text("DROP TABLE weight_changes"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    made.database.close()
    again = Store(Database(url))
    assert [k.id for k in again.kept(key)] == ["ID-1"]
    assert inspect(again.database.engine).has_table("weight_changes")
    with again.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    again.database.close()
    with pytest.raises(StoreError, match="newer version"):
        Database(url)
    assert module.HEAD == HEAD


def test_what_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="names 'mysql'"):
        database_url("mysql://x/y", tmp_path)
    with pytest.raises(StoreError, match="cannot be read"):
        database_url("not an address", tmp_path)
    with pytest.raises(StoreError, match="cannot be used") as caught:
        Database(database_url("postgresql://u:hidden@127.0.0.1:9/x", tmp_path))
    assert "hidden" not in str(caught.value)
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"nonsense" * 1000)
    with pytest.raises(StoreError, match="damaged"):
        Database(database_url(f"sqlite:///{broken}", tmp_path))
