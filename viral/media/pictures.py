"""Decoding of planned pictures, inside the guarded child.

Only what the plan in `viral.media.frames` asks for is decoded, each picture is scaled as soon as it
is there, and few full-size ones are held. Needs PyAV and the standard library, no numpy.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from viral.media import codecs
from viral.media.container import FALLBACK_RATE_HZ, nominal_rate
from viral.media.frames import HOOK_RATE_HZ, Segment
from viral.media.limits import MAX_SHORT_SIDE
from viral.media.showing import (
    UPRIGHT,
    Orientation,
    OverBlack,
    has_alpha,
    is_wide_gamut,
    orientation,
    pixel_aspect_of,
    scaled_size,
    source_matrix,
    transfer,
)

SCALER = "AREA"
"""Averages the pixels that fall together. FFmpeg's fast bilinear skips pixels when it shrinks, so
that fine texture looks sharp and flickers; the difference is 2 ms a picture at 1080x1920."""

MISS_HOOK_S = 0.5 / HOOK_RATE_HZ
MISS_BODY_S = 0.3
"""How far a frame may lie from the wanted time in the opening and after it; when one is farther,
pictures that no other refers to, which are skipped at first, are decoded too."""

MOST_WAITING = 2
"""Full-size pictures that may wait to be scaled."""

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
    orientation: Orientation = UPRIGHT
    """Still to be applied."""
    transfer: str | None = None
    """`hlg` or `pq` for high dynamic range, still to be brought to an ordinary screen's."""
    wide_gamut: bool = False
    """Whether the colours are those of BT.2020."""
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

    @property
    def shape(self) -> tuple[Any, ...]:
        """Return what all pictures of a clip have in common."""
        display = (self.display_width, self.display_height, self.orientation)
        colours = (self.transfer, self.wide_gamut)
        return self.width, self.height, self.row_bytes, *display, *colours

    def add(self, other: Pictures) -> bool:
        """Take in what another decoder got of the same clip; say whether the two fit together."""
        self.failures += other.failures
        self.out_of_memory |= other.out_of_memory
        self.out_of_time |= other.out_of_time
        if not other.by_time:
            return True
        if not self.by_time:
            self.width, self.height, self.row_bytes = other.shape[:3]
            self.display_width, self.display_height, self.orientation = other.shape[3:6]
            self.transfer, self.wide_gamut = other.shape[6:]
        if self.shape != other.shape:
            return False
        self.by_time = {**other.by_time, **self.by_time}
        return True


class PictureDecoder:
    """Feeds planned packets to a decoder and keeps the pictures nearest to the wanted times."""

    def __init__(
        self,
        stream: Any,
        packets: Sequence[Any],
        *,
        origin_s: float,
        deadline_s: float,
        scales_aside: bool = False,
        short_side: int = MAX_SHORT_SIDE,
        may_skip: bool = True,
    ) -> None:
        """Take the packets of a stream; times count from `origin_s` of the file's clock.

        With `scales_aside`, one picture is scaled while the next ones are decoded.
        """
        from av.video.reformatter import VideoReformatter

        self.context = stream.codec_context
        # The stream's own: PyAV leaves it out of the pictures that come when a decoder is emptied.
        self.time_base = stream.time_base
        self._stream = stream
        self.packets = packets
        self.origin_s = origin_s
        self.deadline_s = deadline_s
        self.short_side = short_side
        self.pictures = Pictures()
        self.may_skip = may_skip and self.context.name not in _NO_NONREF
        self._reformatter = VideoReformatter()
        self._over_black = OverBlack()
        self._half_picture_s = 0.5 / (nominal_rate(stream) or FALLBACK_RATE_HZ)
        self._aside = ThreadPoolExecutor(1) if scales_aside else None

    def decode(self, segments: Sequence[Segment], shown_s: Sequence[float], hook_s: float) -> None:
        """Decode the segments into `pictures`, lone keyframes first, for they cost least.

        What comes of a segment does not depend on the others, so that they may be shared out.
        """
        for segment in sorted(segments, key=lambda each: (each.packets > 1, each.first)):
            skips = self.may_skip and segment.packets > 1
            found = self._decode_segment(segment, hook_s, skips=skips)
            if skips and _missed(found, segment, shown_s, hook_s, self._half_picture_s):
                found = self._decode_segment(segment, hook_s, skips=False)
            self.pictures.by_time |= found

    def _decode_segment(
        self, segment: Segment, hook_s: float, *, skips: bool
    ) -> dict[float, bytes]:
        """Return for each wanted time of the segment the nearest picture that comes out.

        A wanted time stands for the second that begins there. Where pictures are skipped, one from
        before it may lie on the other side of a cut, so one from after it is taken if it is near.
        """
        self.context.skip_frame = "NONREF" if skips else "DEFAULT"
        wanted_s = list(segment.times_s)
        kept: dict[float, bytes | Future[bytes]] = {}
        before: tuple[float, Any] | None = None
        for time_s, frame in self._frames(segment):
            while wanted_s and time_s >= wanted_s[0]:
                goal_s = wanted_s.pop(0)
                before_s = goal_s - before[0] if before is not None else float("inf")
                after_s = time_s - goal_s
                passes_over = skips and goal_s >= hook_s and before_s > self._half_picture_s
                is_near_after = passes_over and after_s <= MISS_BODY_S
                if before is not None and before_s <= after_s and not is_near_after:
                    self._keep(kept, *before)
                else:
                    self._keep(kept, time_s, frame)
            before = (time_s, frame)
        if wanted_s and before is not None:
            self._keep(kept, *before)
        return {
            time_s: rows if isinstance(rows, bytes) else rows.result()
            for time_s, rows in kept.items()
        }

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

    def _keep(self, kept: dict[float, bytes | Future[bytes]], time_s: float, frame: Any) -> None:
        pictures = self.pictures
        if time_s in kept:
            return
        if pictures.width == 0:
            # Not before: where the container does not say it, the decoder knows it by now.
            pixel_aspect = pixel_aspect_of(self._stream)
            pictures.width, pictures.height = scaled_size(
                frame.width, frame.height, pixel_aspect, self.short_side
            )
            pictures.display_width = max(round(frame.width * pixel_aspect), 1)
            pictures.display_height = frame.height
            pictures.orientation = orientation(frame)
            pictures.transfer, pictures.wide_gamut = transfer(frame), is_wide_gamut(frame)
        if self._aside is None:
            kept[time_s] = self._scaled(frame)
            return
        waiting = [rows for rows in kept.values() if isinstance(rows, Future) and not rows.done()]
        if len(waiting) >= MOST_WAITING:
            waiting[0].result()
        kept[time_s] = self._aside.submit(self._scaled, frame)

    def _scaled(self, frame: Any) -> bytes:
        pictures = self.pictures
        if has_alpha(frame):
            small = self._over_black.put(frame, pictures.width, pictures.height)
        else:
            small = self._reformatter.reformat(
                frame,
                pictures.width,
                pictures.height,
                "rgb24",
                src_colorspace=source_matrix(frame),
                interpolation=SCALER,
                threads=1,
            )
        plane = small.planes[0]
        pictures.row_bytes = plane.line_size
        return bytes(plane)


def _missed(
    found: Collection[float],
    segment: Segment,
    shown_s: Sequence[float],
    hook_s: float,
    half_picture_s: float,
) -> bool:
    """Say whether a picture that is in the file lies clearly nearer to a wanted time.

    After the opening, one from before the wanted time does not do when there are later ones.
    """
    there_s = shown_s[segment.first : segment.last + 1]
    for wanted_s in segment.times_s:
        allowed_s = MISS_HOOK_S if wanted_s < hook_s else MISS_BODY_S
        best_s = min(abs(time_s - wanted_s) for time_s in there_s)
        found_s = min((abs(time_s - wanted_s) for time_s in found), default=float("inf"))
        if found_s > max(allowed_s, best_s) - 1e-6 and found_s > best_s + 1e-6:
            return True
        from_s = wanted_s - half_picture_s - 1e-6
        is_after = any(from_s <= time_s <= wanted_s + allowed_s for time_s in found)
        if wanted_s >= hook_s and not is_after and max(there_s) >= wanted_s:
            return True
    return False


def _share_out(
    decoders: Sequence[PictureDecoder],
    segments: Sequence[Segment],
    shown_s: Sequence[float],
    hook_s: float,
    beside: Callable[[], None],
) -> None:
    """Let each decoder take the next segment when it is done with one, until none is left.

    The first begins with the longest; the others do what is wanted beside the pictures and then
    begin with lone keyframes. So no more threads work than there are decoders: one that decodes a
    long segment has a core to itself.
    """
    left = deque(sorted(segments, key=lambda each: (-each.packets, each.first)))
    first, *others = decoders

    def help_out(decoder: PictureDecoder, beside: Callable[[], None] | None) -> None:
        if beside is not None:
            beside()
        with contextlib.suppress(IndexError):
            while True:
                decoder.decode([left.pop()], shown_s, hook_s)

    errands = (beside, *(None for _ in others[1:]))
    helpers = [
        threading.Thread(target=help_out, args=(decoder, errand))
        for decoder, errand in zip(others, errands, strict=True)
    ]
    for helper in helpers:
        helper.start()
    with contextlib.suppress(IndexError):
        while True:
            first.decode([left.popleft()], shown_s, hook_s)
    for helper in helpers:
        helper.join()


def decode_pictures(
    streams: Sequence[Any],
    packets: Sequence[Any],
    segments: Sequence[Segment],
    shown_s: Sequence[float],
    *,
    hook_s: float,
    threads: int,
    max_pixels: int,
    origin_s: float,
    deadline_s: float,
    beside: Callable[[], None],
    short_side: int = MAX_SHORT_SIDE,
    may_skip: bool = True,
) -> Pictures:
    """Decode what a plan asks for, side by side with each other and with the sound.

    Parameters
    ----------
    streams : sequence
        The same stream of PyAV, opened once for each decoder that may work at a time.
    packets : sequence
        Its packets in decoding order.
    segments : sequence of Segment
        The plan.
    shown_s : sequence of float
        When each packet is shown, in seconds.
    hook_s : float
        Length of the opening in seconds.
    threads : int
        Threads that a decoder may have.
    max_pixels : int
        Pictures of more pixels are refused.
    origin_s : float
        Clock time of the file at which the clip starts.
    deadline_s : float
        `time.monotonic()` after which decoding stops.
    beside : callable
        What else is to be done meanwhile; the sound.
    short_side : int
        Pixels that the short side of a picture has at most.
    may_skip : bool
        Whether pictures that no other refers to may be passed over where one is near.
    """
    # Where pictures are stored in another order than they are shown in, many of them are passed
    # over, and threads that share a picture's work then wait for each other: one is quicker.
    reordered = any(after < before for before, after in pairwise(shown_s))
    long_segments = sum(segment.packets > 1 for segment in segments)
    if reordered or (len(streams) > 1 and long_segments > 1):
        threads = 1
    decoders = []
    scales_aside = len(streams) > 1
    for stream in streams:
        stream.codec_context.thread_type = "AUTO"
        stream.codec_context.thread_count = threads
        stream.codec_context.options = {
            "max_pixels": str(max_pixels),
            "codec_whitelist": codecs.WHITELIST,
        }
        decoders.append(
            PictureDecoder(
                stream,
                packets,
                origin_s=origin_s,
                deadline_s=deadline_s,
                scales_aside=scales_aside,
                short_side=short_side,
                may_skip=may_skip,
            )
        )
    first, *others = decoders
    if others:
        _share_out(decoders, segments, shown_s, hook_s, beside)
    else:
        aside = threading.Thread(target=beside)
        aside.start()
        first.decode(segments, shown_s, hook_s)
        aside.join()
    pictures = first.pictures
    fit = True
    for decoder in others:
        fit = pictures.add(decoder.pictures) and fit
    if not fit and not pictures.out_of_time:
        # The size of the pictures changes on the way: the first one's counts for all.
        pictures.by_time.clear()
        first.decode(segments, shown_s, hook_s)
    wanted = sorted(time_s for segment in segments for time_s in segment.times_s)
    if 2 * len(pictures.by_time) < len(wanted) and not pictures.out_of_time:
        # Keyframes are marked wrongly or damaged: go through the whole file instead.
        first.may_skip = False
        first.decode([Segment(0, len(packets) - 1, tuple(wanted))], shown_s, hook_s)
    return pictures
