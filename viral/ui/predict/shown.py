"""What the result side of the page shows: nothing yet, stages, an error or a result.

`Shown` is what is kept of it for one browser tab, small enough to travel; `view` turns it into HTML
and a figure in any language, so that changing the language changes everything on the page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import plotly.graph_objects as go

from viral.errors import ViralError
from viral.explain import share
from viral.figures.waterfall import waterfall
from viral.messages import text
from viral.model.prediction import Prediction
from viral.ui.predict import result
from viral.ui.predict.section_links import SECTIONS, SECTIONS_OF_NUMBERS, contents
from viral.ui.predict.waterfall_steps import levels
from viral.ui.sessions import Sessions
from viral.ui.text.labels import sentence
from viral.ui.widgets import states


@dataclass(frozen=True)
class Shown:
    """What one browser tab shows."""

    kind: Literal["empty", "working", "error", "result", "numbers"] = "empty"
    key: str | None = None
    """Id of the result in `Sessions`."""
    numbers: str = ""
    """A result as `viral.explain.share` writes it, whose clip is not here."""
    own: bool = False
    """Whether these numbers are left of the reader's own result, not out of somebody's link."""
    problem: str = ""
    """The error's sentence, in English."""
    stage: str = states.WAITING
    warming: bool = False
    ahead: int | None = None
    """How many clips come first, while this one waits."""


@dataclass(frozen=True)
class View:
    """Pieces of the page, ready to show."""

    summary: str
    contents: str = ""
    """Where on the page each part of the result is."""
    why: str = ""
    figure: go.Figure | None = None
    levels: str = ""
    """The figure's steps, opened up."""
    counts: str = ""
    """What counts most."""
    details: str = ""
    numbers: str = ""
    """What a link to this result carries; empty where there is none."""
    key: str | None = None
    """Id of the result in `Sessions`, for the tab that it belongs to."""


def view(shown: Shown, sessions: Sessions, lang: str) -> View:
    """Return what to show in a language; a result that is no longer kept becomes a sentence."""
    if shown.kind == "working":
        return View(states.working(shown.stage, lang, warming=shown.warming, ahead=shown.ahead))
    if shown.kind == "error":
        return _problem(shown.problem, lang)
    try:
        if shown.kind == "result":
            analysis = sessions.get(shown.key)
            return replace(
                _of_prediction(analysis.prediction, lang),
                summary=result.summary(analysis, lang),
                contents=contents(SECTIONS, lang),
                levels=levels(analysis.prediction, analysis.features, lang),
                counts=result.counts_most(analysis.prediction, analysis.features, lang),
                details=result.details(analysis, lang),
                key=shown.key,
            )
        if shown.kind == "numbers":
            notice = text("share.kept" if shown.own else "share.opened", lang)
            prediction = share.decode(shown.numbers)
            return replace(
                _of_prediction(prediction, lang),
                summary=result.summary_of_numbers(prediction, lang, notice),
                details=result.details_of_numbers(prediction, lang),
                numbers=shown.numbers,
            )
    except ViralError as error:
        return _problem(error.message, lang)
    return View(states.empty(lang))


def _of_prediction(prediction: Prediction, lang: str) -> View:
    """Return what is the same with and without the clip."""
    return View(
        summary="",
        contents=contents(SECTIONS_OF_NUMBERS, lang),
        counts=result.counts_most(prediction, {}, lang),
        why=result.why_heading(prediction, lang),
        figure=waterfall(
            prediction.explanation,
            prediction.views.median,
            result.waterfall_words(prediction, lang),
        ),
        levels=levels(prediction, {}, lang),
        numbers=share.encode(prediction),
    )


def arrived(address: str, kept: str, sessions: Sessions) -> Shown | None:
    """Return what a page that was just opened or reloaded should show, if not the empty page.

    Parameters
    ----------
    address
        The numbers in the page's address, if it was opened from a link.
    kept
        What the browser tab kept of its own last result: its id and its numbers, with a space in
        between. Both come from a browser and are checked.
    sessions
        Where the result itself may still be.
    """
    if address:
        return _numbers(address, own=False)
    key, _, numbers = kept.partition(" ")
    try:
        sessions.get(key)
        return Shown("result", key=key)
    except ViralError:
        found = _numbers(numbers, own=True)
        # What the tab kept is no longer readable, after an update say: nobody asked for it.
        return found if found.kind == "numbers" else None


def _numbers(numbers: str, *, own: bool) -> Shown:
    try:
        share.decode(numbers)
    except ViralError as error:
        return Shown("error", problem=error.message)
    return Shown("numbers", numbers=numbers, own=own)


def _problem(english: str, lang: str) -> View:
    words, language = sentence(english, lang)
    return View(states.problem(words, lang, language))
