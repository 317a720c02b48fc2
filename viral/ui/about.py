"""The About page: how it works, what it learnt from, where it is weak, privacy, licence.

Its figures come out of the model folder's manifest, read as text: no model is loaded for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from viral.settings import Settings
from viral.ui.numbers import decimal
from viral.ui.strings import STRINGS, text
from viral.ui.translation import Translations

EXAMPLE = """import viral

p = viral.predict("clip.mp4", caption="...", followers=12_000,
                  recent_views=[900, 1500, 700])
p.views.low, p.views.median, p.views.high

$ viral predict clip.mp4 --followers 12000 --recent-views 900,1500,700"""


def manifest_of(model_dir: Path) -> dict[str, Any]:
    """Return the model's manifest, or nothing where there is no readable one."""
    try:
        found = json.loads((model_dir / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _section(key: str, lang: str, *paragraphs: str, **values: Any) -> str:
    body = "".join(f"<p>{text(f'about.{name}', lang, **values)}</p>" for name in paragraphs)
    return f'<section class="v-card"><h2>{text(f"about.{key}", lang)}</h2>{body}</section>'


def _grouped(number: float, lang: str) -> str:
    digits = f"{number:,.0f}"
    return digits.replace(",", ".") if lang == "es" else digits


def _source(name: str, lang: str) -> str:
    key = f"source.{name}"
    return text(key, lang) if key in STRINGS else escape(name)


def _data(facts: Mapping[str, Any], version: str, lang: str) -> str:
    sources: Mapping[str, Any] = facts.get("data") or {}
    if not sources:
        return ""
    columns = ("data_source", "data_posts", "data_creators", "data_dates")
    head = "".join(f'<th scope="col">{text(f"about.{name}", lang)}</th>' for name in columns)
    lines = "".join(
        f'<tr><th scope="row">{_source(str(name), lang)}</th><td>{_grouped(source["posts"], lang)}</td>'
        f"<td>{_grouped(source['creators'], lang)}</td>"
        f"<td>{escape(str(source['first_post']))} – {escape(str(source['last_post']))}</td></tr>"
        for name, source in sources.items()
    )
    posts = sum(source["posts"] for source in sources.values())
    learnt = ", ".join(
        f"{text(f'modality.{name}', lang)} {_grouped(count, lang)}"
        for name, count in (facts.get("learnt_from") or {}).items()
    )
    tail = f"<p>{text('about.learnt', lang, parts=learnt)}</p>" if learnt else ""
    return (
        f'<section class="v-card v-wide"><h2>{text("about.data", lang)}</h2>'
        f"<p>{text('about.data_lead', lang, posts=_grouped(posts, lang))}</p>"
        f'<div class="v-scroll" tabindex="0" role="region" aria-label="{text("about.data", lang)}">'
        f'<table class="v-table"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'
        f'{tail}<p class="v-soft">{text("about.model", lang, version=escape(version))}</p>'
        "</section>"
    )


def page(settings: Settings, lang: str) -> str:
    """Return the page in a language."""
    manifest = manifest_of(settings.model_dir)
    minutes = decimal(settings.clip_lifetime_s / 60, 0, lang)
    return (
        '<div class="v-about">'
        + _section("how", lang, "how_1", "how_2", "how_3")
        + _section("range", lang, "range_1", "range_2")
        + _section("weak", lang, "weak_1", "weak_2", "weak_3")
        + _section("privacy", lang, "privacy_1", "privacy_2", "privacy_3", minutes=minutes)
        + _data(manifest.get("facts") or {}, str(manifest.get("version", "")), lang)
        + f'<section class="v-card"><h2>{text("about.use", lang)}</h2>'
        f'<p>{text("about.use_1", lang)}</p><pre class="v-code" tabindex="0" role="region" '
        f'aria-label="{text("about.code", lang)}">{escape(EXAMPLE)}</pre></section>'
        + _section("licence", lang, "licence_1")
        + "</div>"
    )


def build(settings: Settings, translations: Translations) -> None:
    """Lay the page out inside the current Blocks."""
    content = gr.HTML(elem_id="about")
    translations.properties(content, lambda lang: {"value": page(settings, lang)})
