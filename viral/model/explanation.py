"""The explanation as data: contributions that add up to the prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from viral.model.topics import Nearest


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
    """The average prediction of the training posts, log10 virality."""
    prediction: float
    """This prediction, log10 virality."""
    modalities: tuple[ModalityContribution, ...]
    features: tuple[FeatureContribution, ...]
    """All of them, sorted by absolute value, largest first; ties by name."""
    unit: str = "log10 virality"

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as the contract's JSON."""
        return {
            "unit": self.unit,
            "base": self.base,
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
