"""Figures of What-if: views by posting hour and weekday, and by length of the clip.

As in `viral.figures.waterfall`, a figure only draws data, has a transparent ground and takes the
colour of its text from the page. What few past posts stand behind is drawn grey: the model answers
there too, but it has little to go by.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from viral.explain.what_if import DurationCurve, PostingTimes
from viral.figures.waterfall import STYLE, round_ticks

HOURS_HEIGHT_PX = 270
CURVE_HEIGHT_PX = 270
HOUR_TICKS = (0, 6, 12, 18)
GREY = "rgba(111,128,125,0.55)"
"""What has little data: visible on both grounds, and unlike any colour that means something."""
GREY_SOFT = "rgba(111,128,125,0.18)"
FILL_UP = "rgba(20,153,139,{alpha})"
"""`STYLE.figure_up` with an opacity, so that the ground shows through on light and dark pages."""
LEAST_SPREAD_LOG10 = math.log10(1.1)
"""Hours that differ by less than a tenth are drawn in shades that differ as little."""
LENGTH_TICKS_S = (3, 6, 15, 30, 60, 180, 600)


@dataclass(frozen=True)
class HoursWords:
    """What the figure of posting hours says, in the reader's language."""

    weekdays: Sequence[str]
    """Monday first."""
    axis: str
    hover: str
    """With `{weekday}`, `{hour}`, `{views}`, `{factor}` and `{posts}`."""
    hover_thin: str
    """The same where few posts stand behind it."""
    views: Callable[[float], str]
    factor: Callable[[float], str]


@dataclass(frozen=True)
class CurveWords:
    """What the figure of lengths says, in the reader's language."""

    axis_length: str
    axis_views: str
    hover: str
    """With `{length}`, `{low}`, `{median}`, `{high}` and `{posts}`."""
    hover_thin: str
    views: Callable[[float], str]
    seconds: Callable[[float], str]
    tick: Callable[[float], str]
    """A length on the axis, as short as can be."""


def figure_layout(height_px: int, **more: Any) -> dict[str, Any]:
    """Return the layout that the figures of choices share, with more of its own."""
    return {
        "height": height_px,
        "margin": {"l": 8, "r": 10, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": STYLE.font, "size": 12, "color": STYLE.figure_text},
        "showlegend": False,
        "dragmode": False,
        "hoverlabel": {"font": {"family": STYLE.font, "size": STYLE.font_size_px}},
        **more,
    }


def hours(times: PostingTimes, views_now: float, words: HoursWords) -> go.Figure:
    """Draw the views by weekday and hour.

    Parameters
    ----------
    times
        What the model says of each hour.
    views_now
        What it says of the post as it stands, which factors are told against.
    words
        The texts.
    """
    logs = np.log10(np.maximum(times.views, 1e-3))
    known = logs[times.supported]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    middle, half = (low + high) / 2, max(high - low, LEAST_SPREAD_LOG10) / 2

    def told(weekday: int, hour: int) -> str:
        supported = bool(times.supported[weekday, hour])
        views = float(times.views[weekday, hour])
        return (words.hover if supported else words.hover_thin).format(
            weekday=words.weekdays[weekday],
            hour=f"{hour}:00",
            views=words.views(views),
            factor=words.factor(views / max(views_now, 1e-9)),
            posts=f"{int(times.posts[weekday, hour]):,}",
        )

    texts = [[told(weekday, hour) for hour in range(24)] for weekday in range(7)]
    figure = go.Figure()
    shared: dict[str, Any] = {"xgap": 1.5, "ygap": 1.5, "showscale": False, "text": texts}
    figure.add_heatmap(
        z=np.where(times.supported, logs, np.nan).tolist(),
        zmin=middle - half,
        zmax=middle + half,
        colorscale=[
            [0.0, FILL_UP.format(alpha=0.1)],
            [1.0, FILL_UP.format(alpha=1)],
        ],
        hoverinfo="text",
        **shared,
    )
    if not times.supported.all():
        thin = np.where(times.supported, np.nan, 1.0)
        figure.add_heatmap(
            z=thin.tolist(),
            colorscale=[[0.0, GREY_SOFT], [1.0, GREY_SOFT]],
            hoverinfo="text",
            **shared,
        )
        places = np.argwhere(~times.supported)
        figure.add_scatter(
            x=places[:, 1].tolist(),
            y=places[:, 0].tolist(),
            mode="markers",
            marker={"symbol": "x-thin", "size": 6, "line": {"width": 1.2, "color": GREY}},
            hoverinfo="skip",
        )
    if times.chosen is not None:
        weekday, hour = times.chosen
        figure.add_scatter(
            x=[hour],
            y=[weekday],
            mode="markers",
            marker={
                "symbol": "diamond",
                "size": 12,
                "color": STYLE.light.spark,
                "line": {"width": 1.5, "color": STYLE.light.ink},
            },
            hoverinfo="skip",
        )
    figure.update_layout(
        figure_layout(
            HOURS_HEIGHT_PX,
            xaxis={
                "tickvals": list(HOUR_TICKS),
                "ticktext": [f"{hour}:00" for hour in HOUR_TICKS],
                "title": {"text": words.axis, "font": {"size": 12}, "standoff": 6},
                "range": (-0.5, 23.5),
                "showgrid": False,
                "zeroline": False,
                "fixedrange": True,
                "automargin": True,
            },
            yaxis={
                "tickvals": list(range(7)),
                "ticktext": list(words.weekdays),
                "range": (6.5, -0.5),
                "showgrid": False,
                "zeroline": False,
                "fixedrange": True,
                "automargin": True,
                "ticklabelstandoff": 4,
            },
        )
    )
    return figure


def _runs(supported: np.ndarray) -> list[tuple[int, int, bool]]:
    """Return the stretches of steps between lengths that are alike: first, last, supported.

    A step is supported where both of its ends are; stretches share their ends, so that the drawn
    line has no gap.
    """
    if len(supported) < 2:
        return [(0, len(supported) - 1, bool(supported.all()))]
    steps = supported[1:] & supported[:-1]
    edges = [0, *(np.flatnonzero(np.diff(steps)) + 1).tolist(), len(steps)]
    return [(first, last, bool(steps[first])) for first, last in pairwise(edges)]


def lengths(curve: DurationCurve, words: CurveWords) -> go.Figure:
    """Draw the views, with their range, by length of the clip; both axes are logarithmic."""
    x = np.log10(curve.durations_s)
    low, median, high = (
        np.log10(np.maximum(values, 1.0)) for values in (curve.low, curve.median, curve.high)
    )
    figure = go.Figure()
    for first, last, supported in _runs(curve.supported):
        part = slice(first, last + 1)
        figure.add_scatter(
            x=[*x[part], *x[part][::-1]],
            y=[*high[part], *low[part][::-1]],
            fill="toself",
            fillcolor=FILL_UP.format(alpha=0.2) if supported else GREY_SOFT,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=x[part].tolist(),
            y=median[part].tolist(),
            mode="lines",
            line={
                "width": 3 if supported else 2,
                "color": STYLE.figure_up if supported else GREY,
                "dash": "solid" if supported else "dot",
            },
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=x.tolist(),
        y=median.tolist(),
        mode="markers",
        marker={"size": 14, "opacity": 0},
        hovertext=[
            (words.hover if supported else words.hover_thin).format(
                length=words.seconds(duration_s),
                low=words.views(ends[0]),
                median=words.views(ends[1]),
                high=words.views(ends[2]),
                posts=f"{posts:,}",
            )
            for duration_s, posts, supported, *ends in zip(
                curve.durations_s.tolist(),
                curve.posts.tolist(),
                curve.supported.tolist(),
                curve.low,
                curve.median,
                curve.high,
                strict=True,
            )
        ],
        hoverinfo="text",
    )
    at = int(np.argmin(np.abs(curve.durations_s - curve.chosen_s)))
    figure.add_scatter(
        x=[float(x[at])],
        y=[float(median[at])],
        mode="markers",
        marker={
            "symbol": "diamond",
            "size": 15,
            "color": STYLE.light.spark,
            "line": {"width": 1.5, "color": STYLE.figure_text},
        },
        hoverinfo="skip",
    )
    room = 0.05 * float(high.max() - low.min() + 0.1)
    bottom, top = float(low.min()) - room, float(high.max()) + room
    views_ticks = round_ticks(10.0**bottom, 10.0**top)
    length_ticks = [tick for tick in LENGTH_TICKS_S if x[0] <= math.log10(tick) <= x[-1] + 1e-9]
    grid = {"gridcolor": "rgba(111,128,125,0.25)", "zeroline": False, "fixedrange": True}
    figure.update_layout(
        figure_layout(
            CURVE_HEIGHT_PX,
            margin={"l": 8, "r": 22, "t": 8, "b": 8},
            xaxis={
                "tickvals": [math.log10(tick) for tick in length_ticks],
                "ticktext": [words.tick(tick) for tick in length_ticks],
                "title": {"text": words.axis_length, "font": {"size": 12}, "standoff": 6},
                "range": (float(x[0]) - 0.04, float(x[-1]) + 0.04),
                "automargin": True,
                "tickangle": 0,
                "ticklabeloverflow": "allow",
                **grid,
            },
            yaxis={
                "tickvals": [math.log10(tick) for tick in views_ticks],
                "ticktext": [words.views(tick) for tick in views_ticks],
                "title": {"text": words.axis_views, "font": {"size": 12}, "standoff": 6},
                "range": (bottom, top),
                "automargin": True,
                **grid,
            },
        )
    )
    return figure
