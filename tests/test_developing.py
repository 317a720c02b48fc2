"""docs/developing.md: a modality is added in one sitting, by the guide's own text."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from project_root import PROJECT_ROOT

GUIDE = PROJECT_ROOT / "docs" / "developing.md"
SECTION = "## Add a modality in one sitting\n"
TITLED = re.compile(r'^```(\w+) title="([^"]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)


def _blocks() -> list[tuple[str, str, str]]:
    """Return the blocks of the section that have a file to go to: (language, file, content)."""
    section = GUIDE.read_text(encoding="utf-8").partition(SECTION)[2]
    return TITLED.findall(section.split("\n## ")[0])


def _apply(house: Path) -> None:
    for language, name, content in _blocks():
        path = house / name
        if language == "diff":
            words = path.read_text(encoding="utf-8")
            old, new = (
                "".join(line[1:] + "\n" for line in content.splitlines() if line[0] == sign)
                for sign in "-+"
            )
            assert words.count(old) == 1, f"{name} has no line {old}"
            path.write_text(words.replace(old, new), encoding="utf-8")
        else:
            assert not path.exists(), f"{name} is there already"
            path.write_text(content, encoding="utf-8")


def test_it_takes_one_new_module_and_one_line_in_one_list() -> None:
    kinds = [language for language, _, _ in _blocks()]
    assert kinds == ["python", "diff"]
    _, name, change = _blocks()[1]
    assert name == "viral/modalities/__init__.py"
    assert [line[0] for line in change.splitlines()] == ["-", "+"]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what `guided_modality` found in a copy of the package with the guide's blocks."""
    house = tmp_path_factory.mktemp("house")
    shutil.copytree(
        PROJECT_ROOT / "viral", house / "viral", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(PROJECT_ROOT / "models", house / "models")
    _apply(house)
    tests = PROJECT_ROOT / "tests"
    done = subprocess.run(
        [sys.executable, tests / "guided_modality.py", house],
        capture_output=True,
        text=True,
        check=False,
        cwd=house,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(house), str(tests)]),
            "VIRAL_MODEL_DIR": str(house / "models"),
            "VIRAL_SPEECH_BACKEND": "off",
        },
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert answer["package"] == str(house)
    return answer


@pytest.mark.slow
def test_the_new_modality_is_among_the_features_of_a_clip(found: dict[str, Any]) -> None:
    likeness = found["likeness"]
    assert likeness["closed"] > 98.0
    assert likeness["open"] < 2.0
    assert likeness["open, trimmed"] > 98.0  # its first second is black throughout
    assert "looping.likeness" in found["columns"]
    assert found["name"] == "Looping"


@pytest.mark.slow
def test_the_model_that_is_shipped_goes_on_without_it(found: dict[str, Any]) -> None:
    for told in found["shipped"].values():
        assert told["value"] == 0.0
        assert abs(told["left over"]) < 1e-6


@pytest.mark.slow
def test_a_small_training_learns_it_and_the_explanation_says_so(found: dict[str, Any]) -> None:
    closed, open_ = found["trained"]["closed"], found["trained"]["open"]
    assert found["weight"] > 0.5
    assert closed["input"] == pytest.approx(found["likeness"]["closed"])
    assert closed["value"] > 0.1 > -0.1 > open_["value"]
    assert max(abs(told["left over"]) for told in (closed, open_)) < 1e-6
