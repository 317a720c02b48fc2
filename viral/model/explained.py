"""One post predicted and explained: what a creator sees of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from viral.messages import Message
from viral.modalities.features import Features
from viral.model.account_size import AccountSize
from viral.model.attribution import explain
from viral.model.inputs import CONTENT, inputs_from_features
from viral.model.model import Model
from viral.model.prediction import COUNTS, Interval, Prediction
from viral.posts.details import PostDetails


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
    intervals = {name: Interval(*(float(values[0]) for values in counts[name])) for name in COUNTS}
    at_reference = estimates.log_virality - estimates.growth
    usual = inputs.usual_log_views[0]
    warnings: list[str] = []
    likeness = model.likeness(inputs)
    if likeness.warning is not None:
        warnings.append(likeness.warning)
    if str(inputs.patterns[0]) != "history":
        warnings.append(Message("model.no_recent_views"))
    return Prediction(
        model_version=model.version,
        score=float(model.standing.scores(at_reference, inputs.followers)[0]),
        account_size=AccountSize.of(details.followers),
        breakout_probability=float(
            model.breakout_probability(estimates, inputs.usual_log_views)[0]
        ),
        explanation=explain(model, inputs, features),
        horizon_days=float(details.horizon_days),
        usual_views=float(10.0**usual) if np.isfinite(usual) else None,
        likeness=likeness,
        missing=tuple(m for m in CONTENT if not inputs.present[m][0]),
        warnings=(*warnings, *model.notes()),
        **cast(dict[str, Any], intervals),
    )
