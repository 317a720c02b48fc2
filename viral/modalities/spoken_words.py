"""Words as they were spoken, from what Whisper's libraries write: put together, or not believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

LOWEST_LOG_PROBABILITY = -1.0
HIGHEST_NO_SPEECH = 0.6
HIGHEST_COMPRESSION = 2.4
"""Whisper's own limits for a failed window (Radford et al. 2022, section 4.5)."""
SHORTEST_WORD_S = 0.04
"""Twice the step in which Whisper times words; nobody says one in less."""
MOST_WITHOUT_LENGTH = 1 / 3
"""Share of words that take less, in a text that repeats itself: a twentieth to a fifth of a chant,
three fifths and more of what is invented over hum, clicks and noise."""
SPACELESS_LANGUAGES = frozenset({"ja", "lo", "my", "th", "yue", "zh"})
"""Written without spaces between words, so that the transcript is not either."""


@dataclass(frozen=True)
class Word:
    """A word as spoken."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    """0..1, NaN where unknown."""


def windows(segments: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """Group segments by the window of 30 s that Whisper heard them in.

    It judges windows as a whole, so that segments of one have the same figures.
    """
    figures = ("avg_logprob", "no_speech_prob", "compression_ratio")
    for _, window in groupby(segments, key=lambda each: [each.get(name) for name in figures]):
        yield list(window)


def is_invented(window: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether the words of a window were made up.

    A text that repeats itself is a loop of Whisper's or a refrain. Over a refrain each word has its
    time; a loop has no sound to lie on, and the aligner leaves most of its words without length.
    """
    first = window[0]
    silent = first.get("no_speech_prob", 0.0) > HIGHEST_NO_SPEECH
    if silent and first.get("avg_logprob", 0.0) < LOWEST_LOG_PROBABILITY:
        return True
    if first.get("compression_ratio", 1.0) <= HIGHEST_COMPRESSION:
        return False
    lengths = [
        float(word["end"]) - float(word["start"])
        for segment in window
        for word in segment.get("words", ())
    ]
    without_length = sum(length_s < SHORTEST_WORD_S for length_s in lengths)
    return silent or without_length > MOST_WITHOUT_LENGTH * len(lengths)


def joined_words(parts: Sequence[Word], text: str, language: str) -> list[Word]:
    """Put the parts of words together that the engine writes without a space between them.

    "10" and "-minute" are one word, as are "l" and "'insalata". Spaces are looked for in `text`,
    for some engines cut them off the parts.

    Parameters
    ----------
    parts : sequence of Word
        Of one segment, in order.
    text : str
        Of the segment.
    language : str
        ISO 639 code; words of `SPACELESS_LANGUAGES` stay as the engine cut them.
    """
    words: list[Word] = []
    place = 0
    for part in parts:
        piece = part.text.strip()
        if not piece:
            continue
        found = text.find(piece, place)
        spaced = not words or part.text[:1].isspace() or found < 0 or found > place
        place = found + len(piece) if found >= 0 else place
        if spaced or language in SPACELESS_LANGUAGES:
            words.append(replace(part, text=piece))
            continue
        before = words.pop()
        weights = (len(before.text), len(piece))
        words.append(
            Word(
                text=before.text + piece,
                start_s=before.start_s,
                end_s=max(before.end_s, part.end_s),
                # By letters, so that a mark does not count as much as what it stands beside.
                confidence=(weights[0] * before.confidence + weights[1] * part.confidence)
                / sum(weights),
            )
        )
    return words
