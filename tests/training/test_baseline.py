"""What an account usually gets, on made-up posts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from viral.training.baseline import account_fit, columns_of, out_of_fold

NAMES = ("followers", "duration", "recent_mean", "recent_last_five", "age")
SMALL = {"num_iterations": 20, "min_data_in_leaf": 5, "num_leaves": 4, "verbosity": -1}


def posts(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    level = random.uniform(2.0, 7.0, count)
    age = random.uniform(-1.0, 2.0, count)
    matrix = np.column_stack([level, random.uniform(1, 60, count), level, level, age])
    return matrix, level + 0.2 * np.tanh(age) + random.normal(0.0, 0.05, count)


def test_only_posts_with_recent_views_are_judged_by_them() -> None:
    assert columns_of(NAMES, "history") == NAMES
    assert columns_of(NAMES, "account") == ("followers", "duration")
    assert columns_of(NAMES, "unknown") == ("duration",)


def test_the_last_five_carry_beyond_the_training_posts() -> None:
    matrix, truth = posts(400)
    regressor = account_fit("history", NAMES, parameters={}, history_parameters=SMALL)(
        matrix, truth
    )
    far = matrix[:1].copy()
    far[0, [0, 2, 3]] = 9.0
    assert abs(regressor.predict(far)[0] - 9.0) < 0.5


def test_views_never_fall_with_the_age() -> None:
    matrix, truth = posts(400)
    regressor = account_fit("history", NAMES, parameters={}, history_parameters=SMALL)(
        matrix, truth
    )
    ages = np.repeat(matrix[:1], 50, axis=0)
    ages[:, -1] = np.linspace(-2.0, 3.0, 50)
    assert (np.diff(regressor.predict(ages)) >= -1e-9).all()
    assert regressor.predict(ages)[-1] > regressor.predict(ages)[0]


def test_a_creator_is_never_predicted_from_own_posts() -> None:
    matrix, truth = posts(60)
    keys = pd.Series(np.repeat([f"creator {k}" for k in range(6)], 10))
    seen: list[set[float]] = []

    class Remembers:
        def __init__(self, rows: np.ndarray) -> None:
            self.rows = {float(v) for v in rows[:, 1]}

        def predict(self, rows: np.ndarray) -> np.ndarray:
            assert not self.rows & {float(v) for v in rows[:, 1]}
            seen.append(self.rows)
            return np.zeros(len(rows))

    result = out_of_fold(matrix, truth, keys, lambda rows, _: Remembers(rows), 3)  # type: ignore[arg-type, return-value]
    assert np.isfinite(result).all()
    assert len(seen) == 3
