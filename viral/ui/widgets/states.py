"""What the page shows while there is no result: nothing yet, working, an error.

Everything here returns HTML; whatever came from a user or a file is escaped.
"""

from __future__ import annotations

from html import escape

from viral.messages import text
from viral.pipeline import STAGES

WAITING = "waiting"
"""Before the first stage: another clip is being looked at."""


def empty(lang: str, page: str = "predict") -> str:
    """Return a page before the first clip: what will be there, in three points.

    `page` is `predict`, `compare` or `after`.
    """
    points = "".join(
        f"<li><h3>{text(f'empty_{page}.{point}', lang)}</h3>"
        f"<p>{text(f'empty_{page}.{point}_text', lang)}</p></li>"
        for point in ("one", "two", "three")
    )
    return (
        '<section class="v-card v-empty" data-state="empty">'
        '<div class="v-empty-picture" aria-hidden="true"><span></span><span></span><span></span>'
        "<span></span><span></span><i></i></div>"
        f"<h2>{text(f'empty_{page}.heading', lang)}</h2>"
        f'<p class="v-lead">{text(f"empty_{page}.lead", lang)}</p>'
        f'<ol class="v-points">{points}</ol></section>'
    )


def working(
    stage: str,
    lang: str,
    *,
    warming: bool = False,
    heading: str = "",
    ahead: int | None = None,
) -> str:
    """Return the stages with the one that runs.

    Parameters
    ----------
    stage
        One of `STAGES`, or `WAITING`.
    lang
        `en` or `es`.
    warming
        Whether models are still being loaded, which makes this one slower.
    heading
        In the place of the usual one.
    ahead
        How many clips come first, where that is known.
    """
    at = STAGES.index(stage) if stage in STAGES else -1
    items = []
    for index, name in enumerate(STAGES):
        state = "done" if index < at else "now" if index == at else "next"
        aside = (
            f'<span class="v-sr">, {text(f"stage.{state}", lang)}</span>' if state != "next" else ""
        )
        items.append(
            f'<li data-stage="{name}" data-at="{state}"><i aria-hidden="true"></i>'
            f"{text(f'stage.{name}', lang)}{aside}</li>"
        )
    note = text("stage.waiting", lang) + "…" if at < 0 else ""
    if at < 0 and ahead:
        note = text("stage.ahead", lang, count=ahead)
    if warming:
        note = f"{note} {text('stage.warming', lang)}".strip()
    return (
        f'<section class="v-card v-working" data-state="working" data-now="{escape(stage)}">'
        f"<h2>{heading or text('stage.heading', lang)}</h2>"
        f'<ol class="v-stages" role="status" aria-live="polite">{"".join(items)}</ol>'
        f'<p class="v-soft">{note}</p></section>'
    )


def problem(sentence: str, lang: str, sentence_lang: str | None = None) -> str:
    """Return an error: one sentence for the user, and that the rest still works."""
    return (
        '<section class="v-card v-problem" data-state="error" role="alert">'
        f"<h2>{text('error.heading', lang)}</h2>"
        f'<p class="v-problem-sentence" lang="{sentence_lang or lang}">{escape(sentence)}</p>'
        f'<p class="v-soft">{text("error.next", lang)}</p></section>'
    )
