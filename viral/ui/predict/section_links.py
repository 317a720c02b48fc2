"""The row of links over a long result: one to each part of it."""

from __future__ import annotations

from collections.abc import Sequence

from viral.messages import text

SECTIONS = (
    ("summary", "contents.result"),
    ("why", "contents.why"),
    ("counts", "contents.counts"),
    ("when", "contents.when"),
    ("advice", "contents.advice"),
    ("what-if", "try.heading"),
    ("details", "contents.details"),
    ("keep", "contents.keep"),
)
"""Id on the page and what it is called, in the order of the page."""
SECTIONS_OF_NUMBERS = tuple(
    section for section in SECTIONS if section[0] not in ("when", "advice", "what-if", "details")
)
"""The same for a result whose clip is not here."""


def contents(sections: Sequence[tuple[str, str]], lang: str) -> str:
    """Return the links as HTML.

    Parameters
    ----------
    sections
        Id and key of the name of each part, in the order of the page.
    lang
        `en` or `es`.
    """
    links = "".join(f'<li><a href="#{place}">{text(key, lang)}</a></li>' for place, key in sections)
    label = text("contents.label", lang)
    return f'<nav class="v-contents" aria-label="{label}"><ul>{links}</ul></nav>'
