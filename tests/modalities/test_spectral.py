"""Every measurement of a sound's spectrum is librosa's, within a stated bound."""

from __future__ import annotations

import warnings

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthesis import clicks, silence, sine, white_noise

from viral.modalities import spectral
from viral.modalities.sound_frames import sound_frames
from viral.modalities.spectral import HOP, RATE_HZ, WINDOW

PER_FRAME = {
    "chroma_stft": 1e-6,
    "spectral_centroid": 1e-3,
    "spectral_bandwidth": 1e-3,
    "rolloff": 0.0,
    "zero_crossing_rate": 0.0,
    "mfcc": 5e-4,
}
"""How far one frame may be off, in each feature's own unit: shares, Hz, shares, dB."""


def swept(seed: int, seconds: float) -> np.ndarray:
    """Return chords, glides, noise, clicks and pauses of any loudness, one after the other."""
    random = np.random.default_rng(seed)
    parts, left = [], round(seconds * RATE_HZ)
    while left > 0:
        samples = min(left, int(random.integers(2_000, 30_000)))
        times_s = np.arange(samples) / RATE_HZ
        roots_hz = 10 ** random.uniform(1.7, 3.9, (random.integers(1, 5), 1))
        glide = random.uniform(-0.5, 0.5) * times_s
        tones = np.sin(2 * np.pi * roots_hz * (times_s + glide * times_s)).sum(axis=0)
        noise = random.normal(0, random.uniform(0, 1), samples)
        parts.append((tones + noise) * 10 ** random.uniform(-5, -0.5) * random.choice([0, 1, 1]))
        left -= samples
    return np.clip(np.concatenate(parts), -1, 1).astype(np.float32)


SOUNDS = {
    "noise": white_noise(2.0, sample_rate_hz=RATE_HZ),
    "sine": sine(2.0, sample_rate_hz=RATE_HZ),
    "a note off A440": sine(2.0, frequency_hz=452.3, sample_rate_hz=RATE_HZ),
    "clicks": clicks(3.0, bpm=100, sample_rate_hz=RATE_HZ),
    "digital silence": silence(1.0, sample_rate_hz=RATE_HZ),
    "constant": np.full(RATE_HZ, 0.3, np.float32),
    "barely there": 1e-10 * white_noise(1.0, sample_rate_hz=RATE_HZ),
    "one sample": np.array([0.2], np.float32),
    **{f"swept {seed}": swept(seed, 4.0) for seed in range(6)},
}


def by_librosa(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return librosa's columns of each frame, its onset strength and its onsets in seconds."""
    feature = librosa.feature
    with warnings.catch_warnings():
        # librosa warns of sounds shorter than its window, and of sounds without pitch.
        warnings.simplefilter("ignore", UserWarning)
        columns = np.vstack(
            [
                feature.chroma_stft(y=sound, sr=RATE_HZ).mean(axis=0)[np.newaxis],
                feature.spectral_centroid(y=sound, sr=RATE_HZ),
                feature.spectral_bandwidth(y=sound, sr=RATE_HZ),
                feature.spectral_rolloff(y=sound, sr=RATE_HZ),
                feature.zero_crossing_rate(sound),
                feature.mfcc(y=sound, sr=RATE_HZ),
            ]
        )
        strength = librosa.onset.onset_strength(y=sound, sr=RATE_HZ)
    onsets_s = librosa.onset.onset_detect(onset_envelope=strength, sr=RATE_HZ, units="time")
    return columns.T, strength, onsets_s


@pytest.mark.parametrize("name", SOUNDS)
def test_each_frame_is_librosas(name: str) -> None:
    frames = sound_frames(SOUNDS[name])
    columns, strength, onsets_s = by_librosa(SOUNDS[name])
    bounds = list(PER_FRAME.values())[:5] + [PER_FRAME["mfcc"]] * 20
    assert frames.columns.shape == columns.shape
    for ours, theirs, bound in zip(frames.columns.T, columns.T, bounds, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=bound)
    np.testing.assert_allclose(frames.onset_strength, strength, rtol=0, atol=1e-4)
    found = spectral.onsets(frames.onset_strength, RATE_HZ, HOP) * HOP / RATE_HZ
    np.testing.assert_array_equal(found, onsets_s)


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from([0.0, 0.0, 0.1, 0.5, 0.5, 1.0, 3.0]), min_size=1, max_size=80),
    st.sampled_from([(22_050, 512), (44_100, 512), (8_000, 256)]),
)
def test_onsets_of_any_strength_are_librosas(levels: list[float], rate: tuple[int, int]) -> None:
    strength = np.array(levels, np.float32)
    rate_hz, hop = rate
    theirs = librosa.onset.onset_detect(onset_envelope=strength, sr=rate_hz, hop_length=hop)
    np.testing.assert_array_equal(spectral.onsets(strength, rate_hz, hop), theirs)


@pytest.mark.parametrize("tuning", [-0.5, -0.13, 0.0, 0.27, 0.49])
def test_the_filters_are_librosas(tuning: float) -> None:
    chroma = librosa.filters.chroma(sr=RATE_HZ, n_fft=WINDOW, tuning=tuning)
    np.testing.assert_allclose(spectral._chroma_filters(tuning), chroma.T, rtol=1e-5, atol=1e-7)
    mel = librosa.filters.mel(sr=RATE_HZ, n_fft=WINDOW)
    np.testing.assert_allclose(spectral._mel_filters(), mel.T, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("name", SOUNDS)
def test_the_tuning_is_librosas(name: str) -> None:
    sound = SOUNDS[name]
    padded = np.pad(sound, WINDOW // 2)
    frames = 1 + len(sound) // HOP
    power = spectral.magnitudes(padded[: (frames - 1) * HOP + WINDOW]) ** 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        expected = librosa.estimate_tuning(S=power.T, sr=RATE_HZ)
    assert spectral.tuning_of(*spectral.pitches(power)) == expected
