"""The folder of an account's own model: one sealed document, no posts, no names, no captions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from viral.account.model import PARTS, AccountModel
from viral.checked_json import hash_of, read_sealed, refused, write_sealed
from viral.errors import ModelError, TableError
from viral.messages import Message
from viral.model.inputs import feature_names
from viral.model.regressors import EMBEDDING_PREFIX
from viral.model.store import RegressorReader, RegressorWriter

DOCUMENT = "account.json"
DOCUMENT_HASH = "account.sha256"
FORMAT = 1
"""Raised when the document's layout changes."""
ADVICE = Message("account.advice")


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something else.

    Raises
    ------
    TableError
        It is a file, or not empty and without such a model.
    """
    if folder.is_file() or (
        folder.is_dir() and any(folder.iterdir()) and not (folder / DOCUMENT).is_file()
    ):
        raise TableError(Message("account.not_its_folder", folder=str(folder)))


def save(own: AccountModel, folder: Path) -> None:
    """Write an account's model; the same model always gives the same bytes."""
    writer = RegressorWriter()
    document: dict[str, Any] = {
        "format": FORMAT,
        "learnt_on": own.learnt_on,
        "level": own.level,
        "weights": own.weights,
        "lifts": {part: writer.regressor(part, lift) for part, lift in own.lifts.items()},
        "figures": own.figures,
    }
    document["version"] = hash_of(document)
    write_sealed(document, Path(folder), DOCUMENT, DOCUMENT_HASH)


def load(folder: Path) -> AccountModel:
    """Read an account's model.

    Raises
    ------
    ModelError
        The folder is missing, was changed, or was made for other features.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ModelError(Message("account.no_folder", folder=folder.name, advice=ADVICE))
    document = read_sealed(folder, DOCUMENT, DOCUMENT_HASH, ADVICE)
    if document.get("format") != FORMAT:
        raise refused(folder, Message("model.why_other_version"), ADVICE)
    try:
        reader = RegressorReader(folder, {})
        lifts = {part: reader.regressor(entry) for part, entry in document["lifts"].items()}
        for part, lift in lifts.items():
            known = set(feature_names(part)) if part in PARTS else set()
            named = {name for name in lift.columns if not name.startswith(EMBEDDING_PREFIX)}
            if not named <= known:
                raise refused(folder, Message("model.why_features", modality=part), ADVICE)
        return AccountModel(
            level=float(document["level"]),
            lifts=lifts,
            weights={part: float(weight) for part, weight in document["weights"].items()},
            learnt_on=str(document["learnt_on"]),
            figures=dict(document["figures"]),
            version=str(document["version"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise refused(folder, Message("model.why_lacks"), ADVICE) from error
