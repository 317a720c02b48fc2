"""Figures of the evaluation as SVG files, drawn from its JSON and nothing else.

A page of Markdown shows an SVG beside its tables, and the same figures always give the same bytes,
which a picture made by a browser would not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

WIDTH, HEIGHT = 560, 340
"""Pixels."""
LEFT, RIGHT, TOP, BOTTOM = 60, 150, 30, 50
"""Margins around the plot in pixels; the names of the lines stand on the right."""
LINES = ("#2563eb", "#c2410c", "#15803d", "#7c3aed", "#475569")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2")
"""Lines differ by their dashes too, not only by their colour."""

Point = tuple[float, float]


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (end - start)


@cache
def _template() -> Template:
    folder = Path(__file__).resolve().parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("chart.svg")


def chart(
    title: str,
    axes: tuple[str, str],
    lines: Mapping[str, Sequence[Point]],
    *,
    x_ticks: Mapping[float, str],
    y_ticks: Mapping[float, str],
    diagonal: bool = False,
) -> str:
    """Return a chart of lines with their points as SVG.

    Parameters
    ----------
    title : str
        Stands above, and is what a screen reader says.
    axes : tuple of str
        Names of the axes, x and y.
    lines : mapping of str to points
        Points in the units of the axes, in increasing order of x.
    x_ticks, y_ticks : mapping of float to str
        Places and their names; the smallest and the largest are the ends of the axes.
    diagonal : bool
        Whether to draw the line of x = y.
    """
    x_of = _scale(min(x_ticks), max(x_ticks), LEFT, WIDTH - RIGHT)
    y_of = _scale(min(y_ticks), max(y_ticks), HEIGHT - BOTTOM, TOP)

    def placed(points: Sequence[Point]) -> list[Point]:
        return [(x_of(x), y_of(y)) for x, y in points]

    ends = (min(x_ticks), max(x_ticks))
    return _template().render(
        title=title,
        axes=axes,
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        bottom=HEIGHT - BOTTOM,
        x_ticks=[(x_of(value), name) for value, name in x_ticks.items()],
        y_ticks=[(y_of(value), name) for value, name in y_ticks.items()],
        diagonal=placed([(value, value) for value in ends]) if diagonal else None,
        lines=[
            {
                "name": name,
                "colour": LINES[number % len(LINES)],
                "dash": DASHES[number % len(DASHES)],
                "points": placed(points),
                "name_y": TOP + 14 + 20 * number,
            }
            for number, (name, points) in enumerate(lines.items())
        ],
    )


def reliability_figure(breakout: Mapping[str, Any]) -> str:
    """Return the reliability curves of the chance of a breakout, by what is told."""
    lines = {
        name: [(point["said"], point["happened"]) for point in found["curve"]]
        for name, found in breakout.items()
    }
    highest = max(max(max(point) for point in points) for points in lines.values())
    steps = [step / 10 for step in range(min(int(highest * 10) + 2, 11))]
    ticks = {step: f"{step:.0%}" for step in steps}
    return chart(
        "Chance of a breakout: said and happened, unseen creators",
        ("said", "happened"),
        lines,
        x_ticks=ticks,
        y_ticks=ticks,
        diagonal=True,
    )


def growth_figure(curve: Sequence[Mapping[str, Any]]) -> str:
    """Return the views by age as predicted and as they came out, over the account's usual."""
    lines = {
        "predicted": [(float(n), float(point["predicted"])) for n, point in enumerate(curve)],
        "happened": [(float(n), float(point["happened"])) for n, point in enumerate(curve)],
    }
    values = [y for points in lines.values() for _, y in points]
    steps = range(int(min(values) * 10) - 1, int(max(values) * 10) + 2)
    return chart(
        "Views over the mean of the last five, by age when counted",
        ("days after posting", "median, log10"),
        lines,
        x_ticks={float(n): str(point["ages"]) for n, point in enumerate(curve)},
        y_ticks={step / 10: f"{step / 10:.1f}" for step in steps},
    )


def coverage_figure(protocols: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the coverage of the 80 % range by what is told, one line a protocol."""
    settings = list(next(iter(protocols.values())))
    lines = {
        name: [(float(n), by_setting[s]["all"]["coverage"]) for n, s in enumerate(settings)]
        for name, by_setting in protocols.items()
    }
    short = {s: s.replace("history, age unknown", "no age").replace(" only", "") for s in settings}
    return chart(
        "Coverage of the 80 % range by what is told",
        ("what is told", "share of posts inside"),
        lines,
        x_ticks={float(n): short[s] for n, s in enumerate(settings)},
        y_ticks={step / 10: f"{step / 10:.1f}" for step in range(5, 11)},
    )
