"""Selections as JSON, and back. Numbers keep three significant digits: nobody reads more."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from viral.explore.aggregates import MEASURES, QUARTILES, Cells
from viral.explore.contrasts import Contrast
from viral.explore.effects import Effect
from viral.explore.selection import Effects, Selection

DIGITS = 3
PLAIN = ("posts", "creators", "first", "last", "with_usual")
CELLS = ("sizes", "durations", "hours", "theme_cells")
EFFECTS = ("hashtags", "sounds", "themes")


def _rounded(number: float) -> float | int | None:
    if not math.isfinite(number):
        return None
    short = float(f"{number:.{DIGITS}g}")
    return int(short) if short == int(short) else short


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _cells_out(cells: Cells) -> dict[str, Any]:
    known = {m: rows for m, rows in cells.quartiles.items() if np.isfinite(rows).any()}
    return {
        "places": list(cells.places),
        "posts": list(cells.posts),
        "creators": list(cells.creators),
        "left_out": cells.left_out,
        # Column by column; one of nothing but NaN is left away.
        "quartiles": {
            measure: [
                [_rounded(value) for value in column] if np.isfinite(column).any() else None
                for column in rows.T.tolist()
            ]
            for measure, rows in known.items()
        },
    }


def _cells_in(content: Mapping[str, Any]) -> Cells:
    count = len(content["places"])
    quartiles = {}
    for measure in MEASURES:
        values = np.full((count, len(QUARTILES)), np.nan)
        for place, column in enumerate(content["quartiles"].get(measure, ())):
            if column is not None:
                values[:, place] = [_number(value) for value in column]
        quartiles[measure] = values
    if not count == len(content["posts"]) == len(content["creators"]):
        raise ValueError("cells")
    return Cells(
        places=tuple(int(place) for place in content["places"]),
        posts=tuple(int(posts) for posts in content["posts"]),
        creators=tuple(int(makers) for makers in content["creators"]),
        quartiles=quartiles,
        left_out=int(content["left_out"]),
    )


def _record_out(record: Effect | Contrast) -> list[Any]:
    return [_rounded(v) if isinstance(v, float) else v for v in asdict(record).values()]


def _effects_in(content: Mapping[str, Any]) -> Effects:
    shown = tuple(
        Effect(str(name), int(posts), int(creators), float(value), float(low), float(high))
        for name, posts, creators, value, low, high in content["shown"]
    )
    return Effects(shown, int(content["more"]), int(content["left_out"]))


def to_json(selection: Selection) -> dict[str, Any]:
    """Return a selection as JSON's types."""
    result: dict[str, Any] = {name: getattr(selection, name) for name in PLAIN}
    result |= {name: _cells_out(getattr(selection, name)) for name in CELLS}
    for name in EFFECTS:
        effects: Effects = getattr(selection, name)
        result[name] = {
            "shown": [_record_out(one) for one in effects.shown],
            "more": effects.more,
            "left_out": effects.left_out,
        }
    result["contrasts"] = [_record_out(one) for one in selection.contrasts]
    return result


def from_json(content: Mapping[str, Any]) -> Selection:
    """Return the selection that `to_json` wrote.

    Raises
    ------
    KeyError, TypeError, ValueError
        It is not of that form.
    """
    names = [field.name for field in fields(Contrast)]
    values: dict[str, Any] = {name: content[name] for name in PLAIN}
    values |= {name: _cells_in(content[name]) for name in CELLS}
    values |= {name: _effects_in(content[name]) for name in EFFECTS}
    values["contrasts"] = tuple(
        Contrast(**dict(zip(names, row, strict=True))) for row in content["contrasts"]
    )
    return Selection(**values)
