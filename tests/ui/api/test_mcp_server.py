"""What the app changes in Gradio's MCP server, without serving it."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from project_root import PROJECT_ROOT

from viral.errors import MediaError
from viral.settings import Settings
from viral.ui.api import mcp_server
from viral.ui.api.mcp_server import MOST_SHOWN, for_model, sent_clip
from viral.ui.api.resources import accuracy, card_words, model_card

VALUES = st.floats(-3, 3).map(lambda value: 0.0 if abs(value) < 0.5 else value)


ON_A_SPACE = """
import json
from gradio.mcp import GradioMCPServer
from viral.settings import settings
from viral.ui import build
from viral.ui.api.guides import files
from viral.ui.api.mcp_server import improve
from viral.ui.api.resources import prompt_prefix
app = build(settings())
print(json.dumps(files(app)))
server = GradioMCPServer(app)
improve(server)
for listed, endpoint in server.tool_to_endpoint.items():
    function = server.get_block_fn_from_endpoint_name(endpoint).fn
    if getattr(function, "_mcp_type", "") == "prompt":
        assert prompt_prefix() == "my_viral_app_"
        print(listed, function._mcp_name)
"""


@pytest.fixture(scope="module")
def on_a_space() -> list[str]:
    """Return what the script above prints."""
    done = subprocess.run(
        [sys.executable, "-c", ON_A_SPACE],
        env={**os.environ, "SYSTEM": "spaces", "SPACE_ID": "someone/my.viral-app"},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_what_assistants_read_is_made_of_the_calls(on_a_space: list[str]) -> None:
    made = json.loads(on_a_space[0])
    assert set(made) == {"SKILL.md", "llms.txt", "docs/openapi.json"}
    for name, fresh in made.items():
        kept = (PROJECT_ROOT / name).read_text(encoding="utf-8")
        assert kept == fresh, f"{name}: run `make readme`"
    assert made["SKILL.md"].startswith("---\nname: viral\ndescription: ")
    named = re.findall(r"^- \[(.*?)\]\(\1\): \w", made["llms.txt"], re.M)
    assert len(named) >= 6
    for name in named:
        assert (PROJECT_ROOT / name).is_file(), name


def test_each_prompt_is_got_by_the_name_that_is_listed(on_a_space: list[str]) -> None:
    # Gradio lists a prompt under one name and looks it up by another; on a Space they differ.
    pairs = [line.split() for line in on_a_space[1:]]
    assert len(pairs) == 3
    assert all(listed == own for listed, own in pairs)


@given(st.lists(VALUES, max_size=40))
def test_a_model_reads_the_strongest_parts_in_their_order(values: list[float]) -> None:
    parts = [{"name": str(place), "value": value} for place, value in enumerate(values)]
    answer = {"explanation": {"features": parts, "average": {"base": 1}}, "views": {"low": math.pi}}
    before = json.dumps(answer)
    said = for_model(answer)
    assert json.dumps(answer) == before
    assert said["views"]["low"] == 3.142
    assert "average" not in said["explanation"]
    kept = [int(part["name"]) for part in said["explanation"]["features"]]
    assert kept == sorted(kept)
    moving = sorted((abs(value) for value in values if value), reverse=True)
    assert len(kept) >= min(MOST_SHOWN, len(moving))
    assert min((abs(values[place]) for place in kept), default=9) >= max(
        (abs(value) for place, value in enumerate(values) if place not in kept), default=0
    )


def test_an_address_of_this_app_is_its_upload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = tmp_path / "my clip+é.mp4"
    clip.write_bytes(b"x")
    monkeypatch.setattr("viral.ui.uploads.get_upload_folder", lambda: str(tmp_path))
    path = {"path": str(clip)}
    assert sent_clip(str(clip)) == path
    for quoted in ("my clip+é.mp4", "my%20clip%2B%C3%A9.mp4"):
        address = f"https://someone.hf.space/gradio_api/file={tmp_path}/{quoted}"
        assert sent_clip(address) == path
    for other in ("https://example.org/clip.mp4", "ftp://x/y", "data:video/mp4;base64,AA", "", "/"):
        with pytest.raises(MediaError):
            sent_clip(other)


def test_the_card_and_figures_are_those_of_the_model() -> None:
    folder = Settings().model_dir
    measured: Any = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    rows = accuracy(folder)["measured"]
    for row in rows:
        found = measured[row["tried_on"]][row["told"]]["model"]
        assert row["inside_the_range"] == pytest.approx(found["coverage"], abs=1e-4)
    assert model_card(folder).startswith("# ")
    words = card_words()
    assert {len(found) for found in words.values()} == {len(words["en"])}
    assert mcp_server.INSTRUCTIONS.count("/gradio_api/upload") == 1
