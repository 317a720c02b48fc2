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
from viral.modalities import FROM_CLIP, module_of
from viral.modalities.features import Features, Spans
from viral.modalities.spans import kept_spans, opening
from viral.model.inputs import CONTENT, Inputs

if TYPE_CHECKING:
    from viral.model.model import Model
    from viral.pipeline import Analysis

MAX_BINS = 120
"""Clips of more seconds than this are shown in longer steps."""
SHORTEST_STEP = 0.25
"""A rest of the clip shorter than this share of a step belongs to the step before it."""
POOLED = (
    ("motion", "visual", "motion"),
    ("cuts", "visual", "cut_count"),
    ("brightness", "visual", "brightness"),
    ("faces", "visual", "face_share"),
    ("loudness", "audio", "loudness_dbfs"),
)
"""Name of a row, and the feature of a modality that it shows for each step alone."""
WORDS = "words"
"""Row of the words that begin in each step."""
KEPT = "kept"
"""Row of the viewers who were still there, where a curve of the clip's own post was given."""
SERIES = (*(name for name, _, _ in POOLED), WORDS)


@dataclass(frozen=True)
class Word:
    """A word as spoken, or a line as written on screen."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Timeline:
    """What happens when."""

    starts_s: np.ndarray
    """float64 `[steps]`: where each step begins."""
    step_s: float
    """Length of a step in seconds; the last may be shorter, or longer by less than a quarter."""
    duration_s: float
    hook: tuple[tuple[float, float], ...]
    """The opening, as (start_s, end_s): the first `HOOK_S` seconds of what is kept."""
    series: dict[str, np.ndarray]
    """Name in `SERIES`, or `KEPT` -> float64 `[steps]`, NaN where nothing could be measured."""
    effects: np.ndarray
    """float64 `[steps]`, log10: the whole less the clip without this step."""
    by_modality: dict[str, np.ndarray]
    """Modality -> its own part of `effects`, where only it leaves the step out."""
    words: tuple[Word, ...]
    seeing: tuple[str, ...]
    """Modalities with seconds that the model gives weight here."""
    blind: tuple[str, ...]
    """Modalities with seconds that carry no weight here, so that they cannot show an effect."""
    lines: tuple[Word, ...] = ()
    """What is written on screen and could be read, by start."""

    @property
    def ends_s(self) -> np.ndarray:
        """Where each step ends, float64 `[steps]`."""
        return np.append(self.starts_s[1:], self.duration_s)

    def step_at(self, moment_s: float) -> int:
        """Return the number of the step that a moment is in; the nearest one for others."""
        place = int(np.searchsorted(self.starts_s, moment_s, side="right")) - 1
        return min(max(place, 0), len(self.starts_s) - 1)


def steps_of(duration_s: float) -> tuple[np.ndarray, float]:
    """Return where the steps of a clip begin and how long they are, in seconds."""
    step_s = float(max(1, math.ceil(duration_s / MAX_BINS)))
    count = max(1, math.ceil(round(duration_s / step_s - SHORTEST_STEP, 6)))
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
    ends = np.append(starts[1:], duration_s)
    whole: Spans = analysis.keep if analysis.keep is not None else [(0.0, duration_s)]
    here = [_within(whole, a, b) for a, b in zip(starts, ends, strict=True)]
    base = base_inputs(analysis.features, analysis.details)
    there = [m for m in FROM_CLIP if m in analysis.features and not analysis.features[m].missing]
    seeing = [m for m in _weighed(model, base) if m in there]
    left_out: dict[str, list[Features]] = {m: [] for m in seeing}
    pools = _pools()
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        rest = _without(whole, start, end)
        for modality in seeing:
            # A step that is the whole clip, or was trimmed away, cannot be left out.
            same = not here[index] or not rest
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
        hook=tuple((float(a), float(b)) for a, b in opening(kept_spans(whole, duration_s), HOOK_S)),
        series=_series(analysis, starts, ends, here),
        effects=effects,
        by_modality=by_modality,
        words=_words(analysis.features["speech"].details.get("words", ())),
        seeing=tuple(seeing),
        blind=tuple(m for m in there if m not in seeing),
        lines=tuple(
            Word(str(line.text), float(line.start_s), float(line.end_s))
            for line in getattr(analysis.measurements.get("onscreen_text"), "lines", ())
            if line.text
        ),
    )


def _weighed(model: Model, base: Inputs) -> list[str]:
    """Return the modalities that the stack gives weight for this post."""
    pattern = model.patterns[str(base.patterns[0])]
    there = [modality for modality in CONTENT if base.present[modality][0]]
    return [m for m, weight in pattern.weights_for(there).weights.items() if weight > 0.0]


def _series(
    analysis: Analysis, starts: np.ndarray, ends: np.ndarray, here: list[list[tuple[float, float]]]
) -> dict[str, np.ndarray]:
    series = {name: np.full(len(starts), np.nan) for name in SERIES}
    pools = _pools()
    for modality in ("visual", "audio"):
        if analysis.features[modality].missing:
            continue
        for index, spans in enumerate(here):
            if not spans:
                continue
            alone = pools[modality](analysis.measurements[modality], spans).values
            for name, owner, feature in POOLED:
                if owner == modality:
                    series[name][index] = alone.get(feature, math.nan)
    if not analysis.features["speech"].missing:
        # Counted here and not pooled: a second without a word has no speech, yet its count is 0.
        begins = [word.start_s for word in analysis.features["speech"].details.get("words", ())]
        counts = np.histogram(begins, bins=np.append(starts, max(ends[-1], starts[-1])))[0]
        kept = np.array([bool(spans) for spans in here])
        series[WORDS] = np.where(kept, counts, np.nan).astype(np.float64)
    return series


def _words(spoken: Sequence[Any]) -> tuple[Word, ...]:
    return tuple(Word(str(w.text), float(w.start_s), float(w.end_s)) for w in spoken)


def _pools() -> dict[str, Callable[[Any, Spans], Features]]:
    return {name: module_of(name).pool for name in FROM_CLIP}
