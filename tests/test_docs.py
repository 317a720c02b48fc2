"""The documents: every link, anchor and picture in them leads somewhere, and pages come of them."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from project_root import PROJECT_ROOT

from viral.messages.catalogue import sentences
from viral.training.reports import LARGEST_SHARE, MOST_OF_A_CLIENT

SCRIPTS = PROJECT_ROOT / "scripts"


def _checker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_links", SCRIPTS / "check_links.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_links"] = module
    spec.loader.exec_module(module)
    return module


CHECKER = _checker()


def _broken(folder: Path, **pages: str) -> list[str]:
    """Return the broken links of some pages, `name__md="text"`."""
    paths = []
    for name, words in pages.items():
        path = folder / name.replace("__", ".")
        path.write_text(words, encoding="utf-8")
        paths.append(path)
    return [f"{b.link.target}: {b.why}" for b in CHECKER.broken_links(paths, folder)]


def test_no_link_of_a_document_is_broken() -> None:
    pages = CHECKER.documents()
    links = [target for page in pages for target in CHECKER.local_targets(page)]
    assert {"README.md", "developing.md", "EVALUATION.md"} <= {page.name for page in pages}
    assert {"docs/api.md", "assets/screenshot.png"} <= set(links)
    assert [str(link) for link in CHECKER.broken_links(pages, PROJECT_ROOT)] == []


def test_the_index_of_the_documents_leads_to_those_that_are_there() -> None:
    docs = PROJECT_ROOT / "docs"
    listed = {target for target in CHECKER.local_targets(docs / "README.md") if "/" not in target}
    assert {"api.md", "developing.md"} <= listed


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("[a](nowhere.md)", "nowhere.md: there is no such file"),
        ("![a](nowhere.png)", "nowhere.png: there is no such file"),
        ('<img src="nowhere.png">', "nowhere.png: there is no such file"),
        ("[a](#nowhere)", "#nowhere: there is no such anchor"),
        ("[a](other.md#nowhere)", "other.md#nowhere: there is no such anchor"),
        ("[a][b]\n\n[b]: nowhere.md", "nowhere.md: there is no such file"),
        ("[a](../outside.md)", "../outside.md: leads out of the documents"),
    ],
)
def test_a_broken_link_is_named(tmp_path: Path, words: str, why: str) -> None:
    assert _broken(tmp_path, page__md=words, other__md="# Here") == [why]


@pytest.mark.parametrize(
    "words",
    [
        "# One `two`, *three*!\n\n[a](#one-two-three)",
        "# Same\n\n# Same\n\n[a](#same) [b](#same-1)",
        "[a](other.md#here-too) [b](other.md) [c](.)",
        '<a name="spot"></a>\n\n[a](#spot)',
        "[elsewhere](https://example.org/nowhere) [post](mailto:a@example.org)",
        "`[a](nowhere.md)`\n\n```\n[a](nowhere.md)\n```",
        "---\ntitle: [a](nowhere.md)\n---\n\nText",
    ],
)
def test_a_good_link_passes(tmp_path: Path, words: str) -> None:
    assert _broken(tmp_path, page__md=words, other__md="# Here, too") == []


def test_pages_that_were_built_are_checked_too(tmp_path: Path) -> None:
    page = '<p id="a"><a href="#a"></a><a href="#b"></a><script src="gone.js"></script></p>'
    assert _broken(tmp_path, page__html=page) == [
        "#b: there is no such anchor",
        "gone.js: there is no such file",
    ]


def test_code_in_docstrings_can_be_read_as_such() -> None:
    # Sphinx makes a link to nowhere of `code ` with a space at its end, or with one mark alone.
    unreadable = [
        f"{path.relative_to(PROJECT_ROOT)}:{node.lineno}: {code!r}"
        for path in sorted((PROJECT_ROOT / "viral").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for code in f"{node.value.value}\0".split("`")[1::2]
        if code != code.strip() or not code or code.endswith("\0")
    ]
    assert unreadable == []


@pytest.mark.slow
def test_pages_are_built_and_a_broken_link_stops_them(tmp_path: Path) -> None:
    for name in [path.relative_to(PROJECT_ROOT) for path in CHECKER.documents()]:
        for target in ["", *CHECKER.local_targets(PROJECT_ROOT / name)]:
            linked = (PROJECT_ROOT / name.parent / target.partition("#")[0]).resolve()
            file = linked if target and linked.is_file() else PROJECT_ROOT / name
            copy = tmp_path / file.relative_to(PROJECT_ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    shutil.copytree(SCRIPTS, tmp_path / "scripts", dirs_exist_ok=True)

    def build() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, tmp_path / "scripts/build_docs.py", "--without-reference"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = build()
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "build/docs/docs/developing.html").read_text(encoding="utf-8")
    assert "Add a modality in one sitting" in page
    assert (tmp_path / "build/docs/index.html").is_file()
    with (tmp_path / "docs/developing.md").open("a", encoding="utf-8") as guide:
        guide.write("\n[gone](gone.md)\n")
    done = build()
    assert done.returncode == 1
    assert "docs/developing.md: gone.md: there is no such file" in done.stdout


def test_what_feedback_may_weigh_is_what_the_code_allows() -> None:
    text = (PROJECT_ROOT / "docs" / "learning.md").read_text(encoding="utf-8")
    said = " ".join(text.split())
    assert f"at most {MOST_OF_A_CLIENT} per client are used" in said
    assert f"at most {LARGEST_SHARE:.0%}".replace("%", " %") + " of the training posts" in said


def test_what_the_tutorial_names_stands_on_the_page() -> None:
    text = (PROJECT_ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    flowing = " ".join(line.removeprefix("* ") for line in text.splitlines())
    named = re.findall(r"(?<![*\w])\*([^*]+)\*(?![*\w])", flowing)
    assert len(named) >= 12
    on_the_page = {one for one in sentences("en").values() if isinstance(one, str)}
    assert [name for name in named if name not in on_the_page] == []
