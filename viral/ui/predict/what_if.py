"""What if: fields that hold the post, and what the model says as soon as one of them changes.

The result itself stays; a change is predicted from what was measured in the clip, without reading
it again. See `viral.explain.what_if` for the model's side, `viral.ui.predict.what_if_fields` for
the fields and `viral.ui.predict.what_if_result` for what is shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from viral.errors import ViralError
from viral.messages import DEFAULT_LANGUAGE, text
from viral.ui.predict.shown import Shown
from viral.ui.predict.what_if_fields import Tried, filled
from viral.ui.predict.what_if_result import EMPTY, Outcome, outcome, problem
from viral.ui.sessions import ResultGoneError, Sessions
from viral.ui.text.translation import Translations
from viral.ui.widgets import states
from viral.ui.widgets.post_fields import seconds_field, sound_field, time_field

LOG = logging.getLogger(__name__)

# Gradio's text fields send `input` for keys that write a letter, not for a paste or a deletion. The
# browser's own event is sent for all of them; a burst of letters is waited for.
LISTEN_SCRIPT = """
let waiting;
document.getElementById("what-if").addEventListener("input", (event) => {
  if (!event.target.matches("textarea, input[type=text]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => trigger("input"), 120);
});
"""
WRITTEN = ("caption", "hashtags", "recent", "followers")
"""Fields of `Tried` that are text."""
QUIET: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "api_visibility": "private",
}


@dataclass(frozen=True)
class WhatIfPanel:
    """The card's components. The style sheet hides the card while it has no outcome: what Gradio
    shows later would come without its words."""

    fields: tuple[Any, ...]
    """In the order of `Tried`."""
    html: gr.HTML
    hours_html: gr.HTML
    hours: gr.Plot
    lengths_html: gr.HTML
    lengths: gr.Plot
    reset: gr.Button
    ear: gr.HTML
    """Sends `input` when something was written in a text field; nobody sees it."""

    @property
    def outputs(self) -> list[Any]:
        """What shows the outcome."""
        return [getattr(self, name) for name in Outcome.__dataclass_fields__]

    @property
    def hidden(self) -> dict[Any, Any]:
        """The updates that hide the card."""
        return {self.html: EMPTY}

    def updates(self, made: Outcome) -> dict[Any, Any]:
        """Return the updates that show an outcome."""
        values = ((name, getattr(made, name)) for name in Outcome.__dataclass_fields__)
        return {getattr(self, name): value for name, value in values if value is not None}

    def refused(self, error: ViralError, lang: str) -> dict[Any, Any]:
        """Return the updates that show why a change cannot be predicted."""
        gone = isinstance(error, ResultGoneError)
        return {self.html: problem(error.message, lang, "error.heading" if gone else "try.problem")}

    def fill(self, tried: Tried, duration_s: float) -> dict[Any, Any]:
        """Return the updates that put a post into the fields."""
        end = round(duration_s, 1)
        updates = dict(zip(self.fields, tried.__dict__.values(), strict=True))
        for name in ("start_s", "end_s"):
            slider = self.fields[list(tried.__dict__).index(name)]
            updates[slider] = gr.update(value=getattr(tried, name), maximum=end)
        return updates


def build(translations: Translations) -> WhatIfPanel:
    """Lay the card out inside the current Blocks."""

    with gr.Column(elem_classes="v-card v-try-card", elem_id="what-if"):
        translations.properties(
            gr.HTML(), lambda code: {"value": states.heading("try.heading", code, "try.lead")}
        )
        with gr.Row(elem_classes="v-try"):
            with gr.Column(elem_classes="v-post-card v-try-fields", min_width=260, scale=5):
                fields = _fields(translations)
                reset = gr.Button(size="sm", elem_id="try-reset")
                translations.keys(reset, value="try.reset")
                ear = gr.HTML(js_on_load=LISTEN_SCRIPT, elem_classes="v-ear")
            with gr.Column(elem_classes="v-try-outcome", min_width=280, scale=6):
                html = gr.HTML(EMPTY, elem_id="tried")
        charts = gr.Accordion(open=False, elem_classes="v-more v-try-charts")
        with charts, gr.Row(elem_classes="v-try-choices"):
            with gr.Column(min_width=280):
                hours_html, hours = gr.HTML(), _figure("try-hours")
            with gr.Column(min_width=280):
                lengths_html, lengths = gr.HTML(), _figure("try-lengths")
        translations.keys(charts, label="try.charts")
    return WhatIfPanel(fields, html, hours_html, hours, lengths_html, lengths, reset, ear)


def _figure(name: str) -> gr.Plot:
    return gr.Plot(show_label=False, container=False, elem_id=name, elem_classes="v-figure")


def _fields(translations: Translations) -> tuple[Any, ...]:
    # Under the same names as in the form above; the card's heading tells them apart.
    caption = gr.Textbox(lines=2, max_lines=6, elem_id="try-caption")
    translations.keys(caption, label="caption.label", placeholder="caption.placeholder")
    hashtags = gr.Textbox(max_lines=3, elem_id="try-hashtags")
    translations.keys(hashtags, label="try.hashtags", placeholder="try.hashtags_placeholder")
    recent = gr.Textbox(max_lines=3, elem_id="try-recent")
    translations.keys(recent, label="recent.label", placeholder="recent.placeholder")
    followers = gr.Textbox(max_lines=1, elem_id="try-followers")
    translations.keys(followers, label="followers.label", placeholder="followers.placeholder")
    time = time_field(
        translations,
        "try-time",
        lambda lang: {"label": text("time.label", lang), "info": text("try.time_info", lang)},
    )
    sound = sound_field(translations, "try-sound")
    start = seconds_field(translations, "try-start", "try.start")
    end = seconds_field(translations, "try-end", "try.end")
    return caption, hashtags, recent, followers, time, sound, start, end


def connect(
    panel: WhatIfPanel, shown: gr.State, zone: gr.Dropdown, lang: gr.Radio, sessions: Sessions
) -> Callable[[Any], None]:
    """Let every field change the outcome.

    Returns
    -------
    callable
        Takes a trigger, such as the `then` of an event; after it the card shows the tab's result.
    """

    def tried(now: Shown, place: str | None, code: str, *typed: Any) -> dict[Any, Any]:
        try:
            before = sessions.get(now.key)
            return panel.updates(outcome(before, Tried(*typed), place, code))
        except ViralError as error:
            return panel.refused(error, code)
        except Exception:
            LOG.exception("A what-if could not be predicted")
            said = text("error.bug", DEFAULT_LANGUAGE)
            return {panel.html: problem(said, code, "error.heading")}

    def fill(now: Shown, place: str | None, code: str) -> dict[Any, Any]:
        if now.kind != "result":
            return panel.hidden
        try:
            before = sessions.get(now.key)
            own = filled(before, place)
            fields = panel.fill(own, before.facts.duration_s)
            return fields | panel.updates(outcome(before, own, place, code))
        except ViralError:
            return panel.hidden
        except Exception:
            LOG.exception("What-if could not be filled")
            return panel.hidden

    filled_for = gr.State("")

    def refill(now: Shown, place: str | None, code: str, key: str) -> dict[Any, Any]:
        # What was typed here stays where the result does.
        if now.kind == "result" and now.key == key:
            return {filled_for: key}
        return {filled_for: now.key or "", **fill(now, place, code)}

    known = [shown, zone, lang]
    everything = [*panel.fields, *panel.outputs]
    names = zip(Tried.__dataclass_fields__, panel.fields, strict=True)
    gr.on(
        [panel.ear.input, *(field.input for name, field in names if name not in WRITTEN)],
        tried,
        [*known, *panel.fields],
        panel.outputs,
        trigger_mode="always_last",
        **QUIET,
    )
    panel.reset.click(fill, known, everything, **QUIET)

    def speak(now: Shown, place: str | None, code: str, *typed: Any) -> dict[Any, Any]:
        return tried(now, place, code, *typed) if now.kind == "result" else panel.hidden

    lang.change(speak, [*known, *panel.fields], panel.outputs, **QUIET)

    def follow(trigger: Any) -> None:
        trigger(refill, [*known, filled_for], [filled_for, *everything], **QUIET)

    return follow
