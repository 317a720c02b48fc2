"""Where the project lies, for every test; a `conftest` is another one in each folder."""

from __future__ import annotations

from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
