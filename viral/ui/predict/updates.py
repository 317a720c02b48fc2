"""What each event of the Predict page changes: handlers' answers put into its components."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from viral.messages import text
from viral.ui.predict.form import problem_beside
from viral.ui.predict.handlers import Handlers
from viral.ui.predict.layout import PredictPage
from viral.ui.predict.shown import Shown, view
from viral.ui.queueing import clips_ahead, why_turned_away

Update = dict[Any, Any]
"""Component -> its new value or properties."""


@dataclass(frozen=True)
class Updates:
    """One method an event."""

    page: PredictPage
    handlers: Handlers

    def _summary(self, now: Shown, code: str) -> str:
        return view(now, self.handlers.sessions, code).summary

    def _shows(self, now: Shown, code: str) -> Update:
        seen = view(now, self.handlers.sessions, code)
        return {self.page.shown: now, **self.page.showing(seen)}

    def begin(self, *fields: Any) -> Update:
        """Say what has to be corrected, or show that the clip is looked at."""
        code = fields[-1]
        slip = self.handlers.slip(fields)
        if slip is not None:
            # The last good answer stays, and so does everything that was typed.
            told = problem_beside(slip, code)
            return {self.page.go: False, self.page.slip_at: slip.field, self.page.trouble: told}
        waiting = Shown("working", warming=not self.handlers.runner.warm)
        busy = gr.update(value=text("predict.busy", code), interactive=False)
        return {
            self.page.go: True,
            self.page.slip_at: "",
            self.page.trouble: "",
            self.page.button: busy,
            self.page.waiting_timer: gr.Timer(active=True),
            **self._shows(waiting, code),
            **self.page.deeper_hidden,
        }

    def run(self, going: bool, *fields: Any) -> Iterator[Update]:
        """Look at the clip, stage by stage, once there is nothing to correct."""
        if not going:
            yield {self.page.shown: gr.skip()}
            return
        code = fields[-1]
        for now in self.handlers.predict(fields):
            if now.kind == "working":
                yield {self.page.shown: now, self.page.summary: self._summary(now, code)}
            else:
                yield self._shows(now, code)

    def look_ahead(self, now: Shown, code: str, request: gr.Request) -> Any:
        """Show how many clips come first."""
        ahead = clips_ahead(request) if now.kind == "working" else None
        if ahead is None:
            return gr.skip()
        return self._summary(replace(now, ahead=ahead), code)

    def end(self, now: Shown, code: str, request: gr.Request) -> Update:
        """Make the button ready again."""
        # A request that was turned away (a full queue, a lost connection) leaves the stages
        # standing.
        ready = {
            self.page.button: gr.update(value=text("predict.button", code), interactive=True),
            self.page.waiting_timer: gr.Timer(active=False),
        }
        if now.kind != "working":
            return ready
        failed = Shown("error", problem=why_turned_away(request))
        return {**self._shows(failed, code), **ready}

    def removed(self, now: Shown, code: str) -> Update:
        """Show the empty page."""
        # Nothing of a clip that was taken away stays, here or on the page.
        self.handlers.sessions.forget(now.key)
        return {**self._shows(Shown(), code), **self.page.deeper_hidden}
