"""What each platform takes and what its app covers: one table, with sources and the day of a look.

To bring it up to date, change the numbers and `CHECKED_ON` together; a test holds that every number
has a source. Platforms publish limits for uploads by other programs, which are those that count
for a file; the apps' own recorders differ. Safe zones are published for advertisements, whose
captions and buttons are at least as large as those of other posts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from viral.errors import DetailsError
from viral.messages import Message

CHECKED_ON = "2026-11-30"
"""When the sources were last looked at (stored copies of the pages)."""

TALL = 9 / 16
"""Width over height that fills a phone."""


@dataclass(frozen=True)
class SafeZone:
    """What the app lays over a clip of 9:16, as shares of its width and height."""

    top: float
    bottom: float
    left: float
    right: float


@dataclass(frozen=True)
class Platform:
    """What a platform takes."""

    name: str
    """As on the command line."""
    title: str
    shortest_s: float
    longest_s: float
    most_bytes: int
    least_side_px: int
    """Of the shorter side."""
    most_side_px: int
    """Of the longer side."""
    widest: float
    """Width over height from which it is not shown as a short clip or only with bars."""
    slowest_hz: float
    fastest_hz: float
    containers: tuple[str, ...]
    """Parts of FFmpeg's names of containers."""
    video_codecs: tuple[str, ...]
    """FFmpeg's names."""
    loudness_lufs: float
    """What clips are brought to, or sit at, when played."""
    safe_zone: SafeZone
    cover_px: tuple[int, int]
    """Width and height of a cover."""
    takes_covers: bool
    """Whether a picture of one's own can be uploaded as cover."""
    sources: Mapping[str, str]
    """Kind of limit -> where it stands."""


_LOUDNESS = (
    "https://www.forasoft.com/learn/audio-for-video/articles-audio/lufs-targets-per-platform-2026 "
    "(YouTube's -14 LUFS; TikTok and Instagram publish none)"
)

_COVER = "https://fatthumb.klaas.pro/posts/thumbnail-sizes-and-specs (TikTok, Reels: 1080x1920)"

PLATFORMS: Mapping[str, Platform] = {
    "tiktok": Platform(
        name="tiktok",
        title="TikTok",
        shortest_s=3.0,
        longest_s=600.0,
        most_bytes=4_000_000_000,
        least_side_px=360,
        most_side_px=4096,
        widest=1.0,
        slowest_hz=23.0,
        fastest_hz=60.0,
        containers=("mp4", "mov", "webm"),
        video_codecs=("h264", "hevc", "vp8", "vp9"),
        loudness_lufs=-14.0,
        safe_zone=SafeZone(top=150 / 1920, bottom=440 / 1920, left=0.0, right=150 / 1080),
        cover_px=(1080, 1920),
        takes_covers=True,
        sources={
            "file": "https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide "
            "and https://docs.emplifi.io/platform/latest/home/tiktok-publishing",
            "safe_zone": "https://adfuseai.com/blog/tiktok-ad-sizes-specs-guide",
            "loudness": _LOUDNESS,
            "cover": _COVER,
        },
    ),
    "reels": Platform(
        name="reels",
        title="Instagram Reels",
        shortest_s=3.0,
        longest_s=900.0,
        most_bytes=1_000_000_000,
        least_side_px=540,
        most_side_px=3600,
        widest=1.0,
        slowest_hz=23.0,
        fastest_hz=60.0,
        containers=("mp4", "mov"),
        video_codecs=("h264", "hevc"),
        loudness_lufs=-14.0,
        safe_zone=SafeZone(top=0.14, bottom=0.35, left=0.06, right=0.06),
        cover_px=(1080, 1920),
        takes_covers=True,
        sources={
            "file": "https://www.ayrshare.com/docs/media-guidelines/instagram (Meta's limits)",
            "safe_zone": "https://houseofmarketers.com/guide-to-safe-zones-tiktok-facebook-"
            "instagram-stories-reels/ (of Meta's: 14 % top, 35 % bottom, 6 % sides)",
            "loudness": _LOUDNESS,
            "cover": _COVER,
        },
    ),
    "shorts": Platform(
        name="shorts",
        title="YouTube Shorts",
        shortest_s=1.0,
        longest_s=180.0,
        most_bytes=256_000_000_000,
        least_side_px=360,
        most_side_px=4096,
        widest=1.0,
        slowest_hz=23.0,
        fastest_hz=60.0,
        containers=("mp4", "mov", "webm", "avi", "flv", "3gp", "mpeg"),
        video_codecs=("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "prores"),
        loudness_lufs=-14.0,
        safe_zone=SafeZone(top=285 / 1920, bottom=480 / 1920, left=0.0, right=0.0),
        cover_px=(1080, 1920),
        takes_covers=False,
        sources={
            "file": "https://support.google.com/youtube/answer/15424877 and "
            "https://docs.getlate.dev/resources/media-guidelines/youtube",
            "safe_zone": "https://getkoro.app/blog/youtube-shorts-dimensions (top) and https://www."
            "youraithumbnailgenerator.com/guides/youtube-shorts-safe-zones-complete-guide (bottom)",
            "loudness": _LOUDNESS,
            "cover": "https://imagesizekit.com/youtube-shorts-thumbnail-size/ (a picture of "
            "the clip is chosen in the app; none is uploaded)",
        },
    ),
}
"""By name."""

DEFAULT = "tiktok"


def platform_of(name: str) -> Platform:
    """Return a platform by its name.

    Raises
    ------
    DetailsError
        It is none of `PLATFORMS`.
    """
    found = PLATFORMS.get(name.strip().lower())
    if found is None:
        raise DetailsError(Message("check.platform_unknown", name=name, known=list(PLATFORMS)))
    return found
