"""Write docs/schemas: a JSON Schema for each answer of the API. Part of `make readme`."""

from __future__ import annotations

import json
from pathlib import Path

from viral.ui.api.schemas import ANSWERS, schema

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "schemas"


def written(name: str) -> str:
    """Return the text of one file."""
    return json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(exist_ok=True)
    for name in ANSWERS:
        (FOLDER / f"{name}.json").write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main()
