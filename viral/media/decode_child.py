"""The guarded child: reads one file and writes what it found to standard output.

FFmpeg can crash, hang or ask for gigabytes on hostile files, so it runs here, in a process that may
write no file, has a bound on memory and seconds, and whose death costs one clip. Its answer is one
line of JSON followed by the raw arrays named in it; on a refusal, one line with `error`.
"""

from __future__ import annotations

import io
import json
import math
import os
import resource
import sys
from dataclasses import dataclass
from typing import Any

HOOK_S = 3.0
HOOK_RATE_HZ = 5.0
"""Frames a second in the opening."""
BODY_RATE_HZ = 1.0
MAX_BODY_FRAMES = 75
"""Longer clips are sampled more thinly after the opening."""
SHORT_SIDE_PX = 288
"""Large enough for faces, small enough for a minute of frames to fit in 30 MB."""
MAX_LONG_SIDE_PX = 1024
SEEK_WORTH_S = 4.0
"""A gap between keyframes longer than this is left by seeking; a shorter one is decoded through."""
MAX_SAMPLE_RATE_HZ = 192_000
MAX_CHANNELS = 64
REFUSED_CONTAINERS = frozenset({"hls", "concat", "dash", "image2", "imf", "sdp", "tty", "ffmetadata"})
"""These read other files or networks, or turn text into pictures."""


class Refused(Exception):
    """A file that is not read, with the sentence for the user."""


@dataclass(frozen=True)
class Limits:
    """What the parent allows."""

    max_duration_s: float
    max_frame_pixels: int
    memory_bytes: int
    cpu_s: int
    threads: int


def guard(limits: Limits) -> None:
    """Bound what this process may use; it may write no file and dump no core."""
    for kind, bound in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (bound, bound))


def sample_times(duration_s: float) -> list[float]:
    """Return when frames are wanted, in seconds: dense in the opening, then about 1 a second."""
    hook_end = min(HOOK_S, duration_s)
    count = max(1, math.ceil(hook_end * HOOK_RATE_HZ - 1e-6))
    times = [i / HOOK_RATE_HZ for i in range(count)]
    rest_s = duration_s - HOOK_S
    if rest_s > 0:
        step_s = max(1.0 / BODY_RATE_HZ, rest_s / MAX_BODY_FRAMES)
        body = math.ceil(rest_s / step_s - 1e-6)
        times += [HOOK_S + i * step_s for i in range(body)]
    return times


def _check_pixels(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.max_frame_pixels:
        raise Refused(
            f"The picture is {width} x {height} pixels, more than can be read safely; "
            "export it at 4K or smaller."
        )


def _packets(container: Any, stream: Any) -> tuple[list[float], list[int], list[float], float]:
    times, sizes, keys, last = [], [], [], 0.0
    for packet in container.demux(stream):
        if packet.size == 0 or packet.pts is None:
            continue
        time_s = float(packet.pts * stream.time_base)
        times.append(time_s)
        sizes.append(packet.size)
        last = max(last, time_s + float((packet.duration or 0) * stream.time_base))
        if packet.is_keyframe:
            keys.append(time_s)
    return times, sizes, keys, last


def _to_array(frame: Any, rotation: int, sar: float) -> Any:
    import numpy as np

    width, height = frame.width, frame.height
    wide = max(1.0, width * sar)
    scale = min(1.0, SHORT_SIDE_PX / min(wide, height), MAX_LONG_SIDE_PX / max(wide, height))
    target = max(2, round(wide * scale)), max(2, round(height * scale))
    small = frame.reformat(
        width=target[0], height=target[1], format="rgb24", interpolation="FAST_BILINEAR"
    )
    array = small.to_ndarray()
    return np.ascontiguousarray(np.rot90(array, k=-rotation // 90)) if rotation else array


def _frames(
    container: Any, stream: Any, wanted: list[float], keys: list[float], start_s: float, limits: Limits
) -> tuple[list[Any], list[float], int, bool]:
    """Return frames shown at the wanted times, their times, the rotation, and whether any failed.

    The frame shown at t is the last that starts at or before t; the nearest later one stands in
    where there is none.
    """
    import av

    found: list[Any] = []
    times: list[float] = []
    rotation, damaged = 0, False
    sar = float(stream.codec_context.sample_aspect_ratio or 1) or 1.0
    sar = sar if 0.1 <= sar <= 10 else 1.0
    index = 0
    held: Any = None
    held_s = 0.0

    def take(frame: Any, time_s: float) -> None:
        if times and time_s <= times[-1]:
            return
        _check_pixels(frame.width, frame.height, limits)
        found.append(_to_array(frame, rotation, sar))
        times.append(time_s)

    half_frame_s = 0.02
    position = 0.0
    while index < len(wanted):
        target = wanted[index]
        before = [k for k in keys if k - start_s <= target + half_frame_s]
        if before and before[-1] - start_s > position + SEEK_WORTH_S:
            container.seek(int(before[-1] / stream.time_base), stream=stream, backward=True)
            stream.codec_context.flush_buffers()
            held = None
        try:
            reached = False
            for frame in container.decode(stream):
                if frame.pts is None:
                    continue
                time_s = float(frame.pts * stream.time_base) - start_s
                position = max(position, time_s)
                turned = int(-frame.rotation) % 360
                # Players know quarter turns only; anything else is a damaged matrix.
                rotation = turned if turned in (90, 180, 270) else 0
                while index < len(wanted) and time_s > wanted[index] + half_frame_s:
                    if held is not None:
                        take(held, max(held_s, 0.0))
                        index += 1
                    else:
                        break
                    reached = True
                if held is None and index < len(wanted) and time_s > wanted[index] + half_frame_s:
                    take(frame, max(time_s, 0.0))
                    index += 1
                    reached = True
                held, held_s = frame, time_s
                if reached and index < len(wanted):
                    ahead = [k for k in keys if k - start_s <= wanted[index] + half_frame_s]
                    if ahead and ahead[-1] - start_s > time_s + SEEK_WORTH_S:
                        break
                if index >= len(wanted):
                    break
            else:
                if held is not None:
                    take(held, max(held_s, 0.0))
                break
        except av.FFmpegError:
            damaged = True
            if held is not None:
                take(held, max(held_s, 0.0))
            later = [k for k in keys if k - start_s > position + half_frame_s]
            if not later:
                break
            position = later[0] - start_s
            while index < len(wanted) and wanted[index] < position:
                index += 1
            try:
                container.seek(int(later[0] / stream.time_base), stream=stream, backward=True)
                stream.codec_context.flush_buffers()
            except av.FFmpegError:
                break
            held = None
    return found, times, rotation, damaged


def _sound(container: Any, stream: Any, limits: Limits) -> tuple[Any, int, bool]:
    """Return mono float32 samples at the file's own rate, the rate, and whether any failed."""
    import av
    import numpy as np

    rate = int(stream.codec_context.sample_rate or 0)
    channels = int(stream.codec_context.channels or 0)
    if not 0 < rate <= MAX_SAMPLE_RATE_HZ or not 0 < channels <= MAX_CHANNELS:
        return np.zeros(0, np.float32), 0, True
    blocks: list[Any] = []
    total, damaged = 0, False
    most = int(limits.max_duration_s * rate) + rate
    resampler = None
    packets = container.demux(stream)
    while total < most:
        try:
            packet = next(packets, None)
            if packet is None:
                break
            for frame in packet.decode():
                if frame.sample_rate != rate:
                    damaged = True
                    continue
                if resampler is None:
                    resampler = av.AudioResampler(format="fltp")
                for block in resampler.resample(frame):
                    mono = block.to_ndarray().mean(axis=0, dtype=np.float32)
                    blocks.append(mono)
                    total += len(mono)
        except av.FFmpegError:
            damaged = True
            if packet is None:
                break
    samples = np.concatenate(blocks)[:most] if blocks else np.zeros(0, np.float32)
    samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    return np.clip(samples, -1.0, 1.0, dtype=np.float32), rate, damaged


def _opened(path: str) -> Any:
    import av

    container = av.open(path, options={"protocol_whitelist": "file", "use_absolute_path": "0"})
    names = set(container.format.name.split(","))
    if names & REFUSED_CONTAINERS:
        raise Refused("This is a playlist or a text, not a video; choose the video file itself.")
    return container


def read(path: str, limits: Limits) -> tuple[dict[str, Any], list[Any]]:
    """Read a file; return the header and the arrays named in it.

    Raises
    ------
    Refused
        With the sentence for the user.
    """
    import av
    import numpy as np

    try:
        container = _opened(path)
    except (av.FFmpegError, ValueError, UnicodeError) as error:
        raise Refused(
            "This file is not a video that can be read; choose an mp4, mov or webm file."
        ) from error
    header: dict[str, Any] = {"container": container.format.name, "warnings": []}
    pictures = [s for s in container.streams.video if s.codec_context is not None]
    sounds = [s for s in container.streams.audio if s.codec_context is not None]
    picture = pictures[0] if pictures else None
    sound = sounds[0] if sounds else None
    claimed_s = float(container.duration or 0) / 1_000_000
    if claimed_s > limits.max_duration_s:
        raise Refused(
            f"The clip is {claimed_s:,.0f} s long, longer than the {limits.max_duration_s:,.0f} s "
            "allowed; cut it first."
        )
    header |= {"video_codec": None, "audio_codec": None, "width": 0, "height": 0, "rotation": 0}
    times: list[float] = []
    sizes: list[int] = []
    keys: list[float] = []
    images: list[Any] = []
    image_times: list[float] = []
    end_s, start_s, rate_hz = 0.0, 0.0, math.nan
    if picture is not None:
        context = picture.codec_context
        _check_pixels(context.width, context.height, limits)
        header |= {"video_codec": context.name, "width": context.width, "height": context.height}
        try:
            times, sizes, keys, end = _packets(container, picture)
        except av.FFmpegError:
            header["warnings"].append("The file is damaged; only a part of it could be read.")
            end = max(times, default=0.0)
        start_s = min(times, default=0.0)
        end_s = end - start_s
        if len(times) > 1 and max(times) > start_s:
            rate_hz = (len(times) - 1) / (max(times) - start_s)
            end_s = max(end_s, max(times) - start_s + 1.0 / rate_hz)
        if end_s > limits.max_duration_s:
            raise Refused(
                f"The clip is {end_s:,.0f} s long, longer than the {limits.max_duration_s:,.0f} s "
                "allowed; cut it first."
            )
        container.close()
        container = _opened(path)
        picture = container.streams.video[0]
        picture.codec_context.thread_count = limits.threads
        picture.thread_type = "AUTO"
        wanted = sample_times(end_s or 0.2)
        images, image_times, rotation, damaged = _frames(
            container, picture, wanted, sorted(keys), start_s, limits
        )
        header["rotation"] = rotation
        if rotation in (90, 270):
            header |= {"width": header["height"], "height": header["width"]}
        if damaged and images:
            header["warnings"].append("The file is damaged; only a part of it could be read.")
        if not images:
            header["warnings"].append("No picture of this file could be decoded.")
    samples, sample_rate = np.zeros(0, np.float32), 0
    if sound is not None:
        container.close()
        container = _opened(path)
        sound = container.streams.audio[0]
        header["audio_codec"] = sound.codec_context.name
        samples, sample_rate, damaged = _sound(container, sound, limits)
        if damaged or not len(samples):
            header["warnings"].append("The sound is damaged; only a part of it could be read.")
    container.close()
    if not images and not len(samples):
        raise Refused(
            "Nothing in this file could be decoded: it is damaged, protected, or not a video; "
            "export it again as mp4."
        )
    sound_s = len(samples) / sample_rate if sample_rate else 0.0
    duration_s = max(end_s if images else 0.0, sound_s)
    if duration_s > limits.max_duration_s:
        raise Refused(
            f"The clip is longer than the {limits.max_duration_s:,.0f} s allowed; cut it first."
        )
    order = np.argsort(times, kind="stable")
    arrays = [
        np.stack(images) if images else np.zeros((0, 2, 2, 3), np.uint8),
        np.asarray(image_times, np.float64),
        samples,
        np.asarray(times, np.float64)[order] - start_s,
        np.asarray(sizes, np.int64)[order],
        np.asarray(sorted(keys), np.float64) - start_s,
    ]
    header |= {
        "duration_s": duration_s,
        "frame_rate_hz": None if math.isnan(rate_hz) else rate_hz,
        "sample_rate_hz": sample_rate,
        "arrays": [[str(a.dtype), list(a.shape)] for a in arrays],
    }
    return header, arrays


def main(arguments: list[str]) -> int:
    """Read the file named first under the limits given second as JSON; answer on stdout."""
    limits = Limits(**json.loads(arguments[1]))
    guard(limits)
    # FFmpeg's own messages go nowhere: they are not for the user and may quote the file.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    answer = io.FileIO(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        header, arrays = read(arguments[0], limits)
    except Refused as refusal:
        answer.write(json.dumps({"error": str(refusal)}).encode() + b"\n")
        return 0
    with io.BufferedWriter(answer) as out:
        out.write(json.dumps(header).encode() + b"\n")
        for array in arrays:
            out.write(memoryview(array.reshape(-1)).cast("B") if array.size else b"")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
