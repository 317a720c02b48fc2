"""Where the figures of experiments are kept: `docs/experiments.json`, read by the documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

EXPERIMENTS = Path(__file__).resolve().parent.parent / "docs" / "experiments.json"
DIGITS = 4


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def keep(name: str, figures: Any, path: Path = EXPERIMENTS) -> None:
    """Write the figures of one experiment; those of others stay as they are."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    known[name] = _rounded(figures)
    text = json.dumps(known, indent=1, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
