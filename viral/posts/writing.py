"""Writing files so that they are either whole or what was there before."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from viral.errors import TableError
from viral.messages import Message
from viral.posts.spreadsheet import plain_table

if TYPE_CHECKING:
    import pandas as pd

WRITERS: Mapping[str, str] = {".parquet": "to_parquet", ".csv": "to_csv"}
"""Ending of the output file -> the method of pandas that writes it."""
UNFINISHED = ".unfinished-"
"""How a file is called while it is written."""


def check_output(path: Path) -> None:
    """Refuse an output that could not be written, before any work is done.

    Raises
    ------
    TableError
        The ending is not one of `WRITERS`, or the folder is not there.
    """
    if path.suffix.lower() not in WRITERS:
        raise TableError(Message("output.ending", file=path.name, endings=list(WRITERS)))
    if not path.parent.is_dir():
        raise TableError(Message("output.no_folder", folder=str(path.parent)))
    if path.is_dir():
        raise TableError(Message("output.is_folder", path=str(path)))


@contextlib.contextmanager
def whole_or_nothing(path: Path, code: str = "output.cannot_write") -> Iterator[Path]:
    """Yield a path to write to, which becomes `path` if all goes well and is deleted if not.

    Parameters
    ----------
    path : Path
        What is to be written.
    code : str
        The message where it cannot be; its places are `path` and `why`.

    Raises
    ------
    TableError
        The disk is full or the folder may not be written to.
    """
    unfinished: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED, suffix=path.suffix)
        os.close(handle)
        unfinished = Path(name)
        yield unfinished
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        # mkstemp makes files that only their owner may read; a result is an ordinary file.
        umask = os.umask(0)
        os.umask(umask)
        unfinished.chmod(0o666 & ~umask)
        unfinished.replace(path)
    except OSError as error:
        why = error.strerror or str(error)
        raise TableError(Message(code, path=str(path), why=why)) from error
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table so that the file is either the whole new one or what was there before.

    Raises
    ------
    TableError
        The ending is unknown, or the folder cannot be written to.
    """
    check_output(path)
    suffix = path.suffix.lower()
    with whole_or_nothing(path) as unfinished:
        written = plain_table(table) if suffix == ".csv" else table
        getattr(written, WRITERS[suffix])(unfinished, index=False)
