"""Rows of spreadsheets: XLSX, XLS and ODS, through calamine.

python-calamine rather than openpyxl: it reads the older kinds too, is several times as fast, and
looks up no entities. What a packed sheet holds is looked at before anything is unpacked.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from viral.errors import TableError
from viral.messages import Message

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
MAX_UNPACKED_BYTES = 400_000_000
"""Of all parts of a workbook; a platform's export of a few thousand rows has some megabytes."""
MAX_PACKED_BYTES = 100_000_000
MAX_RATIO = 200.0
SAFE_UNPACKED_BYTES = 50_000_000


def check_size(path: Path) -> None:
    """Refuse a workbook that stands for far more than its size can honestly give.

    Raises
    ------
    TableError
        It does, or is damaged.
    """
    size = path.stat().st_size
    most = min(MAX_UNPACKED_BYTES, max(SAFE_UNPACKED_BYTES, size * MAX_RATIO))
    unpacked = size
    if zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as parts:
                unpacked = sum(part.file_size for part in parts.infolist())
        except (zipfile.BadZipFile, OSError) as error:
            raise TableError(Message("posts.damaged", file=path.name)) from error
    if size > MAX_PACKED_BYTES or unpacked > most:
        raise TableError(Message("posts.sheet_too_large", file=path.name))


def sheets(path: Path) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    """Yield each sheet's name with its rows, the first that is not empty at the top.

    Raises
    ------
    TableError
        The file is missing, damaged or larger than a sheet of posts can be.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        check_size(path)
        with CalamineWorkbook.from_path(path) as book:
            for name in book.sheet_names:
                yield (
                    name,
                    (
                        [_plain(cell) for cell in row]
                        for row in book.get_sheet_by_name(name).iter_rows()
                    ),
                )
    except FileNotFoundError as error:
        raise TableError(Message("posts.no_file", file=path.name)) from error
    except (CalamineError, OSError, ValueError) as error:
        raise TableError(Message("posts.damaged", file=path.name)) from error


def _plain(cell: Any) -> Any:
    """Return a cell as a text table would have it: whole numbers without a point, times as ISO."""
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    return cell
