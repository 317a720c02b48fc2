"""Texts with a row a line (CSV, TSV), and TikTok's blocks of `Name: value` lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

from viral.errors import TableError
from viral.messages import Message

MAX_CELL_CHARACTERS = 1_000_000
"""Longer than any cell is only what follows a quote that is never closed."""
MOST_LINES_BEFORE = 5
"""Lines with a title or a note that a report may have before its header."""
_NAMED_LINE = re.compile(r"([A-Z][\w ()/'-]{1,40}): ?(.*)")


def _delimiter(header: str) -> str:
    return max(",\t;|", key=header.count)


def table(start: str, stream: Any, name: str) -> Iterator[tuple[int, dict[str, str] | Message]]:
    """Yield each row of a table with its line, or why it is none.

    Parameters
    ----------
    start : str
        The beginning of the first line, already taken from the stream.
    stream : text stream
        The rest.
    name : str
        The file, for the error.

    Raises
    ------
    TableError
        There is no header.
    """
    if start and not start.endswith(("\n", "\r")):
        start += stream.readline(MAX_CELL_CHARACTERS)
    line = 1
    header_line = start.lstrip("\ufeff")
    if header_line.strip().lower().startswith("sep="):
        # Excel's own way to name the delimiter.
        header_line = stream.readline(MAX_CELL_CHARACTERS)
    while header_line and not header_line.strip() and line <= MOST_LINES_BEFORE:
        header_line = stream.readline(MAX_CELL_CHARACTERS)
        line += 1
    delimiter = _delimiter(header_line)
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        header = [cell.strip() for cell in next(csv.reader([header_line], delimiter=delimiter))]
    except (StopIteration, csv.Error):
        raise TableError(Message("posts.no_header", file=name)) from None
    if not any(header):
        raise TableError(Message("posts.no_header", file=name))
    yield from _rows(csv.reader(stream, delimiter=delimiter), header, line)


def _rows(
    reader: Any, header: list[str], header_line: int
) -> Iterator[tuple[int, dict[str, str] | Message]]:
    width = len(header)
    before = 0
    while True:
        line = before + header_line + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            before = reader.line_num
            yield line, Message("row.open_quote", line=before + header_line)
            continue
        before = reader.line_num
        if not any(cells):
            continue
        if len(cells) != width:
            if len(cells) > width and not any(cells[width:]):
                cells = cells[:width]
            else:
                yield line, Message("row.cells", count=len(cells), header=width)
                continue
        yield line, dict(zip(header, cells, strict=True))


def is_blocks(line: str) -> bool:
    """Return whether a text begins with a `Name: value` line, as TikTok's export in TXT does."""
    found = _NAMED_LINE.fullmatch(line.strip().lstrip("\ufeff"))
    return found is not None and "," not in found[1]


def blocks(start: str, stream: Any) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the blocks of `Name: value` lines that blank lines set apart, each with its line."""
    cells: dict[str, str] = {}
    first = number = 1
    last: str | None = None
    first_name: str | None = None
    line = start.lstrip("\ufeff")
    while line:
        written = line.rstrip("\r\n")
        found = _NAMED_LINE.fullmatch(written)
        if found is not None:
            # A blank line may be part of a title, so a block ends where its first name comes again.
            if found[1] == first_name and cells:
                yield first, cells
                cells, first = {}, number
            first_name = first_name or found[1]
            last = found[1]
            cells[last] = found[2].strip()
        elif written.strip() and last is not None:
            cells[last] += f"\n{written}"
        line = stream.readline(MAX_CELL_CHARACTERS)
        number += 1
    if cells:
        yield first, cells
