"""Second by second: the clip's player with a timeline of what was measured and what it counts for.

The player plays the browser's own copy of the clip: the server has deleted its own. Everything that
the browser needs to tell a moment comes in one value, already worded; the figure is
`viral.figures.timeline`. A click on the figure, a word or the slider moves the player there.
"""

from __future__ import annotations

import base64
import io
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
import plotly.graph_objects as go
from markupsafe import Markup

from viral.errors import ViralError
from viral.explain.retention import beside
from viral.explain.timeline import Timeline, timeline
from viral.figures.timeline import (
    HEIGHTS_PX,
    SIDE_PX,
    Picture,
    TimelineWords,
    clock,
    figure,
    rows_of,
)
from viral.media.clip import HOOK_S
from viral.messages import DEFAULT_LANGUAGE, Message, text
from viral.modalities.spoken_words import SPACELESS_LANGUAGES
from viral.pipeline import Analysis, model_of
from viral.ui.predict import retention
from viral.ui.predict.retention import Posts, RetentionPanel
from viral.ui.predict.shown import Shown
from viral.ui.predict.what_if import QUIET
from viral.ui.sessions import Sessions
from viral.ui.templates import rendered
from viral.ui.text.translation import Translations
from viral.ui.widgets import states
from viral.ui.widgets.numbers import FACTOR_STEP, decimal, factor, measured

LOG = logging.getLogger(__name__)

MOST_PICTURES = 12
"""As many as can still be made out across a phone."""
JPEG_QUALITY = 72
MOMENTS_TOLD = 3
"""The largest effects that are told in words."""
UNITS = {"kept": "%", "motion": "%", "loudness": "dBFS"}


@dataclass(frozen=True)
class Made:
    """What the page shows of a timeline."""

    value: dict[str, Any] | None
    """For the browser's script; None hides the card."""
    figure: go.Figure | None
    note: str
    """What the method is and is not, as HTML."""


NOTHING = Made(None, None, "")


def strip(analysis: Analysis) -> list[Picture]:
    """Return the thumbnails of the strip, each the one nearest to the middle of its slot."""
    from PIL import Image

    pictures = np.asarray(analysis.thumbnails)
    times_s = np.asarray(analysis.thumbnail_times_s, dtype=np.float64)
    if pictures.ndim != 4 or not len(pictures) or len(times_s) != len(pictures):
        return []
    count = min(MOST_PICTURES, len(pictures))
    slot_s = analysis.facts.duration_s / count
    made = []
    for place in range(count):
        nearest = int(np.argmin(np.abs(times_s - (place + 0.5) * slot_s)))
        buffer = io.BytesIO()
        Image.fromarray(pictures[nearest]).save(buffer, "JPEG", quality=JPEG_QUALITY)
        source = "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
        made.append(Picture(place * slot_s, slot_s, source))
    return made


def made_of(key: str | None, analysis: Analysis, found: Timeline, lang: str) -> Made:
    """Return the value for the browser, the figure and the note.

    Parameters
    ----------
    key
        Id of the result: the player starts anew with another one.
    analysis
        The result.
    found
        Its timeline.
    lang
        `en` or `es`.
    """
    rows = rows_of(found)
    titles = {name: text(f"when.{name}", lang) for name in HEIGHTS_PX}
    language = str(analysis.features["speech"].details.get("language") or "")
    value = {
        "key": key,
        "duration": found.duration_s,
        "side": SIDE_PX,
        "starts": found.starts_s.tolist(),
        "hook": [list(span) for span in found.hook],
        "rows": [
            {"name": name, "label": titles[name], "values": _values(name, found, lang)}
            for name in rows
        ],
        "words": [[word.text, word.start_s, word.end_s] for word in found.words],
        "lines": [[line.text, line.start_s, line.end_s] for line in found.lines],
        "lang": language,
        "spaced": language not in SPACELESS_LANGUAGES,
    }
    hook = text("when.hook_title", lang, seconds=decimal(HOOK_S, 0, lang))
    return Made(
        value=value,
        figure=figure(found, strip(analysis), TimelineWords(titles | _none(found, lang), hook)),
        note=note(found, lang),
    )


def _none(found: Timeline, lang: str) -> dict[str, str]:
    """Return the titles of rows that were measured and hold nothing."""
    return {
        name: text(f"when.no_{name}", lang)
        for name in ("cuts", "faces")
        if not np.nansum(found.series[name])
    }


def _listed(names: list[str], lang: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return text("when.and", lang, first=", ".join(names[:-1]), last=names[-1])


def _values(name: str, found: Timeline, lang: str) -> list[str]:
    if name == "effect":
        return [factor(10.0**value, lang) for value in found.effects.tolist()]
    values = found.series[name].tolist()
    if name == "faces":
        return [f"{decimal(100 * v, 0, lang)} %" if math.isfinite(v) else "–" for v in values]
    shown = [round(value, 1) if math.isfinite(value) else value for value in values]
    return [measured(value, UNITS.get(name, ""), lang) for value in shown]


def note(found: Timeline, lang: str) -> Markup:
    """Return what the effects are and are not, and what carries no weight here."""
    lines = []
    if not rows_of(found):
        lines.append(text("when.nothing", lang))
    elif found.seeing:
        lines.append(_summary(found, lang))
        one = found.step_s == 1.0
        step = (
            text("when.step_one", lang)
            if one
            else text("when.step_many", lang, seconds=decimal(found.step_s, 0, lang))
        )
        lines.append(text("when.method", lang, step=step))
    if found.blind:
        names = _listed([text(f"when.part_{name}", lang) for name in found.blind], lang)
        lines.append(text("when.blind" if found.seeing else "when.blind_all", lang, parts=names))
    return Markup().join(states.soft(line) for line in lines)


def _summary(found: Timeline, lang: str) -> str:
    largest = np.argsort(-np.abs(found.effects), kind="stable")[:MOMENTS_TOLD]
    told = [
        text(
            "when.moment",
            lang,
            factor=factor(10.0 ** float(found.effects[place]), lang),
            moment=clock(float(found.starts_s[place])),
        )
        for place in largest
        if abs(10.0 ** float(found.effects[place]) - 1.0) >= FACTOR_STEP
    ]
    if not told:
        return text("when.even", lang)
    return text("when.summary", lang, moments=", ".join(told))


@dataclass(frozen=True)
class TimelinePanel:
    """The card's components. The style sheet hides the card while it has no value, as that of What
    if."""

    stage: gr.HTML
    plot: gr.Plot
    note: gr.HTML
    retention: RetentionPanel

    @property
    def outputs(self) -> list[Any]:
        """Everything that changes with the result."""
        return [self.stage, self.plot, self.note, self.retention.told]

    @property
    def hidden(self) -> dict[Any, Any]:
        """The updates that hide the card."""
        return {self.stage: gr.update(value=None)}

    def updates(self, made: Made) -> dict[Any, Any]:
        """Return the updates that show a timeline."""
        if made.value is None:
            return self.hidden
        return {
            self.stage: gr.update(value=made.value),
            self.plot: made.figure,
            self.note: made.note,
        }


def _words(lang: str) -> dict[str, str]:
    names = ("player", "gone", "unplayable", "slider", "hook", "spoken", "written")
    return {name: text(f"when.{name}", lang) for name in names}


def build(translations: Translations) -> TimelinePanel:
    """Lay the card out inside the current Blocks."""

    # Open: Gradio builds what is folded only once it is opened, and the script needs its place.
    with (
        gr.Column(elem_classes="v-card v-when-card", elem_id="when"),
        gr.Accordion(open=True, elem_classes="v-more") as fold,
    ):
        translations.keys(fold, label="when.heading")
        translations.properties(
            gr.HTML(), lambda code: {"value": states.soft(text("when.lead", code))}
        )
        stage = translations.scripted(
            rendered("predict/timeline", DEFAULT_LANGUAGE), "timeline.js", _words, elem_id="moments"
        )
        plot = gr.Plot(
            show_label=False, container=False, elem_id="timeline", elem_classes="v-figure"
        )
        told = gr.HTML(elem_id="when-note")
        own = retention.build(translations)
    return TimelinePanel(stage, plot, told, own)


def connect(
    panel: TimelinePanel, shown: gr.State, lang: gr.Radio, sessions: Sessions
) -> Callable[[Any], None]:
    """Let the timeline follow the result and the language.

    Returns
    -------
    callable
        Takes a trigger, such as the `then` of an event; after it the card shows the tab's result.
    """

    own = panel.retention

    def show(now: Shown, code: str, posts: Posts, problem: Message | None = None) -> dict[Any, Any]:
        if now.kind != "result":
            return panel.hidden
        try:
            analysis = sessions.get(now.key)
            watched = posts.get(analysis.facts.sha256)
            found = beside(timeline(analysis, model_of(analysis)), watched)
            return {
                **panel.updates(made_of(now.key, analysis, found, code)),
                own.told: retention.told(posts, analysis, code, problem),
            }
        except ViralError:
            return panel.hidden
        except Exception:
            LOG.exception("The timeline could not be worked out")
            return panel.hidden

    def add(now: Shown, code: str, posts: Posts, file: str | None) -> dict[Any, Any]:
        posts, problem = retention.with_file(posts, file, lambda: sessions.get(now.key))
        return {own.posts: posts, **show(now, code, posts, problem)}

    def follow(trigger: Any) -> None:
        trigger(show, [shown, lang, own.posts], panel.outputs, **QUIET)

    lang.change(show, [shown, lang, own.posts], panel.outputs, **QUIET)
    own.file.upload(add, [shown, lang, own.posts, own.file], [own.posts, *panel.outputs], **QUIET)
    return follow
