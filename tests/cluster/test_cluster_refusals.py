"""What is said where Ray or a cluster is not there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from viral.cluster import connecting
from viral.cluster.connecting import (
    ClusterError,
    ClusterGoneError,
    _checked,
    while_it_answers,
)


def refused(*words: str | Path, code: str = "") -> str:
    """Run the command and return its one line; `code` runs before it."""
    program = (
        f"{code}\nfrom viral.commands.cli import main; main({[str(word) for word in words]!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clip.mp4").write_bytes(b"words")
    return tmp_path


def test_without_ray_one_line_says_what_to_install(folder: Path) -> None:
    line = refused(
        *("extract", folder, "-o", folder / "out.parquet", "--ray", "local"),
        code="import sys; sys.modules['ray'] = None",
    )
    assert 'pip install "ray[data,train]"' in line
    assert sorted(path.name for path in folder.iterdir()) == ["clip.mp4"]


@pytest.mark.cluster
def test_a_cluster_of_ones_own_joins_no_other(folder: Path) -> None:
    pytest.importorskip("ray")
    line = refused(
        *("extract", folder, "-o", folder / "out.parquet", "--ray", "local"),
        # Where a cluster runs on the machine, Ray would look here.
        code="import os; os.environ['RAY_ADDRESS'] = '127.0.0.1:1'",
    )
    assert "clip.mp4" in line


@pytest.mark.parametrize("address", ["nowhere", "ray://127.0.0.1:5", "127.0.0.1", "host:port", ""])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ClusterError, match="is no address of a cluster"):
        _checked(address)


def test_an_address_that_nobody_answers_at_is_refused() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ClusterError, match="No cluster answers"):
        _checked(f"127.0.0.1:{port}")


@pytest.fixture
def something_else() -> Iterator[int]:
    """A server of another kind, which answers every line with a page."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            line, _ = server.accept()
            with line:
                line.recv(1000)
                line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_what_is_no_cluster_is_refused_at_once(something_else: int) -> None:
    with pytest.raises(ClusterError, match="is no cluster"):
        _checked(f"127.0.0.1:{something_else}")


SETTINGS = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
"""What a server of HTTP/2 says first."""


class Head:
    """Answers greetings as the head of a cluster does, until it goes."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        self.is_there = True
        self.thread = threading.Thread(target=self._answer)
        self.thread.start()

    def _answer(self) -> None:
        while True:
            line, _ = self.server.accept()
            with line:
                if not self.is_there:
                    return
                line.recv(100)
                line.sendall(SETTINGS)

    def go(self) -> None:
        """Be there no more."""
        self.is_there = False
        socket.create_connection(self.server.getsockname()).close()
        self.thread.join()
        self.server.close()


@pytest.fixture
def head(monkeypatch: pytest.MonkeyPatch) -> Iterator[Head]:
    started = Head()
    context = SimpleNamespace(gcs_address=started.address)
    ray = SimpleNamespace(get_runtime_context=lambda: context)
    monkeypatch.setattr(connecting, "ray", lambda: ray)
    monkeypatch.setattr(connecting, "GREET_EVERY_S", 0.02)
    yield started
    if started.is_there:
        started.go()


def test_work_on_a_cluster_comes_through_to_its_end(head: Head) -> None:
    assert list(while_it_answers(iter(range(300)))) == list(range(300))


def test_a_head_that_goes_ends_the_wait_and_keeps_what_had_come(head: Head) -> None:
    over = threading.Event()

    def work() -> Iterator[int]:
        yield from (1, 2)
        over.wait(60)

    found: list[int] = []

    def read() -> None:
        for item in while_it_answers(work()):
            found.append(item)
            if item == 2:
                head.go()

    with pytest.raises(ClusterGoneError) as caught:
        read()
    over.set()
    assert found == [1, 2]
    assert caught.value.message.code == "cluster.gone"


@pytest.mark.parametrize("goes", [True, False])
def test_an_error_of_the_work_is_the_heads_only_where_that_is_gone(head: Head, goes: bool) -> None:
    def work() -> Iterator[int]:
        yield 1
        if goes:
            head.go()
        raise KeyError("a worker's own")

    with pytest.raises(ClusterGoneError if goes else KeyError):
        list(while_it_answers(work()))


def test_a_token_that_is_there_is_shown_and_a_setting_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (connecting.TOKEN_MODE, connecting.TOKEN, connecting.TOKEN_PATH):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    connecting._take_token("127.0.0.1:6379")
    assert connecting.TOKEN_MODE not in os.environ
    # `ray start` has found one here, and asks for it.
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text("0123456789abcdef")
    connecting._take_token("127.0.0.1:6379")
    assert os.environ[connecting.TOKEN_MODE] == "token"
    os.environ[connecting.TOKEN_MODE] = "disabled"
    connecting._take_token("127.0.0.1:6379")
    assert os.environ[connecting.TOKEN_MODE] == "disabled"
