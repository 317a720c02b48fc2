"""The figure of After posting: each post's predicted range with what it really got.

As in `viral.figures.style`, the figure only draws data, and what is outside a range differs by
shape as well as by colour.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from viral.feedback.accuracy import Compared
from viral.figures.style import STYLE, figure_layout, round_ticks

ROW_HEIGHT_PX = 30
AXIS_HEIGHT_PX = 70
MOST_ROWS = 30
"""The newest posts; more would not fit on a screen."""


@dataclass(frozen=True)
class OutcomeWords:
    """What the figure says, in the reader's language."""

    axis: str
    hover_range: str
    """With `{name}`, `{low}`, `{median}` and `{high}`."""
    hover_actual: str
    """With `{name}` and `{actual}`."""
    count: Callable[[float], str]


def outcomes(names: Sequence[str], counts: Sequence[Compared], words: OutcomeWords) -> go.Figure:
    """Draw ranges as bars and outcomes as marks, a row a post, the newest on top.

    Parameters
    ----------
    names
        What to call each post.
    counts
        Predicted and actual, in the same order, the oldest first.
    words
        The texts.
    """
    shown = list(zip(names, counts, strict=True))[-MOST_ROWS:]
    names, counts = [name for name, _ in shown], [count for _, count in shown]
    rows = list(range(len(counts)))
    figure = go.Figure()
    figure.add_bar(
        orientation="h",
        y=rows,
        base=[_at(count.low) for count in counts],
        x=[_at(count.high) - _at(count.low) for count in counts],
        width=0.42,
        marker={"color": "rgba(111,128,125,0.35)", "cornerradius": 4},
        hovertext=[
            words.hover_range.format(
                name=name,
                low=words.count(count.low),
                median=words.count(count.median),
                high=words.count(count.high),
            )
            for name, count in shown
        ],
        hoverinfo="text",
    )
    figure.add_scatter(
        x=[_at(count.median) for count in counts],
        y=rows,
        mode="markers",
        marker={
            "symbol": "line-ns",
            "size": 15,
            "line": {"width": 2.5, "color": STYLE.figure_text},
        },
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[_at(count.actual) for count in counts],
        y=rows,
        mode="markers",
        marker={
            "symbol": ["circle" if count.inside else "x" for count in counts],
            "size": 12,
            "color": [STYLE.figure_up if count.inside else STYLE.figure_down for count in counts],
        },
        hovertext=[
            words.hover_actual.format(name=name, actual=words.count(count.actual))
            for name, count in shown
        ],
        hoverinfo="text",
        cliponaxis=False,
    )
    figure.update_layout(_layout(names, counts, words))
    return figure


def _at(value: float) -> float:
    return math.log10(max(value, 0.0) + 1.0)


def _layout(
    names: Sequence[str], counts: Sequence[Compared], words: OutcomeWords
) -> dict[str, Any]:
    ends = [_at(value) for count in counts for value in (count.low, count.high, count.actual)]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    margin = max(high - low, 0.3) * 0.06
    ticks = round_ticks(max(10.0 ** (low - margin), 1.0), 10.0 ** (high + margin))
    still = {"zeroline": False, "fixedrange": True, "automargin": True}
    return figure_layout(
        len(names) * ROW_HEIGHT_PX + AXIS_HEIGHT_PX,
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
        font={"family": STYLE.font, "size": STYLE.font_size_px, "color": STYLE.figure_text},
        xaxis={
            "range": (low - margin, high + margin),
            "tickvals": [_at(tick) for tick in ticks],
            "ticktext": [words.count(tick) for tick in ticks],
            "title": {"text": words.axis, "font": {"size": 12}, "standoff": 8},
            "gridcolor": "rgba(111,128,125,0.25)",
            **still,
        },
        yaxis={
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "range": (-0.6, len(names) - 0.4),
            "showgrid": False,
            "ticklabelstandoff": 8,
            **still,
        },
    )
