"""The Predict page: a clip and a few answers on one side, what the model makes of them on the
other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from viral.errors import ViralError
from viral.links.fetching import Fetcher
from viral.messages import DEFAULT_LANGUAGE, Message, text
from viral.settings import Settings
from viral.ui.predict import checked, share, suggestions, timeline, what_if
from viral.ui.predict.form import (
    Fields,
    Slip,
    details_of,
    field_of,
    problem_beside,
    title_of,
)
from viral.ui.predict.layout import clip_card, post_card
from viral.ui.predict.share import SharePanel
from viral.ui.predict.shown import Shown, View, view
from viral.ui.predict.what_if import QUIET
from viral.ui.queueing import clips_ahead, why_turned_away
from viral.ui.running import Runner
from viral.ui.sessions import Sessions
from viral.ui.text.translation import Translations
from viral.ui.theme import scripts
from viral.ui.uploads import clip_path, delete_upload
from viral.ui.widgets import link_box, states
from viral.ui.widgets.clip_box import demo_clip

LOG = logging.getLogger(__name__)

# On a phone the result is below the fold, and an error after a long result is above it: the page
# follows what is happening.
FOLLOW_SCRIPT = """(...values) => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const summary = document.getElementById("summary");
  const top = summary.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight * 0.7) {
    summary.scrollIntoView({ behavior: still ? "auto" : "smooth" });
  }
  return values;
}"""
# What was wrong is where the reader looks next.
SLIP_SCRIPT = """(go, field) => {
  if (go || !field) return;
  const place = document.querySelector(`#${field} textarea, #${field} input`);
  if (place) {
    place.setAttribute("aria-invalid", "true");
    place.focus();
    place.addEventListener("input", () => place.removeAttribute("aria-invalid"), { once: true });
  }
}"""

LOOK_AHEAD_EVERY_S = 2.0
"""How often the place in the queue is shown anew."""


@dataclass(frozen=True)
class Handlers:
    """What happens on the page, without Gradio: plain functions of what was typed."""

    runner: Runner
    sessions: Sessions

    def predict(self, fields: Fields) -> Iterator[Shown]:
        """Yield what to show, stage by stage, ending with a result or an error.

        Whatever happens, the last thing yielded is a result or one sentence, and the upload is gone
        unless a field has to be corrected first.
        """
        clip = fields[0]
        title = title_of(fields)
        shown = Shown("working", warming=not self.runner.warm)
        try:
            details = details_of(fields)
            source = str(clip.get("path")) if isinstance(clip, dict) and clip.get("path") else None
            seen = self.sessions.of_source(source) if source else None
            if source and seen is not None:
                # The same upload with another post around it: nothing needs to be read in it.
                delete_upload(Path(source))
                again = seen.again(details=details)
                yield Shown("result", key=self.sessions.keep(again, source, title=title))
                return
            path, demo = clip_path(clip)
        except ViralError as error:
            yield Shown("error", problem=error.message)
            return
        except Exception:
            yield self._bug()
            return
        last = shown
        try:
            yield shown
            for item in self.runner.stages(path, details, demo):
                if isinstance(item, str):
                    yield replace(shown, stage=item)
                else:
                    last = Shown("result", key=self.sessions.keep(item, source, title=title))
        except ViralError as error:
            last = Shown("error", problem=error.message)
        except Exception:
            last = self._bug()
        finally:
            # Also when the reader has left: the page is told only once the clip is gone.
            if demo is None:
                delete_upload(path)
        yield last

    def slip(self, fields: Fields) -> Slip | None:
        """Return what has to be corrected before anything is looked at, or None."""
        clip, lang = fields[0], fields[-1]
        try:
            details_of(fields)
        except ViralError as error:
            return Slip(error.message, field_of(fields))
        try:
            source = clip.get("path") if isinstance(clip, dict) else None
            if not source or self.sessions.of_source(str(source)) is None:
                clip_path(clip)
        except ViralError as error:
            return Slip(error.message, "clip")
        del lang
        return None

    def _bug(self) -> Shown:
        # The host finds the traceback in the log; the user gets a sentence without paths in it.
        LOG.exception("A clip could not be predicted")
        return Shown("error", problem=Message("error.bug"))


@dataclass(frozen=True)
class PredictPage:
    """The page's components that the rest of the app needs."""

    shown: gr.State
    views: tuple[gr.HTML, gr.HTML, gr.HTML]
    """Answer, what moves it, details."""
    zone: gr.Dropdown
    """Time zone, which the browser knows."""
    panel: SharePanel
    """The link to the result."""
    followers: tuple[Callable[[Any], None], ...]
    """Each takes a trigger; after it, a card that goes deeper shows the tab's result."""

    def follow(self, trigger: Any) -> None:
        """Let the cards under the result show it after a trigger, each as soon as it can."""
        for follower in self.followers:
            follower(trigger)

    @property
    def outputs(self) -> list[Any]:
        """Everything that changes with what is shown."""
        return [*self.views, *self.panel.outputs]

    def updates(self, now: View) -> dict[Any, Any]:
        """Return the updates that show a view."""
        summary, why, details = self.views
        there = bool(now.moves)
        return {
            summary: now.summary,
            why: gr.update(value=now.moves, visible=there),
            details: gr.update(value=now.details, visible=there),
            **self.panel.updates(now),
        }


def build(
    settings: Settings,
    runner: Runner,
    sessions: Sessions,
    translations: Translations,
    lang: gr.Radio,
    account: gr.HTML,
    fetcher: Fetcher | None = None,
) -> PredictPage:
    """Lay the page out inside the current Blocks and connect it.

    `account` is the panel whose account is used; `fetcher` follows links, and without it there is
    no field for them.
    """
    handlers = Handlers(runner, sessions)
    shown = gr.State(Shown())
    with gr.Row(elem_classes="v-page"):
        with gr.Column(elem_classes="v-side", min_width=300, scale=4):
            clip, demo_buttons, links = clip_card(settings, translations, fetcher)
            post = post_card(translations, lang)
            if fetcher is not None and links is not None:
                link_handlers = link_box.Handlers(settings, fetcher)
                link_box.connect(links, link_handlers, lang, clip, post[0])
            trouble = gr.HTML(elem_id="trouble")
            button = gr.Button(variant="primary", size="lg", elem_id="predict")
            translations.keys(button, value="predict.button")
            privacy = gr.HTML(elem_classes="v-privacy")
            translations.properties(
                privacy, lambda code: {"value": states.paragraph("clip.privacy", code)}
            )
        with gr.Column(elem_classes="v-main", min_width=320, scale=8):
            summary = gr.HTML(
                states.empty(DEFAULT_LANGUAGE),
                js_on_load=scripts("numbers.js", "answer.js"),
                elem_id="summary",
            )
            panel = share.build(translations)
            advice = suggestions.build()
            why = checked.place()
            tries = what_if.build(translations)
            when = timeline.build(translations)
            details = gr.HTML(visible=False, elem_id="details")
    zone = post[4]
    followers = (
        timeline.connect(when, shown, lang, sessions),
        what_if.connect(tries, shown, zone, lang, sessions),
        suggestions.connect(advice, tries, shown, zone, lang, sessions),
    )
    deeper = {**when.hidden, **tries.hidden, advice: suggestions.NOTHING}
    views = (summary, why, details)
    page = PredictPage(shown, views, zone, panel, followers)
    share.connect(panel, shown, zone, lang, sessions)
    inputs = [clip, *post, account, lang]
    waiting_timer = gr.Timer(LOOK_AHEAD_EVERY_S, active=False)
    outputs = [shown, button, waiting_timer, *page.outputs]

    go, where = gr.State(False), gr.Textbox(visible=False)

    def begin(*fields: Any) -> dict[Any, Any]:
        code = fields[-1]
        slip = handlers.slip(fields)
        if slip is not None:
            # The last good answer stays, and so does everything that was typed.
            told = problem_beside(slip, code)
            return {go: False, where: slip.field, trouble: told}
        waiting = Shown("working", warming=not runner.warm)
        busy = gr.update(value=text("predict.busy", code), interactive=False)
        return {
            go: True,
            where: "",
            trouble: "",
            shown: waiting,
            button: busy,
            waiting_timer: gr.Timer(active=True),
            **page.updates(view(waiting, sessions, code)),
            **deeper,
        }

    def run(going: bool, *fields: Any) -> Iterator[dict[Any, Any]]:
        if not going:
            yield {shown: gr.skip()}
            return
        code = fields[-1]
        for now in handlers.predict(fields):
            seen = view(now, sessions, code)
            if now.kind == "working":
                yield {shown: now, summary: seen.summary}
            else:
                yield {shown: now, **page.updates(seen)}

    def look_ahead(now: Shown, code: str, request: gr.Request) -> Any:
        ahead = clips_ahead(request) if now.kind == "working" else None
        if ahead is None:
            return gr.skip()
        return view(replace(now, ahead=ahead), sessions, code).summary

    def end(now: Shown, code: str, request: gr.Request) -> dict[Any, Any]:
        # A request that was turned away (a full queue, a lost connection) leaves the stages
        # standing.
        ready = {
            button: gr.update(value=text("predict.button", code), interactive=True),
            waiting_timer: gr.Timer(active=False),
        }
        if now.kind != "working":
            return ready
        failed = Shown("error", problem=why_turned_away(request))
        return {shown: failed, **ready, **page.updates(view(failed, sessions, code))}

    def connect(trigger: Any) -> None:
        begun = trigger(
            begin, inputs, [go, where, trouble, *outputs, *deeper], js=FOLLOW_SCRIPT, **QUIET
        )
        begun.then(None, [go, where], None, js=SLIP_SCRIPT, **QUIET)
        done = begun.then(
            run,
            [go, *inputs],
            [shown, *page.outputs],
            show_progress="hidden",
            concurrency_limit=1,
            concurrency_id="model",
            api_visibility="private",
        ).then(end, [shown, lang], outputs, **QUIET)
        page.follow(done.then)

    waiting_timer.tick(
        look_ahead,
        [shown, lang],
        summary,
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    connect(button.click)
    for demo, demo_button in demo_buttons:
        connect(demo_button.click(partial(demo_clip, demo), None, clip, **QUIET).then)

    def removed(now: Shown, code: str) -> dict[Any, Any]:
        # Nothing of a clip that was taken away stays, here or on the page.
        sessions.forget(now.key)
        nothing = Shown()
        return {shown: nothing, **page.updates(view(nothing, sessions, code)), **deeper}

    clip.clear(removed, [shown, lang], [shown, *page.outputs, *deeper], **QUIET)
    return page
