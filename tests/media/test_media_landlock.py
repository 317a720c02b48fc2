"""Rights on files and connections that are given up for good."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from project_root import PROJECT_ROOT

from viral.media import landlock

pytestmark = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")

START = """
import os, socket, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from viral.media import landlock
folder = Path({folder!r})
def tried(attempt):
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return "done"
"""


def output(tmp_path: Path, code: str) -> str:
    start = START.format(root=str(PROJECT_ROOT), folder=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", start + code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nothing_can_be_opened_and_what_is_open_stays_so(tmp_path: Path) -> None:
    (tmp_path / "open").write_text("known")
    (tmp_path / "shut").write_text("secret")
    assert output(
        tmp_path,
        "there = open(folder / 'open')\n"
        "assert landlock.give_up()\n"
        "print(there.read(), tried((folder / 'shut').read_text), tried(lambda: os.listdir('/')),"
        " tried((folder / 'new').touch), tried(lambda: os.execv('/bin/true', ['true'])))",
    ) == " ".join(["known", *["PermissionError"] * 4])
    assert not (tmp_path / "new").exists()


def test_what_is_named_may_be_read_or_written_and_nothing_beside_it(tmp_path: Path) -> None:
    for name in ("read", "write", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    assert output(
        tmp_path,
        "assert landlock.give_up(readable=[folder / 'read', folder / 'missing'], "
        "writable=[folder / 'write'])\n"
        "for name in ('read', 'write', 'other'):\n"
        "    file = folder / name / 'file'\n"
        "    print(name, tried(file.read_text), tried(lambda: file.write_text('x')),"
        " tried((folder / name / 'new').touch), tried(file.unlink))",
    ).splitlines() == [
        "read done PermissionError PermissionError PermissionError",
        "write done done done done",
        "other PermissionError PermissionError PermissionError PermissionError",
    ]


@pytest.mark.skipif(landlock.version() < 4, reason="this kernel's Landlock knows no network")
def test_ports_that_are_not_named_are_not_connected_to(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("", 0)) as other:
        ports = one.getsockname()[1], other.getsockname()[1]
        assert output(
            tmp_path,
            f"assert landlock.give_up(ports=[{ports[0]}])\n"
            f"for port in {ports}:\n"
            "    print(tried(lambda: socket.socket().connect(('127.0.0.1', port))))\n"
            "print(tried(lambda: socket.socket().bind(('127.0.0.1', 0))))",
        ).split() == ["done", "PermissionError", "PermissionError"]
        assert output(
            tmp_path,
            f"assert landlock.give_up(ports=None)\n"
            f"print(tried(lambda: socket.socket().connect(('127.0.0.1', {ports[1]}))))",
        ).split() == ["done"]


def test_without_landlock_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    assert landlock.give_up() is False
    with Path(__file__).open() as still:
        assert still.read(3)
