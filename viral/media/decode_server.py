"""One idle process that forks a fresh decoding child for each clip.

Starting Python and loading FFmpeg takes a tenth of a second, more than decoding a short clip. The
server does that once and decodes nothing itself; each clip is decoded in a fork of it, which is as
separate from the others as a process of its own, and which limits itself before it opens the file.

The server is told over a socket what to do, in one line of JSON with file descriptors beside it,
answers each request in one line, and ends when the other end of the socket is closed:

* `{"program": ..., "job": ...}` with the clip and the pipe for the answer: fork a child, which runs
  the program with `job` in it; the reply is its process id.
* `{"end": pid}`: kill what is left of a child and of all it has started, and reap it. Nobody else
  reaps it, so its number cannot have passed to another process meanwhile.

It starts without `site`, with the standard library, this project and PyAV alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
from typing import Any, NoReturn

MAX_REQUEST_BYTES = 1 << 20
DESCRIPTORS = 2
"""That come with a job: the clip, and the pipe for the answer."""
STDOUT = 1
PRIMED = ("h264", "aac")
"""Decoders whose tables are made ahead of the first clip; nearly all clips have these."""


def prime() -> None:
    """Load everything that a child would load."""
    import concurrent.futures.thread  # noqa: F401

    import av
    import av.filter
    import av.video.reformatter

    import viral.media.decode_child  # noqa: F401

    for name in PRIMED:
        with contextlib.suppress(av.FFmpegError, ValueError):
            context: Any = av.CodecContext.create(name, "r")
            context.thread_count = 1
            context.open()


def _request(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """Return the next request with its descriptors, or None when nobody asks any more."""
    data, descriptors, _, _ = socket.recv_fds(control, MAX_REQUEST_BYTES, DESCRIPTORS)
    while data and not data.endswith(b"\n"):
        more = control.recv(MAX_REQUEST_BYTES)
        if not more:
            return None, list(descriptors)
        data += more
    return (json.loads(data) if data else None), list(descriptors)


def _run(request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """Be the child: take the descriptors and run the program; never return."""
    code = 1
    try:
        os.setsid()
        clip, answer = descriptors
        os.dup2(answer, STDOUT)
        os.close(answer)
        job = {**request["job"], "descriptor": clip}
        exec(request["program"], {"job": job})  # noqa: S102 - our own program, from our parent
        sys.stdout.flush()
        code = 0
    finally:
        # Not the server's own way out: its handlers are not the child's.
        os._exit(code)


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        # A child that has not yet made its own group.
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def serve(descriptor: int) -> None:
    """Fork a child for each job that comes over a socket, until it is closed.

    Parameters
    ----------
    descriptor : int
        Of the socket.
    """
    control = socket.socket(fileno=descriptor)
    children: set[int] = set()
    prime()
    while True:
        try:
            request, descriptors = _request(control)
        except OSError:
            break
        if request is None:
            break
        if "end" in request:
            if request["end"] in children:
                children.discard(request["end"])
                _end(request["end"])
            reply = 0
        else:
            try:
                reply = os.fork()
            except OSError:
                reply = -1
            if reply == 0:
                control.close()
                _run(request, descriptors)
            children.add(reply)
        for each in descriptors:
            os.close(each)
        control.sendall(f"{reply}\n".encode())
    for child in children - {-1}:
        _end(child)
