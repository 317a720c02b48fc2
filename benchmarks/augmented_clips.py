"""Clips changed a little, as if filmed or recorded a little differently, and measured again.

A copy of a clip has its pictures zoomed, cropped, turned by some degrees and perhaps mirrored, all
of them alike, so that movement stays what it was; its sound is louder or softer, begins earlier or
later and is a little higher or lower. Words are not touched by any of this and are not transcribed
again.

What is measured in the copies is kept beside what was measured in the clip itself, so that a clip
is decoded once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from viral.errors import ViralError
from viral.media.clip import Clip
from viral.modalities.features import Features
from viral.modalities.sound_frames import RATE_HZ
from viral.modalities.waveform import resampled
from viral.model.clip_features import content_key, read_kept, write_kept

CHANGED = ("visual", "audio")
"""Modalities that a copy is measured in."""


@dataclass(frozen=True)
class Ranges:
    """How far a copy may depart from its clip."""

    zoom: float = 1.25
    """Largest factor; what is zoomed in on is also where the picture is cropped."""
    turn_deg: float = 5.0
    """Largest rotation either way."""
    mirrored: float = 0.5
    """Probability of left and right changing places."""
    gain_db: float = 6.0
    """Largest change of the level either way."""
    shift_s: float = 0.5
    """Seconds that the sound may begin earlier or later."""
    pitch_semitones: float = 1.0
    """Largest change of the pitch either way."""


RANGES = Ranges()


def changed_pictures(frames: np.ndarray, rng: np.random.Generator, ranges: Ranges) -> np.ndarray:
    """Return all pictures zoomed, cropped, turned and perhaps mirrored in the same way.

    Parameters
    ----------
    frames : np.ndarray [shape=(frames, height, width, 3)]
        RGB uint8.
    """
    import cv2

    height, width = frames.shape[1:3]
    zoom = rng.uniform(1.0, ranges.zoom)
    turn = rng.uniform(-ranges.turn_deg, ranges.turn_deg)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, zoom)
    # Zoomed in, the picture hangs over on all sides: the crop is anywhere in it.
    matrix[0, 2] += rng.uniform(-0.5, 0.5) * (zoom - 1.0) * width
    matrix[1, 2] += rng.uniform(-0.5, 0.5) * (zoom - 1.0) * height
    mirrored = rng.random() < ranges.mirrored
    result = np.empty_like(frames)
    for place, frame in enumerate(frames):
        moved = cv2.warpAffine(
            frame, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        result[place] = moved[:, ::-1] if mirrored else moved
    return result


def changed_sound(
    waveform: np.ndarray, sample_rate_hz: int, rng: np.random.Generator, ranges: Ranges
) -> np.ndarray:
    """Return the sound at another level, moved in time and of another pitch, as long as before.

    Parameters
    ----------
    waveform : np.ndarray [shape=(samples,)]
        Mono, -1..1.
    """
    import librosa

    steps = rng.uniform(-ranges.pitch_semitones, ranges.pitch_semitones)
    shift = round(rng.uniform(-ranges.shift_s, ranges.shift_s) * sample_rate_hz)
    gain = 10.0 ** (rng.uniform(-ranges.gain_db, ranges.gain_db) / 20.0)
    sound = librosa.effects.pitch_shift(waveform, sr=sample_rate_hz, n_steps=steps)
    moved = np.zeros_like(sound)
    if shift >= 0:
        moved[shift:] = sound[: len(sound) - shift]
    else:
        moved[:shift] = sound[-shift:]
    return np.clip(gain * moved, -1.0, 1.0).astype(np.float32)


def changed(clip: Clip, number: int, ranges: Ranges = RANGES) -> Clip:
    """Return copy `number` of a clip; the same number always gives the same copy."""
    rng = np.random.default_rng([number, int(clip.facts.sha256[:8], 16)])
    frames, waveform, rate = clip.frames, clip.waveform, clip.sample_rate_hz
    if clip.has_video:
        frames = changed_pictures(frames, rng, ranges)
    if clip.has_audio:
        # At the rate that is measured at: stretching takes time by the sample.
        waveform = resampled(np.asarray(waveform, dtype=np.float32), rate, RATE_HZ)
        rate = RATE_HZ
        waveform = changed_sound(waveform, rate, rng, ranges)
    return replace(clip, frames=frames, waveform=waveform, sample_rate_hz=rate)


def copies_of(
    paths: Mapping[int, Path],
    count: int,
    cache_dir: Path,
    *,
    ranges: Ranges = RANGES,
    say: Callable[[str], None] = print,
) -> dict[int, list[dict[str, Features]]]:
    """Measure `count` copies of each clip, or read what was measured before.

    Returns
    -------
    dict of int to list
        Row position -> a copy each -> modality -> features. Clips that cannot be read are left out.
    """
    from viral.media.reader import read_clip
    from viral.modalities import audio, visual

    result: dict[int, list[dict[str, Features]]] = {}
    for place, (row, path) in enumerate(paths.items(), start=1):
        clip: Clip | None = None
        copies = []
        for number in range(count):
            kept = cache_dir / f"{content_key(path, number, asdict(ranges))}.json"
            features = read_kept(kept, CHANGED)
            if features is None:
                try:
                    clip = read_clip(path) if clip is None else clip
                except ViralError:
                    break
                copy = changed(clip, number, ranges)
                features = {"visual": visual.extract(copy), "audio": audio.extract(copy)}
                write_kept(kept, features)
            copies.append(features)
        if len(copies) == count:
            result[row] = copies
            if clip is not None:
                say(f"copies of clip {place} of {len(paths)} measured")
    return result
