"""The examples of `docs/api.md` and of README.md run as they stand, and say all there is to
call."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from synthesis import BLUE, GREEN, RED, clicks, solid_frames, write_clip

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs" / "api.md"
README = ROOT / "README.md"
HOME = "http://127.0.0.1:7860/"
ENDPOINTS = {"predict", "explain", "what_if", "compare", "check", "cover"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the clips that the examples name."""
    folder = tmp_path_factory.mktemp("examples")
    for name, colours in (("clip", [RED, BLUE]), ("cut_a", [RED, GREEN]), ("cut_b", [GREEN, BLUE])):
        write_clip(
            folder / f"{name}.mp4",
            frames=solid_frames(colours, cuts_s=[1.0], duration_s=2.0),
            waveform=clicks(2.0, bpm=120.0),
        )
    return folder


def _run(document: Path, desk: Path, url: str) -> dict[str, Any]:
    """Run what asks the app from top to bottom, as a reader would, and return what it made."""
    examples = re.findall(r"```python\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    made: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk)
        for example in examples:
            if "client" in example:
                exec(compile(example.replace(HOME, url), str(document), "exec"), made)
    return made


@pytest.fixture(scope="module")
def ran(served: Any, desk: Path) -> Iterator[dict[str, Any]]:
    made = _run(DOCS, desk, served.url)
    yield made
    made["client"].close()


def test_the_examples_of_the_readme_answer(served: Any, desk: Path) -> None:
    made = _run(README, desk, served.url)
    made["client"].close()
    assert made["prediction"]["views"]["median"] == made["explanation"]["views"]["median"]
    assert made["changed"]["result"] == made["explanation"]["result"]
    assert sorted(made["comparison"]["order"]) == ["A", "B"]
    assert {finding["passed"] for finding in made["checked"]["checks"]} <= {True, False, None}
    assert made["checked"]["checks"]
    assert made["covers"]["size_px"] == [1080, 1920]
    words = README.read_text(encoding="utf-8")
    assert set(re.findall(r'api_name="/(\w+)"', words)) == ENDPOINTS


def test_the_examples_answer(ran: dict[str, Any]) -> None:
    views = ran["prediction"]["views"]
    assert 0 <= views["low"] <= views["median"] <= views["high"]
    assert ran["changed"]["result"] == ran["explanation"]["result"]
    assert {ran["best"], ran["other"]} == {"A", "B"}


def test_every_call_has_its_heading_and_its_example(ran: dict[str, Any]) -> None:
    words = DOCS.read_text(encoding="utf-8")
    assert set(re.findall(r"^## (\w+)$", words, re.MULTILINE)) == ENDPOINTS
    listed = ran["client"].view_api(print_info=False, return_format="dict")["named_endpoints"]
    assert {name.strip("/") for name in listed} == ENDPOINTS
    for name in ENDPOINTS:
        assert f'api_name="/{name}"' in words


def test_every_call_is_a_tool_with_its_parameters_described(served: Any) -> None:
    with urllib.request.urlopen(f"{served.url}gradio_api/mcp/schema", timeout=30) as answer:
        tools = {tool["name"]: tool for tool in json.load(answer)}
    assert set(tools) >= ENDPOINTS
    for name in ENDPOINTS:
        assert len(tools[name]["description"]) > 40
        for parameter, schema in tools[name]["inputSchema"]["properties"].items():
            assert schema.get("description"), f"{name}: {parameter}"
