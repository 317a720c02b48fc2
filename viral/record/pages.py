"""The record inside of its page: one static file that shows it and can be checked itself."""

from __future__ import annotations

from html.parser import HTMLParser

CHAIN_ID = "chain"
"""Of the element whose text is the record, line for line."""


class _Chain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.inside = False
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter the element."""
        if tag == "pre" and ("id", CHAIN_ID) in attrs:
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        if tag == "pre":
            self.inside = False

    def handle_data(self, data: str) -> None:
        """Take its text."""
        if self.inside:
            self.parts.append(data)


def chain_in_page(page: str) -> str:
    """Return the lines of the record that a page shows, or nothing where it shows none."""
    parser = _Chain()
    parser.feed(page)
    parser.close()
    return "".join(parser.parts).removeprefix("\n")  # as browsers read a `pre`
