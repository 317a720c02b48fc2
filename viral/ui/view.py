"""What the result side of the page shows: nothing yet, stages, an error or a result.

`Shown` is what is kept of it for one browser tab, small enough to travel; `view` turns it into HTML
and a figure in any language, so that changing the language changes everything on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from viral.errors import ViralError
from viral.plots import waterfall
from viral.ui import result, states
from viral.ui.labels import sentence
from viral.ui.sessions import Sessions


@dataclass(frozen=True)
class Shown:
    """What one browser tab shows."""

    kind: Literal["empty", "working", "error", "result"] = "empty"
    key: str | None = None
    """Id of the result in `Sessions`."""
    problem: str = ""
    """The error's sentence, in English."""
    stage: str = states.WAITING
    warming: bool = False


@dataclass(frozen=True)
class View:
    """Pieces of the page, ready to show."""

    summary: str
    why: str = ""
    figure: go.Figure | None = None
    details: str = ""


def view(shown: Shown, sessions: Sessions, lang: str) -> View:
    """Return what to show in a language; a result that is no longer kept becomes a sentence."""
    if shown.kind == "working":
        return View(states.working(shown.stage, lang, warming=shown.warming))
    if shown.kind == "error":
        return _problem(shown.problem, lang)
    if shown.kind == "result":
        try:
            analysis = sessions.get(shown.key)
        except ViralError as error:
            return _problem(str(error), lang)
        prediction = analysis.prediction
        return View(
            summary=result.summary(analysis, lang),
            why=result.why_heading(prediction, lang),
            figure=waterfall(
                prediction.explanation,
                prediction.views.median,
                result.waterfall_words(prediction, lang),
            ),
            details=result.details(analysis, lang),
        )
    return View(states.empty(lang))


def _problem(english: str, lang: str) -> View:
    words, language = sentence(english, lang)
    return View(states.problem(words, lang, language))
