"""The same work as most would write it first, to be timed beside the pipeline in the same run.

A seek for each picture with OpenCV, the network on one picture after another, the whole sound
through librosa, and Whisper as published on all of it, whether anybody speaks or not. It shares the
weights of the pipeline, so that only the way differs. It looks with the network alone, and does not
measure faces, motion and cuts, which the pipeline's looking includes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from viral.modalities import audio
from viral.modalities.networks.imagenet import recognised

WHISPER_RATE_HZ = 16_000
SAMPLE_RATE_HZ = 44_100


def pictures_by_seeking(path: Path, count: int) -> list[np.ndarray]:
    """Return `count` evenly spaced RGB pictures, each after a seek of its own."""
    import cv2

    capture = cv2.VideoCapture(str(path))
    total = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    pictures = []
    for place in np.linspace(0, total - 1, count).astype(int):
        capture.set(cv2.CAP_PROP_POS_FRAMES, int(place))
        ok, picture = capture.read()
        if ok:
            pictures.append(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    capture.release()
    return pictures


def whole_sound(path: Path) -> np.ndarray:
    """Return the sound as mono float32 at `SAMPLE_RATE_HZ`."""
    import av

    with av.open(str(path)) as container:
        resampler = av.AudioResampler("fltp", "mono", SAMPLE_RATE_HZ)
        parts = [
            piece.to_ndarray()[0]
            for frame in container.decode(container.streams.audio[0])
            for piece in resampler.resample(frame)
        ]
    return np.concatenate(parts)


@cache
def _plain_whisper() -> Any:
    import whisper
    from whisper.model import ModelDimensions, Whisper

    from viral.modalities.networks.whisper_weights import checkpoint

    stored = checkpoint()
    model = Whisper(ModelDimensions(**stored["dims"]))
    model.load_state_dict(stored["model_state_dict"])
    model.set_alignment_heads(whisper._ALIGNMENT_HEADS["base"])
    return model.float().eval()


def words_of(sound: np.ndarray) -> int:
    """Transcribe a sound without asking first whether anybody speaks; return the number of
    words."""
    import librosa
    import whisper_timestamped

    heard = librosa.resample(sound, orig_sr=SAMPLE_RATE_HZ, target_sr=WHISPER_RATE_HZ)
    found = whisper_timestamped.transcribe(_plain_whisper(), heard, fp16=False, verbose=None)
    return sum(len(segment["words"]) for segment in found["segments"])


def timed(path: Path, clip: Any, pictures: int) -> dict[str, float]:
    """Return the seconds of each stage; the models are loaded before.

    Parameters
    ----------
    path : Path
        The clip.
    clip : Clip
        The same clip as the pipeline read it, for the audio features.
    pictures : int
        As many as the pipeline looks at.
    """
    _plain_whisper()
    seconds: dict[str, float] = {}

    def stage(name: str, call: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = call()
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start
        return result

    frames = stage("read", lambda: pictures_by_seeking(path, pictures))
    sound = stage("read", lambda: whole_sound(path))
    stage("look", lambda: [recognised([picture]) for picture in frames])
    stage("listen", lambda: audio.measure(clip))
    stage("transcribe", lambda: words_of(sound))
    return seconds
