"""Whisper base as CTranslate2 runs it, with weights of eight bits.

The same published weights as `viral.modalities.networks.whisper_model`, read without torch: from
the copy in eight bits of `viral.modalities.networks.whisper_quantised`, or as they were published.
As there, the encoder stops soon after the sound ends. Importing this module loads CTranslate2.
"""

from __future__ import annotations

import hashlib
import math
import threading
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from viral.errors import WeightsError
from viral.memory import give_back
from viral.messages import Message
from viral.modalities.networks import converted
from viral.modalities.networks.pretrained import located
from viral.modalities.networks.whisper_weights import REINSTALL, published_file
from viral.settings import settings

COMPANIONS = {
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
"""Small files beside the first half of the weights, and the SHA-256 of what was published."""
COMPUTE_TYPE = "int8"
"""Weights of eight bits with one factor a row; sums stay in 32 bits. See docs/performance.md for
what it costs and gains against whole precision."""
MARGIN_FRAMES = 500
FEWEST_FRAMES = 2000
"""Of 10 ms; see `whisper_model`, where they were measured."""

transcribing = threading.Lock()
"""Held while the model is loaded or used."""


class BriefWhisper(WhisperModel):
    """The model, with an encoder that stops soon after the sound and encodes no window twice."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._latest: tuple[np.ndarray, Any] | None = None

    def forget(self) -> None:
        """Let go of the window that was encoded last."""
        self._latest = None

    def encode(self, features: np.ndarray) -> Any:
        """Encode a window.

        Parameters
        ----------
        features : np.ndarray [shape=(mel bands, 3000)]
            A window of 30 s in frames of 10 ms; what lies after the end of the sound is zero.
        """
        sounding = np.flatnonzero(np.abs(features).max(axis=-2).reshape(-1))
        frames = int(sounding[-1]) + 1 if len(sounding) else 0
        if self._latest is not None and _starts_with(self._latest[0], features, frames):
            return self._latest[1]
        # An even number: the second convolution halves it.
        kept = min(max(frames + frames % 2 + MARGIN_FRAMES, FEWEST_FRAMES), features.shape[-1])
        encoded = super().encode(np.ascontiguousarray(features[..., :kept]))
        self._latest = (features.copy(), encoded)
        return encoded


def _starts_with(earlier: np.ndarray, features: np.ndarray, frames: int) -> bool:
    """Say whether a window is an earlier one, but for at most the last 10 ms of it.

    faster-whisper finds the language in the first window, and asks for that window again for its
    words, without its last frame.
    """
    same = np.array_equal(earlier[..., :frames], features[..., :frames])
    return same and not earlier[..., frames + 1 :].any()


def _companions(folder: Path) -> dict[str, bytes]:
    found = {}
    for name, sha256 in COMPANIONS.items():
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            raise WeightsError(
                Message("weights.whisper_file_unreadable", file=name, advice=REINSTALL)
            ) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise WeightsError(Message("weights.whisper_file_changed", file=name, advice=REINSTALL))
        found[name] = content
    return found


def _weights() -> bytes:
    path = converted.kept("whisper_base")
    return published_file() if path is None else path.read_bytes()


@cache
def _model() -> BriefWhisper:
    folder = located("whisper_base_part1").parent
    model = BriefWhisper(
        "base",
        device="cpu",
        compute_type=COMPUTE_TYPE,
        cpu_threads=max(1, settings().threads),
        files={"model.bin": _weights(), **_companions(folder)},
    )
    give_back()
    return model


def heard(sound: np.ndarray, most_tokens: int) -> tuple[str, float, list[dict[str, Any]]]:
    """Find the words of a sound, greedily.

    Parameters
    ----------
    sound : np.ndarray [shape=(samples,)], float32
        At 16 kHz.
    most_tokens : int
        For each window of 30 s.

    Returns
    -------
    language : str
        ISO 639 code, of the first 30 s.
    probability : float
        Of the language, 0..1.
    segments : list of dict
        As openai-whisper has them, with `words`.

    Raises
    ------
    WeightsError
        The packages that carry the weights are missing or are not the published ones.
    """
    with transcribing:
        model = _model()
        try:
            found, facts = model.transcribe(
                sound,
                beam_size=1,
                best_of=1,
                temperature=0.0,
                condition_on_previous_text=False,
                word_timestamps=True,
                max_new_tokens=most_tokens,
            )
            segments = [_named_as_whisper_does(segment) for segment in found]
        finally:
            model.forget()
    probability = facts.language_probability
    return facts.language, math.nan if probability is None else float(probability), segments


def _named_as_whisper_does(segment: Any) -> dict[str, Any]:
    return {
        "text": segment.text,
        "avg_logprob": segment.avg_logprob,
        "no_speech_prob": segment.no_speech_prob,
        "compression_ratio": segment.compression_ratio,
        "words": [
            {
                "word": word.word,
                "start": float(word.start),
                "end": float(word.end),
                "probability": float(word.probability),
            }
            for word in segment.words or ()
        ],
    }
