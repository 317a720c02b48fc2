"""What Explore calls things: filters, cells, features and numbers, in the reader's language."""

from __future__ import annotations

import math
from collections.abc import Callable

from viral.explore.aggregates import DURATION_EDGES_S, SIZE_EDGES
from viral.explore.explorer import Explorer
from viral.messages import has, text
from viral.modalities.features import Feature
from viral.ui.text.labels import feature_label, language_name
from viral.ui.widgets.contributors import in_words
from viral.ui.widgets.numbers import count, decimal, factor

ALL = ""
"""The value of a filter that lets everything through."""
LONGEST_LABEL = 26
"""Characters of a name beside a figure; the whole one is in the table."""


def source_label(name: str, lang: str) -> str:
    """Return what a source of posts is called."""
    key = f"source.{name}"
    return text(key, lang) if has(key) else name


def period_label(period: str, lang: str) -> str:
    """Return a year, or the months of a quarter."""
    year, _, quarter = period.partition("-Q")
    if not quarter:
        return year
    return f"{year}, {text(f'explore.q{quarter}', lang)}"


def part_label(
    edges: tuple[float, ...], place: int, number: Callable[[float], str], lang: str
) -> str:
    """Return what a part between two edges is called."""
    if place == 0:
        return text("explore.below", lang, high=number(edges[0]))
    if place == len(edges):
        return text("explore.above", lang, low=number(edges[-1]))
    return f"{number(edges[place - 1])} – {number(edges[place])}"


def size_label(place: int, lang: str) -> str:
    """Return what an account size is called."""
    return part_label(SIZE_EDGES, place, lambda edge: count(edge, lang), lang)


def duration_label(place: int, lang: str) -> str:
    """Return what a length is called."""
    plain = part_label(DURATION_EDGES_S, place, lambda edge: decimal(edge, 0, lang), lang)
    return f"{plain} s"


def choices(explorer: Explorer, field: str, lang: str) -> list[tuple[str, str]]:
    """Return what a filter offers: label and value."""
    labels: dict[str, Callable[[str], str]] = {
        "source": lambda value: source_label(value, lang),
        "period": lambda value: period_label(value, lang),
        "size": lambda value: size_label(int(value), lang),
        "language": lambda value: language_name(value, lang),
    }
    listed = [(labels[field](str(value)), str(value)) for value in explorer.options[field]]
    return [(text(f"explore.all_{field}", lang), ALL), *listed]


def percent(share: float, lang: str) -> str:
    """Return a share in percent, in two figures."""
    if not math.isfinite(share):
        return "–"
    shown = 100 * share
    digits = 0 if shown >= 10 else 1 if shown >= 1 else 2 if shown >= 0.1 else 3
    return f"{decimal(shown, digits, lang)} %"


def number_of(measure: str, lang: str) -> Callable[[float], str]:
    """Return what formats a value of a measure."""
    if measure == "views":
        return lambda value: count(value, lang)
    if measure == "lift":
        return lambda value: plain_factor(value, lang)
    return lambda value: percent(value, lang)


def plain_factor(value: float, lang: str) -> str:
    """Return a factor without the arrow that says its direction."""
    return factor(value, lang).rstrip(" ▲▼")


def feature_name(modality: str, feature: Feature, lang: str) -> str:
    """Return what a feature is called."""
    return feature_label(f"{modality}.{feature.name}", feature.label, lang)


def feature_value(feature: Feature, value: float, lang: str) -> str:
    """Return a feature's value as a person says it, nothing where it is not known."""
    return in_words(value, feature.shown_as, feature.unit, lang) or ""


def short(name: str) -> str:
    """Return a name cut to what fits beside a figure."""
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1].rstrip()}…"
