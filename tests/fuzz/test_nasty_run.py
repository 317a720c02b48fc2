"""`benchmarks/nasty_files.py` notices what it is there to notice."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def nasty(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("nasty_files")


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("print('12,000 views')", ""),
        ("import sys; print('viral: It is no video.'); sys.exit(2)", ""),
        ("import sys; print('It is no video.'); sys.exit(2)", "no one line"),
        ("import sys; print('viral: It is none.\\nReally.'); sys.exit(2)", "no one line"),
        ("import sys; sys.exit(2)", "no one line"),
        ("1 / 0", "exit code 1; a traceback"),
        ("import os; os.kill(os.getpid(), 9)", "exit code -9"),
        ("open('left.txt', 'w').close()", "left working/left.txt"),
        ("import tempfile; tempfile.mkstemp(suffix='.mp4')", "left scratch/"),
    ],
)
def test_what_is_wrong_is_said(nasty: Any, tmp_path: Path, code: str, wrong: str) -> None:
    ran = nasty.predicted(tmp_path / "clip.mp4", (sys.executable, "-c", code))
    assert wrong in ran.wrong()
    assert bool(ran.wrong()) == bool(wrong)
    assert str(ran).count("\n") == 0


def test_what_hangs_is_ended_and_wrong(
    nasty: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nasty, "LONGEST_S", 0.1)
    monkeypatch.setattr(nasty, "GRACE_S", 0.1)
    ran = nasty.predicted(tmp_path / "clip.mp4", (sys.executable, "-c", "while True: pass"))
    assert "took over" in ran.wrong()
    assert "exit code -9" in ran.wrong()
