"""Why: what each feature adds to the average, exactly.

The stack is a non-negative weighted sum, so the Shapley values of the whole are the weighted
Shapley values of its parts: `weight_m * phi(m, j)` for feature j of modality m. The base collects
the stack's intercept and the weighted bases of the parts. The dimensions of an embedding mean
nothing to a person and are summed under one name; the horizon has a line of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from viral.modalities import NAMES
from viral.modalities.features import Feature, Features, ShownAs
from viral.model.explanation import (
    LEVEL,
    LEVEL_LABEL,
    Explanation,
    FeatureContribution,
    ModalityContribution,
)
from viral.model.growth_curve import AGE
from viral.model.inputs import CONTENT, Inputs, modality_features
from viral.model.intervals import centred
from viral.model.lifts import embedding_for
from viral.model.reference_medians import among_comparable
from viral.model.regressors import EMBEDDING, TAGS, Regressor
from viral.model.topics import Nearest

if TYPE_CHECKING:
    from viral.model.model import Model

EMBEDDINGS = {
    "visual": Feature(
        EMBEDDING,
        "What the picture shows",
        "",
        "Content",
        "All dimensions of the picture's embedding together.",
    ),
    "audio": Feature(
        EMBEDDING,
        "What the sound is like",
        "",
        "Content",
        "All dimensions of the sound's embedding.",
    ),
    "speech": Feature(
        EMBEDDING,
        "What is said",
        "",
        "Content",
        "All dimensions of the transcript's embedding together.",
    ),
    "text": Feature(
        EMBEDDING,
        "What the caption says",
        "",
        "Content",
        "All dimensions of the caption's embedding together.",
    ),
}
"""What the dimensions of an embedding are called together."""
OTHER_EMBEDDING = Feature(
    EMBEDDING, "Everything else in it", "", "Content", "All dimensions of its embedding together."
)
"""The same for a modality without an entry there."""
WHOSE_ACCOUNT = frozenset({"Account", "Recent views"})
"""Groups that say which account it is. They move a prediction away from the average of all posts,
so that what is typical of them is said of all posts too; what is typical of everything else is said
of accounts of the same size."""
TOPICS = Feature(
    TAGS,
    "Which hashtags",
    "log10",
    "Hashtags",
    "What posts of other creators with the same hashtags got over their usual.",
    shown_as=ShownAs.FACTOR,
)


def explain(
    model: Model, inputs: Inputs, features: Mapping[str, Features] | None = None
) -> Explanation:
    """Explain the prediction of one post.

    Parameters
    ----------
    model : Model
        What predicted it.
    inputs : Inputs
        Of one post.
    features : mapping, optional
        The same post's features, for values that are not numbers.

    Returns
    -------
    Explanation
        `base + sum(modalities) = base + sum(features) = prediction` to 1e-6. Every feature of every
        modality is listed; those that the model does not use, or could not measure, with 0.
    """
    pattern = model.patterns[str(inputs.patterns[0])]
    there = [modality for modality in CONTENT if inputs.present[modality][0]]
    stack = pattern.weights_for(there)
    on_top, added = model.additions(inputs)
    middle = float(centred(model.centring, model.places(inputs))[0])
    base = stack.intercept + on_top + middle
    parts: list[FeatureContribution] = []
    totals: dict[str, float] = {}
    for modality in NAMES:
        weight = stack.weights.get(modality, 0.0)
        regressor = pattern.context if modality == "context" else pattern.lifts.get(modality)
        used: dict[str, float] = {}
        if regressor is not None and weight > 0.0 and inputs.present[modality][0]:
            embeddings = embedding_for(regressor, modality, inputs)
            matrix = regressor.matrix(inputs.columns(modality), inputs.hashtags, embeddings)
            start, contributions = regressor.contributions(matrix, embeddings)
            base += weight * start
            used = {name: weight * float(values[0]) for name, values in contributions.items()}
        if modality == "context":
            used[AGE] = used.get(AGE, 0.0) + float(model.growth(inputs.horizon_days)[0])
        for name, value in added.get(modality, {}).items():
            used[name] = used.get(name, 0.0) + value
        listed = _contributions(model, modality, used, inputs, _tag_lift(regressor, inputs))
        parts.extend(listed)
        totals[modality] = sum(part.value for part in listed)
    prediction = float(model.estimate(inputs).log_virality[0])
    return Explanation(
        base=float(base),
        prediction=prediction,
        modalities=tuple(ModalityContribution(name, totals[name]) for name in NAMES),
        features=tuple(sorted(parts, key=lambda part: (-abs(part.value), part.name))),
    )


def _tag_lift(regressor: Regressor | None, inputs: Inputs) -> float:
    """Return what posts with the same hashtags got over their usual, log10; NaN if unknown."""
    if regressor is None or regressor.tags is None:
        return float("nan")
    return float(regressor.tags(inputs.hashtags[:1])[0])


def _contributions(
    model: Model, modality: str, used: Mapping[str, float], inputs: Inputs, tag_lift: float
) -> list[FeatureContribution]:
    named = list(modality_features(modality))
    if EMBEDDING in used or (modality in EMBEDDINGS and modality in inputs.embeddings):
        named.append(EMBEDDINGS.get(modality, OTHER_EMBEDDING))
    if TAGS in used:
        named.append(TOPICS)
    values = inputs.columns(modality)
    comparable = among_comparable(
        model.typical, model.typical_by_size, modality, float(inputs.followers[0])
    )
    result = []
    for feature in named:
        if feature.name == TAGS:
            measured = tag_lift
        else:
            measured = values[feature.name][0] if feature.name in values else np.nan
        everyone = modality == "context" and feature.group in WHOSE_ACCOUNT
        usual = (model.typical.get(modality, {}) if everyone else comparable).get(feature.name)
        result.append(
            FeatureContribution(
                name=f"{modality}.{feature.name}",
                label=feature.label,
                modality=modality,
                group=feature.group,
                value=float(used.get(feature.name, 0.0)),
                input=float(measured) if np.isfinite(measured) else None,
                typical=None if usual is None or not np.isfinite(usual) else float(usual),
                unit=feature.unit,
                shown_as=feature.shown_as,
                nearest=_nearest(model, modality, inputs) if feature.name == EMBEDDING else (),
            )
        )
    return result


def _nearest(model: Model, modality: str, inputs: Inputs) -> tuple[Nearest, ...]:
    embeddings = inputs.embeddings.get(modality)
    if embeddings is None:
        return ()
    return model.topics.nearest(embeddings[0], inputs.embedding_names.get(modality))


def named_features() -> dict[str, Feature]:
    """Return every contributor that an explanation may list, by its full name."""
    known = {f"{modality}.{EMBEDDING}": feature for modality, feature in EMBEDDINGS.items()}
    known[f"text.{TAGS}"] = TOPICS
    known[LEVEL] = Feature(
        LEVEL.partition(".")[2],
        LEVEL_LABEL,
        "log10",
        "Account",
        "What the account's numbers say of its next post, against the median of its recent views.",
        shown_as=ShownAs.COUNT,
    )
    for modality in NAMES:
        for feature in modality_features(modality):
            known[f"{modality}.{feature.name}"] = feature
    return known
