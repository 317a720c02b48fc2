"""Figures of the evaluation as SVG files, drawn from its JSON and nothing else.

A page of Markdown shows an SVG beside its tables, and the same figures always give the same bytes,
which a picture made by a browser would not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

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


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


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
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(middle, 18, title),
        _text(middle, HEIGHT - 12, axes[0]),
        f'<g transform="rotate(-90 14 {HEIGHT / 2})">{_text(14, HEIGHT / 2, axes[1])}</g>',
    ]
    for value, name in x_ticks.items():
        x = x_of(value)
        parts.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#e2e8f0"/>')
        parts.append(_text(x, HEIGHT - BOTTOM + 16, name))
    for value, name in y_ticks.items():
        y = y_of(value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e2e8f0"/>')
        parts.append(_text(LEFT - 6, y + 4, name, "end"))
    if diagonal:
        ends = (min(x_ticks), max(x_ticks))
        parts.append(_path([(value, value) for value in ends], x_of, y_of, "#94a3b8", "4 4"))
    for number, (name, points) in enumerate(lines.items()):
        colour, dash = LINES[number % len(LINES)], DASHES[number % len(DASHES)]
        parts.append(_path(points, x_of, y_of, colour, dash))
        parts.extend(
            f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="3" fill="{colour}"/>'
            for x, y in points
        )
        height = TOP + 14 + 20 * number
        start = WIDTH - RIGHT + 12
        parts.append(
            f'<path d="M{start} {height - 4}h22" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        parts.append(_text(start + 28, height, name, "start"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _path(
    points: Sequence[Point],
    x_of: Callable[[float], float],
    y_of: Callable[[float], float],
    colour: str,
    dash: str,
) -> str:
    places = "L".join(f"{x_of(x):.1f} {y_of(y):.1f}" for x, y in points)
    return (
        f'<path d="M{places}" fill="none" stroke="{colour}" stroke-width="2" '
        f'stroke-dasharray="{dash}"/>'
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
