"""Which component says what, so that one switch changes the language of the whole page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr
from gradio.blocks import Block

from viral.messages import DEFAULT_LANGUAGE, text
from viral.ui.theme import scripts

Properties = Callable[[str], dict[str, Any]]


class Translations:
    """Components with the properties that depend on the language."""

    def __init__(self) -> None:
        """Start with no component."""
        self._entries: list[tuple[Block, Properties]] = []

    def keys(self, component: Block, **keys: str) -> None:
        """Tie properties of a component to keys of the table: `label="caption.label"`."""
        self.properties(
            component, lambda lang: {name: text(key, lang) for name, key in keys.items()}
        )

    def properties(self, component: Block, properties: Properties) -> None:
        """Tie a component to a function from the language to its properties, and apply it."""
        self._entries.append((component, properties))
        for name, value in properties(DEFAULT_LANGUAGE).items():
            if name in getattr(component, "props", {}):
                component.props[name] = value  # type: ignore[attr-defined]
            else:
                setattr(component, name, value)

    def scripted(
        self,
        template: str,
        script: str | Sequence[str],
        words: Callable[[str], Mapping[str, Any]],
        **properties: Any,
    ) -> gr.HTML:
        """Put an element that a script of ours runs in the browser into the current Blocks.

        Parameters
        ----------
        template
            Its HTML, with `data-word` where the script puts a word.
        script
            Name of the script in `assets/`, or names of its parts.
        words
            Language -> what it says.
        properties
            Others that its script reads, and what Gradio's own HTML takes.
        """
        element = gr.HTML(
            None,
            html_template=template,
            js_on_load=scripts(*([script] if isinstance(script, str) else script)),
            apply_default_css=False,
            words={},
            **properties,
        )
        self.properties(element, lambda lang: {"words": words(lang)})
        return element

    @property
    def components(self) -> list[Block]:
        """Everything that changes with the language."""
        return [component for component, _ in self._entries]

    def updates(self, lang: str) -> dict[Block, Any]:
        """Return the updates that bring the page into a language."""
        return {component: gr.update(**properties(lang)) for component, properties in self._entries}


def together(first: dict[Any, Any], second: dict[Any, Any]) -> dict[Any, Any]:
    """Return the updates of both: a component that both change gets the properties of both."""
    merged = {**first, **second}
    for component in first.keys() & second.keys():
        if isinstance(first[component], dict) and isinstance(second[component], dict):
            merged[component] = {**first[component], **second[component]}
    return merged
