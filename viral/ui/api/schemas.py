"""The shapes of the API's answers as JSON schemas, out of the types themselves."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter


@cache
def schema_of(shape: Any) -> dict[str, Any]:
    """Return the JSON schema (2020-12) of one of the shapes of `viral.ui.api.answers`."""
    return TypeAdapter(shape).json_schema()
