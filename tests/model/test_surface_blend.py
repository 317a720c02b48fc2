"""A surface and trees that share a prediction: each with its weight, and contributions exact."""

from __future__ import annotations

import json

import numpy as np
import pytest

from viral.model.gaussian_process import Block, SmoothRegressor
from viral.model.regressors import Regressor

COLUMNS = ("followers", "likes")
BLOCKS = (Block("account", COLUMNS, smooth=True, flagged=("likes",)),)
SMALL = {"num_iterations": 30, "num_leaves": 4, "min_data_in_leaf": 5, "objective": "regression"}


def _posts(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Accounts whose likes are told by the small ones alone, so that silence says something."""
    random = np.random.default_rng(seed)
    matrix = random.normal(0.0, 1.0, (count, 2))
    silent = random.random(count) < 0.5
    matrix[silent, 1] = np.nan
    return matrix, matrix[:, 0] + np.where(silent, 1.5, 0.0)


def test_what_is_not_told_is_learnt_from_and_counts_for_its_column() -> None:
    matrix, target = _posts(800, seed=0)
    surface = SmoothRegressor.fit(matrix, BLOCKS, target)
    told, untold = np.array([[0.0, 0.0]]), np.array([[0.0, np.nan]])
    assert surface.predict(untold)[0] - surface.predict(told)[0] == pytest.approx(1.5, abs=0.3)
    base, parts = surface.contributions(untold)
    assert base + parts.sum() == pytest.approx(surface.predict(untold)[0], abs=1e-9)
    assert parts[0, 1] > 0.8
    stored = SmoothRegressor.from_dict(json.loads(json.dumps(surface.to_dict())))
    assert stored.predict(matrix) == pytest.approx(surface.predict(matrix), abs=1e-12)


def test_the_blend_is_the_weighted_sum_and_adds_up() -> None:
    matrix, target = _posts(800, seed=1)
    blend = Regressor.fit_smooth(matrix, COLUMNS, target, BLOCKS, share=0.7, parameters=SMALL)
    surface = Regressor.fit_smooth(matrix, COLUMNS, target, BLOCKS)
    trees = Regressor.fit(matrix, COLUMNS, target, parameters=SMALL)
    expected = 0.7 * surface.predict(matrix) + 0.3 * trees.predict(matrix)
    assert blend.predict(matrix) == pytest.approx(expected, abs=0.02)
    base, parts = blend.contributions(matrix)
    assert base + sum(parts.values()) == pytest.approx(blend.predict(matrix), abs=1e-9)
