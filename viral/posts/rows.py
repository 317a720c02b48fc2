"""Rows out of any file of posts, one at a time, each with its line: CSV, JSON, parquet, a folder.

What cannot be read as a row comes as a `Broken` in its place, so that nothing is lost silently.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viral.errors import TableError
from viral.posts.column_names import flat
from viral.posts.json_stream import BrokenJSONError, elements
from viral.posts.parquet import records
from viral.posts.streams import TEXT_SUFFIXES, opened_text
from viral.posts.yt_dlp_info import info_cells, is_playlist

LISTS = {"collector", "entries", "data", "items", "posts", "videos", "itemlist", "awemelist"}
"""Keys of a document under which collections keep their posts, in lower case."""
LISTS |= {"results", "rows", "records", "videolist"}
OWN_POSTS = {("videos", "videolist"), ("posts", "videolist")}
"""The end of the path to one's own posts in TikTok's export; its other lists of that name hold what
was watched."""
MAX_CELL_CHARACTERS = 1_000_000
"""Longer than any cell is only what follows a quote that is never closed."""
MAX_DOCUMENT_BYTES = 64_000_000
"""One record as a whole document, or a table by columns; neither can be read a piece at a time."""
MAX_BATCH_CHARACTERS = 20_000_000
"""Of text in the rows that are worked on together; posts have some hundred characters each."""
CLIP_SUFFIXES = (".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v", ".gif")


@dataclass(frozen=True)
class Row:
    """One post as its file has it."""

    line: int
    """Where it begins in a text, from 1; the number of the row in a parquet; of the file in a
    folder."""
    cells: Mapping[str, Any]
    """Flat: what is inside an inner record is named `outer/inner`."""


@dataclass(frozen=True)
class Broken:
    """A place where no row could be read."""

    line: int
    reason: str
    """Completes "line 7: ..."."""
    ends: bool = False
    """Whether nothing after it could be read either."""


def rows_of(path: Path) -> Generator[Row | Broken, None, None]:
    """Yield the rows of a file, or of the `.info.json` files of a folder.

    Raises
    ------
    TableError
        The file is missing, damaged as a whole, or of an unknown kind.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if path.is_dir():
        yield from _folder(path)
    elif suffixes[-1:] == [".parquet"]:
        yield from _parquet(path)
    elif path.name.lower().endswith(".info.json"):
        yield _info(path, 1)
    elif suffixes[-1:] == [".zip"] or any(s in TEXT_SUFFIXES for s in suffixes):
        with opened_text(path) as (stream, name):
            ending = Path(name).suffix.lower()
            if ending in (".csv", ".tsv", ".txt"):
                yield from _table(stream, path.name)
                return
            start = stream.readline(MAX_CELL_CHARACTERS)
            by_line = ending in (".jsonl", ".ndjson") or _is_object(start)
        with opened_text(path) as (stream, _):
            yield from _lines(stream) if by_line else _document(stream, path)
    else:
        raise TableError(
            f"{path.name} is no table of a known kind; use .csv, .tsv, .json, .jsonl, .parquet, "
            ".zip, or a folder of clips with their .info.json."
        )


def _is_object(line: str) -> bool:
    # One record a line, under the wrong name; a document of one line is no such thing.
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not any(isinstance(v, (list, dict)) for v in value.values())


def _delimiter(header: str) -> str:
    return max(",\t;|", key=header.count)


def _table(stream: Any, name: str) -> Iterator[Row | Broken]:
    header_line = stream.readline(MAX_CELL_CHARACTERS).lstrip("\ufeff")
    if header_line.strip().lower().startswith("sep="):
        # Excel's own way to name the delimiter.
        header_line = stream.readline(MAX_CELL_CHARACTERS)
    delimiter = _delimiter(header_line)
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        header = [cell.strip() for cell in next(csv.reader([header_line], delimiter=delimiter))]
    except (StopIteration, csv.Error):
        raise TableError(f"{name} is empty; its first line must name the columns.") from None
    if not any(header):
        raise TableError(f"{name} is empty; its first line must name the columns.")
    reader = csv.reader(stream, delimiter=delimiter)
    before = 0
    while True:
        line = before + 2
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            before = reader.line_num
            yield Broken(
                line, f"a quote opens here or soon after and is not closed by line {before + 1}"
            )
            continue
        before = reader.line_num
        if not any(cells):
            continue
        if len(cells) > len(header) and not any(cells[len(header) :]):
            cells = cells[: len(header)]
        if len(cells) != len(header):
            yield Broken(line, f"it has {len(cells)} cells, the header has {len(header)}")
            continue
        yield Row(line, dict(zip(header, cells, strict=True)))


def _lines(stream: Any) -> Iterator[Row | Broken]:
    number = 0
    while line := stream.readline(MAX_DOCUMENT_BYTES):
        number += 1
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            yield Broken(number, "it is no JSON")
            continue
        yield _record(number, record)


def _record(line: int, record: Any) -> Row | Broken:
    if not isinstance(record, dict):
        return Broken(line, "it is no record with names")
    return Row(line, flat(record))


def _is_list_of_posts(path: tuple[str, ...]) -> bool:
    lowered = tuple(key.lower() for key in path)
    if lowered[-2:] in OWN_POSTS:
        return True
    return not lowered or (len(lowered) <= 2 and lowered[-1] in LISTS - {"videolist"})


def _document(stream: Any, path: Path) -> Iterator[Row | Broken]:
    found = 0
    try:
        for element in elements(stream):
            if _is_list_of_posts(element.path):
                found += 1
                record = _record(element.line, element.value)
                if isinstance(record, Row) and element.path[-1:] == ("VideoList",):
                    # The export is of one account and does not repeat its name in each post.
                    record = Row(record.line, {**record.cells, "creator": "own account"})
                yield record
    except BrokenJSONError as error:
        yield Broken(error.line, "the JSON breaks off or is damaged here", ends=True)
        return
    if not found:
        yield from _whole(path)


def _whole(path: Path) -> Iterator[Row | Broken]:
    """Yield the rows of a document that is one record, or a table written by columns."""
    with opened_text(path) as (stream, _):
        text = stream.read(MAX_DOCUMENT_BYTES + 1)
    if len(text) > MAX_DOCUMENT_BYTES:
        raise TableError(f"{path.name} holds no list of posts; see `viral posts import --help`.")
    document = json.loads(text)
    if not isinstance(document, dict) or not document:
        return
    columns = list(document.values())
    if all(isinstance(column, dict) for column in columns):
        keys = dict.fromkeys(key for column in columns for key in column)
        for number, key in enumerate(keys, start=1):
            yield Row(number, {name: column.get(key) for name, column in document.items()})
    elif all(isinstance(c, list) and len(c) == len(columns[0]) for c in columns):
        for number, cells in enumerate(zip(*columns, strict=True), start=1):
            yield Row(number, dict(zip(document, cells, strict=True)))
    else:
        yield Row(1, flat(document))


def _info(path: Path, number: int) -> Row | Broken:
    try:
        if path.stat().st_size > MAX_DOCUMENT_BYTES:
            return Broken(number, f"{path.name} is too large for what yt-dlp writes")
        info = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return Broken(number, f"{path.name} cannot be read as JSON")
    if not isinstance(info, dict):
        return Broken(number, f"{path.name} is no record with names")
    stem = path.name[: -len(".info.json")]
    clips = (path.with_name(stem + suffix) for suffix in CLIP_SUFFIXES)
    clip = next((clip for clip in clips if clip.is_file()), None)
    return Row(
        number, {**info_cells(info), **({"video_path": str(clip.resolve())} if clip else {})}
    )


def _folder(path: Path) -> Iterator[Row | Broken]:
    files = sorted(path.rglob("*.info.json"))
    if not files:
        raise TableError(f"{path} holds no .info.json files; give the folder that yt-dlp wrote to.")
    for number, file in enumerate(files, start=1):
        row = _info(file, number)
        # The info of a playlist is no post.
        if not (isinstance(row, Row) and is_playlist(row.cells)):
            yield row


def _parquet(path: Path) -> Iterator[Row | Broken]:
    import pyarrow as pa

    try:
        for number, record in enumerate(records(path), start=1):
            yield Row(number, flat(record))
    except FileNotFoundError as error:
        raise TableError(f"There is no file {path.name}; check the path.") from error
    except (OSError, pa.ArrowException, ValueError) as error:
        raise TableError(f"{path.name} cannot be read as parquet; save it again.") from error


def taken(
    stream: Iterator[Row | Broken], most_rows: int, most_characters: int = MAX_BATCH_CHARACTERS
) -> list[Row | Broken]:
    """Take rows from a stream, `most_rows` or as many as hold `most_characters` of text."""
    rows: list[Row | Broken] = []
    characters = 0
    for row in stream:
        rows.append(row)
        if isinstance(row, Row):
            characters += sum(_characters(value) for value in row.cells.values())
        if len(rows) >= most_rows or characters >= most_characters:
            break
    return rows


def _characters(value: Any) -> int:
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, (list, tuple)):
        return sum(map(_characters, value))
    return sum(map(_characters, value.values())) if isinstance(value, Mapping) else 8
