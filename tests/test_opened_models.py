"""Which files of weights a prediction opens, as the kernel sees it: none that was not compared."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from project_root import PROJECT_ROOT

from viral.modalities import language
from viral.modalities.networks import faces
from viral.modalities.networks.converted import CONVERSIONS, place_of
from viral.modalities.networks.pretrained import WEIGHTS

DEMO = PROJECT_ROOT / "assets" / "demo_tutorial.mp4"
LOOKS_LIKE_A_MODEL = re.compile(
    r"\.(pt|pth|bin|part\d|npz|npy|xz|model|onnx|safetensors|xml|omnivad|tiktoken|h5|pb|pkl)$"
)
CONVERTED = re.compile(r"whisper-base-[0-9a-f]{16}-[0-9a-f]{64}\.pt$")
"""In the cache of this project: its name is its hash, see
`viral.modalities.networks.whisper_weights`."""
KEPT = {str(place_of(name).resolve()) for name in CONVERSIONS}
"""Beside it: compared with their hashes, see `viral.modalities.networks.converted`."""
PREDICT = """
import json, sys
from dataclasses import replace
from viral import predict
from viral.modalities.networks import pretrained
if sys.argv[2] == "changed":
    for name, entry in pretrained.WEIGHTS.items():
        pretrained.WEIGHTS[name] = replace(entry, sha256="0" * 64)
made = predict(sys.argv[1], caption="Hola a todos, hoy cocinamos #cooking")
print(json.dumps(made.missing))
"""


def _opened(tmp_path: Path, how: str) -> tuple[Counter[str], list[str]]:
    """Predict under strace; return how often each model file was opened, and what was missing."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not there; install Debian's strace")
    calls = tmp_path / "calls"
    program = (sys.executable, "-c", PREDICT, DEMO, how)
    done = subprocess.run(
        [*(strace, "-f", "-qq", "-e", "trace=open,openat,openat2", "-o", calls), *program],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in done.stderr:
        pytest.skip("processes may not be traced here")
    assert done.returncode == 0, done.stderr
    found: Counter[str] = Counter()
    for line in calls.read_text(encoding="utf-8", errors="replace").splitlines():
        call = re.search(r'"([^"]+)".*= \d+$', line)
        # Python's own lists of import paths, beside the packages, end in .pth too.
        is_path_list = call and Path(call[1]).parent.name == "site-packages"
        if call and LOOKS_LIKE_A_MODEL.search(call[1]) and not is_path_list:
            found[str(Path(call[1]).resolve())] += 1
    return found, json.loads(done.stdout)


def _published() -> set[str]:
    from importlib.metadata import distribution

    return {
        str(Path(str(distribution(entry.package).locate_file(entry.path))).resolve())
        for entry in WEIGHTS.values()
        if entry.path is not None
    }


@pytest.mark.slow
def test_a_prediction_opens_no_model_that_is_not_compared_with_its_hash(tmp_path: Path) -> None:
    found, missing = _opened(tmp_path, "as published")
    assert missing == ["onscreen_text"]  # which is off unless asked for
    opened = {path for path in found if not CONVERTED.search(path)} - KEPT
    assert opened <= _published()
    # The listening worked: these two are opened by native code.
    assert {"aed.omnivad", "haarcascade_frontalface_alt2.xml"} <= {Path(p).name for p in opened}


@pytest.mark.slow
def test_a_model_with_another_hash_is_read_for_its_hash_alone(tmp_path: Path) -> None:
    found, missing = _opened(tmp_path, "changed")
    assert "speech" in missing
    touched = {path: count for path, count in found.items() if path in _published()}
    assert touched
    assert {path: count for path, count in touched.items() if count > 1} == {}


def test_a_changed_cascade_finds_no_faces_rather_than_being_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = np.zeros((256, 256, 3), np.uint8)
    assert faces.faces_of([picture]) == [()]
    monkeypatch.setitem(WEIGHTS, faces.CASCADE, replace(WEIGHTS[faces.CASCADE], sha256="0" * 64))
    faces._cascade.cache_clear()
    try:
        assert faces.faces_of([picture]) == []
    finally:
        faces._cascade.cache_clear()


def test_with_a_changed_model_the_language_of_a_caption_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = "Never buy spring onions again, grow them in a glass of water"
    assert language.language_of(words) == "en"
    name = "language_of_captions"
    monkeypatch.setitem(WEIGHTS, name, replace(WEIGHTS[name], sha256="0" * 64))
    language._identifier.cache_clear()
    try:
        assert language.language_of(words) is None
    finally:
        language._identifier.cache_clear()
