"""Escaping against formula injection in spreadsheets.

A CSV file has no types: a text that begins with `=`, `+`, `-`, `@`, a tab or a return is a formula
to the spreadsheet that opens it, and formulas can fetch addresses and start programs. Ids, names
and captions come from strangers, so such texts get an apostrophe in front, which spreadsheets read
as "this is text" (OWASP, CSV Injection). Numbers stay numbers, and so do ids such as YouTube's that
begin with a hyphen and hold nothing but letters, digits, `-` and `_`: they cannot do anything.
"""

from __future__ import annotations

import re

import pandas as pd

_FORMULA = re.compile(r"[=@\t\r\n]|[+-](?!\w[\w-]*$)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$", re.ASCII)


def plain(cell: object) -> object:
    """Return a cell as it may stand in a CSV file; anything but text as it is."""
    if not isinstance(cell, str):
        return cell
    # Spreadsheets pass over blanks in front.
    begun = cell.lstrip(" \u00a0\ufeff")
    risky = _FORMULA.match(begun) is not None and _NUMBER.match(begun) is None
    return f"'{cell}" if risky else cell


def plain_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts and column names are safe to open in a spreadsheet."""
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(plain, na_action="ignore")
    return safe.rename(columns=plain)
