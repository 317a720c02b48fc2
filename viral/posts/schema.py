"""The one schema of past posts, and how cells of any form become it.

Conventions
-----------
A table of posts is a `pandas.DataFrame` with the columns of `COLUMNS`, one row a post:

* counts, lengths and flags are float64, NaN where unknown; flags are 0.0 or 1.0;
* texts are `str` or None; `platform` is one of `viral.posts.details.PLATFORMS` or None;
* times are `datetime64[us, UTC]`, NaT where unknown;
* `hashtags` are tuples of lower-case words without `#`, or None where a source does not list them
  (then they stand in the caption);
* `recent_views` are tuples of float, oldest first and newest last, `()` where not given.

`parsed` turns a column of any form into that, and names each cell that it could not read.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from viral.messages import Message
from viral.posts.cells import (
    LARGEST_COUNT,
    CellError,
    flag,
    length,
    number,
    platform,
    tags,
    text,
    time,
    views,
    within,
)
from viral.posts.dates import Year, lacks_year
from viral.posts.details import MAX_FOLLOWERS

COLUMNS: dict[str, str] = {
    "source": "text",
    "platform": "platform",
    "video_id": "text",
    "creator": "text",
    "posted_at": "time",
    "collected_at": "time",
    "caption": "text",
    "hashtags": "tags",
    "sound_name": "text",
    "sound_author": "text",
    "sound_original": "flag",
    "duration_s": "length",
    "width": "length",
    "height": "length",
    "followers": "count",
    "creator_total_likes": "count",
    "creator_total_videos": "count",
    "verified": "flag",
    "views": "count",
    "likes": "count",
    "comments": "count",
    "shares": "count",
    "saves": "count",
    "recent_views": "views",
    "recent_likes": "views",
    "recent_comments": "views",
    "recent_shares": "views",
    "recent_saves": "views",
    "horizon_days": "length",
    "video_path": "text",
}
"""Column -> kind. `recent_likes` and so on are of the same posts as `recent_views`;
`horizon_days` is the age of the post when it was counted, in days; `video_path` is where its clip
is, counted from the table's folder."""

OUTCOMES = ("views", "likes", "comments", "shares", "saves")
"""What is known only after posting; never an input of a prediction."""

LIMITS = {"followers": float(MAX_FOLLOWERS), "duration_s": 86_400.0, "horizon_days": 36_500.0}
"""Highest sensible value by column, where it is not `LARGEST_COUNT`."""

_PARSERS: dict[str, Callable[[Any], Any]] = {
    "platform": platform,
    "text": text,
    "flag": flag,
    "tags": tags,
    "views": views,
}


_NOTHING_OF = {"text": None, "platform": None, "time": None, "tags": None, "views": ()}


def parsed(
    column: pd.Series, name: str, day_first: bool | None = None, year: Year | None = None
) -> tuple[pd.Series, dict[int, Message]]:
    """Turn a column of any form into the schema's.

    Parameters
    ----------
    column : pd.Series
        Cells of any type.
    name : str
        A name of `COLUMNS`.
    day_first : bool, optional
        How to read `03/04/2024`; without it such a date is not read.
    year : Year, optional
        Which year a date without one belongs to; without it such a date is not read.

    Returns
    -------
    tuple of pd.Series and dict
        The column with the same index, and position -> sentence for each cell that could not be
        read, such as "followers is 'many', which is not a number"; those cells are missing.
    """
    kind = COLUMNS[name]
    cells, problems = _cells(column.tolist(), name, day_first, year)
    if kind == "time":
        naive = [None if cell is None else cell.replace(tzinfo=None) for cell in cells]
        moments = pd.DatetimeIndex(np.array(naive, dtype="datetime64[us]"), tz="UTC")
        return pd.Series(moments, index=column.index, name=name), problems
    dtype = object if kind in {"text", "platform", "tags", "views"} else "float64"
    return pd.Series(cells, index=column.index, name=name, dtype=dtype), problems


def _cells(
    values: list[Any], name: str, day_first: bool | None, year: Year | None
) -> tuple[list[Any], dict[int, Message]]:
    kind = COLUMNS[name]
    highest = LIMITS.get(name, LARGEST_COUNT)
    problems: dict[int, Message] = {}
    cells: list[Any] = []
    whole = kind == "count"
    nothing = _NOTHING_OF.get(kind, math.nan)
    parse = _PARSERS.get(kind)
    for position, value in enumerate(values):
        try:
            if kind == "time":
                cells.append(time(value, day_first, year))
            elif name == "duration_s":
                cells.append(length(value, highest))
            elif parse is not None:
                cells.append(parse(value))
            elif type(value) is str and value.isdecimal() and value.isascii() and len(value) < 14:
                # Most cells are plain digits, which need none of the grammar.
                cells.append(within(float(value), highest))
            else:
                cells.append(number(value, highest, whole=whole))
        except CellError as error:
            problems[position] = error.of(name)
            cells.append(nothing)
    return cells, problems


def in_schema(
    frame: pd.DataFrame, day_first: bool | None = None, year: Year | None = None
) -> tuple[pd.DataFrame, dict[int, list[Message]]]:
    """Turn a table of any form into the schema's; columns that it does not have are missing.

    `horizon_days` is taken from `collected_at` and `posted_at` where it is not given. Other columns
    are dropped. With `year`, a date of posting without a year is the last that fits before the
    row's own `collected_at`, or before `year.latest`.

    Returns
    -------
    tuple of pd.DataFrame and dict
        The table, all of `COLUMNS`, index 0..n-1, and row number -> sentences about its cells that
        could not be read.
    """
    problems: dict[int, list[Message]] = {}
    columns: dict[str, pd.Series] = {}
    for name in ("collected_at", *(name for name in COLUMNS if name != "collected_at")):
        if name not in frame.columns:
            columns[name] = _empty(name, len(frame))
            continue
        given = frame[name].reset_index(drop=True)
        # When counts were read off is not of the year that is given for the posts.
        own = None if year is None else Year(year.latest) if name == "collected_at" else year
        columns[name], unreadable = parsed(given, name, day_first, own)
        if name == "posted_at" and year is not None and year.given is None:
            _before_counting(given, columns, unreadable, day_first)
        for row, sentence in unreadable.items():
            problems.setdefault(row, []).append(sentence)
    table = pd.DataFrame({name: columns[name] for name in COLUMNS})
    # A length of zero is what sources write when they do not know it.
    for name in ("duration_s", "width", "height"):
        table[name] = table[name].where(table[name] > 0)
    age_days = (table["collected_at"] - table["posted_at"]).dt.total_seconds() / 86_400
    table["horizon_days"] = table["horizon_days"].fillna(age_days.where(age_days >= 0))
    return table, problems


def _empty(name: str, rows: int) -> pd.Series:
    kind = COLUMNS[name]
    if kind == "time":
        nothing = pd.DatetimeIndex([pd.NaT] * rows, tz="UTC").as_unit("us")
        return pd.Series(nothing, index=range(rows), name=name)
    dtype = object if kind in {"text", "platform", "tags", "views"} else "float64"
    cell = _NOTHING_OF.get(kind, math.nan)
    return pd.Series([cell] * rows, index=range(rows), name=name, dtype=dtype)


def _before_counting(
    given: pd.Series,
    columns: dict[str, pd.Series],
    unreadable: dict[int, Message],
    day_first: bool | None,
) -> None:
    """Give each date without a year the last that fits before its own row was counted."""
    counted = columns["collected_at"]
    found = columns["posted_at"]
    for row in np.flatnonzero((counted.notna() & (found > counted)).to_numpy()).tolist():
        written = given.iloc[row]
        if isinstance(written, str) and lacks_year(written):
            try:
                moment = time(written, day_first, Year(counted.iloc[row].to_pydatetime()))
            except CellError as error:
                unreadable[row] = error.of("posted_at")
            else:
                found.iloc[row] = moment


def log_counts(counts: Any) -> np.ndarray:
    """Return log10 of counts plus one, the scale that everything is predicted on."""
    return np.asarray(np.log10(np.asarray(counts, dtype=np.float64) + 1.0))
