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

RATE_HZ = 22_050
"""librosa's default rate."""
HOP = 512
WINDOW = 2048
"""librosa's default hop and window, in samples: 23 and 93 ms."""
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
TUNING_RESOLUTION = 0.01
"""Of a semitone; librosa's default."""


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
    import librosa

    # Half a window of silence on both sides is what `center=True` adds; done here, a sound shorter
    # than a window needs no warning and blocks can be cut out of a longer one.
    padded = np.pad(sound, WINDOW // 2)
    frames = 1 + len(sound) // HOP
    for first in range(0, frames, BLOCK_FRAMES):
        last = min(first + BLOCK_FRAMES, frames)
        part = padded[first * HOP : (last - 1) * HOP + WINDOW]
        yield np.abs(librosa.stft(part, n_fft=WINDOW, hop_length=HOP, center=False))


def _tuning(pitches: list[np.ndarray], strengths: list[np.ndarray]) -> float:
    # librosa.estimate_tuning, over blocks, and without its warning for a sound that has no pitch.
    import librosa

    pitch, strength = np.concatenate(pitches), np.concatenate(strengths)
    if len(pitch) == 0:
        return 0.0
    strong = pitch[strength >= np.median(strength)]
    return float(librosa.pitch_tuning(strong, resolution=TUNING_RESOLUTION, bins_per_octave=12))


def sound_frames(sound: np.ndarray) -> SoundFrames:
    """Measure each frame of a sound.

    Parameters
    ----------
    sound : np.ndarray [shape=(samples,)], float32
        Mono at `RATE_HZ`, finite, at least one sample.
    """
    import librosa

    pitches, strengths, mels, rows = [], [], [], []
    for magnitude in _magnitudes(sound):
        power = magnitude**2
        pitch, strength = librosa.piptrack(S=power, sr=RATE_HZ)
        there = pitch > 0
        pitches.append(pitch[there])
        strengths.append(strength[there])
        mels.append(librosa.feature.melspectrogram(S=power, sr=RATE_HZ))
        rows.append(
            np.vstack(
                [
                    librosa.feature.spectral_centroid(S=magnitude, sr=RATE_HZ),
                    librosa.feature.spectral_bandwidth(S=magnitude, sr=RATE_HZ),
                    librosa.feature.spectral_rolloff(S=magnitude, sr=RATE_HZ),
                ]
            )
        )
    tuning = _tuning(pitches, strengths)
    chroma = [
        librosa.feature.chroma_stft(S=magnitude**2, sr=RATE_HZ, tuning=tuning).mean(axis=0)
        for magnitude in _magnitudes(sound)
    ]
    decibels = librosa.power_to_db(np.concatenate(mels, axis=1))
    columns = np.vstack(
        [
            np.concatenate(chroma)[np.newaxis],
            np.concatenate(rows, axis=1),
            librosa.feature.zero_crossing_rate(sound, frame_length=WINDOW, hop_length=HOP),
            librosa.feature.mfcc(S=decibels, n_mfcc=MFCC),
        ]
    )
    frames = columns.shape[1]
    # The samples nearest to a centre: half a hop before it to half a hop after it.
    edges = np.maximum(0, np.arange(frames) * HOP - HOP // 2)
    edges = np.minimum(edges, len(sound) - 1)
    counts = np.diff(np.append(edges, len(sound)))
    energy = np.add.reduceat(sound.astype(np.float64) ** 2, edges)
    return SoundFrames(
        times_s=np.arange(frames) * HOP / RATE_HZ,
        columns=columns.T.astype(np.float64),
        energy=np.where(counts > 0, energy, 0.0),
        samples=counts,
        onset_strength=librosa.onset.onset_strength(S=decibels, sr=RATE_HZ),
    )
