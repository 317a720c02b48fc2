"""A file of posts as it was understood: whose it is, what its columns mean, how it writes dates.

Nothing is guessed that could be asked: a file of an exporter that is known is read by that
exporter's meanings, a file without posts is refused with what to take instead.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from viral.errors import TableError
from viral.messages import Message
from viral.posts.column_names import saved_mapping
from viral.posts.dates import day_comes_first
from viral.posts.exporters import EXPORTERS, recognised
from viral.posts.exporters.exporter import Exporter, OtherFile, Reader
from viral.posts.exporters.other_files import DAYS
from viral.posts.exporters.own_table import OWN_TABLE
from viral.posts.rows import Broken, Row, rows_of, taken
from viral.posts.streams import text_members

SAMPLE_ROWS = 2_000
"""Rows that are looked at ahead, to see whose file it is and how dates are written."""
LOOKED_AT = 200
"""Of these, the rows whose cells are looked at."""
TOLD_COLUMNS = 12
"""Names of columns that one sentence lists."""
MOST_MEMBERS = 100
"""Files of a `.zip` that are looked into."""


@dataclass
class Understood:
    """A file that is being read."""

    path: Path
    rows: Iterator[Row | Broken]
    names: tuple[str, ...]
    """Columns of the file, as far as the first rows have them."""
    exporter: Exporter
    """Whose file it is; the first where records of several are mixed."""
    mapping: Mapping[str, str]
    day_first: bool | None = None
    members: tuple[str, ...] = ()
    """Texts of a `.zip` that are read."""
    _readers: dict[str, Reader] = field(default_factory=dict)

    def row(self, item: Row) -> dict[str, Any] | None:
        """Return a row under the schema's names; None where it is no post."""
        exporter = item.exporter if isinstance(item.exporter, Exporter) else self.exporter
        reader = self._readers.get(exporter.title)
        if reader is None:
            reader = self._readers[exporter.title] = Reader(exporter, self.mapping)
        return reader.row(item.cells)

    @property
    def titles(self) -> tuple[str, ...]:
        """Return whose records were read: "TikTok Studio, Content"."""
        return tuple(self._readers) or (self.exporter.title,)

    @property
    def meanings(self) -> dict[str, str | None]:
        """Return name in the file -> column of the schema, or None where it is not read."""
        found: dict[str, str | None] = {}
        for reader in self._readers.values():
            for name, means in reader.meanings.items():
                found[name] = found.get(name) or means
        found.update({name: column for column, name in self.mapping.items() if name in found})
        return found


@contextmanager
def understood(
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    mappings_dir: Path | None = None,
    day_first: bool | None = None,
) -> Iterator[Understood]:
    """Open a file of posts and find out whose it is.

    Parameters
    ----------
    path : Path
        See `viral.posts.rows.rows_of`.
    mapping : mapping, optional
        Column of the schema -> name in the file; goes before what the exporter means by it.
    mappings_dir : Path, optional
        Where mappings are kept, looked up for a file with the same columns.
    day_first : bool, optional
        How to read `03/04/2024`; otherwise as other dates of the file, or its exporter, write it.

    Raises
    ------
    TableError
        It cannot be read, holds no posts, or has no column of a known name.
    """
    members = _members_with_posts(path) if path.suffix.lower() == ".zip" else ()
    with closing(_all_rows(path, members)) as stream:
        ahead = taken(stream, SAMPLE_ROWS)
        seen = [row for row in ahead if isinstance(row, Row)]
        names = tuple(dict.fromkeys(name for row in seen for name in row.cells))
        chosen = _chosen_mapping(path, names, mapping, mappings_dir)
        exporter = _exporter(path, seen, names, chosen)
        found = Understood(path, chain(ahead, stream), names, exporter, chosen, members=members)
        found.day_first = day_first if day_first is not None else _day_first(found, seen)
        yield found


def _all_rows(path: Path, members: Sequence[str]) -> Generator[Row | Broken, None, None]:
    for member in members or (None,):
        yield from rows_of(path, member)


def _chosen_mapping(
    path: Path, names: Sequence[str], given: Mapping[str, str] | None, folder: Path | None
) -> dict[str, str]:
    chosen = saved_mapping(folder, names) if folder is not None else {}
    chosen.update(given or {})
    for column, name in (given or {}).items():
        if name not in names:
            raise TableError(
                Message(
                    "posts.no_such_column",
                    file=path.name,
                    name=name,
                    column=column,
                    columns=list(names[:20]),
                )
            )
    return chosen


def _exporter(
    path: Path, seen: Sequence[Row], names: Sequence[str], mapping: Mapping[str, str]
) -> Exporter:
    given = next((row.exporter for row in seen if row.exporter is not None), None)
    kind = given or recognised(names, [row.cells for row in seen[:LOOKED_AT]])
    if isinstance(kind, Exporter):
        return kind
    if mapping or not seen:
        return OWN_TABLE
    if kind is not None:
        raise TableError(refusal(path.name, kind))
    raise TableError(
        Message(
            "posts.no_known_column",
            file=path.name,
            columns=[_told(name) for name in names[:TOLD_COLUMNS]],
            example=_told(_countable(seen, names)),
        )
    )


def _told(name: str) -> str:
    """Return a column's name as a sentence can hold it: printable, at most 30 characters."""
    plain = "".join(letter for letter in name if letter.isprintable())
    return plain if len(plain) <= 30 else plain[:27] + "..."


def _countable(seen: Sequence[Row], names: Sequence[str]) -> str:
    """Return the column that could most likely hold views, as an example that can be followed."""

    def digits(name: str) -> int:
        cells = (str(row.cells.get(name) or "").strip() for row in seen[:LOOKED_AT])
        return sum(cell[:1].isdigit() and len(cell) < 14 for cell in cells)

    return max(names, key=digits, default="")


def refusal(name: str, kind: OtherFile) -> Message:
    """Return the sentence for a file that holds no posts: what it is, and what to take."""
    return Message(
        "posts.other_file",
        file=name,
        what=Message(f"posts.other.{kind.what}"),
        take=Message(f"posts.take.{kind.take}"),
    )


def _day_first(found: Understood, seen: Sequence[Row]) -> bool | None:
    dates = []
    for row in seen:
        cells = found.row(row)
        written = (cells or {}).get("posted_at")
        if isinstance(written, str):
            dates.append(written)
    settled = day_comes_first(dates)
    return settled if settled is not None else found.exporter.day_first


def _members_with_posts(path: Path) -> tuple[str, ...]:
    """Return the texts of a `.zip` that hold posts, all of the exporter that says the most."""
    members = text_members(path)
    if len(members) == 1:
        return (members[0],)
    kinds = {member: _kind(path, member) for member in members[:MOST_MEMBERS]}
    held = {member: kind for member, kind in kinds.items() if isinstance(kind, Exporter)}
    if held:
        order = {exporter.title: rank for rank, exporter in enumerate(EXPORTERS)}
        best = min(held.values(), key=lambda kind: order.get(kind.title, len(order)))
        return tuple(member for member, kind in held.items() if kind.title == best.title)
    others = [kind for kind in kinds.values() if isinstance(kind, OtherFile)]
    take = others[0].take if others else DAYS.take
    raise TableError(
        Message(
            "posts.zip_without_posts",
            file=path.name,
            members=[_described(member, kind) for member, kind in list(kinds.items())[:12]],
            take=Message(f"posts.take.{take}"),
        )
    )


def _described(member: str, kind: Exporter | OtherFile | None) -> Message | str:
    short = member.rsplit("/", 1)[-1]
    if not isinstance(kind, OtherFile):
        return short
    return Message("posts.member", file=short, what=Message(f"posts.other.{kind.what}"))


def _kind(path: Path, member: str) -> Exporter | OtherFile | None:
    try:
        with closing(rows_of(path, member)) as rows:
            seen = [row for row in islice(rows, LOOKED_AT) if isinstance(row, Row)]
    except TableError:
        return None
    given = next((row.exporter for row in seen if row.exporter is not None), None)
    names = dict.fromkeys(name for row in seen for name in row.cells)
    return given or recognised(names, [row.cells for row in seen])
