"""How many viewers were still there at each moment of a post, out of a file that a platform gave.

YouTube Studio exports the curve of a video as CSV or XLSX, alone or in a zip, by the position in
per cent of the length: `Video position (%)` and `Absolute audience retention (%)`, which passes
100 % where viewers play a moment again. TikTok Studio shows the curve and exports none; the answer
that its page gets (`video_retention_rate_realtime`, milliseconds and shares) is read as JSON, and
so is a table of one's own with a column of seconds and one of per cent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from viral.errors import TableError
from viral.messages import Message
from viral.posts.exporters.exporter import key
from viral.posts.json_stream import loads
from viral.posts.parsing import length_seconds, plain_number
from viral.posts.rows import Row, rows_of
from viral.posts.sheets import SUFFIXES as SHEETS
from viral.posts.sheets import sheets
from viral.posts.streams import opened_text, text_members

FEWEST = 5
"""Points that make a curve."""
MOST = 20_000
MOST_JSON_CHARACTERS = 20_000_000
MOST_KEPT = 20.0
"""Times that a moment may have been played for each viewer."""
TIKTOK = "video_retention_rate_realtime"
_POSITION = re.compile(
    r"position|posici|posiç|позици|elapsed|second|segundo|сек|\btime\b|tiempo|tempo|timestamp", re.I
)
_KEPT = re.compile(r"retention|retenci|retenç|удержани|watchratio|viewers|espectador", re.I)
_RELATIVE = re.compile(r"relativ|относит|compared|comparad", re.I)
_SECONDS = re.compile(r"second|segundo|сек|\(s\)|\btime\b|tiempo|tempo", re.I)
_COUNTED = re.compile(r"stopped watching|number of times each moment", re.I)

Unit = Literal["seconds", "share"]


@dataclass(frozen=True)
class Retention:
    """A curve of viewers."""

    at: np.ndarray
    """float64 `[points]`, increasing: seconds, or shares of the length, as `unit` says."""
    kept: np.ndarray
    """float64 `[points]`: viewers at that moment per viewer who began; beyond 1 where played again.
    """
    unit: Unit
    source: Literal["youtube", "tiktok", "table"]


def read_retention(path: str | Path) -> Retention:
    """Read a curve out of a file.

    Raises
    ------
    TableError
        It is missing, damaged, no such curve, or one curve for each group of viewers.
    """
    file = Path(path)
    if not file.is_file():
        raise TableError(Message("posts.no_file", file=file.name))
    if file.suffix.lower() == ".json":
        return _document(file)
    refused: Message | None = None
    for rows in _tables(file):
        try:
            return _curve(rows, file)
        except TableError as error:
            # What says most of why stays: a table of the same export that is no curve is usual.
            told = error.message.code != "retention.no_curve"
            refused = error.message if refused is None or told else refused
    raise TableError(refused or Message("retention.no_curve", file=file.name))


def _tables(file: Path) -> Iterator[list[Mapping[str, Any]]]:
    suffix = file.suffix.lower()
    if suffix in SHEETS:
        for _, lines in sheets(file):
            filled = [row for row in lines if any(cell != "" for cell in row)][: MOST + 1]
            names = [str(cell).strip() for cell in filled[0]] if filled else []
            yield [dict(zip(names, row, strict=False)) for row in filled[1:]]
        return
    members: Sequence[str | None] = text_members(file) if suffix == ".zip" else (None,)
    for member in members:
        found: list[Mapping[str, Any]] = []
        for row in rows_of(file, member):
            if isinstance(row, Row):
                found.append(row.cells)
            if len(found) > MOST:
                break
        yield found


def _curve(rows: Sequence[Mapping[str, Any]], file: Path) -> Retention:
    nothing = Message("retention.no_curve", file=file.name)
    names = [str(name) for name in rows[0]] if rows else []
    where = next((name for name in names if _POSITION.search(name)), None)
    kept = [name for name in names if _KEPT.search(name) and name != where]
    absolute = [name for name in kept if not _RELATIVE.search(name)]
    if not absolute and len(names) == 2 and all("%" in name for name in names):
        where, absolute = names[0], names[1:]  # the same export in a language that is not listed
    if where is None or not absolute:
        if any(_COUNTED.search(name) for name in names):
            raise TableError(Message("retention.counts", file=file.name))
        raise TableError(nothing)
    cells = [(row.get(where), row.get(absolute[0])) for row in rows]
    pairs = [
        (at, value)
        for at, value in ((_number(one), _number(other)) for one, other in cells)
        if at is not None and value is not None
    ]
    at, value = (np.array([pair[side] for pair in pairs], dtype=np.float64) for side in (0, 1))
    if len(at) != len(np.unique(at)):
        raise TableError(Message("retention.groups", file=file.name))
    written = [str(value) for _, value in cells]
    percent = "%" in absolute[0] or any("%" in text for text in written)
    if percent or (len(value) and value.max() > MOST_KEPT):
        value = value / 100.0
    unit: Unit = "share"
    if "%" in where:
        at = at / 100.0
    elif (
        _SECONDS.search(where)
        or any(":" in str(one) for one, _ in cells)
        or (len(at) and at.max() > 1.0)
    ):
        unit = "seconds"
    source: Literal["youtube", "table"] = "youtube" if unit == "share" else "table"
    return _checked(at, value, unit, source, file)


def _number(cell: Any) -> float | None:
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, (int, float)):
        return float(cell)
    text = str(cell).strip().removesuffix("%").strip()
    length_s = length_seconds(text) if ":" in text else None
    if length_s is not None:
        return length_s
    try:
        return plain_number(text)
    except ValueError:
        return None


def _document(file: Path) -> Retention:
    with opened_text(file) as (stream, _):
        text = stream.read(MOST_JSON_CHARACTERS + 1)
    try:
        found = None if len(text) > MOST_JSON_CHARACTERS else _within(loads(text))
    except ValueError:
        raise TableError(Message("posts.damaged", file=file.name)) from None
    if found is None:
        raise TableError(Message("retention.no_curve", file=file.name))
    pairs = []
    for point in found:
        if isinstance(point, dict):
            stamp = point.get("timestamp", point.get("key"))
            at, value = _number(stamp), _number(point.get("value"))
            if at is not None and value is not None:
                pairs.append((at / 1000.0, value))
    at_s, kept = (np.array([pair[side] for pair in pairs], dtype=np.float64) for side in (0, 1))
    return _checked(at_s, kept, "seconds", "tiktok", file)


def _within(value: Any, depth: int = 8) -> list[Any] | None:
    """Return TikTok's list of points, wherever in the answer it is."""
    if depth and isinstance(value, dict):
        if TIKTOK in value:
            return _list_in(value[TIKTOK])
        for inner in value.values():
            found = _within(inner, depth - 1)
            if found is not None:
                return found
    if depth and isinstance(value, list):
        for inner in value:
            found = _within(inner, depth - 1)
            if found is not None:
                return found
    return None


def _list_in(value: Any) -> list[Any] | None:
    for _ in range(3):
        if isinstance(value, dict):
            named = {key(name): inner for name, inner in value.items()}
            value = named.get("list", named.get("value"))
    return value if isinstance(value, list) else None


def _checked(
    at: np.ndarray,
    kept: np.ndarray,
    unit: Unit,
    source: Literal["youtube", "tiktok", "table"],
    file: Path,
) -> Retention:
    order = np.argsort(at, kind="stable")
    at, kept = at[order], kept[order]
    if len(at) < FEWEST:
        raise TableError(Message("retention.few_points", file=file.name, count=len(at)))
    fits = np.isfinite(at).all() and np.isfinite(kept).all() and at[0] >= 0 and kept.min() >= 0
    fits = fits and kept.max() <= MOST_KEPT and (unit == "seconds" or at[-1] <= 1.0)
    if not fits or not kept.any() or (np.diff(at) <= 0).any():
        raise TableError(Message("retention.no_curve", file=file.name))
    return Retention(at, kept, unit, source)
