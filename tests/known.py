"""A model of straight lines and a clip of numbers, so that every effect is known beforehand.

The model is a real one whose regressors have no trees: `log10 virality = base + slopes * values`.
The clip is what the modalities measured of it, one picture in the middle of each second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from viral.media.clip import ClipFacts
from viral.modalities import audio, pictures, speech, visual
from viral.modalities.features import Spans
from viral.modalities.networks.transcription import Word
from viral.modalities.rhythm import Rhythm
from viral.modalities.sound_frames import CLIP_MEANS, SoundFrames
from viral.model import explained
from viral.model.engagement import Split
from viral.model.evidence import DURATION_EDGES_S, MOST_HASHTAGS, Support
from viral.model.growth_curve import NO_GROWTH
from viral.model.inputs import CONTENT, PATTERNS
from viral.model.intervals import LEVELS, Calibration
from viral.model.model import Model, PatternModel
from viral.model.pairwise import KINDS, PairErrors, Slope
from viral.model.percentile_score import SHARES, Standing
from viral.model.prediction import COUNTS
from viral.model.regressors import Line, Regressor
from viral.model.stack import PatternWeights
from viral.model.virality import ENGAGEMENTS, VIEWS_ONLY
from viral.pipeline import Analysis, pooled
from viral.posts.details import PostDetails

Slopes = Mapping[str, float]
BASE = 3.0
"""log10 virality where every value is at 0."""
FRAMES_A_SECOND = 20
ALL_COMES = PairErrors(
    np.linspace(0.0, 1.0, 51), 5000, 1.0, dict.fromkeys(KINDS, Slope(1.0, 0.9, 1.1, 5000))
)
"""Every change brings what it is promised."""


def _straight(slopes: Slopes) -> Regressor:
    return Regressor(
        columns=tuple(slopes),
        boosters=(),
        line=Line(slopes=dict(slopes), means=dict.fromkeys(slopes, 0.0)),
    )


def known_model(
    *, context: Slopes | None = None, support: Support | None = None, **lifts: Slopes
) -> Model:
    """Return a model that adds these slopes: `context={"duration": -1}, visual={"brightness":
    .1}`."""
    stacks = {
        "+".join(there): PatternWeights(
            intercept=BASE, weights={"context": 1.0, **dict.fromkeys(there, 1.0)}
        )
        for size in range(len(lifts) + 1)
        for there in combinations([m for m in CONTENT if m in lifts], size)
    }
    pattern = PatternModel(
        context=_straight(context or {"duration": 0.0}),
        lifts={modality: _straight(slopes) for modality, slopes in lifts.items()},
        weights=stacks,
        error=_straight({"duration": 0.0}),
        split=Split({name: _straight({"duration": 0.0}) for name in ENGAGEMENTS}),
    )
    calibration = Calibration({"": (LEVELS - 50.0) / 25.0}, {"": 1000})
    outcomes = np.linspace(0.0, 8.0, len(SHARES))
    return Model(
        version="known",
        patterns=dict.fromkeys(PATTERNS, pattern),
        growth=NO_GROWTH,
        virality_weights=VIEWS_ONLY,
        calibrations=dict.fromkeys(COUNTS, calibration),
        standing=Standing(outcomes, np.tile(outcomes, (6, 1)), np.arange(3.0, 9.0)),
        typical={},
        facts={},
        support=support or supported_everywhere(),
        pairs=dict.fromkeys(PATTERNS, ALL_COMES),
    )


def supported_everywhere(posts: int = 500) -> Support:
    """Return as many past posts behind every choice."""
    return Support(
        weekday_hour=np.full((7, 24), posts),
        durations=np.full(len(DURATION_EDGES_S), posts),
        hashtags=np.full(MOST_HASHTAGS + 1, posts),
        sound_original=(posts, posts),
    )


def _visual(seconds: Sequence[float]) -> visual.Measurements:
    times_s = np.arange(len(seconds)) + 0.5
    statistics = np.full((len(seconds), len(pictures.STATISTICS)), 10.0)
    statistics[:, list(pictures.STATISTICS).index("brightness")] = seconds
    return visual.Measurements(
        duration_s=float(len(seconds)),
        width=576,
        height=1024,
        times_s=times_s,
        statistics=statistics,
        motion=np.full(max(len(seconds) - 1, 0), 2.0),
        cut_times_s=np.empty(0),
        face_times_s=times_s,
        face_counts=np.zeros(len(seconds)),
        face_areas=np.full(len(seconds), np.nan),
        face_offsets=np.full(len(seconds), np.nan),
        recognised_times_s=np.empty(0),
        embeddings=np.empty((0, 1280), np.float32),
        probabilities=np.empty((0, 1000), np.float32),
        embedding_reason="Not looked for.",
    )


def _audio(seconds: Sequence[float]) -> audio.Measurements:
    count = FRAMES_A_SECOND * len(seconds)
    columns = np.full((count, len(CLIP_MEANS)), 1.0)
    columns[:, CLIP_MEANS.index("spectral_centroid")] = np.repeat(seconds, FRAMES_A_SECOND)
    frames = SoundFrames(
        times_s=(np.arange(count) + 0.5) / FRAMES_A_SECOND,
        columns=columns,
        energy=np.full(count, 10.0),
        samples=np.full(count, 1000),
        onset_strength=np.zeros(count, np.float32),
    )
    rhythm = Rhythm(np.empty(0), float("nan"), float("nan"))
    return audio.Measurements(float(len(seconds)), frames, np.full(count, -20.0), rhythm, None)


def known_analysis(
    model: Model,
    *,
    brightness: Sequence[float],
    centroid: Sequence[float] | None = None,
    words_at_s: Sequence[float] = (),
    details: PostDetails | None = None,
    keep: Spans | None = None,
) -> Analysis:
    """Return a clip with one brightness, and one centre of the sound's spectrum, a second."""
    seconds = len(brightness)
    nothing = np.empty(0)
    facts = ClipFacts(
        file_bytes=1,
        sha256="",
        container="mp4",
        duration_s=float(seconds),
        video_codec="h264",
        audio_codec="aac" if centroid is not None else None,
        width=576,
        height=1024,
        rotation_deg=0,
        frame_rate_hz=30.0,
        packet_times_s=nothing,
        packet_bytes=nothing,
        keyframe_times_s=nothing,
    )
    silent = audio.Measurements(
        0.0, None, np.empty(0), Rhythm(np.empty(0), float("nan"), float("nan")), None
    )
    said = tuple(Word("word", at_s, at_s + 0.3, 0.9) for at_s in words_at_s)
    measurements = {
        "visual": _visual(brightness),
        "audio": silent if centroid is None else _audio(centroid),
        "speech": speech.SpeechMeasurements(
            float(seconds),
            words=said,
            language="en" if said else None,
            reason=None if said else speech.NO_SPEECH,
        ),
    }
    details = details or PostDetails()
    features = pooled(measurements, facts, details, keep)
    return Analysis(
        facts=facts,
        thumbnails=np.zeros((seconds, 8, 8, 3), np.uint8),
        thumbnail_times_s=np.arange(seconds) + 0.5,
        measurements=measurements,
        details=details,
        keep=keep,
        features=features,
        prediction=explained.predict(model, features, details),
    )
