"""Figures of Explore: what posts got by cell, by weekday and hour, and what goes with more of it.

As in `viral.figures.style`, a figure only draws data, has a transparent ground and takes the
colour of its text from the page. What raises and what lowers differs by shape as well as by colour,
and what may not be shown is drawn as missing rather than as nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from viral.figures.style import FILL_UP, GREY, GREY_SOFT, STYLE, figure_layout, round_ticks
from viral.figures.what_if import HOUR_TICKS, LEAST_SPREAD_LOG10

ROW_HEIGHT_PX = 34
AXIS_HEIGHT_PX = 62
HOURS_HEIGHT_PX = 270
LEAST_WIDTH = 0.12
"""An axis never shows less than this, in its own unit, so that nothing looks large for want of
room."""
GRID = "rgba(111,128,125,0.25)"


@dataclass(frozen=True)
class SpreadRow:
    """One cell: half of its posts lie between `low` and `high`."""

    label: str
    low: float
    median: float
    high: float
    """Positive; NaN where the cell may not be shown."""
    hover: str
    """What is said of it, or why there is nothing."""


@dataclass(frozen=True)
class ForestRow:
    """One line of a forest plot, or a heading where `value` is NaN."""

    label: str
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    hover: str = ""


@dataclass(frozen=True)
class HoursCell:
    """One hour of one weekday."""

    weekday: int
    """0 is Monday."""
    hour: int
    median: float
    """Positive; NaN where it may not be shown."""
    hover: str


def plain(text: str) -> str:
    """Return somebody's words as Plotly draws them, with no markup of theirs."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _layout(height_px: int, x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    shared = {"zeroline": False, "fixedrange": True, "automargin": True}
    return figure_layout(
        height_px,
        xaxis={**shared, "gridcolor": GRID, "ticklabeloverflow": "allow", "tickangle": 0, **x},
        yaxis={**shared, "showgrid": False, "ticklabelstandoff": 6, **y},
    )


def _title(words: str) -> dict[str, Any]:
    return {"text": words, "font": {"size": 12}, "standoff": 8}


def _rows_axis(labels: Sequence[str]) -> dict[str, Any]:
    return {
        "tickvals": list(range(len(labels))),
        "ticktext": list(labels),
        "range": (len(labels) - 0.4, -0.6),
    }


def spread(rows: Sequence[SpreadRow], axis: str, number: Callable[[float], str]) -> go.Figure:
    """Draw cells one below the other: a bar over the middle half of the posts, a line at half.

    Parameters
    ----------
    rows
        From the top.
    axis
        What the axis counts; it is logarithmic.
    number
        Formats a value.
    """
    shown = [
        (at, row, [math.log10(max(end, 1e-9)) for end in (row.low, row.median, row.high)])
        for at, row in enumerate(rows)
        if math.isfinite(row.median)
    ]
    missing = [(at, row) for at, row in enumerate(rows) if not math.isfinite(row.median)]
    places = [at for at, _, _ in shown]
    figure = go.Figure()
    figure.add_bar(
        orientation="h",
        y=places,
        base=[ends[0] for _, _, ends in shown],
        x=[ends[2] - ends[0] for _, _, ends in shown],
        width=0.5,
        marker={"color": FILL_UP.format(alpha=0.4), "cornerradius": 4},
        hovertext=[row.hover for _, row, _ in shown],
        hoverinfo="text",
    )
    figure.add_scatter(
        x=[ends[1] for _, _, ends in shown],
        y=places,
        mode="markers",
        marker={"symbol": "line-ns", "size": 17, "line": {"width": 3, "color": STYLE.figure_up}},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[ends[2] for _, _, ends in shown],
        y=places,
        mode="text",
        text=[f"  {number(row.median)}" for _, row, _ in shown],
        textposition="middle right",
        hoverinfo="skip",
        cliponaxis=False,
    )
    every = [end for _, _, ends in shown for end in ends] or [0.0, 1.0]
    low, high = _wide(min(every), max(every))
    figure.add_scatter(
        x=[low] * len(missing),
        y=[at for at, _ in missing],
        mode="markers",
        marker={"symbol": "x-thin", "size": 9, "line": {"width": 1.5, "color": GREY}},
        hovertext=[row.hover for _, row in missing],
        hoverinfo="text",
        cliponaxis=False,
    )
    ticks = round_ticks(10.0**low, 10.0**high)
    figure.update_layout(
        _layout(
            len(rows) * ROW_HEIGHT_PX + AXIS_HEIGHT_PX,
            {
                "range": (low, high),
                "tickvals": [math.log10(tick) for tick in ticks],
                "ticktext": [number(tick) for tick in ticks],
                "title": _title(axis),
            },
            _rows_axis([row.label for row in rows]),
        )
    )
    figure.update_layout(margin={"r": 64})
    return figure


def _wide(low: float, high: float) -> tuple[float, float]:
    spare = max(LEAST_WIDTH - (high - low), 0.0) / 2
    room = 0.06 * (high - low + 2 * spare)
    return low - spare - room, high + spare + room


def forest(
    rows: Sequence[ForestRow],
    axis: str,
    ticks: Callable[[float, float], tuple[list[float], list[str]]],
) -> go.Figure:
    """Draw effects one below the other, each with its interval, beside a line at nothing.

    What surely raises points up, what surely lowers points down, and an effect whose interval holds
    nothing is an open circle.

    Parameters
    ----------
    rows
        From the top.
    axis
        What the axis counts.
    ticks
        Takes the ends of the axis and returns where marks stand and what they say.
    """
    effects = [(at, row) for at, row in enumerate(rows) if math.isfinite(row.value)]
    kinds = [1 if row.low > 0 else -1 if row.high < 0 else 0 for _, row in effects]
    symbols = {1: "triangle-up", -1: "triangle-down", 0: "circle-open"}
    colours = {1: STYLE.figure_up, -1: STYLE.figure_down, 0: STYLE.figure_text}
    figure = go.Figure()
    for kind, colour in colours.items():
        lines = [row for row, own in zip(effects, kinds, strict=True) if own == kind]
        figure.add_scatter(
            x=[end for _, row in lines for end in (row.low, row.high, None)],
            y=[place for at, _ in lines for place in (at, at, None)],
            mode="lines",
            line={"width": 2.5, "color": colour},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=[row.value for _, row in effects],
        y=[at for at, _ in effects],
        mode="markers",
        marker={
            "symbol": [symbols[kind] for kind in kinds],
            "size": 12,
            "color": [colours[kind] for kind in kinds],
            "line": {"width": 2, "color": [colours[kind] for kind in kinds]},
        },
        hovertext=[row.hover for _, row in effects],
        hoverinfo="text",
        cliponaxis=False,
    )
    ends = [end for _, row in effects for end in (row.low, row.high)] or [0.0]
    low, high = _wide(min(*ends, 0.0), max(*ends, 0.0))
    figure.add_vline(x=0.0, line={"width": 1.5, "color": STYLE.figure_text}, layer="below")
    at, told = ticks(low, high)
    labels = [row.label if math.isfinite(row.value) else f"<b>{row.label}</b>" for row in rows]
    figure.update_layout(
        _layout(
            len(rows) * 26 + AXIS_HEIGHT_PX,
            {"range": (low, high), "tickvals": at, "ticktext": told, "title": _title(axis)},
            _rows_axis(labels),
        )
    )
    return figure


def hours(cells: Sequence[HoursCell], weekdays: Sequence[str], axis: str) -> go.Figure:
    """Draw the median by weekday and hour; cells that may not be shown are crossed out.

    Parameters
    ----------
    cells
        Any number of the 168, each once.
    weekdays
        Monday first.
    axis
        What stands under the hours.
    """
    median = np.full((7, 24), np.nan)
    texts = [["" for _ in range(24)] for _ in range(7)]
    for cell in cells:
        median[cell.weekday, cell.hour] = math.log10(max(cell.median, 1e-9))
        texts[cell.weekday][cell.hour] = cell.hover
    known = np.isfinite(median)
    low, high = (np.nanmin(median), np.nanmax(median)) if known.any() else (0.0, 1.0)
    middle, half = float(low + high) / 2, max(float(high - low), LEAST_SPREAD_LOG10) / 2
    shared: dict[str, Any] = {
        "xgap": 1.5,
        "ygap": 1.5,
        "showscale": False,
        "text": texts,
        "hoverinfo": "text",
    }
    figure = go.Figure()
    figure.add_heatmap(
        z=median.tolist(),
        zmin=middle - half,
        zmax=middle + half,
        colorscale=[[0.0, FILL_UP.format(alpha=0.08)], [1.0, FILL_UP.format(alpha=1)]],
        **shared,
    )
    if not known.all():
        figure.add_heatmap(
            z=np.where(known, np.nan, 1.0).tolist(),
            colorscale=[[0.0, GREY_SOFT], [1.0, GREY_SOFT]],
            **shared,
        )
        places = np.argwhere(~known)
        figure.add_scatter(
            x=places[:, 1].tolist(),
            y=places[:, 0].tolist(),
            mode="markers",
            marker={"symbol": "x-thin", "size": 6, "line": {"width": 1.2, "color": GREY}},
            hoverinfo="skip",
        )
    figure.update_layout(
        _layout(
            HOURS_HEIGHT_PX,
            {
                "tickvals": list(HOUR_TICKS),
                "ticktext": [f"{hour}:00" for hour in HOUR_TICKS],
                "range": (-0.5, 23.5),
                "showgrid": False,
                "title": _title(axis),
            },
            {**_rows_axis(weekdays), "range": (6.5, -0.5)},
        )
    )
    return figure
