"""The field for a link in place of a file, where the host allows it: `VIRAL_ACCEPT_LINKS`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from viral.hosting.rates import Buckets
from viral.links.fetching import Fetched, Fetcher, LinkError
from viral.messages import text
from viral.settings import Settings
from viral.ui.serving import stored_bytes
from viral.ui.text.translation import Translations
from viral.ui.widgets.states import said

LOG = logging.getLogger(__name__)

LINKS_PER_MINUTE = 4.0
"""Of one client; each makes this server ask another one for up to a clip."""
BURST = 4.0
NAMED_HOSTS = 3
"""Hosts that are named under the field; their file servers say nothing to a person."""


@dataclass
class Handlers:
    """What happens with a link, without Gradio."""

    settings: Settings
    fetcher: Fetcher
    stored: Callable[[], int] = stored_bytes
    rates: Buckets = field(default_factory=lambda: Buckets(LINKS_PER_MINUTE, BURST))

    def fetch(self, link: str, client: str) -> Fetched:
        """Fetch a clip for a client.

        Raises
        ------
        LinkError
            The link is refused, the client has sent many, or there is no room.
        """
        if self.rates.take(client) > 0:
            raise self.fetcher.problem("rate")
        if self.stored() + self.settings.max_clip_bytes > self.settings.max_stored_bytes:
            raise self.fetcher.problem("full")
        return self.fetcher.fetch(link, Path(get_upload_folder()))


def as_value(fetched: Fetched) -> dict[str, Any]:
    """Return a fetched clip as the value of a clip box."""
    path = fetched.path.as_posix()
    return {
        "path": path,
        "name": fetched.path.name,
        "url": f"gradio_api/file={path}",
        "fetched": True,
    }


@dataclass(frozen=True)
class LinkBox:
    """The field's components."""

    link: gr.Textbox
    button: gr.Button
    told: gr.HTML


def lay_out(fetcher: Fetcher, translations: Translations) -> LinkBox:
    """Put the field into the current Blocks."""
    names = ", ".join(fetcher.hosts[:NAMED_HOSTS])
    with gr.Column(elem_classes="v-link"):
        link = gr.Textbox(max_lines=1, elem_id="link")
        translations.properties(
            link,
            lambda code: {
                "label": text("link.label", code),
                "placeholder": text("link.placeholder", code),
                "info": text("link.info", code, hosts=names),
            },
        )
        button = gr.Button(size="sm", elem_id="link-fetch")
        translations.keys(button, value="link.button")
        told = gr.HTML(elem_id="link-said")
    return LinkBox(link, button, told)


def connect(
    box: LinkBox, handlers: Handlers, lang: gr.Radio, clip: gr.HTML, caption: gr.Textbox
) -> None:
    """Let the field bring a clip into its box, and its words into `caption` while that is empty."""

    def begin(code: str) -> dict[Any, Any]:
        busy = gr.update(value=text("link.busy", code), interactive=False)
        return {box.button: busy, box.told: ""}

    def run(given: str, words: str, code: str, request: gr.Request) -> dict[Any, Any]:
        # Named by the gate, which has seen who it is.
        client = request.client.host if request.client else ""
        ready = {box.button: gr.update(value=text("link.button", code), interactive=True)}
        try:
            fetched = handlers.fetch(str(given or ""), client)
        except LinkError as error:
            return {**ready, box.told: said(error.message.said(code), "alert")}
        except Exception:
            LOG.exception("A link could not be followed")
            return {**ready, box.told: said(text("error.bug", code), "alert")}
        fills = bool(fetched.caption) and not (words or "").strip()
        return {
            **ready,
            clip: as_value(fetched),
            caption: fetched.caption if fills else gr.skip(),
            box.link: "",
            box.told: said(text("link.caption" if fills else "link.here", code)),
        }

    for trigger in (box.button.click, box.link.submit):
        trigger(
            begin,
            lang,
            [box.button, box.told],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        ).then(
            run,
            [box.link, caption, lang],
            [box.button, box.told, clip, caption, box.link],
            show_progress="hidden",
            concurrency_limit=1,
            concurrency_id="links",
            api_visibility="private",
        )
