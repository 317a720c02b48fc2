"""librosa's features of a sound, computed with NumPy alone.

librosa defines them, and importing it with numba takes two seconds and 180 MB, most of it for
features that are not used here. What is used is written down here from its definition, with
librosa's default parameters; `tests/modalities/test_spectral.py` holds every function to librosa's
own, within the bound that it states.

Conventions: a spectrum is an array `[frames, WINDOW // 2 + 1]`, frames first, at `RATE_HZ`; a
magnitude is the absolute value of a Fourier transform, a power its square.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache

import numpy as np

RATE_HZ = 22_050
"""librosa's default rate."""
HOP = 512
WINDOW = 2048
"""librosa's default hop and window, in samples: 23 and 93 ms."""
BINS = WINDOW // 2 + 1
AT_A_TIME = 32
"""Windows that are transformed together: 1 MB."""
MEL_BANDS = 128
NOTES = 12
LOWEST_PITCH_HZ, HIGHEST_PITCH_HZ = 150.0, 4_000.0
WEAKEST_PITCH = 0.1
"""Of the strongest bin; a weaker peak is no pitch."""
TUNING_RESOLUTION = 0.01
"""Of a semitone."""
ROLLED_OFF = 0.85
"""Share of the magnitude below the rolloff."""
LOWEST_POWER, MOST_DB = 1e-10, 80.0
"""Decibels are of at least this power, and reach this far below the loudest."""
ZERO = 1e-10
"""Samples this close to 0 count as 0 where signs are compared."""
SHORT_MAX_S, LONG_MEAN_S = 0.03, 0.10
LEAST_RISE = 0.07
"""An onset is the most in 30 ms and this far above the mean of 100 ms on both sides; librosa's,
found by a search over annotated music (S. Böck, F. Krebs and M. Schedl, "Evaluating the online
capabilities of onset detection methods", ISMIR 2012, describes the picking)."""

_TINY = float(np.finfo(np.float32).tiny)


@cache
def _hann() -> np.ndarray:
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)


@cache
def frequencies_hz() -> np.ndarray:
    """Return the frequencies of the bins, float64 `[BINS]`."""
    return np.fft.rfftfreq(WINDOW, 1 / RATE_HZ)


def magnitudes(sound: np.ndarray) -> np.ndarray:
    """Return the magnitudes of the windows of a sound that is padded already.

    Parameters
    ----------
    sound : np.ndarray [shape=(WINDOW + (frames - 1) * HOP,)], float32

    Returns
    -------
    np.ndarray [shape=(frames, BINS)], float32
    """
    windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    found = np.empty((len(windows), BINS), np.float32)
    # In 64 bits and rounded, as librosa has it; a few windows at a time stay in the cache.
    for first in range(0, len(windows), AT_A_TIME):
        part = slice(first, first + AT_A_TIME)
        np.abs(np.fft.rfft(windows[part] * _hann()).astype(np.complex64), out=found[part])
    return found


def shape_of_spectrum(magnitude: np.ndarray) -> np.ndarray:
    """Return centroid, bandwidth and rolloff of each frame in Hz, float64 `[frames, 3]`."""
    frequency = frequencies_hz()
    moments = magnitude.astype(np.float64) @ np.stack(
        [np.ones(BINS), frequency, frequency**2], axis=1
    )
    whole = np.where(moments[:, 0] < _TINY, 1.0, moments[:, 0])
    centroid = moments[:, 1] / whole
    # The second moment around the centroid; a frame without sound has no spread.
    spread = moments[:, 2] / whole - centroid**2 * (2 - moments[:, 0] / whole)
    below = np.cumsum(magnitude, axis=1)
    reached = below >= np.float32(ROLLED_OFF) * below[:, -1:]
    rolloff = frequency[np.argmax(reached, axis=1)]
    return np.stack([centroid, np.sqrt(np.maximum(spread, 0.0)), rolloff], axis=1)


@cache
def _pitch_bins() -> tuple[int, int]:
    there = np.flatnonzero(
        (frequencies_hz() >= LOWEST_PITCH_HZ) & (frequencies_hz() < HIGHEST_PITCH_HZ)
    )
    return int(there[0]), int(there[-1]) + 1


def pitches(power: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the frequencies in Hz and the strengths of all peaks, float32 `[peaks]` each.

    Peaks are sharpened by the parabola through the bins beside them (J. Smith, "Spectral Audio
    Signal Processing", 2011).
    """
    first, last = _pitch_bins()
    loud = np.where(power > np.float32(WEAKEST_PITCH) * power.max(axis=1, keepdims=True), power, 0)
    here = loud[:, first:last]
    peak = (here > loud[:, first - 1 : last - 1]) & (here >= loud[:, first + 1 : last + 1])
    frame, place = np.nonzero(peak)
    place += first
    before, middle, after = (power[frame, place + step] for step in (-1, 0, 1))
    bend = (after + before).astype(np.float64) - 2.0 * middle
    slope = (after - before).astype(np.float64) / 2
    steep = np.abs(slope) >= np.abs(bend)
    shift = np.where(steep, 0.0, -slope / np.where(steep, 1.0, bend)).astype(np.float32)
    gradient = (after - before) / np.float32(2)
    strength = middle + np.float32(0.5) * gradient * shift
    frequency = ((place + shift) * RATE_HZ / WINDOW).astype(np.float32)
    return frequency, strength


def tuning_of(frequency: np.ndarray, strength: np.ndarray) -> float:
    """Return how far the notes of a sound are from A440, in semitones, -0.5..0.5.

    Parameters
    ----------
    frequency, strength : np.ndarray [shape=(peaks,)], float32
        From `pitches`; the weaker half is left out.
    """
    if len(frequency) == 0:
        return 0.0
    strong = frequency[strength >= np.median(strength)]
    off = np.mod(NOTES * np.log2(strong / (440.0 / 16)), 1.0)
    off[off >= 0.5] -= 1.0
    edges = np.linspace(-0.5, 0.5, math.ceil(1 / TUNING_RESOLUTION) + 1)
    counts, _ = np.histogram(off, edges)
    return float(edges[np.argmax(counts)])


@lru_cache(maxsize=16)
def _chroma_filters(tuning: float) -> np.ndarray:
    """Return what each bin gives to each note, float32 `[BINS, NOTES]`, C first.

    A bell around each note in each octave, after D. Ellis, "Chroma feature analysis and synthesis"
    (2007): as wide as a bin where bins are far apart, louder around 440 Hz.
    """
    frequency = np.linspace(0, RATE_HZ, WINDOW, endpoint=False)[1:]
    semitone = NOTES * np.log2(frequency / (440.0 * 2.0 ** (tuning / NOTES) / 16))
    # The bin at 0 Hz is put an octave and a half below the next, where it counts for little.
    semitone = np.concatenate([[semitone[0] - 1.5 * NOTES], semitone])
    width = np.append(np.maximum(np.diff(semitone), 1.0), 1.0)
    apart = np.subtract.outer(np.arange(NOTES, dtype=np.float64), semitone)
    apart = np.remainder(-apart + NOTES / 2 + 10 * NOTES, NOTES) - NOTES / 2
    filters = np.exp(-0.5 * (2 * apart / width) ** 2)
    filters /= np.sqrt((filters**2).sum(axis=0))
    filters *= np.exp(-0.5 * ((semitone / NOTES - 5.0) / 2.0) ** 2)
    return np.ascontiguousarray(np.roll(filters, -3, axis=0)[:, :BINS].T, dtype=np.float32)


def fullness_of_harmony(power: np.ndarray, tuning: float) -> np.ndarray:
    """Return the mean of the twelve notes relative to the strongest, float64 `[frames]`, 0..1."""
    notes = power @ _chroma_filters(tuning)
    strongest = notes.max(axis=1, keepdims=True).astype(np.float64)
    strongest[strongest < _TINY] = 1.0
    return (notes / strongest).mean(axis=1)


@cache
def _mel_filters() -> np.ndarray:
    """Return triangles on Slaney's mel scale, each of one area, float32 `[BINS, MEL_BANDS]`.

    M. Slaney, "Auditory Toolbox" (1998): linear to 1 kHz, 27 steps to each factor of 6.4 above.
    """
    step_hz, bend_hz = 200.0 / 3, 1000.0
    bend, step = bend_hz / step_hz, math.log(6.4) / 27
    highest = bend + math.log(RATE_HZ / 2 / bend_hz) / step
    mel = np.linspace(0.0, highest, MEL_BANDS + 2)
    edge_hz = np.where(
        mel < bend, mel * step_hz, bend_hz * np.exp(step * (np.maximum(mel, bend) - bend))
    )
    ramps = np.subtract.outer(edge_hz, frequencies_hz())
    widths = np.diff(edge_hz)[:, np.newaxis]
    rising, falling = -ramps[:-2] / widths[:-1], ramps[2:] / widths[1:]
    triangles = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    triangles *= (2.0 / (edge_hz[2:] - edge_hz[:-2]))[:, np.newaxis].astype(np.float32)
    return np.ascontiguousarray(triangles.T)


def mel_power(power: np.ndarray) -> np.ndarray:
    """Return the power in each band of the mel scale, float32 `[frames, MEL_BANDS]`."""
    return power @ _mel_filters()


def decibels(power: np.ndarray) -> np.ndarray:
    """Return a power in dB, at most `MOST_DB` below the most in it."""
    level = np.float32(10) * np.log10(np.maximum(np.float32(LOWEST_POWER), power))
    return np.maximum(level, level.max() - np.float32(MOST_DB))


@cache
def _cosines(count: int) -> np.ndarray:
    """Return the first rows of the orthonormal DCT-II, float64 `[MEL_BANDS, count]`."""
    angle = np.pi * np.outer(np.arange(MEL_BANDS) + 0.5, np.arange(count)) / MEL_BANDS
    cosines = np.cos(angle) * math.sqrt(2 / MEL_BANDS)
    cosines[:, 0] /= math.sqrt(2)
    return cosines


def cepstrum(level_db: np.ndarray, count: int) -> np.ndarray:
    """Return the first mel-frequency cepstral coefficients, float64 `[frames, count]`."""
    return level_db.astype(np.float64) @ _cosines(count)


def zero_crossings(sound: np.ndarray) -> np.ndarray:
    """Return the share of samples at which the sign changes around each frame, float64 `[frames]`.

    Parameters
    ----------
    sound : np.ndarray [shape=(samples,)], float32
        Its first and last sample go on beyond its ends.
    """
    padded = np.pad(sound, WINDOW // 2, mode="edge")
    negative = np.signbit(padded) & (np.abs(padded) > np.float32(ZERO))
    changes = np.concatenate([[0, 0], np.cumsum(negative[1:] != negative[:-1], dtype=np.int32)])
    first = np.arange(1 + len(sound) // HOP) * HOP
    return (changes[first + WINDOW] - changes[first + 1]) / WINDOW


def onset_strength(level_db: np.ndarray) -> np.ndarray:
    """Return how much louder the bands get from frame to frame, float32 `[frames]`.

    The spectral flux of S. Böck and G. Widmer, "Maximum filter vibrato suppression for onset
    detection" (DAFx 2013), without the filter; moved by half a window to where it is heard.
    """
    rise = np.maximum(np.float32(0), level_db[1:] - level_db[:-1]).mean(axis=1)
    late = 1 + WINDOW // (2 * HOP)
    return np.concatenate([np.zeros(late, rise.dtype), rise])[: len(level_db)]


def onsets(strength: np.ndarray, rate_hz: float, hop: int) -> np.ndarray:
    """Return the frames in which something sets in, int `[onsets]`, increasing.

    Parameters
    ----------
    strength : np.ndarray [shape=(frames,)]
        From `onset_strength`.
    rate_hz, hop : float
        Samples a second, and samples between two frames.
    """
    level = strength - strength.min()
    level = level / (level.max() + np.finfo(level.dtype).tiny)
    if not level.any() or not np.isfinite(level).all():
        return np.empty(0, dtype=np.intp)
    frames = len(level)
    before = int(SHORT_MAX_S * rate_hz // hop)
    around = int(LONG_MEAN_S * rate_hz // hop)
    most = level.copy()
    for step in range(1, before + 1):
        most[step:] = np.maximum(most[step:], level[:-step])
    sums = np.concatenate([[0.0], np.cumsum(level, dtype=np.float64)])
    first = np.maximum(0, np.arange(frames) - around)
    last = np.minimum(frames, np.arange(frames) + around + 1)
    mean = (sums[last] - sums[first]) / (last - first)
    found: list[int] = []
    for frame in np.flatnonzero((level == most) & (level >= mean + LEAST_RISE)):
        if not found or frame - found[-1] > before:
            found.append(int(frame))
    return np.array(found, dtype=np.intp)
