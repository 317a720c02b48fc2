"""Parameters that `viral tune` has found, read by training: `tuned.json` beside this module.

The file says for each pattern what was found, on how many posts, and how it did beside the
parameters chosen by hand on creators that neither had seen. Only what did better there beyond
chance is used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

TUNED_FILE = Path(__file__).with_name("tuned.json")


@cache
def findings() -> Mapping[str, Mapping[str, Any]]:
    """Return what was found by pattern; nothing where `viral tune` has never run."""
    if not TUNED_FILE.is_file():
        return {}
    found: Mapping[str, Mapping[str, Any]] = json.loads(TUNED_FILE.read_text(encoding="utf-8"))
    return found


def tuned(pattern: str, by_hand: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that training uses for a pattern.

    Parameters
    ----------
    pattern : str
        `history` or `account`.
    by_hand : mapping
        What was chosen by hand; what was found is laid over it where it is better.
    """
    found = findings().get(pattern, {})
    return {**by_hand, **(found["parameters"] if found.get("better") else {})}
