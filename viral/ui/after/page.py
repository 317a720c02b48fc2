"""The After posting page: what a post really got, set beside what was predicted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from viral.feedback.store import Store
from viral.ui.after.handlers import AfterShown, Handlers
from viral.ui.after.layout import AfterPage, lay_out
from viral.ui.after.updates import COUNTS, Updates
from viral.ui.predict.share import DOWNLOAD_SCRIPT
from viral.ui.sessions import Sessions
from viral.ui.text.translation import Translations

QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
WHILE_WORKING: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""The same for what takes its place in the queue."""
# The key stays in the reader's browser; the server keeps its hash alone.
KEY_SCRIPT = """(key) => {
  try { return key || localStorage.getItem("viral-key") || ""; } catch (error) { return key || ""; }
}"""
REMEMBER_KEY_SCRIPT = """(key) => {
  try {
    if (key) localStorage.setItem("viral-key", key); else localStorage.removeItem("viral-key");
  } catch (error) { return; }
}"""


def _shipped_model() -> Any:
    from viral.model.store import shipped_model

    return shipped_model()


def _shipped_store() -> Store:
    from viral.feedback.opening import shipped_store

    return shipped_store()


def build(
    sessions: Sessions,
    translations: Translations,
    lang: gr.Radio,
    shown: gr.State,
    tab: gr.Tab,
    open_store: Callable[[], Store] = _shipped_store,
) -> AfterPage:
    """Lay the page out inside the current Blocks and connect it.

    Parameters
    ----------
    sessions
        Where the tab's result is.
    translations, lang
        The language and what changes with it.
    shown
        What the Predict page shows.
    tab
        The page's own tab, which looks for the last prediction when it is opened.
    open_store
        Opens the store when it is first needed; tests may give another one.
    """
    handlers = Handlers(sessions, open_store, _shipped_model)
    page = lay_out(translations)
    updates = Updates(page, gr.State(AfterShown()), handlers, sessions)
    _connect_opening(updates, tab, shown, lang)
    _connect_reports(updates, lang)
    _connect_data(updates, lang)
    return page


def _results(page: AfterPage) -> list[Any]:
    return [page.verdict, page.summary, page.plot, page.running_card]


def _connect_opening(updates: Updates, tab: gr.Tab, shown: gr.State, lang: gr.Radio) -> None:
    """Fill the page as it opens, as a key is typed, and as the language changes."""
    page, state = updates.page, updates.state
    typed = [page.key, shown, lang, state]
    filled = [page.key, state, page.last, page.keep, page.which, page.kept_said, *_results(page)]
    tab.select(None, page.key, page.key, js=KEY_SCRIPT, **QUIET).then(
        updates.open_page, typed, filled, **QUIET
    )
    page.key.change(None, page.key, None, js=REMEMBER_KEY_SCRIPT, **QUIET)
    page.key.submit(updates.open_page, typed, filled, **QUIET)
    lang.change(
        updates.speak,
        [state, page.key, page.which, lang],
        [page.last, page.which, page.kept_said, *_results(page)],
        **QUIET,
    )


def _connect_reports(updates: Updates, lang: gr.Radio) -> None:
    """Keep a prediction, and set what a post got beside it."""
    page, state = updates.page, updates.state
    page.keep.click(
        updates.keep,
        [state, page.agree, page.key, lang],
        [page.key, page.kept_said, page.which],
        **QUIET,
    )
    page.which.change(
        updates.age, [page.key, page.which, lang], [page.days, page.report_said], **QUIET
    )
    said = [state, page.report_said, *_results(page)]
    counts = [getattr(page, name) for name in COUNTS]
    page.report.click(
        updates.report, [state, page.key, page.which, *counts, lang], said, **WHILE_WORKING
    )
    page.file.upload(
        updates.import_export, [state, page.key, page.file, lang], said, **WHILE_WORKING
    )
    for button, answer in ((page.yes, True), (page.no, False)):
        button.click(
            partial(updates.useful, answer=answer),
            [state, page.key, lang],
            page.useful_said,
            **QUIET,
        )


def _connect_data(updates: Updates, lang: gr.Radio) -> None:
    """Hand over what is kept under a key, and delete it."""
    page, state = updates.page, updates.state
    page.download.click(updates.fetch, [page.key, lang], [page.parcel, page.data_said], **QUIET)
    page.parcel.change(None, page.parcel, None, js=DOWNLOAD_SCRIPT, **QUIET)
    emptied = [page.key, state, page.which, page.kept_said, page.report_said, *_results(page)]
    page.delete.click(
        updates.delete,
        [page.key, page.sure, state, lang],
        [page.sure, page.delete, page.data_said, *emptied],
        **QUIET,
    )
