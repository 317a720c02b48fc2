"""Rows out of any file of posts, one at a time, each with its line and with whose file it is.

What cannot be read as a row comes as a `Broken` in its place, so that nothing is lost silently. A
JSON document may hold many lists; those of posts are told from others by what their records have.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from viral.errors import TableError
from viral.messages import Message
from viral.posts.exporters import recognised
from viral.posts.exporters.exporter import Exporter, OtherFile, flat, key
from viral.posts.exporters.own_table import OWN_TABLE
from viral.posts.exporters.scrapers import YT_DLP, is_playlist
from viral.posts.exporters.tiktok import DATA_EXPORT
from viral.posts.json_stream import BrokenJSONError, elements, loads
from viral.posts.parquet import records
from viral.posts.sheets import SUFFIXES as SHEETS
from viral.posts.sheets import sheets
from viral.posts.streams import TEXT_SUFFIXES, opened_text
from viral.posts.text_tables import blocks, is_blocks, table

LISTS = frozenset(
    {"collector", "entries", "data", "items", "posts", "videos", "itemlist", "awemelist"}
    | {"results", "rows", "records", "medias", "list"}
)
"""Keys of a document, see `key`, under which tools of one's own keep posts."""
OWN_POSTS = (("videos", "videolist"), ("posts", "videolist"))
"""The end of the path to one's own posts in TikTok's export; its other lists of that name hold what
was watched."""
MAX_DOCUMENT_BYTES = 64_000_000
"""One record as a whole document, or a table by columns; neither can be read a piece at a time."""
MAX_BATCH_CHARACTERS = 20_000_000
"""Of text in the rows that are worked on together; posts have some hundred characters each."""
MAX_NESTED_LISTS = 8
"""Playlists within playlists that are looked into."""
CLIP_SUFFIXES = (".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v", ".gif")
KINDS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".parquet", ".xlsx", ".zip", ".gz", ".xz")
"""What is named where a file is of no known kind."""


@dataclass(frozen=True)
class Row:
    """One post as its file has it."""

    line: int
    """Where it begins in a text, from 1; the number of the row in a parquet or sheet; of the file
    in a folder."""
    cells: Mapping[str, Any]
    """Flat: what is inside an inner record is named `outer/inner`."""
    exporter: Exporter | OtherFile | None = None
    """Whose record it is, where that is known before the columns of the whole table are."""


@dataclass(frozen=True)
class Broken:
    """A place where no row could be read."""

    line: int
    reason: Message
    """Completes "line 7: ..."."""
    ends: bool = False
    """Whether nothing after it could be read either."""


Rows = Generator[Row | Broken, None, None]


def rows_of(path: Path, member: str | None = None) -> Rows:
    """Yield the rows of a file, or of the metadata files of a folder.

    Parameters
    ----------
    path : Path
        A file or a folder.
    member : str, optional
        Which text of a `.zip`; its only one otherwise.

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
    elif suffixes[-1:] and suffixes[-1] in SHEETS:
        yield from _sheet(path)
    elif path.name.lower().endswith(".info.json"):
        yield from _metadata(path, 1)
    elif suffixes[-1:] == [".zip"] or any(s in TEXT_SUFFIXES for s in suffixes):
        yield from _text(path, member)
    else:
        raise TableError(Message("posts.unknown_kind", file=path.name, kinds=list(KINDS)))


def _text(path: Path, member: str | None) -> Rows:
    with opened_text(path, member) as (stream, name):
        ending = Path(name).suffix.lower()
        if ending in (".csv", ".tsv", ".txt"):
            start = stream.readline(10_000)
            if ending == ".txt" and is_blocks(start):
                for line, cells in blocks(start, stream):
                    yield Row(line, cells)
                return
            for line, found in table(start, stream, path.name):
                yield Broken(line, found) if isinstance(found, Message) else Row(line, found)
            return
        by_line = ending in (".jsonl", ".ndjson") or _is_by_line(stream)
    with opened_text(path, member) as (stream, _):
        yield from _lines(stream) if by_line else _document(stream, path, member)


def _is_by_line(stream: Any) -> bool:
    # One record a line, under the wrong name; a document of one line is no such thing.
    line = stream.readline(20_000_000)
    try:
        value = loads(line)
    except ValueError:
        return False
    if not isinstance(value, dict):
        return False
    if not any(isinstance(inner, (list, dict)) for inner in value.values()):
        return True
    return any(text.lstrip().startswith("{") for text in islice(stream, 3))


def _lines(stream: Any) -> Rows:
    number = 0
    while line := stream.readline(MAX_DOCUMENT_BYTES):
        number += 1
        if not line.strip():
            continue
        try:
            record = loads(line)
        except ValueError:
            yield Broken(number, Message("row.no_json"))
            continue
        yield from _posts_in(number, record)


def _posts_in(line: int, value: Any, depth: int = MAX_NESTED_LISTS) -> Rows:
    """Yield the posts of one record: itself, those of a playlist, or what gallery-dl says of it."""
    if isinstance(value, list) and len(value) > 1 and isinstance(value[0], int):
        # gallery-dl -j: 2 is a folder, 3 a file with its address and what is known of it.
        if value[0] == 3 and isinstance(value[-1], dict):
            yield Row(line, flat(value[-1]))
        return
    if not isinstance(value, dict):
        yield Broken(line, Message("row.no_record"))
        return
    if is_playlist(value):
        for entry in value.get("entries") or () if depth else ():
            if isinstance(entry, dict):
                yield from _posts_in(line, entry, depth - 1)
        return
    yield Row(line, flat(value))


def _document(stream: Any, path: Path, member: str | None) -> Rows:
    kinds: dict[tuple[str, ...], Exporter | OtherFile | None] = {}
    found = 0
    others: list[OtherFile] = []
    try:
        for element in elements(stream):
            for row in _posts_in(element.line, element.value):
                if isinstance(row, Broken):
                    if not element.path or key(element.path[-1]) in LISTS:
                        found += 1
                        yield row
                    continue
                if kinds.get(element.path) is None:
                    kinds[element.path] = _kind(element.path, row.cells)
                kind = kinds[element.path]
                if isinstance(kind, Exporter):
                    found += 1
                    yield Row(row.line, row.cells, None if kind is OWN_TABLE else kind)
                elif kind is not None and kind not in others:
                    others.append(kind)
    except BrokenJSONError as error:
        yield Broken(error.line, Message("row.json_ends"), ends=True)
        return
    if not found:
        whole = list(_whole(path, member))
        if others and not any(isinstance(_kind((), row.cells), Exporter) for row in whole):
            yield Row(1, {}, others[0])
        else:
            yield from whole


def _kind(path: Sequence[str], cells: Mapping[str, Any]) -> Exporter | OtherFile | None:
    """Return what a list holds by one of its records; what is no exporter's only where it fits."""
    if tuple(map(key, path[-2:])) in OWN_POSTS:
        # A post may lack its link or likes; that it stands here says enough.
        return DATA_EXPORT
    kind = recognised(cells, (cells,))
    if kind is None or kind is OWN_TABLE or not isinstance(kind, Exporter):
        expected = not path or (len(path) <= 2 and key(path[-1]) in LISTS)
        if kind is None and expected and cells:
            return OWN_TABLE
        return kind if expected or isinstance(kind, OtherFile) else None
    return kind


def _whole(path: Path, member: str | None) -> Iterator[Row]:
    """Yield the rows of a document that is one record, or a table written by columns."""
    with opened_text(path, member) as (stream, _):
        text = stream.read(MAX_DOCUMENT_BYTES + 1)
    if len(text) > MAX_DOCUMENT_BYTES:
        raise TableError(Message("posts.no_list", file=path.name))
    document = loads(text)
    if not isinstance(document, dict) or not document:
        return
    columns = list(document.values())
    if all(isinstance(column, dict) for column in columns) and not isinstance(
        recognised(flat(document)), Exporter
    ):
        keys = dict.fromkeys(key for column in columns for key in column)
        for number, inner in enumerate(keys, start=1):
            yield Row(number, {name: column.get(inner) for name, column in document.items()})
    elif all(isinstance(c, list) and len(c) == len(columns[0]) for c in columns):
        for number, cells in enumerate(zip(*columns, strict=True), start=1):
            yield Row(number, dict(zip(document, cells, strict=True)))
    else:
        for row in _posts_in(1, document):
            if isinstance(row, Row):
                yield row


def _metadata(path: Path, number: int) -> Rows:
    """Yield the post that a downloader's own file describes, with its clip beside it."""
    try:
        if path.stat().st_size > MAX_DOCUMENT_BYTES:
            yield Broken(number, Message("row.info_too_large", file=path.name))
            return
        with opened_text(path) as (stream, _):
            info = loads(stream.read(MAX_DOCUMENT_BYTES))
    except (OSError, ValueError, TableError):
        yield Broken(number, Message("row.info_no_json", file=path.name))
        return
    if not isinstance(info, dict):
        yield Broken(number, Message("row.info_no_record", file=path.name))
        return
    is_info = path.name.lower().endswith(".info.json")
    stem = path.name[: -len(".info.json")] if is_info else path.name.split(".")[0]
    clips = (path.with_name(stem + suffix) for suffix in CLIP_SUFFIXES)
    clip = next((clip for clip in clips if clip.is_file()), None)
    there = {"video_path": str(clip.resolve())} if clip else {}
    for row in _posts_in(number, info):
        if isinstance(row, Row):
            yield Row(number, {**row.cells, **there}, YT_DLP if is_info else None)


def _folder(path: Path) -> Rows:
    files = sorted(path.rglob("*.info.json"))
    if not files:
        files = sorted([*path.rglob("*.json.xz"), *path.rglob("*.json")])
    if not files:
        raise TableError(Message("posts.no_info", folder=str(path)))
    for number, file in enumerate(files, start=1):
        yield from _metadata(file, number)


def _parquet(path: Path) -> Rows:
    import pyarrow as pa

    try:
        for number, record in enumerate(records(path), start=1):
            yield Row(number, flat(record))
    except FileNotFoundError as error:
        raise TableError(Message("posts.no_file", file=path.name)) from error
    except (OSError, pa.ArrowException, ValueError) as error:
        raise TableError(Message("posts.no_parquet", file=path.name)) from error


def _sheet(path: Path) -> Rows:
    """Yield the rows of the first sheet that holds posts; of the first one where none does."""
    fallback: list[Row] | None = None
    for _, rows in sheets(path):
        filled = ((n, row) for n, row in enumerate(rows, start=1) if any(c != "" for c in row))
        header = next(filled, None)
        if header is None:
            continue
        names = [str(cell).strip() for cell in header[1]]
        ahead = [Row(n, dict(zip(names, row, strict=False))) for n, row in islice(filled, 50)]
        kind = recognised(names, [row.cells for row in ahead])
        if isinstance(kind, Exporter):
            yield from ahead
            for number, row in filled:
                yield Row(number, dict(zip(names, row, strict=False)))
            return
        fallback = fallback if fallback is not None else ahead
    yield from fallback or ()


def taken(
    stream: Iterator[Row | Broken], most_rows: int, most_characters: int = MAX_BATCH_CHARACTERS
) -> list[Row | Broken]:
    """Take rows from a stream, `most_rows` or as many as hold `most_characters` of text."""
    rows: list[Row | Broken] = []
    characters = 0
    for row in stream:
        rows.append(row)
        if isinstance(row, Row):
            for value in row.cells.values():
                characters += len(value) if type(value) is str else _characters(value)
        if len(rows) >= most_rows or characters >= most_characters:
            break
    return rows


def _characters(value: Any) -> int:
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, (list, tuple)):
        return sum(map(_characters, value))
    return sum(map(_characters, value.values())) if isinstance(value, Mapping) else 8
