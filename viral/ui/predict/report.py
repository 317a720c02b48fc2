"""A result as one HTML file that loads nothing: to keep, to print, to send."""

from __future__ import annotations

from datetime import datetime
from html import escape

from viral.messages import text
from viral.model.prediction import Prediction
from viral.pipeline import Analysis
from viral.ui.predict import moves, result
from viral.ui.predict.answer import answer
from viral.ui.theme import report_style
from viral.ui.widgets.numbers import count

FILE_NAME = "viral-report.html"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What a browser lets the file do: show itself."""


def report(
    prediction: Prediction,
    analysis: Analysis | None,
    made_at: datetime,
    lang: str,
    name: str = "",
) -> str:
    """Return the file's content.

    Parameters
    ----------
    prediction
        What is reported.
    analysis
        What was seen in the clip, or None where only the numbers are known.
    made_at
        When it was made, with its time zone.
    lang
        Language code.
    name
        Of the clip's file.
    """
    if analysis is None:
        summary = answer(prediction, lang, notice=text("share.opened", lang))
        details = result.details_of_numbers(prediction, lang, opened=True)
    else:
        summary = answer(prediction, lang, analysis, name=name, fixed=True)
        details = result.details(analysis, lang, opened=True)
    title = text("report.title", lang)
    made = text("report.made", lang, moment=f"{made_at:%Y-%m-%d %H:%M %Z}".strip())
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(name) or title}</title><style>{report_style()}</style></head>"
        '<body class="gradio-container v-report"><header><h1>'
        f'{title}</h1><p class="v-soft">{escape(made)}</p></header><main>'
        f"{summary}{_given(analysis, name, lang)}"
        f"{moves.card(prediction, analysis, lang)}{details}"
        f'<footer class="v-card"><p class="v-soft">{text("about.range_1", lang)}</p>'
        f'<p class="v-soft">{text("report.alone", lang)}</p></footer></main></body></html>'
    )


def _given(analysis: Analysis | None, name: str, lang: str) -> str:
    """Return what the result was worked out from, so that two reports can be told apart."""
    if analysis is None:
        return ""
    details = analysis.details
    rows = [(text("report.clip", lang), name)] if name else []
    if details.followers is not None:
        rows.append((text("followers.label", lang), count(details.followers, lang)))
    if details.recent_views:
        views = ", ".join(count(one, lang) for one in details.recent_views)
        rows.append((text("recent.label", lang), views))
    if details.caption:
        rows.append((text("caption.label", lang), details.caption))
    if details.posted_at is not None:
        rows.append((text("time.label", lang), f"{details.posted_at:%Y-%m-%d %H:%M %Z}".strip()))
    if details.sound:
        rows.append((text("sound.label", lang), details.sound))
    lines = "".join(f"<dt>{label}</dt><dd>{escape(value)}</dd>" for label, value in rows)
    body = f"<dl>{lines}</dl>" if rows else f"<p>{text('report.nothing_given', lang)}</p>"
    heading = text("report.given", lang)
    return f'<section class="v-card v-given" data-part="given"><h2>{heading}</h2>{body}</section>'
