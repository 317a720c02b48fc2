"""Own retention on the page: the curve of this clip's earlier post, laid over its timeline.

The file is deleted as soon as it was read; what it says stays with the tab, so that several posts
looked at one after another are summed up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from viral.errors import ViralError
from viral.explain.retention import (
    Watched,
    after_moments,
    after_words,
    laid_over,
    leaving_words,
)
from viral.messages import Message, text
from viral.pipeline import Analysis
from viral.posts.exporters.retention import read_retention
from viral.ui.templates import rendered
from viral.ui.text.translation import Translations
from viral.ui.uploads import delete_upload, upload_path
from viral.ui.widgets import states
from viral.ui.widgets.numbers import decimal

LOG = logging.getLogger(__name__)
SUFFIXES = [".csv", ".tsv", ".xlsx", ".zip", ".json"]
MOST_POSTS = 200
"""Posts that a tab keeps."""
Posts = Mapping[str, Watched]
"""Hash of a clip's content -> its curve, laid over it."""


@dataclass(frozen=True)
class RetentionPanel:
    """The components."""

    posts: gr.State
    file: gr.UploadButton
    told: gr.HTML


def build(translations: Translations) -> RetentionPanel:
    """Lay them out inside the current Blocks."""
    posts = gr.State({})
    lead = gr.HTML()
    translations.properties(lead, lambda code: {"value": states.soft(text("retention.lead", code))})
    file = gr.UploadButton(
        file_types=SUFFIXES, type="filepath", size="sm", elem_id="retention-file"
    )
    translations.keys(file, label="retention.file")
    return RetentionPanel(posts, file, gr.HTML(elem_id="retention"))


def with_file(
    posts: Posts, file: str | None, result: Callable[[], Analysis]
) -> tuple[Posts, Message | None]:
    """Read a file for a result and delete it; return the posts, and what was wrong with it."""
    if not file:
        return posts, None
    path: Path | None = None
    try:
        path = upload_path(file)
        analysis = result()
        found = laid_over(read_retention(path), analysis)
    except ViralError as error:
        return posts, error.message
    except Exception:
        LOG.exception("A retention file could not be read")
        return posts, Message("error.bug")
    finally:
        if path is not None:
            delete_upload(path)
    kept = list({**posts, analysis.facts.sha256: found}.items())[-MOST_POSTS:]
    return dict(kept), None


def told(posts: Posts, analysis: Analysis, lang: str, problem: Message | None = None) -> str:
    """Return as HTML where viewers left this clip, and what several posts tell."""
    here = posts.get(analysis.facts.sha256)
    several = after_moments(list(posts.values())) if len(posts) > 1 else ()
    page = rendered(
        "predict/retention",
        lang,
        problem=problem.said(lang) if problem else "",
        here=here is not None,
        at_end=here.at_end if here else 0.0,
        any_length=here is not None and here.fits_any_length,
        leavings=[
            {
                "start_s": part.start_s,
                "when": f"{decimal(part.start_s, 1, lang)}–{decimal(part.end_s, 1, lang)} s",
                "words": " ".join(words.said(lang) for words in leaving_words(part)),
            }
            for part in (here.leavings if here else ())
        ],
        count=len(posts),
        several=[after_words(each).said(lang) for each in several],
    )
    # Plain from here on: Markup would escape what it is put together with.
    return str.__str__(page)
