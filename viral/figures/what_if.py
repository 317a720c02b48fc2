"""Figures of What-if: views by posting hour and weekday, and by length of the clip.

What few past posts stand behind is drawn grey: the model answers
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
from viral.figures.style import FILL_UP, GREY, GREY_SOFT, STYLE, figure_layout, round_ticks

HOURS_HEIGHT_PX = 270
CURVE_HEIGHT_PX = 270
HOUR_TICKS = (0, 6, 12, 18)
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
    shared = {
        "xgap": 1.5,
        "ygap": 1.5,
        "showscale": False,
        "hoverinfo": "text",
        "text": _hour_texts(times, views_now, words),
    }
    figure = go.Figure()
    _add_known_hours(figure, times, shared)
    if not times.supported.all():
        _add_thin_hours(figure, times, shared)
    if times.chosen is not None:
        weekday, hour = times.chosen
        _add_chosen(figure, hour, weekday, size_px=12, edge=STYLE.light.ink)
    figure.update_layout(_hours_layout(words))
    return figure


def _hour_texts(times: PostingTimes, views_now: float, words: HoursWords) -> list[list[str]]:
    def said(weekday: int, hour: int) -> str:
        supported = bool(times.supported[weekday, hour])
        views = float(times.views[weekday, hour])
        return (words.hover if supported else words.hover_thin).format(
            weekday=words.weekdays[weekday],
            hour=f"{hour}:00",
            views=words.views(views),
            factor=words.factor(views / max(views_now, 1e-9)),
            posts=f"{int(times.posts[weekday, hour]):,}",
        )

    return [[said(weekday, hour) for hour in range(24)] for weekday in range(7)]


def _add_known_hours(figure: go.Figure, times: PostingTimes, shared: dict[str, Any]) -> None:
    logs = np.log10(np.maximum(times.views, 1e-3))
    known = logs[times.supported]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    middle, half = (low + high) / 2, max(high - low, LEAST_SPREAD_LOG10) / 2
    figure.add_heatmap(
        z=np.where(times.supported, logs, np.nan).tolist(),
        zmin=middle - half,
        zmax=middle + half,
        colorscale=[[0.0, FILL_UP.format(alpha=0.1)], [1.0, FILL_UP.format(alpha=1)]],
        **shared,
    )


def _add_thin_hours(figure: go.Figure, times: PostingTimes, shared: dict[str, Any]) -> None:
    """Draw the hours that few posts stand behind: grey, with a cross."""
    figure.add_heatmap(
        z=np.where(times.supported, np.nan, 1.0).tolist(),
        colorscale=[[0.0, GREY_SOFT], [1.0, GREY_SOFT]],
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


def _add_chosen(figure: go.Figure, x: float, y: float, *, size_px: int, edge: str) -> None:
    """Mark the post as it stands."""
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        marker={
            "symbol": "diamond",
            "size": size_px,
            "color": STYLE.light.spark,
            "line": {"width": 1.5, "color": edge},
        },
        hoverinfo="skip",
    )


def _hours_layout(words: HoursWords) -> dict[str, Any]:
    still = {"showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True}
    return figure_layout(
        HOURS_HEIGHT_PX,
        xaxis={
            "tickvals": list(HOUR_TICKS),
            "ticktext": [f"{hour}:00" for hour in HOUR_TICKS],
            "title": {"text": words.axis, "font": {"size": 12}, "standoff": 6},
            "range": (-0.5, 23.5),
            **still,
        },
        yaxis={
            "tickvals": list(range(7)),
            "ticktext": list(words.weekdays),
            "range": (6.5, -0.5),
            "ticklabelstandoff": 4,
            **still,
        },
    )


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
    drawn = _Drawn(
        np.log10(curve.durations_s),
        *(np.log10(np.maximum(values, 1.0)) for values in (curve.low, curve.median, curve.high)),
    )
    figure = go.Figure()
    for first, last, supported in _runs(curve.supported):
        _add_stretch(figure, drawn, slice(first, last + 1), supported)
    figure.add_scatter(
        x=drawn.length.tolist(),
        y=drawn.median.tolist(),
        mode="markers",
        marker={"size": 14, "opacity": 0},
        hovertext=_length_texts(curve, words),
        hoverinfo="text",
    )
    at = int(np.argmin(np.abs(curve.durations_s - curve.chosen_s)))
    edge = STYLE.figure_text
    _add_chosen(figure, float(drawn.length[at]), float(drawn.median[at]), size_px=15, edge=edge)
    figure.update_layout(_lengths_layout(drawn, words))
    return figure


@dataclass(frozen=True)
class _Drawn:
    """log10 of what the curve goes through, each `[points]`."""

    length: np.ndarray
    low: np.ndarray
    median: np.ndarray
    high: np.ndarray


def _add_stretch(figure: go.Figure, drawn: _Drawn, part: slice, supported: bool) -> None:
    """Draw the range and the line over some lengths, dotted grey where few posts are."""
    figure.add_scatter(
        x=[*drawn.length[part], *drawn.length[part][::-1]],
        y=[*drawn.high[part], *drawn.low[part][::-1]],
        fill="toself",
        fillcolor=FILL_UP.format(alpha=0.2) if supported else GREY_SOFT,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=drawn.length[part].tolist(),
        y=drawn.median[part].tolist(),
        mode="lines",
        line={
            "width": 3 if supported else 2,
            "color": STYLE.figure_up if supported else GREY,
            "dash": "solid" if supported else "dot",
        },
        hoverinfo="skip",
    )


def _length_texts(curve: DurationCurve, words: CurveWords) -> list[str]:
    points = zip(
        curve.durations_s.tolist(),
        curve.posts.tolist(),
        curve.supported.tolist(),
        curve.low,
        curve.median,
        curve.high,
        strict=True,
    )
    return [
        (words.hover if supported else words.hover_thin).format(
            length=words.seconds(duration_s),
            low=words.views(low),
            median=words.views(median),
            high=words.views(high),
            posts=f"{posts:,}",
        )
        for duration_s, posts, supported, low, median, high in points
    ]


def _lengths_layout(drawn: _Drawn, words: CurveWords) -> dict[str, Any]:
    x = drawn.length
    room = 0.05 * float(drawn.high.max() - drawn.low.min() + 0.1)
    bottom, top = float(drawn.low.min()) - room, float(drawn.high.max()) + room
    views_ticks = round_ticks(10.0**bottom, 10.0**top)
    length_ticks = [tick for tick in LENGTH_TICKS_S if x[0] <= math.log10(tick) <= x[-1] + 1e-9]
    shared = {
        "gridcolor": "rgba(111,128,125,0.25)",
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
    }
    return figure_layout(
        CURVE_HEIGHT_PX,
        margin={"l": 8, "r": 22, "t": 8, "b": 8},
        xaxis={
            "tickvals": [math.log10(tick) for tick in length_ticks],
            "ticktext": [words.tick(tick) for tick in length_ticks],
            "title": {"text": words.axis_length, "font": {"size": 12}, "standoff": 6},
            "range": (float(x[0]) - 0.04, float(x[-1]) + 0.04),
            "tickangle": 0,
            "ticklabeloverflow": "allow",
            **shared,
        },
        yaxis={
            "tickvals": [math.log10(tick) for tick in views_ticks],
            "ticktext": [words.views(tick) for tick in views_ticks],
            "title": {"text": words.axis_views, "font": {"size": 12}, "standoff": 6},
            "range": (bottom, top),
            **shared,
        },
    )
