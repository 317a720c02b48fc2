"""The card under a result that keeps and shares it: a link of numbers, and what survives a reload.

The browser tab itself remembers its last result: the id under which it is kept here, and its
numbers for when it no longer is. Nothing of that is a cookie, and another tab does not see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from viral.ui.strings import DEFAULT_LANGUAGE, text
from viral.ui.theme import ASSETS_DIR
from viral.ui.translation import Translations
from viral.ui.view import View

SHARE_TEMPLATE = """
<div class="v-share" data-state="empty">
  <label class="v-field"><span class="v-field-label" data-word="link"></span>
  <span class="v-share-line"><input type="text" readonly class="v-share-link">
  <button type="button" class="v-share-copy" data-word="copy"></button></span></label>
  <p class="v-soft v-share-said" role="status"></p>
</div>
"""
# What the page's address and the tab's own memory hold: see `viral.ui.view.arrived`.
ARRIVAL_SCRIPT = """() => {
  let kept = "";
  try { kept = sessionStorage.getItem("viral-result") || ""; } catch (error) { kept = ""; }
  return [new URLSearchParams(location.search).get("r") || "", kept];
}"""


def _words(lang: str) -> dict[str, str]:
    names = ("link", "copy", "copied", "by_hand")
    return {name: text(f"share.{name}", lang) for name in names}


def _heading(lang: str) -> dict[str, Any]:
    return {
        "value": f"<h2>{text('share.heading', lang)}</h2>"
        f'<p class="v-soft">{text("share.lead", lang)}</p>'
    }


@dataclass(frozen=True)
class SharePanel:
    """The card's components. The style sheet hides the card while its link is empty: a card that
    Gradio shows later would come without its words."""

    link: gr.HTML

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
    with gr.Column(elem_classes="v-card v-share-card"):
        heading = gr.HTML()
        translations.properties(heading, _heading)
        link = gr.HTML(
            None,
            html_template=SHARE_TEMPLATE,
            js_on_load=(ASSETS_DIR / "share.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id="share",
            words=_words(DEFAULT_LANGUAGE),
        )
        translations.properties(link, lambda lang: {"words": _words(lang)})
    return SharePanel(link)
