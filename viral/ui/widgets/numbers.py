"""Numbers as people read them: `12.4 K`, `×1.3 ▲`, `2.4 s`, `about 1 in 7`.

Marks, thousands and the words for them are those of CLDR, by Babel; the space before a unit and a
minus sign as wide as a digit are this app's own.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import cache

from babel.dates import format_date
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from viral.messages.formats import LARGEST_WRITTEN, locale

FACTOR_STEP = 0.005
"""Factors closer to 1 than this change nothing a reader would notice."""
LEAST_TIMES = 0.095
"""Smaller factors are shown as divisions."""
SMALLEST_STEP, LARGEST_STEP = 3, 12
"""Powers of ten that have a word of their own, `K` to `T`."""


def decimal(number: float, digits: int, lang: str, *, grouped: bool = False) -> str:
    """Format with at most `digits` decimals, no trailing zeros, a minus sign that is as wide as a
    digit, and the language's marks; thousands are set apart where `grouped`."""
    rounded = float(f"{number:.{digits}f}") + 0.0  # no negative zero
    pattern = ("#,##0" if grouped else "0") + ("." + "#" * digits if digits else "")
    if abs(rounded) >= LARGEST_WRITTEN:
        return f"{rounded:.0e}".replace("-", "−")
    return format_decimal(rounded, pattern, locale(lang)).replace("-", "−")


@cache
def short_sizes(lang: str) -> tuple[tuple[float, str], ...]:
    """Return the sizes that a language has a short word for, the largest first: 1000.0, `K`.

    A size that takes two words, such as the Spanish `mil M`, is left to the smaller word: `1500 M`.
    """
    patterns = locale(lang).compact_decimal_formats["short"]["other"]
    steps: dict[float, str] = {}
    for power in range(SMALLEST_STEP, LARGEST_STEP + 1):
        pattern: NumberPattern = parse_pattern(patterns[str(10**power)])
        word = pattern.suffix[0].replace("'", "").strip()
        size = 10.0 ** (power + 1 - pattern.int_prec[0])
        if len(word.split()) == 1:
            steps.setdefault(size, _capital(word))
    return tuple(sorted(steps.items(), reverse=True))


def _capital(word: str) -> str:
    # A letter is a sign and a capital; a word such as "mil" stays a word.
    return word.upper() if len(word) == 1 else word


def count(number: float, lang: str = "en") -> str:
    """Format a count in three figures: `0`, `950`, `1.2 K`, `12.4 K`, `124 K`, `3.4 M`."""
    if not math.isfinite(number):
        return "–"
    for size, word in short_sizes(lang):
        # 999.95 K would print as 1000 K: it belongs to the next step.
        if abs(number) >= size * 0.9995:
            scaled = number / size
            digits = 1 if abs(scaled) < 99.95 else 0
            return f"{decimal(scaled, digits, lang)} {word}"
    return decimal(number, 0, lang)


def factor(number: float, lang: str = "en") -> str:
    """Format a factor with its direction: `×1.3 ▲`, `×0.87 ▼`, `÷103 ▼`, `×1`."""
    if not math.isfinite(number):
        return "–"
    if abs(number - 1) < FACTOR_STEP:
        return "×1"
    if number < LEAST_TIMES:
        # Nobody sees how little ×0.0097 is; ÷103 says it.
        return f"÷{count(1 / max(number, 1e-12), lang)} ▼"
    digits = 2 if number < 2 else 1
    text = count(number, lang) if number >= 10 else decimal(number, digits, lang)
    return f"×{text} {'▲' if number > 1 else '▼'}"


def percent(share: float, lang: str = "en", digits: int = 0) -> str:
    """Format a share of 1: `62 %`."""
    return f"{decimal(100 * share, digits, lang)} %"


def measured(value: float | str | None, unit: str, lang: str = "en") -> str:
    """Format a measured value with its unit; `–` where it could not be measured."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 10_000 and not unit:
        text = count(value, lang)
    elif size >= 100 or value == round(value):
        text = decimal(value, 0, lang)
    elif size >= 10:
        text = decimal(value, 1, lang)
    elif size >= 0.01 or size == 0:
        text = decimal(value, 2, lang)
    else:
        # One figure, however far behind the mark it stands.
        text = decimal(value, -math.floor(math.log10(size)), lang)
    return f"{text} {unit}".strip()


def one_in(probability: float) -> int:
    """Return N of `about 1 in N`, at least 1."""
    return max(round(1 / max(probability, 1e-3)), 1)


def seconds(duration_s: float, lang: str = "en") -> str:
    """Format a length: `8.5 s`, `1:05 min`."""
    if duration_s < 59.95:
        return f"{decimal(duration_s, 1, lang)} s"
    whole = round(duration_s)
    return f"{whole // 60}:{whole % 60:02d} min"


def megabytes(size_bytes: float, lang: str = "en") -> str:
    """Format a file size: `340 kB`, `12.4 MB`."""
    if size_bytes < 1e6:
        return f"{decimal(size_bytes / 1e3, 0, lang)} kB"
    return f"{decimal(size_bytes / 1e6, 1, lang)} MB"


def day(date: dt.date | str, lang: str = "en") -> str:
    """Format a date, or its ISO form: `8 Nov 2020`, with the months of the language."""
    when = dt.date.fromisoformat(date[:10]) if isinstance(date, str) else date
    return format_date(when, "d MMM y", locale(lang))
