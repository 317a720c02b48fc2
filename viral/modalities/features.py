"""The one shape of every modality: what it measures, and what it hands on.

A modality module has a docstring, `FEATURES` (its one list of names) and three verbs:

`measure(...)`
    looks at the clip or the post once, the expensive step, and keeps what it saw with times;
`pool(measurements, keep=None)`
    turns that into numbers for the whole clip, or for the spans of it in `keep`, in milliseconds;
`extract(...)`
    both.

Trimming a clip and leaving one second out are `pool` with other spans: nothing is decoded again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

Spans = Sequence[tuple[float, float]]
"""Parts of a clip that are kept, as (start_s, end_s), in order and apart. Kept parts are played
back to back, so the hook is the first `HOOK_S` seconds of kept time."""


class ShownAs(StrEnum):
    """How a person reads the number that the model works with."""

    MEASURED = "measured"
    """As it is, with its unit."""
    COUNT = "count"
    """log10 of a count plus one, as the count."""
    QUANTITY = "quantity"
    """log10 of so much of a unit, as so much of it."""
    RATIO = "ratio"
    """log10 of one count over another, as a plain number."""
    FACTOR = "factor"
    """log10 of a factor: `x1.5`."""
    PER_VIEW = "per_view"
    """log10 of so many per view, as a percentage of the views."""
    SHARE = "share"
    """0 to 1, as a percentage."""
    YES_OR_NO = "yes_or_no"
    """1 or 0."""
    WEEKDAY = "weekday"
    """0 for Monday, by its name."""


@dataclass(frozen=True)
class Feature:
    """One named measurement."""

    name: str
    """Without the modality's name: `tempo_bpm`, not `audio.tempo_bpm`."""
    label: str
    """What a creator would call it: `Tempo`."""
    unit: str
    """Unit for display: `s`, `BPM`, `dB`, `%`, or "" for a plain number."""
    group: str
    """Heading that it is shown under, such as `Rhythm`."""
    description: str
    """What it is, how it is computed, its range, and the source of a borrowed formula."""
    shown_as: ShownAs = ShownAs.MEASURED


@dataclass(frozen=True)
class Features:
    """What one modality measured in one clip or post."""

    modality: str
    """One of `viral.modalities.NAMES`."""
    values: Mapping[str, float] = field(default_factory=dict)
    """Feature name -> float; NaN where it could not be measured. Keys are `FEATURES`, in order."""
    embedding: np.ndarray | None = None
    """float32 `[dimensions]`, or None."""
    embedding_name: str | None = None
    """Which embedding that is, so that a model refuses another one."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What a person may want to see: transcript, words, class names, detected language."""
    missing: bool = False
    """Whether there was nothing to measure (no audio, no words) or no means to measure it."""
    reason: str | None = None
    """One sentence that says why it is missing."""


def without_anything(modality: str, names: Sequence[Feature], reason: str) -> Features:
    """Return the features of a missing modality: all NaN, with the reason for the user."""
    values = {feature.name: float("nan") for feature in names}
    return Features(modality=modality, values=values, missing=True, reason=reason)
