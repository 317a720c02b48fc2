"""One cell of any form as a number, text, time, list of views or of hashtags.

A cell that says nothing is missing. What cannot be read raises `CellError`, whose words complete
"followers ...".
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from viral.messages import Message
from viral.posts.dates import DateError, Year, plain_time
from viral.posts.details import EARLIEST_POST, MAX_RECENT_VIEWS, platform_named
from viral.posts.hashtags import normalise
from viral.posts.parsing import TwoReadingsError, length_seconds, number_list, plain_number

LATEST_POST = datetime(2100, 1, 1, tzinfo=UTC)
LARGEST_COUNT = 1e13
"""More than all views of all posts of any account; above it a number is a slip."""
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


class CellError(ValueError):
    """What is in a cell cannot be read; as text it completes "followers ..."."""

    def __init__(self, code: str, *, entry: bool = False, **values: Any) -> None:
        """Keep what is wrong, and whether it is with an entry of a list."""
        self.problem = Message(code, **values)
        self.entry = entry
        super().__init__(self.problem)

    def of(self, column: str) -> Message:
        """Return the whole sentence about a column."""
        code = "cell.holds" if self.entry else "cell.of"
        return Message(code, column=column, problem=self.problem)


def number(value: Any, highest: float = LARGEST_COUNT, *, whole: bool = False) -> float:
    """Return a cell as a number from 0 to `highest`; NaN where it says nothing.

    `whole` says that it counts something; see `viral.posts.parsing.plain_number`.

    Raises
    ------
    CellError
        It is no number, negative or beyond `highest`; the message completes "followers ...".
    """
    if is_missing(value):
        return math.nan
    try:
        result = plain_number(value, whole=whole) if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError):
        raise CellError("cell.not_a_number", value=_quoted(value)) from None
    if math.isnan(result):
        return math.nan
    if result < 0:
        raise CellError("cell.negative", value=f"{result:.10g}")
    return within(result, highest)


def within(result: float, highest: float) -> float:
    """Return a number that is not beyond `highest`; `CellError` where it is."""
    if result > highest:
        raise CellError("cell.too_large", value=f"{result:,.10g}", highest=highest)
    return result


def platform(value: Any) -> str | None:
    """Return a cell as one of `viral.posts.details.PLATFORMS`; None where it says nothing.

    Raises
    ------
    CellError
        It is another word.
    """
    if is_missing(value):
        return None
    try:
        return platform_named(value)
    except ValueError:
        raise CellError("cell.platform", value=_quoted(value)) from None


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
    if type(value) is str and value.isascii() and "\x00" not in value:
        return value if value and not value.isspace() else None
    cleaned = str(value).encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")
    return cleaned if cleaned.strip() else None


def length(value: Any, highest: float) -> float:
    """Return a cell as a length in seconds; NaN where it says nothing.

    Raises
    ------
    CellError
        See `number`.
    """
    seconds = length_seconds(value) if isinstance(value, str) else None
    return number(value if seconds is None else seconds, highest)


def time(value: Any, day_first: bool | None = None, year: Year | None = None) -> datetime | None:
    """Return a cell as a time in UTC: Unix seconds, milliseconds, or see `plain_time`.

    Raises
    ------
    CellError
        It is no date or lies outside 2014 to 2100; the message completes "posted_at ...".
    """
    if is_missing(value):
        return None
    try:
        if (
            isinstance(value, str)
            and value[:1].isdigit()
            and re.fullmatch(r"\s*\d{9,13}(\.\d*)?\s*", value)
        ):
            value = float(value)
        if isinstance(value, (int, float, np.integer, np.floating)):
            seconds = float(value) / (1000 if float(value) > MILLISECONDS_FROM else 1)
            moment = datetime.fromtimestamp(seconds, tz=UTC)
        elif isinstance(value, datetime):
            moment = value
        elif type(value) is str and value[4:5] == "-" and value[-1:] == "Z" and value.isascii():
            # What most programs write needs none of the other forms.
            moment = datetime.fromisoformat(value)
        else:
            moment = plain_time(str(value), day_first, year)
    except DateError as error:
        raise CellError(f"cell.date_{error.why}", value=_quoted(value)) from None
    except (ValueError, OverflowError, OSError):
        raise CellError("cell.date_none", value=_quoted(value)) from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if not EARLIEST_POST <= moment <= LATEST_POST:
        raise CellError("cell.date_outside", value=f"{moment:%Y-%m-%d}")
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
    CellError
        An entry is no count; the message completes "recent_views ...".
    """
    if is_missing(value):
        return ()
    listed = _listed(value) if isinstance(value, str) else _items(value)
    try:
        given = number_list(value) if listed is None else listed
        counts = [number(item, whole=True) for item in given]
    except TwoReadingsError as error:
        raise CellError(
            "cell.two_lists", value=_quoted(value), joined=error.joined, apart=error.apart
        ) from None
    except CellError as error:
        error.entry = True
        raise
    except ValueError as error:
        entry = getattr(error, "written", value)
        raise CellError("cell.not_a_number", entry=True, value=_quoted(entry)) from None
    return tuple(count for count in counts if not math.isnan(count))[-MAX_RECENT_VIEWS:]


def tags(value: Any) -> tuple[str, ...] | None:
    """Return a cell as different hashtags in their order, or None where it says nothing."""
    if is_missing(value):
        return None
    items = [item for item in _items(value) if not is_missing(item)]
    words = [_tag(item) if isinstance(item, dict) else str(item) for item in items]
    readable = (word.encode("utf-8", "replace").decode("utf-8") for word in words if word)
    found = tuple(dict.fromkeys(tag for tag in map(normalise, readable) if tag))
    # A list of records in none of which a name was found was not read; that is not "no hashtags".
    return found if found or not any(isinstance(item, dict) for item in items) else None


TAG_FIELDS = ("name", "hashtagName", "hashtag_name", "title", "cha_name", "hashtag", "text")
"""Where sources keep the word of a hashtag that they list as a record."""


def _tag(item: dict[str, Any]) -> str | None:
    return next((str(item[name]) for name in TAG_FIELDS if item.get(name)), None)
