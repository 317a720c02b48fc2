"""What the page shows while there is no result: nothing yet, working, an error, a short answer."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from viral.messages import text
from viral.pipeline import STAGES
from viral.ui.templates import rendered

WAITING = "waiting"
"""Before the first stage: another clip is being looked at."""


def empty(lang: str, page: str = "predict") -> Markup:
    """Return a page before the first clip: what will be there, in three points.

    `page` is `predict`, `compare` or `after`.
    """
    return rendered(
        "widgets/empty",
        lang,
        heading=text(f"empty_{page}.heading", lang),
        lead=text(f"empty_{page}.lead", lang),
        points=[
            (text(f"empty_{page}.{point}", lang), text(f"empty_{page}.{point}_text", lang))
            for point in ("one", "two", "three")
        ],
    )


def working(
    stage: str,
    lang: str,
    *,
    warming: bool = False,
    heading: str = "",
    ahead: int | None = None,
) -> Markup:
    """Return the stages with the one that runs.

    Parameters
    ----------
    stage
        One of `STAGES`, or `WAITING`.
    lang
        A language of `viral.messages.LANGUAGES`.
    warming
        Whether models are still being loaded, which makes this one slower.
    heading
        In the place of the usual one.
    ahead
        How many clips come first, where that is known.
    """
    at = STAGES.index(stage) if stage in STAGES else -1
    stages = []
    for index, name in enumerate(STAGES):
        state = "done" if index < at else "now" if index == at else "next"
        stages.append(
            {
                "name": name,
                "state": state,
                "label": text(f"stage.{name}", lang),
                "state_label": "" if state == "next" else text(f"stage.{state}", lang),
            }
        )
    notes = [text("stage.waiting", lang) + "…"] if at < 0 else []
    if at < 0 and ahead:
        notes = [text("stage.ahead", lang, count=ahead)]
    if warming:
        notes.append(text("stage.warming", lang))
    return rendered(
        "widgets/working",
        lang,
        now=stage,
        heading=heading or text("stage.heading", lang),
        stages=stages,
        note=" ".join(notes),
    )


def problem(sentence: str, lang: str, sentence_lang: str | None = None) -> Markup:
    """Return an error: one sentence for the user, and that the rest still works."""
    return rendered("widgets/problem", lang, sentence=sentence, spoken=sentence_lang or lang)


def said(sentence: str, kind: str = "status") -> Markup:
    """Return a short answer to something that was pressed; nothing where nothing is said."""
    return rendered("widgets/said", "", sentence=sentence, role=kind)


def heading(code: str, lang: str, lead: str = "", **values: Any) -> Markup:
    """Return a card's heading, with a line under it where its code is given."""
    return rendered(
        "widgets/heading",
        lang,
        heading=text(code, lang, **values),
        lead=text(lead, lang, **values) if lead else "",
    )


def soft(words: str) -> Markup:
    """Return a line in small type."""
    return rendered("widgets/soft", "", words=words)


def paragraph(code: str, lang: str) -> Markup:
    """Return a sentence as a paragraph."""
    return rendered("widgets/paragraph", "", words=text(code, lang))
