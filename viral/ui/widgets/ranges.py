"""Ranges drawn to scale: a logarithmic axis, the 80 % band, the median, the account's usual."""

from __future__ import annotations

import math

from markupsafe import Markup

from viral.figures.style import round_ticks
from viral.messages import text
from viral.model.prediction import Interval
from viral.ui.templates import rendered
from viral.ui.widgets.numbers import count, decimal

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


def number(name: str, value: float, lang: str) -> Markup:
    """Return a count for the page: short to read, exact on hover and for a script."""
    return rendered(
        "widgets/number",
        lang,
        name=name,
        value=repr(value),
        exact=decimal(value, 0, lang, grouped=True),
        shown=count(value, lang),
    )


def mini_range(interval: Interval, axis: LogAxis) -> Markup:
    """Draw a range as a thin line on an axis that it shares with others."""
    left, right = axis.percent(interval.low), axis.percent(interval.high)
    return rendered(
        "widgets/mini_range",
        "",
        left=left,
        width=max(round(right - left, 2), 1.0),
        median=axis.percent(interval.median),
    )


def views_range(interval: Interval, usual: float | None, lang: str) -> Markup:
    """Draw the range of the views with its scale, the median and the usual."""
    numbers = [interval.low, interval.median, interval.high]
    axis = LogAxis([*numbers, usual] if usual else numbers)
    left, right = axis.percent(interval.low), axis.percent(interval.high)
    shown = {end: count(getattr(interval, end), lang) for end in ("low", "median", "high")}
    return rendered(
        "widgets/views_range",
        lang,
        label=text("range.label", lang, name=text("count.views", lang), **shown),
        ticks=[(axis.percent(tick), count(tick, lang)) for tick in axis.ticks()],
        left=left,
        right=right,
        width=round(right - left, 2),
        median=axis.percent(interval.median),
        low=shown["low"],
        high=shown["high"],
        usual=(axis.percent(usual), count(usual, lang)) if usual else None,
    )


def small_ranges(intervals: dict[str, Interval], lang: str) -> Markup:
    """Draw several counts on one scale, so that they can be compared."""
    axis = LogAxis([getattr(i, end) for i in intervals.values() for end in ("low", "high")])
    counts = [
        {
            "label": text(f"count.{name}", lang),
            "mini": mini_range(interval, axis),
            **{
                end: number(f"{name}.{end}", getattr(interval, end), lang)
                for end in ("low", "median", "high")
            },
        }
        for name, interval in intervals.items()
    ]
    return rendered("widgets/small_ranges", lang, counts=counts)
