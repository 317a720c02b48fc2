"""Logs for a host: one JSON object a line, and nothing of what creators send.

A line has the time, the level, where it was written, an event, and numbers or names that are known
beforehand (`extra={"facts": {...}}`). Messages of libraries may quote file names and captions, so
they are left out; of an error its type and the lines of code it passed stay, its message does not.
"""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

OUR_LOGGERS = "viral"
"""Their messages are sentences of this project and are written out."""
MOST_FRAMES = 20
_FRAME = re.compile(r'\s*File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<function>\S+)')
_ERROR = re.compile(r"(?P<type>[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning))(?::|$)")


def _package_path(path: str) -> str:
    """Return a code file's path from its package on, without where it is installed."""
    for mark in ("/site-packages/", "/lib/python"):
        _, found, rest = path.rpartition(mark)
        if found:
            return rest
    return "/".join(path.split("/")[-3:])


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        ours = record.name.split(".")[0] == OUR_LOGGERS
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage() if ours else f"line {record.lineno}",
        }
        facts = getattr(record, "facts", None)
        if isinstance(facts, dict):
            line.update(facts)
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["at"] = [
                f"{_package_path(frame.filename)}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-MOST_FRAMES:]
            ]
        return json.dumps(line)


class Redacted(io.TextIOBase):
    """Stands in for standard error: tracebacks that a library prints become log lines.

    Of what is written, the lines of code and the type of the error are kept. The rest, which may
    quote anything, is counted only.
    """

    def __init__(self, say: logging.Logger) -> None:
        """Write to a logger of ours."""
        self._say = say
        self._rest = ""
        self._at: list[str] = []
        self._lock = threading.RLock()

    def writable(self) -> bool:
        """Return that it is."""
        return True

    def write(self, text: str) -> int:
        """Take in some text and log what may be told of it."""
        with self._lock:
            *lines, self._rest = (self._rest + text).split("\n")
            for line in lines:
                self._take(line)
        return len(text)

    def _take(self, line: str) -> None:
        frame = _FRAME.match(line)
        error = _ERROR.match(line)
        if frame:
            place = f"{_package_path(frame['file'])}:{frame['line']} {frame['function']}"
            self._at = [*self._at, place][-MOST_FRAMES:]
        elif error and self._at:
            facts = {"error": error["type"].split(".")[-1], "at": self._at}
            self._at = []
            self._say.error("An error was printed.", extra={"facts": facts})


def use_json_lines(stream: TextIO | None = None) -> None:
    """Send all logs of this process, and what is printed to standard error, through `JsonLines`."""
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OUR_LOGGERS).setLevel(logging.INFO)
    logging.captureWarnings(True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        # uvicorn gives its loggers handlers of their own.
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    sys.stderr = Redacted(logging.getLogger(f"{OUR_LOGGERS}.printed"))
