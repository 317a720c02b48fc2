"""Fields of a post that more than one page asks for: its time on the reader's clock, its sound."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr

from viral.ui.strings import DEFAULT_LANGUAGE, text
from viral.ui.theme import ASSETS_DIR
from viral.ui.translation import Translations

SOUNDS = ("unknown", "original", "library")
"""What is known of a sound, as `viral.ui.inputs.details_from_page` takes it."""
TIME_TEMPLATE = """
<label class="v-field"><span class="v-field-label" data-word="label"></span>
<input type="datetime-local" min="2014-01-01T00:00" max="2100-01-01T00:00">
<span class="v-soft" data-word="info"></span></label>
"""

Words = Callable[[str], dict[str, str]]
"""Language -> `label` and `info` of a field."""


def sounds(lang: str, keys: str = "sound.") -> list[tuple[str, str]]:
    """Return the choices of a sound in a language, as a radio takes them.

    `keys` is how their keys in the table of strings begin.
    """
    return [(text(f"{keys}{kind}", lang), kind) for kind in SOUNDS]


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
    field = gr.HTML(
        None,
        html_template=TIME_TEMPLATE,
        js_on_load=(ASSETS_DIR / "time_input.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        elem_id=name,
        words={},
    )
    translations.properties(field, lambda lang: {"words": words(lang)})
    return field


def sound_field(
    translations: Translations, name: str, label: str = "sound.label", keys: str = "sound."
) -> gr.Radio:
    """Put the choice of a sound into the current Blocks; `label` is a key too."""
    field = gr.Radio(sounds(DEFAULT_LANGUAGE, keys), value=SOUNDS[0], elem_id=name)
    translations.properties(
        field, lambda lang: {"label": text(label, lang), "choices": sounds(lang, keys)}
    )
    return field
