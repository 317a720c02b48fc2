"""The shipped model is what training makes of what lies here: the same inputs, features, options
and libraries. That training gives the same bytes from them is shown on a small set beside this."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import pytest

from viral.modalities import NAMES
from viral.model.inputs import modality_features
from viral.model.store import read_manifest
from viral.posts.history import training_posts
from viral.posts.published_sets import MANIFEST, post_sets
from viral.training.options import TrainingOptions, ids_hash
from viral.training.train import input_hashes

MODELS = Path(__file__).resolve().parents[2] / "models"


@pytest.fixture(scope="module")
def manifest() -> dict[str, object]:
    return read_manifest(MODELS)


def test_it_was_trained_with_the_options_of_this_code(manifest: dict[str, object]) -> None:
    options = json.loads(json.dumps(asdict(TrainingOptions())))
    assert manifest["facts"]["options"] == options  # type: ignore[index]


def test_it_was_trained_on_the_features_that_are_measured(manifest: dict[str, object]) -> None:
    measured = {
        name: [{"name": f.name, "unit": f.unit} for f in modality_features(name)] for name in NAMES
    }
    assert manifest["features"] == measured


def test_it_was_trained_on_the_sets_that_are_listed(manifest: dict[str, object]) -> None:
    facts = manifest["facts"]
    assert set(facts["data"]) == {one.name for one in post_sets()}  # type: ignore[index]
    listed = input_hashes(Path("nowhere"))
    assert list(listed) == [MANIFEST.name]
    assert facts["inputs"][MANIFEST.name] == listed[MANIFEST.name]  # type: ignore[index]


def test_it_was_trained_with_the_libraries_that_are_pinned(manifest: dict[str, object]) -> None:
    for name, used in manifest["facts"]["libraries"].items():  # type: ignore[index]
        assert version(name) == used


@pytest.mark.shared
def test_it_was_trained_on_these_very_files(data_dir: Path, manifest: dict[str, object]) -> None:
    facts = manifest["facts"]
    assert facts["inputs"] == input_hashes(data_dir)  # type: ignore[index]
    posts = training_posts(data_dir)
    for name, part in posts.groupby("source"):
        assert facts["data"][name]["ids_sha256"] == ids_hash(part["video_id"])  # type: ignore[index]
