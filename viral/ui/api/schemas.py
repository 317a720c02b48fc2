"""The shapes of the API's answers as JSON schemas, out of the types themselves.

`docs/schemas` has them as files, which `make readme` writes and a test holds to this module and to
real answers. A reader should pass over fields that it does not know: new ones come without notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from viral.ui.api.shapes import (
    CheckJson,
    ComparisonJson,
    CoversJson,
    ExplanationJson,
    PredictionJson,
    WhatIfJson,
)
from viral.version import SCHEMA_VERSION

ANSWERS: Mapping[str, type] = {
    "predict": PredictionJson,
    "explain": ExplanationJson,
    "what_if": WhatIfJson,
    "compare": ComparisonJson,
    "check": CheckJson,
    "cover": CoversJson,
}
"""Call -> the shape of its answer."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def schema_of(shape: Any) -> dict[str, Any]:
    """Return the JSON schema (2020-12) of one of the shapes of `viral.ui.api.shapes`."""
    return TypeAdapter(shape).json_schema()


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of an answer as it stands alone in a file, with its version.

    Parameters
    ----------
    name
        A key of `ANSWERS`.
    """
    made = _without_titles(schema_of(ANSWERS[name]))
    made["properties"]["schema_version"] = {"const": SCHEMA_VERSION}
    return {"$schema": DIALECT, "title": f"Viral: {name}", **made}


def _without_titles(part: Any) -> Any:
    # pydantic names each field after itself once more.
    if isinstance(part, dict):
        return {
            key: _without_titles(value)
            for key, value in part.items()
            if not (key == "title" and isinstance(value, str))
        }
    return [_without_titles(value) for value in part] if isinstance(part, list) else part
