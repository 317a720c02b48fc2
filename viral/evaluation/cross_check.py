"""Hold what each input adds against a second implementation: shap's own sums over the trees.

The contributions that are shown come from LightGBM. `shap.TreeExplainer` reaches the same numbers
by code of its own (Lundberg et al. 2020, https://doi.org/10.1038/s42256-019-0138-9), unless it is
left to ask LightGBM. Only `viral evaluate` and the tests come here: the package takes a second to
load.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from viral.model.inputs import Inputs
from viral.model.model import Model
from viral.model.regressors import Regressor

ROWS = 200
"""Posts of each regressor that are compared; more say nothing new."""


def largest_difference(regressor: Regressor, matrix: np.ndarray) -> float:
    """Return how far the two are apart at most, over all trees, posts and inputs.

    Parameters
    ----------
    regressor : Regressor
        Only its trees are compared; what is linear in it has one way to be summed.
    matrix : np.ndarray [shape=(posts, columns)]
        As `Regressor.matrix` puts it together.

    Returns
    -------
    float
        In the unit of the predictions; 0.0 without trees or posts.
    """
    import shap

    largest = 0.0
    for booster in regressor.boosters if len(matrix) else ():
        explainer: Any = shap.TreeExplainer(booster)
        # By default it would ask LightGBM, and agree with it for that reason alone.
        explainer.model.model_type = "internal"
        theirs = np.column_stack(
            [
                explainer.shap_values(matrix),
                np.full(len(matrix), np.ravel(explainer.expected_value)[0]),
            ]
        )
        ours = booster.predict(matrix, pred_contrib=True)
        largest = max(largest, float(np.abs(ours - theirs).max()))
    return largest


def cross_checked(model: Model, inputs: Inputs) -> Mapping[str, Any]:
    """Compare the two for what a model says of the accounts of some posts.

    Parameters
    ----------
    model : Model
        Each of its patterns is asked about the posts of which as much is known.
    inputs : Inputs
        Of the posts; the first `ROWS` of each pattern are taken.

    Returns
    -------
    dict
        `posts` and `trees` that were compared, and the `largest difference` in log10, as text,
        because it is smaller than figures are rounded to.
    """
    posts = trees = 0
    largest = 0.0
    for name, pattern in model.patterns.items():
        rows = np.flatnonzero(inputs.patterns == name)[:ROWS]
        if len(rows) == 0:
            continue
        context = pattern.context
        matrix = context.matrix(inputs.rows(rows).columns("context"))
        largest = max(largest, largest_difference(context, matrix))
        posts += len(rows)
        trees += sum(booster.num_trees() for booster in context.boosters)
    return {"posts": posts, "trees": trees, "largest difference": f"{largest:.0e}"}
