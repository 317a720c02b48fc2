"""The figure of a timeline: a strip of pictures, the model's effect, and what was measured, by
time.

As in `viral.figures.style`, it only draws data and takes the colour of its text from the page.
Its margins are fixed (`SIDE_PX`), so that a page can tell the moment under a pointer and put a
cursor on it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from viral.explain.timeline import Timeline
from viral.figures.style import STYLE

SIDE_PX = 12
"""Left and right of the time axis."""
AXIS_PX = 34
TITLE_PX = 22
"""Over each row, for its name."""
GAP_PX = 8
STRIP_PX = 72
HEIGHTS_PX = {
    "effect": 76,
    "kept": 48,
    "motion": 48,
    "cuts": 20,
    "loudness": 48,
    "words": 40,
    "faces": 24,
}
"""Rows from the top, and the room for their drawing."""
LEAST_EFFECT_LOG10 = math.log10(1.05)
"""The row of effects never shows less than 5 % either way, so that small effects look small."""
QUIETEST_DBFS = -60.0
"""As low as loudness is drawn."""
MEASURED = "rgba(111,128,125,0.75)"
"""What was measured, without a judgement: visible on both grounds."""
HOOK_FILL = "rgba(244,180,26,0.16)"
HOOK_LINE = "rgba(200,140,10,0.9)"
TICKS_WANTED = 6


@dataclass(frozen=True)
class Picture:
    """A thumbnail of the strip."""

    at_s: float
    """Where its slot begins."""
    length_s: float
    source: str
    """A data URI."""


@dataclass(frozen=True)
class TimelineWords:
    """What the figure says, in the reader's language."""

    rows: Mapping[str, str]
    """Name in `HEIGHTS_PX` -> title."""
    hook: str


def _seen(name: str, timeline: Timeline) -> bool:
    if name == "effect":
        return bool(timeline.seeing)
    return name in timeline.series and bool(np.isfinite(timeline.series[name]).any())


def _ticks(duration_s: float) -> list[float]:
    for step in (1, 2, 5, 10, 15, 30, 60, 120, 300):
        if duration_s / step <= TICKS_WANTED:
            return [float(at) for at in range(0, int(duration_s) + 1, step)]
    return [0.0, duration_s]


def clock(moment_s: float) -> str:
    """Return a moment as players show it: `0:07`, `1:30`."""
    whole = int(moment_s)
    return f"{whole // 60}:{whole % 60:02d}"


def rows_of(timeline: Timeline) -> list[str]:
    """Return the rows that have something to show, from the top."""
    return [name for name in HEIGHTS_PX if _seen(name, timeline)]


def figure(timeline: Timeline, pictures: Sequence[Picture], words: TimelineWords) -> go.Figure:
    """Draw what happens when.

    Parameters
    ----------
    timeline
        What is drawn; rows in which nothing could be measured are left out.
    pictures
        The strip, apart and in order; may be empty.
    words
        The texts.

    Returns
    -------
    go.Figure
        As tall as it has rows. The time axis runs over its width less `SIDE_PX` on both sides.
    """
    rows = rows_of(timeline)
    strip_px = STRIP_PX if pictures else 0
    heights = [TITLE_PX + strip_px, *(TITLE_PX + HEIGHTS_PX[name] + GAP_PX for name in rows)]
    total = float(sum(heights))
    drawn = go.Figure()
    layout: dict[str, Any] = {}
    annotations: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    top = total - heights[0]
    starts, lengths = timeline.starts_s, timeline.ends_s - timeline.starts_s
    for place, name in enumerate(rows):
        bottom = top - heights[place + 1] + GAP_PX
        axis = "" if place == 0 else str(place + 1)
        shown = (timeline.effects if name == "effect" else timeline.series[name]).astype(float)
        low, high = _range(name, shown)
        layout[f"yaxis{axis}"] = {
            "domain": (bottom / total, (bottom + HEIGHTS_PX[name]) / total),
            "range": (low, high),
            "showticklabels": False,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        }
        _draw(drawn, name, starts, lengths, shown, (low, high), f"y{axis}")
        zero = (bottom + HEIGHTS_PX[name] * (0.0 - low) / (high - low)) / total
        shapes.append(_line(zero if name == "effect" else bottom / total))
        annotations.append(_title(words.rows[name], (bottom + HEIGHTS_PX[name]) / total))
        top -= heights[place + 1]
    shapes += _opening(timeline)
    if timeline.hook:
        title = _title(words.hook, (total - TITLE_PX) / total)
        annotations.append({**title, "x": timeline.hook[0][0], "xref": "x"})
    drawn.update_layout(
        height=round(total) + AXIS_PX,
        margin={"l": SIDE_PX, "r": SIDE_PX, "t": 0, "b": AXIS_PX, "pad": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": STYLE.font, "size": 12, "color": STYLE.figure_text},
        showlegend=False,
        dragmode=False,
        hovermode=False,
        barmode="overlay",
        bargap=0,
        images=_strip(pictures, (total - TITLE_PX) / total, strip_px / total),
        shapes=shapes,
        annotations=annotations,
        xaxis=_time_axis(timeline.duration_s),
        **layout,
    )
    return drawn


def _time_axis(duration_s: float) -> dict[str, Any]:
    ticks = _ticks(duration_s)
    return {
        "range": (0.0, duration_s),
        "tickvals": ticks,
        "ticktext": [clock(tick) for tick in ticks],
        "tickangle": 0,
        "ticklabeloverflow": "allow",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
        "anchor": "free",
        "position": 0,
    }


def _opening(timeline: Timeline) -> list[dict[str, Any]]:
    """Return the ground and the end of each part of the opening."""
    grounds = [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": start_s,
            "x1": end_s,
            "y0": 0,
            "y1": 1,
            "fillcolor": HOOK_FILL,
            "line": {"width": 0},
            "layer": "below",
        }
        for start_s, end_s in timeline.hook
    ]
    edge = {"width": 1.5, "dash": "dot", "color": HOOK_LINE}
    ends = [
        {
            "type": "line",
            "xref": "x",
            "yref": "paper",
            "x0": end_s,
            "x1": end_s,
            "y0": 0,
            "y1": 1,
            "line": edge,
        }
        for _, end_s in timeline.hook
    ]
    return [shape for pair in zip(grounds, ends, strict=True) for shape in pair]


def _strip(pictures: Sequence[Picture], top: float, height: float) -> list[dict[str, Any]]:
    """Return the strip of pictures; `top` and `height` are shares of the figure's height."""
    return [
        {
            "source": picture.source,
            "xref": "x",
            "yref": "paper",
            "x": picture.at_s,
            "y": top,
            "sizex": picture.length_s * 0.94,
            "sizey": height,
            "xanchor": "left",
            "yanchor": "top",
            "sizing": "contain",
            "layer": "above",
        }
        for picture in pictures
    ]


def _range(name: str, values: np.ndarray) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if name == "effect":
        largest = max(float(np.abs(known).max(initial=0.0)), LEAST_EFFECT_LOG10)
        return -1.1 * largest, 1.1 * largest
    if name == "loudness":
        return QUIETEST_DBFS, 0.0
    if name in ("faces", "cuts"):
        return 0.0, 1.0
    return 0.0, 1.05 * max(float(known.max(initial=0.0)), 1.0)


def _draw(
    drawn: go.Figure,
    name: str,
    starts: np.ndarray,
    lengths: np.ndarray,
    values: np.ndarray,
    span: tuple[float, float],
    axis: str,
) -> None:
    x = (starts + lengths / 2).tolist()
    if name == "cuts":
        cut = np.flatnonzero(np.nan_to_num(values) > 0)
        drawn.add_scatter(
            x=[x[place] for place in cut],
            y=[0.5] * len(cut),
            yaxis=axis,
            mode="markers",
            marker={
                "symbol": "line-ns",
                "size": 16,
                "line": {"width": 3, "color": STYLE.figure_up},
            },
        )
        return
    if name == "effect":
        colours = [STYLE.figure_up if value >= 0 else STYLE.figure_down for value in values]
        marker: dict[str, Any] = {
            "color": colours,
            "line": {"width": 1, "color": colours},
            "pattern": {
                "shape": ["" if value >= 0 else "/" for value in values],
                "fgcolor": colours,
                "bgcolor": "rgba(0,0,0,0)",
                "size": 5,
                "solidity": 0.4,
            },
        }
        base = 0.0
    else:
        marker, base = {"color": MEASURED, "line": {"width": 0}}, span[0]
    heights = np.clip(values, *span) - base
    drawn.add_bar(
        x=x,
        y=[float(height) if math.isfinite(height) else None for height in heights],
        base=base,
        width=(0.92 * lengths).tolist(),
        yaxis=axis,
        marker=marker,
    )


def _title(text: str, y: float) -> dict[str, Any]:
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": y,
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 12},
        "align": "left",
    }


def _line(y: float) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "yref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": y,
        "y1": y,
        "line": {"width": 1, "color": "rgba(111,128,125,0.4)"},
    }
