"""Each engine of the setting finds the words of a voice whose text and times are known."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from viral.errors import WeightsError
from viral.modalities.networks import transcription
from viral.modalities.networks.transcription import (
    RATE_HZ,
    Word,
    begun_in_speech,
    pieces_of,
    transcribe,
)
from viral.settings import settings

SENTENCE = "The train leaves at seven, so we have to pack the tent before the rain begins."
SILENCE_S = 1.5


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    """Silence, a sentence, silence."""
    hibari = pytest.importorskip("hibari")
    soxr = pytest.importorskip("soxr")
    said = soxr.resample(hibari.Hibari()(SENTENCE, seed=0), hibari.SAMPLE_RATE, RATE_HZ)
    silence = np.zeros(round(SILENCE_S * RATE_HZ), np.float32)
    return np.concatenate([silence, 0.7 * said / np.abs(said).max(), silence]).astype(np.float32)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[str]:
    monkeypatch.setenv("VIRAL_SPEECH_BACKEND", request.param)
    settings.cache_clear()
    yield request.param
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine", ["whisper-timestamped", "whisper", "faster-whisper"], indirect=True
)
def test_each_engine_finds_the_words_and_when_they_are_said(engine: str, sound: np.ndarray) -> None:
    seconds = len(sound) / RATE_HZ
    found = transcribe(sound, pieces_of([(SILENCE_S, seconds - SILENCE_S)], seconds))
    assert found.backend == engine
    assert found.language == "en"
    assert found.language_probability > 0.5
    words = [word.text.lower().strip(".,") for word in found.words]
    expected = SENTENCE.lower().replace(",", "").rstrip(".").split()
    assert len(set(words) & set(expected)) >= 0.9 * len(set(expected))
    assert found.words[0].start_s == pytest.approx(SILENCE_S, abs=0.4)
    # The voice itself ends with up to a second of breath.
    assert found.words[-1].end_s == pytest.approx(seconds - SILENCE_S - 0.4, abs=0.7)
    starts = [word.start_s for word in found.words]
    assert starts == sorted(starts)
    assert all(0.0 <= word.confidence <= 1.0 for word in found.words)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["faster-whisper"], indirect=True)
def test_finding_the_language_costs_no_second_look_at_the_sound(
    engine: str, sound: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    faster = pytest.importorskip("viral.modalities.networks.faster_whisper_model")
    encoded = []
    whole = faster.WhisperModel.encode

    def counted(model: object, features: np.ndarray) -> object:
        encoded.append(features.shape)
        return whole(model, features)

    monkeypatch.setattr(faster.WhisperModel, "encode", counted)
    heard = [faster.heard(part, 100) for part in (sound, sound[: 3 * RATE_HZ], sound)]
    assert len(encoded) == 3
    assert heard[0] == heard[2] != heard[1]


def test_no_word_begins_in_a_silence_that_speech_ends() -> None:
    spoken = [(1.0, 2.0), (3.0, 4.0)]
    words = (
        Word("early", 0.7, 1.4, 0.9),  # with the pause before it
        Word("kept", 1.5, 2.2, 0.9),
        Word("noise", 2.3, 2.6, 0.9),  # between two parts, and over before the next
        Word("late", 2.4, 3.5, 0.9),
        Word("after", 4.1, 4.3, 0.9),
    )
    placed = {word.text: (word.start_s, word.end_s) for word in begun_in_speech(words, spoken)}
    assert placed == {
        "early": (1.0, 1.4),
        "kept": (1.5, 2.2),
        "noise": (2.3, 2.6),
        "late": (3.0, 3.5),
        "after": (4.1, 4.3),
    }
    assert begun_in_speech(words, []) == words


@pytest.mark.parametrize("engine", ["faster-whisper"], indirect=True)
def test_without_the_package_one_sentence_says_what_to_do(
    engine: str, sound: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    monkeypatch.delitem(
        sys.modules, "viral.modalities.networks.faster_whisper_model", raising=False
    )
    with pytest.raises(WeightsError, match="pip install faster-whisper"):
        transcribe(sound, pieces_of([(1.0, 2.0)], 3.0))


def test_companions_that_are_not_the_published_ones_are_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    faster = pytest.importorskip("viral.modalities.networks.faster_whisper_model")
    folder = tmp_path_factory.mktemp("whisper")
    with pytest.raises(WeightsError, match=r"config\.json cannot be read"):
        faster._companions(folder)
    (folder / "config.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"config\.json is not the published one"):
        faster._companions(folder)


def test_the_bound_on_tokens_grows_with_the_sound() -> None:
    bounds = [transcription._most_tokens(np.zeros(seconds * RATE_HZ)) for seconds in (1, 10, 60)]
    assert bounds == sorted(bounds)
    assert bounds[-1] == transcription.MOST_TOKENS


@pytest.mark.slow
def test_weights_kept_in_eight_bits_hear_what_the_published_ones_hear(
    sound: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    faster = pytest.importorskip("viral.modalities.networks.faster_whisper_model")
    assert faster.converted.kept("whisper_base") is not None
    heard = []
    for _ in range(2):
        faster._model.cache_clear()
        heard.append(faster.heard(sound, 100))
        monkeypatch.setattr(faster.converted, "kept", lambda _: None)
    faster._model.cache_clear()
    assert len(heard[0][2][0]["words"]) > 10
    assert heard[0] == heard[1]
