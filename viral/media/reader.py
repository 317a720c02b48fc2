"""A file becomes a `Clip`: checks, the guarded child, and what its answer means."""

from __future__ import annotations

import hashlib
import json
import math
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

from viral.errors import MediaError
from viral.media.clip import Clip, ClipFacts
from viral.settings import Settings, settings

MAX_HEADER_BYTES = 1_000_000
MAX_ANSWER_BYTES = 1_000_000_000
"""Ten minutes of sound at 192 kHz and ninety frames; more is nonsense."""
DTYPES = ("uint8", "float64", "float32", "float64", "int64", "float64")
DIED = "This file could not be decoded; export it again as mp4 (H.264) and try once more."
TOO_SLOW = "This file takes too long to decode; export it again as mp4 (H.264) and try once more."


def checked_path(path: str | Path, limits: Settings) -> Path:
    """Return the path of a regular file that is neither empty nor too large.

    Raises
    ------
    MediaError
        It is not there, not a file, empty, unreadable or too large.
    """
    try:
        file = Path(path)
        facts = file.stat()
    except (OSError, ValueError, TypeError) as error:
        raise MediaError("There is no such file; check the path of the clip.") from error
    if not stat.S_ISREG(facts.st_mode):
        raise MediaError("This is not a file; choose a video file.")
    if facts.st_size == 0:
        raise MediaError("The file is empty; export or upload the clip again.")
    if facts.st_size > limits.max_clip_bytes:
        raise MediaError(
            f"The file has {facts.st_size / 1e6:,.0f} MB, more than the "
            f"{limits.max_clip_bytes / 1e6:,.0f} MB allowed; export it smaller."
        )
    if not os.access(file, os.R_OK):
        raise MediaError("The file may not be read; check its permissions.")
    return file


def read_clip(path: str | Path) -> Clip:
    """Decode a file in a guarded child process.

    Parameters
    ----------
    path : str or Path
        Any container and codec that FFmpeg reads; the name is not trusted.

    Returns
    -------
    Clip
        With frames, sound, or both.

    Raises
    ------
    MediaError
        The file is missing, empty, too large, too long, protected, damaged beyond reading, or not
        a video; or the decoder died, hung or answered nonsense.
    """
    limits = settings()
    file = checked_path(path, limits)
    with file.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    answer = _answer(file, limits)
    header, arrays = _parsed(answer)
    frames, frame_times_s, waveform, packet_times_s, packet_bytes, keyframe_times_s = arrays
    rate = header["frame_rate_hz"]
    facts = ClipFacts(
        file_bytes=file.stat().st_size,
        sha256=sha256,
        container=str(header["container"]),
        duration_s=float(header["duration_s"]),
        video_codec=header["video_codec"] if len(frames) else None,
        audio_codec=header["audio_codec"] if len(waveform) else None,
        width=int(header["width"]) if len(frames) else 0,
        height=int(header["height"]) if len(frames) else 0,
        rotation_deg=int(header["rotation"]),
        frame_rate_hz=math.nan if rate is None else float(rate),
        packet_times_s=packet_times_s,
        packet_bytes=packet_bytes,
        keyframe_times_s=keyframe_times_s,
    )
    return Clip(
        facts=facts,
        frames=frames,
        frame_times_s=frame_times_s,
        waveform=waveform,
        sample_rate_hz=int(header["sample_rate_hz"]) if len(waveform) else 0,
        warnings=tuple(dict.fromkeys(str(w) for w in header["warnings"])),
    )


def child_command(file: Path, limits: Settings) -> list[str]:
    """Return the command of the decoding child."""
    bounds = {
        "max_duration_s": limits.max_clip_duration_s,
        "max_frame_pixels": limits.max_frame_pixels,
        "memory_bytes": limits.decode_memory_bytes,
        "cpu_s": math.ceil(limits.decode_timeout_s * 2),
        "threads": limits.threads,
    }
    child = Path(__file__).with_name("decode_child.py")
    # -I: no user site, no PYTHON* variables, no current folder on the path.
    return [sys.executable, "-I", str(child), str(file.resolve()), json.dumps(bounds)]


def _answer(file: Path, limits: Settings) -> bytes:
    process = subprocess.Popen(
        child_command(file, limits),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        close_fds=True,
        cwd="/",
        env={"OMP_NUM_THREADS": str(limits.threads), "OPENBLAS_NUM_THREADS": "1"},
    )
    late = threading.Event()

    def stop() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(limits.decode_timeout_s, stop)
    timer.start()
    try:
        if process.stdout is None:
            raise MediaError(DIED)
        answer = process.stdout.read(MAX_ANSWER_BYTES + 1)
        code = process.wait(timeout=limits.decode_timeout_s)
    except subprocess.TimeoutExpired as error:
        raise MediaError(TOO_SLOW) from error
    finally:
        timer.cancel()
        _kill(process)
        if process.stdout is not None:
            process.stdout.close()
        process.wait()
    if late.is_set():
        raise MediaError(TOO_SLOW)
    if code != 0 or not answer or len(answer) > MAX_ANSWER_BYTES:
        raise MediaError(DIED)
    return answer


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _parsed(answer: bytes) -> tuple[dict[str, Any], list[np.ndarray]]:
    end = answer.find(b"\n", 0, MAX_HEADER_BYTES)
    try:
        header = json.loads(answer[:end]) if end >= 0 else None
        if not isinstance(header, dict):
            raise MediaError(DIED)
        if "error" in header:
            raise MediaError(str(header["error"]))
        arrays, offset = [], end + 1
        for (dtype, shape), expected in zip(header["arrays"], DTYPES, strict=True):
            if dtype != expected:
                raise MediaError(DIED)
            count = math.prod(int(n) for n in shape)
            array = np.frombuffer(answer, dtype=np.dtype(expected), count=count, offset=offset)
            arrays.append(array.reshape(shape))
            offset += array.nbytes
        if offset != len(answer):
            raise MediaError(DIED)
    except (ValueError, KeyError, TypeError) as error:
        # The child was cut off in the middle of its answer.
        raise MediaError(DIED) from error
    return header, arrays
