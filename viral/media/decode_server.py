"""One idle process that forks a fresh decoding child for each clip.

Starting Python and loading FFmpeg takes a tenth of a second, more than decoding a short clip. The
server does that once and decodes nothing itself; each clip is decoded in a fork of it, which is as
separate from the others as a process of its own, and which limits itself before it opens the file.

The server is told over a socket what to do, in one line of JSON with file descriptors beside it,
answers each request in one line, and ends when the other end of the socket is closed:

* `{"program": ..., "job": ...}` with the clip and the pipe for the answer: fork a child, which runs
  the program with `job` in it; the reply is its process id.
* `{"walls": true}`: the reply is which walls stand around a child on this machine, see `settled`.
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

from viral.media import landlock, sandbox

MAX_REQUEST_BYTES = 1 << 20
DESCRIPTORS = 2
"""That come with a job: the clip, and the pipe for the answer."""
STDOUT = 1
PROBE = {
    "wall_s": 10.0,
    "memory_bytes": 1 << 31,
    "threads": 2,
    "max_duration_s": 60.0,
    "max_pixels": 1 << 20,
    "hook_s": 3.0,
}
"""The job of the child that tries the walls."""
SILENCE_RATE_HZ = 16_000
PRIMED = ("h264", "aac")
"""Decoders whose tables are made ahead of the first clip; nearly all clips have these."""


def prime() -> None:
    """Load everything that a child would load."""
    import concurrent.futures.thread  # noqa: F401

    import av
    import av.filter
    import av.subtitles.codeccontext
    import av.subtitles.stream
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


def settled() -> dict[str, Any]:
    """Return which walls stand around a child here: `landlock` (version, 0: none), `system_calls`.

    The narrowest that a harmless clip, drawn here, comes through: another C library or kernel than
    those that were watched may need a call that is not on the list. Where the clip comes through
    none of them something else is wrong, and the narrowest stand.
    """
    possible: list[dict[str, Any]] = [
        {"landlock": known, "system_calls": kind}
        for known in dict.fromkeys((landlock.version(), 0))
        for kind in (*sandbox.kinds(), sandbox.NONE)
    ]
    if len(possible) == 1:
        return possible[0]
    return next((walls for walls in possible if _comes_through(walls)), possible[0])


def _comes_through(walls: dict[str, Any]) -> bool:
    """Let a child behind some walls decode a drawn clip; say whether its pictures come out."""
    from viral.media.decode_child import MAGIC, main

    clip = os.memfd_create("clip")
    answer, theirs = os.pipe()
    try:
        os.write(clip, drawn_clip())
        os.lseek(clip, 0, os.SEEK_SET)
        child = os.fork()
        if child == 0:
            try:
                os.dup2(theirs, STDOUT)
                main({**PROBE, "descriptor": clip, "walls": walls})
            finally:
                os._exit(1)
        os.close(theirs)
        # It is less than a pipe holds, so that the child does not wait for its reader.
        said = b"".join(iter(lambda: os.read(answer, 1 << 16), b""))
        os.waitpid(child, 0)
    finally:
        os.close(clip)
        os.close(answer)
    return said.startswith(MAGIC) and b'"frames": 2' in said


def drawn_clip(duration_s: float = 0.4, codec: str = "mpeg4") -> bytes:
    """Return a clip with grey pictures, ten a second, and silence, made in memory."""
    import io

    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        video: Any = container.add_stream(codec, rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio: Any = container.add_stream("aac", rate=SILENCE_RATE_HZ, layout="mono")
        for place in range(round(10 * duration_s)):
            frame = av.VideoFrame(64, 64, "yuv420p")
            for plane in frame.planes:
                plane.update(b"\x80" * plane.buffer_size)
            frame.pts = place
            container.mux(video.encode(frame))
        for place in range(max(round(duration_s * SILENCE_RATE_HZ / 1024), 1)):
            block = av.AudioFrame("fltp", "mono", 1024)
            block.planes[0].update(bytes(block.planes[0].buffer_size))
            block.sample_rate, block.pts = SILENCE_RATE_HZ, 1024 * place
            container.mux(audio.encode(block))
        for stream in (video, audio):
            container.mux(stream.encode(None))
    return file.getvalue()


def _run(request: dict[str, Any], descriptors: list[int], walls: dict[str, Any]) -> NoReturn:
    """Be the child: take the descriptors and run the program; never return."""
    code = 1
    try:
        os.setsid()
        clip, answer = descriptors
        os.dup2(answer, STDOUT)
        os.close(answer)
        job = {**request["job"], "descriptor": clip, "walls": walls}
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
    walls = settled()
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
            reply: Any = 0
        elif "walls" in request:
            reply = walls
        else:
            try:
                reply = os.fork()
            except OSError:
                reply = -1
            if reply == 0:
                control.close()
                _run(request, descriptors, walls)
            children.add(reply)
        for each in descriptors:
            os.close(each)
        control.sendall(json.dumps(reply).encode() + b"\n")
    for child in children - {-1}:
        _end(child)
