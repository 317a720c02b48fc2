"""Clips put together in memory, as the reader hands them on, and pictures to fill them with."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from viral.media.clip import Clip, ClipFacts

NOTHING = np.empty(0)


def built_clip(
    *,
    pictures: Sequence[np.ndarray] = (),
    times_s: Sequence[float] | np.ndarray = (),
    waveform: np.ndarray | None = None,
    sample_rate_hz: int = 44_100,
    duration_s: float | None = None,
) -> Clip:
    """Return a clip of these pictures at these times, with this sound.

    Without `duration_s` the clip lasts as long as its sound, or a second beyond its last picture.
    """
    sound = np.empty(0, np.float32) if waveform is None else np.asarray(waveform, np.float32)
    if duration_s is None:
        duration_s = len(sound) / sample_rate_hz if len(sound) else float(times_s[-1]) + 1.0
    frames = np.stack(pictures) if len(pictures) else np.empty((0, 0, 0, 3), np.uint8)
    facts = ClipFacts(
        file_bytes=1,
        sha256="",
        container="mp4",
        duration_s=duration_s,
        video_codec="h264" if len(frames) else None,
        audio_codec="aac" if len(sound) else None,
        width=frames.shape[2],
        height=frames.shape[1],
        rotation_deg=0,
        frame_rate_hz=30.0,
        packet_times_s=NOTHING,
        packet_bytes=NOTHING.astype(np.int64),
        keyframe_times_s=NOTHING,
    )
    return Clip(
        facts=facts,
        frames=frames,
        frame_times_s=np.asarray(times_s, np.float64),
        waveform=sound,
        sample_rate_hz=sample_rate_hz if len(sound) else 0,
    )


def plain(colour: Sequence[int], *, height: int = 64, width: int = 36) -> np.ndarray:
    """Return a picture of one colour."""
    return np.full((height, width, 3), colour, np.uint8)


def drawn_face(*, centre: tuple[int, int] = (144, 200), size: int = 45) -> np.ndarray:
    """Return an upright picture of 288x512 with one simple face at `centre` (x, y)."""
    picture = plain((120, 140, 160), height=512, width=288)

    def ellipse(right: float, down: float, wide: float, high: float, colour: tuple) -> None:
        middle = (round(centre[0] + right * size), round(centre[1] + down * size))
        axes = (max(1, round(wide * size)), max(1, round(high * size)))
        cv2.ellipse(picture, middle, axes, 0, 0, 360, colour, -1)

    ellipse(0, -0.15, 1.08, 1.35, (60, 40, 30))
    ellipse(0, 0, 0.9, 1.2, (225, 180, 150))
    for side in (-0.38, 0.38):
        ellipse(side, -0.22, 0.24, 0.13, (150, 100, 80))
        ellipse(side, -0.42, 0.25, 0.06, (70, 45, 35))
        ellipse(side, -0.2, 0.17, 0.08, (245, 245, 245))
        ellipse(side, -0.2, 0.08, 0.08, (40, 30, 30))
    ellipse(0, 0.1, 0.1, 0.28, (240, 200, 175))
    ellipse(0, 0.32, 0.16, 0.05, (180, 120, 100))
    ellipse(0, 0.66, 0.34, 0.11, (170, 70, 70))
    return cv2.GaussianBlur(picture, (0, 0), 2)
