"""Loading everything that a prediction needs, before the first clip is there.

Importing the libraries and reading the weights takes seconds; a clip that comes meanwhile would
wait for it stage by stage. Nothing is measured here but a blank of half a second.
"""

from __future__ import annotations

import contextlib

import numpy as np

from viral.errors import ViralError
from viral.media.clip import Clip, ClipFacts
from viral.posts.details import post_details

BLANK_S = 0.5
BLANK_RATE_HZ = 44_100
"""The rate of most clips: the filters that resample it are made for it."""
BLANK_SIDE_PX = 32
CAPTION = "How to keep spring onions fresh for weeks #kitchen"
"""Long enough for its language to be looked for."""


def blank_clip() -> Clip:
    """Return a grey clip with a tone in it, which nobody speaks in."""
    times_s = np.arange(round(BLANK_S * BLANK_RATE_HZ)) / BLANK_RATE_HZ
    nothing = np.empty(0)
    facts = ClipFacts(
        file_bytes=1,
        sha256="",
        container="",
        duration_s=BLANK_S,
        video_codec="",
        audio_codec="",
        width=BLANK_SIDE_PX,
        height=BLANK_SIDE_PX,
        rotation_deg=0,
        frame_rate_hz=2 / BLANK_S,
        packet_times_s=nothing,
        packet_bytes=nothing.astype(np.int64),
        keyframe_times_s=nothing,
    )
    return Clip(
        facts=facts,
        frames=np.full((2, BLANK_SIDE_PX, BLANK_SIDE_PX, 3), 128, np.uint8),
        frame_times_s=np.array([0.0, BLANK_S / 2]),
        waveform=(0.1 * np.sin(2 * np.pi * 440 * times_s)).astype(np.float32),
        sample_rate_hz=BLANK_RATE_HZ,
    )


def load_models() -> None:
    """Load the networks, the model and their libraries. Harmless when called again.

    What is missing is passed over: the first clip says what, in a sentence.
    """
    import viral.media.reader  # noqa: F401
    from viral.modalities import transcription
    from viral.model.store import shipped_model
    from viral.pipeline import measured, pooled

    blank, details = blank_clip(), post_details(caption=CAPTION)

    def predict() -> None:
        features = pooled(measured(blank), blank.facts, details)
        shipped_model().predict(features, details)

    for load in (transcription.load, predict):
        with contextlib.suppress(ViralError):
            load()
