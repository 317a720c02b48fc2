"""The After posting page: what a post really got, set beside what was predicted."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import gradio as gr

from viral.errors import StoreError, ViralError
from viral.feedback.store import Store
from viral.messages import text
from viral.ui.after import result as words
from viral.ui.after.handlers import AfterShown, Handlers
from viral.ui.after.layout import AfterPage, lay_out
from viral.ui.predict.share import DOWNLOAD_SCRIPT, parcel
from viral.ui.predict.shown import Shown
from viral.ui.sessions import Sessions
from viral.ui.text.translation import Translations
from viral.ui.uploads import upload_path
from viral.ui.widgets.states import said

LOG = logging.getLogger(__name__)
OWN_TROUBLES = frozenset(
    {
        *("after.key_unknown", "after.key_holds_nothing", "after.kept_too_many", "after.not_kept"),
        "store.hub",
    }
)
"""Codes of the store's errors that a visitor can do something about; the others are the host's."""
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
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
    state = gr.State(AfterShown())

    def result(report: str | None, key: str, code: str) -> dict[Any, Any]:
        found = handlers.page(report, key, code)
        there = found["figure"] is not None
        return {
            page.verdict: found["verdict"],
            page.summary: found["summary"],
            page.plot: found["figure"],
            page.running_card: gr.update(visible=there or bool(found["summary"])),
        }

    def choices(key: str, code: str, value: str | None = None) -> Any:
        kept = handlers.kept(key)
        listed = [(words.name_of(one, code), one.id) for one in kept]
        ids = [one.id for one in kept]
        chosen = value if value in ids else (ids[0] if ids else None)
        return gr.update(choices=listed, value=chosen)

    def open_page(key: str, now: Shown, code: str, before: AfterShown) -> dict[Any, Any]:
        found = handlers.last(now)
        found = AfterShown(found.last, found.linked, before.report)
        updates: dict[Any, Any] = {page.key: key, state: found, page.last: last_card(found, code)}
        updates[page.keep] = gr.update(interactive=found.last is not None)
        return updates | guarded(
            lambda: {**result(found.report, key, code), page.which: choices(key, code)}, code
        )

    def last_card(found: AfterShown, code: str) -> str:
        try:
            prediction = sessions.get(found.last).prediction if found.last else None
        except ViralError:
            return words.last(None, code, linked=True)
        return words.last(prediction, code, linked=found.linked)

    def guarded(work: Callable[[], dict[Any, Any]], code: str, place: Any = None) -> dict[Any, Any]:
        place = page.kept_said if place is None else place
        try:
            return work()
        except StoreError as error:
            LOG.warning("The store cannot be used: %s", error)
            known = error.message.code in OWN_TROUBLES
            sentence = error.message.said(code) if known else text("after.unavailable", code)
            return {place: said(sentence, "alert")}
        except ViralError as error:
            return {place: said(error.message.said(code), "alert")}
        except Exception:
            LOG.exception("A report could not be handled")
            return {place: said(text("error.bug", code), "alert")}

    def keep(found: AfterShown, agreed: bool, key: str, code: str) -> dict[Any, Any]:
        def work() -> dict[Any, Any]:
            new_key, kept = handlers.keep(found, agreed, (key or "").strip())
            return {
                page.key: new_key,
                page.kept_said: said(text("after.kept", code, id=kept.id)),
                page.which: choices(new_key, code, kept.id),
            }

        return guarded(work, code)

    def report(found: AfterShown, key: str, which: str | None, *typed: Any) -> dict[Any, Any]:
        *fields, code = typed
        names = ("views", "likes", "comments", "shares", "days")

        def work() -> dict[Any, Any]:
            one = handlers.report(
                (key or "").strip(), which, **dict(zip(names, fields, strict=True))
            )
            return {
                state: AfterShown(found.last, found.linked, one.kept.id),
                page.report_said: "",
                **result(one.kept.id, key.strip(), code),
            }

        return guarded(work, code, page.report_said)

    def import_export(found: AfterShown, key: str, file: str | None, code: str) -> dict[Any, Any]:
        if not file:
            return {page.report_said: ""}

        def work() -> dict[Any, Any]:
            posts, reports = handlers.import_export((key or "").strip(), upload_path(file))
            chosen = reports[-1].kept.id if reports else found.report
            told = (
                text("after.imported", code, matched=len(reports), posts=posts)
                if reports
                else text("after.imported_none", code, count=posts)
            )
            return {
                state: AfterShown(found.last, found.linked, chosen),
                page.report_said: said(told),
                **result(chosen, key.strip(), code),
            }

        return guarded(work, code, page.report_said)

    def download(key: str) -> str:
        exported = handlers.open_store().export((key or "").strip())
        content = json.dumps(exported, indent=1, ensure_ascii=False).encode()
        return parcel("viral-feedback.json", "application/json", content)

    def fetch(key: str, code: str) -> dict[Any, Any]:
        return guarded(
            lambda: {page.parcel: download(key), page.data_said: ""}, code, page.data_said
        )

    def delete(key: str, sure: bool, found: AfterShown, code: str) -> dict[Any, Any]:
        if not sure:
            return {
                page.sure: True,
                page.delete: gr.update(value=text("after.delete_sure", code), variant="stop"),
            }

        def work() -> dict[Any, Any]:
            count = handlers.open_store().delete((key or "").strip())
            return {
                page.key: "",
                state: AfterShown(found.last, found.linked),
                page.data_said: said(text("after.deleted", code, count=count)),
                page.which: gr.update(choices=[], value=None),
                page.kept_said: "",
                page.report_said: "",
                **result(None, "", code),
            }

        ready = gr.update(value=text("after.delete", code), variant="secondary")
        return {page.sure: False, page.delete: ready} | guarded(work, code, page.data_said)

    def useful(found: AfterShown, key: str, code: str, answer: bool) -> dict[Any, Any]:
        def work() -> dict[Any, Any]:
            handlers.useful(found, (key or "").strip(), answer)
            return {page.useful_said: said(text("after.thanks", code))}

        return guarded(work, code, page.useful_said)

    results = [page.verdict, page.summary, page.plot, page.running_card]
    tab.select(None, page.key, page.key, js=KEY_SCRIPT, **QUIET).then(
        open_page,
        [page.key, shown, lang, state],
        [page.key, state, page.last, page.keep, page.which, page.kept_said, *results],
        **QUIET,
    )
    page.key.change(None, page.key, None, js=REMEMBER_KEY_SCRIPT, **QUIET)
    page.key.submit(
        open_page,
        [page.key, shown, lang, state],
        [page.key, state, page.last, page.keep, page.which, page.kept_said, *results],
        **QUIET,
    )
    page.keep.click(
        keep,
        [state, page.agree, page.key, lang],
        [page.key, page.kept_said, page.which],
        **QUIET,
    )
    typed = [page.views, page.likes, page.comments, page.shares, page.days]
    page.report.click(
        report,
        [state, page.key, page.which, *typed, lang],
        [state, page.report_said, *results],
        api_visibility="private",
        show_progress="hidden",
    )
    page.file.upload(
        import_export,
        [state, page.key, page.file, lang],
        [state, page.report_said, *results],
        api_visibility="private",
        show_progress="hidden",
    )
    page.download.click(fetch, [page.key, lang], [page.parcel, page.data_said], **QUIET)
    page.parcel.change(None, page.parcel, None, js=DOWNLOAD_SCRIPT, **QUIET)
    page.delete.click(
        delete,
        [page.key, page.sure, state, lang],
        [
            page.key, page.sure, page.delete, state, page.data_said, page.which, page.kept_said,
            page.report_said, *results,
        ],
        **QUIET,
    )  # fmt: skip
    for button, answer in ((page.yes, True), (page.no, False)):
        button.click(
            lambda found, key, code, chosen=answer: useful(found, key, code, chosen),
            [state, page.key, lang],
            page.useful_said,
            **QUIET,
        )

    def speak(found: AfterShown, key: str, which: str | None, code: str) -> dict[Any, Any]:
        updates: dict[Any, Any] = {page.last: last_card(found, code)}
        return updates | guarded(
            lambda: {**result(found.report, key, code), page.which: choices(key, code, which)}, code
        )

    lang.change(
        speak,
        [state, page.key, page.which, lang],
        [page.last, page.which, page.kept_said, *results],
        **QUIET,
    )
    return page
