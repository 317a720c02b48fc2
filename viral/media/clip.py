"""What the media room hands on: a `Clip` of frames with times, a waveform and facts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

HOOK_S = 3.0
"""The opening of a clip, in seconds: what a viewer sees before deciding to stay."""


@dataclass(frozen=True)
class ClipFacts:
    """What the container says of a file, after checking."""

    file_bytes: int
    """Size of the file in bytes."""
    sha256: str
    """Hash of the file's content: the key under which results are cached."""
    container: str
    """FFmpeg's name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`."""
    duration_s: float
    """Length in seconds."""
    video_codec: str | None
    """FFmpeg's codec name, or None without video."""
    audio_codec: str | None
    """FFmpeg's codec name, or None without audio."""
    width: int
    """Displayed width in pixels, after rotation; 0 without video."""
    height: int
    """Displayed height in pixels, after rotation; 0 without video."""
    rotation_deg: int
    """Clockwise rotation that was applied: 0, 90, 180 or 270."""
    frame_rate_hz: float
    """Average frames a second; NaN without video."""
    packet_times_s: np.ndarray
    """Times of the video packets, float64 `[packets]`, increasing; read without decoding."""
    packet_bytes: np.ndarray
    """Their sizes, int64 `[packets]`: what the encoder had to spend, which follows motion."""
    keyframe_times_s: np.ndarray
    """Times of the keyframes, float64 `[keyframes]`, increasing."""
    mirrored: bool = False
    """Whether the pictures were flipped left to right, before they were turned."""
    dynamic_range: str | None = None
    """`hlg` or `pq` where the clip is in high dynamic range; `frames` are as an ordinary screen
    shows them."""
    channels: int = 0
    """Of the sound; 0 without audio."""
    channels_cancel: bool = False
    """Whether left and right cancel each other, so that one loudspeaker plays next to nothing."""
    loudness_lufs: float = math.nan
    """Integrated loudness of all channels by EBU R 128; NaN without audio or for silence."""
    true_peak_dbtp: float = math.nan
    """Highest peak between the samples, in dB of full scale; NaN where `loudness_lufs` is."""


@dataclass(frozen=True)
class Clip:
    """A decoded clip. Times are seconds from the start of the file's first picture or sample."""

    facts: ClipFacts
    frames: np.ndarray
    """RGB uint8 `[frames, height, width, 3]`, upright, aspect kept, short side at most 288; may be
    empty."""
    frame_times_s: np.ndarray
    """Their times, float64 `[frames]`, increasing: 5 a second up to `HOOK_S`, then about 1."""
    waveform: np.ndarray
    """Mono float32 `[samples]` in -1..1 at the file's own rate; may be empty."""
    sample_rate_hz: int
    """Samples a second of `waveform`; 0 without audio."""
    warnings: tuple[str, ...] = ()
    """Sentences about what could not be read."""

    @property
    def has_video(self) -> bool:
        """Whether at least one frame was decoded."""
        return len(self.frames) > 0

    @property
    def has_audio(self) -> bool:
        """Whether at least one sample was decoded."""
        return len(self.waveform) > 0
