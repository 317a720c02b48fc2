"""Where everything stands in the form of the Predict page."""

from __future__ import annotations

from typing import Any

import gradio as gr

from viral.links.fetching import Fetcher
from viral.messages import text
from viral.settings import Settings
from viral.ui.account.panel import line as account_line
from viral.ui.asset_routes import address_of
from viral.ui.predict.form import echo, echo_followers
from viral.ui.predict.what_if import QUIET
from viral.ui.templates import rendered
from viral.ui.text.translation import Translations
from viral.ui.uploads import Demo, demos
from viral.ui.widgets import link_box, states
from viral.ui.widgets.clip_box import clip_box
from viral.ui.widgets.post_fields import platform_field, sound_field, time_field
from viral.ui.widgets.typed_values import time_zones


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
