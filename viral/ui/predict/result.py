"""What can be opened under the answer: what matters most, each part alone, transcript, gaps.

Each function takes data and a language and returns a piece of the page. The templates escape what
came from a user or a file (caption, transcript, file facts, sentences of errors). Numbers carry
their exact value in `data-value`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from viral.account.model import MARK
from viral.explain.share import REST
from viral.media.clip import ClipFacts
from viral.messages import text
from viral.modalities import NAMES
from viral.modalities.features import Features
from viral.model.prediction import Prediction
from viral.pipeline import Analysis
from viral.ui.predict import skills
from viral.ui.predict.moves import silent_parts
from viral.ui.templates import marked, rendered
from viral.ui.text.labels import language_name, modality_label, sentence
from viral.ui.widgets.contributors import Row, headline_rows, rows_of
from viral.ui.widgets.effects import LONGEST_BAR_LOG10, bar, effect, measured_words
from viral.ui.widgets.numbers import factor, megabytes, seconds

STEPS = ("context", *(name for name in NAMES if name != "context"))
"""What the account usually gets comes first, then what this clip makes of it."""
TOP_ROWS = 7
"""As many contributors as fit without scrolling; the rest is one click away."""


def details(analysis: Analysis, lang: str, *, opened: bool = False) -> Markup:
    """Return what can be opened under the answer: what matters most, each part alone, the words
    heard, what is missing, the file."""
    prediction, features = analysis.prediction, analysis.features
    cards = [
        _contributors(prediction, features, lang),
        skills.card(analysis, lang),
        _transcript(features, lang),
        _gaps(prediction, features, lang),
    ]
    return _fold(prediction, cards, lang, opened, _file(analysis.facts, lang))


def details_of_numbers(prediction: Prediction, lang: str, *, opened: bool = False) -> Markup:
    """Return the same of a result without its clip: the numbers that a link carries."""
    cards = [_contributors(prediction, {}, lang), _gaps(prediction, {}, lang)]
    return _fold(prediction, cards, lang, opened)


def _fold(
    prediction: Prediction,
    cards: list[Markup],
    lang: str,
    opened: bool,
    file: Mapping[str, str] | None = None,
) -> Markup:
    return rendered(
        "predict/details",
        lang,
        opened=opened,
        score_value=repr(prediction.score),
        score=round(prediction.score),
        among=prediction.score_among.said(lang),
        cards=cards,
        file=file,
        version=prediction.model_version,
        own=MARK in prediction.model_version,
    )


def _contributors(prediction: Prediction, features: Mapping[str, Features], lang: str) -> Markup:
    rows = rows_of(prediction.explanation, lang)
    top = [
        row
        for row in headline_rows(rows, lang)
        if row.matters and (row.measured is not None or row.name.endswith((".embedding", REST)))
    ][:TOP_ROWS]
    largest = min(max((abs(row.value) for row in top), default=0.0), LONGEST_BAR_LOG10)
    return rendered(
        "predict/contributors",
        lang,
        top=[
            {
                "name": row.name,
                "label": row.label,
                "part": modality_label(row.modality, lang),
                "said": _measured_and_typical(row, features, lang),
                "bar": bar(row.value, largest),
                "effect": effect(row.value, lang),
            }
            for row in top
        ],
        # Measured, and still counting for nothing.
        silent=", ".join(modality_label(name, lang) for name in silent_parts(prediction)),
        everything=_everything(rows, lang) if features else "",
    )


def _measured_and_typical(row: Row, features: Mapping[str, Features], lang: str) -> list[str]:
    said = [measured_words(row, features, lang)]
    if row.typical is not None:
        said.append(marked("features.typical", lang, value=row.typical))
    return said


def _everything(rows: list[Row], lang: str) -> Markup:
    there = [name for name in STEPS if any(row.modality == name for row in rows)]
    return rendered(
        "predict/everything",
        lang,
        count=len(rows),
        parts=[
            {
                "label": modality_label(modality, lang),
                "rows": [_line(row, lang) for row in rows if row.modality == modality],
            }
            for modality in there
        ],
    )


def _line(row: Row, lang: str) -> dict[str, str | None]:
    felt = factor(row.factor, lang) if row.matters else text("features.no_effect", lang)
    return {
        "label": row.label,
        "measured": row.measured,
        "typical": row.typical,
        "effect": felt,
    }


def _transcript(features: Mapping[str, Features], lang: str) -> Markup:
    found: Mapping[str, Any] = features["speech"].details if "speech" in features else {}
    language = str(found.get("language") or "").strip()
    return rendered(
        "predict/transcript",
        lang,
        words=str(found.get("transcript") or "").strip(),
        language=language_name(language, lang) if language else "",
    )


def _partly(features: Features) -> list[str]:
    """Return what a modality that is there could not do, such as a network without its weights."""
    if features.missing:
        return []
    found = [
        value
        for key, value in features.details.items()
        if value and (key.endswith("reason") or key == "warning")
    ]
    return list(dict.fromkeys(found))


def _gaps(prediction: Prediction, seen: Mapping[str, Features], lang: str) -> Markup:
    def gap(name: str, reason: str | None) -> dict[str, Any]:
        label = modality_label(name, lang)
        return {"name": name, "label": label, "reason": sentence(reason, lang) if reason else None}

    missing = [gap(n, seen[n].reason if n in seen else None) for n in prediction.missing]
    partly = [gap(name, one) for name, features in seen.items() for one in _partly(features)]
    # What makes the range wider stands beside it.
    others = [words for words in prediction.warnings if words != prediction.likeness.warning]
    if not (missing or partly or others):
        return Markup()
    warnings = [sentence(words, lang) for words in others]
    return rendered("predict/gaps", lang, missing=missing, partly=partly, warnings=warnings)


def _file(facts: ClipFacts, lang: str) -> dict[str, str]:
    picture = f"{facts.width} × {facts.height}" if facts.width else text("facts.no_picture", lang)
    return {
        "duration": seconds(facts.duration_s, lang),
        "size": megabytes(facts.file_bytes, lang),
        "picture": picture,
    }
