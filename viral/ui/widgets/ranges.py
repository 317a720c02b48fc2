"""Ranges drawn to scale: a logarithmic axis, the 80 % band, the median, the account's usual."""

from __future__ import annotations

import math
from html import escape

from viral.figures.waterfall import round_ticks
from viral.messages import text
from viral.model.prediction import Interval
from viral.ui.widgets.numbers import count

SMALLEST = 1.0
"""Counts below one are drawn at one: the axis is logarithmic."""
ROOM = 0.18
"""Space left and right of the band, as a share of its width in decades."""
LEAST_DECADES = 1.0


class LogAxis:
    """A logarithmic axis over some numbers, as percentages from the left."""

    def __init__(self, numbers: list[float]) -> None:
        """Span some numbers with room at both ends."""
        logs = [math.log10(max(number, SMALLEST)) for number in numbers]
        low, high = min(logs), max(logs)
        room = max(ROOM * (high - low), (LEAST_DECADES - (high - low)) / 2)
        self.low = max(low - room, 0.0)
        self.high = high + room

    def percent(self, number: float) -> float:
        """Return where a number stands, 0..100."""
        at = (math.log10(max(number, SMALLEST)) - self.low) / (self.high - self.low)
        return round(100 * min(max(at, 0.0), 1.0), 2)

    def ticks(self) -> list[float]:
        """Return round numbers along the axis."""
        return round_ticks(10.0**self.low, 10.0**self.high)


def number(name: str, value: float, lang: str) -> str:
    """Return a count for the page: short to read, exact on hover and for a script."""
    return (
        f'<span class="v-number" data-number="{escape(name)}" data-value="{value!r}" '
        f'title="{round(value):,}">{count(value, lang)}</span>'
    )


def views_range(interval: Interval, usual: float | None, lang: str) -> str:
    """Draw the range of the views with its scale, the median and the usual."""
    numbers = [interval.low, interval.median, interval.high]
    axis = LogAxis([*numbers, usual] if usual else numbers)
    left, right = axis.percent(interval.low), axis.percent(interval.high)
    ticks = "".join(
        f'<span class="v-tick" style="left:{axis.percent(tick)}%"><b>{count(tick, lang)}</b></span>'
        for tick in axis.ticks()
    )
    marker = ""
    if usual:
        marker = (
            f'<span class="v-usual" style="left:{axis.percent(usual)}%">'
            f"<b>{text('views.usual', lang)} {count(usual, lang)}</b></span>"
        )
    label = text(
        "range.label",
        lang,
        name=text("count.views", lang),
        **{end: count(getattr(interval, end), lang) for end in ("low", "median", "high")},
    )
    return (
        f'<div class="v-range" role="img" aria-label="{escape(label)}">'
        f'<div class="v-range-plot">{ticks}<span class="v-band" '
        f'style="left:{left}%;width:{round(right - left, 2)}%"></span>'
        f'<span class="v-end" style="left:{left}%"><b>{count(interval.low, lang)}</b></span>'
        f'<span class="v-end" style="left:{right}%"><b>{count(interval.high, lang)}</b></span>'
        f'<span class="v-median" style="left:{axis.percent(interval.median)}%"></span>{marker}'
        "</div></div>"
    )


def small_ranges(intervals: dict[str, Interval], lang: str) -> str:
    """Draw several counts on one scale, so that they can be compared."""
    axis = LogAxis([getattr(i, end) for i in intervals.values() for end in ("low", "high")])
    items = []
    for name, interval in intervals.items():
        left, right = axis.percent(interval.low), axis.percent(interval.high)
        span = text(
            "count.range",
            lang,
            low=number(f"{name}.low", interval.low, lang),
            high=number(f"{name}.high", interval.high, lang),
        )
        items.append(
            f"<li><h3>{text(f'count.{name}', lang)}</h3>"
            f'<p class="v-count">{number(f"{name}.median", interval.median, lang)}</p>'
            f'<div class="v-mini" aria-hidden="true"><span style="left:{left}%;'
            f'width:{max(round(right - left, 2), 1.0)}%"></span>'
            f'<i style="left:{axis.percent(interval.median)}%"></i></div>'
            f'<p class="v-soft">{span}</p></li>'
        )
    return f'<ul class="v-counts">{"".join(items)}</ul>'
