"""Results made up for tests of what the page shows: exact sums, every state of a value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from viral.media.clip import ClipFacts
from viral.modalities.features import Features, ShownAs, Spans
from viral.model.account_size import AccountSize
from viral.model.attribution import named_features
from viral.model.explanation import Explanation, FeatureContribution, ModalityContribution
from viral.model.prediction import Interval, Prediction
from viral.pipeline import Analysis
from viral.posts.details import PostDetails

NASTY = "<img src=x onerror=alert(1)>\"'`${1+1}{{2}}"
"""What must never reach a page as anything but text."""


def contribution(
    name: str,
    label: str,
    value: float,
    measured: float | str | None,
    *,
    typical: float | None = None,
    unit: str = "",
    group: str = "Group",
) -> FeatureContribution:
    known = named_features().get(name)
    return FeatureContribution(
        name=name,
        label=label,
        modality=name.split(".")[0],
        group=group,
        value=value,
        input=measured,
        typical=typical,
        unit=unit,
        shown_as=known.shown_as if known else ShownAs.MEASURED,
    )


def explanation() -> Explanation:
    features = (
        contribution(
            "context.recent_median",
            "Middle of the recent views",
            0.41,
            3.114,
            typical=3.6,
            unit="log10",
            group="Recent views",
        ),
        contribution("context.followers", "Followers", -0.17, 4.08, typical=5.1, unit="log10"),
        contribution(
            "speech.first_word_s", "Time to the first word", -0.06, 2.4, typical=0.6, unit="s"
        ),
        contribution("audio.tempo_bpm", "Tempo", 0.05, 128.0, typical=110.0, unit="BPM"),
        contribution("visual.embedding", "What the picture shows", 0.045, None),
        contribution("context.hour_sin", "Hour of the day", 0.03, -1.0),
        contribution("context.hour_cos", "Hour of the day", -0.012, 0.0),
        contribution("text.hashtag_count", "Hashtags", 0.02, 3.0, typical=4.0),
        contribution("text.uppercase_share", "Capital letters", 0.011, 0.25, typical=0.08),
        contribution("visual.brightness", "Brightness", -0.01, 0.43, typical=0.5),
        contribution("context.sound_original", "Own sound", 0.004, 1.0, typical=0.0),
        contribution("context.weekday", "Day of the week", 0.003, 4.0, typical=2.0),
        contribution("audio.silence_share", "Silence", 0.0, None, typical=0.02),
    )
    names = ("visual", "audio", "speech", "text", "context")
    totals = {name: sum(f.value for f in features if f.modality == name) for name in names}
    base = 3.2
    return Explanation(
        base=base,
        prediction=base + sum(totals.values()),
        modalities=tuple(ModalityContribution(name, totals[name]) for name in names),
        features=features,
    )


def prediction(*, usual_views: float | None = 1300.0, missing: tuple[str, ...] = ()) -> Prediction:
    return Prediction(
        model_version="1.fabricated",
        score=71.6,
        breakout_probability=0.118,
        views=Interval(790.0, 3160.0, 15_400.0),
        likes=Interval(52.0, 268.0, 1500.0),
        comments=Interval(0.4, 4.1, 31.0),
        shares=Interval(0.2, 2.8, 26.0),
        virality=Interval(795.0, 3170.0, 15_450.0),
        explanation=explanation(),
        account_size=AccountSize.of(12_000),
        usual_views=usual_views,
        missing=missing,
        warnings=(),
        id="ABCD-EFGH-2345",
    )


class FabricatedAnalysis(Analysis):
    """An analysis that is the same whatever is said of the post."""

    def again(self, *, details: PostDetails | None = None, keep: Spans | None = None) -> Analysis:
        return replace(self, details=details or self.details, keep=keep)


def analysis(
    *,
    transcript: str = "Three knots worth knowing before your next climb.",
    made: Prediction | None = None,
    details: PostDetails | None = None,
) -> Analysis:
    made = made or prediction()
    features = {
        name: Features(
            modality=name,
            missing=name in made.missing,
            reason="The clip has no sound." if name in made.missing else None,
        )
        for name in ("visual", "audio", "text", "context")
    }
    features["speech"] = Features(
        modality="speech",
        details={"transcript": transcript, "language": "en"} if transcript else {},
        missing="speech" in made.missing,
        reason="No words were heard." if "speech" in made.missing else None,
    )
    nothing = np.zeros(0)
    return FabricatedAnalysis(
        facts=ClipFacts(
            file_bytes=1_840_000,
            sha256="0" * 64,
            container="mov,mp4",
            duration_s=14.6,
            video_codec="h264",
            audio_codec="aac",
            width=576,
            height=1024,
            rotation_deg=0,
            frame_rate_hz=30.0,
            packet_times_s=nothing,
            packet_bytes=nothing,
            keyframe_times_s=nothing,
        ),
        thumbnails=np.zeros((3, 512, 288, 3), np.uint8),
        thumbnail_times_s=np.arange(3.0),
        measurements={},
        details=details or PostDetails(),
        keep=None,
        features=features,
        prediction=made,
    )


def pipeline(path: Path, details: PostDetails, on_stage: object) -> Analysis:
    """Stand in for the real pipeline while the page's look is worked on."""
    import time

    from viral.pipeline import STAGES

    del path
    for stage in STAGES:
        on_stage(stage)  # type: ignore[operator]
        time.sleep(0.4)
    return analysis(details=details)
