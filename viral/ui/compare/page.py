"""The Compare page: two to four cuts on one side, who goes further and why on the other."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import gradio as gr

from viral.errors import ViralError
from viral.explain.compare import FEWEST_CUTS
from viral.messages import DEFAULT_LANGUAGE, Message, text
from viral.settings import Settings
from viral.ui.account.panel import line as account_line
from viral.ui.compare import result as comparison
from viral.ui.compare.cuts import LETTERS, Cut, comparison_of, looks
from viral.ui.queueing import why_turned_away
from viral.ui.running import Runner
from viral.ui.sessions import Sessions
from viral.ui.templates import rendered
from viral.ui.text.labels import sentence
from viral.ui.text.translation import Translations
from viral.ui.uploads import demo_of, demos
from viral.ui.widgets import states
from viral.ui.widgets.clip_box import Words, clip_box, demo_clip
from viral.ui.widgets.typed_values import account_in_use, details_from_page

LOG = logging.getLogger(__name__)

SHOWN_AT_FIRST = FEWEST_CUTS
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
FOLLOW_SCRIPT = """(code) => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const result = document.getElementById("comparison");
  const top = result.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight * 0.7) {
    result.scrollIntoView({ behavior: still ? "auto" : "smooth" });
  }
  return code;
}"""

# Read again by `viral.ui.predict.share.ARRIVAL_SCRIPT`.
REMEMBER_SCRIPT = """(kept) => {
  try { if (kept) sessionStorage.setItem("viral-comparison", kept); } catch (error) { return; }
}"""


@dataclass(frozen=True)
class Kept:
    """One cut as one browser tab remembers it."""

    letter: str
    key: str | None
    """Id of its result in `Sessions`."""
    problem: str = ""
    """Why there is none, in English."""


@dataclass(frozen=True)
class Compared:
    """What one browser tab shows."""

    kind: Literal["empty", "working", "error", "result"] = "empty"
    cuts: tuple[Kept, ...] = ()
    problem: str = ""
    letter: str = LETTERS[0]
    """The cut that is being looked at."""
    stage: str = states.WAITING
    warming: bool = False


def html(shown: Compared, sessions: Sessions, lang: str) -> str:
    """Return what to show in a language; a result that is no longer kept becomes a sentence."""
    if shown.kind == "working":
        heading = text("compare.working", lang, letter=shown.letter)
        return states.working(shown.stage, lang, warming=shown.warming, heading=heading)
    try:
        if shown.kind == "result":
            cuts = [
                Cut(kept.letter, sessions.get(kept.key) if kept.key else None, kept.problem)
                for kept in shown.cuts
            ]
            found = comparison_of([cut.analysis for cut in cuts if cut.analysis is not None])
            return comparison.result(cuts, found, lang)
    except ViralError as error:
        return _problem(error.message, lang)
    if shown.kind == "error":
        return _problem(shown.problem, lang)
    return states.empty(lang, "compare")


def _problem(english: str, lang: str) -> str:
    words, language = sentence(english, lang)
    return states.problem(words, lang, language)


def remembered(shown: Compared) -> str:
    """Return what a tab keeps of a comparison: letters with the ids of their results."""
    if shown.kind != "result":
        return ""
    return " ".join(f"{kept.letter}{kept.key}" for kept in shown.cuts if kept.key)


def arrived(kept: str, sessions: Sessions) -> Compared | None:
    """Return the comparison that a reloaded tab should show, if all of it is still there.

    Parameters
    ----------
    kept
        What `remembered` gave; it comes from a browser and is checked.
    sessions
        Where the results may still be.
    """
    cuts = tuple(Kept(one[:1], one[1:]) for one in kept.split()[: len(LETTERS)])
    letters = [cut.letter for cut in cuts]
    if not cuts or letters != sorted({*letters} & {*LETTERS}):
        return None
    try:
        for cut in cuts:
            sessions.get(cut.key)
    except ViralError:
        return None
    return Compared("result", cuts=cuts)


@dataclass(frozen=True)
class Handlers:
    """What happens on the page, without Gradio: plain functions of what was typed."""

    runner: Runner
    sessions: Sessions

    def compare(self, clips: tuple[Any, ...], fields: tuple[Any, ...]) -> Iterator[Compared]:
        """Yield what to show, clip by clip and stage by stage, ending with a result or an error.

        Parameters
        ----------
        clips
            Values of the boxes; empty ones are passed over.
        fields
            Caption, recent views, followers, the account panel's value, language.
        """
        caption, recent, followers, account, lang = fields
        try:
            used = account_in_use(account)
            demo = next((one for one in map(demo_of, clips) if one is not None), None)
            if demo is not None and used is None and not (caption or recent or followers):
                # Its made-up account is never written into the form.
                recent, followers = demo.recent_views, demo.followers
            details = details_from_page(
                caption=caption,
                followers=followers,
                recent_views=recent,
                account=used,
                time=None,
                zone=None,
                sound=None,
                sound_name=None,
                lang=lang,
            )
        except ViralError as error:
            yield Compared("error", problem=error.message)
            return
        given = [(letter, clip) for letter, clip in zip(LETTERS, clips, strict=False) if clip]
        if len(given) < FEWEST_CUTS:
            yield Compared("error", problem=Message("error.two_cuts"))
            return
        if details.followers is None and not details.recent_views:
            # Asked before the wait, not after it: without them no cut can be said to be ahead.
            yield Compared("error", problem=Message("compare.account_first"))
            return
        kept = []
        for letter, clip in given:
            warming = not self.runner.warm
            yield Compared("working", letter=letter, warming=warming)
            for item in looks(clip, letter, details, self.runner, self.sessions):
                if isinstance(item, str):
                    yield Compared("working", letter=letter, stage=item, warming=warming)
                else:
                    kept.append(self._keep(item, clip))
        yield Compared("result", cuts=tuple(kept))

    def _keep(self, cut: Cut, clip: Any) -> Kept:
        if cut.analysis is None:
            return Kept(cut.letter, None, cut.problem)
        source = str(clip["path"]) if clip.get("path") else None
        return Kept(cut.letter, self.sessions.keep(cut.analysis, source))


@dataclass(frozen=True)
class ComparePage:
    """The page's components that the rest of the app needs."""

    shown: gr.State
    result: gr.HTML
    memory: gr.Textbox
    """What the tab remembers; nobody sees it."""

    def updates(self, now: Compared, sessions: Sessions, lang: str) -> dict[Any, Any]:
        """Return the updates that show a comparison."""
        return {self.shown: now, self.result: html(now, sessions, lang)}


def build(
    settings: Settings,
    runner: Runner,
    sessions: Sessions,
    translations: Translations,
    lang: gr.Radio,
    account: gr.HTML,
) -> ComparePage:
    """Lay the page out inside the current Blocks and connect it.

    `account` is the panel whose account is used.
    """
    handlers = Handlers(runner, sessions)
    shown = gr.State(Compared())
    with gr.Row(elem_classes="v-page"):
        with gr.Column(elem_classes="v-side", min_width=300, scale=4):
            boxes, columns, add, try_demos = _clips_card(settings, translations)
            post = _post_card(translations)
            button = gr.Button(variant="primary", size="lg", elem_id="compare")
            translations.keys(button, value="compare.button")
            privacy = gr.HTML(elem_classes="v-privacy")
            translations.properties(
                privacy, lambda code: {"value": states.paragraph("clip.privacy", code)}
            )
        with gr.Column(elem_classes="v-main", min_width=320, scale=8):
            result = gr.HTML(states.empty(DEFAULT_LANGUAGE, "compare"), elem_id="comparison")
    outputs = [shown, button, result]

    def begin(code: str) -> tuple[Any, ...]:
        waiting = Compared("working", warming=not runner.warm)
        busy = gr.update(value=text("predict.busy", code), interactive=False)
        return waiting, busy, html(waiting, sessions, code)

    def run(*values: Any) -> Iterator[tuple[Any, ...]]:
        clips, fields = values[: len(boxes)], values[len(boxes) :]
        try:
            for now in handlers.compare(clips, fields):
                yield now, html(now, sessions, fields[-1])
        except Exception:
            # The host finds the traceback in the log; the user gets a sentence without paths.
            LOG.exception("Clips could not be compared")
            failed = Compared("error", problem=Message("error.bug"))
            yield failed, html(failed, sessions, fields[-1])

    def end(now: Compared, code: str, request: gr.Request) -> tuple[Any, ...]:
        ready = gr.update(value=text("compare.button", code), interactive=True)
        if now.kind == "working":  # turned away by a full queue, or the connection was lost
            now = Compared("error", problem=why_turned_away(request))
            return now, ready, html(now, sessions, code)
        return now, ready, gr.skip()

    def connect(trigger: Any) -> None:
        trigger(begin, lang, outputs, js=FOLLOW_SCRIPT, **QUIET).then(
            run,
            [*boxes, *post, account, lang],
            [shown, result],
            show_progress="hidden",
            concurrency_limit=1,
            concurrency_id="model",
            api_visibility="private",
        ).then(end, [shown, lang], outputs, **QUIET)

    memory = gr.Textbox(visible=False)
    shown.change(remembered, shown, memory, **QUIET).then(
        None, memory, None, js=REMEMBER_SCRIPT, **QUIET
    )
    connect(button.click)
    if try_demos is not None:
        connect(try_demos.click(_two_demos, None, boxes[:2], **QUIET).then)
    hidden = gr.State(len(LETTERS) - SHOWN_AT_FIRST)
    add.click(_one_more, hidden, [hidden, add, *columns[SHOWN_AT_FIRST:]], **QUIET)
    return ComparePage(shown, result, memory)


def _one_more(hidden: int) -> tuple[Any, ...]:
    left = max(hidden - 1, 0)
    spare = len(LETTERS) - SHOWN_AT_FIRST
    boxes = [gr.update(visible=place < spare - left) for place in range(spare)]
    return left, gr.update(visible=left > 0), *boxes


def _lettered(key: str, letter: str) -> Words:
    return lambda lang: text(key, lang, letter=letter)


def _clips_card(
    settings: Settings, translations: Translations
) -> tuple[list[gr.HTML], list[gr.Column], gr.Button, gr.Button | None]:
    boxes, columns, try_demos = [], [], None
    with gr.Column(elem_classes="v-card v-clip-card v-cut-boxes"):
        heading = gr.HTML()
        translations.properties(
            heading,
            lambda code: {"value": states.heading("compare.clips", code, "compare.clips_lead")},
        )
        for place, letter in enumerate(LETTERS):
            with gr.Column(visible=place < SHOWN_AT_FIRST, elem_classes="v-cut-box") as column:
                boxes.append(
                    clip_box(
                        settings,
                        translations,
                        f"cut-{letter.lower()}",
                        label=_lettered("compare.clip_label", letter),
                        drop=_lettered("compare.drop", letter),
                        classes="v-cut-clip",
                    )
                )
            columns.append(column)
        add = gr.Button(size="sm", elem_id="add-cut")
        translations.keys(add, value="compare.add")
        if len(demos()) >= FEWEST_CUTS:
            try_demos = gr.Button(size="sm", elem_id="compare-demos")
            translations.keys(try_demos, value="compare.demos")
    return boxes, columns, add, try_demos


def _post_card(translations: Translations) -> tuple[gr.Textbox, gr.Textbox, gr.Textbox]:
    with gr.Column(elem_classes="v-card v-post-card"):
        heading = gr.HTML()
        translations.properties(
            heading,
            lambda code: {"value": rendered("compare/post_heading", code)},
        )
        account_line()
        recent = gr.Textbox(max_lines=3, elem_id="compare-recent")
        translations.keys(
            recent, label="recent.label", info="recent.info", placeholder="recent.placeholder"
        )
        followers = gr.Textbox(max_lines=1, elem_id="compare-followers")
        translations.keys(followers, label="followers.label", placeholder="followers.placeholder")
        caption = gr.Textbox(lines=2, max_lines=8, elem_id="compare-caption")
        translations.keys(caption, label="caption.label", placeholder="caption.placeholder")
    return caption, recent, followers


def _two_demos() -> tuple[Any, ...]:
    return tuple(demo_clip(demo) for demo in demos()[:FEWEST_CUTS])
