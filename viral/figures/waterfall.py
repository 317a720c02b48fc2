"""Figures drawn from explanations, and nothing else: `figure_of(data) -> go.Figure`.

`STYLE` holds every colour of the app, for figures and pages alike; `viral.ui.theme` turns it into
CSS. Figures have a transparent ground and an explicit height. Their text and grid take their colour
from the page's CSS, so that they follow light and dark; bars use colours that stand out on both. Up
and down differ by sign and hatching, not only by colour.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import plotly.graph_objects as go

from viral.model.explanation import Explanation


@dataclass(frozen=True)
class Palette:
    """Colours of one mode, light or dark. Text colours reach 4.5:1 on `ground` and `surface`."""

    ground: str
    """The page."""
    surface: str
    """Cards on the page."""
    sunken: str
    """Wells in cards: tracks of bars, code."""
    line: str
    """Hairlines that only separate."""
    line_strong: str
    """Edges of inputs, 3:1 against `surface`."""
    ink: str
    """Text."""
    ink_soft: str
    """Secondary text."""
    accent: str
    """What can be pressed."""
    accent_strong: str
    """The same under the pointer."""
    on_accent: str
    """Text on `accent`."""
    accent_soft: str
    """Tint behind what is selected."""
    spark: str
    """The prediction itself, wherever it is drawn."""
    up: str
    """What raises the prediction."""
    down: str
    """What lowers it."""
    warn_soft: str
    """Tint behind warnings."""
    error_soft: str
    """Tint behind errors."""


@dataclass(frozen=True)
class Style:
    """Everything that figures and pages share."""

    light: Palette = field(
        default_factory=lambda: Palette(
            ground="#f1f4f3",
            surface="#ffffff",
            sunken="#e6ecea",
            line="#d5dedb",
            line_strong="#768683",
            ink="#0d1f1d",
            ink_soft="#485a57",
            accent="#0a5c56",
            accent_strong="#06423d",
            on_accent="#ffffff",
            accent_soft="#d6ece8",
            spark="#f4b41a",
            up="#08776c",
            down="#b12a57",
            warn_soft="#fdf1d3",
            error_soft="#fbe4eb",
        )
    )
    dark: Palette = field(
        default_factory=lambda: Palette(
            ground="#0a1312",
            surface="#121e1c",
            sunken="#1b2a28",
            line="#273735",
            line_strong="#728682",
            ink="#e8f1ef",
            ink_soft="#a6b9b5",
            accent="#66d6c6",
            accent_strong="#8de6d9",
            on_accent="#05211e",
            accent_soft="#17403b",
            spark="#ffc83a",
            up="#4fcabb",
            down="#ff8fab",
            warn_soft="#33290f",
            error_soft="#3c1824",
        )
    )
    figure_up: str = "#14998b"
    """Bars that raise: at least 3:1 on both grounds."""
    figure_down: str = "#d4557c"
    """Bars that lower: at least 3:1 on both grounds."""
    figure_text: str = "#6f807d"
    """Before the page's CSS takes over, and in exported pictures."""
    font: str = "IBM Plex Sans, system-ui, sans-serif"
    font_display: str = "Montserrat, system-ui, sans-serif"
    font_size_px: int = 14


STYLE = Style()

ROW_HEIGHT_PX = 46
"""One step of a waterfall: tall enough for a label and a finger."""
AXIS_HEIGHT_PX = 52
FACTOR_WIDTH_PX = 68
"""Room right of the axis for the factor of a bar that ends there."""
MIN_SPAN_LOG10 = 0.6
"""A waterfall never shows less than a factor of four, so that small effects look small."""
WIDEST_TICK = 5
"""Characters of a tick's label, such as `100 K`, that fit on a phone in one line."""
TICKS_WANTED = 4
"""As many as fit under a figure on a phone."""


@dataclass(frozen=True)
class WaterfallWords:
    """What a waterfall says, in the reader's language."""

    average: str
    prediction: str
    modalities: Mapping[str, str]
    """Modality -> name, in the order of the steps."""
    silent: Mapping[str, str]
    """Modality -> what stands in the place of its factor, for those that were not measured."""
    axis: str
    hover_step: str
    """With `{name}`, `{factor}` and `{log10}`."""
    hover_end: str
    """With `{name}`, `{views}` and `{log10}`."""
    factor: Callable[[float], str]
    """Formats a factor, with its sign of direction: `×1.3 ▲`."""
    views: Callable[[float], str]
    """Formats a count of views."""


def round_ticks(low: float, high: float, wanted: int = TICKS_WANTED) -> list[float]:
    """Return round numbers (1, 2 or 5 times a power of ten) between two positive ones.

    The finest of the ladders 1-2-5, 1-3 and 1 that gives no more than `wanted` ticks is used; over
    very wide spans, every second or third power of ten.
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**power for power in powers for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) <= wanted:
            return ticks
    every = math.ceil(len(ticks) / wanted)
    return ticks[::every]


def side_by_side(labels: Sequence[str]) -> list[str]:
    """Return labels of ticks that stand beside each other also on a phone.

    Where one of them is too wide for that (`100 mil`), the unit of each goes under its number.
    """
    if all(len(label) <= WIDEST_TICK for label in labels):
        return list(labels)
    return [label.replace(" ", "<br>") for label in labels]


def waterfall(explanation: Explanation, views_median: float, words: WaterfallWords) -> go.Figure:
    """Draw the way from the average post to this prediction, one step a modality.

    Parameters
    ----------
    explanation
        Its modalities are drawn in the order of `words.modalities`, which sums to the same end.
    views_median
        The predicted views. The explanation counts in log10 of the virality score, which is views
        and a little more; the axis is shifted by the constant between the two, so that it reads in
        views and ends at this number. Steps are unchanged by that.
    words
        The texts.

    Returns
    -------
    go.Figure
        Horizontal, as tall as it has steps.
    """
    shift = math.log10(max(views_median, 1.0)) - explanation.prediction
    start = explanation.base + shift
    end = explanation.prediction + shift
    order = {name: place for place, name in enumerate(words.modalities)}
    steps = sorted(explanation.modalities, key=lambda m: order.get(m.name, len(order)))
    names = [words.modalities.get(m.name, m.name) for m in steps]
    values = [m.value for m in steps]
    bases = [start]
    for value in values:
        bases.append(bases[-1] + value)
    lowest, highest = min(bases), max(bases)
    spare = max(MIN_SPAN_LOG10 - (highest - lowest), 0.0) / 2
    width = highest - lowest + 2 * spare
    span = (lowest - spare - 0.06 * width, highest + spare + 0.06 * width)

    # Rows are numbered from the top; plotly counts up.
    rows = [-float(row) for row in range(len(values) + 2)]
    figure = go.Figure()
    for row, base in enumerate(bases):
        figure.add_shape(
            type="line",
            x0=base,
            x1=base,
            y0=rows[row],
            y1=rows[row + 1],
            line={"width": 1, "dash": "dot", "color": STYLE.figure_text},
            layer="below",
        )
    colours = [STYLE.figure_up if value >= 0 else STYLE.figure_down for value in values]
    figure.add_bar(
        orientation="h",
        y=rows[1:-1],
        x=values,
        base=bases[:-1],
        width=0.5,
        marker={
            "color": colours,
            "cornerradius": 3,
            "line": {"width": 1.5, "color": colours},
            "pattern": {
                "shape": ["" if value >= 0 else "/" for value in values],
                "fgcolor": colours,
                "bgcolor": "rgba(0,0,0,0)",
                "size": 6,
                "solidity": 0.4,
            },
        },
        hovertext=[
            words.hover_step.format(
                name=name, factor=words.factor(10.0**value), log10=f"{value:+.3f}"
            )
            for name, value in zip(names, values, strict=True)
        ],
        hoverinfo="text",
    )
    # All to the right of their bars: left of them stand the names, with no room to spare on a
    # phone.
    figure.add_scatter(
        x=[max(ends) for ends in pairwise(bases)],
        y=rows[1:-1],
        mode="text",
        text=[
            f"  {words.silent.get(step.name) or words.factor(10.0**step.value)}  " for step in steps
        ],
        textposition="middle right",
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.add_scatter(
        x=[start, end],
        y=[rows[0], rows[-1]],
        mode="markers+text",
        marker={
            "symbol": ["circle-open", "diamond"],
            "size": [13, 17],
            "opacity": 1,
            "color": [STYLE.figure_text, STYLE.light.spark],
            "line": {"width": [2.5, 1.5], "color": [STYLE.figure_text, STYLE.figure_text]},
        },
        text=[f"   <b>{words.views(10.0**at)}</b>" for at in (start, end)],
        textposition="middle right",
        cliponaxis=False,
        hovertext=[
            words.hover_end.format(name=name, views=words.views(10.0**at), log10=f"{log10:.3f}")
            for name, at, log10 in (
                (words.average, start, explanation.base),
                (words.prediction, end, explanation.prediction),
            )
        ],
        hoverinfo="text",
    )
    ticks = round_ticks(10.0 ** span[0], 10.0 ** span[1])
    figure.update_layout(
        height=len(rows) * ROW_HEIGHT_PX + AXIS_HEIGHT_PX,
        margin={"l": 8, "r": FACTOR_WIDTH_PX, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": STYLE.font, "size": STYLE.font_size_px, "color": STYLE.figure_text},
        showlegend=False,
        dragmode=False,
        hoverlabel={"font": {"family": STYLE.font, "size": STYLE.font_size_px}},
        xaxis={
            "range": span,
            "tickvals": [math.log10(tick) for tick in ticks],
            "ticktext": side_by_side([words.views(tick) for tick in ticks]),
            "autotickangles": [0],
            "tickfont": {"size": 12},
            "title": {"text": words.axis, "font": {"size": 12}, "standoff": 8},
            "gridcolor": "rgba(111,128,125,0.25)",
            "zeroline": False,
            "fixedrange": True,
            "automargin": True,
        },
        yaxis={
            "tickvals": rows,
            "ticktext": [words.average, *names, words.prediction],
            "range": (rows[-1] - 0.6, 0.6),
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
            "automargin": True,
            "ticklabelstandoff": 8,
        },
    )
    return figure
