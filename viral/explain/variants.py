"""Many versions of one post, predicted together.

What-if, the timeline, suggestions and comparison all ask the same question: what would the model
say if this were different? Each version replaces the features of some modalities of one post; the
rest is shared, so that hundreds of versions cost one pass through the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from viral.modalities.features import Features
from viral.model.inputs import Inputs, inputs_from_features
from viral.posts.details import PostDetails

if TYPE_CHECKING:
    from viral.model.model import Model


@dataclass(frozen=True)
class Outcomes:
    """What the model says of some versions of a post."""

    log_virality: np.ndarray
    """float64 `[versions]`, log10."""
    low: np.ndarray
    """Low end of the 80 % range of views `[versions]`."""
    median: np.ndarray
    """Views `[versions]`."""
    high: np.ndarray
    """High end of the 80 % range of views `[versions]`."""


def base_inputs(features: Mapping[str, Features], details: PostDetails) -> Inputs:
    """Return the inputs of one post as it is."""
    return inputs_from_features(features, details)


def varied(
    base: Inputs,
    features: Mapping[str, Sequence[Features]] | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> Inputs:
    """Return many versions of one post.

    Parameters
    ----------
    base : Inputs
        Of one post.
    features : mapping, optional
        Modality -> its features in each version. All sequences have one length.
    tables : mapping, optional
        Modality -> one row of values for each version, for those without an embedding.
    """
    features, tables = features or {}, tables or {}
    lengths = {len(rows) for rows in features.values()} | {len(t) for t in tables.values()}
    if len(lengths) != 1:
        raise ValueError(f"All modalities need the same number of versions; got {lengths}.")
    count = lengths.pop()
    many = base.rows(np.zeros(count, dtype=np.int64))
    values, present = dict(many.values), dict(many.present)
    embeddings = dict(many.embeddings)
    for modality, rows in features.items():
        columns = list(values[modality].columns)
        values[modality] = pd.DataFrame(
            [[float(row.values.get(name, np.nan)) for name in columns] for row in rows],
            columns=columns,
        )
        present[modality] = np.array([not row.missing for row in rows])
        if modality in embeddings:
            width = embeddings[modality].shape[1]
            nothing = np.full(width, np.nan)
            embeddings[modality] = np.array(
                [nothing if row.embedding is None else row.embedding for row in rows],
                dtype=np.float64,
            )
    values.update(tables)
    return replace(many, values=values, present=present, embeddings=embeddings)


def outcomes_of(model: Model, inputs: Inputs) -> Outcomes:
    """Predict versions of a post: the score's centre and the views with their range."""
    estimates = model.estimate(inputs)
    low, median, high = model.counts(estimates)["views"]
    return Outcomes(log_virality=estimates.log_virality, low=low, median=median, high=high)
