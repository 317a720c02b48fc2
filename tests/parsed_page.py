"""HTML read the strict way: what a test asks of a piece of a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"img", "input", "br", "meta"}


class Page(HTMLParser):
    """Collects tags, numbers and text, and refuses tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.numbers: dict[str, float] = {}
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        given_attrs = dict(attrs)
        if given_attrs.get("data-number"):
            value = given_attrs["data-value"]
            assert value is not None
            self.numbers[str(given_attrs["data-number"])] = float(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def parsed(html: str) -> Page:
    page = Page()
    page.feed(str(html))  # plain: Markup escapes what it is put together with
    page.close()
    assert page.open == []
    page.words = re.sub(r"\s+", " ", page.words)
    return page
