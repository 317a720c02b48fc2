"""The way from the average post to this one, as positions: for pictures that are no Plotly
figures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from viral.figures.waterfall import MIN_SPAN_LOG10, round_ticks
from viral.messages import text
from viral.model.prediction import Prediction
from viral.ui.predict.result import STEPS, step_words
from viral.ui.text.labels import modality_label
from viral.ui.widgets.numbers import count

WIDTH, ROW_HEIGHT, AXIS_HEIGHT = 520, 34, 34
"""Of the SVG, in its own units."""
LABEL_WIDTH, FACTOR_WIDTH = 158, 92
BAR_HEIGHT = 16
BASELINE = 5
"""From the middle of a row down to the foot of its letters."""
ROOM = 0.08
"""Space at both ends, as a share of the span."""


@dataclass(frozen=True)
class Step:
    """One modality's step on the axis of log10 views."""

    name: str
    start: float
    end: float
    missing: bool

    @property
    def value(self) -> float:
        """What it adds, log10."""
        return self.end - self.start


def steps_of(prediction: Prediction) -> tuple[Step, ...]:
    """Return the steps in the order of the page, from the average post to the predicted views.

    The axis is log10 of views: the explanation's, shifted by what lies between its score and the
    views, so that the last step ends at the predicted median.
    """
    explanation = prediction.explanation
    shift = math.log10(max(prediction.views.median, 1.0)) - explanation.prediction
    at = explanation.base + shift
    found = []
    known = sorted(explanation.modalities, key=lambda part: STEPS.index(part.name))
    for part in known:
        found.append(Step(part.name, at, at + part.value, part.name in prediction.missing))
        at += part.value
    return tuple(found)


def span_of(steps: tuple[Step, ...]) -> tuple[float, float]:
    """Return the ends of an axis that shows all steps, log10 views."""
    places = [place for step in steps for place in (step.start, step.end)]
    low, high = min(places), max(places)
    spare = max(MIN_SPAN_LOG10 - (high - low), 0.0) / 2 + ROOM * (high - low)
    return low - spare, high + spare


def _row(row: int, label: str, inside: str) -> str:
    middle = (row + 0.5) * ROW_HEIGHT
    return f'<text x="0" y="{middle + BASELINE:.1f}">{escape(label)}</text>{inside}'


def _tick(x: float, bottom: float, tick: float, lang: str) -> str:
    return (
        f'<line class="v-steps-grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{bottom:.1f}"/>'
        f'<text class="v-steps-tick" x="{x:.1f}" y="{bottom + 20:.1f}" '
        f'text-anchor="middle">{count(tick, lang)}</text>'
    )


def _bar(step: Step, row: int, across: Callable[[float], float], lang: str) -> str:
    middle = (row + 0.5) * ROW_HEIGHT
    left, right = sorted((across(step.start), across(step.end)))
    up = step.value >= 0
    said = step_words(step.value, step.missing, lang)
    # Factors stand in a column of their own, where no bar can lie under them.
    return (
        f'<rect class="{"v-steps-up" if up else "v-steps-down"}" x="{left:.1f}" '
        f'y="{middle - BAR_HEIGHT / 2:.1f}" width="{max(right - left, 1.5):.1f}" '
        f'height="{BAR_HEIGHT}" rx="3"/><text x="{WIDTH}" y="{middle + BASELINE:.1f}" '
        f'text-anchor="end">{escape(said)}</text>'
    )


def steps_svg(prediction: Prediction, lang: str) -> str:
    """Draw the steps as an SVG that takes its colours from the page's custom properties.

    It is hidden from screen readers: the sentence above the figure says the same.
    """
    steps = steps_of(prediction)
    low, high = span_of(steps)

    def across(place: float) -> float:
        share = (place - low) / (high - low)
        return LABEL_WIDTH + share * (WIDTH - LABEL_WIDTH - FACTOR_WIDTH)

    bottom = (len(steps) + 2) * ROW_HEIGHT
    parts = [
        _tick(across(math.log10(tick)), bottom, tick, lang)
        for tick in round_ticks(10.0**low, 10.0**high)
    ]
    average = f'<text x="{WIDTH}" y="{ROW_HEIGHT / 2 + BASELINE}" text-anchor="end">'
    average += f"{count(10.0 ** steps[0].start, lang)}</text>"
    average += (
        f'<circle class="v-steps-start" cx="{across(steps[0].start):.1f}" '
        f'cy="{ROW_HEIGHT / 2}" r="6"/>'
    )
    parts.append(_row(0, text("why.average", lang), average))
    for row, step in enumerate(steps, start=1):
        name = modality_label(step.name, lang)
        parts.append(_row(row, name, _bar(step, row, across, lang)))
    middle = bottom - ROW_HEIGHT / 2
    x = across(steps[-1].end)
    parts.append(
        _row(
            len(steps) + 1,
            text("why.prediction", lang),
            f'<path class="v-steps-end" d="M{x:.1f} {middle - 9}l9 9-9 9-9-9z"/>'
            f'<text class="v-steps-sum" x="{WIDTH}" y="{middle + BASELINE:.1f}" '
            f'text-anchor="end">{count(prediction.views.median, lang)}</text>',
        )
    )
    return (
        f'<svg class="v-steps" viewBox="0 -4 {WIDTH} {bottom + AXIS_HEIGHT}" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )
