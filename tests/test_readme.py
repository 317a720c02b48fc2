"""README.md: its tables are those of the code, its examples run, and what it points at is there."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from project_root import PROJECT_ROOT

from viral.settings import Settings

README = PROJECT_ROOT / "README.md"
GENERATOR = PROJECT_ROOT / "scripts" / "update_readme.py"
DEMO = PROJECT_ROOT / "assets" / "demo_text_card.mp4"
FENCED = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def _generate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, GENERATOR, *arguments], capture_output=True, text=True, check=False
    )


def _blocks(language: str) -> list[str]:
    words = README.read_text(encoding="utf-8")
    return [body for kind, body in FENCED.findall(words) if kind == language]


def _commands(first_word: str) -> list[list[str]]:
    lines = [line for block in _blocks("sh") for line in block.splitlines()]
    calls = [shlex.split(line, comments=True) for line in lines]
    return [call for call in calls if call and call[0] == first_word]


def test_the_tables_are_up_to_date() -> None:
    done = _generate("--check")
    assert done.returncode == 0, done.stdout


def test_a_table_that_was_edited_is_named_and_written_again(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    good = README.read_text(encoding="utf-8")
    bad = good.replace("| `VIRAL_PORT` | `7860` |", "| `VIRAL_PORT` | `80` |")
    assert bad != good
    readme.write_text(bad, encoding="utf-8")

    checked = _generate("--check", "--readme", readme)
    assert checked.returncode == 1
    assert "settings" in checked.stdout
    assert "accuracy" not in checked.stdout
    assert readme.read_text(encoding="utf-8") == bad

    assert _generate("--readme", readme).returncode == 0
    assert readme.read_text(encoding="utf-8") == good


def test_a_readme_without_a_place_for_a_table_is_refused(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    words = README.read_text(encoding="utf-8").replace("begin: accuracy", "begin accuracy")
    readme.write_text(words, encoding="utf-8")
    done = _generate("--readme", readme)
    assert done.returncode == 1
    assert "accuracy" in done.stderr
    assert readme.read_text(encoding="utf-8") == words


def test_every_setting_has_its_row() -> None:
    words = README.read_text(encoding="utf-8")
    for field in fields(Settings):
        assert re.search(rf"^\| `VIRAL_{field.name.upper()}` \| `[^`]+` \| \S", words, re.M)


def test_no_path_of_the_machine_that_wrote_it() -> None:
    words = README.read_text(encoding="utf-8")
    assert str(PROJECT_ROOT) not in words
    assert str(Path.home()) + "/" not in words


def test_what_it_points_at_is_there() -> None:
    words = README.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", words)
    assert "assets/screenshot.png" in links
    for link in links:
        assert link.startswith("https://") or (PROJECT_ROOT / link).is_file(), link


def test_the_space_is_built_with_the_pinned_gradio() -> None:
    front = README.read_text(encoding="utf-8").split("---\n")[1]
    facts = dict(line.split(": ", 1) for line in front.splitlines())
    pins = (PROJECT_ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert re.search(rf"^gradio\[mcp\]=={re.escape(facts['sdk_version'])}\s", pins, re.M)
    assert (PROJECT_ROOT / facts["app_file"]).is_file()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the examples name."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(DEMO, folder / "clip.mp4")
    (folder / "clips").mkdir()
    shutil.copy(DEMO, folder / "clips" / "one.mp4")
    (folder / "drafts").mkdir()
    for name in ("one", "two"):
        shutil.copy(DEMO, folder / "drafts" / f"{name}.mp4")
    posts = {
        "video_id": ["1", "2"],
        "followers": [12_000, 500],
        "caption": ["#cooking", None],
        "posted_at": ["2026-02-01T18:00Z", "2026-02-04T18:00Z"],
        "views": [900, 1500],
    }
    pd.DataFrame(posts).to_csv(folder / "posts.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def ran(desk: Path) -> Iterator[dict[str, Any]]:
    """Run the Python examples from top to bottom, as a reader would."""
    made: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk)
        for example in _blocks("python"):
            if "gradio_client" in example:
                continue  # asks a server: see tests/app/test_app_docs.py
            exec(compile(example, str(README), "exec"), made)
    return made


def test_the_python_examples_run(ran: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 <= ran["views"].low <= ran["views"].median <= ran["views"].high
    assert ran["total"] == pytest.approx(ran["explanation"].prediction, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("call", _commands("viral"), ids=lambda call: " ".join(call[:2]))
def test_the_commands_run(call: list[str], desk: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "viral.commands.cli", *call[1:]],
        cwd=desk,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if "--json" in call:
        assert json.loads(done.stdout)["views"]["median"] > 0
    if "-o" in call:
        assert len(pd.read_parquet(desk / call[call.index("-o") + 1])) > 0


def test_there_are_commands_to_run() -> None:
    assert {call[1] for call in _commands("viral")} == {
        "compare",
        "predict",
        "predict-table",
        "extract",
    }
