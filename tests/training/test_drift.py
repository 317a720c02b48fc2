"""How ranges widen with the years: measured where a change is known to have come."""

from __future__ import annotations

import numpy as np
import pytest

from viral.model.regressors import Regressor
from viral.training.drift import NEW_FROM_DAYS, OLD_UNTIL_DAYS, yearly_widening


def _measured(moved: float) -> float:
    random = np.random.default_rng(0)
    old = random.uniform(OLD_UNTIL_DAYS - 700, OLD_UNTIL_DAYS - 1, 2000)
    new = random.uniform(NEW_FROM_DAYS, NEW_FROM_DAYS + 700, 2000)
    days = np.concatenate([old, new])
    level = random.uniform(3.0, 6.0, 4000)
    noise = random.normal(0.0, 0.3, 4000)
    target = level + noise + np.where(days > OLD_UNTIL_DAYS, moved, 0.0)

    def fit(matrix: np.ndarray, truth: np.ndarray) -> Regressor:
        return Regressor.fit(
            matrix, ("level",), truth, line_columns=("level",), parameters={"num_iterations": 1}
        )

    return yearly_widening(
        level[:, None], target, days, np.ones(4000, dtype=bool), fit, np.full(4000, 0.3), noise
    )


def test_nothing_widens_where_nothing_has_changed() -> None:
    assert _measured(0.0) == pytest.approx(0.0, abs=0.02)


def test_ranges_widen_with_what_has_changed() -> None:
    little, much = _measured(0.2), _measured(0.5)
    assert 0.02 < little < much < 1.0


def test_too_few_new_posts_say_nothing() -> None:
    days = np.full(1000, OLD_UNTIL_DAYS - 100)
    nothing = np.zeros(1000)
    widening = yearly_widening(
        nothing[:, None],
        nothing,
        days,
        np.ones(1000, dtype=bool),
        lambda matrix, target: None,  # type: ignore[arg-type, return-value]
        np.ones(1000),
        nothing,
    )
    assert widening == 0.0
