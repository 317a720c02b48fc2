"""One post predicted and explained: what a creator sees of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from viral.messages import Message
from viral.modalities.features import Features
from viral.model.account_size import AccountSize
from viral.model.attribution import explain
from viral.model.explanation import from_usual
from viral.model.inputs import CONTENT, inputs_from_features
from viral.model.model import Model
from viral.model.prediction import Interval, Prediction
from viral.posts.details import PostDetails

BLACK = 0.02
"""Brightness and contrast, 0..1, below which a picture shows nothing."""
FEWEST_BESIDE = 3
"""Recent views from which the newest can be said to lie below the others."""
LOOKS_YOUNG = 0.7
"""log10 below the lowest of the others at which the newest view looks like that of a post that was
just made: a fifth."""


def predict(model: Model, features: Mapping[str, Features], details: PostDetails) -> Prediction:
    """Predict one post and explain it.

    Parameters
    ----------
    model : Model
        As it is in force.
    features : mapping
        Modality -> features; a modality left out counts as missing.
    details : PostDetails
        What the creator said.
    """
    inputs = inputs_from_features(features, details)
    estimates = model.estimate(inputs)
    counts = model.counts(estimates)
    intervals = {name: Interval(*(float(values[0]) for values in counts[name])) for name in counts}
    at_reference = estimates.log_virality - estimates.growth
    usual = inputs.usual_log_views[0]
    explanation = explain(model, inputs, features)
    if np.isfinite(usual):
        # Views and score differ by the likes, comments and shares that the post is given.
        beyond = explanation.prediction - float(np.log10(max(intervals["views"].median, 1.0)))
        explanation = from_usual(explanation, float(usual) + beyond)
    warnings: list[str] = []
    likeness = model.likeness(inputs)
    if likeness.warning is not None:
        warnings.append(likeness.warning)
    if str(inputs.patterns[0]) != "history":
        warnings.append(Message("model.no_recent_views"))
    warnings.extend(doubts_of(features, details))
    return Prediction(
        model_version=model.version,
        score=float(model.standing.scores(at_reference, inputs.followers)[0]),
        account_size=AccountSize.of(details.followers),
        breakout_probability=float(
            model.breakout_probability(estimates, inputs.usual_log_views)[0]
        ),
        explanation=explanation,
        horizon_days=float(details.horizon_days),
        usual_views=float(10.0**usual) if np.isfinite(usual) else None,
        likeness=likeness,
        missing=tuple(m for m in CONTENT if not inputs.present[m][0]),
        warnings=(*warnings, *model.notes()),
        **cast(dict[str, Any], intervals),
    )


def doubts_of(features: Mapping[str, Features], details: PostDetails) -> list[str]:
    """Return sentences about what was told or seen that a prediction cannot rest on."""
    found: list[str] = []
    if details.platform == "reels":
        found.append(Message("model.no_reels"))
    if nothing_to_see_or_hear(features):
        found.append(Message("model.nothing_to_see_or_hear"))
    views = np.log10(np.asarray(details.recent_views, dtype=np.float64) + 1.0)
    if len(views) >= FEWEST_BESIDE and views[-1] < views[:-1].min() - LOOKS_YOUNG:
        found.append(Message("model.newest_looks_young"))
    return found


def nothing_to_see_or_hear(features: Mapping[str, Features]) -> bool:
    """Whether a clip is black from end to end and has no sound that can be heard."""
    seen, heard = features.get("visual"), features.get("audio")
    if seen is None or heard is None:
        return False
    bright = [seen.values.get(name, np.nan) for name in ("brightness", "contrast")]
    black = not seen.missing and all(float(value) < BLACK for value in bright)
    silent = heard.missing or float(heard.values.get("silence_share", 0.0)) >= 1.0
    return black and silent
