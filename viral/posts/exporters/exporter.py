"""What an exporter is: how its file is known, and what each of its columns means.

A column's meaning belongs to its exporter: "Subscribers" of YouTube Studio are those that a video
gained, "Total likes" of TikTok Studio those of the post. Names are compared by `key`, so that the
same record says the same however it was flattened (`authorMeta/fans`, `authorMeta.fans`,
`authormeta_fans`), nested again or ordered.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from viral.posts.cells import CellError, length
from viral.posts.details import platform_named

LONGEST_SHORT_S = 180.0
"""YouTube Help, "Understand three-minute YouTube Shorts": since 15 October 2024."""

Cells = Mapping[str, Any]
"""Key of a column, see `key` -> what stands in it."""
Row = dict[str, Any]
"""Column of the schema -> cell, not parsed yet."""


@lru_cache(maxsize=50_000)
def key(name: str) -> str:
    """Return a column's name as it is compared: letters and digits alone, in lower case."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in plain if sign.isalnum() or unicodedata.category(sign) == "Mn")


def said(value: Any) -> bool:
    """Return whether a cell says anything at all."""
    if value is None or value == "" or value != value:
        return False
    return not (isinstance(value, dict) and not value)


@dataclass(frozen=True)
class Column:
    """A column of an exporter."""

    name: str
    """As the exporter writes it in English; records within records are joined by `/`."""
    means: str | None
    """Column of `viral.posts.schema`; None where it is known and not used."""
    also: tuple[str, ...] = ()
    """The same column in other languages and generations."""
    read: Callable[[Any], Any] | None = None
    """What turns a cell into the schema's unit, where it is in another."""
    unit: str = ""
    """That other unit, in words, for the documentation."""


def columns(means: str | None, *names: str, **more: Any) -> tuple[Column, ...]:
    """Return columns of one meaning, the most telling first."""
    return tuple(Column(name, means, **more) for name in names)


@dataclass(frozen=True)
class Exporter:
    """A tool or site that writes posts, in one of its generations."""

    name: str
    """"TikTok Studio"."""
    generation: str
    """"Content"."""
    platform: str | None
    """`tiktok`, `instagram`, `youtube`, `facebook`, or None where rows say."""
    needs: tuple[tuple[str, ...], ...]
    """A file is this exporter's where it has a column of each group, see `key`."""
    columns: tuple[Column, ...]
    """All columns that are known, the most telling first where several mean the same."""
    within: tuple[str, ...] = ()
    """Names of records around the post in some of its files: `node`, `data`."""
    finish: Callable[[Cells, Row], Row | None] | None = None
    """Takes the cells and the row made of them and returns the row, or None for one that is no
    post, such as a total."""
    refuses: tuple[str, ...] = ()
    """Columns that no file of this exporter has."""
    taken_from: str = ""
    """Where its columns are known from: a real sample, or public code, with version and source."""
    steps: str = ""
    """Where to click to get the file."""
    steps_es: str = ""
    """The same in Spanish."""
    day_first: bool | None = None
    """How it writes `03/04/2024`, whatever the language, where that is known."""
    account: str | None = None
    """What to call the creator where all posts are of one account and no column names it."""

    @property
    def title(self) -> str:
        """Return its name with the generation: "TikTok Studio, Content"."""
        return f"{self.name}, {self.generation}" if self.generation else self.name

    @cached_property
    def index(self) -> Mapping[str, tuple[int, Column]]:
        """Return key of a name -> rank and column, for all names of all columns."""
        found: dict[str, tuple[int, Column]] = {}
        for rank, column in enumerate(self.columns):
            for name in (column.name, *column.also):
                for around in ("", *self.within):
                    found.setdefault(key(f"{around}/{name}"), (rank, column))
        return found

    def fits(self, keys: frozenset[str]) -> bool:
        """Return whether a file with these columns is this exporter's."""
        meant = {key(self.index[k][1].name) for k in keys if k in self.index}
        if any(k in keys for k in map(key, self.refuses)):
            return False
        return all(any(key(name) in meant for name in group) for group in self.needs)


@dataclass(frozen=True)
class OtherFile:
    """A file that platforms hand out and that holds no posts."""

    what: str
    """Completes "X holds ...": "totals of days"."""
    take: str
    """A sentence: which file or export to take instead."""
    needs: tuple[tuple[str, ...], ...]
    refuses: tuple[str, ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Name -> the same column in other languages."""

    def fits(self, keys: frozenset[str]) -> bool:
        """Return whether a file with these columns is such a file."""
        if any(key(name) in keys for name in self.refuses):
            return False
        return all(
            any(key(same) in keys for name in group for same in (name, *self.also.get(name, ())))
            for group in self.needs
        )


_ELEMENT = re.compile(r"(?P<list>[^\d]+?)\d+(?P<field>name|hashtagname|chaname|title|)")


class Reader:
    """Turns flat records of one table into rows of the schema, and remembers what it read."""

    def __init__(self, exporter: Exporter, mapping: Mapping[str, str] | None = None) -> None:
        """Take an exporter, and column of the schema -> name in the file that goes before it."""
        self.exporter = exporter
        self._mapping = dict(mapping or {})
        self._by_name: dict[str, tuple[str, int, Column | None]] = {}
        self.meanings: dict[str, str | None] = {}
        """Name in the file -> column of the schema, or None where it is not read."""

    def _known(self, name: str) -> tuple[str, int, Column | None]:
        squashed = key(name)
        rank, column = self.exporter.index.get(squashed, (0, None))
        if column is None:
            element = _ELEMENT.fullmatch(squashed)
            if element is not None:
                rank, column = self.exporter.index.get(element["list"], (0, None))
                if column is None or column.means != "hashtags":
                    column = None
        found = (squashed, rank, column)
        self._by_name[name] = found
        self.meanings[name] = None if column is None else column.means
        return found

    def row(self, record: Mapping[str, Any]) -> Row | None:
        """Return a record under the schema's names; None where it is no post."""
        cells: dict[str, Any] = {}
        best: dict[str, tuple[int, Any]] = {}
        tags: list[Any] = []
        for name, value in record.items():
            squashed, rank, column = self._by_name.get(name) or self._known(name)
            if value == "" or (type(value) is not str and not said(value)):
                continue
            cells[squashed] = value
            if column is None or column.means is None:
                continue
            if column.means == "hashtags" and squashed not in self.exporter.index:
                tags.append(value)
                continue
            held = best.get(column.means)
            # Of two lists of hashtags one may be empty and the other not.
            if held is None or (value != [] if held[1] == [] else rank < held[0] and value != []):
                read = value if column.read is None else column.read(value)
                if column.read is None or said(read):
                    best[column.means] = (rank, read)
        row: Row = {means: value for means, (_, value) in best.items()}
        if tags:
            row.setdefault("hashtags", tags)
        if self.exporter.account is not None:
            row.setdefault("creator", self.exporter.account)
        finish = self.exporter.finish
        finished = row if finish is None else finish(cells, row)
        if finished is None:
            return None
        platform = _platform_of(self.exporter.platform, finished)
        if platform is not None:
            finished.setdefault("platform", platform)
        for column_name, name in self._mapping.items():
            if name in record:
                finished[column_name] = record[name]
        return finished


def _platform_of(site: str | None, row: Row) -> str | None:
    """Return the platform that a post of a site was for, as `viral.posts.details` names it."""
    if site == "youtube":
        try:
            is_short = length(row.get("duration_s"), LONGEST_SHORT_S) > 0
        except CellError:
            # Longer, so a video; or it says nothing that can be read.
            is_short = False
        return "shorts" if is_short else None
    return platform_named(site)


def _is_small(written: str) -> bool:
    # Python's own reader is made for short literals, not for what nests without end.
    return len(written) <= 20_000 and written.count("{") + written.count("[") <= 100


def unpacked(value: Any) -> Any:
    """Return what a text holds that is a record or a list written as JSON or by Python."""
    if not isinstance(value, str) or value[:1] not in "{[" or len(value) < 2:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        pass
    if value[0] == "{" and value[-1:] == "}" and _is_small(value):
        import ast

        try:
            return ast.literal_eval(value)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return value
    return value


def flat(record: Mapping[str, Any], depth: int = 5) -> dict[str, Any]:
    """Return a record with the records inside it joined by `/`; lists stay as they are."""
    result: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, str) and value[:1] == "{" and depth > 0:
            value = unpacked(value)
        if isinstance(value, Mapping) and depth > 0:
            for inner, deeper in flat(value, depth - 1).items():
                result[f"{name}/{inner}"] = deeper
        else:
            result[str(name)] = value
    return result


def keys_of(names: Iterable[str]) -> frozenset[str]:
    """Return the keys of a file's columns."""
    return frozenset(key(name) for name in names)
