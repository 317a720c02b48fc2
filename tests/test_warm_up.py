"""What is loaded before the first clip is all that a clip needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
from viral.warm_up import load_models
from viral.pipeline import analyse
from viral.posts.details import post_details
from viral.ui.uploads import demos

load_models()
before = set(sys.modules)
spoken = next(demo for demo in demos() if demo.name == "demo_tutorial")
details = post_details(caption="Three ways to do it #howto", followers=900, recent_views=[5, 9, 7])
words = analyse(spoken.path, details).features["speech"].values["word_count"]
print(json.dumps([words, sorted(set(sys.modules) - before)]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["faster-whisper", "whisper-timestamped"])
def test_a_clip_with_speech_imports_nothing_more_once_the_models_are_loaded(backend: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "VIRAL_SPEECH_BACKEND": backend},
    )
    assert done.returncode == 0, done.stderr
    words, imported = json.loads(done.stdout.splitlines()[-1])
    assert words > 10
    assert imported == []
