"""What the result side of the page shows: nothing yet, stages, an error or a result.

`Shown` is what is kept of it for one browser tab, small enough to travel; `view` turns it into HTML
and a figure in any language, so that changing the language changes everything on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from viral.errors import ViralError
from viral.explain import share
from viral.messages import Message, text
from viral.ui.predict import checked, moves, result
from viral.ui.predict.answer import answer
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
    """The error's sentence, a `Message`."""
    stage: str = states.WAITING
    warming: bool = False
    ahead: int | None = None
    """How many clips come first, while this one waits."""


LONGEST_NAME = 80
"""Characters of a file's name that a sentence quotes."""


@dataclass(frozen=True)
class View:
    """Pieces of the page, ready to show."""

    summary: str
    moves: str = ""
    """What moves the prediction; empty where there is none."""
    details: str = ""
    """Everything else, to open."""
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
            title = sessions.title(shown.key)
            prediction = analysis.prediction
            return View(
                answer(
                    prediction,
                    lang,
                    analysis,
                    name=title.name,
                    demo=title.made_up,
                    listed=not title.demo,
                ),
                moves=checked.card(analysis, lang) + moves.card(prediction, analysis, lang),
                details=result.details(analysis, lang),
                numbers=share.encode(prediction),
                key=shown.key,
            )
        if shown.kind == "numbers":
            notice = text("share.kept" if shown.own else "share.opened", lang)
            prediction = share.decode(shown.numbers)
            return View(
                answer(prediction, lang, notice=notice),
                moves=moves.card(prediction, None, lang),
                details=result.details_of_numbers(prediction, lang),
                numbers=shown.numbers,
            )
    except ViralError as error:
        return _problem(error.message, lang)
    return View(states.empty(lang))


def arrived(address: str, kept: str, sessions: Sessions, running: str = "") -> Shown | None:
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
    running
        Name of the clip that was being analysed when the page was left, or empty.
    """
    if address:
        return _numbers(address, own=False)
    if running:
        name = running[:LONGEST_NAME]
        return Shown("error", problem=Message("error.lost", name=name))
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


def _problem(problem: str, lang: str) -> View:
    words, language = sentence(problem, lang)
    return View(states.problem(words, lang, language))
