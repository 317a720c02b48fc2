"""A result as a picture to post or send: the main numbers on one card, drawn with Pillow."""

from __future__ import annotations

import importlib.util
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viral.figures.style import STYLE
from viral.messages import text
from viral.model.prediction import Prediction
from viral.pipeline import Analysis
from viral.ui.predict.answer import inputs_words, odds, rounded
from viral.ui.predict.moves import OTHER, move_label, moves_of
from viral.ui.widgets.contributors import verdict
from viral.ui.widgets.numbers import FACTOR_STEP, count, decimal, factor
from viral.ui.widgets.ranges import LogAxis

if TYPE_CHECKING:
    from PIL import ImageDraw

FILE_NAME = "viral-card.png"
WIDTH_PX, HEIGHT_PX = 1200, 630
"""What link previews and feeds show whole (1.91 to 1)."""
MARGIN_PX = 64
COLUMN_PX = 640
"""Where the right half begins."""
SHARPNESS = 2
"""Drawn at so many times the size and scaled down: Pillow draws edges without smoothing."""
FONTS = {
    "display": "Montserrat/Montserrat-Bold.woff2",
    "bold": "IBMPlexSans/IBMPlexSans-Bold.woff2",
    "plain": "IBMPlexSans/IBMPlexSans-Regular.woff2",
}
"""The page's fonts, which Gradio carries."""
ARROWS = {"▲": True, "▼": False}
"""Signs that the fonts lack; they are drawn."""
STEP_HEIGHT_PX = 52
MOST_STEPS = 4
LEAST_SPAN_LOG10 = 0.6
"""Never less than a factor of four, so that small effects look small."""
ROOM = 0.08
"""Space at both ends, as a share of the span."""
WIDEST_TITLE_PX = 760


@cache
def _fonts_folder() -> Path:
    found = importlib.util.find_spec("gradio")
    places = found.submodule_search_locations if found else None
    root = Path(next(iter(places))) if places else Path()
    return root / "templates" / "frontend" / "static" / "fonts"


@cache
def _font(kind: str, size_px: int) -> Any:
    """Return a font, or Pillow's own where Gradio's files are elsewhere."""
    from PIL import ImageFont

    try:
        return ImageFont.truetype(_fonts_folder() / FONTS[kind], size_px * SHARPNESS)
    except OSError:
        return ImageFont.load_default(size_px * SHARPNESS)


class _Pen:
    """Draws in the card's own pixels, whatever the sharpness."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def write(
        self,
        at: tuple[float, float],
        words: str,
        kind: str,
        size_px: int,
        colour: str = STYLE.light.ink,
        anchor: str = "ls",
        widest_px: float | None = None,
    ) -> float:
        """Write one line, smaller where it would be too wide; return its width."""
        font = _font(kind, size_px)
        plain = "".join(letter for letter in words if letter not in ARROWS).rstrip()
        width = font.getlength(plain) / SHARPNESS
        if widest_px is not None and width > widest_px and size_px > 14:
            return self.write(at, words, kind, size_px - 2, colour, anchor, widest_px)
        self._draw.text(
            (SHARPNESS * at[0], SHARPNESS * at[1]), plain, fill=colour, font=font, anchor=anchor
        )
        return width

    def bar(
        self,
        box: tuple[float, float, float, float],
        fill: str | None,
        outline: str | None = None,
        radius_px: float = 6.0,
        line_px: float = 3.0,
    ) -> None:
        """Draw a rounded box."""
        scaled = tuple(SHARPNESS * number for number in box)
        self._draw.rounded_rectangle(
            scaled,
            radius=radius_px * SHARPNESS,
            fill=fill,
            outline=outline,
            width=round(line_px * SHARPNESS),
        )

    def shape(self, points: Sequence[tuple[float, float]], fill: str, outline: str) -> None:
        """Draw a filled polygon."""
        scaled = [(SHARPNESS * x, SHARPNESS * y) for x, y in points]
        self._draw.polygon(scaled, fill=fill, outline=outline, width=2 * SHARPNESS)


def card(
    prediction: Prediction, lang: str, analysis: Analysis | None = None, name: str = ""
) -> bytes:
    """Return the card as a PNG of `WIDTH_PX` by `HEIGHT_PX`, always on the light ground.

    It holds numbers, the app's own words, the name of the clip's file and what was given of the
    account: no caption, no transcript, no picture of the clip.
    """
    from PIL import Image, ImageDraw

    ink = STYLE.light
    picture = Image.new("RGB", (WIDTH_PX * SHARPNESS, HEIGHT_PX * SHARPNESS), ink.ground)
    pen = _Pen(ImageDraw.Draw(picture))
    pen.bar((28, 28, WIDTH_PX - 28, HEIGHT_PX - 28), ink.surface, ink.line, 26, 1.5)
    _logo(pen)
    _left(pen, prediction, lang)
    if analysis is not None:
        _title(pen, inputs_words(analysis, lang), name)
    _right(pen, prediction, lang)
    small = picture.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS)
    packed = io.BytesIO()
    small.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _logo(pen: _Pen) -> None:
    x, y = MARGIN_PX, 66
    pen.shape([(x, y), (x + 28, y + 18), (x, y + 36)], STYLE.light.spark, STYLE.light.spark)
    pen.write((x + 44, y + 31), "Viral", "display", 34)


def _title(pen: _Pen, inputs: str, name: str) -> None:
    said = f"{name} · {inputs}" if name else inputs
    pen.write((MARGIN_PX, 132), said, "plain", 20, STYLE.light.ink_soft, widest_px=WIDEST_TITLE_PX)


def _left(pen: _Pen, prediction: Prediction, lang: str) -> None:
    ink, widest = STYLE.light, COLUMN_PX - MARGIN_PX - 44
    key = verdict(prediction.score, prediction.views.median, prediction.usual_views)
    pen.write((MARGIN_PX, 178), text(key, lang), "display", 38, widest_px=widest)
    views = prediction.views
    days = decimal(prediction.horizon_days, 1, lang)
    head = text("card.views", lang, days=days)
    pen.write((MARGIN_PX, 238), head, "bold", 22, ink.ink_soft, widest_px=widest)
    low, high = (count(rounded(end), lang) for end in (views.low, views.high))
    said = text("count.range", lang, low=low, high=high)
    pen.write((MARGIN_PX, 330), said, "display", 72, widest_px=widest)
    pen.write((MARGIN_PX, 382), text("card.range", lang), "plain", 24, widest_px=widest)
    _range(pen, prediction, widest)
    label = text("answer.triple" if prediction.usual_views else "answer.triple_no_usual", lang)
    chance = odds(prediction.breakout_probability, lang)
    pen.write((MARGIN_PX, 548), f"{label}: {chance}", "bold", 24, widest_px=widest)


def _range(pen: _Pen, prediction: Prediction, width: float) -> None:
    views, usual = prediction.views, prediction.usual_views
    ends = [views.low, views.median, views.high]
    axis = LogAxis([*ends, usual] if usual else ends)

    def across(number: float) -> float:
        return MARGIN_PX + width * axis.percent(number) / 100

    middle = 440
    pen.bar((MARGIN_PX, middle - 9, MARGIN_PX + width, middle + 9), STYLE.light.sunken, None, 9)
    pen.bar(
        (across(views.low), middle - 16, across(views.high), middle + 16),
        STYLE.light.accent_soft,
        STYLE.light.accent,
        8,
    )
    x = across(views.median)
    diamond = [(x, middle - 16), (x + 16, middle), (x, middle + 16), (x - 16, middle)]
    pen.shape(diamond, STYLE.light.spark, STYLE.light.ink)


def _right(pen: _Pen, prediction: Prediction, lang: str) -> None:
    ink, right = STYLE.light, WIDTH_PX - MARGIN_PX
    heading = text("moves.heading", lang)
    pen.write((COLUMN_PX, 178), heading, "display", 26, widest_px=right - COLUMN_PX)
    explanation = prediction.explanation
    steps = steps_of(prediction)
    low, high = span_of(steps)
    first, last = COLUMN_PX + 200, right - 96

    def across(place: float) -> float:
        return first + (place - low) / (high - low) * (last - first)

    top = 216
    start = count(10.0 ** steps[0].start, lang)
    pen.write(
        (COLUMN_PX, top + 20),
        text(f"moves.{explanation.base_is}", lang),
        "plain",
        20,
        ink.ink_soft,
    )
    pen.write((right, top + 20), start, "bold", 20, ink.ink_soft, "rs")
    for row, step in enumerate(steps[1:], start=1):
        _step(pen, step, top + row * STEP_HEIGHT_PX, across, right, lang)
    end = top + len(steps) * STEP_HEIGHT_PX
    x = across(steps[-1].end)
    pen.shape([(x, end), (x + 13, end + 13), (x, end + 26), (x - 13, end + 13)], ink.spark, ink.ink)
    pen.write((COLUMN_PX, end + 20), text("moves.this", lang), "bold", 20)
    pen.write((right, end + 20), count(prediction.views.median, lang), "bold", 20, anchor="rs")
    foot = text("card.foot", lang)
    pen.write((right, 96), foot, "plain", 22, ink.ink_soft, "rs")


@dataclass(frozen=True)
class Step:
    """One row on the axis of log10 views; the first is where the rows begin."""

    name: str
    start: float
    end: float

    @property
    def value(self) -> float:
        """What it adds, log10."""
        return self.end - self.start


def steps_of(prediction: Prediction) -> tuple[Step, ...]:
    """Return the largest rows, the smaller ones as one, and before them where they begin.

    The axis is log10 of views: the explanation's, shifted by what lies between its score and the
    views, so that the last row ends at the predicted median.
    """
    explanation = prediction.explanation
    shift = math.log10(max(prediction.views.median, 1.0)) - explanation.prediction
    at = explanation.base + shift
    steps = [Step("", at, at)]
    rows = [move for move in moves_of(explanation) if move.name != OTHER]
    for row in rows[:MOST_STEPS]:
        steps.append(Step(row.name, at, at + row.value))
        at += row.value
    rest = explanation.prediction + shift - at
    if abs(10.0**rest - 1.0) >= FACTOR_STEP:
        steps.append(Step(OTHER, at, at + rest))
    return tuple(steps)


def span_of(steps: Sequence[Step]) -> tuple[float, float]:
    """Return the ends of an axis that shows all steps, log10 views."""
    places = [place for step in steps for place in (step.start, step.end)]
    low, high = min(places), max(places)
    spare = max(LEAST_SPAN_LOG10 - (high - low), 0.0) / 2 + ROOM * (high - low)
    return low - spare, high + spare


def _step(pen: _Pen, step: Step, y: float, across: Any, right: float, lang: str) -> None:
    ink = STYLE.light
    name = move_label(step.name, lang)
    pen.write((COLUMN_PX, y + 20), name, "plain", 20, widest_px=192)
    left, end = sorted((across(step.start), across(step.end)))
    box = (left, y + 3, max(end, left + 4), y + 25)
    if step.value >= 0:
        pen.bar(box, STYLE.figure_up, None, 4)
    else:
        pen.bar(box, ink.surface, STYLE.figure_down, 4)
    said = factor(10.0**step.value, lang)
    room = 20 if said[-1] in ARROWS else 0
    pen.write((right - room, y + 20), said, "bold", 20, anchor="rs")
    if room:
        x, up = right - 14.0, ARROWS[said[-1]]
        flat, tip = (y + 18, y + 7) if up else (y + 7, y + 18)
        colour = ink.up if up else ink.down
        pen.shape([(x, flat), (x + 14, flat), (x + 7, tip)], colour, colour)
