"""The API of the served app, called as another program would call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from synthesis import BLUE, RED, clicks, solid_frames, write_clip

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(served: Any) -> Iterator[Any]:
    from gradio_client import Client

    client = Client(served.url, verbose=False, download_files=False)
    yield client
    client.close()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(
        tmp_path_factory.mktemp("clips") / "clip.mp4",
        frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0),
        waveform=clicks(2.0, bpm=120.0),
    )


def test_the_api_answers_what_python_answers(client: Any, clip: Path, served: Any) -> None:
    from gradio_client import handle_file

    import viral

    answer = client.predict(
        clip=handle_file(str(clip)),
        caption="hello #world",
        followers=12_000,
        recent_views=[900, 1500, 700],
        posted_at="2026-03-01T18:30",
        sound="original",
        api_name="/predict",
    )
    expected = viral.predict(
        clip,
        caption="hello #world",
        followers=12_000,
        recent_views=[900, 1500, 700],
        posted_at="2026-03-01T18:30",
        sound="original",
    ).to_dict()
    assert set(answer) == set(expected)
    for name in ("views", "likes", "comments", "shares", "virality"):
        assert answer[name] == pytest.approx(expected[name], rel=1e-6)
    assert answer["score"] == pytest.approx(expected["score"], rel=1e-6)
    assert answer["missing"] == expected["missing"]
    explanation = answer["explanation"]
    for parts in ("modalities", "features"):
        total = explanation["base"] + sum(part["value"] for part in explanation[parts])
        assert total == pytest.approx(explanation["prediction"], abs=1e-6)
    assert served.files() == []


@pytest.mark.parametrize(
    ("content", "typed", "sentence"),
    [
        (b"<html>not a clip</html>", {}, r"."),
        (b"", {}, r"."),
        (None, {"followers": -1}, r"Followers must lie between 0"),
        (None, {"posted_at": "someday"}, r"is not a date"),
        (None, {"horizon_days": 0}, r"horizon in days"),
        (None, {"recent_views": ["many"]}, r"'many' is not a number"),
    ],
)
def test_the_api_refuses_in_one_sentence(
    client: Any,
    clip: Path,
    served: Any,
    tmp_path: Path,
    content: bytes | None,
    typed: dict[str, Any],
    sentence: str,
) -> None:
    from gradio_client import handle_file
    from gradio_client.exceptions import AppError

    path = clip
    if content is not None:
        path = tmp_path / "clip.mp4"
        path.write_bytes(content)
    with pytest.raises(AppError, match=sentence) as caught:
        client.predict(clip=handle_file(str(path)), api_name="/predict", **typed)
    said = str(caught.value).strip()
    assert "\n" not in said
    assert "Traceback" not in said
    assert str(served.uploads) not in said
    assert served.files() == []


def called(served: Any, clip: dict[str, Any]) -> str:
    """Call the endpoint without a client, which would upload what it is given."""
    body = json.dumps({"data": [clip, None, None, None, None, None, 30]}).encode()
    request = urllib.request.Request(
        f"{served.url}gradio_api/call/predict",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{request.full_url}/{event}", timeout=60) as answer:
        return answer.read().decode()


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_path_on_the_server_is_no_clip(served: Any, clip: Path, prefix: str) -> None:
    answer = called(served, {"path": f"{prefix}{clip}", "meta": {"_type": "gradio.FileData"}})
    assert "event: error" in answer
    assert "views" not in answer
    assert clip.is_file()


def test_an_address_elsewhere_is_no_clip(served: Any) -> None:
    clip = {"path": "http://127.0.0.1:9/clip.mp4", "url": "http://127.0.0.1:9/clip.mp4"}
    assert "event: error" in called(served, clip)


def test_a_taken_port_is_a_sentence(served: Any) -> None:
    port = served.url.rstrip("/").rsplit(":", 1)[1]
    done = subprocess.run(
        [sys.executable, "-m", "viral.cli", "app", "--port", port],
        cwd=PROJECT_ROOT,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 2
    assert f"Port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr
