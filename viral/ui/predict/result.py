"""What can be opened under the answer: what matters most, each part alone, transcript, gaps.

Each function takes data and a language and returns a piece of the page. Everything that came from a
user or a file (caption, transcript, file facts, sentences of errors) is escaped here. Numbers carry
their exact value in `data-value`.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

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
from viral.ui.text.labels import language_name, modality_label, sentence
from viral.ui.widgets.contributors import Row, headline_rows, rows_of
from viral.ui.widgets.effects import LONGEST_BAR_LOG10, bar, effect, measured_words
from viral.ui.widgets.numbers import factor, megabytes, seconds

STEPS = ("context", *(name for name in NAMES if name != "context"))
"""What the account usually gets comes first, then what this clip makes of it."""
TOP_ROWS = 7
"""As many contributors as fit without scrolling; the rest is one click away."""


def details(analysis: Analysis, lang: str, *, opened: bool = False) -> str:
    """Return what can be opened under the answer: what matters most, each part alone, the words
    heard, what is missing, the file."""
    return _fold(
        _beats(analysis.prediction, lang)
        + _contributors(analysis.prediction, analysis.features, lang)
        + skills.card(analysis, lang)
        + _transcript(analysis.features, lang)
        + _gaps(analysis.prediction, analysis.features, lang)
        + _facts(analysis.facts, analysis.prediction, lang),
        lang,
        opened,
    )


def details_of_numbers(prediction: Prediction, lang: str, *, opened: bool = False) -> str:
    """Return the same of a result without its clip: the numbers that a link carries."""
    return _fold(
        _beats(prediction, lang)
        + _contributors(prediction, {}, lang)
        + _gaps(prediction, {}, lang)
        + f'<p class="v-facts">{_model(prediction, lang)}</p>',
        lang,
        opened,
    )


def _fold(inside: str, lang: str, opened: bool) -> str:
    return (
        f'<details class="v-fold"{" open" if opened else ""}><summary>'
        f"{text('answer.details', lang)}</summary>"
        f'<div class="v-result">{inside}</div></details>'
    )


def _beats(prediction: Prediction, lang: str) -> str:
    said = text(
        "answer.beats",
        lang,
        score=f'<span data-number="score" data-value="{prediction.score!r}">'
        f"{round(prediction.score)}</span>",
        among=escape(prediction.score_among.said(lang)),
    )
    return f'<p class="v-beats">{said}</p>'


def _contributors(prediction: Prediction, features: Mapping[str, Features], lang: str) -> str:
    rows = rows_of(prediction.explanation, lang)
    top = [
        row
        for row in headline_rows(rows, lang)
        if row.matters and (row.measured is not None or row.name.endswith((".embedding", REST)))
    ][:TOP_ROWS]
    largest = min(max((abs(row.value) for row in top), default=0.0), LONGEST_BAR_LOG10)
    items = []
    for row in top:
        said = [measured_words(row, features, lang)]
        if row.typical is not None:
            said.append(text("features.typical", lang, value=escape(row.typical)))
        items.append(
            f'<li data-feature="{escape(row.name)}"><div class="v-what"><b>{escape(row.label)}</b>'
            f'<span class="v-tag">{modality_label(row.modality, lang)}</span>'
            f'<p class="v-soft">{" · ".join(said)}</p></div>{bar(row.value, largest)}'
            f"{effect(row.value, lang)}</li>"
        )
    if items:
        listed = f'<ol class="v-contributors">{"".join(items)}</ol>'
    else:
        listed = f'<p class="v-soft">{text("features.none", lang)}</p>'
    return (
        f'<section class="v-card"><h2>{text("features.heading", lang)}</h2>'
        f'<p class="v-soft">{text("features.lead", lang)} {text("why.past_posts", lang)}</p>'
        f"{listed}{_silent(prediction, lang)}"
        f"{_everything(rows, lang) if features else ''}</section>"
    )


def _silent(prediction: Prediction, lang: str) -> str:
    """Say which parts were measured and still count for nothing, and why."""
    parts = [modality_label(name, lang) for name in silent_parts(prediction)]
    if not parts:
        return ""
    said = text("features.silent", lang, parts=", ".join(parts))
    return f'<p class="v-soft v-silent">{said}</p>'


def _everything(rows: list[Row], lang: str) -> str:
    bodies = []
    for modality in STEPS:
        mine = [row for row in rows if row.modality == modality]
        if not mine:
            continue
        lines = "".join(
            f'<tr><th scope="row">{escape(row.label)}</th><td>{escape(row.measured or "–")}</td>'
            f"<td>{escape(row.typical or '–')}</td>"
            f"<td>{factor(row.factor, lang) if row.matters else text('features.no_effect', lang)}"
            "</td></tr>"
            for row in mine
        )
        bodies.append(
            f'<tbody><tr class="v-group"><th colspan="4" scope="rowgroup">'
            f"{modality_label(modality, lang)}</th></tr>{lines}</tbody>"
        )
    head = "".join(
        f'<th scope="col">{text(f"features.column_{name}", lang)}</th>'
        for name in ("name", "measured", "typical", "effect")
    )
    title = text("features.all", lang, count=len(rows))
    return (
        f'<details class="v-details"><summary>{title}</summary>'
        f'<div class="v-scroll" tabindex="0" role="region" aria-label="{title}">'
        '<table class="v-table">'
        f"<thead><tr>{head}</tr></thead>{''.join(bodies)}</table></div></details>"
    )


def _transcript(features: Mapping[str, Features], lang: str) -> str:
    found: Mapping[str, Any] = features["speech"].details if "speech" in features else {}
    words = str(found.get("transcript") or "").strip()
    language = str(found.get("language") or "").strip()
    if words:
        body = f'<blockquote class="v-transcript">{escape(words)}</blockquote>'
        if language:
            heard = text(
                "transcript.language", lang, language=escape(language_name(language, lang))
            )
            body += f'<p class="v-soft">{heard}</p>'
    else:
        body = f'<p class="v-soft">{text("transcript.none", lang)}</p>'
    return (
        '<section class="v-card" data-part="transcript">'
        f"<h2>{text('transcript.heading', lang)}</h2>{body}</section>"
    )


def _said(english: str, lang: str) -> str:
    words, language = sentence(english, lang)
    return f'<span lang="{language}">{escape(words)}</span>'


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


def _gaps(prediction: Prediction, seen: Mapping[str, Features], lang: str) -> str:
    parts = []
    items = []
    for name in prediction.missing:
        reason = seen[name].reason if name in seen else None
        why = _said(reason, lang) if reason else text("gaps.no_reason", lang)
        items.append(
            f'<li data-missing="{escape(name)}"><b>{modality_label(name, lang)}:</b> {why}</li>'
        )
    for name, features in seen.items():
        for reason in _partly(features):
            what = text("gaps.partly", lang, modality=modality_label(name, lang))
            items.append(f'<li data-partly="{name}"><b>{what}</b> {_said(reason, lang)}</li>')
    if items:
        parts.append(
            f"<h2>{text('gaps.heading', lang)}</h2>"
            f'<p class="v-soft">{text("gaps.lead", lang)}</p><ul>{"".join(items)}</ul>'
        )
    # What makes the range wider stands beside it.
    others = [words for words in prediction.warnings if words != prediction.likeness.warning]
    if others:
        items = [f"<li>{_said(warning, lang)}</li>" for warning in others]
        parts.append(f"<h2>{text('notes.heading', lang)}</h2><ul>{''.join(items)}</ul>")
    if not parts:
        return ""
    return f'<section class="v-card v-gaps" data-part="gaps">{"".join(parts)}</section>'


def _model(prediction: Prediction, lang: str) -> str:
    said = text("facts.model", lang, version=escape(prediction.model_version))
    own = MARK in prediction.model_version
    return f"{said} {text('facts.own', lang)}" if own else said


def _facts(facts: ClipFacts, prediction: Prediction, lang: str) -> str:
    picture = f"{facts.width} × {facts.height}" if facts.width else text("facts.no_picture", lang)
    line = text(
        "facts.line",
        lang,
        duration=seconds(facts.duration_s, lang),
        size=megabytes(facts.file_bytes, lang),
        picture=picture,
    )
    return f'<p class="v-facts">{line} · {_model(prediction, lang)}</p>'
