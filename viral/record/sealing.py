"""Predictions as they come to be sealed: the JSON of `viral predict --json`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viral.errors import RecordError
from viral.messages import Message
from viral.model.prediction import Interval
from viral.record.entries import COUNTS, LARGEST_COUNT, LONGEST_DAYS, MODEL, SHORTEST_DAYS

LARGEST_BYTES = 10_000_000
LONGEST_ID = 64


@dataclass(frozen=True)
class Made:
    """What is sealed of a prediction."""

    id: str
    model_version: str
    horizon_days: float
    ranges: Mapping[str, Interval]
    """Views, and other counts where they were predicted."""


def made_of(said: Any) -> Made:
    """Read the JSON of a prediction.

    Raises
    ------
    ValueError
        It is none.
    """
    try:
        ranges = {name: interval_of(said[name]) for name in COUNTS if said.get(name) is not None}
        made = Made(
            str(said["id"]).upper(),
            str(said["model_version"]),
            float(said["horizon_days"]),
            ranges,
        )
    except (TypeError, LookupError, AttributeError, OverflowError) as error:
        raise ValueError("no prediction") from error
    known = "views" in ranges and 0 < len(made.id) <= LONGEST_ID
    if not known or not MODEL.fullmatch(made.model_version):
        raise ValueError("no prediction")
    if not SHORTEST_DAYS <= made.horizon_days <= LONGEST_DAYS:
        raise ValueError("no prediction")
    return made


def interval_of(said: Any) -> Interval:
    """Read one range.

    Raises
    ------
    ValueError
        It is not ordered, or not of counts.
    """
    low, median, high = (float(said[name]) for name in ("low", "median", "high"))
    if not all(map(math.isfinite, (low, median, high))):
        raise ValueError("no range")
    if not 0 <= low <= median <= high <= LARGEST_COUNT:
        raise ValueError("no range")
    return Interval(low, median, high)


def read_prediction(path: Path) -> Made:
    """Read a prediction from a file.

    Raises
    ------
    RecordError
        The file cannot be read, or holds no prediction.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        why = error.strerror or str(error)
        raise RecordError(Message("record.unreadable", file=str(path), why=why)) from error
    try:
        if len(raw) > LARGEST_BYTES:
            raise ValueError(path)
        return made_of(json.loads(raw))
    except (ValueError, RecursionError) as error:
        raise RecordError(Message("record.not_prediction", file=path.name)) from error
