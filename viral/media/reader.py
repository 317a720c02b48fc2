"""A file becomes a `Clip`, whatever is in the file.

`read_clip` opens the file once, starts the guarded child of `viral.media.decode_child` with the
open descriptor, hashes the content while the child decodes, checks the answer against the limits
before taking memory for it, and makes the `Clip`. A child that dies, hangs or talks nonsense is a
`MediaError` for that clip alone. Nothing is written to disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import selectors
import stat
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from viral.errors import MediaError
from viral.media import decoding, hdr, limits
from viral.media.answer import DIED, UNLESS_SAID, checked_bytes, layout, message
from viral.media.clip import HOOK_S, Clip, ClipFacts
from viral.media.decode_child import MAGIC
from viral.messages import Message
from viral.settings import Settings, settings

MAX_WALL_S = 19.0
"""No setting makes the child live longer, so that the whole call stays under 20 s."""

RETRY_WITHIN_S = 8.0
"""A child that died later leaves too little of the 20 s for a second one."""

HASH_BLOCK_BYTES = 1 << 20
READ_BLOCK_BYTES = 1 << 20
PIPE_BYTES = 1 << 20
"""Linux gives a pipe 64 KiB unless asked; a larger one saves the child and the parent turns."""

_F_SETPIPE_SZ = 1031  # fcntl.F_SETPIPE_SZ, which is there on Linux alone


def read_clip(path: str | Path) -> Clip:
    """Read a clip: frames with times, waveform and facts.

    Parameters
    ----------
    path
        A file in any container and codec that PyAV's FFmpeg reads. Its name does not matter.

    Returns
    -------
    Clip
        With pictures, with sound, or with both; what could not be read is said in `warnings`.

    Raises
    ------
    MediaError
        The file is missing, not a file, empty, too large or too long, protected, or holds neither
        pictures nor sound that can be decoded. The message is one sentence for the user.
    """
    knobs = settings()
    descriptor = _opened(path)
    try:
        size = _checked_size(descriptor, knobs)
        digest: list[str] = []
        hashing = threading.Thread(target=lambda: digest.append(_sha256(descriptor)))
        hashing.start()
        try:
            header, arrays = _decoded_at_least_pictures(descriptor, knobs)
        finally:
            hashing.join()
    finally:
        os.close(descriptor)
    if not digest:
        raise MediaError(Message("media.broke_off"))
    return _clip(header, arrays, file_bytes=size, sha256=digest[0])


def read_stills(path: str | Path, moments_s: Sequence[float], short_side: int) -> list[np.ndarray]:
    """Read single pictures of a clip, larger than those of `read_clip`.

    Parameters
    ----------
    path
        The file.
    moments_s
        Seconds, at most `limits.MAX_STILLS`: the nearest picture of each is read.
    short_side
        Pixels that the short side has at most; the long one has `limits.MAX_LONG_SIDE` at most.

    Returns
    -------
    list[np.ndarray]
        RGB uint8 `[height, width, 3]`, upright, one for each moment.

    Raises
    ------
    MediaError
        The file cannot be read, or has no pictures.
    """
    knobs = settings()
    chosen_s = sorted(set(moments_s))[: limits.MAX_STILLS]
    descriptor = _opened(path)
    try:
        _checked_size(descriptor, knobs)
        wanted = {"moments_s": chosen_s, "short_side": short_side}
        header, arrays = _decoded(descriptor, knobs, **wanted)
    finally:
        os.close(descriptor)
    clip = _clip(header, arrays, file_bytes=0, sha256="")
    if not clip.has_video:
        raise MediaError(Message("media.no_pictures"))
    nearest = [int(np.argmin(np.abs(clip.frame_times_s - moment_s))) for moment_s in moments_s]
    return [clip.frames[place] for place in nearest]


def content_hash(path: str | Path) -> str:
    """Return the SHA-256 of a clip's content, as `ClipFacts.sha256`, without decoding it.

    Raises
    ------
    MediaError
        The file is missing, not a file, empty, too large or cannot be read.
    """
    descriptor = _opened(path)
    try:
        _checked_size(descriptor, settings())
        return _sha256(descriptor)
    except OSError:
        raise MediaError(Message("media.broke_off")) from None
    finally:
        os.close(descriptor)


def _opened(path: str | Path) -> int:
    """Open a regular file and nothing else: a pipe or a device would block or never end."""
    try:
        # Without O_NONBLOCK, opening a named pipe waits for somebody to write to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise MediaError(Message("media.not_there")) from None
    except PermissionError:
        raise MediaError(Message("media.not_allowed")) from None
    except (OSError, TypeError, ValueError):
        raise MediaError(Message("media.cannot_open")) from None
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(kind):
        raise MediaError(Message("media.folder"))
    raise MediaError(Message("media.not_ordinary"))


def _checked_size(descriptor: int, knobs: Settings) -> int:
    size = os.fstat(descriptor).st_size
    if size == 0:
        raise MediaError(message(limits.EMPTY))
    if size > knobs.max_clip_bytes:
        raise MediaError(message(limits.too_large(knobs.max_clip_bytes)))
    return size


def _sha256(descriptor: int) -> str:
    """Hash the file without moving the position that the child reads from."""
    digest = hashlib.sha256()
    place = 0
    while block := os.pread(descriptor, HASH_BLOCK_BYTES, place):
        digest.update(block)
        place += len(block)
    return digest.hexdigest()


class _DiedError(MediaError):
    """The child ended before it had answered."""


def _decoded_at_least_pictures(
    descriptor: int, knobs: Settings
) -> tuple[dict[str, Any], bytearray]:
    """Decode; where the child dies of it, leave the sound out and say so.

    Decoders of sound have ended the child on valid files, whose pictures are fine.
    """
    started_s = time.monotonic()
    try:
        return _decoded(descriptor, knobs)
    except _DiedError:
        if time.monotonic() - started_s > RETRY_WITHIN_S:
            raise
    os.lseek(descriptor, 0, os.SEEK_SET)
    header, arrays = _decoded(descriptor, knobs, with_sound=False)
    header["warnings"] = [*header["warnings"], limits.SOUND_LOST]
    return header, arrays


def _job(wall_s: float, knobs: Settings, wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **wanted,
        "wall_s": wall_s,
        "memory_bytes": knobs.decode_memory_bytes,
        "threads": max(knobs.threads, 1),
        "max_duration_s": knobs.max_clip_duration_s,
        "max_pixels": knobs.max_frame_pixels,
        "hook_s": HOOK_S,
    }


def _decoded(descriptor: int, knobs: Settings, **wanted: Any) -> tuple[dict[str, Any], bytearray]:
    """Let a child decode and return its header and the bytes of its arrays, both checked."""
    wall_s = min(knobs.decode_timeout_s, MAX_WALL_S)
    deadline_s = time.monotonic() + wall_s
    try:
        with decoding.child(_job(wall_s, knobs, wanted), descriptor) as pipe:
            return _answer(pipe, deadline_s, knobs)
    except decoding.NoChildError:
        raise MediaError(Message("media.no_process")) from None


def _answer(pipe: int, deadline_s: float, knobs: Settings) -> tuple[dict[str, Any], bytearray]:
    _widen(pipe)
    start = _exactly(pipe, len(MAGIC) + 4, deadline_s)
    (header_bytes,) = struct.unpack("<I", start[len(MAGIC) :])
    if not start.startswith(MAGIC) or header_bytes > limits.MAX_HEADER_BYTES:
        raise MediaError(DIED)
    try:
        header = json.loads(bytes(_exactly(pipe, header_bytes, deadline_s)))
    except ValueError:
        raise MediaError(DIED) from None
    if isinstance(header, dict) and "error" in header:
        raise MediaError(message(header["error"]))
    if isinstance(header, dict):
        header = {**UNLESS_SAID, **header}
    return header, _exactly(pipe, checked_bytes(header, knobs), deadline_s)


def _widen(pipe: int) -> None:
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, _F_SETPIPE_SZ, PIPE_BYTES)


def _exactly(pipe: int, count: int, deadline_s: float) -> bytearray:
    """Read exactly `count` bytes before the deadline."""
    data = bytearray(count)
    view = memoryview(data)
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while view:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0 or not selector.select(left_s):
                raise MediaError(Message("media.took_too_long"))
            got = os.readv(pipe, [view[:READ_BLOCK_BYTES]])
            if got == 0:
                raise _DiedError(DIED)
            view = view[got:]
    return data


def _clip(header: dict[str, Any], data: bytearray, *, file_bytes: int, sha256: str) -> Clip:
    parts: dict[str, memoryview] = {}
    view = memoryview(data)
    for name, count in layout(header):
        parts[name], view = view[:count], view[count:]
    facts = ClipFacts(
        file_bytes=file_bytes,
        sha256=sha256,
        container=header["container"],
        duration_s=float(header["duration_s"]),
        video_codec=header["video_codec"],
        audio_codec=header["audio_codec"],
        width=header["height"] if header["rotation_deg"] % 180 else header["width"],
        height=header["width"] if header["rotation_deg"] % 180 else header["height"],
        rotation_deg=header["rotation_deg"],
        frame_rate_hz=_or_nan(header["frame_rate_hz"]),
        packet_times_s=np.frombuffer(parts["packet_times_s"], np.float64).copy(),
        packet_bytes=np.frombuffer(parts["packet_bytes"], np.int64).copy(),
        keyframe_times_s=np.frombuffer(parts["keyframe_times_s"], np.float64).copy(),
        mirrored=header["mirrored"],
        dynamic_range=header["transfer"],
        channels=header["channels"],
        channels_cancel=header["cancels"],
        loudness_lufs=_or_nan(header["loudness_lufs"]),
        true_peak_dbtp=_or_nan(header["true_peak_dbtp"]),
    )
    return Clip(
        facts=facts,
        frames=_upright(header, parts["frames"]),
        frame_times_s=np.frombuffer(parts["frame_times_s"], np.float64).copy(),
        waveform=_waveform(header, parts["waveform"]),
        sample_rate_hz=header["sample_rate_hz"],
        warnings=tuple(message(said) for said in header["warnings"]),
    )


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _upright(header: dict[str, Any], data: memoryview) -> np.ndarray:
    """Return the frames without the padding of their rows, turned as the file asks."""
    height, width = header["frame_height"], header["frame_width"]
    rows = np.frombuffer(data, np.uint8).reshape(header["frames"], height, header["row_bytes"])
    frames = rows[:, :, : 3 * width].reshape(header["frames"], height, width, 3)
    if header["transfer"] is not None:
        frames = hdr.on_an_ordinary_screen(
            frames, header["transfer"], wide_gamut=header["wide_gamut"]
        )
    if header["mirrored"]:
        frames = frames[:, :, ::-1]
    quarters = header["rotation_deg"] // 90
    # numpy turns anticlockwise.
    return np.ascontiguousarray(np.rot90(frames, k=-quarters, axes=(1, 2)))


def _waveform(header: dict[str, Any], data: memoryview) -> np.ndarray:
    """Return the samples in -1..1, behind the silence before a sound that starts late."""
    samples = np.frombuffer(data, np.float32).copy()
    # Decoders of lossy sound overshoot a little, and a damaged float track holds anything.
    np.nan_to_num(samples, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
    if header["gain"] != 1.0:
        samples *= np.float32(header["gain"])
    np.clip(samples, -1.0, 1.0, out=samples)
    if header["lead_samples"] == 0:
        return samples
    lead = np.zeros(header["lead_samples"], np.float32)
    return np.concatenate([lead, samples])
