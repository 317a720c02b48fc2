"""The sound of the demo clips: a voice that reads sentences, and a tune made of sines and noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SAMPLE_RATE_HZ = 44_100
TEMPO_BPM = 120.0
BEAT_S = 60.0 / TEMPO_BPM
VOICE_SPEED = 1.12
"""A little faster than the voice reads by itself: the pace of a short clip."""
VOICE_PEAK = 0.7
"""Loud, with room for the encoder to overshoot."""
CHORDS_HZ = (
    (220.00, 261.63, 329.63),  # A minor
    (174.61, 220.00, 261.63),  # F major
    (130.81, 164.81, 196.00),  # C major
    (196.00, 246.94, 293.66),  # G major
)
"""One chord a bar of four beats, equal temperament at A4 = 440 Hz."""


def spoken(
    sentences: Sequence[str], pause_s: float
) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Read sentences aloud with pauses between them.

    Returns
    -------
    waveform : np.ndarray [shape=(samples,)]
        Mono float32 at `SAMPLE_RATE_HZ`.
    spans : list of (start_s, end_s)
        When each sentence is heard.
    """
    import soxr
    from hibari import SAMPLE_RATE, Hibari

    voice = Hibari()
    pieces = []
    spans = []
    now_s = 0.0
    pause = np.zeros(round(pause_s * SAMPLE_RATE_HZ), dtype=np.float32)
    for sentence in sentences:
        said = soxr.resample(
            voice(sentence, speed=VOICE_SPEED, seed=0), SAMPLE_RATE, SAMPLE_RATE_HZ
        )
        spans.append((now_s, now_s + len(said) / SAMPLE_RATE_HZ))
        pieces += [said, pause]
        now_s += (len(said) + len(pause)) / SAMPLE_RATE_HZ
    waveform = np.concatenate(pieces)
    return (VOICE_PEAK / np.abs(waveform).max() * waveform).astype(np.float32), spans


def _faded(samples: int, attack_s: float, decay_s: float) -> np.ndarray:
    time_s = np.arange(samples) / SAMPLE_RATE_HZ
    return np.minimum(time_s / attack_s, 1.0) * np.exp(-time_s / decay_s)


def _kick() -> np.ndarray:
    time_s = np.arange(round(0.3 * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    # The pitch falls from 150 to 45 Hz: the sound of a struck skin.
    phase = 2 * np.pi * np.cumsum(45 + 105 * np.exp(-time_s / 0.03)) / SAMPLE_RATE_HZ
    return np.sin(phase) * _faded(len(time_s), 0.002, 0.09)


def _hiss(noise: np.random.Generator, length_s: float, decay_s: float) -> np.ndarray:
    samples = round(length_s * SAMPLE_RATE_HZ)
    # The difference of neighbouring samples keeps the high frequencies: a cymbal.
    return np.diff(noise.standard_normal(samples + 1)) * _faded(samples, 0.001, decay_s)


def _note(frequency_hz: float, length_s: float, decay_s: float, overtones: int) -> np.ndarray:
    samples = round(length_s * SAMPLE_RATE_HZ)
    time_s = np.arange(samples) / SAMPLE_RATE_HZ
    waves = (
        np.sin(2 * np.pi * n * frequency_hz * time_s) / n**1.6 for n in range(1, overtones + 1)
    )
    release = np.minimum(1.0, (samples - np.arange(samples)) / (0.03 * SAMPLE_RATE_HZ))
    return sum(waves, np.zeros(samples)) * _faded(samples, 0.006, decay_s) * release


def composed(beats: int) -> np.ndarray:
    """Return a tune of so many beats, mono float32 at `SAMPLE_RATE_HZ`; the same at each call."""
    noise = np.random.default_rng(2020)
    tune = np.zeros(round((beats + 4) * BEAT_S * SAMPLE_RATE_HZ))

    def add(sound: np.ndarray, beat: float, gain: float) -> None:
        start = round(beat * BEAT_S * SAMPLE_RATE_HZ)
        tune[start : start + len(sound)] += gain * sound[: len(tune) - start]

    for beat in range(beats):
        chord = CHORDS_HZ[beat // 4 % len(CHORDS_HZ)]
        add(_kick(), beat, 0.95)
        add(_hiss(noise, 0.08, 0.02), beat + 0.5, 0.10)
        if beat % 2 == 1:
            add(_hiss(noise, 0.2, 0.06), beat, 0.16)
        for half in (0.0, 0.5):
            add(_note(chord[0] / 2, 0.5 * BEAT_S, 0.25, 4), beat + half, 0.30)
        for quarter in range(4):
            pitch_hz = 2 * chord[(beat + quarter) % 3] * (2 if quarter == 3 else 1)
            add(_note(pitch_hz, 0.4, 0.12, 3), beat + quarter / 4, 0.13)
        if beat % 4 == 0:
            for pitch_hz in chord:
                add(_note(pitch_hz, 4 * BEAT_S, 2.5, 5), beat, 0.10)
    tune = tune[: round(beats * BEAT_S * SAMPLE_RATE_HZ)]
    fade = np.minimum(1.0, (len(tune) - np.arange(len(tune))) / (0.4 * SAMPLE_RATE_HZ))
    return (0.8 / np.abs(tune).max() * tune * fade).astype(np.float32)
