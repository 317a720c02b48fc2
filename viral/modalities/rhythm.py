"""Rhythm: how often a new sound sets in, how fast the beat is, and how clear.

Conventions: the onset strength is a float array with one value a frame, 0 and up; times are in
seconds, tempo in beats a minute.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viral.modalities import spectral

SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0
"""Outside it a pulse is a phrase or a buzz."""
USUAL_BPM = 120.0
TEMPO_OCTAVES = 1.0
"""Of the beats that fit a rhythm at half, once and twice the speed, the one near 120 is felt: a
bell of one octave's standard deviation, from D. Ellis, "Beat tracking by dynamic programming",
Journal of New Music Research 36 (2007)."""
SHORTEST_S = 3.0
"""Less holds too few beats to tell a tempo."""
CLEAREST_MULTIPLE = 4
"""The period is read off where the pattern repeats for the fourth time: a whole frame is 4 BPM at
100 BPM, a quarter of one is 1."""
SMOOTHING = np.hanning(7)[1:-1] / np.hanning(7).sum()
"""Over five frames, 116 ms."""
WEAKEST_PULSE = 0.1
"""Of the autocorrelation; below it nothing repeats."""


@dataclass(frozen=True)
class Rhythm:
    """Of one sound."""

    onsets_s: np.ndarray
    """When a sound sets in, float64 `[onsets]`, increasing."""
    tempo_bpm: float
    """NaN where nothing repeats."""
    beat_strength: float
    """How alike the rhythm is to itself a beat later, 0..1; NaN where there is none to compare."""


def _peak(values: np.ndarray, near: int) -> float:
    """Return where a parabola through three values has its top, within half a place of `near`."""
    if not 0 < near < len(values) - 1:
        return float(near)
    before, here, after = values[near - 1 : near + 2]
    bend = before - 2 * here + after
    return near + float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else near


def _tempo(strength: np.ndarray, frames_per_s: float) -> tuple[float, float]:
    frames = len(strength)
    # Onsets are a frame wide and beats fall between frames: unsmoothed, a beat of 18.5 frames looks
    # less alike to the next than to the one after it, at 37.
    smooth = np.convolve(strength.astype(np.float64), SMOOTHING, mode="same")
    centred = smooth - smooth.mean()
    spectrum = np.fft.rfft(centred, 2 * frames)
    alike = np.fft.irfft(np.abs(spectrum) ** 2)[:frames] / (frames - np.arange(frames))
    if not alike[0] > 0:
        return float("nan"), float("nan")
    alike = alike / alike[0]
    shortest = int(np.ceil(60 * frames_per_s / FASTEST_BPM))
    # A lag of more than half the sound is compared over too little of it.
    longest = min(int(60 * frames_per_s / SLOWEST_BPM), frames // 2)
    lags = np.arange(shortest, longest + 1)
    # Only tops count: the shortest lags lie on the slope of the match of each onset with itself.
    lags = lags[(alike[lags] >= alike[lags - 1]) & (alike[lags] >= alike[lags + 1])]
    if len(lags) == 0:
        return float("nan"), float("nan")
    bell = np.exp(-0.5 * (np.log2(60 * frames_per_s / lags / USUAL_BPM) / TEMPO_OCTAVES) ** 2)
    lag = int(lags[np.argmax(alike[lags] * bell)])
    clear = float(np.clip(alike[lag], 0.0, 1.0))
    if clear < WEAKEST_PULSE:
        return float("nan"), clear
    period = _peak(alike, lag)
    for multiple in range(2, CLEAREST_MULTIPLE + 1):
        place = round(period * multiple)
        if place + 2 >= frames * 3 // 4:
            break
        near = place - 1 + int(np.argmax(alike[place - 1 : place + 2]))
        if alike[near] < clear / 2:
            break
        period = _peak(alike, near) / multiple
    return 60 * frames_per_s / period, clear


def rhythm_of(strength: np.ndarray, rate_hz: int, hop: int) -> Rhythm:
    """Find the onsets and the tempo of a sound.

    Parameters
    ----------
    strength : np.ndarray [shape=(frames,)]
        Onset strength.
    rate_hz, hop : int
        Samples a second, and samples between two frames.
    """
    if not strength.any():
        return Rhythm(np.empty(0), float("nan"), float("nan"))
    frames_per_s = rate_hz / hop
    onsets_s = spectral.onsets(strength, rate_hz, hop) / frames_per_s
    tempo, clear = float("nan"), float("nan")
    if len(strength) >= SHORTEST_S * frames_per_s and len(onsets_s) > 1:
        tempo, clear = _tempo(strength, frames_per_s)
    return Rhythm(onsets_s, tempo, clear)
