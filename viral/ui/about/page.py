"""The About page: how it works, what it learnt from, where it is weak, privacy, licence.

Its figures come out of the model folder's manifest, read as text: no model is loaded for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from viral.messages import has, text
from viral.settings import Settings
from viral.ui.about.model import accuracy, grouped, read_json, table, weights
from viral.ui.asset_routes import PREFIX
from viral.ui.text.labels import modality_label
from viral.ui.text.translation import Translations
from viral.ui.widgets.numbers import decimal

MANIFEST = "manifest.json"
ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = {
    "card": "models/README.md",
    "guide": "docs/model.md",
    "experiments": "docs/experiments.md",
    "tutorial": "docs/tutorial.md",
    "api": "docs/api.md",
}
"""What is shown in full at the foot of the page, where it is there."""
EXAMPLE = """import viral

p = viral.predict("clip.mp4", caption="...", followers=12_000,
                  recent_views=[900, 1500, 700])
p.views.low, p.views.median, p.views.high

$ viral predict clip.mp4 --followers 12000 \\
      --recent-views 900,1500,700"""


def _section(key: str, lang: str, *paragraphs: str, **values: Any) -> str:
    body = "".join(f"<p>{text(f'about.{name}', lang, **values)}</p>" for name in paragraphs)
    return f'<section class="v-card"><h2>{text(f"about.{key}", lang)}</h2>{body}</section>'


def _source(name: str, lang: str) -> str:
    key = f"source.{name}"
    return text(key, lang) if has(key) else escape(name)


def _data(facts: Mapping[str, Any], version: str, lang: str) -> str:
    sources: Mapping[str, Any] = facts.get("data") or {}
    if not sources:
        return ""
    columns = ("data_source", "data_posts", "data_creators", "data_dates")
    rows = [
        [
            _source(str(name), lang),
            grouped(source["posts"], lang),
            grouped(source["creators"], lang),
            f"{escape(str(source['first_post']))} – {escape(str(source['last_post']))}",
        ]
        for name, source in sources.items()
    ]
    head = [text(f"about.{name}", lang) for name in columns]
    posts = sum(source["posts"] for source in sources.values())
    learnt = ", ".join(
        f"{modality_label(name, lang)} {grouped(count, lang)}"
        for name, count in (facts.get("learnt_from") or {}).items()
    )
    tail = f"<p>{text('about.learnt', lang, parts=learnt)}</p>" if learnt else ""
    return (
        f'<section class="v-card v-wide"><h2>{text("about.data", lang)}</h2>'
        f"<p>{text('about.data_lead', lang, posts=grouped(posts, lang))}</p>"
        f"{table(text('about.data', lang), head, rows)}"
        f'{tail}<p class="v-soft">{text("about.model", lang, version=escape(version))}</p>'
        "</section>"
    )


def page(settings: Settings, lang: str) -> str:
    """Return the page in a language."""
    manifest = read_json(settings.model_dir / MANIFEST)
    minutes = decimal(settings.upload_lifetime_s / 60, 0, lang)
    return (
        '<div class="v-about">'
        + _section("how", lang, "how_1", "how_2", "how_3")
        + _section("range", lang, "range_1", "range_2")
        + accuracy(settings.model_dir, lang)
        + weights(manifest, lang)
        + _section("weak", lang, "weak_1", "weak_2", "weak_3")
        + _section("privacy", lang, "privacy_1", "privacy_2", "privacy_3", minutes=minutes)
        + _data(manifest.get("facts") or {}, str(manifest.get("version", "")), lang)
        + f'<section class="v-card"><h2>{text("about.use", lang)}</h2>'
        f'<p>{text("about.use_1", lang)}</p><pre class="v-code" tabindex="0" role="region" '
        f'aria-label="{text("about.code", lang)}">{escape(EXAMPLE)}</pre></section>'
        + _section("licence", lang, "licence_1")
        + "</div>"
    )


def document(path: Path) -> str:
    """Return a document of the project's own as Markdown whose pictures the app serves.

    Its title is left out: the page has one over it. Links to other files of the repository become
    their words, because nothing is behind them here.
    """
    words = path.read_text(encoding="utf-8")
    words = re.sub(r"\A---\n.*?\n---\n", "", words, flags=re.DOTALL)
    words = re.sub(r"\A\s*# .*\n", "", words)
    words = re.sub(r"\]\(pictures/", f"]({PREFIX}/", words)
    return re.sub(r"(?<!!)\[([^\]]+)\]\((?!https?://|#)[^)]*\)", r"\1", words)


def build(settings: Settings, translations: Translations) -> None:
    """Lay the page out inside the current Blocks."""
    content = gr.HTML(elem_id="about")
    translations.properties(content, lambda lang: {"value": page(settings, lang)})
    there = {name: ROOT / path for name, path in DOCUMENTS.items() if (ROOT / path).is_file()}
    if not there:
        return
    with gr.Column(elem_classes="v-card v-documents"):
        heading = gr.HTML()
        translations.properties(
            heading,
            lambda lang: {
                "value": f"<h2>{text('about.documents', lang)}</h2>"
                f'<p class="v-soft">{text("about.documents_lead", lang)}</p>'
            },
        )
        for name, path in there.items():
            with gr.Accordion(open=False, elem_id=f"about-{name}") as unfolding:
                gr.Markdown(document(path))
            translations.keys(unfolding, label=f"about.{name}")
