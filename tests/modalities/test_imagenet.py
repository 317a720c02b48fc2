"""Pictures are recognised by ONNX Runtime as by torch, which stands in wherever that fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from built_clips import drawn_face, plain
from project_root import PROJECT_ROOT

from viral.modalities.networks import converted, imagenet, imagenet_onnx
from viral.settings import settings

MOST_EMBEDDING, MOST_PROBABILITY = 1e-4, 1e-5
"""How far the two may be apart; embeddings reach 5, probabilities 1."""


def textured() -> np.ndarray:
    """Return a picture of noise."""
    return np.random.default_rng(0).integers(0, 256, (512, 288, 3), np.uint8)


@pytest.fixture
def loaded_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    imagenet._loaded.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()
    imagenet._loaded.cache_clear()


@pytest.fixture(scope="module")
def shown() -> np.ndarray:
    random = np.random.default_rng(5)
    drawn = [
        drawn_face(),
        textured(),
        plain((200, 20, 20), height=100, width=300),
        plain((0, 0, 0)),
        plain((255, 255, 255)),
        random.integers(0, 256, (300, 200, 3), np.uint8),
    ]
    return np.stack([imagenet.prepared(picture) for picture in drawn])


def test_onnx_runtime_and_torch_see_the_same(shown: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "exported.onnx"
    path.write_bytes(imagenet_onnx.exported())
    ours = imagenet.OnnxNetwork(path)
    theirs = imagenet.TorchNetwork()
    for pictures in (shown, shown[:1], shown[3:5]):
        for found, expected, most in zip(
            ours(pictures), theirs(pictures), (MOST_EMBEDDING, MOST_PROBABILITY), strict=True
        ):
            np.testing.assert_allclose(found, expected, rtol=0, atol=most)


def test_a_picture_is_seen_alike_alone_and_among_others(shown: np.ndarray) -> None:
    picture = textured()
    alone, _ = imagenet.recognised([picture])
    among, _ = imagenet.recognised([plain((9, 9, 9)), picture, drawn_face()])
    np.testing.assert_array_equal(alone[0], among[1])


def test_the_export_is_the_same_on_every_machine() -> None:
    assert converted.made("efficientnet_lite0") == imagenet_onnx.exported()


@pytest.mark.usefixtures("loaded_anew")
@pytest.mark.parametrize("fault", ["no room", "no runtime", "damaged beyond its hash"])
def test_what_is_missing_is_stood_in_for_quietly(
    fault: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    picture = textured()
    expected, _ = imagenet.recognised([picture])
    imagenet._loaded.cache_clear()
    if fault == "no room":
        monkeypatch.setattr(converted, "kept", lambda _: None)
    elif fault == "no runtime":
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
    else:
        broken = tmp_path / "broken.onnx"
        broken.write_bytes(converted.made("efficientnet_lite0")[:-100_000])
        monkeypatch.setattr(converted, "kept", lambda _: broken)
    if fault != "no runtime":
        # Nothing but the definition needs torch, which few installations have.
        monkeypatch.setitem(sys.modules, "torch", None)
    found, _ = imagenet.recognised([picture])
    by_torch = fault == "no runtime"
    assert isinstance(imagenet.network(), imagenet.TorchNetwork) is by_torch
    np.testing.assert_allclose(found, expected, rtol=0, atol=MOST_EMBEDDING)
    assert capfd.readouterr() == ("", "")


PROGRAM = """
import json, sys
from viral.pipeline import analyse
from viral.posts.details import post_details
details = post_details(caption="Three ways to do it #howto", followers=900, recent_views=[5, 9, 7])
found = analyse(sys.argv[1], details)
heavy = "torch librosa numba sklearn scipy.stats shap transformers sentence_transformers".split()
imported = [name for name in heavy if name in sys.modules]
print(json.dumps([found.prediction.views.median > 0, imported]))
"""


@pytest.mark.slow
def test_a_prediction_imports_none_of_the_heavy_libraries() -> None:
    converted.prepare()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(PROJECT_ROOT / "assets" / "demo_tutorial.mp4")],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [True, []]
