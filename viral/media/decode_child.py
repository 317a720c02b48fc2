"""The guarded child: reads one open file, decodes it, writes one answer to its output, and ends.

The answer is `MAGIC`, the length of a JSON header (four bytes, little-endian), the header, and the
arrays that the header announces, in the order of `viral.media.reader`. The header is either
`{"error": [code, values]}` or the facts. The parent trusts nothing of it and checks every length.
"""

from __future__ import annotations

import json
import math
import os
import struct
import sys
import time
from array import array
from collections.abc import Callable, Mapping
from typing import Any

from viral.media import landlock, limits, sandbox
from viral.media.container import (
    Refusal,
    Track,
    first_usable,
    nominal_rate,
    opened,
    promised_duration_s,
    second_descriptor,
    sniffed,
    unlisted_codec,
)
from viral.media.frames import plan, plan_of_moments
from viral.media.pictures import Pictures, decode_pictures
from viral.media.sound import Sound, decode_sound

MAGIC = b"VCLIP1\n\0"

STDOUT = 1

DURATION_SLACK_S = 1.0
"""How far a duration may exceed the limit: encoders pad the sound of a ten-minute clip a little."""

SAME_START_S = 0.1
"""Pictures and sound that start this close together are taken to start together."""

WORK_SHARE = 0.7
"""Share of the wall time after which decoding stops and what is there is handed over."""


SWITCH_S = 0.0002
"""Pictures and sound are decoded side by side; at Python's own 5 ms the one that comes back from
its decoder waits longer for its turn than need be."""


def _check_header(promised_s: float, video: Any | None, job: Mapping[str, Any]) -> None:
    if promised_s > job["max_duration_s"] + DURATION_SLACK_S:
        raise Refusal(limits.too_long(job["max_duration_s"]))
    if video is not None:
        context = video.codec_context
        width, height = context.width or 0, context.height or 0
        if width * height > job["max_pixels"]:
            raise Refusal(limits.too_many_pixels(width, height, job["max_pixels"]))


def _refuse_other_codecs(container: Any, video: Any | None, audio: Any | None) -> str | None:
    """Refuse pictures in a codec that is not read; return the codec of sound that is left out."""
    pictures = unlisted_codec(container.streams.video) if video is None else None
    sound = unlisted_codec(container.streams.audio) if audio is None else None
    if pictures is not None or (video is None and sound is not None):
        raise Refusal(limits.other_codec(pictures, sound))
    return sound


def _demux(container: Any, tracks: Mapping[int, Track], max_duration_s: float) -> bool:
    """Read all packets once and keep them; say whether the file broke off on the way.

    The packets share the file's limit on bytes, and keeping them spares every seek.
    """
    import av

    count = 0
    earliest_s = math.inf
    try:
        for packet in container.demux([track.stream for track in tracks.values()]):
            if packet.size == 0:
                continue
            count += 1
            track = tracks[packet.stream_index]
            if packet.has_sidedata("encryption_info"):
                raise Refusal(limits.PROTECTED)
            track.add(packet)
            earliest_s = min(earliest_s, track.starts_s)
            if track.shown_s[-1] - earliest_s > max_duration_s + DURATION_SLACK_S:
                raise Refusal(limits.too_long(max_duration_s))
            if count > limits.MAX_PACKETS:
                raise Refusal(limits.TOO_HARD)
    except (av.MemoryError, MemoryError):
        raise Refusal(limits.TOO_HARD) from None
    except av.FFmpegError:
        return True
    return False


def _origin(video: Track | None, audio: Track | None) -> float:
    """Return the clock time at which the clip starts."""
    starts = [track.starts_s for track in (video, audio) if track is not None and track.packets]
    starts = [start for start in starts if math.isfinite(start)]
    if not starts:
        return 0.0
    if max(starts) - min(starts) <= SAME_START_S:
        return starts[0]
    return min(starts)


def _decoded_pictures(
    video: Track,
    spare: Any | None,
    origin_s: float,
    job: Mapping[str, Any],
    deadline_s: float,
    beside: Callable[[], None],
) -> Pictures:
    context = video.stream.codec_context
    shown_s = [time_s - origin_s for time_s in video.shown_s]
    is_key = [packet.is_keyframe for packet in video.packets]
    moments_s = job.get("moments_s")
    if moments_s is not None:
        segments = plan_of_moments(shown_s, is_key, moments_s)
    else:
        segments = plan(
            shown_s,
            is_key,
            end_s=video.ends_s - origin_s,
            hook_s=job["hook_s"],
            pixels=max(context.width * context.height, 1),
        )
    return decode_pictures(
        [video.stream] if spare is None else [video.stream, spare],
        video.packets,
        segments,
        shown_s,
        hook_s=job["hook_s"],
        threads=job["threads"],
        short_side=job.get("short_side", limits.MAX_SHORT_SIDE),
        may_skip=moments_s is None,
        # The pictures themselves may be larger than the header says.
        max_pixels=job["max_pixels"] + limits.PIXEL_HEADROOM,
        origin_s=origin_s,
        deadline_s=deadline_s,
        beside=beside,
    )


def _rate(video: Track) -> float | None:
    """Return the average frames a second, from the packets, or from the header for one picture."""
    shown = sum(not packet.is_discard for packet in video.packets)
    span_s = max(video.shown_s) - video.starts_s
    if shown > 1 and span_s > 0:
        return (shown - 1) / span_s
    return nominal_rate(video.stream)


def _warnings(
    pictures: Pictures | None,
    sound: Sound | None,
    *,
    read_s: float,
    promised_s: float,
    broke_off: bool,
) -> list[limits.Said]:
    said: list[limits.Said] = []
    if pictures is not None and not pictures.by_time:
        said.append(("media.pictures_lost", {}))
    elif pictures is not None and pictures.failures:
        said.append(("media.pictures_damaged", {}))
    if sound is not None and not sound.samples:
        said.append(limits.SOUND_LOST)
    elif sound is not None and sound.failures:
        said.append(("media.sound_damaged", {}))
    if promised_s - read_s > max(1.0, 0.05 * promised_s):
        said.append(("media.ends_early", {"read_s": read_s, "promised_s": promised_s}))
    elif broke_off:
        said.append(("media.end_damaged", {}))
    if any(part is not None and part.out_of_time for part in (pictures, sound)):
        said.append(("media.out_of_time", {}))
    return said


def _notes(pictures: Pictures | None, sound: Sound | None) -> list[limits.Said]:
    said: list[limits.Said] = []
    if pictures is not None and pictures.by_time and pictures.transfer is not None:
        said.append(limits.HIGH_DYNAMIC_RANGE)
    if sound is not None and sound.cancels:
        said.append(limits.CHANNELS_CANCEL)
    return said


def _decode(
    job: Mapping[str, Any], deadline_s: float, second: int | None
) -> tuple[dict[str, Any], list[bytes]]:
    """Return the header and the arrays for a job."""
    container, other = opened(job, second)
    lowest_free = os.dup(job["descriptor"])
    os.close(lowest_free)
    limits.forbid_new_files(lowest_free)
    video_stream, audio_stream = (
        first_usable(container.streams.video),
        first_usable(container.streams.audio),
    )
    spare = first_usable(other.streams.video) if other is not None else None
    if not job.get("with_sound", True):
        audio_stream = None
    unread_sound = _refuse_other_codecs(container, video_stream, audio_stream)
    chosen = [stream for stream in (video_stream, audio_stream) if stream is not None]
    promised_s = promised_duration_s(container, chosen)
    _check_header(promised_s, video_stream, job)
    tracks = {stream.index: Track(stream) for stream in chosen}
    if not tracks:
        raise Refusal(limits.NOTHING)
    broke_off = _demux(container, tracks, job["max_duration_s"])
    video = tracks.get(video_stream.index) if video_stream is not None else None
    audio = tracks.get(audio_stream.index) if audio_stream is not None else None
    if not any(track.packets for track in tracks.values()):
        if limits.is_protected(sniffed(job["descriptor"])):
            raise Refusal(limits.PROTECTED)
        raise Refusal(limits.CUT_SHORT if container.duration else limits.NOTHING)
    origin_s = _origin(video, audio)

    sounds: list[Sound] = []

    def listen() -> None:
        # Moments need the track for where the clip starts, and nothing of what is heard.
        if audio is not None and "moments_s" not in job:
            sounds.append(
                decode_sound(
                    audio.stream,
                    audio.packets,
                    max_duration_s=job["max_duration_s"] + DURATION_SLACK_S,
                    deadline_s=deadline_s,
                )
            )

    pictures = None
    if video is not None and video.packets:
        pictures = _decoded_pictures(video, spare, origin_s, job, deadline_s, listen)
    else:
        listen()
    sound = sounds[0] if sounds else None
    if sound is None and audio is not None and audio.packets and "moments_s" not in job:
        sound = Sound()
    if not (pictures is not None and pictures.by_time) and not (sound and sound.samples):
        out_of = pictures is not None and (pictures.out_of_memory or pictures.out_of_time)
        raise Refusal(limits.TOO_HARD if out_of else limits.NOTHING)
    header, arrays = _answer(
        container, video, audio, pictures, sound, origin_s, promised_s, broke_off
    )
    if unread_sound is not None:
        header["warnings"].append(limits.other_sound(unread_sound))
    return header, arrays


def _answer(
    container: Any,
    video: Track | None,
    audio: Track | None,
    pictures: Pictures | None,
    sound: Sound | None,
    origin_s: float,
    promised_s: float,
    broke_off: bool,
) -> tuple[dict[str, Any], list[bytes]]:
    shown: list[tuple[float, int, bool]] = []
    if video is not None:
        shown = sorted(
            (time_s - origin_s, packet.size, packet.is_keyframe)
            for time_s, packet in zip(video.shown_s, video.packets, strict=True)
            if not packet.is_discard
        )
    ends = [0.0]
    if pictures is not None and pictures.by_time and video is not None:
        ends.append(video.ends_s - origin_s)
    lead_samples = 0
    if sound is not None and sound.samples:
        late_s = sound.start_s - origin_s if sound.start_s is not None else 0.0
        if late_s > SAME_START_S:
            lead_samples = round(late_s * sound.sample_rate_hz)
        ends.append((lead_samples + sound.samples) / sound.sample_rate_hz)
    has_pictures = pictures is not None and bool(pictures.by_time)
    header = {
        "container": container.format.name,
        "duration_s": max(ends),
        "video_codec": video.stream.codec_context.codec.canonical_name
        if has_pictures and video
        else None,
        "audio_codec": audio.stream.codec_context.codec.canonical_name
        if sound is not None and sound.samples and audio
        else None,
        "width": pictures.display_width if pictures is not None else 0,
        "height": pictures.display_height if pictures is not None else 0,
        "rotation_deg": pictures.orientation.rotation_deg if pictures is not None else 0,
        "mirrored": pictures is not None and pictures.orientation.mirrored,
        "transfer": pictures.transfer if pictures is not None else None,
        "wide_gamut": pictures is not None and pictures.wide_gamut,
        "frame_rate_hz": _rate(video) if has_pictures and video else None,
        "frame_width": pictures.width if pictures is not None else 0,
        "frame_height": pictures.height if pictures is not None else 0,
        "row_bytes": pictures.row_bytes if pictures is not None else 0,
        "sample_rate_hz": sound.sample_rate_hz if sound is not None and sound.samples else 0,
        "lead_samples": lead_samples,
        "channels": sound.channels if sound is not None else 0,
        "cancels": sound is not None and sound.cancels,
        "gain": sound.gain if sound is not None else 1.0,
        "loudness_lufs": sound.loudness_lufs if sound is not None else None,
        "true_peak_dbtp": sound.true_peak_dbtp if sound is not None else None,
        "packets": len(shown),
        "keyframes": sum(key for _, _, key in shown),
        "frames": len(pictures.by_time) if pictures is not None else 0,
        "samples": sound.samples if sound is not None else 0,
        "warnings": [
            *_warnings(
                pictures, sound, read_s=max(ends), promised_s=promised_s, broke_off=broke_off
            ),
            *_notes(pictures, sound),
        ],
    }
    frame_times = pictures.times_s if pictures is not None else []
    arrays = [
        array("d", (time_s for time_s, _, _ in shown)).tobytes(),
        array("q", (size for _, size, _ in shown)).tobytes(),
        array("d", (time_s for time_s, _, key in shown if key)).tobytes(),
        array("d", frame_times).tobytes(),
        *([pictures.by_time[time_s] for time_s in frame_times] if pictures is not None else ()),
        *(sound.blocks if sound is not None else ()),
    ]
    return header, arrays


def _send(header: Mapping[str, Any], arrays: list[bytes]) -> None:
    text = json.dumps(header).encode()
    for part in (MAGIC + struct.pack("<I", len(text)) + text, *arrays):
        view = memoryview(part)
        while view:
            view = view[os.write(STDOUT, view) :]


def _wall_in(walls: Mapping[str, Any]) -> None:
    """Put up the walls that the server found to stand here, or end: none may be missing."""
    stand = not walls["landlock"] or landlock.give_up()
    if walls["system_calls"] != sandbox.NONE:
        stand = sandbox.forbid_system_calls(walls["system_calls"]) and stand
    if not stand:
        os._exit(1)


def main(job: Mapping[str, Any]) -> None:
    """Do the job that the parent describes and write the answer; see `viral.media.reader`."""
    deadline_s = time.monotonic() + WORK_SHARE * job["wall_s"]
    sys.setswitchinterval(SWITCH_S)
    limits.confine(memory_bytes=job["memory_bytes"], wall_s=job["wall_s"], threads=job["threads"])
    second = second_descriptor(job)
    _wall_in(job["walls"])
    try:
        header, arrays = _decode(job, deadline_s, second)
    except Refusal as refusal:
        header, arrays = {"error": refusal.said}, []
    except MemoryError:
        header, arrays = {"error": limits.TOO_HARD}, []
    _send(header, arrays)
    # Skip the teardown of decoders: the process is done and its memory is handed back at once.
    os._exit(0)
