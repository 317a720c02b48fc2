"""A result as one HTML file that loads nothing: to keep, to print, to send."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from viral.messages import text
from viral.model.prediction import Prediction
from viral.pipeline import Analysis
from viral.ui.predict import moves, result
from viral.ui.predict.answer import answer
from viral.ui.templates import ours, rendered
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
) -> Markup:
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
    return rendered(
        "predict/report",
        lang,
        policy=ours(POLICY),
        style=ours(report_style()),
        name=name,
        moment=f"{made_at:%Y-%m-%d %H:%M %Z}".strip(),
        summary=summary,
        given=None if analysis is None else _given(analysis, name, lang),
        moves=moves.card(prediction, analysis, lang),
        details=details,
    )


def _given(analysis: Analysis, name: str, lang: str) -> list[tuple[str, str]]:
    """Return what the result was worked out from, so that two reports can be told apart."""
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
    return rows
