"""The About page: how it works, what it learnt from, where it is weak, privacy, licence.

Its figures come out of the model folder's manifest, read as text: no model is loaded for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from viral.messages import has, text
from viral.messages.formats import listed
from viral.settings import Settings
from viral.shipped import shipped_path
from viral.ui.about.model import accuracy, grouped, read_json, silent_parts, weights
from viral.ui.asset_routes import PREFIX
from viral.ui.templates import rendered
from viral.ui.text.labels import modality_label
from viral.ui.text.translation import Translations
from viral.ui.widgets import states
from viral.ui.widgets.numbers import day, decimal, percent
from viral.ui.widgets.tables import table

MANIFEST = "manifest.json"
OLD_YEARS = 3
"""A source whose last post is this much older than the newest is called old."""
ROOT = shipped_path()
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


def _source(name: str, lang: str) -> str:
    key = f"source.{name}"
    return text(key, lang) if has(key) else name


def _day(date: object, lang: str) -> str:
    """Return a date of the manifest in words, and what is none as it stands."""
    try:
        return day(str(date), lang)
    except ValueError:
        return str(date)


def _year(date: object) -> int | None:
    year = str(date)[:4]
    return int(year) if year.isdecimal() else None


def _data(facts: Mapping[str, Any], version: str, lang: str) -> Markup:
    sources: Mapping[str, Any] = facts.get("data") or {}
    if not sources:
        return Markup()
    columns = ("data_source", "data_posts", "data_creators", "data_dates")
    rows = [
        [
            _source(str(name), lang),
            grouped(source["posts"], lang),
            grouped(source["creators"], lang),
            f"{_day(source['first_post'], lang)} – {_day(source['last_post'], lang)}",
        ]
        for name, source in sources.items()
    ]
    head = [text(f"about.{name}", lang) for name in columns]
    posts = sum(source["posts"] for source in sources.values())
    learnt = listed(
        [
            f"{modality_label(name, lang)} {grouped(count, lang)}"
            for name, count in (facts.get("learnt_from") or {}).items()
        ],
        lang,
    )
    return rendered(
        "about/data",
        lang,
        posts=grouped(posts, lang),
        table=table(text("about.data", lang), head, rows),
        learnt=learnt,
        version=version,
    )


def _weak(manifest: Mapping[str, Any], lang: str) -> list[str]:
    """Return where the model is weak, in sentences that its own figures fill."""
    silent = silent_parts(manifest, lang)
    said = [text("about.weak_1", lang)]
    if silent:
        said.append(text("about.weak_silent", lang, parts=silent))
    sources = list(((manifest.get("facts") or {}).get("data") or {}).values())
    years = [_year(one["last_post"]) for one in sources]
    newest = max((year for year in years if year is not None), default=0)
    old = [
        one
        for one, year in zip(sources, years, strict=True)
        if year is not None and year <= newest - OLD_YEARS
    ]
    if old:
        share = sum(one["posts"] for one in old) / sum(one["posts"] for one in sources)
        first = min(str(one["first_post"])[:4] for one in old)
        last = max(str(one["last_post"])[:4] for one in old)
        said.append(
            text("about.weak_old", lang, percent=percent(share, lang), first=first, last=last)
        )
    return [*said, text("about.weak_3", lang)]


def page(settings: Settings, lang: str) -> Markup:
    """Return the page in a language."""
    manifest = read_json(settings.model_dir / MANIFEST)
    return rendered(
        "about/page",
        lang,
        accuracy=accuracy(settings.model_dir, lang),
        weights=weights(manifest, lang),
        weak=_weak(manifest, lang),
        minutes=decimal(settings.upload_lifetime_s / 60, 0, lang),
        data=_data(manifest.get("facts") or {}, str(manifest.get("version", "")), lang),
        example=EXAMPLE,
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
            lambda code: {"value": states.heading("about.documents", code, "about.documents_lead")},
        )
        for name, path in there.items():
            with gr.Accordion(open=False, elem_id=f"about-{name}") as unfolding:
                gr.Markdown(document(path))
            translations.keys(unfolding, label=f"about.{name}")
