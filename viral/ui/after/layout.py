"""Where everything stands on the After posting page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from viral.messages import DEFAULT_LANGUAGE, text
from viral.settings import settings
from viral.ui.after import result as words
from viral.ui.templates import rendered
from viral.ui.text.translation import Translations
from viral.ui.widgets import states
from viral.ui.widgets.numbers import short_sizes

EXPORT_SUFFIXES = [".json", ".zip", ".csv", ".tsv", ".jsonl", ".parquet", ".gz"]


@dataclass(frozen=True)
class AfterPage:
    """The page's components."""

    last: gr.HTML
    agree: gr.Checkbox
    keep: gr.Button
    kept_said: gr.HTML
    key: gr.Textbox
    which: gr.Dropdown
    views: gr.Textbox
    likes: gr.Textbox
    comments: gr.Textbox
    shares: gr.Textbox
    days: gr.Textbox
    report: gr.Button
    file: gr.UploadButton
    report_said: gr.HTML
    download: gr.Button
    delete: gr.Button
    data_said: gr.HTML
    parcel: gr.Textbox
    sure: gr.State
    verdict: gr.HTML
    running_card: gr.Column
    summary: gr.HTML
    plot: gr.Plot
    yes: gr.Button
    no: gr.Button
    useful_said: gr.HTML


def _heading(key: str, translations: Translations) -> None:
    heading = gr.HTML()
    translations.properties(heading, lambda code: {"value": states.heading(key, code)})


def lay_out(translations: Translations) -> AfterPage:
    """Put the page into the current Blocks."""
    parts: dict[str, Any] = {}
    with gr.Row(elem_classes="v-page"):
        with gr.Column(elem_classes="v-side", min_width=300, scale=4):
            _clips_card(translations)
            parts |= _keep_card(translations)
            parts |= _report_card(translations)
            parts |= _data_card(translations)
        with gr.Column(elem_classes="v-main", min_width=320, scale=8):
            parts["verdict"] = gr.HTML(words.empty(DEFAULT_LANGUAGE), elem_id="verdict")
            with gr.Column(elem_classes="v-card v-why", visible=False) as running_card:
                parts["summary"] = gr.HTML(elem_id="running")
                parts["plot"] = gr.Plot(show_label=False, container=False, elem_id="outcomes")
            parts["running_card"] = running_card
            parts |= _useful_card(translations)
    return AfterPage(sure=gr.State(False), **parts)


def consent(lang: str) -> Markup:
    """Return what somebody who ticks the box agrees to; a copy on the hub is said."""
    words = [text("after.consent_text", lang)]
    if settings().copies_to_hub:
        words.append(text("after.consent_hub", lang))
    return states.soft(" ".join(words))


CLIPS_WORDS = {
    **dict.fromkeys(("heading", "lead", "empty", "ask", "hint", "save"), ()),
    "range": ("low", "high", "days"),
    "made": ("day",),
    "remove": ("name",),
    **dict.fromkeys(("inside", "above", "below", "so_far"), ("views", "days")),
}
"""Key without `clips.` -> what the script fills in."""


def clips_words(lang: str) -> dict[str, Any]:
    """Return what the list of predicted clips says in a language."""
    said: dict[str, Any] = {"lang": lang, "sizes": short_sizes(lang)}
    for key, places in CLIPS_WORDS.items():
        said[key] = text(f"clips.{key}", lang, **{place: f"{{{place}}}" for place in places})
    return said


def _clips_card(translations: Translations) -> None:
    """List what this browser has predicted; the server knows nothing of it."""
    translations.scripted(
        rendered("after/clips", DEFAULT_LANGUAGE),
        ("numbers.js", "clips.js"),
        clips_words,
        elem_id="clips",
    )


def _keep_card(translations: Translations) -> dict[str, Any]:
    with gr.Column(elem_classes="v-card v-post-card"):
        last = gr.HTML(words.last(None, DEFAULT_LANGUAGE), elem_id="after-last")
        agree = gr.Checkbox(elem_id="after-agree")
        translations.keys(agree, label="after.consent")
        details = gr.HTML()
        translations.properties(details, lambda code: {"value": consent(code)})
        keep = gr.Button(variant="primary", interactive=False, elem_id="after-keep")
        translations.keys(keep, value="after.keep")
        kept_said = gr.HTML(elem_id="after-kept")
        key = gr.Textbox(max_lines=1, elem_id="after-key")
        translations.keys(key, label="after.key", info="after.key_info")
    return {"last": last, "agree": agree, "keep": keep, "kept_said": kept_said, "key": key}


def _report_card(translations: Translations) -> dict[str, Any]:
    fields = {}
    with gr.Column(elem_classes="v-card v-post-card"):
        _heading("after.what", translations)
        which = gr.Dropdown([], elem_id="after-which")
        translations.keys(which, label="after.which", info="after.which_info")
        for pair in (("views", "likes"), ("comments", "shares")):
            with gr.Row():
                for name in pair:
                    fields[name] = gr.Textbox(max_lines=1, min_width=90, elem_id=f"after-{name}")
                    translations.keys(fields[name], label=f"after.{name}")
        days = gr.Textbox(max_lines=1, elem_id="after-days")
        translations.keys(days, label="after.age", placeholder="after.age_hint")
        report = gr.Button(variant="primary", elem_id="after-report")
        translations.keys(report, value="after.report")
        file = gr.UploadButton(
            file_types=EXPORT_SUFFIXES, type="filepath", size="sm", elem_id="after-file"
        )
        translations.keys(file, label="after.file")
        info = gr.HTML()
        translations.properties(
            info, lambda code: {"value": states.soft(text("after.file_info", code))}
        )
        said = gr.HTML(elem_id="after-said")
    return {
        "which": which,
        **fields,
        "days": days,
        "report": report,
        "file": file,
        "report_said": said,
    }


def _data_card(translations: Translations) -> dict[str, Any]:
    with gr.Column(elem_classes="v-card v-post-card"):
        _heading("after.data", translations)
        with gr.Row():
            download = gr.Button(size="sm", elem_id="after-download")
            translations.keys(download, value="after.download")
            delete = gr.Button(size="sm", elem_id="after-delete")
            translations.keys(delete, value="after.delete")
        said = gr.HTML(elem_id="after-data")
        parcel = gr.Textbox(visible=False)
    return {"download": download, "delete": delete, "data_said": said, "parcel": parcel}


def _useful_card(translations: Translations) -> dict[str, Any]:
    with gr.Column(elem_classes="v-card v-post-card v-after-useful"):
        _heading("after.useful", translations)
        with gr.Row():
            yes = gr.Button(size="sm", elem_id="useful-yes")
            translations.keys(yes, value="after.yes")
            no = gr.Button(size="sm", elem_id="useful-no")
            translations.keys(no, value="after.no")
        said = gr.HTML(elem_id="useful-said")
    return {"yes": yes, "no": no, "useful_said": said}
