"""How much a post is like those that the model learnt from, and how much wider its range has to be.

For each feature that a prediction uses, the middle 98 % of the training posts are known. Outside of
them a post is unlike what was learnt; how far is counted in half widths of that range:

    excess = (low - x) / (middle - low)    or    (x - high) / (high - middle)

The excess of a group of features (`Account`, `Clip`, ...) is its largest, because the features of a
group say much the same. The distance of a modality is the root of the sum of their squares, and its
familiarity the share of training posts that are as far out or further. The range widens by a
straight line in the excesses, whose slopes `viral.training.familiarity` learns from errors on parts
of the training posts that were left out.

Conventions
-----------
* What is not known of a post is not held against it: NaN has no excess.
* A modality without weight in a prediction does not count, however unusual it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from viral.messages import Message, has
from viral.model.inputs import Inputs, modality_features

OUTSIDE = 0.01
"""Share of the training posts beyond each end of a range."""
FEWEST_POSTS = 200
"""Posts that a feature has to be known for before its range says anything."""
NARROWEST = 0.25
"""A half of the range is taken to be at least this share of the whole, for lopsided features."""
MOST_EXCESS = 4.0
"""Further out than this makes no difference."""
SHARES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
"""Shares of the training posts that are further out, at which distances are kept."""
UNLIKE_PERCENT = 2.0
"""A post is called unlike the others where fewer than this many in 100 are as far out."""
NOTED_WIDENING = 1.1
"""A range that is wider by this factor is said to be."""
MOST_NAMED = 3
"""Features that a sentence names."""

Range = tuple[float, float, float]
"""Low end, middle and high end of what training posts had."""


@dataclass(frozen=True)
class Furthest:
    """A feature that lies outside of what training posts had."""

    name: str
    """`context.followers`"""
    label: str
    input: float
    low: float
    """99 of 100 training posts have at least this."""
    high: float
    """99 of 100 training posts have at most this."""
    excess: float
    """How far out, in half widths of the range; above 0."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python types."""
        return {
            "name": self.name,
            "label": self.label,
            "input": self.input,
            "low": self.low,
            "high": self.high,
        }


TONE = "Tone colour"
"""What the twenty coefficients of the sound are called together."""
_HOOK = "_hook"


def _named(part: Furthest) -> str:
    """Return what a feature is called, as a message where the catalogues name it."""
    if part.label == TONE:
        return Message("value.tone")
    code = f"feature.{part.name.removesuffix(_HOOK)}"
    if not has(code):
        return part.label
    whole = Message(code)
    return Message("feature.hook", feature=whole) if part.name.endswith(_HOOK) else whole


@dataclass(frozen=True)
class Likeness:
    """How familiar one post is."""

    percent: float = 100.0
    """0..100: training posts, out of 100, that are as far out or further."""
    widening: float = 1.0
    """What the range is wider by, as a factor of the error expected; 1 or more."""
    furthest: tuple[Furthest, ...] = ()
    """The features that are furthest out, one a group, the furthest first."""

    @property
    def warning(self) -> Message | None:
        """One sentence or two for the creator, or None where the post is familiar."""
        named = self.furthest[:MOST_NAMED]
        if not named or (self.percent >= UNLIKE_PERCENT and self.widening < NOTED_WIDENING):
            return None
        below = [part for part in named if part.input < part.low]
        above = [part for part in named if part.input > part.high]
        sides = [
            Message(code, names=list(dict.fromkeys(names)))
            for code, names in (
                (
                    "model.unlike_lower",
                    [_named(part) for part in below],
                ),
                (
                    "model.unlike_higher",
                    [_named(part) for part in above],
                ),
            )
            if names
        ]
        if self.widening >= NOTED_WIDENING:
            return Message("model.unlike_wider", sides=sides, times=self.widening)
        return Message("model.unlike", sides=sides)

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python types."""
        return {
            "percent": self.percent,
            "widening": self.widening,
            "furthest": [part.to_dict() for part in self.furthest],
        }


FAMILIAR = Likeness()


@cache
def _groups(modality: str) -> Mapping[str, str]:
    return {feature.name: feature.group for feature in modality_features(modality)}


@dataclass(frozen=True)
class Familiarity:
    """What the training posts of one pattern were like; without ranges nothing is unfamiliar."""

    ranges: Mapping[str, Mapping[str, Range]] = field(default_factory=dict)
    """Modality -> feature -> what training posts had."""
    distances: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Modality -> the distance beyond which each of `SHARES` of the training posts lie."""
    slopes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Modality -> group -> what the range is wider by for an excess of 1; 0 or more."""

    def excesses(self, values: Mapping[str, np.ndarray], modality: str) -> dict[str, np.ndarray]:
        """Return how far out each feature lies.

        Parameters
        ----------
        values : mapping
            Feature -> float64 `[posts]`, such as `Inputs.columns`.

        Returns
        -------
        dict
            Feature -> float64 `[posts]`: 0 within the range or where unknown, up to `MOST_EXCESS`.
        """
        result = {}
        for name, (low, middle, high) in self.ranges.get(modality, {}).items():
            if name not in values:
                continue
            value = values[name]
            narrowest = NARROWEST * (high - low)
            below = (low - value) / max(middle - low, narrowest)
            above = (value - high) / max(high - middle, narrowest)
            out = np.clip(np.maximum(below, above), 0.0, MOST_EXCESS)
            result[name] = np.where(np.isfinite(out), out, 0.0)
        return result

    def by_group(self, values: Mapping[str, np.ndarray], modality: str) -> dict[str, np.ndarray]:
        """Return the largest excess of each group: group -> float64 `[posts]`."""
        groups = _groups(modality)
        result: dict[str, np.ndarray] = {}
        for name, excess in self.excesses(values, modality).items():
            group = groups[name]
            result[group] = np.maximum(result[group], excess) if group in result else excess
        return result

    def widening(self, inputs: Inputs, used: Sequence[str]) -> np.ndarray:
        """Return the factor on the error expected of each post, float64 `[posts]`, 1 or more.

        Parameters
        ----------
        used : sequence of str
            Modalities with weight in the prediction.
        """
        total = np.ones(len(inputs))
        for modality in used:
            slopes = self.slopes.get(modality, {})
            if any(slopes.values()):
                excesses = self.by_group(inputs.columns(modality), modality)
                for group, excess in excesses.items():
                    total += slopes.get(group, 0.0) * excess
        return total

    def likeness(self, inputs: Inputs, used: Sequence[str]) -> Likeness:
        """Return how familiar one post is; see `widening`."""
        percents, out = [100.0], []
        for modality in used:
            values = inputs.columns(modality)
            excesses = self.excesses(values, modality)
            percents.append(self._percent(modality, distance(self.by_group(values, modality))[0]))
            out.extend(self._furthest(modality, values, excesses))
        return Likeness(
            percent=min(percents),
            widening=float(self.widening(inputs, used)[0]),
            furthest=tuple(sorted(out, key=lambda part: (-part.excess, part.name))),
        )

    def _percent(self, modality: str, distance: float) -> float:
        if distance <= 0.0 or modality not in self.distances:
            return 100.0
        # From nothing to everything: no distance at all is every post's, beyond the last is none's.
        known = (0.0, *self.distances[modality], self.distances[modality][-1] + MOST_EXCESS)
        return 100.0 * float(np.interp(distance, known, (1.0, *SHARES, 0.0)))

    def _furthest(
        self, modality: str, values: Mapping[str, np.ndarray], excesses: Mapping[str, np.ndarray]
    ) -> list[Furthest]:
        named = {feature.name: feature for feature in modality_features(modality)}
        best: dict[str, Furthest] = {}
        for name, excess in excesses.items():
            group = named[name].group
            if excess[0] > (best[group].excess if group in best else 0.0):
                low, _, high = self.ranges[modality][name]
                best[group] = Furthest(
                    name=f"{modality}.{name}",
                    # One of twenty coefficients of the tone colour is no name for a person.
                    label=named[name].label.rstrip(" 0123456789"),
                    input=float(values[name][0]),
                    low=low,
                    high=high,
                    excess=float(excess[0]),
                )
        return list(best.values())

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python types for the manifest."""
        return {"ranges": self.ranges, "distances": self.distances, "slopes": self.slopes}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any] | None) -> Familiarity:
        """Read what `to_dict` wrote; a model without it finds everything familiar."""
        if stored is None:
            return cls()
        return cls(
            ranges={
                modality: {name: _triple(ends) for name, ends in ranges.items()}
                for modality, ranges in stored["ranges"].items()
            },
            distances={m: tuple(map(float, row)) for m, row in stored["distances"].items()},
            slopes={
                m: {g: float(s) for g, s in row.items()} for m, row in stored["slopes"].items()
            },
        )


EVERYTHING_FAMILIAR = Familiarity()


def _triple(ends: Sequence[float]) -> Range:
    low, middle, high = map(float, ends)
    return low, middle, high


def distance(by_group: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the distance of each post, from the excesses of its groups; `[posts]`."""
    if not by_group:
        return np.zeros(1)
    return np.asarray(np.sqrt(np.sum([excess**2 for excess in by_group.values()], axis=0)))


def range_of(column: np.ndarray) -> Range | None:
    """Return what the middle of some posts have, or None where they say too little."""
    known = column[np.isfinite(column)]
    if len(known) < FEWEST_POSTS:
        return None
    low, middle, high = np.quantile(known, (OUTSIDE, 0.5, 1.0 - OUTSIDE))
    return (float(low), float(middle), float(high)) if high > low else None


def fit_ranges(
    tables: Mapping[str, Mapping[str, np.ndarray]], columns: Mapping[str, Sequence[str]]
) -> Familiarity:
    """Learn what training posts are like; nothing widens yet.

    Parameters
    ----------
    tables : mapping
        Modality -> feature -> float64 `[posts]`, of the posts that the modality learnt from.
    columns : mapping
        Modality -> the features that its regressor uses.
    """
    ranges = {}
    for modality, values in tables.items():
        found = {name: range_of(values[name]) for name in columns[modality] if name in values}
        ranges[modality] = {name: ends for name, ends in found.items() if ends is not None}
    plain = Familiarity(ranges=ranges)
    distances = {}
    for modality, values in tables.items():
        if ranges[modality]:
            far = distance(plain.by_group(values, modality))
            distances[modality] = tuple(
                float(value) for value in np.quantile(far, [1.0 - share for share in SHARES])
            )
    return Familiarity(ranges=ranges, distances=distances)
