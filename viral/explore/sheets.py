"""Each figure's data as a sheet of plain numbers, and a sheet as CSV that no spreadsheet executes.

Conventions: factors are plain (1.2 is a fifth more), shares are per view, times are UTC, weekday 0
is Monday; an empty cell is not known or may not be shown.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from viral.explore.aggregates import DURATION_EDGES_S, MEASURES, SIZE_EDGES, Cells
from viral.explore.selection import Effects, Selection

Value = str | int | float | None

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a text for a formula (OWASP, CSV injection)."""
COLUMN_OF_MEASURE: Mapping[str, str] = {
    "views": "views",
    "lift": "factor_over_usual",
    "likes": "likes_per_view",
    "comments": "comments_per_view",
    "shares": "shares_per_view",
}
EFFECT_COLUMNS = ("posts", "creators", "factor", "factor_low", "factor_high")


@dataclass(frozen=True)
class Sheet:
    """A table of plain values."""

    name: str
    """What its file is called, without an ending."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def harmless(value: Value) -> str:
    """Return a cell as text; an apostrophe goes before one that a spreadsheet would execute."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    guarded = isinstance(value, str) and text.lstrip(" ").startswith(FORMULA_STARTS)
    return f"'{text}" if guarded else text


def csv_text(sheet: Sheet) -> str:
    """Return a sheet as CSV with a header, lines ending as RFC 4180 says."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(sheet.columns)
    writer.writerows([harmless(value) for value in row] for row in sheet.rows)
    return out.getvalue()


def _edges(edges: tuple[float, ...], place: int) -> tuple[Value, Value]:
    low = edges[place - 1] if place > 0 else 0.0
    return low, edges[place] if place < len(edges) else None


def _cell_sheet(
    name: str, where: tuple[str, ...], cells: Cells, place: Callable[[int], tuple[Value, ...]]
) -> Sheet:
    whole = ("lower_quartile", "median", "upper_quartile")
    columns = [(m, n) for m in MEASURES for n in range(3)]
    # Of hours only medians are kept.
    kept = [(m, n) for m, n in columns if n == 1 or name != "hours"]
    return Sheet(
        name,
        (*where, "posts", "creators", *(f"{COLUMN_OF_MEASURE[m]}_{whole[n]}" for m, n in kept)),
        tuple(
            (
                *place(at),
                cells.posts[row],
                cells.creators[row],
                *(float(cells.quartiles[m][row, n]) for m, n in kept),
            )
            for row, at in enumerate(cells.places)
        ),
    )


def _effect_sheet(name: str, label: str, effects: Effects) -> Sheet:
    return Sheet(
        name,
        (label, *EFFECT_COLUMNS),
        tuple(
            (one.name, one.posts, one.creators, *(10.0**v for v in (one.value, one.low, one.high)))
            for one in effects.shown
        ),
    )


def _themes_sheet(selection: Selection) -> Sheet:
    plain = _effect_sheet("themes", "theme", selection.themes)
    cells = selection.theme_cells
    rows = {place: row for row, place in enumerate(cells.places)}
    more = tuple(f"{COLUMN_OF_MEASURE[m]}_median" for m in MEASURES)
    return Sheet(
        plain.name,
        (*plain.columns, *more),
        tuple(
            (
                *row,
                *(float(cells.quartiles[m][rows[at], 1]) if at in rows else None for m in MEASURES),
            )
            for at, row in enumerate(plain.rows)
        ),
    )


def _contrast_sheet(selection: Selection) -> Sheet:
    return Sheet(
        "top_tenth",
        (
            "modality",
            "feature",
            "difference_in_deviations",
            "low",
            "high",
            "median_top_tenth",
            "median_rest",
            "posts_top_tenth",
        ),
        tuple(
            (c.modality, c.feature, c.value, c.low, c.high, c.top, c.rest, c.posts)
            for c in selection.contrasts
        ),
    )


def sheets_of(selection: Selection) -> dict[str, Sheet]:
    """Return the sheet of each figure: figure -> sheet."""
    return {
        "sizes": _cell_sheet(
            "account_size",
            ("followers_from", "followers_below"),
            selection.sizes,
            lambda place: _edges(SIZE_EDGES, place),
        ),
        "durations": _cell_sheet(
            "duration",
            ("duration_from_s", "duration_below_s"),
            selection.durations,
            lambda place: _edges(DURATION_EDGES_S, place),
        ),
        "hours": _cell_sheet(
            "hours", ("weekday", "hour_utc"), selection.hours, lambda place: divmod(place, 24)
        ),
        "hashtags": _effect_sheet("hashtags", "hashtag", selection.hashtags),
        "sounds": _effect_sheet("sounds", "sound", selection.sounds),
        "themes": _themes_sheet(selection),
        "contrasts": _contrast_sheet(selection),
    }
