"""The 25 numbers of librosa for each moment of a sound, from one spectrogram.

Conventions: a sound is mono float32 at `RATE_HZ`; its frames are `HOP` samples apart, frame k is
centred on sample `k * HOP`, and there are `1 + samples // HOP` of them. The mean of a column over
all frames is what the audio regressor learnt from: `librosa.load(path, mono=True)` followed by the
feature's function with default parameters. librosa would compute the spectrogram anew for each of
them; here it is shared, a block at a time, so that ten minutes of sound need little memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from viral.modalities import spectral
from viral.modalities.spectral import HOP, RATE_HZ, WINDOW

BLOCK_FRAMES = 2048
"""48 s of sound at a time: a spectrogram of 8 MB, and a dozen arrays of its size beside it."""
MFCC = 20
CLIP_MEANS = (
    "chroma_stft",
    "spectral_centroid",
    "spectral_bandwidth",
    "rolloff",
    "zero_crossing_rate",
    *(f"mfcc{i}" for i in range(1, MFCC + 1)),
)
"""The columns, in the order of the published table of clip means."""


@dataclass(frozen=True)
class SoundFrames:
    """What is measured of each frame."""

    times_s: np.ndarray
    """Centres, float64 `[frames]`."""
    columns: np.ndarray
    """float64 `[frames, 25]`, as in `CLIP_MEANS`."""
    energy: np.ndarray
    """Sum of squares of the samples nearest to each centre, float64 `[frames]`."""
    samples: np.ndarray
    """How many samples that are, int64 `[frames]`; together they are all samples of the sound."""
    onset_strength: np.ndarray
    """librosa's onset strength, float32 `[frames]`, 0 and up."""


def _magnitudes(sound: np.ndarray) -> Iterator[np.ndarray]:
    # Half a window of silence on both sides, as librosa's `center=True` adds; done here, blocks can
    # be cut out of a longer sound.
    padded = np.pad(sound, WINDOW // 2)
    frames = 1 + len(sound) // HOP
    for first in range(0, frames, BLOCK_FRAMES):
        last = min(first + BLOCK_FRAMES, frames)
        yield spectral.magnitudes(padded[first * HOP : (last - 1) * HOP + WINDOW])


def sound_frames(sound: np.ndarray) -> SoundFrames:
    """Measure each frame of a sound.

    Parameters
    ----------
    sound : np.ndarray [shape=(samples,)], float32
        Mono at `RATE_HZ`, finite, at least one sample.
    """
    found, bands, shapes = [], [], []
    powers: list[np.ndarray] = []
    for magnitude in _magnitudes(sound):
        power = magnitude**2
        found.append(spectral.pitches(power))
        bands.append(spectral.mel_power(power))
        shapes.append(spectral.shape_of_spectrum(magnitude))
        # A block is kept for the second look; of a longer sound each is made again.
        powers = [power] if not powers and len(found) == 1 else []
    tuning = spectral.tuning_of(*(np.concatenate(part) for part in zip(*found, strict=True)))
    looked_at = powers or (magnitude**2 for magnitude in _magnitudes(sound))
    harmony = [spectral.fullness_of_harmony(power, tuning) for power in looked_at]
    level_db = spectral.decibels(np.concatenate(bands))
    columns = np.column_stack(
        [
            np.concatenate(harmony),
            np.concatenate(shapes),
            spectral.zero_crossings(sound),
            spectral.cepstrum(level_db, MFCC),
        ]
    )
    frames = len(columns)
    # The samples nearest to a centre: half a hop before it to half a hop after it.
    edges = np.maximum(0, np.arange(frames) * HOP - HOP // 2)
    edges = np.minimum(edges, len(sound) - 1)
    counts = np.diff(np.append(edges, len(sound)))
    energy = np.add.reduceat(sound.astype(np.float64) ** 2, edges)
    return SoundFrames(
        times_s=np.arange(frames) * HOP / RATE_HZ,
        columns=columns,
        energy=np.where(counts > 0, energy, 0.0),
        samples=counts,
        onset_strength=spectral.onset_strength(level_db),
    )
