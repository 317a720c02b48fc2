"""What About says of the model in figures, read as JSON, and the documents under it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from parsed_page import parsed
from project_root import PROJECT_ROOT

from viral.settings import Settings
from viral.ui.about import page as about
from viral.ui.about.model import KNOWN, PROTOCOLS, accuracy, weights
from viral.ui.asset_routes import PICTURES

FIGURES = {"posts": 7627, "mae": 0.30103, "coverage": 0.815, "spearman": 0.919, "r2": 0.878}
EVALUATION = {
    protocol: {
        told: {"model": FIGURES, "others": {"followers line": {"mae": 0.477121}}} for told in KNOWN
    }
    for protocol in PROTOCOLS
}
LARGEST_PICTURE_BYTES = 150_000
FULL, BARE = "audio+text", ""


def _manifest(**audio: float) -> dict[str, object]:
    return {
        "patterns": {
            pattern: {
                "weights": {
                    BARE: {"weights": {"context": 1.0}},
                    FULL: {
                        "weights": {"context": 0.98, "audio": audio.get(pattern, 0.0), "text": 0.4}
                    },
                }
            }
            for pattern in ("history", "account", "unknown")
        }
    }


def _cells(html: str) -> list[list[str]]:
    """Return the rows of a table, its head first."""
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [
        [parsed(cell).words for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in rows
    ]


def test_the_figures_are_those_that_were_measured(tmp_path: Path) -> None:
    (tmp_path / "evaluation.json").write_text(json.dumps(EVALUATION), encoding="utf-8")
    cells = _cells(accuracy(tmp_path, "en"))[1]
    assert cells == [
        "creators it never saw",
        "five or more recent views",
        "×2",
        "×3 (a line through followers)",
        "82 %",
        "0.92",
        "0.88",
        "7,627",
    ]
    assert _cells(accuracy(tmp_path, "es"))[1][-1] == "7.627"
    assert _cells(accuracy(tmp_path, "es"))[1][2] == "×2"


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"unseen creators": {"history": {}}}'])
def test_figures_that_cannot_be_read_are_left_out(content: str, tmp_path: Path) -> None:
    (tmp_path / "evaluation.json").write_text(content, encoding="utf-8")
    assert accuracy(tmp_path, "en") == ""
    assert weights({"patterns": {"history": None}}, "en") == ""


def test_a_part_that_weighs_nothing_is_named() -> None:
    page = parsed(weights(_manifest(), "en"))
    head, told = _cells(weights(_manifest(), "en"))[:2]
    assert head[-2:] == ["On-screen text", "Caption"]
    assert told == ["recent views", "0.98", "0", "0", "0", "0", "0.4"]
    assert "Picture, Sound, Speech, and On-screen text: measured and shown" in page.words
    page = parsed(weights(_manifest(unknown=0.2), "en"))
    assert "Picture, Speech, and On-screen text: measured and shown" in page.words


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_shipped_model_has_its_figures_on_the_page(lang: str) -> None:
    page = about.page(Settings(), lang)
    assert 'data-part="accuracy"' in page
    assert 'data-part="weights"' in page
    parsed(page)


def test_without_figures_the_page_stands(tmp_path: Path) -> None:
    page = about.page(replace(Settings(), model_dir=tmp_path), "en")
    assert "data-part" not in page


def test_a_document_is_shown_without_dead_links(tmp_path: Path) -> None:
    path = tmp_path / "guide.md"
    path.write_text(
        "---\nlicense: mit\n---\n# Guide\n\nSee [the API](api.md), [Viral](https://example.org) "
        "and [below](#end).\n\n![A page](pictures/page.jpg)\n",
        encoding="utf-8",
    )
    shown = about.document(path)
    assert "# Guide" not in shown
    assert "license" not in shown
    assert "See the API, [Viral](https://example.org) and [below](#end)." in shown
    assert shown.rstrip().endswith("![A page](own/page.jpg)")


def test_the_pictures_of_the_tutorial_are_there_and_small() -> None:
    tutorial = PROJECT_ROOT / about.DOCUMENTS["tutorial"]
    named = re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", tutorial.read_text(encoding="utf-8"))
    assert {picture.name for picture in PICTURES.iterdir()} == set(named)
    assert len(named) == len(set(named)) >= 5
    for name in named:
        assert (PICTURES / name).stat().st_size < LARGEST_PICTURE_BYTES


def test_the_documents_of_the_repository_can_be_shown() -> None:
    for path in about.DOCUMENTS.values():
        if (PROJECT_ROOT / path).is_file():
            assert about.document(PROJECT_ROOT / path).strip()
