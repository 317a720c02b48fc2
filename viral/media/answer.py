"""What the child answered, held against its limits before anything is made of it.

The child may have been taken over by the clip: nothing that it says is believed. Its sentences are
codes of `viral.messages` with plain values, its lengths are checked before memory is taken.
"""

from __future__ import annotations

import math
import re
from typing import Any

from viral.errors import MediaError
from viral.media import hdr, limits
from viral.media.decode_child import DURATION_SLACK_S
from viral.messages import Message
from viral.settings import Settings

DIED = Message("media.undecodable")
_CODE = re.compile(r"media\.[a-z_]+")
_LONGEST_VALUE = 80
"""Characters of a codec's name, as the child says it."""


def message(said: Any) -> Message:
    """Return a sentence of the child's; `DIED` unless its code is known and its values are plain.

    Numbers and short words alone are taken, so that nothing of a clip gets into a sentence.
    """
    try:
        code, values = said
        plain = all(
            (isinstance(value, int | float) and math.isfinite(value))
            or (isinstance(value, str) and len(value) <= _LONGEST_VALUE and value.isprintable())
            for value in values.values()
        )
        if not plain or not _CODE.fullmatch(code):
            return DIED
        made = Message(code, **values)
        # A sentence whose values did not come is not filled.
        return DIED if "{" in made else made
    except (AttributeError, KeyError, TypeError, ValueError):
        return DIED


_COUNTS = (
    "packets",
    "keyframes",
    "frames",
    "samples",
    "width",
    "height",
    "frame_width",
    "frame_height",
    "row_bytes",
    "sample_rate_hz",
    "lead_samples",
    "rotation_deg",
    "channels",
)

UNLESS_SAID = {
    "mirrored": False,
    "transfer": None,
    "wide_gamut": False,
    "channels": 0,
    "cancels": False,
    "gain": 1.0,
    "loudness_lufs": None,
    "true_peak_dbtp": None,
}
"""What holds of most clips."""

_FLAGS = ("mirrored", "wide_gamut", "cancels")


def checked_bytes(header: Any, knobs: Settings) -> int:
    """Return how many bytes of arrays follow, after holding every length against its limit."""
    if not isinstance(header, dict) or any(
        type(header.get(name)) is not int or header[name] < 0 for name in _COUNTS
    ):
        raise MediaError(DIED)
    if any(type(header.get(name)) is not bool for name in _FLAGS):
        raise MediaError(DIED)
    longest_s = knobs.max_clip_duration_s + 2 * DURATION_SLACK_S
    duration_s, rate_hz = header.get("duration_s"), header.get("frame_rate_hz")
    fits = (
        isinstance(duration_s, float | int)
        and 0 <= duration_s <= 2 * longest_s
        and (rate_hz is None or (isinstance(rate_hz, float) and math.isfinite(rate_hz)))
        and header["keyframes"] <= header["packets"] <= limits.MAX_PACKETS
        and header["frames"] <= limits.MAX_FRAMES
        and max(header["frame_width"], header["frame_height"]) <= limits.MAX_LONG_SIDE
        and 3 * header["frame_width"] <= header["row_bytes"] <= 4 * limits.MAX_LONG_SIDE
        and header["rotation_deg"] in (0, 90, 180, 270)
        and header["sample_rate_hz"] <= limits.MAX_SAMPLE_RATE_HZ
        and header["samples"] <= header["sample_rate_hz"] * longest_s
        and header["lead_samples"] <= header["sample_rate_hz"] * longest_s
        and header["channels"] <= limits.MAX_CHANNELS
        and header.get("transfer") in (None, *hdr.TRANSFERS)
        and isinstance(header.get("gain"), float)
        and 1.0 <= header["gain"] <= 2.0
        and all(
            header.get(name) is None
            or (isinstance(header[name], float) and math.isfinite(header[name]))
            for name in ("loudness_lufs", "true_peak_dbtp")
        )
        and isinstance(header.get("container"), str)
        and all(
            header.get(name) is None or isinstance(header[name], str)
            for name in ("video_codec", "audio_codec")
        )
        and isinstance(header.get("warnings"), list)
        and all(message(said) is not DIED for said in header["warnings"])
    )
    if not fits:
        raise MediaError(DIED)
    return sum(count for _, count in layout(header))


def layout(header: dict[str, Any]) -> list[tuple[str, int]]:
    """Return the arrays that follow the header, in order, with their sizes in bytes."""
    return [
        ("packet_times_s", 8 * header["packets"]),
        ("packet_bytes", 8 * header["packets"]),
        ("keyframe_times_s", 8 * header["keyframes"]),
        ("frame_times_s", 8 * header["frames"]),
        ("frames", header["frames"] * header["frame_height"] * header["row_bytes"]),
        ("waveform", 4 * header["samples"]),
    ]
