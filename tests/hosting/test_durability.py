"""Failure modes: a full disk, no right to write, a clock that jumps, no database."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clean_root import why_not
from fabricated import analysis
from kept_posts import kept
from project_root import PROJECT_ROOT
from test_gate import House, sentence

from viral.errors import StoreError, ViralError
from viral.feedback.database import Database, database_url
from viral.feedback.records import Outcome
from viral.feedback.store import Store
from viral.settings import Settings
from viral.ui import serving
from viral.ui.sessions import ResultGoneError, Sessions

FULL_DISK = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from kept_posts import kept
from viral.errors import StoreError
from viral.feedback.database import Database, database_url
from viral.feedback.records import Outcome
from viral.feedback.store import Store
disk = Path({disk!r})
store = Store(Database(database_url("", disk)))
key = store.agree()
for number in range(3):
    store.keep(key, kept(number))
    store.report(key, f"ID-{{number}}", Outcome(views=10 + number, days=3))
filler = disk / "filler"
with filler.open("wb", buffering=0) as file:
    try:
        while True:
            file.write(b"x" * 4096)
    except OSError:
        pass
said = ""
confirmed = 3
try:
    for number in range(3, 2000):
        store.keep(key, kept(number))
        confirmed += 1
except StoreError as error:
    said = str(error)
filler.unlink()
assert len(store.kept(key)) == confirmed, (len(store.kept(key)), confirmed)
assert [r.outcome.views for r in store.reports(key)] == [10, 11, 12]
store.keep(key, kept(5000))
store.database.close()
again = Store(Database(database_url("", disk)))
assert len(again.kept(key)) == confirmed + 1
print(said)
"""


def mounted(disk: Path, options: str, program: str) -> str:
    """Run a program where a folder is a file system of its own."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    mount = f'mount -t tmpfs -o {options} none "$1" && exec "$2" -c "$3"'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, "sh", disk, sys.executable, program],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_full_disk_loses_nothing_that_was_confirmed_and_is_said(tmp_path: Path) -> None:
    tests = str(PROJECT_ROOT / "tests")
    program = FULL_DISK.format(tests=tests, disk=str(tmp_path))
    assert mounted(tmp_path, "size=700k", program) in (
        "The disk is full and nothing was kept; make room and try again.",
        "Nothing could be written to the disk, so nothing was saved; make room and try again.",
    )


READ_ONLY = """
import subprocess
from pathlib import Path
from viral.errors import ViralError
from viral.feedback.database import Database, database_url
from viral.feedback.store import Store
disk = Path({disk!r})
store = Store(Database(database_url("", disk / "data")))
key = store.agree()
store.database.close()
subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
for folder in ("data", "other"):
    try:
        Store(Database(database_url("", disk / folder))).agree()
    except ViralError as error:
        assert str(disk) not in str(error), error
        print(error)
"""


def test_a_disk_that_may_only_be_read_is_one_sentence_without_a_path(tmp_path: Path) -> None:
    said = mounted(tmp_path, "size=2m", READ_ONLY.format(disk=str(tmp_path))).splitlines()
    assert len(said) == 2
    for one in said:
        assert "VIRAL_DATA_DIR" in one
        assert one.endswith(".")


def test_an_upload_that_finds_no_room_is_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    async def full(scope: Any, receive: Any, send: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/tmp/x/Mariannes_wedding.mp4")

    caplog.set_level("CRITICAL")
    answer = House(app=full).ask("/gradio_api/upload", body=b"x")
    assert answer.status == 503
    assert sentence(answer) == (
        "The server holds as many clips as it can; try again in a few minutes."
    )
    assert int(answer.headers[b"retry-after"]) > 0


def test_without_a_folder_for_clips_the_app_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("a file, no folder")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(in_the_way))
    monkeypatch.setattr(serving, "_hosts", [])
    before = os.umask(0o022)
    try:
        with pytest.raises(ViralError, match="set GRADIO_TEMP_DIR"):
            serving.prepare(Settings())
    finally:
        os.umask(before)


def test_results_do_not_follow_the_clock_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    sessions = Sessions(60)
    key = sessions.keep(analysis())
    for jump_s in (1e9, -1e9):
        now_s = time.time() + jump_s
        monkeypatch.setattr(time, "time", lambda now_s=now_s: now_s)
        assert sessions.get(key) is not None
    sessions.forget(key)
    with pytest.raises(ResultGoneError):
        sessions.get(key)


BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


class Server:
    """A PostgreSQL server that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user: list[str] = []
        if os.getuid() == 0:
            self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            shutil.chown(folder, "postgres", "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._run("initdb", "-U", "viral", "--auth=trust")

    def _run(self, program: str, *words: str) -> None:
        command = [*self.user, str(BINARIES[-1].parent / program), "-D", str(self.folder / "data")]
        subprocess.run([*command, *words], check=True, capture_output=True, cwd=self.folder)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=on"
        options += f" -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def kill(self) -> None:
        """End it as a power cut would: nothing is written out."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")


@pytest.fixture
def server() -> Iterator[Server]:
    if not BINARIES:
        pytest.skip("Debian's package postgresql is not installed")
    folder = Path(tempfile.mkdtemp(prefix="viral-postgres-"))
    made = Server(folder)
    made.start()
    yield made
    if (folder / "data" / "postmaster.pid").exists():
        made.kill()
    shutil.rmtree(folder)


def test_a_database_that_is_killed_is_a_sentence_and_loses_nothing(
    server: Server, tmp_path: Path
) -> None:
    url = database_url(f"postgresql://viral@127.0.0.1:{server.port}/postgres", tmp_path)
    store = Store(Database(url))
    key = store.agree()
    store.keep(key, kept(1))
    store.report(key, "ID-1", Outcome(views=500, days=3))
    server.kill()
    for attempt in (lambda: store.keep(key, kept(2)), lambda: store.reports(key)):
        with pytest.raises(StoreError, match="cannot be used; check that it runs") as caught:
            attempt()
        assert "\n" not in str(caught.value)
    server.start()
    # The same store goes on, without a restart of the app.
    store.keep(key, kept(2))
    assert len(store.kept(key)) == 2
    assert [report.outcome.views for report in store.reports(key)] == [500]
    store.database.close()
