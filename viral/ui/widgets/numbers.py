"""Numbers as people read them: `12.4 K`, `×1.3 ▲`, `2.4 s`, `about 1 in 7`."""

from __future__ import annotations

import math

FACTOR_STEP = 0.005
"""Factors closer to 1 than this change nothing a reader would notice."""
LEAST_TIMES = 0.095
"""Smaller factors are shown as divisions."""
_STEPS = ((1e9, "B"), (1e6, "M"), (1e3, "K"))


def decimal(number: float, digits: int, lang: str) -> str:
    """Format with at most `digits` decimals, no trailing zeros, a minus sign that is as wide as a
    digit, and the language's decimal mark."""
    text = f"{number:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text == "-0":
        text = "0"
    text = text.replace("-", "−")
    return text.replace(".", ",") if lang == "es" else text


def count(number: float, lang: str = "en") -> str:
    """Format a count in three figures: `0`, `950`, `1.2 K`, `12.4 K`, `124 K`, `3.4 M`."""
    if not math.isfinite(number):
        return "–"
    for size, letter in _STEPS:
        # 999.95 K would print as 1000 K: it belongs to the next step.
        if abs(number) >= size * 0.9995:
            scaled = number / size
            digits = 1 if abs(scaled) < 99.95 else 0
            if lang == "es" and letter == "B":
                # A Spanish billion is a million million.
                return f"{decimal(number / 1e6, 0, lang)} M"
            word = "mil" if lang == "es" and letter == "K" else letter
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
        text = f"{value:.1g}".replace("-", "−").replace(".", "," if lang == "es" else ".")
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
