"""The result page as HTML: score, views, counts, breakout, what counts most, transcript, gaps.

Each function takes data and a language and returns a piece of the page. Everything that came from a
user or a file (caption, transcript, file facts, sentences of errors) is escaped here. Numbers carry
their exact value in `data-value`.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from viral.account.model import MARK
from viral.figures.waterfall import WaterfallWords
from viral.media.clip import ClipFacts
from viral.messages import text
from viral.modalities import NAMES
from viral.modalities.features import Features
from viral.model.account_size import ALL_SIZES
from viral.model.prediction import Prediction
from viral.pipeline import Analysis
from viral.ui.predict import checked, skills
from viral.ui.text.labels import language_name, modality_label, sentence
from viral.ui.widgets.contributors import Row, breakout_words, headline_rows, rows_of, verdict
from viral.ui.widgets.effects import LONGEST_BAR_LOG10, bar, effect, measured_words
from viral.ui.widgets.numbers import count, decimal, factor, megabytes, seconds
from viral.ui.widgets.ranges import number, small_ranges, views_range

STEPS = ("context", *(name for name in NAMES if name != "context"))
"""What the account usually gets comes first, then what this clip makes of it."""
TOP_ROWS = 7
"""As many contributors as are read before the eye gives up; the rest is one click away."""
NO_EFFECT_LOG10 = 1e-9
"""A part with a weight of nought adds exactly nothing; this is far below what one with a weight
does."""
RULER_TICKS = 51


def summary(analysis: Analysis, lang: str) -> str:
    """Return the upper half: what happens to the clip, in numbers and words."""
    return summary_of_numbers(analysis.prediction, lang)


def summary_of_numbers(prediction: Prediction, lang: str, notice: str = "") -> str:
    """Return the same for a prediction whose clip need not be there.

    `notice` is a sentence above it that says where the numbers come from.
    """
    above = f'<p class="v-card v-notice" role="status">{notice}</p>' if notice else ""
    return (
        f'<div class="v-result" data-state="result">{above}'
        + _score(prediction, lang)
        + _views(prediction, lang)
        + _counts(prediction, lang)
        + "</div>"
    )


def counts_most(prediction: Prediction, features: Mapping[str, Features], lang: str) -> str:
    """Return what counts most, as measured; `features` are empty where only numbers are there."""
    return f'<div class="v-result">{_contributors(prediction, features, lang)}</div>'


def details(analysis: Analysis, lang: str) -> str:
    """Return the lower half: the checks, each part alone, the words, what is missing, the file."""
    return (
        '<div class="v-result">'
        + checked.card(analysis, lang)
        + skills.card(analysis, lang)
        + _transcript(analysis.features, lang)
        + _gaps(analysis.prediction, analysis.features, lang)
        + _facts(analysis.facts, analysis.prediction, lang)
        + "</div>"
    )


def details_of_numbers(prediction: Prediction, lang: str) -> str:
    """Return the lower half of a result without its clip: what was missing, and the model."""
    return (
        '<div class="v-result">'
        + _gaps(prediction, {}, lang)
        + f'<p class="v-facts">{_model(prediction, lang)}</p></div>'
    )


def _score(prediction: Prediction, lang: str) -> str:
    key = verdict(prediction.score, prediction.views.median, prediction.usual_views)
    shown = round(prediction.score)
    ticks = "".join(
        f"<i{' class=v-on' if 100 * tick / (RULER_TICKS - 1) <= prediction.score else ''}></i>"
        for tick in range(RULER_TICKS)
    )
    meaning = text(
        "score.meaning",
        lang,
        score=shown,
        among=escape(prediction.score_among.said(lang)),
    )
    return (
        '<section class="v-card v-score-card"><div class="v-score">'
        f'<p class="v-eyebrow">{text("score.label", lang)}</p>'
        f'<p class="v-score-number"><span data-number="score" data-value="{prediction.score!r}">'
        f"{shown}</span><small>{text('score.of', lang)}</small></p></div>"
        f'<div class="v-verdict"><h2>{text(key, lang)}</h2><p>{meaning}</p>'
        f'<div class="v-ruler" aria-hidden="true">{ticks}</div>'
        '<p class="v-ruler-ends" aria-hidden="true">'
        "<span>0</span><span>50</span><span>100</span></p>"
        "</div></section>"
    )


def _unlike(prediction: Prediction, lang: str) -> str:
    warning = prediction.likeness.warning
    return "" if warning is None else f'<p data-part="unlike">{_said(warning, lang)}</p>'


def _views(prediction: Prediction, lang: str) -> str:
    views, usual = prediction.views, prediction.usual_views
    between = text(
        "views.range",
        lang,
        low=number("views.low", views.low, lang),
        high=number("views.high", views.high, lang),
    )
    if usual:
        against = text(
            "views.against_usual",
            lang,
            usual=number("usual_views", usual, lang),
            factor=f'<b class="v-number">{factor(views.median / usual, lang)}</b>',
        )
    elif prediction.account_size == ALL_SIZES:
        against = text("views.no_account", lang)
    else:
        against = text("views.no_usual", lang)
    likely, odds = breakout_words(prediction.breakout_probability, lang)
    meaning = text("breakout.meaning" if usual else "breakout.meaning_no_usual", lang)
    five = "".join("<i></i>" for _ in range(5))
    return (
        '<div class="v-pair"><section class="v-card v-views">'
        f'<h2 class="v-eyebrow">'
        f"{text('views.heading', lang, days=decimal(prediction.horizon_days, 1, lang))}</h2>"
        f'<p class="v-big">{number("views.median", views.median, lang)}</p>'
        f'<p class="v-between"><span class="v-five" aria-hidden="true">{five}</span>'
        f"<span>{between}</span></p>{views_range(views, usual, lang)}"
        f'<p class="v-soft">{against}</p>{_unlike(prediction, lang)}</section>'
        '<section class="v-card v-breakout">'
        f'<h2 class="v-eyebrow">{text("breakout.heading", lang)}</h2>'
        f'<p class="v-odds" data-number="breakout_probability" '
        f'data-value="{prediction.breakout_probability!r}">{odds}</p>'
        f'<div class="v-chance" aria-hidden="true"><span style="width:'
        f'{round(100 * min(prediction.breakout_probability, 1.0), 1)}%"></span></div>'
        f"<p><b>{likely}</b></p>"
        f'<p class="v-soft">{meaning}</p></section></div>'
    )


def _counts(prediction: Prediction, lang: str) -> str:
    intervals = {name: getattr(prediction, name) for name in ("likes", "comments", "shares")}
    return f'<section class="v-card">{small_ranges(intervals, lang)}</section>'


def waterfall_words(prediction: Prediction, lang: str) -> WaterfallWords:
    """Return the texts of the waterfall in a language."""
    return WaterfallWords(
        average=text("why.average", lang),
        prediction=text("why.prediction", lang),
        modalities={name: modality_label(name, lang) for name in STEPS},
        silent={name: text("why.not_measured", lang) for name in prediction.missing},
        axis=text("why.axis", lang),
        hover_step=text("why.hover_step", lang),
        hover_end=text("why.hover_end", lang),
        factor=lambda value: factor(value, lang),
        views=lambda value: count(value, lang),
    )


def step_words(value: float, missing: bool, lang: str) -> str:
    """Return what a step of the waterfall says: its factor, or that nothing was measured."""
    return text("why.not_measured", lang) if missing else factor(10.0**value, lang)


def why_heading(prediction: Prediction, lang: str) -> str:
    """Return the heading over the waterfall, and its steps in words for who cannot see it."""
    explanation = prediction.explanation
    steps = "; ".join(
        f"{modality_label(part.name, lang)} "
        + step_words(part.value, part.name in prediction.missing, lang)
        for part in sorted(explanation.modalities, key=lambda part: STEPS.index(part.name))
    )
    average = prediction.views.median * 10.0 ** (explanation.base - explanation.prediction)
    spoken = text(
        "why.figure",
        lang,
        average=count(average, lang),
        median=count(prediction.views.median, lang),
        steps=steps,
    )
    return (
        f'<h2>{text("why.heading", lang)}</h2><p class="v-soft">{text("why.lead", lang)}</p>'
        f'<p class="v-sr">{escape(spoken)}</p>'
    )


def _contributors(prediction: Prediction, features: Mapping[str, Features], lang: str) -> str:
    rows = rows_of(prediction.explanation, lang)
    top = [row for row in headline_rows(rows, lang) if row.matters][:TOP_ROWS]
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
    parts = [
        modality_label(part.name, lang)
        for part in prediction.explanation.modalities
        if part.name not in prediction.missing and abs(part.value) < NO_EFFECT_LOG10
    ]
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
