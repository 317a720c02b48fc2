"""How the places of a sentence are filled: numbers, dates and lists as a language writes them.

Babel knows how (CLDR). It is imported with this module alone, so that whoever needs no number
needs no Babel either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from string import Formatter
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from viral.messages.catalogue import Sentence, locale_of

LARGEST_WRITTEN = 1e21
"""From here on a number is written as a power of ten; Babel stops at 28 digits."""


@cache
def locale(lang: str) -> Locale:
    """Return how a language writes: its marks, its months, its plurals."""
    return Locale.parse(locale_of(lang))


def decimal(value: float, lang: str, digits: int) -> str:
    """Return a number with at most `digits` decimals and the marks of the language."""
    if abs(value) >= LARGEST_WRITTEN:
        return f"{value:.3g}"
    return format_decimal(value, "#,##0." + "#" * digits if digits else "#,##0", locale(lang))


def listed(items: Any, lang: str, style: str = "standard") -> str:
    """Return `a, b and c` as the language joins things; messages among them in that language."""
    return format_list([_shown(item, lang) for item in items], style, locale(lang))  # type: ignore[arg-type]


KINDS: dict[str, Callable[[Any, str], str]] = {
    "integer": lambda value, lang: decimal(value, lang, 0),
    "number": lambda value, lang: decimal(value, lang, 3),
    "number1": lambda value, lang: decimal(value, lang, 1),
    "number2": lambda value, lang: decimal(value, lang, 2),
    "percent": lambda value, lang: format_percent(value, locale=locale(lang)),
    "date": lambda value, lang: format_date(_date(value), "medium", locale(lang)),
    "time": lambda value, lang: format_datetime(_date(value), "d MMM y HH:mm", locale=locale(lang)),
    "list": listed,
    "or_list": lambda value, lang: listed(value, lang, "or"),
}
"""What may stand behind the colon of a place, and how it writes a value. `percent` takes a share
of 1, `date` and `time` a date or its ISO form."""


class _Places(Formatter):
    """Fills places in a language, each as its kind says."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def format_field(self, value: Any, format_spec: str) -> Any:
        """Write one value; a Python format is taken where a place names no kind."""
        if format_spec in KINDS:
            return KINDS[format_spec](value, self._lang)
        if format_spec:
            return super().format_field(value, format_spec)
        return _shown(value, self._lang)


def filled(sentence: Sentence, lang: str, values: Mapping[str, Any]) -> str:
    """Return a sentence with its places filled.

    Raises
    ------
    KeyError
        A place has no value.
    """
    if not isinstance(sentence, str):
        form = locale(lang).plural_form(values["count"])
        sentence = sentence.get(form, sentence["other"])
    return _Places(lang).vformat(sentence, (), values)


def _shown(value: Any, lang: str) -> str:
    said = getattr(value, "said", None)
    if said is not None:
        return str(said(lang))
    if isinstance(value, (list, tuple)):
        return listed(value, lang)
    return str(value)


def _date(value: dt.date | str) -> dt.date:
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value
