"""Pages that have their place in the app before they have their content.

Each says what it will hold, that it does not yet, and what serves meanwhile.
"""

from __future__ import annotations

import gradio as gr

from viral.ui.strings import text
from viral.ui.translation import Translations


def page(name: str, lang: str) -> str:
    """Return a page in a language.

    Parameters
    ----------
    name
        The beginning of its keys in the table of strings: `explore` or `after`.
    lang
        `en` or `es`.
    """
    return (
        f'<section class="v-card v-place" data-place="{name}">'
        f"<h2>{text(f'{name}.heading', lang)}</h2>"
        f'<p class="v-lead">{text(f"{name}.lead", lang)}</p>'
        f"<p><b>{text('place.not_yet', lang)}</b> {text(f'{name}.meanwhile', lang)}</p></section>"
    )


def build(name: str, translations: Translations) -> None:
    """Lay the page out inside the current Blocks."""
    content = gr.HTML(elem_id=name)
    translations.properties(content, lambda lang: {"value": page(name, lang)})
