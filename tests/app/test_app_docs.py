"""The examples of `docs/api.md` run as they stand, and say all there is to call."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from synthesis import BLUE, GREEN, RED, clicks, solid_frames, write_clip

DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "api.md"
HOME = "http://127.0.0.1:7860/"
ENDPOINTS = {"predict", "explain", "what_if", "compare"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ran(served: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Run the examples from top to bottom, as a reader would, and return what they made."""
    folder = tmp_path_factory.mktemp("examples")
    for name, colours in (("clip", [RED, BLUE]), ("cut_a", [RED, GREEN]), ("cut_b", [GREEN, BLUE])):
        write_clip(
            folder / f"{name}.mp4",
            frames=solid_frames(colours, cuts_s=[1.0], duration_s=2.0),
            waveform=clicks(2.0, bpm=120.0),
        )
    words = DOCS.read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", words, re.DOTALL)
    made: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for example in examples:
            code = compile(example.replace(HOME, served.url), str(DOCS), "exec")
            exec(code, made)
    yield made
    made["client"].close()


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
