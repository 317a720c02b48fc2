"""Loading everything that a prediction needs, before the first clip is there.

Importing the libraries and reading the weights takes seconds; a clip that comes meanwhile would
wait for it stage by stage. Nothing is measured here but a blank of half a second.
"""

from __future__ import annotations

import contextlib
import logging

import numpy as np

from viral.errors import ViralError
from viral.media.clip import Clip, ClipFacts
from viral.model import explained
from viral.posts.details import post_details
from viral.settings import settings

LOG = logging.getLogger(__name__)

BLANK_S = 0.5
BLANK_RATE_HZ = 44_100
"""The rate of most clips: the filters that resample it are made for it."""
BLANK_SIDE_PX = 32
TORCH_BACKENDS = ("whisper-timestamped", "whisper")
"""Values of the setting `speech_backend` for which Whisper is converted; the other one opens what
is published."""
CAPTION = "How to keep spring onions fresh for weeks #kitchen"
"""Long enough for its language to be looked for."""


def blank_clip(duration_s: float = BLANK_S) -> Clip:
    """Return a grey clip with a tone and without speech."""
    times_s = np.arange(round(duration_s * BLANK_RATE_HZ)) / BLANK_RATE_HZ
    nothing = np.empty(0)
    facts = ClipFacts(
        file_bytes=1,
        sha256="",
        container="",
        duration_s=duration_s,
        video_codec="",
        audio_codec="",
        width=BLANK_SIDE_PX,
        height=BLANK_SIDE_PX,
        rotation_deg=0,
        frame_rate_hz=2 / duration_s,
        packet_times_s=nothing,
        packet_bytes=nothing.astype(np.int64),
        keyframe_times_s=nothing,
    )
    return Clip(
        facts=facts,
        frames=np.full((2, BLANK_SIDE_PX, BLANK_SIDE_PX, 3), 128, np.uint8),
        frame_times_s=np.array([0.0, duration_s / 2]),
        waveform=(0.1 * np.sin(2 * np.pi * 440 * times_s)).astype(np.float32),
        sample_rate_hz=BLANK_RATE_HZ,
    )


def say_walls() -> None:
    """Start the server that decoding children come from, and log which walls stand around them."""
    from viral.media import walls

    stand = walls.standing()
    if stand is None:
        LOG.warning("No process can be started to decode clips in.")
        return
    LOG.info("Clips are decoded behind walls.", extra={"facts": stand.to_dict()})
    for sentence in stand.missing():
        LOG.warning(sentence)


def load_models() -> None:
    """Load the networks, the model and their libraries. Harmless when called again.

    What is missing is passed over: the first clip says what, in a sentence.
    """
    import viral.media.reader  # noqa: F401

    say_walls()
    from viral.modalities.networks import transcription
    from viral.model.store import shipped_model
    from viral.pipeline import measured, pooled

    blank, details = blank_clip(), post_details(caption=CAPTION)

    def predict() -> None:
        features = pooled(measured(blank), blank.facts, details)
        explained.predict(shipped_model(), features, details)

    for load in (transcription.load, predict):
        with contextlib.suppress(ViralError):
            load()


def prepare() -> None:
    """Do once what the first clip would otherwise wait for: bring weights into a quicker form."""
    from viral.modalities.networks import converted, whisper_weights

    converted.prepare()
    if settings().speech_backend in TORCH_BACKENDS:
        whisper_weights.prepare()
