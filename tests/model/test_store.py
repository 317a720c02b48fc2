"""The model folder: what was changed is refused by its hash, in a sentence without a path."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from project_root import PROJECT_ROOT

from viral import ViralError
from viral.model.store import load

MODELS = PROJECT_ROOT / "models"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the shipped model."""
    return Path(shutil.copytree(MODELS, tmp_path / "private" / "models"))


def _tree(folder: Path) -> Path:
    return sorted(folder.glob("*.txt"))[0]


def _truncate(folder: Path) -> None:
    tree = _tree(folder)
    tree.write_bytes(tree.read_bytes()[: tree.stat().st_size // 2])


def _change_a_digit(folder: Path) -> None:
    tree = _tree(folder)
    text = tree.read_text(encoding="utf-8")
    place = text.rindex("leaf_value=") + len("leaf_value=")
    digit = "1" if text[place + 3] != "1" else "2"
    tree.write_text(text[: place + 3] + digit + text[place + 4 :], encoding="utf-8")


def _remove(folder: Path) -> None:
    _tree(folder).unlink()


def _replace_by_a_link(folder: Path) -> None:
    tree = _tree(folder)
    tree.rename(folder.parent / "elsewhere.txt")
    tree.symlink_to(folder.parent / "elsewhere.txt")


def _change_the_manifest(folder: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("views", "likes", 1))


def _forget_the_hash(folder: Path) -> None:
    (folder / "manifest.sha256").unlink()


def _signed(folder: Path, manifest: object) -> None:
    """Write a manifest with the hash that fits it, as somebody who made a folder would."""
    content = json.dumps(manifest)
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    digest = hashlib.sha256(content.encode()).hexdigest()
    (folder / "manifest.sha256").write_text(f"{digest}  manifest.json\n", encoding="ascii")


def _other_features(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["features"]["audio"] = manifest["features"]["audio"][1:]
    _signed(folder, manifest)


def _a_modality_that_is_gone(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["features"]["smell"] = [{"name": "sweetness", "unit": "%"}]
    _signed(folder, manifest)


def _another_format(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    _signed(folder, {**manifest, "format": manifest["format"] + 1})


def _file_outside(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["../elsewhere.txt"] = "0" * 64
    _signed(folder, manifest)


def _not_a_model(folder: Path) -> None:
    _signed(folder, ["nothing"])


def _no_folder(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (_truncate, "is not the file that was written"),
        (_change_a_digit, "is not the file that was written"),
        (_remove, "is missing"),
        (_replace_by_a_link, "is missing"),
        (_change_the_manifest, "is not the file that was written"),
        (_forget_the_hash, "is missing"),
        (_other_features, "its audio features are not those of this version"),
        (_a_modality_that_is_gone, "its smell features are not those of this version"),
        (_another_format, "it was made by another version"),
        (_file_outside, "it names a file that no model has"),
        (_not_a_model, "it was made by another version"),
        (_no_folder, "There is no model folder models"),
    ],
)
def test_a_changed_folder_is_refused(
    damage: Callable[[Path], None], why: str, folder: Path
) -> None:
    damage(folder)
    with pytest.raises(ViralError) as caught:
        load(folder)
    sentence = str(caught.value)
    assert why in sentence
    assert "run `make train`." in sentence
    assert "\n" not in sentence
    # The app shows this to visitors, who need not know where the server keeps its files.
    assert str(folder.parent) not in sentence
    assert "/" not in sentence


def test_an_unchanged_copy_is_the_same_model(folder: Path) -> None:
    assert load(folder).version == load(MODELS).version
