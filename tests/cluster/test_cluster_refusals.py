"""What is said where Ray or a cluster is not there."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from viral.cluster.connecting import ClusterError, _checked


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
    assert "pip install -r requirements-cluster.txt" in line
    assert sorted(path.name for path in folder.iterdir()) == ["clip.mp4"]


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
