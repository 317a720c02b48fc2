"""Speech: what is said, and when.

A creator would call it the words. Voice activity is found first; where nobody speaks nothing is
transcribed, so that no words are invented over music, and Whisper hears only the parts with speech.
Times are seconds, shares 0..1. Under `keep` the parts that are kept play back to back: pauses and
the first word are in that played time, and a word counts where it begins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from viral.errors import WeightsError
from viral.media.clip import HOOK_S, Clip
from viral.messages import Message
from viral.modalities.features import Feature, Features, ShownAs, Spans, without_anything
from viral.modalities.networks import sentences
from viral.modalities.networks.transcription import (
    MAX_SPEECH_S,
    RATE_HZ,
    begun_in_speech,
    chosen_backend,
    pieces_of,
    transcribe,
)
from viral.modalities.networks.voice import voice_segments
from viral.modalities.spans import inside, kept_spans, length_s, opening, overlap_s
from viral.modalities.spoken_words import SPACELESS_LANGUAGES, Word
from viral.modalities.waveform import resampled

SHORTEST_SPEECH_S = 0.4
"""Less speech than this is a noise."""
QUESTION_MARKS = ("?", "？", "؟")
"""Latin, full-width and Arabic."""
REMEMBERED_TRANSCRIPTS = 64
"""The embeddings of the transcripts that trimming makes, one for each second of a timeline."""
NO_SOUND = Message("speech.no_sound")
NO_SPEECH = Message("speech.nobody_speaks")
NO_WORDS = Message("speech.no_words")
NONE_KEPT = Message("speech.nothing_kept")
OFF = Message("speech.off")
UNSURE_CONFIDENCE = 0.5
"""A mean below this, and half of the words are guesses. Clean read sentences have .9 and more."""
UNSURE = Message("speech.unsure")
UNSURE_LANGUAGE_PROBABILITY = 0.5
"""Below this another language is as likely: real speech of one language has .8 and more."""
UNSURE_LANGUAGE = Message("speech.unsure_language")
CUT = f"Only the first {MAX_SPEECH_S:.0f} s of speech were transcribed."

FEATURES: tuple[Feature, ...] = (
    Feature("word_count", "Words spoken", "", "Amount", "Words that begin in what is kept."),
    Feature(
        "words_per_second",
        "Words a second",
        "1/s",
        "Pace",
        "Words over all the seconds that are kept, silent ones too.",
    ),
    Feature(
        "speaking_rate",
        "Pace of speaking",
        "1/s",
        "Pace",
        "Words over the seconds within words; English at ease is about 3, fast about 5.",
    ),
    Feature(
        "first_word_s", "First word", "s", "Opening", "Time until the first word begins, from 0."
    ),
    Feature(
        "hook_word_count",
        "Words in the opening",
        "",
        "Opening",
        f"Words that begin in the first {HOOK_S:.0f} s.",
    ),
    Feature(
        "speaking_share",
        "Time speaking",
        "",
        "Amount",
        "Share of the time within words, 0..1.",
        shown_as=ShownAs.SHARE,
    ),
    Feature(
        "longest_pause_s",
        "Longest pause",
        "s",
        "Pace",
        "The longest silence between two words, 0 with one word.",
    ),
    Feature(
        "question_count",
        "Questions asked",
        "",
        "Style",
        "Words that end in a question mark, as Whisper punctuates.",
    ),
    Feature(
        "confidence",
        "Clear speech",
        "",
        "Style",
        "Mean probability that Whisper gives the words, 0..1.",
    ),
)
"""What is measured, in order."""


@dataclass(frozen=True)
class SpeechMeasurements:
    """What was said, with times."""

    duration_s: float
    """Length of the clip."""
    words: tuple[Word, ...] = ()
    """By start; times from the start of the clip."""
    language: str | None = None
    """ISO 639 code, or None without words."""
    language_probability: float = math.nan
    """0..1, NaN without words."""
    backend: str | None = None
    """What timed the words: `whisper-timestamped`, `whisper` or `faster-whisper`; None without
    words."""
    reason: str | None = None
    """Why there are no words, or None."""
    warning: str | None = None
    """What was left out, or None."""


def measure(clip: Clip) -> SpeechMeasurements:
    """Find the words of a clip.

    Returns
    -------
    SpeechMeasurements
        Without words and with a reason where there is no sound, no speech, no means to transcribe.

    Raises
    ------
    ViralError
        The setting `speech_backend` is not one of those known.
    """
    duration_s = clip.facts.duration_s
    if chosen_backend() == "off":
        return SpeechMeasurements(duration_s, reason=OFF)
    if not clip.has_audio or clip.sample_rate_hz <= 0:
        return SpeechMeasurements(duration_s, reason=NO_SOUND)
    try:
        spoken = voice_segments(clip.waveform, clip.sample_rate_hz)
        spoken_s = sum(end_s - start_s for start_s, end_s in spoken)
        if spoken_s < SHORTEST_SPEECH_S:
            return SpeechMeasurements(duration_s, reason=NO_SPEECH)
        # A broken file may decode to NaN, and one NaN would silence Whisper's whole window.
        waveform = np.nan_to_num(clip.waveform)
        sound = np.clip(resampled(waveform, clip.sample_rate_hz, RATE_HZ), -1.0, 1.0)
        pieces = pieces_of(spoken, len(sound) / RATE_HZ)
        found = transcribe(sound, pieces)
    except WeightsError as error:
        return SpeechMeasurements(duration_s, reason=error.message)
    if not found.words:
        return SpeechMeasurements(duration_s, reason=NO_WORDS)
    words = begun_in_speech(found.words, spoken)
    warnings = [CUT] if spoken[-1][1] > pieces[-1].end_s else []
    if np.mean([word.confidence for word in words]) < UNSURE_CONFIDENCE:
        warnings.append(UNSURE)
    elif found.language_probability < UNSURE_LANGUAGE_PROBABILITY:
        warnings.append(UNSURE_LANGUAGE)
    return SpeechMeasurements(
        duration_s=duration_s,
        words=words,
        language=found.language,
        language_probability=found.language_probability,
        backend=found.backend,
        warning=" ".join(warnings) or None,
    )


@lru_cache(maxsize=REMEMBERED_TRANSCRIPTS)
def _embedding(transcript: str) -> np.ndarray:
    vector = sentences.embed([transcript])[0]
    vector.setflags(write=False)
    return vector


def _played_s(times_s: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """Return when moments come by while the spans play back to back."""
    return overlap_s((np.full(len(times_s), -math.inf), times_s), spans)


def _values(words: list[Word], spans: np.ndarray, duration_s: float) -> dict[str, float]:
    seconds = length_s(spans)
    starts = np.array([word.start_s for word in words])
    ends = np.maximum(np.array([word.end_s for word in words]), starts)
    played_starts, played_ends = _played_s(starts, spans), _played_s(ends, spans)
    spoken_s = float((played_ends - played_starts).sum())
    # Words may overlap: a pause begins where the last of those before has ended.
    pauses = played_starts[1:] - np.maximum.accumulate(played_ends)[:-1]
    confidence = np.array([word.confidence for word in words])
    confidence = confidence[np.isfinite(confidence)]
    return {
        "word_count": len(words),
        "words_per_second": len(words) / seconds if seconds > 0 else math.nan,
        "speaking_rate": len(words) / spoken_s if spoken_s > 0 else math.nan,
        "first_word_s": float(played_starts[0]),
        "hook_word_count": int(inside(starts, opening(spans, HOOK_S), duration_s).sum()),
        "speaking_share": min(spoken_s / seconds, 1.0) if seconds > 0 else math.nan,
        "longest_pause_s": float(pauses.clip(min=0.0).max(initial=0.0)),
        "question_count": sum(word.text.endswith(QUESTION_MARKS) for word in words),
        "confidence": float(confidence.mean()) if len(confidence) else math.nan,
    }


def pool(measurements: SpeechMeasurements, keep: Spans | None = None) -> Features:
    """Turn what was said into features of what is kept.

    Parameters
    ----------
    measurements : SpeechMeasurements
        From `measure`.
    keep : Spans, optional
        The parts of the clip that count; None for all of it.

    Returns
    -------
    Features
        With the embedding of the transcript, 512-d. Missing, with the reason, where no word begins
        in what is kept. `details` holds `transcript`, `words`, `language`,
        `language_probability`, `backend`, and `warning` where something was left out.
    """
    if measurements.reason is not None:
        return without_anything("speech", FEATURES, measurements.reason)
    duration_s = measurements.duration_s
    spans = kept_spans(keep, duration_s)
    starts = np.array([word.start_s for word in measurements.words])
    kept = inside(starts, spans, duration_s)
    words = [word for word, there in zip(measurements.words, kept, strict=True) if there]
    if not words:
        return without_anything("speech", FEATURES, NO_WORDS if keep is None else NONE_KEPT)
    space = "" if measurements.language in SPACELESS_LANGUAGES else " "
    transcript = space.join(word.text for word in words)
    details: dict[str, Any] = {
        "transcript": transcript,
        "words": tuple(words),
        "language": measurements.language,
        "language_probability": measurements.language_probability,
        "backend": measurements.backend,
        "warning": measurements.warning,
    }
    embedding = None
    try:
        embedding = _embedding(transcript)
    except WeightsError as error:
        details["embedding_reason"] = error.message
    values = _values(words, spans, duration_s)
    return Features(
        modality="speech",
        values={feature.name: float(values[feature.name]) for feature in FEATURES},
        embedding=embedding,
        embedding_name=None if embedding is None else sentences.EMBEDDING_NAME,
        details=details,
    )


def extract(clip: Clip) -> Features:
    """Find the words of a clip and return their features; see `measure` and `pool`."""
    return pool(measure(clip))
