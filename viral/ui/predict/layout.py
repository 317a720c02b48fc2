"""Where everything stands on the Predict page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from viral.links.fetching import Fetcher
from viral.messages import DEFAULT_LANGUAGE, text
from viral.settings import Settings
from viral.ui.account.panel import line as account_line
from viral.ui.asset_routes import address_of
from viral.ui.predict import checked, share, suggestions, timeline, what_if
from viral.ui.predict.form import PLACES, echo, echo_followers
from viral.ui.predict.share import SharePanel
from viral.ui.predict.shown import Shown, View
from viral.ui.predict.timeline import TimelinePanel
from viral.ui.predict.what_if import QUIET, WhatIfPanel
from viral.ui.templates import rendered
from viral.ui.text.translation import Translations
from viral.ui.theme import scripts
from viral.ui.uploads import Demo, demos
from viral.ui.widgets import link_box, states
from viral.ui.widgets.clip_box import clip_box
from viral.ui.widgets.post_fields import platform_field, sound_field, time_field
from viral.ui.widgets.typed_values import time_zones

LOOK_AHEAD_EVERY_S = 2.0
"""How often the place in the queue is shown anew."""


@dataclass(frozen=True)
class PredictPage:
    """The page's components."""

    shown: gr.State
    """Holds the tab's `Shown`."""
    clip: gr.HTML
    demos: list[tuple[Demo, gr.Button]]
    links: link_box.LinkBox | None
    post: tuple[Any, ...]
    """Fields of the post, in the order of `Fields`."""
    trouble: gr.HTML
    """What has to be corrected."""
    button: gr.Button
    summary: gr.HTML
    share: SharePanel
    """The link to the result."""
    advice: gr.HTML
    why: gr.HTML
    what_if: WhatIfPanel
    timeline: TimelinePanel
    details: gr.HTML
    waiting_timer: gr.Timer
    go: gr.State
    """Whether there is nothing to correct."""
    slip_at: gr.Textbox
    """Id of the field to correct; nobody sees it."""
    followers: tuple[Callable[[Any], None], ...] = ()
    """Each takes a trigger; after it, a card that goes deeper shows the tab's result."""

    def follow(self, trigger: Any) -> None:
        """Let the cards under the result show it after a trigger, each as soon as it can."""
        for follower in self.followers:
            follower(trigger)

    @property
    def zone(self) -> gr.Dropdown:
        """Time zone, which the browser knows."""
        zone: gr.Dropdown = self.post[PLACES["zone"] - PLACES["caption"]]
        return zone

    @property
    def outputs(self) -> list[Any]:
        """Everything that changes with what is shown."""
        return [self.summary, self.why, self.details, *self.share.outputs]

    @property
    def deeper_hidden(self) -> dict[Any, Any]:
        """The updates that hide the cards that follow."""
        nothing = {self.advice: suggestions.NOTHING}
        return {**self.timeline.hidden, **self.what_if.hidden, **nothing}

    def showing(self, now: View) -> dict[Any, Any]:
        """Return the updates that show a view."""
        there = bool(now.moves)
        return {
            self.summary: now.summary,
            self.why: gr.update(value=now.moves, visible=there),
            self.details: gr.update(value=now.details, visible=there),
            **self.share.updates(now),
        }


def lay_out(
    settings: Settings, translations: Translations, lang: gr.Radio, fetcher: Fetcher | None
) -> PredictPage:
    """Put the page into the current Blocks."""
    parts: dict[str, Any] = {"shown": gr.State(Shown())}
    with gr.Row(elem_classes="v-page"):
        with gr.Column(elem_classes="v-side", min_width=300, scale=4):
            parts["clip"], parts["demos"], parts["links"] = clip_card(
                settings, translations, fetcher
            )
            parts["post"] = post_card(translations, lang)
            parts |= _press(translations)
        with gr.Column(elem_classes="v-main", min_width=320, scale=8):
            parts |= _result_side(translations)
    return PredictPage(
        **parts,
        waiting_timer=gr.Timer(LOOK_AHEAD_EVERY_S, active=False),
        go=gr.State(False),
        slip_at=gr.Textbox(visible=False),
    )


def _press(translations: Translations) -> dict[str, Any]:
    trouble = gr.HTML(elem_id="trouble")
    button = gr.Button(variant="primary", size="lg", elem_id="predict")
    translations.keys(button, value="predict.button")
    privacy = gr.HTML(elem_classes="v-privacy")
    translations.properties(privacy, lambda code: {"value": states.paragraph("clip.privacy", code)})
    return {"trouble": trouble, "button": button}


def _result_side(translations: Translations) -> dict[str, Any]:
    summary = gr.HTML(
        states.empty(DEFAULT_LANGUAGE),
        js_on_load=scripts("numbers.js", "answer.js"),
        elem_id="summary",
    )
    return {
        "summary": summary,
        "share": share.build(translations),
        "advice": suggestions.build(),
        "why": checked.place(),
        "what_if": what_if.build(translations),
        "timeline": timeline.build(translations),
        "details": gr.HTML(visible=False, elem_id="details"),
    }


def clip_card(
    settings: Settings, translations: Translations, fetcher: Fetcher | None
) -> tuple[gr.HTML, list[tuple[Demo, gr.Button]], link_box.LinkBox | None]:
    """Put the clip's card into the current Blocks: its box, the demos, the field for links."""
    with gr.Column(elem_classes="v-card v-clip-card"):
        heading = gr.HTML()
        translations.properties(
            heading, lambda code: {"value": states.heading("clip.heading", code)}
        )
        clip = clip_box(settings, translations, "clip")
        links = None if fetcher is None else link_box.lay_out(fetcher, translations)
        buttons = []
        available = demos()
        if available:
            title = gr.HTML()
            translations.properties(title, lambda code: {"value": rendered("predict/demos", code)})
            with gr.Row(elem_classes="v-demos"):
                for demo in available:
                    button = gr.Button(size="sm", min_width=80, elem_id=demo.name.replace("_", "-"))
                    # Not at construction, which would take the address for a file's.
                    button.icon = {"path": demo.poster.name, "url": address_of(demo.poster)}
                    translations.keys(button, value=demo.name)
                    buttons.append((demo, button))
    return clip, buttons, links


def post_card(translations: Translations, lang: gr.Radio) -> tuple[Any, ...]:
    """Put the post's card into the current Blocks; return its fields in the order of `Fields`."""
    with gr.Column(elem_classes="v-card v-post-card", elem_id="post"):
        heading = gr.HTML()
        translations.properties(
            heading, lambda code: {"value": rendered("predict/post_heading", code)}
        )
        account_line()
        recent = gr.Textbox(max_lines=3, elem_id="recent")
        translations.keys(
            recent, label="recent.label", info="recent.info", placeholder="recent.placeholder"
        )
        read_views = gr.HTML(elem_id="recent-read")
        followers = gr.Textbox(max_lines=1, elem_id="followers")
        translations.keys(followers, label="followers.label", placeholder="followers.placeholder")
        read_followers = gr.HTML(elem_id="followers-read")
        caption = gr.Textbox(lines=2, max_lines=8, elem_id="caption")
        translations.keys(caption, label="caption.label", placeholder="caption.placeholder")
        with gr.Accordion(open=False, elem_classes="v-more") as more:
            likes = gr.Textbox(max_lines=3, elem_id="recent-likes")
            translations.keys(
                likes, label="likes.label", info="likes.info", placeholder="likes.placeholder"
            )
            time = time_field(
                translations,
                "time",
                lambda code: {"label": text("time.label", code), "info": text("time.info", code)},
            )
            platform = platform_field(translations, "platform")
            zone = gr.Dropdown(time_zones(), value="UTC", allow_custom_value=True, elem_id="zone")
            translations.keys(zone, label="time.zone")
            sound = sound_field(translations, "sound")
            name = gr.Textbox(max_lines=1, visible=False, elem_id="sound-name")
            translations.keys(name, label="sound.name", placeholder="sound.name_placeholder")
        translations.keys(more, label="more.label")
    sound.change(
        lambda kind: gr.update(visible=kind == "library"),
        sound,
        name,
        **QUIET,
    )
    recent.change(echo, [recent, lang], read_views, trigger_mode="always_last", **QUIET)
    followers.change(
        echo_followers, [followers, lang], read_followers, trigger_mode="always_last", **QUIET
    )
    return caption, recent, followers, time, zone, sound, name, likes, platform
