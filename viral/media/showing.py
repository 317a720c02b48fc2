"""How a player shows a decoded picture: which way up, in which colours, over what ground.

Inside the guarded child. Needs PyAV and the standard library, no numpy.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any

from viral.media.limits import MAX_LONG_SIDE, MAX_SHORT_SIDE

HD_LINES = 720
HD_COLUMNS = 1280
"""From here on players take a picture that names no colour matrix for BT.709 (Chromium goes by the
lines, mpv by both); below for BT.601, as FFmpeg always does."""

_UNNAMED = (0, 2)
"""FFmpeg's `AVCOL_SPC_RGB`, which frames in YUV have by mistake, and `AVCOL_SPC_UNSPECIFIED`."""

TRANSFERS = {16: "pq", 18: "hlg"}
"""FFmpeg's numbers of SMPTE ST 2084 and ARIB STD-B67."""

BT2020 = 9
"""FFmpeg's number of the primaries and the matrix of BT.2020."""

MIN_PIXEL_ASPECT, MAX_PIXEL_ASPECT = 0.1, 10.0
"""Pixel shapes outside are broken headers and are taken as square."""

_MATRIX_BYTES = 36


@dataclass(frozen=True)
class Orientation:
    """A stored picture is flipped left to right first, where it is mirrored, and then turned."""

    rotation_deg: int = 0
    """Clockwise, 0, 90, 180 or 270."""
    mirrored: bool = False


UPRIGHT = Orientation()


def scaled_size(
    width: int, height: int, pixel_aspect: float, short_side: int = MAX_SHORT_SIDE
) -> tuple[int, int]:
    """Return the size of a scaled picture: square pixels, never enlarged.

    Parameters
    ----------
    width, height
        Coded size in pixels.
    pixel_aspect
        Width of a pixel over its height.
    short_side
        Pixels that the short side has at most.
    """
    shown_width = width * pixel_aspect
    scale = min(
        1.0,
        short_side / min(shown_width, height),
        MAX_LONG_SIDE / max(shown_width, height),
        1.0 / pixel_aspect,  # a wide pixel shrinks the height, it does not stretch the width
    )
    return max(round(shown_width * scale), 1), max(round(height * scale), 1)


def pixel_aspect_of(stream: Any) -> float:
    """Return the width of a pixel over its height."""
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    value = float(aspect) if aspect else 1.0
    return value if MIN_PIXEL_ASPECT <= value <= MAX_PIXEL_ASPECT else 1.0


def orientation(frame: Any) -> Orientation:
    """Return how the display matrix of a picture asks for it to be shown.

    The matrix maps a stored place (x, y) to (a x + c y, b x + d y), rows counted downwards
    (ISO/IEC 14496-12, 8.3.2). A negative determinant mirrors. What is not a turn by quarters is
    taken as the nearest one.
    """
    for data in frame.side_data:
        if data.type.name == "DISPLAYMATRIX" and data.buffer_size >= _MATRIX_BYTES:
            a, b, _, c, d, *_ = struct.unpack("=9i", bytes(data)[:_MATRIX_BYTES])
            mirrored = a * d - b * c < 0
            if mirrored:
                a, b = -a, -b
            return Orientation(round(math.degrees(math.atan2(b, a)) / 90.0) % 4 * 90, mirrored)
    return Orientation()


def source_matrix(frame: Any) -> Any | None:
    """Return the colour matrix to read a picture by where it names none, or None for its own."""
    from av.video.reformatter import Colorspace

    is_hd = frame.height >= HD_LINES or frame.width >= HD_COLUMNS
    unnamed = frame.colorspace in _UNNAMED and frame.format.name.startswith(("yuv", "nv", "p0"))
    return Colorspace.ITU709 if unnamed and is_hd else None


def transfer(frame: Any) -> str | None:
    """Return `hlg` or `pq` for a picture in high dynamic range, else None."""
    return TRANSFERS.get(frame.color_trc)


def is_wide_gamut(frame: Any) -> bool:
    """Say whether the primaries of a picture are those of BT.2020."""
    return frame.color_primaries == BT2020 or frame.colorspace == BT2020


def has_alpha(frame: Any) -> bool:
    """Say whether a picture can be transparent."""
    return any(component.is_alpha for component in frame.format.components)


class OverBlack:
    """Puts transparent pictures over black, which is what stands behind a clip in a feed."""

    def __init__(self) -> None:
        self._graph: Any = None
        self._format: tuple[Any, ...] | None = None

    def put(self, frame: Any, width: int, height: int) -> Any:
        """Return a picture scaled to a size in RGB; colour under full transparency is gone."""
        from av.filter import Graph

        form = (frame.format.name, frame.width, frame.height)
        if self._graph is None or self._format != form:
            graph = Graph()
            source = graph.add(
                "buffer",
                f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:"
                "time_base=1/1000",
            )
            # Multiplied by its opacity before it is scaled: neighbours must not bleed in.
            planar = graph.add("format", "gbrap")
            weighed = graph.add("premultiply", "inplace=1")
            scaled = graph.add("scale", f"w={width}:h={height}:flags=area")
            packed = graph.add("format", "rgb24")
            graph.link_nodes(source, planar, weighed, scaled, packed, graph.add("buffersink"))
            graph.configure()
            self._graph, self._format = graph, form
        self._graph.push(frame)
        return self._graph.pull()
