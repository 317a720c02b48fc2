"""The one schema of past posts, and how cells of any form become it.

Conventions
-----------
A table of posts is a `pandas.DataFrame` with the columns of `COLUMNS`, one row a post:

* counts, lengths and flags are float64, NaN where unknown; flags are 0.0 or 1.0;
* texts are `str` or None;
* times are `datetime64[us, UTC]`, NaT where unknown;
* `hashtags` are tuples of lower-case words without `#`, or None where a source does not list them
  (then they stand in the caption);
* `recent_views` are tuples of float, oldest first and newest last, `()` where not given.

`parsed` turns a column of any form into that, and names each cell that it could not read.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from viral.posts.dates import Year, plain_time
from viral.posts.details import EARLIEST_POST, MAX_FOLLOWERS, MAX_RECENT_VIEWS
from viral.posts.hashtags import normalise
from viral.posts.parsing import TwoReadingsError, length_seconds, number_list, plain_number

COLUMNS: dict[str, str] = {
    "source": "text",
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
    "horizon_days": "length",
    "video_path": "text",
}
"""Column -> kind. `recent_likes` and so on are of the same posts as `recent_views`;
`horizon_days` is the age of the post when it was counted, in days; `video_path` is where its clip
is, counted from the table's folder."""

OUTCOMES = ("views", "likes", "comments", "shares", "saves")
"""What is known only after posting; never an input of a prediction."""

LATEST_POST = datetime(2100, 1, 1, tzinfo=UTC)
LARGEST_COUNT = 1e13
"""More than all views of all posts of any account; above it a number is a slip."""
LIMITS = {"followers": float(MAX_FOLLOWERS), "duration_s": 86_400.0, "horizon_days": 36_500.0}
"""Highest sensible value by column, where it is not `LARGEST_COUNT`."""
MILLISECONDS_FROM = 1e11
"""Unix times above this are milliseconds: as seconds they would lie after the year 5000."""

_NOTHING = {"", "nan", "none", "null", "na", "n/a", "nat", "<na>"}
_TRUE = {"1", "1.0", "true", "yes", "y", "t"}
_FALSE = {"0", "0.0", "false", "no", "n", "f"}


def is_missing(value: Any) -> bool:
    """Return whether a cell says nothing: None, NaN, NaT, or a text such as `""` and `null`."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, str):
        return value.strip().lower() in _NOTHING
    return isinstance(value, (float, np.floating)) and math.isnan(value)


def _quoted(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else text[:37] + "...")


def number(value: Any, highest: float = LARGEST_COUNT, *, whole: bool = False) -> float:
    """Return a cell as a number from 0 to `highest`; NaN where it says nothing.

    `whole` says that it counts something; see `viral.posts.parsing.plain_number`.

    Raises
    ------
    ValueError
        It is no number, negative or beyond `highest`; the message completes "followers ...".
    """
    if is_missing(value):
        return math.nan
    try:
        result = plain_number(value, whole=whole) if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"is {_quoted(value)}, which is not a number") from None
    if math.isnan(result):
        return math.nan
    if result < 0:
        raise ValueError(f"is {result:,.10g}, but cannot be negative")
    if result > highest:
        raise ValueError(f"is {result:,.10g}, but at most {highest:,.0f} makes sense")
    return result


def flag(value: Any) -> float:
    """Return a cell as 1.0 (yes), 0.0 (no) or NaN; a word that is neither says nothing."""
    if is_missing(value):
        return math.nan
    word = str(value).strip().lower()
    return 1.0 if word in _TRUE else 0.0 if word in _FALSE else math.nan


def text(value: Any) -> str | None:
    """Return a cell as text that can be encoded, or None where it says nothing."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (float, np.floating)):
        if math.isnan(value):
            return None
        # Identifiers that a spreadsheet turned into floating point.
        return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    cleaned = str(value).encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")
    return cleaned if cleaned.strip() else None


def _length(value: Any) -> float:
    seconds = length_seconds(value) if isinstance(value, str) else None
    return number(value if seconds is None else seconds, LIMITS["duration_s"])


def time(value: Any, day_first: bool | None = None, year: Year | None = None) -> datetime | None:
    """Return a cell as a time in UTC: Unix seconds, milliseconds, or see `plain_time`.

    Raises
    ------
    ValueError
        It is no date or lies outside 2014 to 2100; the message completes "posted_at ...".
    """
    if is_missing(value):
        return None
    try:
        if isinstance(value, str) and re.fullmatch(r"\s*\d{9,13}(\.\d*)?\s*", value):
            value = float(value)
        if isinstance(value, (int, float, np.integer, np.floating)):
            seconds = float(value) / (1000 if float(value) > MILLISECONDS_FROM else 1)
            moment = datetime.fromtimestamp(seconds, tz=UTC)
        elif isinstance(value, datetime):
            moment = value
        else:
            moment = plain_time(str(value), day_first, year)
    except (ValueError, OverflowError, OSError) as error:
        open_question = str(error).startswith(("can be read", "has no year"))
        reason = str(error) if open_question else "is not a date"
        raise ValueError(f"is {_quoted(value)}, which {reason}") from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if not EARLIEST_POST <= moment <= LATEST_POST:
        raise ValueError(f"is {moment:%Y-%m-%d}, which is outside 2014 to 2100")
    return moment


def _listed(value: str) -> list[Any] | None:
    # A JSON list, or None for a text of another form.
    if not value.lstrip().startswith("["):
        return None
    try:
        loaded = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return loaded if isinstance(loaded, list) else None


def _items(value: Any) -> list[Any]:
    # A list cell comes as a list, an array, JSON, the way Python or NumPy print a list, or as a
    # plain "900, 1500 700".
    if isinstance(value, str):
        loaded = _listed(value)
        if loaded is not None:
            return loaded
        stripped = value.strip()
        return [part.strip("'\"") for part in re.split(r"[\s,;]+", stripped.strip("[]()")) if part]
    if isinstance(value, np.ndarray):
        return list(value.tolist()) if value.ndim else [value.item()]
    if isinstance(value, Iterable) and not isinstance(value, (bytes, dict)):
        return list(value)
    return [value]


def views(value: Any) -> tuple[float, ...]:
    """Return a cell as recent views, oldest first; at most `MAX_RECENT_VIEWS`, the newest.

    Raises
    ------
    ValueError
        An entry is no count; the message completes "recent_views ...".
    """
    if is_missing(value):
        return ()
    listed = _listed(value) if isinstance(value, str) else _items(value)
    try:
        given = number_list(value) if listed is None else listed
        counts = [number(item, whole=True) for item in given]
    except TwoReadingsError as error:
        raise ValueError(
            f"is {_quoted(value)}, which can be read in two ways; write {error.joined} or "
            f"{error.apart}"
        ) from None
    except ValueError as error:
        raise ValueError(f"holds an entry that {error}") from None
    return tuple(count for count in counts if not math.isnan(count))[-MAX_RECENT_VIEWS:]


def tags(value: Any) -> tuple[str, ...] | None:
    """Return a cell as different hashtags in their order, or None where it says nothing."""
    if is_missing(value):
        return None
    words = (
        str(item.get("name", "")) if isinstance(item, dict) else str(item)
        for item in _items(value)
        if not is_missing(item)
    )
    readable = (word.encode("utf-8", "replace").decode("utf-8") for word in words)
    return tuple(dict.fromkeys(tag for tag in map(normalise, readable) if tag))


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "text": text,
    "flag": flag,
    "tags": tags,
    "views": views,
}


def parsed(
    column: pd.Series, name: str, day_first: bool | None = None
) -> tuple[pd.Series, dict[int, str]]:
    """Turn a column of any form into the schema's.

    Parameters
    ----------
    column : pd.Series
        Cells of any type.
    name : str
        A name of `COLUMNS`.
    day_first : bool, optional
        How to read `03/04/2024`; without it such a date is not read.

    Returns
    -------
    tuple of pd.Series and dict
        The column with the same index, and position -> sentence for each cell that could not be
        read, such as "followers is 'many', which is not a number"; those cells are missing.
    """
    kind = COLUMNS[name]
    highest = LIMITS.get(name, LARGEST_COUNT)

    def as_number(value: Any) -> float:
        return number(value, highest, whole=kind == "count")

    def as_time(value: Any) -> datetime | None:
        return time(value, day_first)

    parse = as_time if kind == "time" else _PARSERS.get(kind, as_number)
    if name == "duration_s":
        parse = _length
    nothing = {"text": None, "time": None, "tags": None, "views": ()}.get(kind, math.nan)
    problems: dict[int, str] = {}
    cells: list[Any] = []
    for position, value in enumerate(column.tolist()):
        try:
            cells.append(parse(value))
        except ValueError as error:
            problems[position] = f"{name} {error}"
            cells.append(nothing)
    if kind == "time":
        moments = pd.DatetimeIndex(pd.to_datetime(pd.Series(cells, dtype=object), utc=True))
        return pd.Series(moments.as_unit("us"), index=column.index, name=name), problems
    dtype = object if kind in {"text", "tags", "views"} else "float64"
    return pd.Series(cells, index=column.index, name=name, dtype=dtype), problems


def in_schema(
    frame: pd.DataFrame, day_first: bool | None = None
) -> tuple[pd.DataFrame, dict[int, list[str]]]:
    """Turn a table of any form into the schema's; columns that it does not have are missing.

    `horizon_days` is taken from `collected_at` and `posted_at` where it is not given. Other columns
    are dropped.

    Returns
    -------
    tuple of pd.DataFrame and dict
        The table, all of `COLUMNS`, index 0..n-1, and row number -> sentences about its cells that
        could not be read.
    """
    problems: dict[int, list[str]] = {}
    columns = {}
    for name in COLUMNS:
        given = frame[name] if name in frame.columns else pd.Series([None] * len(frame))
        columns[name], unreadable = parsed(given.reset_index(drop=True), name, day_first)
        for row, sentence in unreadable.items():
            problems.setdefault(row, []).append(sentence)
    table = pd.DataFrame(columns)
    # A length of zero is what sources write when they do not know it.
    for name in ("duration_s", "width", "height"):
        table[name] = table[name].where(table[name] > 0)
    age_days = (table["collected_at"] - table["posted_at"]).dt.total_seconds() / 86_400
    table["horizon_days"] = table["horizon_days"].fillna(age_days.where(age_days >= 0))
    return table, problems


def log_counts(counts: Any) -> np.ndarray:
    """Return log10 of counts plus one, the scale that everything is predicted on."""
    return np.asarray(np.log10(np.asarray(counts, dtype=np.float64) + 1.0))
