"""What Explore shows of a selection, figure by figure: functions of data and a language.

Names of hashtags and sounds are other people's words: the templates escape them for HTML, `plain`
for Plotly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from markupsafe import Markup

from viral.explore.aggregates import DURATION_EDGES_S, SIZE_EDGES, Cells
from viral.explore.contrasts import Contrast
from viral.explore.effects import Effect
from viral.explore.selection import Effects, Selection
from viral.explore.sheets import csv_text, sheets_of
from viral.figures.explore import ForestRow, HoursCell, SpreadRow, forest, hours, plain, spread
from viral.messages import text
from viral.modalities import NAMES
from viral.model.inputs import modality_features
from viral.ui.explore import words as words
from viral.ui.templates import rendered
from viral.ui.text.labels import modality_label
from viral.ui.widgets.numbers import count, decimal
from viral.ui.widgets.tables import table

FIGURES = ("sizes", "durations", "hours", "hashtags", "sounds", "themes", "contrasts")
RAISING_DRAWN, LOWERING_DRAWN = 12, 8
"""Labels in a figure, of those that the table holds."""
FEATURES_DRAWN = 7
"""Of each modality."""
MOST_TICKS = 4
"""As many as fit under a figure on a phone."""
FACTOR_STEPS = (0.1, 0.2, 0.3, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)
LEAST_APART = 0.2
"""Of an axis, between two marks: what they need on a phone."""
DEVIATION_STEPS = (0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class Panel:
    """One figure with what stands under it."""

    figure: go.Figure | None
    note: Markup
    table: Markup
    """Empty where there is nothing."""
    file: str
    csv: str

    def value(self) -> dict[str, Any]:
        """Return what the browser needs to hand out the files."""
        there = bool(self.table)
        return {
            "note": self.note,
            "table": self.table,
            "file": self.file,
            "csv": self.csv if there else "",
            "drawn": self.figure is not None,
        }


@dataclass(frozen=True)
class _Piece:
    """A figure, the notes under it, and its table's heads and rows."""

    figure: go.Figure | None
    notes: Sequence[str]
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def panels(selection: Selection, measure: str, lang: str) -> dict[str, Panel]:
    """Return every figure of a selection: name -> panel.

    Parameters
    ----------
    selection
        What is shown.
    measure
        One of `viral.explore.aggregates.MEASURES`, for the figures by cell.
    lang
        A language of `viral.messages.LANGUAGES`.
    """
    made = {
        "sizes": _spread("sizes", selection.sizes, measure, lang),
        "durations": _spread("durations", selection.durations, measure, lang),
        "hours": _hours(selection.hours, measure, lang),
        "hashtags": _effects("hashtags", selection.hashtags, lang, prefix="#"),
        "sounds": _effects("sounds", selection.sounds, lang),
        "themes": _effects("themes", selection.themes, lang),
        "contrasts": _contrasts(selection.contrasts, lang),
    }
    sheets = sheets_of(selection)
    return {
        name: Panel(
            figure=piece.figure,
            note=rendered("explore/notes", lang, notes=piece.notes),
            table=table(text(f"explore.{name}", lang), piece.head, piece.rows),
            file=f"viral-{sheets[name].name.replace('_', '-')}",
            csv=csv_text(sheets[name]),
        )
        for name, piece in made.items()
    }


def _columns(lang: str, *names: str) -> list[str]:
    return [text(f"explore.column_{name}", lang) for name in names]


def _unknown(name: str, cells: Cells, measure: str, lang: str) -> list[str]:
    """Say why there is no figure."""
    if not cells.places:
        return [text(f"explore.nothing_{name}", lang)]
    return [text("explore.nothing_measure", lang, measure=text(f"explore.{measure}", lang))]


def _left_cells(cells: Cells, lang: str) -> list[str]:
    left = cells.left_out
    return [text("explore.left_cells", lang, count=left)] if left else []


def _spread(name: str, cells: Cells, measure: str, lang: str) -> _Piece:
    left = _left_cells(cells, lang)
    if not cells.known(measure):
        return _Piece(None, [*_unknown(name, cells, measure, lang), *left])
    label = words.size_label if name == "sizes" else words.duration_label
    edges = SIZE_EDGES if name == "sizes" else DURATION_EDGES_S
    number = words.number_of(measure, lang)
    place = {at: row for row, at in enumerate(cells.places)}
    drawn, rows = [], []
    # Smaller ones than any post has are no loss; a gap between two that are shown is one.
    for at in range(min(cells.places), min(max(cells.places), len(edges)) + 1):
        missing = text("explore.hover_missing", lang, label=label(at, lang))
        ends = cells.quartiles[measure][place[at]] if at in place else np.full(3, np.nan)
        if not np.isfinite(ends[1]):
            drawn.append(SpreadRow(label(at, lang), math.nan, math.nan, math.nan, missing))
            continue
        low, median, high = (number(float(value)) for value in ends)
        posts = count(cells.posts[place[at]], lang)
        told = text(
            "explore.hover_spread",
            lang,
            label=label(at, lang),
            median=median,
            low=low,
            high=high,
            posts=posts,
        )
        drawn.append(
            SpreadRow(label(at, lang), float(ends[0]), float(ends[1]), float(ends[2]), told)
        )
        makers = count(cells.creators[place[at]], lang)
        rows.append([label(at, lang), low, median, high, posts, makers])
    column = "size" if name == "sizes" else "duration"
    head = _columns(lang, column, "low", "median", "high", "posts", "creators")
    figure = spread(drawn, text(f"explore.{measure}", lang), number)
    return _Piece(figure, left, head, rows)


def _hours(cells: Cells, measure: str, lang: str) -> _Piece:
    left = _left_cells(cells, lang)
    if not cells.known(measure):
        return _Piece(None, [*_unknown("hours", cells, measure, lang), *left])
    number = words.number_of(measure, lang)
    days = [text(f"weekday.{day}", lang).capitalize() for day in range(7)]
    medians = {
        at: (float(value), posts)
        for at, value, posts in zip(cells.places, cells.medians(measure), cells.posts, strict=True)
        if math.isfinite(value)
    }
    drawn, rows = [], []
    for at in range(7 * 24):
        day, hour = divmod(at, 24)
        if at not in medians:
            label = f"{days[day]}, {hour}:00"
            missing = text("explore.hover_missing", lang, label=label)
            drawn.append(HoursCell(day, hour, math.nan, missing))
            continue
        value, posts = medians[at]
        shown, behind = number(value), count(posts, lang)
        told = text(
            "explore.hover_hour", lang, weekday=days[day], hour=hour, median=shown, posts=behind
        )
        drawn.append(HoursCell(day, hour, value, told))
        rows.append([f"{days[day]} {hour}:00", shown, behind])
    figure = hours(drawn, days, text("explore.axis_hours", lang))
    return _Piece(figure, left, _columns(lang, "hour", "median", "posts"), rows)


def _drawn(effects: Effects) -> list[Effect]:
    shown = list(effects.shown)
    if len(shown) <= RAISING_DRAWN + LOWERING_DRAWN:
        return shown
    return [*shown[:RAISING_DRAWN], *shown[-LOWERING_DRAWN:]]


def _effects(name: str, effects: Effects, lang: str, prefix: str = "") -> _Piece:
    notes = []
    drawn = _drawn(effects)
    if len(drawn) < len(effects.shown):
        notes.append(text("explore.more_rows", lang, count=len(effects.shown)))
    if effects.more:
        notes.append(text("explore.more", lang, count=count(effects.more, lang)))
    if effects.left_out:
        notes.append(text("explore.left_names", lang, count=count(effects.left_out, lang)))
    if not drawn:
        return _Piece(None, [text(f"explore.nothing_{name}", lang), *notes])

    def ends(one: Effect) -> list[str]:
        return [words.plain_factor(10.0**v, lang) for v in (one.value, one.low, one.high)]

    def row(one: Effect) -> ForestRow:
        value, low, high = ends(one)
        told = text(
            "explore.hover_effect",
            lang,
            name=prefix + one.name,
            factor=value,
            low=low,
            high=high,
            posts=count(one.posts, lang),
            creators=count(one.creators, lang),
        )
        label = plain(words.short(prefix + one.name))
        return ForestRow(label, one.value, one.low, one.high, plain(told))

    figure = forest(
        [row(one) for one in drawn],
        text("explore.axis_factor", lang),
        lambda low, high: _factor_ticks(low, high, lang),
    )
    head = _columns(lang, "name", "factor", "from", "to", "posts", "creators")
    rows = [
        [prefix + one.name, *ends(one), count(one.posts, lang), count(one.creators, lang)]
        for one in effects.shown
    ]
    return _Piece(figure, notes, head, rows)


def _factor_ticks(low: float, high: float, lang: str) -> tuple[list[float], list[str]]:
    apart = LEAST_APART * (high - low)
    # ×1 stands first, so that it stays whatever else has no room.
    steps = sorted(FACTOR_STEPS, key=lambda step: abs(math.log10(step)))
    kept: list[float] = []
    for step in steps:
        at = math.log10(step)
        if low <= at <= high and all(abs(at - math.log10(other)) >= apart for other in kept):
            kept.append(step)
    kept.sort()
    return [math.log10(step) for step in kept], [words.plain_factor(s, lang) for s in kept]


def _deviation_ticks(low: float, high: float, lang: str) -> tuple[list[float], list[str]]:
    step = next((s for s in DEVIATION_STEPS if (high - low) / s < MOST_TICKS), DEVIATION_STEPS[-1])
    at = [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return at, [decimal(value, 2, lang) for value in at]


def _contrasts(found: Sequence[Contrast], lang: str) -> _Piece:
    if not found:
        return _Piece(None, [text("explore.nothing_contrasts", lang)])
    drawn, rows = [], []
    there = dict.fromkeys(one.modality for one in found)
    for modality in there:
        own = [one for one in found if one.modality == modality]
        features = {feature.name: feature for feature in modality_features(modality)}
        part = modality_label(modality, lang)
        drawn.append(ForestRow(plain(part)))
        for rank, one in enumerate(own):
            feature = features[one.feature]
            name = words.feature_name(modality, feature, lang)
            value, low, high = (decimal(v, 2, lang) for v in (one.value, one.low, one.high))
            top, rest = (words.feature_value(feature, v, lang) for v in (one.top, one.rest))
            rows.append([f"{part}: {name}", value, low, high, top, rest, count(one.posts, lang)])
            if rank < FEATURES_DRAWN:
                told = text(
                    "explore.hover_contrast",
                    lang,
                    name=name,
                    value=value,
                    low=low,
                    high=high,
                    top=top,
                    rest=rest,
                )
                label = plain(words.short(name))
                drawn.append(ForestRow(label, one.value, one.low, one.high, plain(told)))
    figure = forest(
        drawn,
        text("explore.axis_deviations", lang),
        lambda low, high: _deviation_ticks(low, high, lang),
    )
    notes = []
    if len(rows) > sum(math.isfinite(row.value) for row in drawn):
        notes.append(text("explore.more_rows", lang, count=len(rows)))
    absent = [modality_label(name, lang).lower() for name in NAMES if name not in there]
    if absent:
        notes.append(text("explore.absent", lang, parts=", ".join(absent)))
    head = _columns(lang, "feature", "difference", "from", "to", "top", "rest", "posts")
    return _Piece(figure, notes, head, rows)
