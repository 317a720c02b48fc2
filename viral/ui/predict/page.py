"""The Predict page: a clip and a few answers on one side, what the model makes of them on the
other."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from viral.links.fetching import Fetcher
from viral.settings import Settings
from viral.ui.predict import share, suggestions, timeline, what_if
from viral.ui.predict.handlers import Handlers
from viral.ui.predict.layout import PredictPage, lay_out
from viral.ui.predict.updates import Updates
from viral.ui.predict.what_if import QUIET
from viral.ui.running import Runner
from viral.ui.sessions import Sessions
from viral.ui.text.translation import Translations
from viral.ui.widgets import link_box
from viral.ui.widgets.clip_box import demo_clip

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
    page = lay_out(settings, translations, lang, fetcher)
    if fetcher is not None and page.links is not None:
        link_handlers = link_box.Handlers(settings, fetcher)
        link_box.connect(page.links, link_handlers, lang, page.clip, page.post[0])
    page = _connect_cards(page, lang, sessions)
    updates = Updates(page, Handlers(runner, sessions))
    _connect_prediction(updates, [page.clip, *page.post, account, lang], lang)
    _connect_removal(updates, lang)
    return page


def _connect_cards(page: PredictPage, lang: gr.Radio, sessions: Sessions) -> PredictPage:
    """Let the cards under the result work, and follow it."""
    shown, zone = page.shown, page.zone
    followers = (
        timeline.connect(page.timeline, shown, lang, sessions),
        what_if.connect(page.what_if, shown, zone, lang, sessions),
        suggestions.connect(page.advice, page.what_if, shown, zone, lang, sessions),
    )
    share.connect(page.share, shown, zone, lang, sessions)
    return replace(page, followers=followers)


def _connect_prediction(updates: Updates, inputs: list[Any], lang: gr.Radio) -> None:
    """Let the button and the demos predict what the fields hold."""
    page = updates.page
    outputs = [page.shown, page.button, page.waiting_timer, *page.outputs]
    begun_outputs = [page.go, page.slip_at, page.trouble, *outputs, *page.deeper_hidden]

    def connect(trigger: Any) -> None:
        begun = trigger(updates.begin, inputs, begun_outputs, js=FOLLOW_SCRIPT, **QUIET)
        begun.then(None, [page.go, page.slip_at], None, js=SLIP_SCRIPT, **QUIET)
        done = begun.then(
            updates.run,
            [page.go, *inputs],
            [page.shown, *page.outputs],
            show_progress="hidden",
            concurrency_limit=1,
            concurrency_id="model",
            api_visibility="private",
        ).then(updates.end, [page.shown, lang], outputs, **QUIET)
        page.follow(done.then)

    page.waiting_timer.tick(updates.look_ahead, [page.shown, lang], page.summary, **QUIET)
    connect(page.button.click)
    for demo, button in page.demos:
        connect(button.click(partial(demo_clip, demo), None, page.clip, **QUIET).then)


def _connect_removal(updates: Updates, lang: gr.Radio) -> None:
    """Let nothing stay of a clip that is taken away."""
    page = updates.page
    emptied = [page.shown, *page.outputs, *page.deeper_hidden]
    page.clip.clear(updates.removed, [page.shown, lang], emptied, **QUIET)
