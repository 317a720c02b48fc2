"""Which component says what, so that one switch changes the language of the whole page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.blocks import Block

from viral.ui.strings import DEFAULT_LANGUAGE, text

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
