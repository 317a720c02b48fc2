"""Logs: one JSON object a line, with nothing of what creators send."""

from __future__ import annotations

import io
import json
import logging
import sys
import traceback
from collections.abc import Iterator

import pytest

from viral.hosting.logs import JsonLines, Redacted, use_json_lines

SECRET = "Mariannes_wedding.mp4"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Log to a string as the served app logs, and put everything back."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.stderr, logging.getLogger("viral").level)
    out = io.StringIO()
    use_json_lines(out)
    yield out
    logging.captureWarnings(False)
    root.handlers[:], root.level, sys.stderr = before[0], before[1], before[2]
    logging.getLogger("viral").setLevel(before[3])


def told(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_our_sentences_and_facts_are_there(lines: io.StringIO) -> None:
    logging.getLogger("viral.hosting.gate").info("Answered.", extra={"facts": {"status": 200}})
    (line,) = told(lines)
    assert line["event"] == "Answered."
    assert line["status"] == 200
    assert line["level"] == "info"
    assert str(line["time"]).endswith("+00:00")


def test_what_a_library_says_is_left_out(lines: io.StringIO) -> None:
    logging.getLogger("gradio").warning("cannot open %s", SECRET)
    logging.getLogger("uvicorn.access").warning("GET /file=%s", SECRET)
    assert SECRET not in lines.getvalue()
    assert [line["from"] for line in told(lines)] == ["gradio", "uvicorn.access"]


def test_of_an_error_its_kind_and_place_stay(lines: io.StringIO) -> None:
    try:
        raise FileNotFoundError(SECRET)
    except FileNotFoundError:
        logging.getLogger("viral.x").exception("A request failed.")
        logging.getLogger("asyncio").exception("task %s", SECRET)
    assert SECRET not in lines.getvalue()
    for line in told(lines):
        assert line["error"] == "FileNotFoundError"
        assert "test_of_an_error_its_kind_and_place_stay" in str(line["at"])


def test_standard_error_is_stood_in_for(
    lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    use_json_lines(lines)
    print(SECRET, file=sys.stderr)
    assert isinstance(sys.stderr, Redacted)
    assert lines.getvalue() == ""


def test_a_printed_traceback_becomes_a_line_without_its_message(lines: io.StringIO) -> None:
    stream = Redacted(logging.getLogger("viral.printed"))
    try:
        raise ValueError(SECRET)
    except ValueError:
        traceback.print_exc(file=stream)
    print(f"could not read {SECRET}", file=stream)
    stream.write(f"ValueError: {SECRET}\n")
    assert SECRET not in lines.getvalue()
    (line,) = told(lines)
    assert (line["error"], line["level"]) == ("ValueError", "error")


def test_a_line_break_in_a_fact_makes_no_second_line() -> None:
    record = logging.LogRecord("viral", 20, "x.py", 1, "Answered.", (), None)
    record.facts = {"route": 'a\n{"level": "forged"}'}
    assert len(JsonLines().format(record).splitlines()) == 1


def test_what_is_printed_in_pieces_is_put_together(lines: io.StringIO) -> None:
    stream = Redacted(logging.getLogger("viral.printed"))
    for part in ("Traceback\n  Fi", 'le "/srv/lib/x.py", line 3, in fu', "nc\nKeyErr", "or: 'x'\n"):
        stream.write(part)
    (line,) = told(lines)
    assert line["error"] == "KeyError"
    assert line["at"] == ["srv/lib/x.py:3 func"]
