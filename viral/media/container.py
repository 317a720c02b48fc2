"""The file that a decoding child is given: opened, and its packets taken in."""

from __future__ import annotations

import contextlib
import math
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from viral.media import codecs, limits

FALLBACK_RATE_HZ = 25.0
"""Pictures a second of a file that says nothing about time, as raw H.264 streams do."""

LOOKS_AT_HEADERS = {"skip_frame": "all"}
"""For the decoders that FFmpeg opens a file with. By itself it decodes whole pictures to learn what
they are; their size is in the headers, and the rest is learnt when the planned pictures come."""

MOST_PROBED = 8
"""Streams of a file that are opened so; further ones are opened as FFmpeg likes."""


class Refusal(Exception):  # noqa: N818 - it is not an error of the program
    """The clip is refused, with the sentence for the user."""

    def __init__(self, said: limits.Said) -> None:
        super().__init__(said[0])
        self.said = said


@dataclass
class Track:
    """The packets of one stream in decoding order, with the time each is shown."""

    stream: Any
    packets: list[Any] = field(default_factory=list)
    shown_s: list[float] = field(default_factory=list)
    ends_s: float = -math.inf
    starts_s: float = math.inf

    def __post_init__(self) -> None:
        self._rate = nominal_rate(self.stream) or FALLBACK_RATE_HZ
        self._base = self.stream.time_base
        self._picture_s = 1 / self._rate if self.stream.type == "video" else 0.0

    def add(self, packet: Any) -> None:
        """Take in a packet; one without a time is shown one picture after the last."""
        # Whole numbers divided at last: as exact as fractions, and a clip has thousands of packets.
        base = self._base
        stamp, duration = packet.pts, packet.duration
        if stamp is None:
            stamp = packet.dts
        if stamp is None or not base:
            shown_s = len(self.packets) / self._rate
            if base:
                packet.pts = round(shown_s / float(base))
        else:
            shown_s = stamp * base.numerator / base.denominator
        length_s = duration * base.numerator / base.denominator if duration and base else 0.0
        self.packets.append(packet)
        self.shown_s.append(shown_s)
        if not packet.is_discard:
            if shown_s < self.starts_s:
                self.starts_s = shown_s
            ends_s = shown_s + (length_s if length_s > 0.0 else self._picture_s)
            if ends_s > self.ends_s:
                self.ends_s = ends_s


def nominal_rate(stream: Any) -> float | None:
    """Return the pictures a second that the header promises, or None."""
    if stream.type != "video":
        return None
    rate = stream.average_rate or stream.guessed_rate
    return float(rate) if rate else None


def _is_cover(stream: Any) -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def first_usable(streams: Any) -> Any | None:
    """Return the stream that players take: the first marked as default, else the first.

    Streams whose codec is not on the list and the cover of a song do not count.
    """
    from av.stream import Disposition

    usable = [s for s in streams if codecs.is_listed(s) and not _is_cover(s)]
    marked = (s for s in usable if s.disposition & Disposition.default)
    return next(marked, usable[0] if usable else None)


def promised_duration_s(container: Any, chosen: Sequence[Any]) -> float:
    """Return how long the header says that the chosen streams are, or 0 where it does not.

    Subtitles and other streams may end later, and the container's own length counts them too.
    """
    own = _tagged_duration_s if container.format.name.startswith("matroska") else _duration_s
    lengths = [own(stream) for stream in chosen]
    if all(lengths) or len(container.streams) > len(chosen):
        return max(lengths, default=0.0)
    return (container.duration or 0) / 1e6


def _duration_s(stream: Any) -> float:
    return float(stream.duration * stream.time_base) if stream.duration else 0.0


def _tagged_duration_s(stream: Any) -> float:
    """Return what Matroska says in a tag, which writers may leave out: "00:00:08.042000000".

    It has no other length of a stream, and FFmpeg makes one up of the whole file's.
    """
    try:
        hours, minutes, seconds = str(stream.metadata.get("DURATION", "")).split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return 0.0


def unlisted_codec(streams: Any) -> str | None:
    """Return what FFmpeg calls the codec of the first stream that has one which is not listed."""
    for stream in streams:
        known = stream.codec_context is not None
        if known and not codecs.is_listed(stream) and not _is_cover(stream):
            return str(stream.codec_context.codec.long_name)
    return None


def second_descriptor(job: Mapping[str, Any]) -> int | None:
    """Open the clip once more for a second decoder, before the walls stand; None if that fails.

    Two openings read at two places, so each needs a place of its own in the file.
    """
    if job["threads"] < 2:
        return None
    with contextlib.suppress(OSError):
        return os.open(f"/proc/self/fd/{job['descriptor']}", os.O_RDONLY | os.O_CLOEXEC)
    return None


def opened(job: Mapping[str, Any], second: int | None = None) -> tuple[Any, Any | None]:
    """Return the file opened once and, for a second decoder, once more if it can be."""
    others: list[Any] = []

    def open_other(descriptor: int) -> None:
        with contextlib.suppress(OSError, Refusal):
            others.append(_open(descriptor))

    helper = threading.Thread(target=open_other, args=(second,)) if second is not None else None
    if helper is not None:
        helper.start()
    try:
        container = _open(job["descriptor"])
    finally:
        if helper is not None:
            helper.join()
    return container, others[0] if others else None


def _open(descriptor: int) -> Any:
    """Open a file by its headers, or with pictures decoded on the way where those do not do."""
    # Some FLV files cannot be opened so at all.
    with contextlib.suppress(Refusal):
        container = _open_with(descriptor, [LOOKS_AT_HEADERS] * MOST_PROBED)
        if all(stream.codec_context is None or _size_said(stream) for stream in container.streams):
            return container
        container.close()
    os.lseek(descriptor, 0, os.SEEK_SET)
    return _open_with(descriptor, None)


def _size_said(stream: Any) -> bool:
    return stream.type != "video" or bool(stream.codec_context.width)


def _open_with(descriptor: int, stream_options: Any) -> Any:
    import av

    try:
        return av.open(
            "fd:",
            options={
                "fd": str(descriptor),
                "protocol_whitelist": limits.PROTOCOLS,
                "format_whitelist": limits.CONTAINERS,
                "codec_whitelist": codecs.WHITELIST,
            },
            stream_options=stream_options,
            metadata_errors="ignore",
        )
    except (av.MemoryError, MemoryError):
        raise Refusal(limits.TOO_HARD) from None
    except (av.FFmpegError, ValueError, LookupError):
        raise Refusal(limits.reason_unreadable(sniffed(descriptor))) from None


def sniffed(descriptor: int) -> bytes:
    """Return the start and the end of the file."""
    size = os.fstat(descriptor).st_size
    start = os.pread(descriptor, limits.SNIFFED_BYTES, 0)
    return start + os.pread(descriptor, limits.SNIFFED_BYTES, max(size - limits.SNIFFED_BYTES, 0))
