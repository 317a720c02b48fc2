"""The box that takes a clip: dropped, chosen or a demo, played from the browser's own copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from viral.messages import DEFAULT_LANGUAGE, text
from viral.settings import Settings
from viral.ui.asset_routes import address_of
from viral.ui.templates import rendered
from viral.ui.text.translation import Translations
from viral.ui.uploads import Demo
from viral.ui.widgets.numbers import megabytes

Words = Callable[[str], str]
"""A sentence by language."""


def clip_words(
    settings: Settings, lang: str, label: Words | None = None, drop: Words | None = None
) -> dict[str, Any]:
    """Return what the box says; `label` and `drop` in the place of the usual words."""
    names = ("drop", "choose", "remove", "no_preview", "uploading", "upload_failed", "empty_file")
    limits = text(
        "clip.limits",
        lang,
        size=megabytes(settings.max_clip_bytes, lang),
        duration=f"{settings.max_clip_duration_s / 60:g} min",
    )
    words = {
        "lang": lang,
        "limits": limits,
        "label": label(lang) if label else text("clip.label", lang),
        "player": text("clip.player", lang),
        # Its places are filled in the browser, which knows the file.
        "too_large": text("clip.too_large", lang),
        **{name: text(f"clip.{name}", lang) for name in names},
    }
    return {**words, "drop": drop(lang)} if drop else words


def clip_box(
    settings: Settings,
    translations: Translations,
    name: str,
    *,
    label: Words | None = None,
    drop: Words | None = None,
    classes: str = "",
) -> gr.HTML:
    """Put a box into the current Blocks.

    Parameters
    ----------
    settings
        The largest file, which the browser refuses by itself.
    translations
        What changes the words with the language.
    name
        Id of the element.
    label, drop
        What the box is called, and what its empty state asks for, by language.
    classes
        For the style sheet.

    Returns
    -------
    gr.HTML
        Its value is `{"path": ..., "name": ...}` for an upload, `{"demo": ..., "name": ...}` for a
        demo clip, or None.
    """
    return translations.scripted(
        rendered("widgets/clip_box", DEFAULT_LANGUAGE),
        "clip_input.js",
        lambda lang: clip_words(settings, lang, label, drop),
        elem_id=name,
        elem_classes=classes,
        limit_bytes=settings.max_clip_bytes,
    )


def demo_clip(demo: Demo) -> dict[str, str]:
    """Return a demo clip as the value of a box."""
    return {
        "demo": demo.name,
        "name": demo.path.name,
        "url": address_of(demo.path),
    }
