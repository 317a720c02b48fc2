"""What a terminal shows while a clip is looked at."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from viral.commands.console import shown_stages
from viral.pipeline import STAGES

TERMINAL_WAIT_S = 0.3
"""Longer than the terminal waits between two pictures of its line."""


@pytest.mark.parametrize("stage", ["transcribing", "reading"])
def test_a_terminal_says_in_words_what_is_being_done(stage: str) -> None:
    assert stage in STAGES
    shown = io.StringIO()
    with shown_stages(Console(file=shown, force_terminal=True, width=80)) as on_stage:
        on_stage(stage)
        time.sleep(TERMINAL_WAIT_S)
    said = {"transcribing": "Transcribing what is said", "reading": "Reading the file"}
    assert said[stage] in shown.getvalue()
