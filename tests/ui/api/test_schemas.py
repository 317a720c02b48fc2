"""The schemas of the answers: as the code has them, and true of real answers to the last field."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from project_root import PROJECT_ROOT
from synthesis import moving_square_frames, sine, write_clip

sys.path.insert(0, str(PROJECT_ROOT / "scripts"))

import update_schemas

from viral.explain.checks import check_seen
from viral.explain.cover import covers_of, jpegs
from viral.explain.what_if import what_if
from viral.pipeline import Analysis, analyse
from viral.posts.details import post_details
from viral.ui.api import answers
from viral.ui.api.schemas import ANSWERS, schema
from viral.ui.compare.cuts import Cut, comparison_of
from viral.version import SCHEMA_VERSION


def file_of(name: str) -> dict[str, Any]:
    path = PROJECT_ROOT / "docs" / "schemas" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def closed(part: Any) -> Any:
    """Return a schema that also refuses fields which it does not name."""
    if isinstance(part, list):
        return [closed(value) for value in part]
    if not isinstance(part, dict):
        return part
    tight = {key: closed(value) for key, value in part.items()}
    if "properties" in part and "type" in part:
        tight["additionalProperties"] = False
    return tight


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    frames = moving_square_frames(speed_px_s=60.0)
    return write_clip(path, frames=frames, waveform=sine(frequency_hz=440.0, duration_s=2.0))


@pytest.fixture(scope="module")
def found(clip: Path) -> Analysis:
    details = post_details(
        caption="Three ways to fold a shirt #howto",
        followers=12_000,
        recent_views=[900, 1500, 700, 1200, 2100],
    )
    return analyse(clip, details)


@pytest.fixture(scope="module")
def real(clip: Path, found: Analysis) -> dict[str, Any]:
    """Return answers to each call, of what is known and of what is not."""
    bare = found.again(details=post_details())
    changed = what_if(found, caption="Another one")
    cuts = [Cut("A", found), Cut("B", changed), Cut("C", None, "It cannot be read.")]
    covers = covers_of(found, "tiktok")
    compared = comparison_of([found, changed])
    return {
        "predict": [answers.prediction_json(each.prediction) for each in (found, bare)],
        "explain": [answers.explanation_json(each, "id") for each in (found, bare)],
        "what_if": [answers.what_if_json(found, changed, "id")],
        "compare": [
            answers.comparison_json(cuts, ["a", "b", None], compared),
            answers.comparison_json(cuts[1:], ["b", None], None),
        ],
        "check": [answers.check_json(check_seen(found, "tiktok"))],
        "cover": [answers.covers_json(covers, jpegs(clip, covers))],
    }


def test_the_files_are_what_the_code_says() -> None:
    folder = PROJECT_ROOT / "docs" / "schemas"
    assert {path.stem for path in folder.glob("*.json")} == set(ANSWERS)
    for name in ANSWERS:
        text = (folder / f"{name}.json").read_text(encoding="utf-8")
        assert text == update_schemas.written(name), "run `make readme`"
        Draft202012Validator.check_schema(json.loads(text))


@pytest.mark.parametrize("name", ANSWERS)
def test_real_answers_are_as_the_schema_says(name: str, real: dict[str, Any]) -> None:
    validator = Draft202012Validator(closed(file_of(name)))
    for answer in real[name]:
        # As a client gets it: through JSON, where nothing is NaN.
        told = json.loads(json.dumps(answer, allow_nan=False))
        assert [error.message for error in validator.iter_errors(told)] == []
        assert told["schema_version"] == SCHEMA_VERSION


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_of_another_version_or_without_a_field_is_refused(
    name: str, real: dict[str, Any]
) -> None:
    validator = Draft202012Validator(schema(name))
    answer = json.loads(json.dumps(real[name][0]))
    assert validator.is_valid({**answer, "added_later": 1})
    assert not validator.is_valid({**answer, "schema_version": SCHEMA_VERSION + 1})
    for field in answer:
        assert not validator.is_valid({k: v for k, v in answer.items() if k != field}), field


def test_the_command_prints_a_schema_and_names_them_all() -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-m", "viral", "schema", *words]
        return subprocess.run(
            program, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
        )

    assert json.loads(run("predict").stdout) == file_of("predict")
    wrong = run("forecast")
    assert wrong.returncode == 2
    assert len(wrong.stderr.splitlines()) == 1
    assert all(name in wrong.stderr for name in ANSWERS)
