"""When: what happens in each second, and what the model makes of it.

The effect of a second is measured by leaving it out: the features are pooled again from what was
measured in the other seconds, the model predicts again, and

    effect = log10 prediction of the whole clip - log10 prediction without that second.

Above zero, the model expects more because of that second. Only how the clip looks and sounds
changes; its length, caption and account stay. What it is not: a measurement of where viewers leave.
It says how much this model's answer leans on that second, no more, and a model that has learnt
little from pictures or sound shows little here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from viral.explain.variants import base_inputs, outcomes_of, varied
from viral.media.clip import HOOK_S
from viral.modalities.features import Features, Spans

if TYPE_CHECKING:
    from viral.model.model import Model
    from viral.pipeline import Analysis

MAX_BINS = 120
"""Clips of more seconds than this are shown in longer steps."""
MODALITIES = ("visual", "audio", "speech")
"""The modalities that have seconds."""
SERIES = (
    ("motion", "visual", "motion"),
    ("cuts", "visual", "cut_count"),
    ("brightness", "visual", "brightness"),
    ("faces", "visual", "face_share"),
    ("loudness", "audio", "loudness_dbfs"),
    ("words", "speech", "word_count"),
)
"""Name of a row, and the feature of a modality that it shows for each step alone."""


@dataclass(frozen=True)
class Word:
    """A word as spoken."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Timeline:
    """What happens when."""

    starts_s: np.ndarray
    """float64 `[steps]`: where each step begins."""
    step_s: float
    """Length of a step in seconds; the last may be shorter."""
    duration_s: float
    hook_s: float
    """Where the opening ends."""
    series: dict[str, np.ndarray]
    """Name in `SERIES` -> float64 `[steps]`, NaN where nothing could be measured."""
    effects: np.ndarray
    """float64 `[steps]`, log10: the whole less the clip without this step."""
    by_modality: dict[str, np.ndarray]
    """Modality -> its own part of `effects`, where only it leaves the step out."""
    words: tuple[Word, ...]
    blind: tuple[str, ...]
    """Modalities with seconds that carry no weight here, so that they cannot show an effect."""


def steps_of(duration_s: float) -> tuple[np.ndarray, float]:
    """Return where the steps of a clip begin and how long they are, in seconds."""
    step_s = float(max(1, math.ceil(duration_s / MAX_BINS)))
    count = max(1, math.ceil(round(duration_s / step_s, 6)))
    return np.arange(count, dtype=np.float64) * step_s, step_s


def _within(spans: Spans, start_s: float, end_s: float) -> list[tuple[float, float]]:
    kept = [(max(a, start_s), min(b, end_s)) for a, b in spans]
    return [(a, b) for a, b in kept if b > a]


def _without(spans: Spans, start_s: float, end_s: float) -> list[tuple[float, float]]:
    before = _within(spans, -math.inf, start_s)
    return [*before, *_within(spans, end_s, math.inf)]


def timeline(analysis: Analysis, model: Model) -> Timeline:
    """Work out the timeline of an analysed clip.

    Parameters
    ----------
    analysis : Analysis
        Its `keep` is respected: what is trimmed away has no steps with an effect.
    model : Model
        What predicts.
    """
    duration_s = analysis.facts.duration_s
    starts, step_s = steps_of(duration_s)
    whole: Spans = analysis.keep if analysis.keep is not None else [(0.0, duration_s)]
    pools = _pools()
    base = base_inputs(analysis.features, analysis.details)
    weights = model.patterns[str(base.patterns[0])].weights_for(
        [m for m in base.present if m != "context" and base.present[m][0]]
    )
    seeing = [
        m for m in MODALITIES if weights.weights.get(m, 0.0) > 0.0 and bool(base.present[m][0])
    ]
    series = {name: np.full(len(starts), np.nan) for name, _, _ in SERIES}
    left_out: dict[str, list[Features]] = {m: [] for m in seeing}
    for index, start in enumerate(starts):
        end = min(start + step_s, duration_s)
        here, rest = _within(whole, start, end), _without(whole, start, end)
        for modality in MODALITIES:
            if analysis.features[modality].missing or not here:
                continue
            alone = pools[modality](analysis.measurements[modality], here)
            for name, owner, feature in SERIES:
                if owner == modality:
                    series[name][index] = alone.values.get(feature, math.nan)
        for modality in seeing:
            # A step that is the whole clip, or was trimmed away, cannot be left out.
            same = not here or not rest
            left_out[modality].append(
                analysis.features[modality]
                if same
                else pools[modality](analysis.measurements[modality], rest)
            )
    now = outcomes_of(model, base).log_virality[0]
    effects = np.zeros(len(starts))
    by_modality: dict[str, np.ndarray] = {}
    if seeing:
        effects = now - outcomes_of(model, varied(base, left_out)).log_virality
        for modality in seeing:
            alone_left_out = varied(base, {modality: left_out[modality]})
            by_modality[modality] = now - outcomes_of(model, alone_left_out).log_virality
    return Timeline(
        starts_s=starts,
        step_s=step_s,
        duration_s=duration_s,
        hook_s=min(HOOK_S, duration_s),
        series=series,
        effects=effects,
        by_modality=by_modality,
        words=_words(analysis.features["speech"].details.get("words", ())),
        blind=tuple(m for m in MODALITIES if m not in seeing and not analysis.features[m].missing),
    )


def _words(spoken: Sequence[Any]) -> tuple[Word, ...]:
    return tuple(Word(str(w.text), float(w.start_s), float(w.end_s)) for w in spoken)


def _pools() -> dict[str, Callable[[Any, Spans], Features]]:
    from viral.modalities import audio, speech, visual

    return {"visual": visual.pool, "audio": audio.pool, "speech": speech.pool}
