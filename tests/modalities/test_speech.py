"""Speech: the words of a voice whose text and times are known, and what is said without any."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from built_clips import built_clip
from hypothesis import given
from hypothesis import strategies as st
from synthesis import SAMPLE_RATE_HZ, silence, sine, write_clip

from viral.media.clip import Clip
from viral.media.reader import read_clip
from viral.modalities import speech
from viral.modalities.features import Features
from viral.modalities.networks.transcription import Word
from viral.modalities.speech import FEATURES, SpeechMeasurements
from viral.settings import settings

SENTENCES = (
    "Never throw away the green ends of spring onions, because they grow again in water.",
    "The train leaves at seven, so we have to pack the tent before the rain begins.",
)
BEFORE_S, BETWEEN_S, AFTER_S = 2.0, 1.8, 1.0
"""Silence around the sentences."""
MOST_WORDS_WRONG = 0.1
TIME_TOLERANCE_S = 0.35
AUDIBLE = 0.02
"""Of the peak: where a synthesised sentence begins and ends."""


def _audible(sound: np.ndarray) -> np.ndarray:
    """Cut the silence that the voice puts around a sentence."""
    loud = np.flatnonzero(np.abs(sound) > AUDIBLE * np.abs(sound).max())
    return sound[loud[0] : loud[-1] + 1]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, list[tuple[float, float]]]:
    """Return a clip that was written and read again, and when each sentence is said in it."""
    soxr = pytest.importorskip("soxr")
    hibari = pytest.importorskip("hibari")
    voice = hibari.Hibari()
    parts, spans = [silence(BEFORE_S)], []
    for sentence in SENTENCES:
        said = soxr.resample(voice(sentence, seed=0), hibari.SAMPLE_RATE, SAMPLE_RATE_HZ)
        start_s = sum(map(len, parts)) / SAMPLE_RATE_HZ
        parts += [_audible(said.astype(np.float32)), silence(BETWEEN_S)]
        spans.append((start_s, start_s + len(parts[-2]) / SAMPLE_RATE_HZ))
    parts[-1] = silence(AFTER_S)
    sound = np.concatenate(parts)
    path = tmp_path_factory.mktemp("speech") / "spoken.m4a"
    write_clip(path, waveform=0.7 * sound / np.abs(sound).max(), container_format="mp4")
    return read_clip(path), spans


@pytest.fixture(scope="module")
def heard(spoken: tuple[Clip, list[tuple[float, float]]]) -> SpeechMeasurements:
    return speech.measure(spoken[0])


def _plain(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def word_error(said: list[str], found: list[str]) -> float:
    """Return substitutions, insertions and deletions over the number of words said."""
    row = np.arange(len(found) + 1)
    for place, word in enumerate(said, 1):
        before, row = row, np.empty_like(row)
        row[0] = place
        for other, guess in enumerate(found, 1):
            row[other] = min(
                before[other] + 1, row[other - 1] + 1, before[other - 1] + (word != guess)
            )
    return float(row[-1] / len(said))


def test_the_measure_of_wrong_words_itself() -> None:
    assert word_error(["a", "b", "c"], ["a", "b", "c"]) == 0.0
    assert word_error(["a", "b", "c", "d"], ["a", "x", "c"]) == 0.5
    assert word_error(["a"], ["b", "a"]) == 1.0


@pytest.mark.slow
def test_the_words_that_were_said(heard: SpeechMeasurements) -> None:
    found = _plain(" ".join(word.text for word in heard.words))
    assert word_error(_plain(" ".join(SENTENCES)), found) <= MOST_WORDS_WRONG
    assert heard.language == "en"
    assert heard.language_probability > 0.9
    assert heard.reason is None


@pytest.mark.slow
def test_when_they_were_said(
    heard: SpeechMeasurements, spoken: tuple[Clip, list[tuple[float, float]]]
) -> None:
    (first, _), (second, end) = spoken[1]
    starts = np.array([word.start_s for word in heard.words])
    assert starts[0] == pytest.approx(first, abs=TIME_TOLERANCE_S)
    after_pause = starts[starts > (spoken[1][0][1] + second) / 2][0]
    assert after_pause == pytest.approx(second, abs=TIME_TOLERANCE_S)
    assert heard.words[-1].end_s == pytest.approx(end, abs=TIME_TOLERANCE_S)


@pytest.mark.slow
def test_the_features_of_what_was_said(
    heard: SpeechMeasurements, spoken: tuple[Clip, list[tuple[float, float]]]
) -> None:
    clip, spans = spoken
    found = speech.pool(heard)
    words = len(_plain(" ".join(SENTENCES)))
    talking_s = sum(end - start for start, end in spans)
    assert not found.missing
    assert found.values["word_count"] == pytest.approx(words, rel=MOST_WORDS_WRONG)
    assert found.values["words_per_second"] == pytest.approx(
        words / clip.facts.duration_s, rel=MOST_WORDS_WRONG
    )
    assert found.values["first_word_s"] == pytest.approx(BEFORE_S, abs=TIME_TOLERANCE_S)
    assert found.values["longest_pause_s"] == pytest.approx(BETWEEN_S, abs=2 * TIME_TOLERANCE_S)
    assert found.values["speaking_share"] == pytest.approx(
        talking_s / clip.facts.duration_s, abs=0.12
    )
    assert found.values["question_count"] == 0
    assert found.embedding is not None


@pytest.mark.slow
def test_a_trim_to_the_second_sentence_has_its_words_alone(
    heard: SpeechMeasurements, spoken: tuple[Clip, list[tuple[float, float]]]
) -> None:
    clip, spans = spoken
    start_s = spans[1][0] - 0.9
    found = speech.pool(heard, [(start_s, clip.facts.duration_s)])
    assert word_error(_plain(SENTENCES[1]), _plain(found.details["transcript"])) <= 0.15
    assert found.values["first_word_s"] == pytest.approx(0.9, abs=TIME_TOLERANCE_S)


@pytest.mark.parametrize(
    "waveform",
    [silence(3.0), sine(3.0), sine(3.0, amplitude=0.002)],
    ids=["silence", "a tone", "a faint tone"],
)
def test_without_a_voice_there_are_no_words(waveform: np.ndarray, tmp_path: Path) -> None:
    found = speech.measure(read_clip(write_clip(tmp_path / "clip.wav", waveform=waveform)))
    assert found.words == ()
    assert found.language is None
    assert found.reason == speech.NO_SPEECH
    assert_missing(speech.pool(found), speech.NO_SPEECH)


def test_a_clip_without_sound_says_so() -> None:
    picture = np.zeros((64, 36, 3), np.uint8)
    clip = built_clip(pictures=[picture], times_s=[0.0])
    assert_missing(speech.extract(clip), speech.NO_SOUND)


@pytest.fixture
def _switched_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("VIRAL_SPEECH_BACKEND", "off")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.usefixtures("_switched_off")
def test_switched_off_it_says_by_which_setting() -> None:
    found = speech.extract(built_clip(waveform=sine(1.0)))
    assert_missing(found, speech.OFF)
    assert "VIRAL_SPEECH_BACKEND" in speech.OFF


def assert_missing(found: Features, reason: str) -> None:
    assert found.missing
    assert found.reason == reason
    assert set(found.values) == {feature.name for feature in FEATURES}
    assert all(math.isnan(value) for value in found.values.values())
    assert found.embedding is None


def _said(*words: tuple[str, float, float], duration_s: float = 10.0) -> SpeechMeasurements:
    return SpeechMeasurements(
        duration_s=duration_s,
        words=tuple(Word(text, start, end, 0.8) for text, start, end in words),
        language="en",
        language_probability=0.9,
        backend="whisper",
    )


KNOWN = _said(("What?", 1.0, 1.5), ("Three", 2.0, 2.5), ("words.", 6.0, 6.5))


def test_the_features_of_known_words() -> None:
    values = speech.pool(KNOWN).values
    assert values == pytest.approx(
        {
            "word_count": 3,
            "words_per_second": 0.3,
            "speaking_rate": 2.0,
            "first_word_s": 1.0,
            "hook_word_count": 2,
            "speaking_share": 0.15,
            "longest_pause_s": 3.5,
            "question_count": 1,
            "confidence": 0.8,
        }
    )


def test_kept_parts_play_back_to_back() -> None:
    values = speech.pool(KNOWN, [(1.5, 3.0), (5.5, 7.5)]).values
    assert values["word_count"] == 2
    assert values["first_word_s"] == pytest.approx(0.5)
    # Half a second to the cut, and half a second after it.
    assert values["longest_pause_s"] == pytest.approx(1.0)
    assert values["hook_word_count"] == 2
    assert values["words_per_second"] == pytest.approx(2 / 3.5)


def test_where_nobody_speaks_in_what_is_kept_it_says_so() -> None:
    assert_missing(speech.pool(KNOWN, [(7.0, 10.0)]), speech.NONE_KEPT)


def test_a_language_without_spaces_has_none_between_its_words() -> None:
    words = (Word("你好", 0.0, 0.5, 0.9), Word("世界", 0.5, 1.0, 0.9))
    measured = SpeechMeasurements(2.0, words, "zh", 0.9, "whisper")
    assert speech.pool(measured).details["transcript"] == "你好世界"


@given(
    times=st.lists(
        st.tuples(st.floats(0.0, 9.0), st.floats(0.0, 3.0)), min_size=1, max_size=12
    ).map(sorted),
    keep=st.tuples(st.floats(0.0, 9.0), st.floats(0.1, 10.0)),
)
def test_any_words_give_numbers_within_their_ranges(
    times: list[tuple[float, float]], keep: tuple[float, float]
) -> None:
    # One text, so that its embedding is worked out once.
    measured = _said(*(("well", start, start + length) for start, length in times))
    found = speech.pool(measured, [(keep[0], min(keep[0] + keep[1], 10.0))])
    if found.missing:
        assert not any(keep[0] < start < keep[0] + keep[1] for start, _ in times)
        return
    values = found.values
    assert 1 <= values["word_count"] <= len(times)
    assert values["hook_word_count"] <= values["word_count"]
    assert 0.0 <= values["speaking_share"] <= 1.0
    assert 0.0 <= values["first_word_s"] <= keep[1]
    assert 0.0 <= values["longest_pause_s"] <= keep[1]
