"""Words put together as they were spoken, and loops of Whisper's told from refrains."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.modalities.networks.transcription import RATE_HZ, pieces_of, transcribe
from viral.modalities.spoken_words import Word, is_invented, joined_words, windows


def parts(*texts: str) -> list[Word]:
    return [Word(text, 0.2 * place, 0.2 * place + 0.2, 0.8) for place, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("language", "heard", "words"),
    [
        ("en", [" costs", " 3", ".5", "%", " now."], ["costs", "3.5%", "now."]),
        ("en", [" a", " 10", "-minute", " win", "-win"], ["a", "10-minute", "win-win"]),
        ("en", [" call", " 555", "-0123."], ["call", "555-0123."]),
        ("it", [" l", "'insalata", " dell", "'olio"], ["l'insalata", "dell'olio"]),
        ("fr", [" c", "'est", " l", "'heure", " !"], ["c'est", "l'heure", "!"]),
        ("ja", ["今", "日", "は"], ["今", "日", "は"]),
        ("ru", [" кто", "-то"], ["кто-то"]),
    ],
)
@pytest.mark.parametrize("keeps_spaces", [True, False])
def test_parts_without_a_space_between_them_are_one_word(
    language: str, heard: list[str], words: list[str], keeps_spaces: bool
) -> None:
    given_parts = parts(*(text if keeps_spaces else text.strip() for text in heard))
    found = joined_words(given_parts, "".join(heard), language)
    assert [word.text for word in found] == words
    assert found[0].start_s == 0.0
    assert found[-1].end_s == pytest.approx(0.2 * len(heard))
    assert all(word.confidence == pytest.approx(0.8) for word in found)


@given(st.lists(st.sampled_from([" a", "b", "-c", " 1", ".5", " ", "'"]), max_size=12))
def test_no_letter_and_no_time_is_lost_in_joining(heard: list[str]) -> None:
    found = joined_words(parts(*heard), "".join(heard), "en")
    assert "".join(word.text for word in found) == "".join(heard).replace(" ", "")
    assert all(before.end_s <= after.start_s + 1e-9 for before, after in pairwise(found))


def window(
    text_repeats: float, lengths: list[float], no_speech: float = 0.2
) -> list[dict[str, Any]]:
    words, end_s = [], 0.0
    for length_s in lengths:
        words.append({"word": " yeah", "start": end_s, "end": end_s + length_s, "probability": 0.9})
        end_s += length_s
    figures = {
        "avg_logprob": -0.2,
        "no_speech_prob": no_speech,
        "compression_ratio": text_repeats,
    }
    # Two segments of one window, as a refrain is cut.
    half = len(words) // 2
    return [{**figures, "words": words[:half]}, {**figures, "words": words[half:]}]


def test_a_refrain_is_believed_and_a_loop_is_not() -> None:
    refrain = window(10.0, [0.3] * 40 + [0.0] * 4)
    loop = window(7.0, [1.2] + [0.02] * 40 + [0.4] * 15)
    assert len(list(windows([*refrain, *loop]))) == 2
    assert not is_invented(refrain)
    assert is_invented(loop)
    assert is_invented(window(10.0, [0.3] * 40, no_speech=0.9))
    # What does not repeat itself may have words without length.
    assert not is_invented(window(1.4, [0.02] * 10))


def _said(seconds: list[Any]) -> np.ndarray:
    hibari = pytest.importorskip("hibari")
    soxr = pytest.importorskip("soxr")
    voice = hibari.Hibari()
    sounds = {
        text: soxr.resample(voice(text, seed=0), hibari.SAMPLE_RATE, RATE_HZ).astype(np.float32)
        for text in dict.fromkeys(part for part in seconds if isinstance(part, str))
    }
    loudest = max(np.abs(sound).max() for sound in sounds.values())
    return np.concatenate(
        [
            0.7 * sounds[part] / loudest
            if isinstance(part, str)
            else np.zeros(round(part * RATE_HZ), np.float32)
            for part in seconds
        ]
    )


def _texts(sound: np.ndarray) -> tuple[list[str], float]:
    seconds = len(sound) / RATE_HZ
    found = transcribe(sound, pieces_of([(0.0, seconds)], seconds))
    first_s = found.words[0].start_s if found.words else math.nan
    return [word.text.lower().strip(".,!") for word in found.words], first_s


@pytest.mark.slow
def test_a_chant_is_heard_from_its_beginning() -> None:
    sound = _said(["Here is the trick.", *["One more!"] * 14, "You did it."])
    texts, first_s = _texts(sound)
    assert first_s < 0.5
    assert texts.count("more") >= 10
    assert texts[:4] == ["here", "is", "the", "trick"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["clicks", "swell", "sweep"])
def test_no_loop_is_believed_where_nobody_speaks(kind: str) -> None:
    times_s = np.arange(25 * RATE_HZ) / RATE_HZ
    noise = np.random.default_rng(0).normal(0.0, 0.1, len(times_s))
    sounds = {
        "clicks": 0.5 * (np.sin(2 * np.pi * 2 * times_s) > 0.99),
        "swell": noise * (1 + np.sin(2 * np.pi * 3 * times_s)),
        "sweep": 0.3 * np.sin(2 * np.pi * (200 + 100 * np.sin(np.pi * times_s)) * times_s),
    }
    texts, _ = _texts(sounds[kind].astype(np.float32))
    assert len(texts) < 5
