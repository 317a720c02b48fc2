"""Build the documents into build/docs, and check every link in them: `make docs`.

The pages are the Markdown files of the repository and a reference of every public name, from its
docstring. Sphinx makes them; it looks for its sources in one folder, so they are put together in
build/docs-source first, laid out as in the repository. Nothing is fetched.

    python scripts/build_docs.py                       # all of it
    python scripts/build_docs.py --without-reference   # the Markdown files alone, in seconds
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from check_links import ROOT, broken_links, documents, local_targets

BUILD = ROOT / "build"
SOURCE = BUILD / "docs-source"
PAGES = BUILD / "docs"
REFERENCE = "reference"
"""Folder of the pages that are written from docstrings."""
FIRST = ("README.md", "docs/README.md")
"""Pages that come before the others in the list at the side."""
NO_MODULES = (ROOT / "viral" / "feedback" / "migrations",)
"""Scripts that only run inside of another tool."""
CONFIGURATION = '''"""Written by scripts/build_docs.py."""

project = "Viral"
copyright = "the authors of Viral"
extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
numpydoc_show_class_members = False
html_theme = "alabaster"
html_theme_options = {"description": "How far will this clip travel for your account?"}
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html"]}
myst_enable_extensions = ["fieldlist"]
myst_heading_anchors = 4
default_role = "code"  # single backticks are code in the docstrings
autodoc_default_options = {"members": True, "undoc-members": True, "member-order": "bysource"}
autodoc_typehints = "signature"
autodoc_inherit_docstrings = False
suppress_warnings = [
    "myst.xref_missing", "misc.highlighting_failure", "ref.python", "docutils", "autodoc"
]
'''
"""Links are checked by `check_links`, in the Markdown files and in the pages, and whether the
reference has every module by `without_page`."""


def assemble(*, with_reference: bool) -> None:
    """Copy the documents, and what they link to, into one folder."""
    for folder in (SOURCE, PAGES):
        shutil.rmtree(folder, ignore_errors=True)
    SOURCE.mkdir(parents=True)
    pages = documents()
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in pages
        for target in local_targets(page)
        if not target.startswith("#")
    }
    for path in sorted({*pages, *(file for file in linked if file.is_file())}):
        copy = SOURCE / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    names = [path.relative_to(ROOT).as_posix() for path in pages]
    ordered = [name for name in FIRST if name in names]
    ordered += [name for name in names if name not in ordered]
    listed = [name.removesuffix(".md") for name in ordered]
    if with_reference:
        listed.append(f"{REFERENCE}/modules")
    contents = "\n".join(["# Viral", "", "```{toctree}", ":maxdepth: 1", "", *listed, "```", ""])
    (SOURCE / "index.md").write_text(contents, encoding="utf-8")
    (SOURCE / "conf.py").write_text(CONFIGURATION, encoding="utf-8")


def _sphinx(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", *map(str, arguments)], check=True, cwd=ROOT)


def build(*, with_reference: bool) -> None:
    """Write the pages."""
    assemble(with_reference=with_reference)
    if with_reference:
        options = ("-q", "-H", "Reference of the API", "-e", "-M", "-o", SOURCE / REFERENCE)
        _sphinx("sphinx.ext.apidoc", *options, ROOT / "viral", *NO_MODULES)
    _sphinx("sphinx", "-q", "-b", "html", SOURCE, PAGES)


def without_page() -> list[str]:
    """Return the modules that the reference should have and has not, because they do not import."""
    missing = []
    for source in sorted((SOURCE / REFERENCE).glob("viral*.rst")):
        page = (PAGES / REFERENCE / source.name).with_suffix(".html")
        if f'id="module-{source.stem}"' not in page.read_text(encoding="utf-8"):
            missing.append(source.stem)
    return missing


def main(arguments: Sequence[str]) -> int:
    """Check the Markdown files, build the pages and check those; 1 if a link is broken."""
    broken = broken_links(documents(), ROOT)
    if not broken:
        build(with_reference="--without-reference" not in arguments)
        broken = broken_links(sorted(PAGES.rglob("*.html")), PAGES)
    missing = [] if broken else without_page()
    for line in (*broken, *(f"{name}: is not in the reference" for name in missing)):
        print(line)
    if broken or missing:
        return 1
    print(f"The pages are in {PAGES.relative_to(ROOT)}; open {(PAGES / 'index.html').as_uri()}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
