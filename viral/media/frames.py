"""Which pictures of a clip to decode, decided from the packets before any of them is decoded.

Conventions
-----------
* Packets come in decoding order; `times_s[i]` is when packet `i` is shown, in seconds.
* A segment is a run of packets that starts at a keyframe and is fed to an empty decoder.

The opening is sampled at `HOOK_RATE_HZ`, the rest on a grid of about one frame a second. A grid
point takes the nearest keyframe when one is near, which costs one decoded picture. A point
without one has to be reached from the keyframe before it. These fills are thinned out evenly until
the plan fits `MAX_DECODED_PIXELS`, and left out when only gaps longer than `LONGEST_GAP` would fit:
then one fill costs hundreds of pictures and says little, and encoders put keyframes where the scene
changes. But no third of a clip goes by unseen while `MAX_SPREAD_PIXELS` allow. The plan depends on
the file and never on the clock: a clip always gives the same frames.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

HOOK_RATE_HZ = 5.0
"""Frames a second in the opening."""

BODY_SPACING_S = 1.0
"""Wanted distance of frames after the opening."""

MAX_BODY_FRAMES = 75
"""Frames after the opening; a longer clip spreads them evenly (one in 8 s at ten minutes)."""

MAX_DECODED_PIXELS = 800_000_000
"""Packets to decode times their pixels: 13 s of 1080x1920 or 45 s of 576x1024 at 30 frames a
second, which takes one to two seconds. The opening and the keyframes are decoded in any case."""

LONGEST_GAP = 4
"""Spacings of the grid between two frames up to which filling is worth while."""

WIDEST_SHARE = 1 / 3
"""Of the clip: however dear, no longer part of it goes by unseen, up to `MAX_SPREAD_PIXELS`."""

MAX_SPREAD_PIXELS = 3_000_000_000
"""12 s of 3840x2160 at 30 frames a second, which takes three to six seconds."""

_SAME_TIME_S = 1e-6


@dataclass(frozen=True)
class Segment:
    """Packets `first..last` (inclusive, decoding order) and the times to take from them."""

    first: int
    last: int
    times_s: tuple[float, ...]
    """Wanted times in seconds, increasing."""

    @property
    def packets(self) -> int:
        """How many packets are decoded."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class _Index:
    """The packets by the time they are shown."""

    shown_s: list[float]
    decoded_as: list[int]
    key_s: list[float]
    key_decoded_as: list[int]

    @classmethod
    def of(cls, times_s: Sequence[float], is_key: Sequence[bool]) -> _Index:
        order = sorted(range(len(times_s)), key=times_s.__getitem__)
        keys = [i for i in order if is_key[i]] or [0]
        return cls(
            shown_s=[times_s[i] for i in order],
            decoded_as=order,
            key_s=[times_s[i] for i in keys],
            key_decoded_as=keys,
        )

    def nearest(self, time_s: float) -> int:
        """Return the decoding place of the packet shown nearest to `time_s`."""
        return self.decoded_as[_nearest(self.shown_s, time_s)]

    def start(self, time_s: float, packet: int) -> int:
        """Return the decoding place of the keyframe from which `packet`, shown then, is reached."""
        place = bisect_right(self.key_s, time_s + _SAME_TIME_S) - 1
        while place >= 0 and self.key_decoded_as[place] > packet:
            place -= 1
        return self.key_decoded_as[place] if place >= 0 else 0


def _nearest(sorted_s: Sequence[float], time_s: float) -> int:
    after = min(bisect_left(sorted_s, time_s), len(sorted_s) - 1)
    before = max(after - 1, 0)
    nearer_before = time_s - sorted_s[before] <= sorted_s[after] - time_s
    return before if nearer_before else after


def hook_times(hook_s: float, end_s: float) -> list[float]:
    """Return the wanted times of the opening, which ends at `hook_s` or with the clip."""
    count = math.ceil(min(hook_s, end_s) * HOOK_RATE_HZ - 1e-9)
    return [index / HOOK_RATE_HZ for index in range(max(count, 1))]


def grid_times(hook_s: float, end_s: float) -> list[float]:
    """Return the wanted times after the opening: from `hook_s` on, about one a second."""
    spacing_s = max(BODY_SPACING_S, (end_s - hook_s) / MAX_BODY_FRAMES)
    count = math.ceil((end_s - hook_s) / spacing_s - 1e-9)
    return [hook_s + index * spacing_s for index in range(max(count, 0))]


def _snapped(grid_s: Sequence[float], key_s: Sequence[float]) -> list[float | None]:
    """Return for each grid point the keyframe within half a spacing, or None."""
    reach_s = (grid_s[1] - grid_s[0]) / 2 if len(grid_s) > 1 else BODY_SPACING_S / 2
    found: list[float | None] = []
    for time_s in grid_s:
        key = key_s[_nearest(key_s, time_s)]
        found.append(key if abs(key - time_s) <= reach_s else None)
    return found


def _thinned(
    grid_s: Sequence[float], anchors: Sequence[float | None], longest_gap: int
) -> list[float]:
    """Keep all anchors and, in each run of points without one, as few as leave no longer gap.

    A gap is counted in grid spacings; the opening and the end of the clip bound the outer runs.
    """
    kept = [time_s for time_s in anchors if time_s is not None]
    run: list[float] = []
    for time_s, anchor in [*zip(grid_s, anchors, strict=True), (math.inf, math.inf)]:
        if anchor is None:
            run.append(time_s)
            continue
        parts = math.ceil((len(run) + 1) / longest_gap)
        for part in range(1, parts):
            kept.append(run[round(part * (len(run) + 1) / parts) - 1])
        run = []
    return kept


def _segments(index: _Index, wanted_s: Sequence[float]) -> list[Segment]:
    """Group wanted times by the keyframe they are reached from, joining runs that overlap."""
    ends: dict[int, tuple[int, list[float]]] = {}
    for time_s in sorted(set(wanted_s)):
        packet = index.nearest(time_s)
        shown_s = index.shown_s[_nearest(index.shown_s, time_s)]
        first = index.start(shown_s, packet)
        last, times = ends.get(first, (first, []))
        ends[first] = (max(last, packet), [*times, time_s])
    segments: list[Segment] = []
    for first in sorted(ends):
        last, times = ends[first]
        if segments and first <= segments[-1].last:
            before = segments.pop()
            first, last = before.first, max(last, before.last)
            times = sorted([*before.times_s, *times])
        segments.append(Segment(first, last, tuple(times)))
    return segments


def plan(
    times_s: Sequence[float],
    is_key: Sequence[bool],
    *,
    end_s: float,
    hook_s: float,
    pixels: int,
    budget_pixels: int = MAX_DECODED_PIXELS,
) -> list[Segment]:
    """Decide which packets to decode.

    Parameters
    ----------
    times_s
        Presentation times of the packets in decoding order, in seconds.
    is_key
        Whether each packet is a keyframe.
    end_s
        End of the last picture, in seconds.
    hook_s
        Length of the opening, in seconds.
    pixels
        Width times height of a coded picture.
    budget_pixels
        How many pixels the plan may decode, unless the opening and the keyframes alone have more.

    Returns
    -------
    list[Segment]
        In decoding order and without overlap; empty without packets.
    """
    if not times_s:
        return []
    index = _Index.of(times_s, is_key)
    opening_s = hook_times(hook_s, end_s)
    grid_s = grid_times(hook_s, end_s)
    anchors = _snapped(grid_s, index.key_s)
    for longest_gap in range(1, LONGEST_GAP + 1):
        filled = _segments(index, [*opening_s, *_thinned(grid_s, anchors, longest_gap)])
        if sum(segment.packets for segment in filled) * pixels <= budget_pixels:
            return filled
    keys_s = [key for key in anchors if key is not None]
    plain = _segments(index, [*opening_s, *keys_s])
    seen_s = [opening_s[-1], *sorted(keys_s), end_s]
    widest_s = max(after - before for before, after in pairwise(seen_s))
    if widest_s > WIDEST_SHARE * end_s:
        # A short clip of large pictures with few keyframes: nearly all would be of its opening.
        spacings = max(math.floor(len(grid_s) * WIDEST_SHARE), 1)
        spread = _segments(index, [*opening_s, *_thinned(grid_s, anchors, spacings)])
        if sum(segment.packets for segment in spread) * pixels <= MAX_SPREAD_PIXELS:
            return spread
    return plain


def plan_of_moments(
    times_s: Sequence[float], is_key: Sequence[bool], moments_s: Sequence[float]
) -> list[Segment]:
    """Decide which packets to decode for the pictures nearest to some moments, and no others.

    `times_s` and `is_key` are those of `plan`.
    """
    return _segments(_Index.of(times_s, is_key), moments_s) if times_s else []
