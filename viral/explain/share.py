"""A result as a short string of numbers, for a link that shows the page without the clip.

The link carries the predicted numbers and the contributions, nothing that was typed, said or seen:
no caption, no transcript, no picture, no name. It is checked when it is opened: a string that was
cut, edited or made by something else is refused with one sentence. The check finds accidents and
idle edits; it is no signature, so a page opened from a link says that it came from one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import zlib
from collections.abc import Sequence
from typing import Any

from viral.errors import ViralError
from viral.explain.explanation import Explanation, FeatureContribution, ModalityContribution
from viral.modalities import NAMES
from viral.model.prediction import COUNTS, Interval, Prediction
from viral.model.standing import among

FORMAT = 1
"""Changes when the meaning of the numbers does."""
MAX_CHARACTERS = 4_000
"""Longer strings are refused before they are unpacked."""
MAX_JSON_BYTES = 16_000
"""What a string may unpack to."""
MOST_FEATURES = 12
"""Contributors in a link; the rest of each modality is summed up."""
REST = "rest"
CHECK_CHARACTERS = 8
REFUSED = (
    "This link is damaged or was not made by this app; ask for it again or predict the clip afresh."
)


class LinkError(ViralError):
    """A result link that cannot be read."""


def _check(body: str) -> str:
    return hashlib.sha256(f"viral result {FORMAT} {body}".encode()).hexdigest()[:CHECK_CHARACTERS]


def encode(prediction: Prediction, followers: float | None) -> str:
    """Return a prediction as URL-safe text of at most `MAX_CHARACTERS`.

    Parameters
    ----------
    prediction : Prediction
        What is shared.
    followers : float or None
        Only the size of account that the score compares with is kept of it.
    """
    explanation = prediction.explanation
    shown = [part for part in explanation.features if part.value != 0.0][:MOST_FEATURES]
    # One figure of followers inside the bucket is enough to name the bucket again.
    size = None if followers is None else 10.0 ** math.floor(math.log10(max(followers, 1.0)))
    if size is not None and among(size) != among(followers):
        size = 3.0 * size
    payload = [
        FORMAT,
        prediction.model_version,
        round(prediction.score, 1),
        round(prediction.breakout_probability, 4),
        prediction.horizon_days,
        None if prediction.usual_views is None else round(prediction.usual_views),
        size,
        [
            [round(getattr(getattr(prediction, name), end), 1) for end in ("low", "median", "high")]
            for name in COUNTS
        ],
        round(explanation.base, 6),
        [[NAMES.index(m.name), round(m.value, 6)] for m in explanation.modalities],
        [[part.name, round(part.value, 6), _number(part.input)] for part in shown],
        [NAMES.index(name) for name in prediction.missing],
    ]
    packed = zlib.compress(json.dumps(payload, separators=(",", ":")).encode(), 9)
    body = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return f"{_check(body)}{body}"


def decode(text: str) -> Prediction:
    """Read what `encode` wrote.

    Raises
    ------
    LinkError
        The text is damaged, edited, too long or foreign.
    """
    if not CHECK_CHARACTERS < len(text) <= MAX_CHARACTERS or not text.isascii():
        raise LinkError(REFUSED)
    check, body = text[:CHECK_CHARACTERS], text[CHECK_CHARACTERS:]
    if _check(body) != check:
        raise LinkError(REFUSED)
    try:
        packed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        unpacker = zlib.decompressobj()
        unpacked = unpacker.decompress(packed, MAX_JSON_BYTES)
        if unpacker.unconsumed_tail:
            raise LinkError(REFUSED)
        return _prediction(json.loads(unpacked))
    except (ValueError, TypeError, IndexError, KeyError, zlib.error, RecursionError) as error:
        raise LinkError(REFUSED) from error


def _number(value: float | str | None) -> float | None:
    return None if value is None or isinstance(value, str) else float(f"{value:.4g}")


def _finite(value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(value)
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(value)
    return float(value)


def _interval(ends: Sequence[Any]) -> Interval:
    low, median, high = (_finite(end, 0.0) for end in ends)
    if not low <= median <= high:
        raise ValueError("ends out of order")
    return Interval(low, median, high)


def _prediction(payload: list[Any]) -> Prediction:
    (version, model, score, breakout, horizon, usual, size, counts, base, parts, shown, missing) = (
        payload
    )
    if version != FORMAT or not isinstance(model, str) or len(model) > 64:
        raise ValueError("another format")
    intervals = {name: _interval(ends) for name, ends in zip(COUNTS, counts, strict=True)}
    modalities = tuple(
        ModalityContribution(NAMES[int(index)], _finite(value)) for index, value in parts
    )
    return Prediction(
        model_version=model,
        score=_finite(score, 0, 100),
        score_among=among(None if size is None else _finite(size, 0)),
        breakout_probability=_finite(breakout, 0, 1),
        horizon_days=_finite(horizon, 1, 365),
        usual_views=None if usual is None else _finite(usual, 0),
        explanation=_explanation(_finite(base), modalities, shown),
        missing=tuple(NAMES[int(index)] for index in missing),
        views=intervals["views"],
        likes=intervals["likes"],
        comments=intervals["comments"],
        shares=intervals["shares"],
        virality=intervals["virality"],
    )


def _explanation(
    base: float, modalities: tuple[ModalityContribution, ...], shown: list[Any]
) -> Explanation:
    from viral.explain.attribution import named_features

    known = named_features()
    features: list[FeatureContribution] = []
    left = {part.name: part.value for part in modalities}
    for name, value, measured in shown[:MOST_FEATURES]:
        modality = str(name).partition(".")[0]
        feature = known[str(name)]
        contribution = _finite(value)
        left[modality] -= contribution
        features.append(
            FeatureContribution(
                name=str(name),
                label=feature.label,
                modality=modality,
                group=feature.group,
                value=contribution,
                input=None if measured is None else _finite(measured),
                unit=feature.unit,
            )
        )
    for modality, value in left.items():
        features.append(
            FeatureContribution(
                name=f"{modality}.{REST}",
                label="Other features combined",
                modality=modality,
                group="",
                value=value,
                input=None,
            )
        )
    return Explanation(
        base=base,
        prediction=base + sum(part.value for part in modalities),
        modalities=modalities,
        features=tuple(sorted(features, key=lambda part: (-abs(part.value), part.name))),
    )
