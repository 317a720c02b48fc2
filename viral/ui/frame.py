"""The frame around the pages: the header, the tabs, the language, what a reader arrives with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from viral.explore.explorer import Explorer
from viral.links.fetching import Fetcher
from viral.messages import DEFAULT_LANGUAGE, LANGUAGES, preferred_language, text
from viral.messages.catalogue import name_of
from viral.settings import Settings
from viral.ui.about import page as about_page
from viral.ui.account import panel as account_panel
from viral.ui.after import page as after_page
from viral.ui.compare import page as compare_page
from viral.ui.explore import page as explore_page
from viral.ui.predict import page as predict_page
from viral.ui.predict.share import ARRIVAL_SCRIPT
from viral.ui.predict.shown import Shown, arrived, view
from viral.ui.predict.what_if import QUIET
from viral.ui.running import Runner
from viral.ui.sessions import Sessions
from viral.ui.templates import rendered
from viral.ui.text.translation import Translations, together

# The reader's own time zone, and the language of the page for those who have it read out.
ZONE_SCRIPT = "() => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'"
# Whoever opens a link came for the result, which stands below the form on a phone.
# The page of an address is opened once its words are there: see `assets/pages.js`.
LINK_SCRIPT = (
    '(code) => { if (new URLSearchParams(location.search).has("r")) '
    f"({predict_page.FOLLOW_SCRIPT})(); "
    f'if (code === "{DEFAULT_LANGUAGE}") window.viralSpeaks = true; return code; }}'
)
LANGUAGE_SCRIPT = (
    "(code) => { document.documentElement.lang = code; window.viralSpeaks = true; return code; }"
)


@dataclass(frozen=True)
class Frame:
    """What the pages have in common, and the pages that it speaks to."""

    sessions: Sessions
    translations: Translations
    lang: gr.Radio
    account: gr.HTML
    """The account in use."""
    predict: predict_page.PredictPage
    compare: compare_page.ComparePage
    open_explore: Callable[[gr.Blocks], None] | None
    """Fills Explore as the app is loaded, where its tab is the first."""

    def speak(self, code: str, now: Shown, compared: compare_page.Compared) -> dict[Any, Any]:
        """Say everything again in another language."""
        updates = self.translations.updates(code)
        if now.kind != "working":  # the stages speak the new language from the next one on
            updates = together(updates, self.predict.showing(view(now, self.sessions, code)))
        if compared.kind != "working":
            updates[self.compare.result] = compare_page.html(compared, self.sessions, code)
        return updates

    def arrive(
        self,
        address: str,
        kept: str,
        comparison: str,
        running: str,
        request: gr.Request,
    ) -> dict[Any, Any]:
        """Show what a page that was just opened or reloaded had, or what its address carries."""
        # In one step with the language, so that neither undoes what the other shows.
        code = _first_language(request)
        updates: dict[Any, Any] = {self.lang: code if code != DEFAULT_LANGUAGE else gr.skip()}
        now = arrived(str(address or ""), str(kept or ""), self.sessions, str(running or ""))
        if now is not None:
            updates |= {
                self.predict.shown: now,
                **self.predict.showing(view(now, self.sessions, code)),
            }
        side_by_side = compare_page.arrived(str(comparison or ""), self.sessions)
        if side_by_side is not None:
            updates |= self.compare.updates(side_by_side, self.sessions, code)
        return updates


def _first_language(request: gr.Request) -> str:
    wanted = request.query_params.get("lang") or request.headers.get("accept-language", "")
    return preferred_language(wanted)


def lay_out(
    settings: Settings,
    runner: Runner,
    sessions: Sessions,
    fetcher: Fetcher | None,
    explorer: Callable[[], Explorer],
    first: str,
) -> Frame:
    """Put the header and the pages into the current Blocks; `first` is the tab open at first."""
    translations = Translations()
    lang = _header(translations)
    account = account_panel.build(translations)
    with gr.Tabs(elem_classes="v-tabs", selected=first):
        with gr.Tab(id="predict", elem_id="page-predict") as predict_tab:
            predict = predict_page.build(
                settings, runner, sessions, translations, lang, account, fetcher
            )
        with gr.Tab(id="compare", elem_id="page-compare") as compare_tab:
            compare = compare_page.build(settings, runner, sessions, translations, lang, account)
        with gr.Tab(id="explore", elem_id="page-explore") as explore_tab:
            posts, look = explore_page.build(translations, lang, explore_tab, explorer)
        with gr.Tab(id="after", elem_id="page-after") as after_tab:
            after_page.build(sessions, translations, lang, predict.shown, after_tab)
        with gr.Tab(id="about", elem_id="page-about") as about_tab:
            about_page.build(settings, translations)
    translations.keys(predict_tab, label="tab.predict")
    translations.keys(compare_tab, label="tab.compare")
    translations.keys(explore_tab, label="tab.explore")
    translations.keys(after_tab, label="tab.after")
    translations.keys(about_tab, label="tab.about")

    def open_explore(app: gr.Blocks) -> None:
        app.load(look, [*posts.inputs, lang], posts.outputs, **QUIET)

    # A tab that is open from the beginning is not selected by anybody.
    opens = open_explore if first == "explore" else None
    return Frame(sessions, translations, lang, account, predict, compare, opens)


def _header(translations: Translations) -> gr.Radio:
    """Lay the header out; return the switch of languages."""
    translations.scripted(
        rendered("widgets/skip", DEFAULT_LANGUAGE),
        "pages.js",
        lambda code: {"skip": text("app.skip", code), "title": text("app.title", code)},
        elem_classes="v-skip-place",
    )
    with gr.Row(elem_classes="v-header"):
        header = gr.HTML(elem_classes="v-header-brand")
        translations.properties(header, lambda code: {"value": rendered("widgets/header", code)})
        lang = gr.Radio(
            [(name_of(code), code) for code in LANGUAGES],
            value=DEFAULT_LANGUAGE,
            elem_id="language",
            container=False,
            min_width=60,
            scale=0,
        )
        translations.keys(lang, label="app.language")
        translations.scripted(
            rendered("widgets/mode", DEFAULT_LANGUAGE),
            "mode.js",
            lambda code: {"label": text("app.mode", code)},
            elem_classes="v-header-mode",
        )
    return lang


def connect(app: gr.Blocks, frame: Frame) -> None:
    """Let the language change everything, and what a reader arrives with be shown."""
    lang, predict, compare = frame.lang, frame.predict, frame.compare
    lang.change(
        frame.speak,
        [lang, predict.shown, compare.shown],
        [*frame.translations.components, *predict.outputs, compare.result],
        **QUIET,
    ).then(None, lang, None, js=LANGUAGE_SCRIPT, **QUIET)
    arrival = [gr.Textbox(visible=False) for _ in range(4)]
    shows = [lang, predict.shown, *predict.outputs, compare.shown, compare.result]
    arriving = app.load(frame.arrive, arrival, shows, js=ARRIVAL_SCRIPT, **QUIET)
    predict.follow(arriving.then)
    arriving.then(None, lang, None, js=LINK_SCRIPT, **QUIET)
    app.load(None, None, predict.zone, js=ZONE_SCRIPT, **QUIET)
    frame.account.input(account_panel.zone_of, frame.account, predict.zone, **QUIET)
    if frame.open_explore is not None:
        frame.open_explore(app)
