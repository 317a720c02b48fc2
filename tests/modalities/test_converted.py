"""Weights are converted once; whatever happens to the copy, the next start has them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from viral.errors import WeightsError
from viral.modalities.networks import converted
from viral.modalities.networks.converted import CONVERSIONS, Conversion, kept
from viral.modalities.networks.pretrained import WEIGHTS
from viral.settings import settings

CONTENT = b"in another form" * 999
SAMPLE = Conversion(
    sources=("face_cascade",),
    made_by=f"{__name__}:make",
    suffix=".bin",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
)
calls: list[str] = []


def make() -> bytes:
    """Return what the sample conversion makes."""
    calls.append("made")
    return CONTENT


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    place = tmp_path / "cache"
    monkeypatch.setenv("VIRAL_CACHE_DIR", str(place))
    monkeypatch.setitem(sys.modules, SAMPLE.made_by.partition(":")[0], sys.modules[__name__])
    monkeypatch.setitem(CONVERSIONS, "sample", SAMPLE)
    settings.cache_clear()
    calls.clear()
    yield place
    monkeypatch.undo()
    settings.cache_clear()


def test_it_is_made_once_and_found_again(folder: Path) -> None:
    first, second = kept("sample"), kept("sample")
    assert first is not None
    assert first == second
    assert first.read_bytes() == CONTENT
    assert calls == ["made"]
    assert [each.name for each in folder.iterdir()] == [first.name]


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"x", CONTENT[::-1]])
def test_a_damaged_copy_is_made_again(content: bytes) -> None:
    path = kept("sample")
    assert path is not None
    path.write_bytes(content)
    os.utime(path, ns=(1, 1))
    assert kept("sample") == path
    assert path.read_bytes() == CONTENT


def test_what_comes_out_differently_is_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CONVERSIONS, "sample", replace(SAMPLE, sha256="0" * 64))
    assert kept("sample") is None
    assert not folder.exists()


@pytest.mark.parametrize("name", sorted(CONVERSIONS))
def test_what_is_not_installed_is_not_taken_from_an_earlier_copy(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = CONVERSIONS[name].sources[0]
    gone = replace(WEIGHTS[source], package="viral-test-weights-of-nobody")
    monkeypatch.setitem(WEIGHTS, source, gone)
    with pytest.raises(WeightsError, match="viral-test-weights-of-nobody"):
        kept(name)


@pytest.mark.parametrize("hindrance", ["a file in its place", "no such device"])
def test_a_folder_that_cannot_be_written_costs_the_copy_alone(
    folder: Path, hindrance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if hindrance == "a file in its place":
        folder.write_text("in the way")
    else:
        monkeypatch.setenv("VIRAL_CACHE_DIR", "/proc/viral")
        settings.cache_clear()
    assert kept("sample") is None


def test_a_full_disk_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert kept("sample") is None
    assert [each.name for each in folder.iterdir()] == []


@pytest.mark.slow
def test_two_processes_that_start_together_both_have_it(folder: Path) -> None:
    program = (
        "from viral.modalities.networks.imagenet import network, OnnxNetwork;"
        "assert isinstance(network(), OnnxNetwork)"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
    assert [each.name for each in folder.iterdir()] == [
        converted.place_of("efficientnet_lite0").name
    ]
