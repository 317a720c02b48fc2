"""The Predict page: a clip and a few answers on one side, what the model makes of them on the
other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from viral.errors import ViralError
from viral.links.fetching import Fetcher
from viral.messages import DEFAULT_LANGUAGE, Message, text
from viral.settings import Settings
from viral.ui.asset_routes import address_of
from viral.ui.predict import share, suggestions, timeline, what_if
from viral.ui.predict.share import SharePanel
from viral.ui.predict.shown import Shown, View, view
from viral.ui.queueing import clips_ahead, why_turned_away
from viral.ui.running import Runner
from viral.ui.sessions import Sessions
from viral.ui.text.translation import Translations
from viral.ui.uploads import Demo, clip_path, delete_upload, demos
from viral.ui.widgets import link_box, states
from viral.ui.widgets.clip_box import clip_box, demo_clip
from viral.ui.widgets.post_fields import sound_field, time_field
from viral.ui.widgets.typed_values import details_from_page, time_zones

LOG = logging.getLogger(__name__)

# On a phone the result is below the fold, and an error after a long result is above it: the page
# follows what is happening.
FOLLOW_SCRIPT = """(code) => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const summary = document.getElementById("summary");
  const top = summary.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight * 0.7) {
    summary.scrollIntoView({ behavior: still ? "auto" : "smooth" });
  }
  return code;
}"""

LOOK_AHEAD_EVERY_S = 2.0
"""How often the place in the queue is shown anew."""
Fields = tuple[Any, ...]
"""Values of the page's inputs, in the order of `PredictPage.inputs`."""


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
        clip, caption, recent, followers, time, zone, sound, sound_name, likes, lang = fields
        shown = Shown("working", warming=not self.runner.warm)
        try:
            details = details_from_page(
                caption=caption,
                followers=followers,
                recent_views=recent,
                recent_likes=likes,
                time=time,
                zone=zone,
                sound=sound,
                sound_name=sound_name,
                lang=lang,
            )
            source = str(clip.get("path")) if isinstance(clip, dict) and clip.get("path") else None
            seen = self.sessions.of_source(source) if source else None
            if source and seen is not None:
                # The same upload with another post around it: nothing needs to be read in it.
                delete_upload(Path(source))
                yield Shown("result", key=self.sessions.keep(seen.again(details=details), source))
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
                    last = Shown("result", key=self.sessions.keep(item, source))
        except ViralError as error:
            last = Shown("error", problem=error.message)
        except Exception:
            last = self._bug()
        finally:
            # Also when the reader has left: the page is told only once the clip is gone.
            if demo is None:
                delete_upload(path)
        yield last

    def _bug(self) -> Shown:
        # The host finds the traceback in the log; the user gets a sentence without paths in it.
        LOG.exception("A clip could not be predicted")
        return Shown("error", problem=Message("error.bug"))


@dataclass(frozen=True)
class PredictPage:
    """The page's components that the rest of the app needs."""

    shown: gr.State
    views: tuple[gr.HTML, gr.HTML, gr.HTML, gr.Column, gr.Plot, gr.HTML, gr.HTML, gr.HTML]
    """Contents, summary, heading of the waterfall, its card, the waterfall, its steps, what counts
    most, details."""
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
        parts, summary, why, card, plot, steps, counts, details = self.views
        there = now.figure is not None
        return {
            parts: gr.update(value=now.contents, visible=there),
            summary: now.summary,
            why: now.why,
            card: gr.update(visible=there),
            plot: now.figure,
            steps: now.levels,
            counts: gr.update(value=now.counts, visible=there),
            details: gr.update(value=now.details, visible=there),
            **self.panel.updates(now),
        }


def build(
    settings: Settings,
    runner: Runner,
    sessions: Sessions,
    translations: Translations,
    lang: gr.Radio,
    fetcher: Fetcher | None = None,
) -> PredictPage:
    """Lay the page out inside the current Blocks and connect it.

    `fetcher` follows links; without it there is no field for them.
    """
    handlers = Handlers(runner, sessions)
    shown = gr.State(Shown())
    with gr.Row(elem_classes="v-page"):
        with gr.Column(elem_classes="v-side", min_width=300, scale=4):
            clip, demo_buttons, links = _clip_card(settings, translations, fetcher)
            post = _post_card(translations)
            if fetcher is not None and links is not None:
                link_handlers = link_box.Handlers(settings, fetcher)
                link_box.connect(links, link_handlers, lang, clip, post[0])
            button = gr.Button(variant="primary", size="lg", elem_id="predict")
            translations.keys(button, value="predict.button")
            privacy = gr.HTML(elem_classes="v-privacy")
            translations.properties(
                privacy, lambda code: {"value": f"<p>{text('clip.privacy', code)}</p>"}
            )
        with gr.Column(elem_classes="v-main", min_width=320, scale=8):
            parts = gr.HTML(visible=False, elem_id="contents")
            summary = gr.HTML(states.empty(DEFAULT_LANGUAGE), elem_id="summary")
            with gr.Column(elem_classes="v-card v-why", visible=False, elem_id="why") as card:
                why = gr.HTML()
                plot = gr.Plot(show_label=False, container=False, elem_id="waterfall")
                steps = gr.HTML(elem_id="levels")
            counts = gr.HTML(visible=False, elem_id="counts")
            when = timeline.build(translations)
            advice = suggestions.build()
            tries = what_if.build(translations)
            details = gr.HTML(visible=False, elem_id="details")
            panel = share.build(translations)
    zone = post[4]
    followers = (
        timeline.connect(when, shown, lang, sessions),
        what_if.connect(tries, shown, zone, lang, sessions),
        suggestions.connect(advice, tries, shown, zone, lang, sessions),
    )
    deeper = {**when.hidden, **tries.hidden, advice: suggestions.NOTHING}
    views = (parts, summary, why, card, plot, steps, counts, details)
    page = PredictPage(shown, views, zone, panel, followers)
    share.connect(panel, shown, zone, lang, sessions)
    inputs = [clip, *post, lang]
    waiting_timer = gr.Timer(LOOK_AHEAD_EVERY_S, active=False)
    outputs = [shown, button, waiting_timer, *page.outputs]

    def begin(code: str) -> dict[Any, Any]:
        waiting = Shown("working", warming=not runner.warm)
        busy = gr.update(value=text("predict.busy", code), interactive=False)
        return {
            shown: waiting,
            button: busy,
            waiting_timer: gr.Timer(active=True),
            **page.updates(view(waiting, sessions, code)),
            **deeper,
        }

    def run(*fields: Any) -> Iterator[dict[Any, Any]]:
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
        done = (
            trigger(
                begin,
                lang,
                [*outputs, *deeper],
                queue=False,
                show_progress="hidden",
                api_visibility="private",
                js=FOLLOW_SCRIPT,
            )
            .then(
                run,
                inputs,
                [shown, *page.outputs],
                show_progress="hidden",
                concurrency_limit=1,
                concurrency_id="model",
                api_visibility="private",
            )
            .then(
                end,
                [shown, lang],
                outputs,
                queue=False,
                show_progress="hidden",
                api_visibility="private",
            )
        )
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
        connect(
            demo_button.click(
                lambda *typed, chosen=demo: _demo_fields(chosen, typed),
                list(post),
                [clip, *post],
                queue=False,
                show_progress="hidden",
                api_visibility="private",
            ).then
        )
    return page


def _clip_card(
    settings: Settings, translations: Translations, fetcher: Fetcher | None
) -> tuple[gr.HTML, list[tuple[Demo, gr.Button]], link_box.LinkBox | None]:
    with gr.Column(elem_classes="v-card v-clip-card"):
        heading = gr.HTML()
        translations.properties(
            heading, lambda code: {"value": f"<h2>{text('clip.heading', code)}</h2>"}
        )
        clip = clip_box(settings, translations, "clip")
        links = None if fetcher is None else link_box.lay_out(fetcher, translations)
        buttons = []
        available = demos()
        if available:
            title = gr.HTML()
            translations.properties(
                title,
                lambda code: {"value": f'<h3 class="v-eyebrow">{text("demo.heading", code)}</h3>'},
            )
            with gr.Row(elem_classes="v-demos"):
                for demo in available:
                    button = gr.Button(size="sm", min_width=80, elem_id=demo.name.replace("_", "-"))
                    # Not at construction, which would take the address for a file's.
                    button.icon = {"path": demo.poster.name, "url": address_of(demo.poster)}
                    translations.keys(button, value=demo.name)
                    buttons.append((demo, button))
    return clip, buttons, links


def _post_card(translations: Translations) -> tuple[Any, ...]:
    with gr.Column(elem_classes="v-card v-post-card"):
        heading = gr.HTML()
        translations.properties(
            heading,
            lambda code: {
                "value": f"<h2>{text('post.heading', code)}</h2>"
                f'<p class="v-soft">{text("post.optional", code)}</p>'
            },
        )
        recent = gr.Textbox(max_lines=3, elem_id="recent")
        translations.keys(
            recent, label="recent.label", info="recent.info", placeholder="recent.placeholder"
        )
        followers = gr.Textbox(max_lines=1, elem_id="followers")
        translations.keys(followers, label="followers.label", placeholder="followers.placeholder")
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
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    return caption, recent, followers, time, zone, sound, name, likes


def _demo_fields(demo: Demo, typed: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the demo clip, and its made-up post unless the creator has typed something."""
    caption, recent, followers, time, zone, sound, name, likes = typed
    examples = {(d.caption, d.recent_views, d.followers) for d in demos()}
    if (caption, recent, followers) in examples or not (caption or recent or followers):
        caption, recent, followers = demo.caption, demo.recent_views, demo.followers
        sound, likes = demo.sound, ""
    return demo_clip(demo), caption, recent, followers, time, zone, sound, name, likes
