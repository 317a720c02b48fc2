"""A JSON document in a folder, with its own SHA-256 beside it: read only as it was written.

What a folder of numbers says decides what is predicted, so a document that was changed, cut short
or never finished is refused in one sentence before anything in it is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from viral.errors import ModelError
from viral.messages import Message

LARGEST_FILE_BYTES = 10_000_000


def plain(value: Any) -> Any:
    """Turn arrays and mappings into JSON's types; floats keep 10 significant digits."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{float(value):.10g}") if np.isfinite(value) else None
    if isinstance(value, np.integer):
        return int(value)
    return value


def hash_of(document: Mapping[str, Any]) -> str:
    """Return the first twelve digits of the SHA-256 of what a document says."""
    content = json.dumps(plain(document), sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def write_sealed(document: Mapping[str, Any], folder: Path, name: str, hash_name: str) -> None:
    """Write a document and its hash; the same document always gives the same bytes."""
    written = json.dumps(
        plain(document), sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(written.encode())
    digest = hashlib.sha256(written.encode()).hexdigest()
    (folder / hash_name).write_text(f"{digest}  {name}\n", encoding="ascii")


def refused(folder: Path, why: Message, advice: Message) -> ModelError:
    """Return the error that says why a folder cannot be used, and what to do.

    The folder goes by its name alone: visitors of the app see this, and where a server keeps things
    is not theirs.
    """
    return ModelError(Message("model.refused", folder=folder.name, why=why, advice=advice))


def checked_bytes(folder: Path, name: str, advice: Message) -> bytes:
    """Return the content of a plain file of a folder.

    Raises
    ------
    ModelError
        It is missing, a link, or larger than any file of a model.
    """
    path = folder / name
    try:
        if path.is_symlink() or not path.is_file():
            raise refused(folder, Message("model.why_missing", file=name), advice)
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise refused(folder, Message("model.why_too_large", file=name), advice)
        return path.read_bytes()
    except OSError as error:
        raise refused(folder, Message("model.why_unreadable", file=name), advice) from error


def read_sealed(folder: Path, name: str, hash_name: str, advice: Message) -> dict[str, Any]:
    """Read a document after checking its hash.

    Raises
    ------
    ModelError
        It is missing, or not the one that was written.
    """
    raw = checked_bytes(folder, name, advice)
    stated = checked_bytes(folder, hash_name, advice).decode("ascii", "replace").split()
    if not stated or stated[0] != hashlib.sha256(raw).hexdigest():
        raise refused(folder, Message("model.why_changed", file=name), advice)
    try:
        document = json.loads(raw)
    except ValueError as error:
        raise refused(folder, Message("model.why_not_json", file=name), advice) from error
    if not isinstance(document, dict):
        raise refused(folder, Message("model.why_other_version"), advice)
    return document
