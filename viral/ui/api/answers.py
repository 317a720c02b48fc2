"""What the API answers: how its shapes are filled from results."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence

from viral.explain.compare import Comparison, Difference
from viral.explain.cover import Covers
from viral.explain.findings import Report
from viral.model.explanation import FeatureContribution
from viral.model.prediction import Prediction
from viral.pipeline import Analysis
from viral.ui.api.shapes import (
    AgainstJson,
    CheckJson,
    ComparisonJson,
    CoverJson,
    CoversJson,
    CutJson,
    DifferenceJson,
    ExplanationJson,
    FeatureJson,
    GroupJson,
    ModalityJson,
    PredictionJson,
    WhatIfJson,
)
from viral.ui.compare.cuts import Cut
from viral.ui.widgets.contributors import in_words
from viral.ui.widgets.numbers import factor
from viral.version import SCHEMA_VERSION

LANGUAGE = "en"
"""The API speaks English; its numbers carry their units."""


def check_json(report: Report) -> CheckJson:
    """Fill the shape."""
    answer = report.to_dict()
    return CheckJson(
        schema_version=answer["schema_version"],
        platform=answer["platform"],
        passed=answer["passed"],
        limits_checked_on=answer["limits_checked_on"],
        read_text=answer["read_text"],
        checks=answer["checks"],
    )


def covers_json(found: Covers, pictures: Sequence[bytes]) -> CoversJson:
    """Fill the shape; `pictures` are the covers' JPEG files, or none."""
    answer = found.to_dict()
    written: list[str | None] = [base64.b64encode(picture).decode() for picture in pictures]
    written = written or [None] * len(found.covers)
    return CoversJson(
        schema_version=answer["schema_version"],
        platform=answer["platform"],
        size_px=answer["size_px"],
        covers=[
            CoverJson(second_s=told["second_s"], reasons=told["reasons"], jpeg=jpeg)
            for told, jpeg in zip(answer["covers"], written, strict=True)
        ],
        notes=answer["notes"],
    )


def prediction_json(prediction: Prediction) -> PredictionJson:
    """Return a prediction as `viral predict --json` prints it."""
    return prediction.to_dict()  # type: ignore[return-value]


def _sentence(part: FeatureContribution) -> str:
    """Say what was measured, what is typical, and the effect."""
    said = [
        f"{prefix} {words}"
        for prefix, value in (("here", part.input), ("typical", part.typical))
        if (words := in_words(value, part.shown_as, part.unit, LANGUAGE)) is not None
    ]
    return "; ".join(
        [f"{part.label}: {said[0]}" if said else part.label, *said[1:], factor(part.factor)]
    )


def _feature_json(part: FeatureContribution) -> FeatureJson:
    return {
        "name": part.name,
        "label": part.label,
        "value": part.value,
        "factor": part.factor,
        "input": part.input,
        "typical": part.typical,
        "unit": part.unit,
        "sentence": _sentence(part),
    }


def explanation_json(analysis: Analysis, result: str) -> ExplanationJson:
    """Return why a prediction is what it is: modality, group, feature.

    Parameters
    ----------
    analysis
        What was seen and predicted.
    result
        Its id, to ask `what_if` with.
    """
    prediction = analysis.prediction
    explanation = prediction.explanation
    modalities: list[ModalityJson] = []
    for modality in explanation.modalities:
        groups: dict[str, list[FeatureContribution]] = {}
        for part in explanation.features:
            if part.modality == modality.name:
                groups.setdefault(part.group, []).append(part)
        listed: list[GroupJson] = []
        for name, parts in groups.items():
            value = sum(part.value for part in parts)
            listed.append(
                {
                    "name": name,
                    "value": value,
                    "factor": 10.0**value,
                    "features": [_feature_json(part) for part in parts],
                }
            )
        listed.sort(key=lambda group: (-abs(group["value"]), group["name"]))
        modalities.append(
            {
                "name": modality.name,
                "value": modality.value,
                "factor": 10.0**modality.value,
                "groups": listed,
            }
        )
    speech = analysis.features.get("speech")
    return {
        "schema_version": SCHEMA_VERSION,
        "result": result,
        "model_version": prediction.model_version,
        "unit": explanation.unit,
        "base_is": explanation.base_is,
        "base": explanation.base,
        "prediction": explanation.prediction,
        "views": prediction.views.to_dict(),  # type: ignore[typeddict-item]
        "modalities": modalities,
        "missing": {
            name: analysis.features[name].reason if name in analysis.features else None
            for name in prediction.missing
        },
        "transcript": str(speech.details.get("transcript") or "") if speech else "",
    }


def what_if_json(before: Analysis, after: Analysis, result: str) -> WhatIfJson:
    """Return the changed prediction beside the views without the change."""
    old, new = before.prediction.views, after.prediction.views
    return {
        "schema_version": SCHEMA_VERSION,
        "result": result,
        "views_before": old.to_dict(),  # type: ignore[typeddict-item]
        "factor": max(new.median, 1.0) / max(old.median, 1.0),
        "prediction": prediction_json(after.prediction),
    }


def _difference_json(difference: Difference) -> DifferenceJson:
    best, other = difference.inputs
    return {
        "name": difference.name,
        "label": difference.label,
        "value": difference.value,
        "factor": difference.factor,
        "best": best,
        "other": other,
        "unit": difference.unit,
    }


def comparison_json(
    cuts: Sequence[Cut], results: Sequence[str | None], found: Comparison | None
) -> ComparisonJson:
    """Return a comparison; with fewer than two readable cuts only their predictions.

    Parameters
    ----------
    cuts
        All of them, the unreadable ones too.
    results
        Ids of the results, for `what_if`; None where there is no result.
    found
        The comparison of the readable ones, in their order.
    """
    letters = [cut.letter for cut in cuts if cut.analysis is not None]
    listed: list[CutJson] = [
        {
            "cut": cut.letter,
            "result": result,
            "prediction": prediction_json(cut.analysis.prediction) if cut.analysis else None,
            "problem": cut.problem or None,
        }
        for cut, result in zip(cuts, results, strict=True)
    ]
    if found is None:
        return {
            "schema_version": SCHEMA_VERSION,
            "cuts": listed,
            "order": letters,
            "beats": {},
            "pairs": 0,
            "against": [],
        }
    order = [letters[place] for place in found.order]
    beats = {
        one: {
            other: None if math.isnan(found.beats[a, b]) else float(found.beats[a, b])
            for b, other in enumerate(letters)
            if a != b
        }
        for a, one in enumerate(letters)
    }
    against: list[AgainstJson] = [
        {
            "best": order[0],
            "other": other,
            "differences": [_difference_json(difference) for difference in apart],
        }
        for other, apart in zip(order[1:], found.differences, strict=True)
    ]
    return {
        "schema_version": SCHEMA_VERSION,
        "cuts": listed,
        "order": order,
        "beats": beats,
        "pairs": found.pairs,
        "against": against,
    }
