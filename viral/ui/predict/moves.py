"""What moves a prediction: a few rows from the account's usual, or the average post, to this post.

The rows add up exactly: each feature of the explanation stands in one row, and rows too small to be
seen are added up in the last one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from viral.messages import has, text
from viral.model.explanation import LEVEL, LEVELS, USUAL, Explanation, FeatureContribution
from viral.model.prediction import Prediction
from viral.pipeline import Analysis
from viral.posts.hashtags import hashtags_in
from viral.ui.templates import rendered
from viral.ui.text.labels import modality_label
from viral.ui.widgets.effects import LONGEST_BAR_LOG10, bar, effect
from viral.ui.widgets.numbers import FACTOR_STEP, count, factor, seconds

NEWEST = 3
"""Posts that momentum is told of."""
FEWEST_TO_TELL = 5
"""Recent posts below which nothing is said of their trend and spread."""
EVEN_LOG10 = 0.02
"""Closer to the usual than this is about the usual."""
ALIKE_LENGTH = 1.35
"""Lengths within this factor of each other are about as long."""
FEWEST_ALIKE = 3
NO_EFFECT_LOG10 = 1e-9
"""A part with a weight of nought adds exactly nothing; this is far below what one with a weight
does."""
OTHER = "other"
ROWS = (
    "level",
    "account",
    "momentum",
    "steadiness",
    "rhythm",
    "length",
    "caption",
    "engagement",
    "sound",
    "visual",
    "speech",
)
"""The rows that have a name; a modality that is none of them has a row of its own."""
_STEADINESS = ("spread", "wobble", "count")
_OF_GROUP = {
    "Time": "rhythm",
    "Posting rhythm": "rhythm",
    "Clip": "length",
    "Hashtags": "caption",
    "Sound": "sound",
    "Likes and shares of earlier posts": "engagement",
}
"""Group of the context's features -> row."""
_OF_NAME = {
    "recent_tag_lift": "caption",
    "recent_tag_change": "caption",
    "recent_sound_lift": "sound",
    "recent_duration_lift": "length",
    "recent_duration_change": "length",
    "recent_hour_lift": "rhythm",
}
"""Features that belong to another row than the rest of their group."""
_OF_MODALITY = {"text": "caption", "audio": "sound"}


@dataclass(frozen=True)
class Move:
    """One row."""

    name: str
    """One of `ROWS`, a modality, or `OTHER`."""
    value: float
    """log10 virality."""


def row_of(part: FeatureContribution, base_is: str) -> str:
    """Return the row that a feature stands in."""
    if part.modality != "context":
        return _OF_MODALITY.get(part.modality, part.modality)
    short = part.name.partition(".")[2]
    if part.name == LEVEL or part.name in LEVELS:
        return "level" if base_is == USUAL else "account"
    if short in _OF_NAME:
        return _OF_NAME[short]
    if part.group == "Recent views":
        if base_is != USUAL:
            return "account"
        return "steadiness" if short.endswith(_STEADINESS) else "momentum"
    return _OF_GROUP.get(part.group, OTHER)


def moves_of(explanation: Explanation) -> tuple[Move, ...]:
    """Return the rows that a reader would notice, the largest first, and the rest as one.

    Their values add up to `prediction - base`, to 1e-6.
    """
    sums: dict[str, list[float]] = {}
    for part in explanation.features:
        sums.setdefault(row_of(part, explanation.base_is), []).append(part.value)
    values = {name: math.fsum(parts) for name, parts in sums.items()}
    felt = {
        name: value
        for name, value in values.items()
        if name != OTHER and abs(10.0**value - 1.0) >= FACTOR_STEP
    }
    rows = [Move(name, value) for name, value in felt.items()]
    rows.sort(key=lambda move: (-abs(move.value), move.name))
    rest = explanation.prediction - explanation.base - math.fsum(felt.values())
    if abs(10.0**rest - 1.0) >= FACTOR_STEP:
        rows.append(Move(OTHER, rest))
    return tuple(rows)


def move_label(name: str, lang: str) -> str:
    """Return what a row is called."""
    if name in ROWS or name == OTHER:
        return text(f"moves.{name}", lang)
    return modality_label(name, lang)


def card(prediction: Prediction, analysis: Analysis | None, lang: str) -> Markup:
    """Return the rows as HTML; without an analysis (a link's numbers) they say less."""
    explanation = prediction.explanation
    rows = moves_of(explanation)
    largest = min(max((abs(row.value) for row in rows), default=0.0), LONGEST_BAR_LOG10)
    views = prediction.views.median
    start = views * 10.0 ** (explanation.base - explanation.prediction)
    steps = [
        {
            "name": row.name,
            "exact": repr(row.value),
            "label": move_label(row.name, lang),
            "behind": behind(row.name, analysis, explanation, lang),
            "bar": bar(row.value, largest),
            "effect": effect(row.value, lang),
        }
        for row in rows
    ]
    return rendered(
        "predict/moves",
        lang,
        base_is=explanation.base_is,
        start=count(start, lang) if prediction.account_known else "",
        end=count(views, lang) if prediction.account_known else "",
        steps=steps,
        silent=[_in_a_sentence(name, lang) for name in silent_parts(prediction)],
    )


def _in_a_sentence(name: str, lang: str) -> str:
    key = f"when.part_{name}"
    return text(key, lang) if has(key) else modality_label(name, lang)


def silent_parts(prediction: Prediction) -> list[str]:
    """Return the parts that were measured and count for nothing."""
    return [
        part.name
        for part in prediction.explanation.modalities
        if part.name not in prediction.missing and abs(part.value) < NO_EFFECT_LOG10
    ]


def behind(name: str, analysis: Analysis | None, explanation: Explanation, lang: str) -> str:
    """Say what stands behind a row, from the account's own posts where they tell."""
    parts = {part.name: part for part in explanation.features}
    if name == "length":
        return _length(analysis, parts, lang)
    if analysis is not None:
        details = analysis.details
        views = np.asarray(details.recent_views, dtype=np.float64)
        if name == "momentum" and len(views) >= FEWEST_TO_TELL:
            newest = float(np.median(views[-NEWEST:]) / max(float(np.median(views)), 1.0))
            if abs(math.log10(max(newest, 1e-9))) < EVEN_LOG10:
                return text("moves.momentum_even", lang, count=NEWEST)
            return text("moves.momentum_text", lang, count=NEWEST, factor=_times(newest, lang))
        if name == "steadiness" and len(views) >= FEWEST_TO_TELL:
            logs = np.log10(views + 1.0)
            away = 10.0 ** float(np.median(np.abs(logs - np.median(logs))))
            return text("moves.steadiness_text", lang, factor=_times(away, lang))
        if name == "rhythm":
            moment = details.posted_at
            if moment is None:
                return text("moves.rhythm_none", lang)
            day = text(f"weekday.{moment.weekday()}", lang)
            hour = f"{moment.hour}:{moment.minute:02d}"
            return text("moves.rhythm_text", lang, weekday=day, hour=hour)
        if name == "caption":
            if not details.caption:
                return text("moves.caption_none", lang)
            return text("moves.caption_text", lang, count=len(hashtags_in(details.caption)))
    if name == "momentum":
        return text("moves.momentum_few", lang)
    if name == "steadiness":
        return text("moves.steadiness_few", lang)
    known = {"level", "account", "engagement", "sound", "visual", "speech", OTHER}
    return text(f"moves.{name}_text", lang) if name in known else ""


def _times(value: float, lang: str) -> str:
    return factor(value, lang).rstrip(" ▲▼")


def _length(analysis: Analysis | None, parts: Mapping[str, FeatureContribution], lang: str) -> str:
    part = parts.get("context.duration")
    if part is None or not isinstance(part.input, float):
        return ""
    length_s = 10.0**part.input
    if analysis is not None:
        own = own_length(analysis, length_s)
        if own is not None:
            posts, times = own
            return text("moves.own_length", lang, count=posts, factor=_times(times, lang))
    length = seconds(length_s, lang)
    if not isinstance(part.typical, float):
        return text("moves.length_alone", lang, length=length)
    typical = seconds(10.0**part.typical, lang)
    return text("moves.length_text", lang, length=length, typical=typical)


def own_length(analysis: Analysis, length_s: float) -> tuple[int, float] | None:
    """Return how many of the account's own posts are about as long and what they got of its usual.

    None where fewer than `FEWEST_ALIKE` are, or nothing is known of their lengths.
    """
    account = getattr(analysis.details, "account", None)
    if account is None:
        return None
    known = [(post.duration_s, post.views) for post in account.posts if post.duration_s]
    alike = [v for s, v in known if v and 1 / ALIKE_LENGTH <= s / length_s <= ALIKE_LENGTH]
    usual = analysis.prediction.usual_views
    if len(alike) < FEWEST_ALIKE or not usual:
        return None
    return len(alike), float(np.median(alike)) / usual
