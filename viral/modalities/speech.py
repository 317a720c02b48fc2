"""Speech: what is said, and when.

A creator would call it the words. Voice activity is found first; where nobody speaks nothing is
transcribed, so that no words are invented over music. Times are seconds, shares 0..1.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from viral.errors import WeightsError
from viral.media.clip import HOOK_S, Clip
from viral.modalities import sentences
from viral.modalities.features import Feature, Features, Spans, without_anything
from viral.modalities.spans import inside, kept_spans, length_s, opening, overlap_s
from viral.modalities.voice import voice_segments
from viral.modalities.waveform import resampled
from viral.settings import settings
from viral.threads import limit_threads

RATE_HZ = 16_000
"""Whisper's rate."""
MAX_TRANSCRIBED_S = 180.0
"""Longer clips are transcribed up to here, and say so."""
SHORTEST_SPEECH_S = 0.4
"""Less speech than this is a noise."""
MOST_TOKENS_PER_S = 10
"""Nobody speaks faster; without a bound a noisy window is decoded to Whisper's full 224 tokens."""
LOWEST_LOG_PROBABILITY = -1.0
HIGHEST_NO_SPEECH = 0.6
HIGHEST_COMPRESSION = 2.4
"""Whisper's own limits for a failed segment (Radford et al. 2022, section 4.5)."""
NO_SOUND = "The clip has no sound, so there is nothing to transcribe."
NO_SPEECH = "Nobody speaks in the clip, so there is nothing to transcribe."
OFF = "Transcription is switched off by the setting VIRAL_SPEECH_BACKEND."

FEATURES: tuple[Feature, ...] = (
    Feature("word_count", "Words spoken", "", "Amount", "Words in what is kept."),
    Feature("words_per_second", "Words a second", "1/s", "Pace", "Words over seconds kept."),
    Feature("speaking_rate", "Pace of speaking", "1/s", "Pace", "Words over seconds spoken."),
    Feature("first_word_s", "First word", "s", "Opening", "When the first word begins."),
    Feature("hook_word_count", "Words in the opening", "", "Opening", "In the first 3 s."),
    Feature("speaking_share", "Time speaking", "", "Amount", "Share of time within words, 0..1."),
    Feature("longest_pause_s", "Longest pause", "s", "Pace", "Between two words."),
    Feature("question_count", "Questions asked", "", "Style", "Words that end in a question mark."),
    Feature("confidence", "Clear speech", "", "Style", "Mean confidence of the words, 0..1."),
)
"""What is measured, in order."""

_lock = threading.Lock()


@dataclass(frozen=True)
class Word:
    """A word as spoken."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    """0..1."""


@dataclass(frozen=True)
class SpeechMeasurements:
    """What was said, with times."""

    duration_s: float
    words: tuple[Word, ...]
    language: str | None
    reason: str | None = None
    """Why there are no words, or None."""
    warning: str | None = None


@cache
def _whisper() -> Any:
    import whisper
    from whisper.model import ModelDimensions, Whisper

    from viral.modalities.whisper_weights import checkpoint

    limit_threads()
    stored = checkpoint()
    model = Whisper(ModelDimensions(**stored["dims"]))
    model.load_state_dict(stored["model_state_dict"])
    model.set_alignment_heads(whisper._ALIGNMENT_HEADS["base"])
    return model.float().eval()


def _transcribed(sound: np.ndarray) -> dict[str, Any]:
    options = {
        "fp16": False,
        "temperature": 0.0,
        "condition_on_previous_text": False,
        "sample_len": min(224, 24 + int(MOST_TOKENS_PER_S * min(len(sound) / RATE_HZ, 30.0))),
    }
    if settings().speech_backend == "whisper":
        return dict(_whisper().transcribe(sound, word_timestamps=True, verbose=None, **options))
    import whisper_timestamped

    return dict(
        whisper_timestamped.transcribe(_whisper(), sound, vad=False, verbose=None, **options)
    )


def _words(result: dict[str, Any], spoken: np.ndarray, duration_s: float) -> tuple[Word, ...]:
    words = []
    for segment in result["segments"]:
        unlikely = segment.get("avg_logprob", 0.0) < LOWEST_LOG_PROBABILITY
        silent = segment.get("no_speech_prob", 0.0) > HIGHEST_NO_SPEECH
        repeated = segment.get("compression_ratio", 1.0) > HIGHEST_COMPRESSION
        if repeated or (unlikely and silent):
            continue
        for word in segment.get("words", ()):
            text = str(word.get("text", word.get("word", ""))).strip()
            start, end = float(word["start"]), min(float(word["end"]), duration_s)
            heard = overlap_s((np.array([start]), np.array([max(end, start + 0.01)])), spoken)
            # A word where the detector hears nobody within a breath is invented.
            if text and heard[0] > 0:
                sure = float(word.get("confidence", word.get("probability", math.nan)))
                words.append(Word(text, start, max(end, start), sure))
    return tuple(words)


def measure(clip: Clip) -> SpeechMeasurements:
    """Transcribe a clip."""
    duration_s = clip.facts.duration_s
    if not clip.has_audio or clip.sample_rate_hz <= 0:
        return SpeechMeasurements(duration_s, (), None, NO_SOUND)
    if settings().speech_backend == "off":
        return SpeechMeasurements(duration_s, (), None, OFF)
    try:
        found = voice_segments(clip.waveform, clip.sample_rate_hz)
        spoken = np.asarray(found, dtype=np.float64).reshape(-1, 2)
        if length_s(spoken) < SHORTEST_SPEECH_S:
            return SpeechMeasurements(duration_s, (), None, NO_SPEECH)
        sound = resampled(clip.waveform, clip.sample_rate_hz, RATE_HZ).astype(np.float32)
        warning = None
        if len(sound) > MAX_TRANSCRIBED_S * RATE_HZ:
            warning = f"Only the first {MAX_TRANSCRIBED_S:.0f} s were transcribed."
            sound = sound[: int(MAX_TRANSCRIBED_S * RATE_HZ)]
        with _lock:
            result = _transcribed(sound)
    except WeightsError as error:
        return SpeechMeasurements(duration_s, (), None, str(error))
    around = spoken + np.array([[-0.5, 0.5]])
    words = _words(result, around, duration_s)
    language = str(result.get("language") or "") or None
    return SpeechMeasurements(
        duration_s, words, language if words else None, None if words else NO_SPEECH, warning
    )


def pool(measurements: SpeechMeasurements, keep: Spans | None = None) -> Features:
    """Return the features of what is kept; missing, with the reason, without words."""
    if measurements.reason is not None:
        return without_anything("speech", FEATURES, measurements.reason)
    spans = kept_spans(keep, measurements.duration_s)
    starts = np.array([word.start_s for word in measurements.words])
    kept = inside(starts, spans, measurements.duration_s)
    words = [word for word, there in zip(measurements.words, kept, strict=True) if there]
    if not words:
        return without_anything("speech", FEATURES, NO_SPEECH)
    hook = inside(starts, opening(spans, HOOK_S), measurements.duration_s)
    ends = np.array([word.end_s for word in measurements.words])
    seconds = length_s(spans)
    spoken_s = float(overlap_s((starts[kept], ends[kept]), spans).sum())
    before = [(a, min(b, words[0].start_s)) for a, b in spans if a < words[0].start_s]
    pauses = [b.start_s - a.end_s for a, b in pairwise(words)]
    sure = np.array([word.confidence for word in words])
    sure = sure[np.isfinite(sure)]
    values = {
        "word_count": len(words),
        "words_per_second": len(words) / seconds if seconds else math.nan,
        "speaking_rate": len(words) / spoken_s if spoken_s > 0 else math.nan,
        "first_word_s": sum(b - a for a, b in before),
        "hook_word_count": int(hook.sum()),
        "speaking_share": min(spoken_s / seconds, 1.0) if seconds else math.nan,
        "longest_pause_s": max([0.0, *pauses]),
        "question_count": sum(word.text.endswith(("?", "？", "؟")) for word in words),
        "confidence": float(sure.mean()) if len(sure) else math.nan,
    }
    transcript = " ".join(word.text for word in words)
    details: dict[str, Any] = {
        "transcript": transcript,
        "words": tuple(words),
        "language": measurements.language,
        "warning": measurements.warning,
    }
    embedding = None
    if keep is None:
        try:
            embedding = sentences.embed([transcript])[0]
        except WeightsError as error:
            details["embedding_reason"] = str(error)
    return Features(
        modality="speech",
        values={name: float(value) for name, value in values.items()},
        embedding=embedding,
        embedding_name=None if embedding is None else sentences.EMBEDDING_NAME,
        details=details,
    )


def extract(clip: Clip) -> Features:
    """Transcribe a clip and return its features."""
    return pool(measure(clip))
