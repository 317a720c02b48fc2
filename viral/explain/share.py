"""A result as a short string of numbers, for a link that shows the page without the clip.

The link carries the predicted numbers, the contributions and the measured numbers behind the
largest of them (the account's followers and usual views among them, as the page shows them), and
nothing that was typed, said or seen: no caption, no transcript, no picture, no name. It is checked
when it is opened: a string that was cut, edited or made by something else is refused with one
sentence. The check finds accidents and idle edits; it is no signature, so a page opened from a link
says that it came from one.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any, TypeVar

from viral.errors import ViralError
from viral.messages import Message
from viral.modalities import NAMES
from viral.modalities.features import Feature
from viral.model.account_size import FOLLOWER_EDGES, AccountSize
from viral.model.explanation import (
    AVERAGE,
    LEVEL,
    USUAL,
    Explanation,
    FeatureContribution,
    ModalityContribution,
)
from viral.model.prediction import COUNTS, Interval, Prediction

FORMAT = 2
"""Changes when the meaning of the numbers does; older ones are read for as long as
docs/compatibility.md promises."""
LATER = 50
"""How many later numbers are known for what they are."""
NAMES_BY_FORMAT = {1: (("visual", "audio", "speech", "text", "context"), NAMES), 2: (NAMES,)}
"""Modalities by their position in a link. Version 0.1 had five of them; builds between it and 1.0
wrote six under the same number, which the first list is too short for."""
MAX_CHARACTERS = 4_000
"""Longer strings are refused before they are unpacked."""
MAX_JSON_BYTES = 16_000
"""What a string may unpack to."""
MOST_FEATURES = 100
"""Contributors in a link, about 25 characters each; the rest of each modality is summed up."""
NOT_CARRIED = frozenset({"context.year"})
"""Features whose measured value stays here: a year with its fraction is the day that was typed."""
ALWAYS_CARRIED = ("context.recent_median", LEVEL)
"""Stand on the page for all that recent views say, however little they add by themselves."""
LARGEST_LOG10 = 12.0
"""No prediction, contribution or measured logarithm lies beyond this."""
LARGEST_COUNT = 1e12
VERSION = re.compile(r"[\w.+-]{1,64}", re.ASCII)
"""A model's version is no place for a message."""
Choice = TypeVar("Choice")
REST = "rest"
REST_LABEL = "Other features combined"
CHECK_CHARACTERS = 8
REFUSED = Message("error.link")
SIZES = (AccountSize(), *(AccountSize(bucket) for bucket in range(len(FOLLOWER_EDGES) + 1)))
"""Which accounts a score may compare with; a link names them by position."""


class LinkError(ViralError):
    """A result link that cannot be read."""


def _check(body: str, number: int = FORMAT) -> str:
    return hashlib.sha256(f"viral result {number} {body}".encode()).hexdigest()[:CHECK_CHARACTERS]


def encode(prediction: Prediction) -> str:
    """Return a prediction as URL-safe text of at most `MAX_CHARACTERS`.

    Counts are rounded to four figures, logarithms to a millionth and measured values to six
    figures, so that the page shows the same.
    """
    explanation = prediction.explanation
    known = _named()
    counted = [p for p in explanation.features if p.value != 0.0 or p.name in ALWAYS_CARRIED]
    shown = sorted(
        (part for part in counted if part.name in known),
        key=lambda part: part.name not in ALWAYS_CARRIED,
    )
    payload = [
        FORMAT,
        prediction.model_version,
        round(prediction.score, 2),
        round(prediction.breakout_probability, 5),
        prediction.horizon_days,
        _rounded(prediction.usual_views),
        SIZES.index(prediction.account_size),
        [
            [_rounded(end) for end in (interval.low, interval.median, interval.high)]
            for interval in (getattr(prediction, name) for name in COUNTS)
            if interval is not None
        ],
        round(explanation.base, 6),
        [[NAMES.index(part.name), round(part.value, 6)] for part in explanation.modalities],
        [
            [part.name, round(part.value, 6), _carried(part), _number(part.typical)]
            for part in shown[:MOST_FEATURES]
        ],
        [NAMES.index(name) for name in prediction.missing],
    ]
    packed = zlib.compress(json.dumps(payload, separators=(",", ":")).encode(), 9)
    body = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return f"{_check(body)}{body}"


def decode(text: str) -> Prediction:
    """Read what `encode` wrote.

    Returns
    -------
    Prediction
        With the largest contributors by name and the rest of each modality under
        `<modality>.rest`; the sums hold to 1e-6.

    Raises
    ------
    LinkError
        The text is damaged, edited, too long or foreign.
    """
    if not CHECK_CHARACTERS < len(text) <= MAX_CHARACTERS or not text.isascii():
        raise LinkError(REFUSED)
    check, body = text[:CHECK_CHARACTERS], text[CHECK_CHARACTERS:]
    number = next((one for one in NAMES_BY_FORMAT if _check(body, one) == check), None)
    if number is None:
        later = any(_check(body, one) == check for one in range(FORMAT + 1, FORMAT + LATER))
        raise LinkError(Message("error.link_later") if later else REFUSED)
    try:
        packed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        unpacker = zlib.decompressobj()
        unpacked = unpacker.decompress(packed, MAX_JSON_BYTES)
        if unpacker.unconsumed_tail or unpacker.unused_data:
            raise LinkError(REFUSED)
        return _of_format(json.loads(unpacked), number)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
        raise LinkError(REFUSED) from error
    except (zlib.error, RecursionError) as error:
        raise LinkError(REFUSED) from error


def _named() -> Mapping[str, Feature]:
    from viral.model.attribution import named_features

    return named_features()


def _rounded(count: float | None) -> float | None:
    return None if count is None else float(f"{count:.4g}")


def _number(value: float | str | None) -> float | None:
    return None if value is None or isinstance(value, str) else float(f"{value:.6g}")


def _carried(part: FeatureContribution) -> float | None:
    return None if part.name in NOT_CARRIED else _number(part.input)


def _finite(value: Any, low: float = -LARGEST_LOG10, high: float = LARGEST_LOG10) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("no number")
    # NaN and infinity, which JSON as Python reads it may hold, fail the comparison.
    if not low <= value <= high:
        raise ValueError("out of range")
    return float(value)


def _measured(value: Any) -> float | None:
    return None if value is None else _finite(value, -LARGEST_COUNT, LARGEST_COUNT)


def _at(choices: tuple[Choice, ...], position: Any) -> Choice:
    if isinstance(position, bool) or not isinstance(position, int) or position < 0:
        raise ValueError("no position")
    return choices[position]


def _interval(ends: list[Any]) -> Interval:
    low, median, high = (_finite(end, 0.0, LARGEST_COUNT) for end in ends)
    if not low <= median <= high:
        raise ValueError("ends out of order")
    return Interval(low, median, high)


def _of_format(payload: list[Any], number: int) -> Prediction:
    *others, last = NAMES_BY_FORMAT[number]
    for names in others:
        with contextlib.suppress(LookupError):
            return _prediction(payload, number, names)
    return _prediction(payload, number, last)


def _prediction(payload: list[Any], number: int, names: tuple[str, ...]) -> Prediction:
    (version, model, score, breakout, horizon, usual, size, counts, base, parts, shown, missing) = (
        payload
    )
    if version != number or not VERSION.fullmatch(model):
        raise ValueError("another format")
    # Links from before saves were predicted end with the score.
    named = COUNTS[: max(len(counts), len(COUNTS) - 1)]
    intervals = {name: _interval(ends) for name, ends in zip(named, counts, strict=True)}
    modalities = tuple(
        ModalityContribution(_at(names, position), _finite(value)) for position, value in parts
    )
    if len({part.name for part in modalities}) != len(modalities):
        raise ValueError("a modality twice")
    return Prediction(
        model_version=model,
        score=_finite(score, 0, 100),
        account_size=_at(SIZES, size),
        breakout_probability=_finite(breakout, 0, 1),
        horizon_days=_finite(horizon, 1, 365),
        usual_views=None if usual is None else _finite(usual, 0, LARGEST_COUNT),
        explanation=_explanation(_finite(base), modalities, shown),
        missing=tuple(_at(names, position) for position in missing),
        views=intervals["views"],
        likes=intervals["likes"],
        comments=intervals["comments"],
        shares=intervals["shares"],
        virality=intervals["virality"],
        saves=intervals.get("saves"),
    )


def _explanation(
    base: float, modalities: tuple[ModalityContribution, ...], shown: list[Any]
) -> Explanation:
    known = _named()
    features: list[FeatureContribution] = []
    left = {part.name: part.value for part in modalities}
    if len(shown) > MOST_FEATURES or len({name for name, *_ in shown}) != len(shown):
        raise ValueError("a feature twice, or too many")
    for name, value, measured, typical in shown:
        modality = name.partition(".")[0]
        feature = known[name]
        contribution = _finite(value)
        left[modality] -= contribution
        features.append(
            FeatureContribution(
                name=name,
                label=feature.label,
                modality=modality,
                group=feature.group,
                value=contribution,
                input=_measured(measured),
                typical=_measured(typical),
                unit=feature.unit,
                shown_as=feature.shown_as,
            )
        )
    features.extend(
        FeatureContribution(
            name=f"{modality}.{REST}",
            label=REST_LABEL,
            modality=modality,
            group="",
            value=value,
            input=None,
        )
        for modality, value in left.items()
    )
    seen_from = USUAL if any(part.name == LEVEL for part in features) else AVERAGE
    return Explanation(
        base_is=seen_from,
        base=base,
        prediction=base + sum(part.value for part in modalities),
        modalities=modalities,
        features=tuple(sorted(features, key=lambda part: (-abs(part.value), part.name))),
    )
