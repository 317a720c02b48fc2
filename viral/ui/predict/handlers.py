"""What happens on the Predict page, without Gradio: plain functions of what was typed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from viral.errors import ViralError
from viral.messages import Message
from viral.ui.predict.form import Fields, Slip, details_of, field_of, title_of
from viral.ui.predict.shown import Shown
from viral.ui.running import Runner
from viral.ui.sessions import Sessions
from viral.ui.uploads import clip_path, delete_upload

LOG = logging.getLogger(__name__)


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
        clip = fields[0]
        title = title_of(fields)
        shown = Shown("working", warming=not self.runner.warm)
        try:
            details = details_of(fields)
            source = str(clip.get("path")) if isinstance(clip, dict) and clip.get("path") else None
            seen = self.sessions.of_source(source) if source else None
            if source and seen is not None:
                # The same upload with another post around it: nothing needs to be read in it.
                delete_upload(Path(source))
                again = seen.again(details=details)
                yield Shown("result", key=self.sessions.keep(again, source, title=title))
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
                    last = Shown("result", key=self.sessions.keep(item, source, title=title))
        except ViralError as error:
            last = Shown("error", problem=error.message)
        except Exception:
            last = self._bug()
        finally:
            # Also when the reader has left: the page is told only once the clip is gone.
            if demo is None:
                delete_upload(path)
        yield last

    def slip(self, fields: Fields) -> Slip | None:
        """Return what has to be corrected before anything is looked at, or None."""
        clip = fields[0]
        try:
            details_of(fields)
        except ViralError as error:
            return Slip(error.message, field_of(fields))
        try:
            source = clip.get("path") if isinstance(clip, dict) else None
            if not source or self.sessions.of_source(str(source)) is None:
                clip_path(clip)
        except ViralError as error:
            return Slip(error.message, "clip")
        return None

    def _bug(self) -> Shown:
        # The host finds the traceback in the log; the user gets a sentence without paths in it.
        LOG.exception("A clip could not be predicted")
        return Shown("error", problem=Message("error.bug"))
