"""What a content modality adds to an account's baseline: the lift that its regressor predicts."""

from __future__ import annotations

import numpy as np

from viral.model.inputs import Inputs
from viral.model.regressors import Regressor


def predict_lift(regressor: Regressor, modality: str, inputs: Inputs) -> np.ndarray:
    """Return the lift of some posts, log10."""
    embeddings = embedding_for(regressor, modality, inputs)
    matrix = regressor.matrix(inputs.columns(modality), inputs.hashtags, embeddings)
    return regressor.predict(matrix, embeddings)


def embedding_for(regressor: Regressor, modality: str, inputs: Inputs) -> np.ndarray | None:
    """Return the embeddings if they are of the kind that the regressor learnt from."""
    name = regressor.embedding_name
    if name is None or inputs.embedding_names.get(modality) != name:
        return None
    return inputs.embeddings.get(modality)
