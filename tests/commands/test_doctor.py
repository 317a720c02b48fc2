"""`viral doctor`: a line for each part, whatever is wrong with the others, and nothing private."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from project_root import PROJECT_ROOT

from viral.commands import doctor
from viral.errors import MediaError
from viral.media import walls
from viral.messages import LANGUAGES, Message

NAMES = [check.__name__.replace("_", "-") for check in doctor.CHECKS]


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "viral.commands.cli", "doctor", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT), **variables},
    )


def test_a_sound_installation_says_so_and_nothing_private(tmp_path: Path) -> None:
    private = tmp_path / "annas-own-folder"
    private.mkdir()
    done = run(
        "--json",
        VIRAL_DATA_DIR=str(private / "data"),
        TMPDIR=str(private),
        VIRAL_HUB_TOKEN="hf_secret",
        VIRAL_HUB_DATASET="anna/reports",
    )
    assert done.returncode == 0, done.stderr
    found = {each["check"]: each for each in json.loads(done.stdout)}
    assert list(found) == NAMES
    assert {each["state"] for each in found.values()} <= {"ok", "less"}
    assert found["self-test"]["state"] == found["weights"]["state"] == "ok"
    for word in ("annas", "anna/", "hf_secret", str(PROJECT_ROOT), str(Path.home()), "site-pack"):
        assert word not in done.stdout
    # It looks and leaves nothing: no database, no clip.
    assert not (private / "data").exists()
    assert list(private.rglob("*.mp4")) == []


def test_what_is_wrong_is_said_in_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    shutil.copytree(PROJECT_ROOT / "models", folder)
    manifest = folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes() + b" ")
    done = run(
        VIRAL_MODEL_DIR=str(folder),
        VIRAL_DATABASE_URL="postgresql://anna:topsecret@127.0.0.1:1/reports",
    )
    assert done.returncode == 2
    lines = {line.split()[1]: line for line in done.stdout.splitlines() if line[0] != " "}
    assert list(lines) == NAMES
    assert lines["model"].startswith("wrong")
    assert "make train" in lines["model"]
    assert lines["database"].startswith("wrong")
    assert "PostgreSQL cannot be used" in lines["database"]
    assert lines["self-test"].startswith("wrong")
    assert lines["walls"].startswith(("ok", "less"))
    assert "topsecret" not in done.stdout + done.stderr
    assert done.stderr == "viral: 3 checks failed; their lines say what to do.\n"


@pytest.mark.parametrize(
    ("stands", "state", "words"),
    [
        (walls.Walls(7, "listed"), "ok", []),
        (walls.Walls(0, "listed"), "less", ["no Landlock"]),
        (walls.Walls(7, "unreaching"), "less", ["not known for this machine"]),
        (walls.Walls(0, "none"), "less", ["no Landlock", "no filter"]),
        (None, "wrong", []),
    ],
)
def test_walls_that_are_missing_are_named_with_what_that_means(
    monkeypatch: pytest.MonkeyPatch, stands: Any, state: str, words: list[str]
) -> None:
    monkeypatch.setattr(walls, "standing", lambda: stands)
    finding = doctor.walls()
    assert finding.state == state
    missing = finding.facts.get("missing", [])
    assert len(missing) == len(words)
    assert all(word in sentence for word, sentence in zip(words, missing, strict=True))


def test_a_self_test_that_fails_says_what_kind_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from viral import pipeline

    for error, what in (
        (MediaError(Message("media.undecodable")), "media.undecodable"),
        (OSError("/home/anna/clip.mp4"), "OSError"),
    ):

        def fails(*arguments: object, error: Exception = error, **named: object) -> None:
            raise error

        monkeypatch.setattr(pipeline, "analyse", fails)
        finding = doctor.self_test()
        assert finding.state == "wrong"
        assert finding.facts == {"error": what}
        assert "anna" not in str(finding.said)


def test_every_line_is_there_in_every_language() -> None:
    for finding in (doctor.versions(), doctor.packages(), doctor.disk(), doctor.codecs()):
        for lang in LANGUAGES:
            assert "{" not in finding.said.said(lang)


def test_little_room_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_free_gb", lambda folder: 0.4)
    finding = doctor.disk()
    assert finding.state == "less"
    assert str(finding.said).endswith("make room")


def test_weights_of_extras_that_were_not_asked_for_are_not_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = doctor.weights().facts["files"]
    monkeypatch.setattr(doctor, "_installed", lambda package: False)
    found = doctor.weights()
    assert found.state == "ok"
    assert found.facts["files"] == there - 3
