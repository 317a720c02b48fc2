"""The explanation as data: contributions that add up to the prediction."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from viral.modalities.features import ShownAs
from viral.model.topics import Nearest

AVERAGE, USUAL = "average", "usual"
"""What an explanation can begin at."""
LEVEL = "context.usual"
"""How the next post of such an account compares with its usual, before anything else is known of
it: what the level of the account's numbers adds, less the way from the average post to the usual.
"""
LEVEL_LABEL = "The next post of such an account"
LEVELS = frozenset(
    f"context.{name}"
    for name in (
        "followers",
        "total_likes",
        "total_videos",
        "likes_per_video",
        "likes_per_follower",
        "recent_mean",
        "recent_median",
        "recent_average",
        "recent_level",
        "recent_lowest",
        "recent_low",
        "recent_high",
        "recent_highest",
        "recent_last_ten",
        "recent_last_five",
        "recent_last_five_median",
        "recent_last_three",
        "recent_last",
        "recent_per_follower",
    )
)
"""Features that say how large the account's numbers are, not how they move: seen from the account's
usual they say one thing together."""


@dataclass(frozen=True)
class ModalityContribution:
    """What one modality adds to the average, in log10 virality."""

    name: str
    value: float


@dataclass(frozen=True)
class FeatureContribution:
    """What one named feature (or one named group of embedding dimensions) adds."""

    name: str
    """`audio.tempo_bpm`."""
    label: str
    """`Tempo`."""
    modality: str
    """`audio`."""
    group: str
    """`Rhythm`."""
    value: float
    """Contribution in log10 virality."""
    input: float | str | None
    """The measured value; None where it could not be measured."""
    typical: float | str | None = None
    """The median among posts of accounts of the same size; among all posts that this modality
    learnt from where too few of those are known, and for what says which account it is."""
    unit: str = ""
    shown_as: ShownAs = ShownAs.MEASURED
    nearest: tuple[Nearest, ...] = ()
    """What the embedding of a text lies closest to among past captions."""

    @property
    def factor(self) -> float:
        """The contribution as a factor on the predicted score: 1.2 is 20 % more."""
        return 10.0**self.value


@dataclass(frozen=True)
class Explanation:
    """`base + sum(modalities) = base + sum(features) = prediction`, to 1e-6."""

    base: float
    """Where it begins, log10 virality: see `base_is`."""
    prediction: float
    """This prediction, log10 virality."""
    modalities: tuple[ModalityContribution, ...]
    features: tuple[FeatureContribution, ...]
    """All of them, sorted by absolute value, largest first; ties by name."""
    unit: str = "log10 virality"
    base_is: str = AVERAGE
    """`average`: the average prediction of the training posts. `usual`: the median of the account's
    recent views, which the post would get if nothing pushed it up or down."""
    average: Explanation | None = None
    """Where `base_is` is `usual`, the same prediction explained from the average post."""

    @property
    def from_average(self) -> Explanation:
        """The explanation that begins at the average post."""
        return self if self.average is None else self.average

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as the contract's JSON."""
        return {
            "unit": self.unit,
            "base_is": self.base_is,
            "base": self.base,
            **_average(self),
            "prediction": self.prediction,
            "modalities": [{"name": m.name, "value": m.value} for m in self.modalities],
            "features": [
                {
                    "name": f.name,
                    "label": f.label,
                    "modality": f.modality,
                    "group": f.group,
                    "value": f.value,
                    "input": f.input,
                    "typical": f.typical,
                    "unit": f.unit,
                    **_nearest(f),
                }
                for f in self.features
            ],
        }


def _nearest(feature: FeatureContribution) -> dict[str, Any]:
    if not feature.nearest:
        return {}
    return {"nearest": [{"about": n.about, "posts": n.posts} for n in feature.nearest]}


def _average(explanation: Explanation) -> dict[str, Any]:
    if explanation.average is None:
        return {}
    levels = {f.name: f.value for f in explanation.average.features if f.name in LEVELS}
    return {"average": {"base": explanation.average.base, "levels": levels}}


def from_usual(
    explanation: Explanation,
    usual: float,
    *,
    is_level: Callable[[str], bool] = LEVELS.__contains__,
) -> Explanation:
    """Explain the same prediction from what the account usually gets.

    Parameters
    ----------
    explanation
        From the average post.
    usual : float
        The account's usual, log10 virality.
    is_level : callable
        Whether a feature, by name, says how large the account's numbers are.

    Returns
    -------
    Explanation
        What the levels add together, and the way from the average to the usual, stand under
        `LEVEL`; the levels stay in the list with what was measured, and add nothing more. The
        sums hold as they did.
    """
    levels = [f for f in explanation.features if is_level(f.name)]
    level = explanation.base - usual + math.fsum(f.value for f in levels)
    way = explanation.base - usual
    joined = FeatureContribution(
        name=LEVEL,
        label=LEVEL_LABEL,
        modality="context",
        group="Account",
        value=level,
        input=usual,
        unit="log10",
        shown_as=ShownAs.COUNT,
    )
    others = [replace(f, value=0.0) if is_level(f.name) else f for f in explanation.features]
    return replace(
        explanation,
        base=usual,
        modalities=tuple(
            replace(m, value=m.value + way) if m.name == "context" else m
            for m in explanation.modalities
        ),
        features=tuple(sorted((*others, joined), key=lambda f: (-abs(f.value), f.name))),
        base_is=USUAL,
        average=explanation,
    )
