"""The Explore page: past posts summed up, under filters, each figure to be taken along.

See `viral.explore` for where the figures come from and `viral.ui.explore.figures` for what is
shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from viral.errors import ExploreError
from viral.explore.aggregates import MEASURES
from viral.explore.explorer import Explorer, shipped
from viral.explore.rules import FEWEST_CREATORS, FEWEST_POSTS
from viral.explore.selection import FIELDS, Choice, Selection
from viral.messages import DEFAULT_LANGUAGE, text
from viral.ui.explore import words as words
from viral.ui.explore.figures import FIGURES, Panel, panels
from viral.ui.templates import rendered
from viral.ui.text.labels import sentence
from viral.ui.text.translation import Translations
from viral.ui.widgets import states
from viral.ui.widgets.numbers import count, day
from viral.ui.widgets.states import problem

LOG = logging.getLogger(__name__)

QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
LEADS = {"sizes": "spread", "durations": "spread"}
"""Figure -> the beginning of the key of its lead, where it is not its own name."""


@dataclass(frozen=True)
class ExplorePage:
    """The page's components."""

    filters: dict[str, gr.Dropdown]
    """Field of `Choice` -> its filter."""
    measure: gr.Radio
    said: gr.HTML
    plots: dict[str, gr.Plot]
    tools: dict[str, gr.HTML]

    @property
    def inputs(self) -> list[Any]:
        """What is chosen, in the order of `FIELDS`, and what is to be shown of it."""
        return [*(self.filters[name] for name in FIELDS), self.measure]

    @property
    def outputs(self) -> list[Any]:
        """What changes with it."""
        return [self.said, *self.plots.values(), *self.tools.values()]


def chosen(source: str, period: str, size: str, language: str) -> Choice:
    """Return what the filters' values choose."""
    return Choice(
        source=source or None,
        period=period or None,
        size=int(size) if size else None,
        language=language or None,
    )


def summary(selection: Selection, explorer: Explorer, choice: Choice, lang: str) -> Markup:
    """Return what is said of the posts that are shown."""
    key = "explore.one" if selection.creators == 1 else "explore.counted"
    posts, makers = count(selection.posts, lang), count(selection.creators, lang)
    line = text(key, lang, posts=posts, creators=makers)
    if selection.first:
        dates = text(
            "explore.dates", lang, first=day(selection.first, lang), last=day(selection.last, lang)
        )
        line = f"{line}, {dates}"
    usual = count(selection.with_usual, lang)
    notes = [
        text("explore.usual", lang, posts=usual)
        if selection.with_usual
        else text("explore.no_usual", lang)
    ]
    if choice.source is None and len(explorer.options["source"]) > 1:
        notes.append(text("explore.mixed", lang))
    if explorer.too_young:
        notes.append(text("explore.young", lang, posts=count(explorer.too_young, lang)))
    floor = "explore.floor_own" if explorer.own else "explore.floor"
    notes.append(text(floor, lang, posts=FEWEST_POSTS, creators=FEWEST_CREATORS))
    return rendered("explore/summary", lang, line=line, notes=notes)


@dataclass(frozen=True)
class Shown:
    """What the page shows of a choice."""

    said: Markup
    """What the posts are, or why nothing is shown."""
    panels: Mapping[str, Panel]
    """Figure -> panel; empty where nothing is shown."""


def shown(find: Callable[[], Explorer], choice: Choice, measure: str, lang: str) -> Shown:
    """Return what the page shows of a choice; what goes wrong becomes one sentence."""
    try:
        explorer = find()
        selection = explorer.selection(choice)
        made = panels(selection, measure, lang)
    except ExploreError as error:
        words_of_error, spoken = sentence(error.message, lang)
        return Shown(problem(words_of_error, lang, spoken), {})
    except Exception:
        LOG.exception("The posts could not be summed up")
        return Shown(problem(text("error.bug", lang), lang), {})
    return Shown(summary(selection, explorer, choice, lang), made)


def build(
    translations: Translations,
    lang: gr.Radio,
    tab: gr.Tab,
    find: Callable[[], Explorer] = shipped,
) -> tuple[ExplorePage, Callable[..., dict[Any, Any]]]:
    """Lay the page out inside the current Blocks and connect it.

    Parameters
    ----------
    translations, lang
        The language and what changes with it.
    tab
        The page's own tab, which fills it when it is opened.
    find
        Returns what is explored: the shipped aggregates, or one's own posts.

    Returns
    -------
    tuple of ExplorePage and callable
        The page, and what fills it from its inputs and the language.
    """
    page = _lay_out(translations, find)

    def show(*given: str) -> dict[Any, Any]:
        *filters, measure, code = given
        now = shown(find, chosen(*filters), measure, code)
        updates: dict[Any, Any] = {page.said: now.said}
        for name in FIGURES:
            panel = now.panels.get(name)
            figure = None if panel is None else panel.figure
            updates[page.plots[name]] = gr.update(value=figure, visible=figure is not None)
            updates[page.tools[name]] = gr.update(value=None if panel is None else panel.value())
        return updates

    inputs = [*page.inputs, lang]
    tab.select(show, inputs, page.outputs, **QUIET)
    for component in page.inputs:
        component.input(show, inputs, page.outputs, **QUIET)
    lang.change(show, inputs, page.outputs, **QUIET)
    return page, show


def _lay_out(translations: Translations, find: Callable[[], Explorer]) -> ExplorePage:
    try:
        explorer: Explorer | None = find()
    except ExploreError:
        # Said when the page is opened; the rest of the app does without.
        LOG.exception("The figures of past posts cannot be read")
        explorer = None
    own = explorer is not None and explorer.own

    def heading(code: str) -> dict[str, Any]:
        lead = "explore.lead_own" if own else "explore.lead"
        return {"value": states.heading("explore.heading", code, lead)}

    plots, tools = {}, {}
    with gr.Row(elem_classes="v-page"):
        with (
            gr.Column(elem_classes="v-side v-explore-side", min_width=300, scale=4),
            gr.Column(elem_classes="v-card v-post-card v-explore-filters"),
        ):
            translations.properties(gr.HTML(), heading)
            filters = {name: _filter(name, explorer, translations) for name in FIELDS}
            measure = gr.Radio(list(MEASURES), value=MEASURES[0], elem_id="explore-measure")
            translations.properties(measure, _measures)
        with gr.Column(elem_classes="v-main", min_width=320, scale=8):
            said = gr.HTML(elem_id="explore-summary")
            for name in FIGURES:
                plots[name], tools[name] = _card(name, translations)
    return ExplorePage(filters, measure, said, plots, tools)


def _measures(code: str) -> dict[str, Any]:
    return {
        "label": text("explore.measure", code),
        "info": text("explore.measure_info", code),
        "choices": [(text(f"explore.{name}", code), name) for name in MEASURES],
    }


def _filter(name: str, explorer: Explorer | None, translations: Translations) -> gr.Dropdown:
    start = None if explorer is None else getattr(explorer.start, name)

    def offered(code: str) -> list[tuple[str, str]]:
        if explorer is not None:
            return words.choices(explorer, name, code)
        return [(text(f"explore.all_{name}", code), words.ALL)]

    component = gr.Dropdown(
        offered(DEFAULT_LANGUAGE),
        value=words.ALL if start is None else str(start),
        filterable=False,
        elem_id=f"explore-{name}",
    )
    translations.properties(
        component,
        lambda code: {"label": text(f"explore.{name}", code), "choices": offered(code)},
    )
    return component


def _card(name: str, translations: Translations) -> tuple[gr.Plot, gr.HTML]:
    def heading(code: str) -> dict[str, Any]:
        lead = f"explore.{LEADS.get(name, name)}_lead"
        return {"value": states.heading(f"explore.{name}", code, lead)}

    def called(code: str) -> dict[str, str]:
        title = text(f"explore.{name}", code)
        return {
            "title": title,
            "no_picture": text("explore.no_picture", code),
            **{part: text(f"explore.{part}", code) for part in ("picture", "data")},
            **{
                f"{part}_of": text(f"explore.{part}_of", code, name=title)
                for part in ("picture", "data")
            },
            "open": text("explore.table", code),
            "open_of": text("explore.table_of", code, name=title),
        }

    with gr.Column(elem_classes="v-card v-explore-card", elem_id=f"explore-{name}"):
        translations.properties(gr.HTML(), heading)
        plot = gr.Plot(
            show_label=False,
            container=False,
            visible=False,
            elem_id=f"explore-{name}-figure",
            elem_classes="v-figure",
        )
        tools = translations.scripted(
            rendered("explore/tools", DEFAULT_LANGUAGE),
            "explore.js",
            called,
            plot=f"explore-{name}-figure",
        )
    return plot, tools
