"""The shapes of the API's answers as JSON schemas, out of the types themselves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from viral.ui.api.answers import (
    CheckJson,
    ComparisonJson,
    CoversJson,
    ExplanationJson,
    PredictionJson,
    WhatIfJson,
)

ANSWERS: Mapping[str, type] = {
    "predict": PredictionJson,
    "explain": ExplanationJson,
    "what_if": WhatIfJson,
    "compare": ComparisonJson,
    "check": CheckJson,
    "cover": CoversJson,
}
"""Call -> the shape of its answer."""


@cache
def schema_of(shape: Any) -> dict[str, Any]:
    """Return the JSON schema (2020-12) of one of the shapes of `viral.ui.api.answers`."""
    return TypeAdapter(shape).json_schema()
