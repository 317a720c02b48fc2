"""What each input adds is the same by a second implementation, and a wrong sum is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from viral.evaluation.cross_check import largest_difference
from viral.model.regressors import Regressor

COLUMNS = ("followers", "recent", "hour")


@pytest.fixture(scope="module")
def learnt() -> tuple[Regressor, np.ndarray]:
    """Trees on three columns, one with gaps, and the rows they learnt from."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(400, len(COLUMNS)))
    matrix[rng.random(400) < 0.2, 2] = np.nan
    target = matrix[:, 0] + 0.5 * matrix[:, 0] * matrix[:, 1] + np.nan_to_num(matrix[:, 2])
    return Regressor.fit(matrix, COLUMNS, target, seeds=(0, 1)), matrix


def test_both_give_each_input_the_same(learnt: tuple[Regressor, np.ndarray]) -> None:
    regressor, matrix = learnt
    assert largest_difference(regressor, matrix[:50]) < 1e-9
    assert largest_difference(regressor, matrix[:0]) == 0.0


def test_a_sum_that_is_wrong_is_noticed(learnt: tuple[Regressor, np.ndarray]) -> None:
    regressor, matrix = learnt

    class Wrong:
        """A booster that gives the second input a tenth of what the first adds."""

        def __init__(self, booster: Any) -> None:
            self._booster = booster

        def __getattr__(self, name: str) -> Any:
            return getattr(self._booster, name)

        def predict(self, rows: np.ndarray, **options: Any) -> np.ndarray:
            parts = self._booster.predict(rows, **options)
            parts[:, 1] += 0.1 * parts[:, 0]
            return parts

    import shap

    explained = shap.TreeExplainer
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shap, "TreeExplainer", lambda booster: explained(booster._booster))
        wrong = replace(regressor, boosters=tuple(map(Wrong, regressor.boosters)))
        assert largest_difference(wrong, matrix[:50]) > 1e-3
