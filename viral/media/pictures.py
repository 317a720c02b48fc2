"""Decoding of planned pictures, inside the guarded child.

Only what the plan in `viral.media.frames` asks for is decoded, each picture is scaled at once, and
at most two full-size pictures are held. Needs PyAV and the standard library, no numpy.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from viral.media.frames import HOOK_RATE_HZ, Segment
from viral.media.limits import MAX_LONG_SIDE, MAX_SHORT_SIDE

SCALER = "AREA"
"""Averages the pixels that fall together. FFmpeg's fast bilinear skips pixels when it shrinks, so
that fine texture looks sharp and flickers; the difference is 2 ms a picture at 1080x1920."""

MISS_HOOK_S = 0.5 / HOOK_RATE_HZ
MISS_BODY_S = 0.3
"""How far a frame may lie from the wanted time in the opening and after it; when one is farther,
pictures that no other refers to, which are skipped at first, are decoded too."""

MIN_PIXEL_ASPECT, MAX_PIXEL_ASPECT = 0.1, 10.0
"""Pixel shapes outside are broken headers and are taken as square."""

_NO_NONREF = frozenset({"libdav1d", "av1"})
"""Decoders that fix what they skip when they open; one setting has to serve all segments."""


@dataclass
class Pictures:
    """Scaled RGB pictures of one size, with what was learnt on the way."""

    width: int = 0
    """Of a scaled picture before rotation."""
    height: int = 0
    row_bytes: int = 0
    """Bytes from one row of a scaled picture to the next; at least three times the width."""
    display_width: int = 0
    """Of the clip as shown, before rotation, in square pixels."""
    display_height: int = 0
    rotation_deg: int = 0
    """Clockwise turn still to be applied."""
    by_time: dict[float, bytes] = field(default_factory=dict)
    """Time in seconds -> rows."""
    failures: int = 0
    """Packets that the decoder refused."""
    out_of_memory: bool = False
    out_of_time: bool = False

    @property
    def times_s(self) -> list[float]:
        """Return the times of the pictures, increasing."""
        return sorted(self.by_time)


def scaled_size(width: int, height: int, pixel_aspect: float) -> tuple[int, int]:
    """Return the size of a scaled picture: short side at most 288, square pixels, never enlarged.

    Parameters
    ----------
    width, height
        Coded size in pixels.
    pixel_aspect
        Width of a pixel over its height.
    """
    shown_width = width * pixel_aspect
    scale = min(
        1.0,
        MAX_SHORT_SIDE / min(shown_width, height),
        MAX_LONG_SIDE / max(shown_width, height),
        1.0 / pixel_aspect,  # a wide pixel shrinks the height, it does not stretch the width
    )
    return max(round(shown_width * scale), 1), max(round(height * scale), 1)


class PictureDecoder:
    """Feeds planned packets to a decoder and keeps the pictures nearest to the wanted times."""

    def __init__(
        self, stream: Any, packets: Sequence[Any], *, origin_s: float, deadline_s: float
    ) -> None:
        """Take the packets of a stream; times count from `origin_s` of the file's clock."""
        from av.video.reformatter import VideoReformatter

        self.context = stream.codec_context
        # The stream's own: PyAV leaves it out of the pictures that come when a decoder is emptied.
        self.time_base = stream.time_base
        self.pixel_aspect = _pixel_aspect(stream)
        self.packets = packets
        self.origin_s = origin_s
        self.deadline_s = deadline_s
        self.pictures = Pictures()
        self.may_skip = self.context.name not in _NO_NONREF
        self._reformatter = VideoReformatter()

    def decode(self, segments: Sequence[Segment], shown_s: Sequence[float], hook_s: float) -> None:
        """Decode the segments into `pictures`, lone keyframes first, for they cost least."""
        for segment in sorted(segments, key=lambda each: (each.packets > 1, each.first)):
            before = set(self.pictures.by_time)
            self._decode_segment(segment)
            if self.may_skip and segment.packets > 1 and self._missed(segment, shown_s, hook_s):
                for time_s in set(self.pictures.by_time) - before:
                    del self.pictures.by_time[time_s]
                self.may_skip = False
                self._decode_segment(segment)

    def _missed(self, segment: Segment, shown_s: Sequence[float], hook_s: float) -> bool:
        """Say whether a picture that is in the file lies clearly nearer to a wanted time."""
        got_s = self.pictures.times_s
        there_s = shown_s[segment.first : segment.last + 1]
        for wanted_s in segment.times_s:
            allowed_s = MISS_HOOK_S if wanted_s < hook_s else MISS_BODY_S
            best_s = min(abs(time_s - wanted_s) for time_s in there_s)
            found_s = min((abs(time_s - wanted_s) for time_s in got_s), default=float("inf"))
            if found_s > max(allowed_s, best_s) - 1e-6 and found_s > best_s + 1e-6:
                return True
        return False

    def _decode_segment(self, segment: Segment) -> None:
        """Keep for each wanted time of the segment the nearest picture that comes out."""
        self.context.skip_frame = "NONREF" if self.may_skip else "DEFAULT"
        wanted_s = list(segment.times_s)
        before: tuple[float, Any] | None = None
        for time_s, frame in self._frames(segment):
            while wanted_s and time_s >= wanted_s[0]:
                goal_s = wanted_s.pop(0)
                if before is not None and goal_s - before[0] <= time_s - goal_s:
                    self._keep(*before)
                else:
                    self._keep(time_s, frame)
            before = (time_s, frame)
        if wanted_s and before is not None:
            self._keep(*before)

    def _frames(self, segment: Segment) -> Iterator[tuple[float, Any]]:
        """Yield the pictures of a segment with their times, leaving the decoder empty."""
        import av

        for place in range(segment.first, segment.last + 2):
            if time.monotonic() > self.deadline_s:
                self.pictures.out_of_time = True
                break
            try:
                packet = self.packets[place] if place <= segment.last else None
                for frame in self.context.decode(packet):
                    if frame.pts is not None:
                        yield float(frame.pts * self.time_base) - self.origin_s, frame
            except av.MemoryError:
                self.pictures.out_of_memory = True
            except av.FFmpegError:
                self.pictures.failures += 1
        self.context.flush_buffers()

    def _keep(self, time_s: float, frame: Any) -> None:
        pictures = self.pictures
        if time_s in pictures.by_time:
            return
        if pictures.width == 0:
            pictures.width, pictures.height = scaled_size(
                frame.width, frame.height, self.pixel_aspect
            )
            pictures.display_width = max(round(frame.width * self.pixel_aspect), 1)
            pictures.display_height = frame.height
            pictures.rotation_deg = _clockwise(frame.rotation)
        small = self._reformatter.reformat(
            frame, pictures.width, pictures.height, "rgb24", interpolation=SCALER, threads=1
        )
        plane = small.planes[0]
        pictures.row_bytes = plane.line_size
        pictures.by_time[time_s] = bytes(plane)


def _pixel_aspect(stream: Any) -> float:
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    value = float(aspect) if aspect else 1.0
    return value if MIN_PIXEL_ASPECT <= value <= MAX_PIXEL_ASPECT else 1.0


def _clockwise(anticlockwise_deg: float) -> int:
    """Return FFmpeg's anticlockwise angle as a clockwise turn in whole quarters."""
    return round(-anticlockwise_deg / 90.0) % 4 * 90
