"""This side of the decoding server: children are asked for here and ended here.

The server is started with the first clip and serves all that this process reads. It ends with this
process, whatever way that goes. See `viral.media.decode_server`.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPLY_S = 10.0
"""Seconds that the server may take to reply; it does in a millisecond, but starts in a hundred, and
in seconds on a machine with no memory to spare."""
TRIES = 2
"""A server that was ended by somebody is started anew."""

BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from viral.media.decode_server import serve; serve(int(sys.argv[2]))"
)
"""What the server runs. It is given this process's import path, because it starts without
`site`."""

PROGRAM = "from viral.media.decode_child import main; main(job)"
"""What a child runs."""


class NoChildError(Exception):
    """No process could be had to decode in."""


def _import_path() -> list[str]:
    """Return where the server finds this project, PyAV and the standard library."""
    found = importlib.util.find_spec("av")
    places = [str(Path(__file__).resolve().parents[2])]
    if found is not None and found.origin is not None:
        places.append(str(Path(found.origin).parent.parent))
    return places + [place for place in sys.path if place]


class _Server:
    """A running server and the socket to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._control = ours
        self._control.settimeout(REPLY_S)
        with theirs:
            # -I: no user site, no PYTHON* variables; -S: no site; -B: no bytecode files.
            flags = ["-I", "-S", "-B", "-c", BOOT]
            self._process = subprocess.Popen(
                [sys.executable, *flags, json.dumps(_import_path()), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )

    def ask(self, request: dict[str, Any], descriptors: tuple[int, ...] = ()) -> Any:
        """Send a request and return the reply.

        Raises
        ------
        OSError
            The server is gone or does not reply.
        """
        line = json.dumps(request).encode() + b"\n"
        if descriptors:
            sent = socket.send_fds(self._control, [line], descriptors)
            line = line[sent:]
        self._control.sendall(line)
        reply = b""
        while not reply.endswith(b"\n"):
            more = self._control.recv(1024)
            if not more:
                raise ConnectionResetError
            reply += more
        return json.loads(reply)

    def stop(self) -> None:
        """End the server, unless it is that of the process this one was forked from."""
        self._control.close()
        if self.owner == os.getpid():
            self._process.kill()
            self._process.wait()


_lock = threading.Lock()
_servers: list[_Server] = []
"""The one that runs, or none."""


def stop_server() -> None:
    """End the server, if one runs. The next clip starts another."""
    with _lock:
        while _servers:
            _servers.pop().stop()


atexit.register(stop_server)


def _asked(request: dict[str, Any], descriptors: tuple[int, ...] = ()) -> Any:
    with _lock:
        if _servers and _servers[0].owner != os.getpid():
            # After a fork: the socket is the other process's.
            _servers.pop().stop()
        if not _servers:
            _servers.append(_Server())
        try:
            return _servers[0].ask(request, descriptors)
        except (OSError, ValueError):
            _servers.pop().stop()
            raise


def _started(job: dict[str, Any], clip: int, answer: int) -> int:
    for _ in range(TRIES):
        with contextlib.suppress(OSError, ValueError):
            pid = _asked({"program": PROGRAM, "job": job}, (clip, answer))
            if isinstance(pid, int) and pid > 0:
                return pid
    raise NoChildError


def walls() -> dict[str, Any]:
    """Return which walls stand around a child on this machine, starting the server if need be.

    Returns
    -------
    dict
        `landlock`: its version, 0 for none; `system_calls`: a kind of `viral.media.sandbox`.

    Raises
    ------
    NoChildError
        No process could be started.
    """
    for _ in range(TRIES):
        with contextlib.suppress(OSError, ValueError):
            found = _asked({"walls": True})
            if isinstance(found, dict):
                return found
    raise NoChildError


@contextlib.contextmanager
def child(job: dict[str, Any], descriptor: int) -> Iterator[int]:
    """Start a child with a job, yield the pipe that its answer comes from, and end it.

    Parameters
    ----------
    job : dict
        What `viral.media.decode_child.main` takes, as JSON can hold it.
    descriptor : int
        Of the open clip, which the child gets as `job["descriptor"]`.

    Raises
    ------
    NoChildError
        No process could be started.
    """
    ours, theirs = os.pipe()
    pid = None
    try:
        try:
            pid = _started(job, descriptor, theirs)
        finally:
            os.close(theirs)
        yield ours
    finally:
        os.close(ours)
        if pid is not None:
            # A server that is gone has taken its children along, or their alarm ends them.
            with contextlib.suppress(OSError, ValueError):
                _asked({"end": pid})
