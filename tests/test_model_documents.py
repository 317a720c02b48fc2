"""The model's card, guide and experiments: their tables are what was learnt and measured."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from project_root import PROJECT_ROOT

GENERATOR = PROJECT_ROOT / "scripts" / "update_model_documents.py"
DOCUMENTS = ("models/README.md", "docs/model.md", "docs/experiments.md")
LINK = re.compile(r"\]\(([^)#]+)\)")


def _generate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, GENERATOR, *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    for name in DOCUMENTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT_ROOT / name, tmp_path / name)
    return tmp_path


def test_the_tables_are_up_to_date() -> None:
    done = _generate("--check")
    assert done.returncode == 0, done.stdout


def test_a_figure_that_was_edited_is_named_and_written_again(copies: Path) -> None:
    card = copies / "models" / "README.md"
    good = card.read_text(encoding="utf-8")
    bad = re.sub(r"value: 0\.\d{3}", "value: 0.999", good, count=1)
    assert bad != good
    card.write_text(bad, encoding="utf-8")

    checked = _generate("--check", "--root", copies)
    assert checked.returncode == 1
    assert "models/README.md is out of date in front;" in checked.stdout
    assert "docs/model.md is up to date." in checked.stdout
    assert card.read_text(encoding="utf-8") == bad

    assert _generate("--root", copies).returncode == 0
    assert card.read_text(encoding="utf-8") == good


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("<!-- begin: weak -->", "<!-- begin: strong -->", "A table begins and does not end"),
        ("<!-- end: weak -->", "", "A table begins and does not end"),
        ("begin: weak -->", "begin weak -->", "A table ends and does not begin"),
    ],
)
def test_a_place_that_is_not_whole_is_refused(
    before: str, after: str, why: str, copies: Path
) -> None:
    card = copies / "models" / "README.md"
    words = card.read_text(encoding="utf-8").replace(before, after)
    card.write_text(words, encoding="utf-8")
    done = _generate("--root", copies)
    assert done.returncode == 1
    assert why in done.stderr
    assert card.read_text(encoding="utf-8") == words


def test_the_card_names_the_model_beside_it_and_its_data() -> None:
    card = (PROJECT_ROOT / "models" / "README.md").read_text(encoding="utf-8")
    manifest = json.loads((PROJECT_ROOT / "models" / "manifest.json").read_text(encoding="utf-8"))
    assert f"`{manifest['version']}`" in card
    for name, source in manifest["facts"]["data"].items():
        row = next(line for line in card.splitlines() if line.startswith(f"| `{name}` |"))
        for value in (source["posts"], source["creators"]):
            assert f" {value:,} " in row
        assert source["first_post"] in row
        assert source["last_post"] in row


def test_the_cards_metadata_is_what_the_hub_reads() -> None:
    import yaml

    front = (PROJECT_ROOT / "models" / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    facts = yaml.safe_load(front)
    assert facts["license"] == "mit"
    result = json.loads((PROJECT_ROOT / "models" / "evaluation.json").read_text(encoding="utf-8"))
    first = facts["model-index"][0]["results"][0]
    values = {metric["type"]: metric["value"] for metric in first["metrics"]}
    measured = result["unseen creators"]["history"]["model"]
    assert values["mae"] == round(measured["mae"], 3)
    assert values["coverage"] == round(measured["coverage"], 3)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_points_at_is_there(name: str) -> None:
    path = PROJECT_ROOT / name
    links = LINK.findall(path.read_text(encoding="utf-8"))
    for link in links:
        assert link.startswith("https://") or (path.parent / link).is_file(), link
