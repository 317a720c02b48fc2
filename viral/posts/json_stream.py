"""The records inside a JSON document of any size, one at a time, each with its line.

A document is read a chunk at a time. Only one record is held, so that a document of gigabytes takes
no more memory than its largest record, and what stands before a place where the document breaks off
is still read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

CHUNK_CHARACTERS = 1 << 16
MAX_RECORD_CHARACTERS = 20_000_000
"""No post has more; a record that goes on beyond it is one that never ends."""
MAX_DEPTH = 12
"""Objects within objects that are looked into for lists of records."""
_SPACE = " \t\r\n\ufeff"


def loads(text: str) -> Any:
    """Return what a JSON text says, whatever its depth.

    Raises
    ------
    ValueError
        It is no JSON, or nests without end.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error


class BrokenJSONError(ValueError):
    """The document breaks off or is no JSON; `line` says where."""

    def __init__(self, line: int) -> None:
        """Keep the number of the line, from 1."""
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True)
class Found:
    """An element of a list in the document."""

    path: tuple[str, ...]
    """Keys of the objects around the list; `()` for a list that is the document."""
    line: int
    """Where the element begins, from 1."""
    value: Any


class _Reader:
    """Text that is taken from the left and filled up on the right."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._text = ""
        self._at = 0
        self._ended = False
        self.line = 1
        self._decoder = json.JSONDecoder()

    def _fill(self, characters: int = CHUNK_CHARACTERS) -> bool:
        if self._ended:
            return False
        more = self._stream.read(characters)
        self._ended = not more
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(more)

    def _take(self, count: int) -> None:
        self.line += self._text.count("\n", self._at, self._at + count)
        self._at += count

    def peek(self) -> str:
        """Return the next character that is no space, or `""` at the end."""
        while True:
            while self._at < len(self._text):
                character = self._text[self._at]
                if character not in _SPACE:
                    return character
                self._take(1)
            if not self._fill():
                return ""

    def expect(self, characters: str) -> str:
        """Take one of these characters and return it."""
        found = self.peek()
        if not found or found not in characters:
            raise BrokenJSONError(self.line)
        self._take(1)
        return found

    def value(self) -> Any:
        """Take a whole value."""
        self.peek()
        wanted = CHUNK_CHARACTERS
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise BrokenJSONError(self.line) from None
            except ValueError:
                # It may go on in what has not been read.
                end = len(self._text)
                value = None
                if self._ended or end - self._at > MAX_RECORD_CHARACTERS:
                    raise BrokenJSONError(self.line) from None
            else:
                # A number at the very end of the text may have more digits to come.
                if end < len(self._text) or self._ended:
                    self._take(end - self._at)
                    return value
            self._fill(wanted)
            wanted *= 2


def elements(stream: TextIO) -> Iterator[Found]:
    """Yield the elements of every list that is not itself inside a list.

    Raises
    ------
    BrokenJSONError
        After the elements before it, where the document breaks off or is no JSON.
    """
    reader = _Reader(stream)
    yield from _within(reader, ())
    if reader.peek():
        raise BrokenJSONError(reader.line)


def _within(reader: _Reader, path: tuple[str, ...]) -> Iterator[Found]:
    start = reader.peek()
    if start == "[":
        reader.expect("[")
        if reader.peek() == "]":
            reader.expect("]")
            return
        while True:
            reader.peek()
            line = reader.line
            yield Found(path, line, reader.value())
            if reader.expect(",]") == "]":
                return
    if start == "{" and len(path) < MAX_DEPTH:
        reader.expect("{")
        if reader.peek() == "}":
            reader.expect("}")
            return
        while True:
            if reader.peek() != '"':
                raise BrokenJSONError(reader.line)
            key = reader.value()
            reader.expect(":")
            yield from _within(reader, (*path, key))
            if reader.expect(",}") == "}":
                return
    reader.value()
