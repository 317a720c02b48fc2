"""Numbers and dates as people and platforms write them: `541.2K`, `1.234,5`, `2 Jan 2024 6:30 PM`.

Conventions
-----------
Everything here takes a text and returns a number or a time in UTC, or raises `ValueError` with
words that complete a sentence such as "views ...". Month names are English.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

SUFFIXES = {
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "mil": 1e3,
    "tsd": 1e3,
    "mio": 1e6,
    "mln": 1e6,
    "mrd": 1e9,
    "万": 1e4,
    "萬": 1e4,
    "w": 1e4,
    "亿": 1e8,
    "億": 1e8,
}
"""Letters behind a shortened count, as platforms show them in several languages."""
_NUMBER = re.compile(r"([+-]?)([\d.,]*\d[.,]?)([^\d.,]*)")
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_FILLERS = re.compile(r"[\s_'’\u00a0\u202f\u2009]+")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = re.compile(
    r"(?:[T,]|\bat\b|\s)*\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*"
)
_YEAR_FIRST = re.compile(r"(\d{4})[/.年-](\d{1,2})[/.月-](\d{1,2})日?")
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_DAY_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+([A-Za-z]{3,9})\.?,?[\s-]+(\d{4})")
_MONTH_NAMED = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_LENGTH = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")
_ISO_LENGTH = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


def plain_number(written: str, *, whole: bool = False) -> float:
    """Return a number that a person or a platform wrote.

    Parameters
    ----------
    written : str
        `1,234`, `1.234.567`, `541.2K`, `1,2M`, `12 mil`, `3.5万`, `1e5`.
    whole : bool
        The number counts something, so that `1.234` is one thousand and some, not one and a bit.

    Raises
    ------
    ValueError
        It is no number.
    """
    tight = re.sub(r"(?<=[^\d.,])\.$", "", _FILLERS.sub("", written))
    try:
        # What Python reads, except where a lone dot before three digits can only group a count.
        if not (whole and re.fullmatch(r"[+-]?\d{1,3}\.\d{3}", tight)):
            return float(tight)
    except ValueError:
        pass
    found = _NUMBER.fullmatch(tight)
    if found is None:
        raise ValueError("is not a number")
    sign, digits, letters = found.groups()
    factor = SUFFIXES.get(letters.lower()) if letters else 1.0
    if factor is None:
        raise ValueError("is not a number")
    return (-1.0 if sign == "-" else 1.0) * _digits(digits, whole=whole and not letters) * factor


def _digits(digits: str, *, whole: bool) -> float:
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return float(digits)
    mark = digits[last]
    other = "." if mark == "," else ","
    if other in digits and digits.count(mark) == 1:
        head = digits[:last]
        if re.fullmatch(rf"\d{{1,3}}(?:\{other}\d{{3}})+", head) is None:
            raise ValueError("is not a number")
        return float(f"{head.replace(other, '')}.{digits[last + 1 :] or '0'}")
    if _GROUPED.fullmatch(digits) and (digits.count(mark) > 1 or mark == "," or whole):
        return float(digits.replace(mark, ""))
    if digits.count(mark) > 1:
        raise ValueError("is not a number")
    return float(digits.replace(mark, "."))


def length_seconds(written: str) -> float | None:
    """Return a length written `1:05`, `1:02:03` or `PT1M5S` in seconds; None for another form."""
    found = _LENGTH.fullmatch(written.strip())
    if found is None:
        found = _ISO_LENGTH.fullmatch(written.strip())
        if found is None or not any(found.groups()):
            return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def plain_time(written: str, day_first: bool | None = None) -> datetime:
    """Return a date that a person or a program wrote, in UTC where no zone is given.

    Parameters
    ----------
    written : str
        ISO 8601, `20240102`, `2024/1/2 18:30`, `Jan 2, 2024 6:30 PM`, `02.01.2024`, `1/31/2024`,
        `Tue, 02 Jan 2024 18:30:00 GMT`, `Tue Jan 02 18:30:00 +0000 2024`.
    day_first : bool, optional
        How to read `03/04/2024`: True for April, False for March.

    Raises
    ------
    ValueError
        It is no date, or can be read in two ways and nothing says how.
    """
    stripped = written.strip()
    try:
        return datetime.fromisoformat(re.sub(r"\s*(?:UTC|GMT)$", "+00:00", stripped))
    except ValueError:
        pass
    for form, order in (
        (_YEAR_FIRST, "ymd"),
        (_YEAR_LAST, "d/m/y"),
        (_DAY_NAMED, "dmy"),
        (_MONTH_NAMED, "mdy"),
    ):
        found = form.match(re.sub(r"^[A-Za-z]{3,9},\s*(?=\d|[A-Za-z])", "", stripped))
        if found is not None:
            rest = found.string[found.end() :]
            return _moment(_date_parts(found.groups(), order, day_first), rest)
    try:
        # The forms of mail and of C's ctime.
        return parsedate_to_datetime(stripped)
    except (ValueError, TypeError, IndexError):
        raise ValueError("is not a date") from None


def _date_parts(
    groups: tuple[str, ...], order: str, day_first: bool | None
) -> tuple[int, int, int]:
    if order == "ymd":
        return int(groups[0]), int(groups[1]), int(groups[2])
    if order == "dmy":
        return int(groups[2]), _month(groups[1]), int(groups[0])
    if order == "mdy":
        return int(groups[2]), _month(groups[0]), int(groups[1])
    first, mark, second, year = int(groups[0]), groups[1], int(groups[2]), int(groups[3])
    if first > 12 or mark == ".":
        return year, second, first
    if second > 12:
        return year, first, second
    if day_first is None and first != second:
        raise ValueError("can be read as day first or month first")
    return (year, second, first) if day_first else (year, first, second)


def _month(name: str) -> int:
    try:
        return _MONTHS.index(name[:3].lower()) + 1
    except ValueError:
        raise ValueError("is not a date") from None


def _moment(date: tuple[int, int, int], clock: str) -> datetime:
    if not clock.strip():
        return datetime(*date, tzinfo=UTC)
    found = _CLOCK.fullmatch(clock)
    if found is None:
        raise ValueError("is not a date")
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            raise ValueError("is not a date")
        hour = hour % 12 + (12 if found[4][0] in "pP" else 0)
    zone = timezone(timedelta(0))
    if found[5] and found[5][0] in "+-":
        digits = found[5].replace(":", "")
        sign = 1 if digits[0] == "+" else -1
        zone = timezone(sign * timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5])))
    return datetime(*date, hour, minute, second, tzinfo=zone)


def day_comes_first(samples: list[str]) -> bool | None:
    """Return how a column of dates writes `03/04/2024`, from those that can be read only one way.

    Returns
    -------
    bool or None
        True or False where at least one date settles it and none says otherwise.
    """
    orders = set()
    for written in samples:
        found = _YEAR_LAST.match(written.strip())
        if found is None or found[2] == ".":
            continue
        if int(found[1]) > 12:
            orders.add(True)
        elif int(found[3]) > 12:
            orders.add(False)
    return orders.pop() if len(orders) == 1 else None
