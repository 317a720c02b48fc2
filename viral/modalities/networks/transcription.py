"""Sound to words with times: Whisper on the parts of a clip where somebody speaks.

Conventions: sound is mono float32 in -1..1 at `RATE_HZ`; times are seconds, *clock* times from the
start of the clip, *cut* times from the start of the parts that are played to Whisper back to back.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from viral.errors import ViralError, WeightsError
from viral.messages import Message
from viral.modalities.spoken_words import Word, is_invented, joined_words, windows
from viral.settings import settings

RATE_HZ = 16_000
"""What Whisper was trained on."""
BACKENDS = ("whisper-timestamped", "whisper", "faster-whisper", "off")
"""Values of the setting `speech_backend`."""
MAX_SPEECH_S = 180.0
"""More speech than this is not transcribed: each 30 s of it take seconds."""
PADDING_S = 0.3
"""Kept around speech: the detector's edges cut soft consonants."""
LONGEST_GAP_S = 1.0
"""A shorter pause is kept as it is: the rhythm of a sentence helps Whisper."""
JOINT_S = 0.4
"""Silence between two parts, so that no word is made of both sides."""
WINDOW_S = 30.0
"""What Whisper hears at once."""
MOST_TOKENS_PER_S = 10
"""Nobody speaks faster. Without a bound, noise is decoded up to Whisper's full 224 tokens."""
FEWEST_TOKENS = 24
MOST_TOKENS = 224
"""Whisper's own bound for a window."""
WORD_TIMING_FAILURES = (AssertionError, IndexError, KeyError, RuntimeError, ValueError)
"""What the libraries raise where the tokens and their book-keeping disagree."""


@dataclass(frozen=True)
class Transcript:
    """The words of a clip."""

    words: tuple[Word, ...]
    """By start."""
    language: str
    """ISO 639 code."""
    language_probability: float
    """0..1."""
    backend: str
    """Which of `BACKENDS` timed the words."""


@dataclass(frozen=True)
class Piece:
    """A part of a clip that is played to Whisper."""

    start_s: float
    end_s: float
    """Clock times."""
    cut_start_s: float
    """Cut time of its start."""


def chosen_backend() -> str:
    """Return the setting `speech_backend`.

    Raises
    ------
    ViralError
        It is none of `BACKENDS`.
    """
    backend = settings().speech_backend
    if backend not in BACKENDS:
        raise ViralError(
            Message(
                "setting.choice",
                name="VIRAL_SPEECH_BACKEND",
                value=repr(backend),
                known=", ".join(BACKENDS),
            )
        )
    return backend


def pieces_of(spoken: Sequence[tuple[float, float]], duration_s: float) -> tuple[Piece, ...]:
    """Choose what is played to Whisper: speech, padded, with short pauses, up to `MAX_SPEECH_S`.

    Parameters
    ----------
    spoken : sequence of (start_s, end_s)
        Where somebody speaks, in order and apart.
    duration_s : float
        Length of the sound.
    """
    joined: list[tuple[float, float]] = []
    for start_s, end_s in spoken:
        start_s, end_s = max(start_s - PADDING_S, 0.0), min(end_s + PADDING_S, duration_s)
        if joined and start_s - joined[-1][1] < LONGEST_GAP_S:
            joined[-1] = (joined[-1][0], max(end_s, joined[-1][1]))
        elif end_s > start_s:
            joined.append((start_s, end_s))
    pieces: list[Piece] = []
    cut_s, left_s = 0.0, MAX_SPEECH_S
    for start_s, end_s in joined:
        end_s = min(end_s, start_s + left_s)
        if end_s <= start_s:
            break
        pieces.append(Piece(start_s, end_s, cut_s))
        left_s -= end_s - start_s
        cut_s += end_s - start_s + JOINT_S
    return tuple(pieces)


def cut_sound(sound: np.ndarray, pieces: Sequence[Piece]) -> np.ndarray:
    """Return the pieces of a sound, with silence between them."""
    joint = np.zeros(round(JOINT_S * RATE_HZ), np.float32)
    parts: list[np.ndarray] = []
    for piece in pieces:
        if parts:
            parts.append(joint)
        first = round(piece.start_s * RATE_HZ)
        parts.append(sound[first : first + round((piece.end_s - piece.start_s) * RATE_HZ)])
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def clock_times(
    start_s: float, end_s: float, pieces: Sequence[Piece]
) -> tuple[float, float] | None:
    """Return the clock times of a word from its cut times, or None where it lies in no piece.

    A word belongs to the piece that holds most of it, and stays within that piece.
    """

    def held_s(piece: Piece) -> float:
        last_s = piece.cut_start_s + piece.end_s - piece.start_s
        return min(end_s, last_s) - max(start_s, piece.cut_start_s)

    if not pieces:
        return None
    piece = max(pieces, key=held_s)
    # A word without length may sit right on an edge; one beyond it was heard in a silence.
    if held_s(piece) < 0.0:
        return None
    offset_s = piece.start_s - piece.cut_start_s
    return (
        min(max(start_s + offset_s, piece.start_s), piece.end_s),
        min(max(end_s + offset_s, piece.start_s), piece.end_s),
    )


def begun_in_speech(
    words: Sequence[Word], spoken: Sequence[tuple[float, float]]
) -> tuple[Word, ...]:
    """Let no word begin in a silence: one that does begins with the speech it runs into.

    Whisper gives the first word after a pause a part of the pause. `benchmarks/bench_speech.py`
    prints how far the first words of sounds with a known beginning are off with this and without.

    Parameters
    ----------
    words : sequence of Word
        By start.
    spoken : sequence of (start_s, end_s)
        Where somebody speaks, in order and apart.
    """
    placed = []
    for word in words:
        start_s = word.start_s
        if not any(first_s <= start_s <= last_s for first_s, last_s in spoken):
            later = (first_s for first_s, _ in spoken if start_s < first_s < word.end_s)
            start_s = next(later, start_s)
        placed.append(replace(word, start_s=start_s))
    return tuple(sorted(placed, key=lambda word: (word.start_s, word.end_s)))


def _words(
    segments: Sequence[Mapping[str, Any]], pieces: Sequence[Piece], language: str
) -> Iterator[Word]:
    for window in windows(segments):
        if is_invented(window):
            continue
        for segment in window:
            heard = [
                # The two libraries name the parts of a word differently.
                Word(
                    str(word.get("text", word.get("word", ""))),
                    float(word["start"]),
                    float(word["end"]),
                    float(word.get("confidence", word.get("probability", math.nan))),
                )
                for word in segment.get("words", ())
            ]
            for word in joined_words(heard, str(segment.get("text", "")), language):
                times = clock_times(word.start_s, word.end_s, pieces)
                if times is not None:
                    yield replace(word, start_s=times[0], end_s=times[1])


def _most_tokens(sound: Any) -> int:
    seconds = min(len(sound) / RATE_HZ, WINDOW_S)
    return min(MOST_TOKENS, FEWEST_TOKENS + int(MOST_TOKENS_PER_S * seconds))


def _segments(model: Any, sound: Any, backend: str, language: str) -> list[dict[str, Any]]:
    options = {
        "language": language,
        "fp16": False,
        "temperature": 0.0,
        "condition_on_previous_text": False,
        "sample_len": _most_tokens(sound),
        "verbose": None,
    }
    if backend == "whisper":
        return list(model.transcribe(sound, word_timestamps=True, **options)["segments"])
    # Imported for this backend alone: a host that must not run AGPL code sets the other one.
    try:
        import whisper_timestamped
    except ImportError as error:
        raise WeightsError(Message("weights.no_whisper_timestamped")) from error

    found = whisper_timestamped.transcribe(model, sound, vad=False, seed=None, **options)
    return list(found["segments"])


def load() -> None:
    """Load what the setting `speech_backend` transcribes with, if anything.

    Raises
    ------
    WeightsError
        Whisper or its weights are missing or are not the published ones.
    ViralError
        The setting `speech_backend` is none of `BACKENDS`.
    """
    chosen = chosen_backend()
    if chosen == "off":
        return
    silence = np.zeros(RATE_HZ, np.float32)
    hear = _heard_by_ctranslate2 if chosen == "faster-whisper" else _heard_by_torch
    hear(silence, chosen)


def transcribe(sound: np.ndarray, pieces: Sequence[Piece]) -> Transcript:
    """Find the words in the pieces of a sound, greedily and in the language of their beginning.

    Parameters
    ----------
    sound : np.ndarray [shape=(samples,)]
        The whole clip.
    pieces : sequence of Piece
        From `pieces_of`; at least one.

    Raises
    ------
    WeightsError
        Whisper or its weights are missing or are not the published ones.
    ViralError
        The setting `speech_backend` is none of `BACKENDS`.
    """
    chosen = chosen_backend()
    cut = np.ascontiguousarray(cut_sound(sound, pieces), np.float32)
    hear = _heard_by_ctranslate2 if chosen == "faster-whisper" else _heard_by_torch
    language, probability, segments, backend = hear(cut, chosen)
    words = sorted(_words(segments, pieces, language), key=lambda word: (word.start_s, word.end_s))
    return Transcript(tuple(words), language, probability, backend)


Heard = tuple[str, float, list[dict[str, Any]], str]
"""Language, its probability, segments, and which of `BACKENDS` timed the words."""


def _heard_by_ctranslate2(cut: np.ndarray, chosen: str) -> Heard:
    try:
        from viral.modalities.networks.faster_whisper_model import heard
    except ImportError as error:
        raise WeightsError(Message("weights.no_faster_whisper", package=error.name)) from error
    language, probability, segments = heard(cut, _most_tokens(cut))
    return language, probability, segments, chosen


def _heard_by_torch(cut: np.ndarray, chosen: str) -> Heard:
    try:
        import torch

        from viral.modalities.networks.whisper_model import loading, spoken_language, whisper_model
    except ImportError as error:
        raise WeightsError(Message("weights.no_whisper", package=error.name)) from error
    sound = torch.from_numpy(cut)
    with loading, torch.inference_mode():
        model = whisper_model()
        language, probability = spoken_language(model, sound)
        segments: list[dict[str, Any]] = []
        # whisper-timestamped asserts much of the tokens, and some sounds break that; the plain
        # library then times the same words less finely.
        for backend in dict.fromkeys((chosen, "whisper")):
            try:
                segments = _segments(model, sound, backend, language)
                break
            except WORD_TIMING_FAILURES:
                continue
    return language, probability, segments, backend
