"""Check every link, anchor and picture within the documents: `make docs` does, and a test.

Two kinds of documents are checked: the Markdown files as the repository's host shows them, and the
pages that were built of them and of the docstrings. Addresses elsewhere are not fetched.

    python scripts/check_links.py                # the Markdown files
    python scripts/check_links.py build/docs     # the pages below a folder
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent
PATTERNS = ("*.md", "docs/**/*.md", "models/*.md", "benchmarks/**/*.md")
"""Where documents are, from the root."""


@dataclass(frozen=True)
class Link:
    """A link of a document, as it is written."""

    page: Path
    target: str


@dataclass(frozen=True)
class Broken:
    """A link that leads nowhere."""

    link: Link
    why: str

    def __str__(self) -> str:
        """Return one line for the terminal."""
        return f"{self.link.page}: {self.link.target}: {self.why}"


class _Page(HTMLParser):
    """Collects what a page links to and which anchors it has."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids, names, links, pictures, styles and scripts."""
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.targets.append(value)
            elif value and (name == "id" or (name == "name" and tag == "a")):
                self.anchors.add(value)


def documents(root: Path = ROOT) -> list[Path]:
    """Return the Markdown files that are checked."""
    return sorted({path for pattern in PATTERNS for path in root.glob(pattern)})


def _inline(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _inline(token.children or ())


def _words(token: Token) -> str:
    return "".join(
        part.content for part in token.children or () if part.type in ("text", "code_inline")
    )


def slug(heading: str) -> str:
    """Return the anchor that GitHub and Hugging Face give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@cache
def _markdown(path: Path) -> _Page:
    words = re.sub(r"\A---\n.*?\n---\n", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    tokens = MarkdownIt("commonmark").enable("table").parse(words)
    page = _Page()
    for token in _inline(tokens):
        if token.type in ("html_block", "html_inline"):
            page.feed(token.content)
        for name in ("href", "src"):
            value = token.attrGet(name)
            if value:
                page.targets.append(str(value))
    for before, token in itertools.pairwise(tokens):
        if before.type == "heading_open":
            anchor, number = slug(_words(token)), 0
            while anchor in page.anchors:
                number += 1
                anchor = f"{slug(_words(token))}-{number}"
            page.anchors.add(anchor)
    return page


@cache
def _html(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _read(path: Path) -> _Page | None:
    reader = {".md": _markdown, ".html": _html}.get(path.suffix)
    return reader(path) if reader and path.is_file() else None


def local_targets(path: Path) -> list[str]:
    """Return what a document links to on this side of the network."""
    page = _read(path)
    targets = page.targets if page else []
    return [target for target in targets if not (urlsplit(target).scheme or target[:2] == "//")]


def broken_links(paths: Sequence[Path], root: Path) -> list[Broken]:
    """Return the links of some documents that lead nowhere.

    Parameters
    ----------
    paths : sequence of Path
        Markdown or HTML.
    root : Path
        A link that leads out of this folder is broken for everybody else.
    """
    found = []
    for path in paths:
        for target in local_targets(path):
            why = _wrong(path, target, root)
            if why is not None:
                found.append(Broken(Link(path.relative_to(root), target), why))
    return found


def _wrong(path: Path, target: str, root: Path) -> str | None:
    parts = urlsplit(target)
    there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not there.is_relative_to(root.resolve()):
        return "leads out of the documents"
    if not there.exists():
        return "there is no such file"
    page = _read(there)
    if parts.fragment and page is not None and unquote(parts.fragment) not in page.anchors:
        return "there is no such anchor"
    return None


def main(arguments: Sequence[str]) -> int:
    """Check the Markdown files, or the pages below the folder that is given; 1 if any is broken."""
    root = Path(arguments[0]) if arguments else ROOT
    paths = sorted(root.rglob("*.html")) if arguments else documents()
    if not paths:
        print(f"There are no pages below {root}; run `make docs`.")
        return 1
    broken = broken_links(paths, root)
    for link in broken:
        print(link)
    print(f"{len(paths)} pages checked, {len(broken)} broken links.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
