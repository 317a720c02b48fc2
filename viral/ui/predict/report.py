"""A result as one HTML file that loads nothing: to keep, to print, to send."""

from __future__ import annotations

from datetime import datetime
from html import escape

from viral.messages import text
from viral.model.prediction import Prediction
from viral.pipeline import Analysis
from viral.ui.predict import result
from viral.ui.predict.step_positions import steps_svg
from viral.ui.theme import report_style

FILE_NAME = "viral-report.html"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What a browser lets the file do: show itself."""


def report(prediction: Prediction, analysis: Analysis | None, made_at: datetime, lang: str) -> str:
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
        `en` or `es`.
    """
    if analysis is None:
        notice = text("share.opened", lang)
        summary = result.summary_of_numbers(prediction, lang, notice)
        counts = result.counts_most(prediction, {}, lang)
        details = result.details_of_numbers(prediction, lang)
    else:
        summary, details = result.summary(analysis, lang), result.details(analysis, lang)
        counts = result.counts_most(prediction, analysis.features, lang)
    title = text("report.title", lang)
    made = text("report.made", lang, moment=f"{made_at:%Y-%m-%d %H:%M %Z}".strip())
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{report_style()}</style></head>"
        '<body class="gradio-container v-report"><header><h1>'
        f'{title}</h1><p class="v-soft">{escape(made)}</p></header><main>'
        f"{summary}"
        f'<section class="v-card v-why">{result.why_heading(prediction, lang)}'
        f"{steps_svg(prediction, lang)}</section>"
        f"{counts}{details}"
        f'<footer class="v-card"><p class="v-soft">{text("about.range_1", lang)}</p>'
        f'<p class="v-soft">{text("report.alone", lang)}</p></footer></main></body></html>'
    )
