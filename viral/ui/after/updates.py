"""What each event of the After posting page changes: handlers' answers put into its components."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from viral.errors import StoreError, ViralError
from viral.messages import text
from viral.ui.after import result as words
from viral.ui.after.handlers import AfterShown, Handlers
from viral.ui.after.layout import AfterPage
from viral.ui.predict.share import parcel
from viral.ui.predict.shown import Shown
from viral.ui.sessions import Sessions
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
COUNTS = ("views", "likes", "comments", "shares", "days")
"""What is typed of a post, in the order of the fields."""

Update = dict[Any, Any]
"""Component -> its new value or properties."""


@dataclass(frozen=True)
class Updates:
    """One method an event; each returns an `Update`."""

    page: AfterPage
    state: gr.State
    """Holds the tab's `AfterShown`."""
    handlers: Handlers
    sessions: Sessions

    def result(self, report: str | None, key: str, code: str) -> Update:
        """Show what the report, or the newest under the key, says."""
        found = self.handlers.page(report, key, code)
        there = found["figure"] is not None
        return {
            self.page.verdict: found["verdict"],
            self.page.summary: found["summary"],
            self.page.plot: found["figure"],
            self.page.running_card: gr.update(visible=there or bool(found["summary"])),
        }

    def choices(self, key: str, code: str, value: str | None = None) -> Any:
        """Return the predictions kept under a key as the choices of the list."""
        kept = self.handlers.kept(key)
        listed = [(words.name_of(one, code), one.id) for one in kept]
        ids = [one.id for one in kept]
        chosen = value if value in ids else (ids[0] if ids else None)
        return gr.update(choices=listed, value=chosen)

    def open_page(self, key: str, now: Shown, code: str, before: AfterShown) -> Update:
        """Look for the last prediction and what is kept, as the page opens or a key is typed."""
        found = self.handlers.last(now)
        found = replace(found, report=before.report)
        updates: Update = {
            self.page.key: key,
            self.state: found,
            self.page.last: self.last_card(found, code),
            self.page.keep: gr.update(interactive=found.last is not None),
        }
        return updates | self._kept(found, key, None, code)

    def _kept(self, found: AfterShown, key: str, which: str | None, code: str) -> Update:
        def work() -> Update:
            chosen = self.choices(key, code, which)
            return {**self.result(found.report, key, code), self.page.which: chosen}

        return self.guarded(work, code)

    def last_card(self, found: AfterShown, code: str) -> str:
        """Return the card of the last prediction."""
        try:
            prediction = self.sessions.get(found.last).prediction if found.last else None
        except ViralError:
            return words.last(None, code, linked=True)
        return words.last(prediction, code, linked=found.linked, demo=found.demo)

    def guarded(self, work: Callable[[], Update], code: str, place: Any = None) -> Update:
        """Do the work; say why where it fails, in `place` or below the button that keeps."""
        place = self.page.kept_said if place is None else place
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

    def keep(self, found: AfterShown, agreed: bool, key: str, code: str) -> Update:
        """Keep the last prediction."""

        def work() -> Update:
            new_key, kept = self.handlers.keep(found, agreed, (key or "").strip())
            return {
                self.page.key: new_key,
                self.page.kept_said: said(text("after.kept", code, id=kept.id)),
                self.page.which: self.choices(new_key, code, kept.id),
            }

        return self.guarded(work, code)

    def age(self, key: str, which: str | None, code: str) -> Update:
        """Fill in how many days ago the chosen prediction's post went out."""

        def work() -> Update:
            return {self.page.days: self.handlers.age((key or "").strip(), which)}

        return self.guarded(work, code, self.page.report_said)

    def report(self, found: AfterShown, key: str, which: str | None, *typed: Any) -> Update:
        """Note what a post got."""
        *fields, code = typed

        def work() -> Update:
            one = self.handlers.report(
                (key or "").strip(), which, **dict(zip(COUNTS, fields, strict=True))
            )
            return {
                self.state: replace(found, report=one.kept.id),
                self.page.report_said: "",
                **self.result(one.kept.id, key.strip(), code),
            }

        return self.guarded(work, code, self.page.report_said)

    def import_export(self, found: AfterShown, key: str, file: str | None, code: str) -> Update:
        """Note what every post of an export got."""
        if not file:
            return {self.page.report_said: ""}

        def work() -> Update:
            posts, reports = self.handlers.import_export((key or "").strip(), upload_path(file))
            chosen = reports[-1].kept.id if reports else found.report
            told = (
                text("after.imported", code, matched=len(reports), posts=posts)
                if reports
                else text("after.imported_none", code, count=posts)
            )
            return {
                self.state: replace(found, report=chosen),
                self.page.report_said: said(told),
                **self.result(chosen, key.strip(), code),
            }

        return self.guarded(work, code, self.page.report_said)

    def download(self, key: str) -> str:
        """Return all that is kept under a key, as a file for the browser."""
        exported = self.handlers.open_store().export((key or "").strip())
        content = json.dumps(exported, indent=1, ensure_ascii=False).encode()
        return parcel("viral-feedback.json", "application/json", content)

    def fetch(self, key: str, code: str) -> Update:
        """Hand that file over."""

        def work() -> Update:
            return {self.page.parcel: self.download(key), self.page.data_said: ""}

        return self.guarded(work, code, self.page.data_said)

    def delete(self, key: str, sure: bool, found: AfterShown, code: str) -> Update:
        """Delete all that is kept under a key, at the second press."""
        if not sure:
            return {
                self.page.sure: True,
                self.page.delete: gr.update(value=text("after.delete_sure", code), variant="stop"),
            }

        def work() -> Update:
            count = self.handlers.open_store().delete((key or "").strip())
            return {
                self.page.key: "",
                self.state: replace(found, report=None),
                self.page.data_said: said(text("after.deleted", code, count=count)),
                self.page.which: gr.update(choices=[], value=None),
                self.page.kept_said: "",
                self.page.report_said: "",
                **self.result(None, "", code),
            }

        ready = gr.update(value=text("after.delete", code), variant="secondary")
        return {self.page.sure: False, self.page.delete: ready} | self.guarded(
            work, code, self.page.data_said
        )

    def useful(self, found: AfterShown, key: str, code: str, answer: bool) -> Update:
        """Count an answer to "Was this useful?"."""

        def work() -> Update:
            self.handlers.useful(found, (key or "").strip(), answer)
            return {self.page.useful_said: said(text("after.thanks", code))}

        return self.guarded(work, code, self.page.useful_said)

    def speak(self, found: AfterShown, key: str, which: str | None, code: str) -> Update:
        """Say everything again in another language."""
        updates: Update = {self.page.last: self.last_card(found, code)}
        return updates | self._kept(found, key, which, code)
