"""The card under a result that keeps and shares it: a link of numbers, a report, a picture, and
what survives a reload.

The browser tab itself remembers its last result: the id under which it is kept here, and its
numbers for when it no longer is. Nothing of that is a cookie, and another tab does not see it.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import gradio as gr

from viral.errors import ViralError
from viral.explain import share
from viral.messages import DEFAULT_LANGUAGE, text
from viral.ui.predict import card, report
from viral.ui.predict.shown import Shown, View
from viral.ui.sessions import Sessions
from viral.ui.templates import rendered
from viral.ui.text.labels import sentence
from viral.ui.text.translation import Translations
from viral.ui.widgets import states

# What the page's address and the tab's own memory hold: see `viral.ui.predict.shown.arrived`.
ARRIVAL_SCRIPT = """() => {
  const kept = (name) => {
    try { return sessionStorage.getItem(name) || ""; } catch (error) { return ""; }
  };
  const address = new URLSearchParams(location.search).get("r") || "";
  const running = kept("viral-running");
  try { sessionStorage.removeItem("viral-running"); } catch (error) { /* none to remove */ }
  return [address, kept("viral-result"), kept("viral-comparison"), running];
}"""
# Files are made when they are asked for and never lie on the server's disk.
DOWNLOAD_SCRIPT = """(parcel) => {
  const { name, type, content } = JSON.parse(parcel);
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}"""


def parcel(name: str, kind: str, content: bytes) -> str:
    """Return a file packed for `DOWNLOAD_SCRIPT`."""
    packed = base64.b64encode(content).decode()
    return json.dumps({"name": name, "type": kind, "content": packed})


def _now(zone: str | None) -> datetime:
    try:
        return datetime.now(ZoneInfo((zone or "UTC").strip()))
    except (KeyError, ValueError, OSError):
        return datetime.now(UTC)


def report_parcel(shown: Shown, sessions: Sessions, zone: str | None, lang: str) -> str:
    """Return the report on what a tab shows, packed for the browser.

    Raises
    ------
    ViralError
        The result is no longer kept, or there is none.
    """
    if shown.kind == "numbers":
        analysis, prediction, name = None, share.decode(shown.numbers), ""
    else:
        analysis = sessions.get(shown.key)
        prediction, name = analysis.prediction, sessions.title(shown.key).name
    page = report.report(prediction, analysis, _now(zone), lang, name)
    return parcel(report.FILE_NAME, "text/html", page.encode())


def card_parcel(shown: Shown, sessions: Sessions, lang: str) -> str:
    """Return the picture of what a tab shows, packed for the browser.

    Raises
    ------
    ViralError
        As `report_parcel`.
    """
    if shown.kind == "numbers":
        return parcel(card.FILE_NAME, "image/png", card.card(share.decode(shown.numbers), lang))
    analysis = sessions.get(shown.key)
    name = sessions.title(shown.key).name
    return parcel(card.FILE_NAME, "image/png", card.card(analysis.prediction, lang, analysis, name))


def _words(lang: str) -> dict[str, str]:
    names = ("link", "copy", "copied", "by_hand")
    return {name: text(f"share.{name}", lang) for name in names}


@dataclass(frozen=True)
class SharePanel:
    """The card's components. The style sheet hides the card while its link is empty: a card that
    Gradio shows later would come without its words."""

    link: gr.HTML
    report: gr.Button
    picture: gr.Button
    parcel: gr.Textbox
    """Carries a file to the browser; nobody sees it."""

    @property
    def outputs(self) -> list[Any]:
        """What changes with the result."""
        return [self.link]

    def updates(self, now: View) -> dict[Any, Any]:
        """Return the updates that offer a view, or nothing where there is no result."""
        value = {"numbers": now.numbers, "key": now.key} if now.numbers else None
        return {self.link: gr.update(value=value)}


def build(translations: Translations) -> SharePanel:
    """Lay the card out inside the current Blocks."""
    with gr.Column(elem_classes="v-card v-share-card", elem_id="keep"):
        heading = gr.HTML()
        translations.properties(
            heading, lambda code: {"value": states.heading("share.heading", code, "share.lead")}
        )
        link = translations.scripted(
            rendered("predict/share", DEFAULT_LANGUAGE), "share.js", _words, elem_id="share"
        )
        with gr.Row(elem_classes="v-share-files"):
            report_button = gr.Button(size="sm", elem_id="report")
            translations.keys(report_button, value="share.report")
            picture = gr.Button(size="sm", elem_id="picture")
            translations.keys(picture, value="share.card")
    return SharePanel(link, report_button, picture, gr.Textbox(visible=False))


def connect(
    panel: SharePanel, shown: gr.State, zone: gr.Dropdown, lang: gr.Radio, sessions: Sessions
) -> None:
    """Let the buttons make their files."""
    quiet: dict[str, Any] = {
        "queue": False,
        "show_progress": "hidden",
        "api_visibility": "private",
    }

    def refused(error: ViralError, code: str) -> gr.Error:
        words, _ = sentence(error.message, code)
        return gr.Error(words, print_exception=False)

    def make_report(now: Shown, place: str | None, code: str) -> str:
        try:
            return report_parcel(now, sessions, place, code)
        except ViralError as error:
            raise refused(error, code) from error

    def make_picture(now: Shown, code: str) -> str:
        try:
            return card_parcel(now, sessions, code)
        except ViralError as error:
            raise refused(error, code) from error

    send: dict[str, Any] = {"js": DOWNLOAD_SCRIPT, **quiet}
    panel.report.click(make_report, [shown, zone, lang], panel.parcel, **quiet).success(
        None, panel.parcel, None, **send
    )
    panel.picture.click(make_picture, [shown, lang], panel.parcel, **quiet).success(
        None, panel.parcel, None, **send
    )
