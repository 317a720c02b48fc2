"""How trees are grown: by LightGBM in this process, or by whatever has taken that over.

Only the growing is handed over, a matrix and a target in and LightGBM's text of the trees out, so
that training is the same everywhere but for where the trees come from.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from viral.model.tree_library import lightgbm

Grow = Callable[[Mapping[str, Any], int, np.ndarray, np.ndarray, Sequence[str]], str]
"""Parameters, rounds, matrix `[posts, columns]`, target `[posts]` and names of columns -> the text
of the trees."""


def grown_here(
    parameters: Mapping[str, Any],
    rounds: int,
    matrix: np.ndarray,
    target: np.ndarray,
    columns: Sequence[str],
) -> str:
    """Grow trees in this process; see `Grow`."""
    library = lightgbm()
    settings = dict(parameters)
    data = library.Dataset(matrix, label=target, feature_name=list(columns), params=settings)
    return str(library.train(settings, data, num_boost_round=rounds).model_to_string())


_grow: ContextVar[Grow] = ContextVar("_grow", default=grown_here)


def grown(
    parameters: Mapping[str, Any],
    rounds: int,
    matrix: np.ndarray,
    target: np.ndarray,
    columns: Sequence[str],
) -> str:
    """Grow trees, here or where `growing_by` says; see `Grow`."""
    return _grow.get()(parameters, rounds, matrix, target, columns)


@contextlib.contextmanager
def growing_by(grow: Grow) -> Iterator[None]:
    """Let something else grow trees for as long as the block runs."""
    token = _grow.set(grow)
    try:
        yield
    finally:
        _grow.reset(token)
