"""The way through the house: a file -> `Clip` -> `Features` -> `Prediction`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from viral.media.clip import Clip, ClipFacts
from viral.modalities.features import Features, Spans
from viral.model.prediction import Prediction
from viral.posts.details import PostDetails, post_details

STAGES = ("reading", "looking", "listening", "transcribing", "scoring")
"""What a user watches go by."""

OnStage = Callable[[str], None]


@dataclass(frozen=True)
class Analysis:
    """A clip looked at once, ready to be predicted again with other details or other spans."""

    facts: ClipFacts
    thumbnails: Any
    """RGB uint8 `[n, h, w, 3]`, about one a second."""
    thumbnail_times_s: Any
    measurements: Mapping[str, Any]
    """Modality -> what it saw, with times."""
    details: PostDetails
    keep: Spans | None
    """The parts of the clip that count, or None for all of it."""
    features: Mapping[str, Features]
    prediction: Prediction
    clip_warnings: tuple[str, ...] = ()
    """Sentences about what could not be read in the file."""

    def again(self, *, details: PostDetails | None = None, keep: Spans | None = None) -> Analysis:
        """Predict again with other details or other spans; nothing is decoded again."""
        details = details or self.details
        features = pooled(self.measurements, self.facts, details, keep)
        prediction = _predicted(features, details, self.clip_warnings)
        return replace(self, details=details, keep=keep, features=features, prediction=prediction)


def _model() -> Any:
    from viral.model.store import shipped_model

    return shipped_model()


def _predicted(
    features: Mapping[str, Features], details: PostDetails, clip_warnings: tuple[str, ...]
) -> Prediction:
    prediction = _model().predict(features, details)
    warnings = (*clip_warnings, *details.warnings, *prediction.warnings)
    return replace(prediction, warnings=tuple(dict.fromkeys(warnings)))


def _nothing(stage: str) -> None:
    del stage


def measured(clip: Clip, on_stage: OnStage = _nothing) -> dict[str, Any]:
    """Look at a clip, listen to it and transcribe it: modality -> measurements."""
    from viral.modalities import audio, speech, visual

    on_stage("looking")
    seen = visual.measure(clip)
    on_stage("listening")
    heard = audio.measure(clip)
    on_stage("transcribing")
    said = speech.measure(clip)
    return {"visual": seen, "audio": heard, "speech": said}


def pooled(
    measurements: Mapping[str, Any],
    facts: ClipFacts,
    details: PostDetails,
    keep: Spans | None = None,
) -> dict[str, Features]:
    """Turn measurements into features for the whole clip or for the spans of it in `keep`."""
    from viral.modalities import audio, context, speech, text, visual

    duration_s = facts.duration_s if keep is None else sum(end - start for start, end in keep)
    return {
        "visual": visual.pool(measurements["visual"], keep),
        "audio": audio.pool(measurements["audio"], keep),
        "speech": speech.pool(measurements["speech"], keep),
        "text": text.extract(details),
        "context": context.extract(
            details, duration_s=duration_s, width=facts.width, height=facts.height
        ),
    }


def analyse(
    path: str | Path, details: PostDetails | None = None, on_stage: OnStage = _nothing
) -> Analysis:
    """Read a clip, measure everything in it and predict.

    Raises
    ------
    ViralError
        The clip cannot be read, or no model is there.
    """
    from viral.media.reader import read_clip

    details = details or PostDetails()
    on_stage("reading")
    clip = read_clip(path)
    measurements = measured(clip, on_stage)
    on_stage("scoring")
    features = pooled(measurements, clip.facts, details)
    prediction = _predicted(features, details, clip.warnings)
    return Analysis(
        facts=clip.facts,
        thumbnails=clip.frames,
        thumbnail_times_s=clip.frame_times_s,
        measurements=measurements,
        details=details,
        keep=None,
        features=features,
        prediction=prediction,
        clip_warnings=clip.warnings,
    )


def predict(
    clip: str | Path,
    *,
    caption: str | None = None,
    followers: Any = None,
    recent_views: Any = None,
    posted_at: Any = None,
    sound: str | None = None,
    horizon_days: float = 30.0,
    on_stage: OnStage = _nothing,
) -> Prediction:
    """Predict how far a clip is likely to travel. Everything but the clip is optional.

    See `viral.posts.details.post_details` for the form of each argument.

    Raises
    ------
    ViralError
        The clip cannot be read or a detail makes no sense; the sentence says what to do.
    """
    details = post_details(
        caption=caption,
        followers=followers,
        recent_views=recent_views,
        posted_at=posted_at,
        sound=sound,
        horizon_days=horizon_days,
    )
    return analyse(clip, details, on_stage).prediction
