"""Fields of a post that more than one page asks for: its time on the reader's clock, its sound."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr

from viral.messages import DEFAULT_LANGUAGE, text
from viral.posts.details import PLATFORMS, UNKNOWN
from viral.ui.templates import rendered
from viral.ui.text.translation import Translations

SOUNDS = ("unknown", "original", "library")
"""What is known of a sound, as `viral.ui.widgets.typed_values.details_from_page` takes it."""

Words = Callable[[str], dict[str, str]]
"""Language -> `label` and `info` of a field."""


def sounds(lang: str) -> list[tuple[str, str]]:
    """Return the choices of a sound in a language, as a radio takes them."""
    return [(text(f"sound.{kind}", lang), kind) for kind in SOUNDS]


def time_field(translations: Translations, name: str, words: Words) -> gr.HTML:
    """Put the browser's own field for a date and a time into the current Blocks.

    Parameters
    ----------
    translations
        What changes the words with the language.
    name
        Id of the element.
    words
        What the field is called and what stands under it.

    Returns
    -------
    gr.HTML
        Its value is as a browser writes it, `2026-03-01T18:30`, or empty; it sends `input` when the
        reader changes it.
    """
    return translations.scripted(
        rendered("widgets/time_field", DEFAULT_LANGUAGE), "time_input.js", words, elem_id=name
    )


def seconds_field(translations: Translations, name: str, label: str) -> gr.HTML:
    """Put a number of seconds beside a slider into the current Blocks.

    Gradio's own slider answers a number that is too large with a failed request; this one sends
    whatever was typed.

    Parameters
    ----------
    translations
        What changes the words with the language.
    name
        Id of the element.
    label
        Key of what it is called.

    Returns
    -------
    gr.HTML
        Its value is a number or None; `maximum` is where the slider ends. It sends `input`.
    """
    return translations.scripted(
        rendered("widgets/seconds_field", DEFAULT_LANGUAGE),
        "seconds_input.js",
        lambda lang: {"label": text(label, lang)},
        elem_id=name,
        maximum=60,
    )


def sound_field(translations: Translations, name: str) -> gr.Radio:
    """Put the choice of a sound into the current Blocks."""
    field = gr.Radio(sounds(DEFAULT_LANGUAGE), value=SOUNDS[0], elem_id=name)
    translations.properties(
        field, lambda lang: {"label": text("sound.label", lang), "choices": sounds(lang)}
    )
    return field


def platforms(lang: str) -> list[tuple[str, str]]:
    """Return the platforms to choose from in a language: what each is called, and its name."""
    return [(text(f"platform.{name}", lang), name) for name in (*PLATFORMS, UNKNOWN)]


def platform_field(translations: Translations, name: str) -> gr.Dropdown:
    """Put the choice of a platform into the current Blocks."""
    field = gr.Dropdown(platforms(DEFAULT_LANGUAGE), value=UNKNOWN, elem_id=name)
    translations.properties(
        field, lambda lang: {"label": text("platform.label", lang), "choices": platforms(lang)}
    )
    return field
