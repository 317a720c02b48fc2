"""A mapping of columns given once for a table of one's own, and what is done to names in cells."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from viral.errors import TableError
from viral.messages import Message
from viral.posts.exporters.exporter import key
from viral.posts.schema import COLUMNS

_SHORTENED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d\d")


def shortened(video_id: Any) -> bool:
    """Return whether a spreadsheet has cut a post's number down to `7.56425E+18`."""
    return isinstance(video_id, str) and _SHORTENED.fullmatch(video_id.strip()) is not None


def anonymous(creator: Any) -> str:
    """Return a creator's name as 16 hexadecimal digits, which tell creators apart and no more."""
    return _code(str(creator))


@lru_cache(maxsize=50_000)
def _code(text: str) -> str:
    if re.fullmatch(r"[0-9a-f]{16}", text):
        return text
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def parsed_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Return a mapping written `views=Total plays`, a pair each.

    Raises
    ------
    TableError
        A pair has no `=`, or its left side is no column of the schema.
    """
    mapping = {}
    for pair in pairs:
        column, mark, name = pair.partition("=")
        column = column.strip()
        if not mark or not name.strip():
            raise TableError(Message("posts.no_mapping", pair=pair))
        if column not in COLUMNS:
            raise TableError(
                Message("posts.no_schema_column", column=column, columns=list(COLUMNS))
            )
        mapping[column] = name.strip()
    return mapping


def _mapping_path(folder: Path, header: Iterable[str]) -> Path:
    signature = "\n".join(sorted(key(name) for name in header))
    return folder / "columns" / f"{hashlib.sha256(signature.encode()).hexdigest()[:16]}.json"


def saved_mapping(folder: Path, header: Iterable[str]) -> dict[str, str]:
    """Return the mapping that was given before for a table with this header; `{}` if none was."""
    try:
        kept = json.loads(_mapping_path(folder, header).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {str(c): str(n) for c, n in kept.items() if c in COLUMNS}


def save_mapping(folder: Path, header: Iterable[str], mapping: Mapping[str, str]) -> None:
    """Keep a mapping for the next table with this header.

    Raises
    ------
    TableError
        The folder cannot be written to.
    """
    path = _mapping_path(folder, header)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(dict(mapping), ensure_ascii=False), encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise TableError(
            Message("posts.cannot_write", path=str(path.parent), why=str(error.strerror))
        ) from error
