"""Dates as people and platforms write them: `2024-01-02`, `2 Jan 2024 6:30 PM`, `19. Sept.`.

Conventions
-----------
A text becomes a time in UTC, or `ValueError` is raised with words that complete a sentence such as
"posted_at ...". Names of months are those of the Unicode locale data (CLDR, through Babel) in
`LANGUAGES`. A date without a year, as platforms write those of the last twelve months, is read only
where a `Year` says which year it can be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

LANGUAGES = (
    *("en", "es", "pt", "fr", "de", "it", "nl", "pl", "tr", "id", "ms", "fil", "vi", "th"),
    *("ru", "uk", "bg", "cs", "sk", "sl", "hu", "ro", "el", "sv", "da", "nb", "fi", "ca"),
    *("ar", "he", "fa", "hi", "bn", "ta", "ja", "ko", "zh"),
)
"""Whose names of months are read. Croatian is not among them: its "listopad" is October, that of
Czech and Polish November."""
_DIRECTION = re.compile(r"[\u200e\u200f]")
_ZONED = r"(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*"
    rf"([AaPp]\.?\s?[Mm]\.?(?![a-z]))?\s*(?:Uhr|hs?\b\.?)?\s*{_ZONED}\s*$"
)
_HALF_BEFORE = re.compile(r"(上午|下午|午前|午後|오전|오후)\s*(?=\d{1,2}:\d)")
_AFTERNOON = {"下午", "午後", "오후"}
_YEAR_FIRST = re.compile(r"(\d{4})\s*([/.年년-])\s*(\d{1,2})\s*[/.月월-]\s*(\d{1,2})\s*[.日일]?")
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])\s*(\d{1,2})\2\s*(\d{4})(?:\s*г\.?)?")
_SHORT_YEAR_LAST = re.compile(r"(\d{1,2})([/.])\s*(\d{1,2})\2\s*(\d{2})")
_NO_YEAR = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\.?")
_MONTH_SIGN = re.compile(r"(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
_VIETNAMESE = re.compile(r"\b(?:thg|tháng)\s*(\d{1,2})\b")
_PIECE = re.compile(r"\d+|[^\W\d_][^\d\s,/]*")
_JOINING_WORDS = (
    "de del d of the at le el a las los y à às um om alle ore uhr kell saat pada jam no do kl klo",
    "m o den di il og ng e pukul lúc ngày năm г року р в τις στις st nd rd th er º ª ที่ พศ คศ",
)
_JOINING = frozenset(word for words in _JOINING_WORDS for word in words.split())
"""Words that stand between the parts of a date and say nothing."""


class DateError(ValueError):
    """A text is a date that cannot be settled: `why` is `two_ways` or `no_year`."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__("has no year" if why == "no_year" else "can be read in two ways")
        self.why = why


@dataclass(frozen=True)
class Year:
    """Which year a date without one belongs to."""

    latest: datetime
    """When the counts were read off; the last such day up to then is meant."""
    given: int | None = None
    """The year of all of them, where a person has said it."""

    def of(self, month: int, day: int) -> int:
        """Return the year of a day.

        Raises
        ------
        ValueError
            That year has no such day.
        """
        if self.given is not None:
            date(self.given, month, day)
            return self.given
        # February 29 is there every fourth year, or once in eight around 1900 and 2100.
        for year in range(self.latest.year, self.latest.year - 9, -1):
            try:
                if date(year, month, day) <= self.latest.date():
                    return year
            except ValueError:
                continue
        raise ValueError("is not a date")


def plain_time(written: str, day_first: bool | None = None, year: Year | None = None) -> datetime:
    """Return a date that a person or a program wrote, in UTC where no zone is given.

    Parameters
    ----------
    written : str
        ISO 8601, `20240102`, `2024/1/2 18:30`, `Jan 2, 2024 6:30 PM`, `02.01.2024`, `1/31/2024`,
        `Tue, 02 Jan 2024 18:30:00 GMT`, `8 de septiembre de 2026`, `2026年9月8日`, `19. Sept.`.
    day_first : bool, optional
        How to read `03/04/2024`: True for April, False for March.
    year : Year, optional
        What to take for a date without a year; without it such a date is not read.

    Raises
    ------
    ValueError
        It is no date, can be read in two ways and nothing says how, or has no year.
    """
    stripped = _DIRECTION.sub("", written).strip()
    try:
        return datetime.fromisoformat(re.sub(r"\s*(?:UTC|GMT)$", "+00:00", stripped))
    except ValueError:
        pass
    before, clock = _clock(stripped)
    parts = _numeric(before, day_first) or _named(before)
    if parts is not None:
        found, month, day = parts
        if found is None:
            if year is None:
                raise DateError("no_year")
            found = year.of(month, day)
        return (
            datetime(found, month, day, tzinfo=UTC)
            if clock is None
            else _at((found, month, day), clock)
        )
    try:
        # The forms of mail and of C's ctime.
        return parsedate_to_datetime(stripped)
    except (ValueError, TypeError, IndexError):
        raise ValueError("is not a date") from None


def lacks_year(written: str) -> bool:
    """Return whether a text is a date that leaves its year to be guessed."""
    try:
        plain_time(written, day_first=True)
    except DateError as error:
        return error.why == "no_year"
    except ValueError:
        return False
    return False


def day_comes_first(samples: list[str]) -> bool | None:
    """Return how a column of dates writes `03/04/2024`, from those that can be read only one way.

    Returns
    -------
    bool or None
        True or False where at least one date settles it and none says otherwise.
    """
    orders = set()
    for written in samples:
        found = _YEAR_LAST.match(written.strip()) or _SHORT_YEAR_LAST.match(written.strip())
        if found is None or found[2] == ".":
            continue
        if int(found[1]) > 12:
            orders.add(True)
        elif int(found[3]) > 12:
            orders.add(False)
    return orders.pop() if len(orders) == 1 else None


_Clock = tuple[int, int, int, timezone]


def _clock(written: str) -> tuple[str, _Clock | None]:
    """Return what stands before the time of day, and the time of day."""
    half = _HALF_BEFORE.search(written)
    afternoon = None
    if half is not None:
        afternoon = half[1] in _AFTERNOON
        written = written[: half.start()] + " " + written[half.end() :]
    found = _CLOCK.search(written)
    if found is None:
        return written, None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        afternoon = found[4][0] in "pP"
    if afternoon is not None:
        if not 1 <= hour <= 12 and found[4]:
            raise ValueError("is not a date")
        hour = hour % 12 + (12 if afternoon else 0) if hour <= 12 else hour
    zone = UTC
    if found[5] and found[5][0] in "+-":
        digits = found[5].replace(":", "")
        sign = 1 if digits[0] == "+" else -1
        zone = timezone(sign * timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5])))
    return written[: found.start()].rstrip(" T,"), (hour, minute, second, zone)


def _at(day: tuple[int, int, int], clock: _Clock) -> datetime:
    hour, minute, second, zone = clock
    return datetime(*day, hour, minute, second, tzinfo=zone)


def _numeric(written: str, day_first: bool | None) -> tuple[int | None, int, int] | None:
    """Return year, month and day of a date in digits, or None for another form."""
    if found := _YEAR_FIRST.fullmatch(written):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _MONTH_SIGN.fullmatch(written):
        return None, int(found[1]), int(found[2])
    found = _YEAR_LAST.fullmatch(written) or _SHORT_YEAR_LAST.fullmatch(written)
    year: int | None = None
    if found is not None:
        year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
    else:
        found = _NO_YEAR.fullmatch(written)
    if found is None:
        return None
    first, mark, second = int(found[1]), found[2], int(found[3])
    if first > 12 or mark == ".":
        return year, second, first
    # TikTok writes 9-19 for the nineteenth of September in all its languages.
    if second > 12 or (year is None and mark == "-"):
        return year, first, second
    if day_first is None and first != second:
        raise DateError("two_ways")
    return (year, second, first) if day_first else (year, first, second)


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, int], frozenset[str]]:
    """Return name of a month -> its number, and the names of days, in all `LANGUAGES`."""
    from babel import Locale

    months: dict[str, int] = {"sept": 9}
    days: set[str] = set()
    for language in LANGUAGES:
        locale = Locale(language)
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[form].get(width, {}).items():
                    months.setdefault(_plain(name), number)
                days.update(_plain(name) for name in locale.days[form].get(width, {}).values())
    return months, frozenset(days)


def _plain(word: str) -> str:
    return re.sub(r"[.'’׳]", "", word.casefold()).strip()


def _named(written: str) -> tuple[int | None, int, int] | None:
    """Return year, month and day of a date that names its month, or None for another form."""
    months, days = _words()
    month: int | None = None
    if found := _VIETNAMESE.search(written.lower()):
        month = int(found[1])
        written = written[: found.start()] + " " + written[found.end() :]
    numbers = []
    for piece in _PIECE.findall(written):
        if piece[0].isdigit():
            numbers.append(piece)
            continue
        for word in map(_plain, piece.split("-")):
            # Hebrew writes its "in" together with the month.
            word = word[1:] if word[:1] == "ב" and word[1:] in months else word
            if word in months and month is None:
                month = months[word]
            elif word and word not in _JOINING and word not in days:
                return None
    if month is None or not 1 <= len(numbers) <= 2:
        return None
    years = [number for number in numbers if len(number) == 4]
    of_month = [number for number in numbers if len(number) <= 2]
    if len(of_month) != 1 or len(years) + 1 != len(numbers):
        return None
    # A year above 2400 is counted as in Thailand, 543 years ahead.
    year = int(years[0]) if years else None
    return (year - 543 if year and year > 2400 else year), month, int(of_month[0])
