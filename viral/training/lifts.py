"""What content adds: regressors of the lift over what the account usually gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from viral.model.encoders import SELECTION_FOLDS, EmbeddingLine, TagTable
from viral.model.gaussian_process import Block
from viral.model.inputs import Inputs
from viral.model.regressors import EMBEDDING_PREFIX, TAGS, Regressor
from viral.posts.splits import folds

FEWEST_EMBEDDED = 100
"""Embeddings of fewer posts than this have more dimensions than anything to say."""
MOST_SMOOTH = 3000
"""Up to this many posts, surfaces and lines predict other people's posts better than trees."""
COUNTED = frozenset({"text", "speech"})
"""Modalities whose features are mostly counts, which enter a surface as logarithms."""
FEWEST_MEASURED = 0.2
"""Share of the posts that a feature has to be known for."""
TIME_BLOCKS = 10
"""One creator's posts are split into this many blocks in time."""


def fold_numbers(keys: pd.Series, count: int) -> np.ndarray:
    """Return the fold of each row, rows of one key in one fold."""
    result = np.zeros(len(keys), dtype=np.int64)
    for number, (_, test) in enumerate(folds(keys.reset_index(drop=True), count)):
        result[test] = number
    return result


def keys_for_folds(keys: pd.Series, posted_at: pd.Series, fold_count: int) -> pd.Series:
    """Return what may not be split: creators, or blocks in time where there are too few of them."""
    plain = keys.reset_index(drop=True)
    if plain.nunique() >= fold_count * 2:
        return plain
    order = posted_at.rank(method="first").to_numpy() - 1
    blocks = (order * TIME_BLOCKS // max(len(order), 1)).astype(int)
    return pd.Series([f"block {block}" for block in blocks])


def fit_lift(
    modality: str,
    inputs: Inputs,
    lift: np.ndarray,
    keys: pd.Series,
    parameters: Mapping[str, Any],
    *,
    with_embedding: bool,
) -> Regressor:
    """Fit one modality's lift.

    Parameters
    ----------
    inputs : Inputs
        Of the posts to learn from; the modality is present in all.
    lift : np.ndarray [shape=(posts,)]
        log10 of what they got over what their account usually gets.
    keys : pd.Series
        What may not be split, from `keys_for_folds`.
    with_embedding : bool
        Whether a line through the embedding is fitted too.
    """
    if len(lift) <= MOST_SMOOTH:
        return _fit_smooth(modality, inputs, lift, with_embedding=with_embedding)
    values = inputs.columns(modality)
    # A feature that few posts have would leak which set a post is from.
    columns = [
        name for name, column in values.items() if np.isfinite(column).mean() >= FEWEST_MEASURED
    ]
    matrix = np.column_stack([values[name] for name in columns])
    table = None
    if modality == "text":
        table, looked_up = TagTable.fit(inputs.hashtags, lift, keys.to_numpy())
        columns.append(TAGS)
        matrix = np.column_stack([matrix, looked_up])
    line, rest = None, lift
    embeddings = inputs.embeddings.get(modality)
    if with_embedding and embeddings is not None:
        embedded = np.isfinite(embeddings).all(axis=1)
        if embedded.sum() >= FEWEST_EMBEDDED:
            fold = fold_numbers(keys, SELECTION_FOLDS)
            name = inputs.embedding_names[modality]
            line, explained = EmbeddingLine.fit(name, embeddings, lift, fold)
            rest = lift - explained
    regressor = Regressor.fit(matrix, columns, rest, parameters=parameters)
    used = None if line is None else line.name
    return replace(regressor, embedding_line=line, tags=table, embedding_name=used)


def _fit_smooth(
    modality: str, inputs: Inputs, lift: np.ndarray, *, with_embedding: bool
) -> Regressor:
    values = inputs.columns(modality)
    columns = [
        name for name, column in values.items() if np.isfinite(column).mean() >= FEWEST_MEASURED
    ]
    logarithmic = modality in COUNTED
    blocks = [Block(modality, tuple(columns), smooth=True, logarithmic=logarithmic)]
    matrix = np.column_stack([values[name] for name in columns])
    embeddings = inputs.embeddings.get(modality)
    name = None
    if with_embedding and embeddings is not None and np.isfinite(embeddings).all(axis=1).any():
        dimensions = tuple(f"{EMBEDDING_PREFIX}{n}" for n in range(embeddings.shape[1]))
        blocks.append(Block(f"{modality} embedding", dimensions))
        matrix = np.column_stack([matrix, embeddings])
        columns.extend(dimensions)
        name = inputs.embedding_names[modality]
    fitted = Regressor.fit_smooth(matrix, columns, lift, blocks)
    return replace(fitted, embedding_name=name)
