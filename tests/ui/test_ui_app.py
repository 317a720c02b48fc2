"""The app as built: what is public, what waits for what, what starting it costs."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from viral.messages import LANGUAGES
from viral.settings import Settings
from viral.ui.about import page as about
from viral.ui.theme import ASSETS_DIR

# In a process of its own: what is imported on the way is part of the question.
BUILD = """
import json, sys
from viral.settings import settings
from viral.ui import build
app = build(settings())
heavy = ("torch", "lightgbm", "librosa", "cv2", "av", "shap", "whisper", "sentence_transformers")
print(json.dumps({
    "imported": [name for name in heavy if name in sys.modules],
    "api": app.get_api_info(),
    "events": [[fn.concurrency_id, fn.concurrency_limit, fn.api_visibility]
               for fn in app.fns.values()],
}))
"""


# Told to stop as early as anybody could tell it: when its port has just been opened.
STOPPED = """
import os, signal
from viral.settings import settings
from viral.ui import build, launch, prepare
prepare(settings())
app = build(settings())
opened = app.launch
def open_and_tell(**options):
    result = opened(**options)
    os.kill(os.getpid(), signal.SIGTERM)
    return result
app.launch = open_and_tell
launch(app, settings(), warm_up=False)
print("ended")
"""


@pytest.fixture(scope="module")
def built() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", BUILD], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


SAME_POSTS = ["recent_likes", "recent_comments", "recent_shares"]
DETAILS = [
    "caption", "followers", "recent_views", *SAME_POSTS, "posted_at", "sound", "horizon_days"
]  # fmt: skip
# At the end, so that a client that names no arguments is answered as before.
NEWER = ["recent_saves", "platform", "account"]
ENDPOINTS = {
    "/predict": ["clip", *DETAILS, *NEWER],
    "/explain": ["clip", *DETAILS, *NEWER],
    "/what_if": ["result", *DETAILS, "trim_start_s", "trim_end_s", "without", *NEWER],
    "/compare": ["clip_a", "clip_b", "clip_c", "clip_d", *DETAILS, *NEWER],
    "/check": ["clip", "platform"],
    "/cover": ["clip", "platform", "pictures"],
}
REQUIRED = {"clip", "result", "clip_a", "clip_b"}


def test_only_the_documented_endpoints_are_public(built: dict[str, Any]) -> None:
    found = built["api"]["named_endpoints"]
    assert built["api"]["unnamed_endpoints"] == {}
    assert {
        name: [parameter["parameter_name"] for parameter in entry["parameters"]]
        for name, entry in found.items()
    } == ENDPOINTS
    for entry in found.values():
        for parameter in entry["parameters"]:
            required = parameter["parameter_name"] in REQUIRED
            assert parameter["parameter_has_default"] != required


def test_heavy_events_wait_for_each_other(built: dict[str, Any]) -> None:
    heavy = [limit for name, limit, _ in built["events"] if name == "model"]
    assert len(heavy) >= 2
    assert set(heavy) == {1}
    public = [name for name, _, visibility in built["events"] if visibility == "public"]
    assert sorted(public) == [*["model"] * 5, "what_if"]


def test_starting_loads_no_model_library(built: dict[str, Any]) -> None:
    assert built["imported"] == []


def stopped(program: str, folder: Path) -> str:
    """Run a program that serves the app until it is told to stop; return what it prints."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "VIRAL_PORT": port, "GRADIO_TEMP_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    return done.stdout


@pytest.mark.slow
def test_told_to_stop_while_it_starts_it_ends_softly(tmp_path: Path) -> None:
    assert stopped(STOPPED, tmp_path).endswith("ended\n")


@pytest.mark.slow
def test_told_to_stop_while_models_load_it_does_not_end_their_thread(tmp_path: Path) -> None:
    # Python would, when it winds up; a library that is then in the middle of something aborts the
    # process.
    loading = """
import atexit, threading
from viral.ui.running import Runner
def load():
    threading.Event().wait()
threading._register_atexit(print, "wound up")
atexit.register(print, "left")
"""
    served = STOPPED.replace("build(settings())", "build(settings(), Runner(load=load))")
    said = stopped(loading + served.replace("warm_up=False", "warm_up=True"), tmp_path)
    assert "left" in said
    assert "wound up" not in said


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_the_about_page_needs_no_model(lang: str, tmp_path: Path) -> None:
    assert "v-table" not in about.page(replace(Settings(), model_dir=tmp_path), lang)


def test_the_about_page_reads_the_manifest_as_text(tmp_path: Path) -> None:
    sources = {
        "creators_2020": {
            "posts": 42270,
            "creators": 1511,
            "first_post": "2015-12-01",
            "last_post": "2020-11-08",
        },
        "<b>other": {"posts": 30, "creators": 2, "first_post": "a", "last_post": "b"},
    }
    facts = {"data": sources, "learnt_from": {"text": 42300}}
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"version": "1.abc", "facts": facts}), encoding="utf-8")
    settings = replace(Settings(), model_dir=tmp_path)
    page = about.page(settings, "en")
    assert "feeds, 2020" in page
    assert "42,300 in all" in page
    assert "&lt;b&gt;other" in page
    assert "Model version 1.abc" in page
    assert "42.300 en total" in about.page(settings, "es")


@pytest.mark.parametrize("content", ["", "[1, 2]", "{not json", '{"facts": null}'])
def test_a_damaged_manifest_leaves_the_about_page_standing(content: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    page = about.page(replace(Settings(), model_dir=tmp_path), "en")
    assert "How it works" in page
    assert "v-table" not in page


@pytest.mark.parametrize("sheet", sorted(ASSETS_DIR.glob("*.css")), ids=lambda sheet: sheet.stem)
def test_no_rule_for_some_screens_begins_with_gradios_container(sheet: Path) -> None:
    # Gradio puts the container before each selector within @media, and twice it matches nothing.
    for query in re.findall(r"^@media.*?^}", sheet.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        assert ".gradio-container" not in query
