"""What is refused of a file, and the resource limits of the process that decodes.

A clip comes from a stranger, and decoders are large C libraries. So the file is opened once, handed
to a child process as a descriptor, and decoded there under the limits of `confine`: the child can
open no other file, write none, and use only so much memory and processor time. This module needs
the standard library alone, because the child imports it and must start quickly.
"""

from __future__ import annotations

import math
import re
import resource
import signal

CONTAINERS = ",".join(
    (
        "mov,mp4,m4a,3gp,3g2,mj2",
        "matroska,webm",
        "avi,gif,apng,flv,asf,mpegts,mpeg,ogg,mxf,dv,ivf,obu,av1,h264,hevc,m4v,mpegvideo",
        "wav,w64,mp3,flac,aac,aiff,au,caf,amr,amrnb,amrwb,ac3,eac3",
    )
)
"""FFmpeg's names of the containers that are read. Playlists and other formats that point at further
files or addresses (HLS, DASH, concat, SDP, image sequences) are left out on purpose."""

PROTOCOLS = "fd"
"""The only FFmpeg protocol allowed: the descriptor that the parent opened."""

MIN_SAMPLE_RATE_HZ = 4_000
MAX_SAMPLE_RATE_HZ = 192_000
"""Telephone speech has 8 kHz and studio sound 192 kHz; a rate outside is a broken header."""

MAX_CHANNELS = 64
"""More than any real recording; also the most that FFmpeg's mixing filter takes."""

MAX_PACKETS = 1_000_000
"""Video and audio packets in a file: ten minutes at 240 pictures a second are 144,000."""

PIXEL_HEADROOM = 64 * 16_384
"""FFmpeg counts a picture's width up to the next 64 when it holds a decoded picture to a limit."""

MAX_HEADER_BYTES = 1_000_000
"""Longest description that the child may send ahead of its arrays."""

MAX_FRAMES = 120
"""Frames a clip may yield; the plan in `viral.media.frames` asks for at most 91."""

MAX_LONG_SIDE = 2048
"""Longest side of a scaled frame, for pictures that are much longer than wide."""

MAX_SHORT_SIDE = 288
"""Short side of a scaled frame: above the 224 that the image network takes."""

MAX_STILLS = 5
"""Large pictures that are read of a clip at a time."""

Said = tuple[str, dict[str, float | str]]
"""A sentence for the user: its code in `viral.messages`, which the child does not import, and the
values of its places."""

EMPTY: Said = ("media.empty", {})
UNREADABLE: Said = ("media.unreadable", {})
WEB_PAGE: Said = ("media.web_page", {})
PICTURE: Said = ("media.picture", {})
ANIMATED_WEBP: Said = ("media.animated_webp", {})
CUT_SHORT: Said = ("media.cut_short", {})
PROTECTED: Said = ("media.protected", {})
NOTHING: Said = ("media.nothing", {})
TOO_HARD: Said = ("media.too_hard", {})
SOUND_LOST: Said = ("media.sound_lost", {})
CHANNELS_CANCEL: Said = ("media.channels_cancel", {})
HIGH_DYNAMIC_RANGE: Said = ("media.high_dynamic_range", {})

SNIFFED_BYTES = 262_144
"""How much of the start and of the end of a file is looked at to say what is wrong with it."""

_PICTURE_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"BM", b"II*\0", b"MM\0*")
_WEBP_ANIMATION = 0x02  # the flag of an animation in the header, RFC 9649, section 2.7
_WEB_PAGE = re.compile(rb"\s*(<!--.*?-->\s*)?<(!doctype html|html|head|body)", re.I | re.S)
_PROTECTED_ENTRY = re.compile(rb"stsd.{12}enc[av]", re.S)  # ISO/IEC 23001-7: 'encv' and 'enca'


def too_large(limit_bytes: int) -> Said:
    """Return the sentence for a file of more than `limit_bytes`."""
    return "media.too_large", {"megabytes": limit_bytes / 1e6}


def too_long(limit_s: float) -> Said:
    """Return the sentence for a clip of more than `limit_s` seconds."""
    return "media.too_long", {"minutes": limit_s / 60}


def too_many_pixels(width: int, height: int, limit: int) -> Said:
    """Return the sentence for pictures of more than `limit` pixels."""
    return "media.too_many_pixels", {"width": width, "height": height, "limit": limit}


def other_codec(pictures: str | None, sound: str | None) -> Said:
    """Return the sentence for a clip in codecs that are not read; None for a part that is not."""
    if pictures is not None:
        return "media.pictures_codec", {"codec": pictures}
    return "media.sound_codec", {"codec": sound or ""}


def other_sound(sound: str) -> Said:
    """Return the warning for sound in a codec that is not read, beside pictures that are."""
    return "media.sound_left_out", {"codec": sound}


def is_protected(sniffed: bytes) -> bool:
    """Say whether an MP4's sample table names an encrypted track (Common Encryption)."""
    return _PROTECTED_ENTRY.search(sniffed) is not None


def reason_unreadable(sniffed: bytes) -> Said:
    """Return the sentence that fits a file which FFmpeg does not open, from its start and end."""
    if is_protected(sniffed):
        return PROTECTED
    if _WEB_PAGE.match(sniffed):
        return WEB_PAGE
    if sniffed[8:16] == b"WEBPVP8X" and len(sniffed) > 20 and sniffed[20] & _WEBP_ANIMATION:
        return ANIMATED_WEBP
    if sniffed.startswith(_PICTURE_STARTS) or sniffed[8:12] == b"WEBP":
        return PICTURE
    known = sniffed[4:8] in (b"ftyp", b"moov", b"mdat") or sniffed.startswith(
        (b"\x1a\x45\xdf\xa3", b"RIFF", b"GIF8")
    )
    return CUT_SHORT if known else UNREADABLE


def confine(*, memory_bytes: int, wall_s: float, threads: int) -> None:
    """Limit this process for good: memory, time, no core dump, no file written.

    The alarm is the last resort, should the parent be gone and nobody be there to end the child.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    seconds = math.ceil(wall_s * max(threads, 1)) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.alarm(math.ceil(wall_s) + 1)


def forbid_new_files(lowest_free_descriptor: int) -> None:
    """Let this process open no further file, socket or pipe than those it has.

    Parameters
    ----------
    lowest_free_descriptor
        The number that the next open file would get.
    """
    limit = lowest_free_descriptor
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
