"""The description of the HTTP calls: every example in it runs, and every answer is as described."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from project_root import PROJECT_ROOT
from synthesis import BLUE, RED, clicks, solid_frames, write_clip

pytestmark = pytest.mark.slow
UPLOAD = "/gradio_api/upload"
POST = "/gradio_api/call/v2/"


def fetched(url: str, path: str, body: Any = None) -> str:
    request = urllib.request.Request(
        url.rstrip("/") + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        return str(answer.read().decode())


@pytest.fixture(scope="module")
def described(served: Any) -> dict[str, Any]:
    return dict(json.loads(fetched(served.url, "/openapi.json")))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(
        tmp_path_factory.mktemp("clips") / "clip.mp4",
        frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0),
        waveform=clicks(2.0, bpm=120.0),
    )


def sent(url: str, clip: Path) -> str:
    """Upload a clip with the line that SKILL.md gives."""
    line = next(
        line.split()
        for line in (PROJECT_ROOT / "SKILL.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("curl -F")
    )
    words = [word.replace("http://127.0.0.1:7860", url.rstrip("/")) for word in line]
    done = subprocess.run(
        [words[0], "-s", *words[1:]], cwd=clip.parent, capture_output=True, check=True
    )
    return str(json.loads(done.stdout)[0])


def ended(stream: str) -> tuple[str, Any]:
    """Return the last event of a stream and its data."""
    event, data = stream.strip().split("\n\n")[-1].splitlines()
    return event.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def filled(example: Any, places: dict[str, str]) -> Any:
    if isinstance(example, dict):
        return {name: filled(value, places) for name, value in example.items()}
    return places.get(example, example) if isinstance(example, str) else example


def test_the_file_is_what_the_app_serves(described: dict[str, Any], served: Any) -> None:
    kept = json.loads((PROJECT_ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert described == kept
    assert fetched(served.url, "/llms.txt").startswith("# Viral\n\n> ")


def test_it_is_well_formed(described: dict[str, Any]) -> None:
    def walk(part: Any) -> None:
        if isinstance(part, dict):
            for name, value in part.items():
                if name == "$ref":
                    start, _, shape = value.rpartition("/")
                    assert start == "#/components/schemas"
                    assert shape in described["components"]["schemas"]
                walk(value)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(described)
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    named = [
        operation["operationId"]
        for methods in described["paths"].values()
        for operation in methods.values()
    ]
    assert len(named) == len(set(named))
    assert json.loads(json.dumps(described["info"]))["license"]["identifier"] == "MIT"


def test_every_example_runs_and_answers_as_described(
    described: dict[str, Any], served: Any, clip: Path
) -> None:
    places = {}
    answers = {}
    posts = [path for path in described["paths"] if path.startswith(POST)]
    assert len(posts) >= 6
    for path in sorted(posts, key=lambda path: path != f"{POST}explain"):
        name = path.removeprefix(POST)
        operation = described["paths"][path]["post"]
        content = operation["requestBody"]["content"]["application/json"]
        body = content["example"]
        for parameter, value in body.items():
            if value == {"path": "PATH"}:
                body = body | {parameter: {"path": sent(served.url, clip)}}
        body = filled(body, places)
        jsonschema.validate(body, content["schema"])
        event = json.loads(fetched(served.url, path, body))["event_id"]
        answer_path = f"/gradio_api/call/{name}/{{event_id}}"
        kind, data = ended(fetched(served.url, answer_path.replace("{event_id}", event)))
        assert kind == "complete", data
        told = described["paths"][answer_path]["get"]["responses"]["200"]["x-complete"]
        jsonschema.validate(data, told | {"components": described["components"]})
        answers[name] = data[0]
        if name == "explain":
            places["RESULT"] = data[0]["result"]
    assert answers["what_if"]["result"] == places["RESULT"]
    assert served.files() == []


def test_a_refusal_is_a_sentence_as_described(described: dict[str, Any], served: Any) -> None:
    body = {"clip": {"path": "PATH"}}
    event = json.loads(fetched(served.url, f"{POST}predict", body))["event_id"]
    path = "/gradio_api/call/predict/{event_id}"
    kind, data = ended(fetched(served.url, path.replace("{event_id}", event)))
    assert kind == "error"
    told = described["paths"][path]["get"]["responses"]["200"]["x-error"]
    jsonschema.validate(data, told | {"components": described["components"]})
    assert data["error"].endswith("add it again.")
