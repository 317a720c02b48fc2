"""What an account usually gets, on made-up posts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from viral.model.encoders import RisingCurve
from viral.training.baseline import account_fit, columns_of, out_of_fold

NAMES = ("followers", "duration", "recent_level", "recent_spread")
SMALL = {"num_iterations": 20, "min_data_in_leaf": 5, "num_leaves": 4, "verbosity": -1}


def posts(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Followers, length, level and spread; views that follow the level and shrink with size."""
    random = np.random.default_rng(seed)
    level = random.uniform(2.0, 7.0, count)
    size = level + random.normal(0.0, 0.5, count)
    matrix = np.column_stack(
        [size, random.uniform(1, 60, count), level, random.uniform(0, 1, count)]
    )
    # The larger of two accounts with one level gets less: what no forecast may learn.
    return matrix, level - 0.3 * (size - level) + random.normal(0.0, 0.05, count)


def test_only_posts_with_recent_views_are_judged_by_them() -> None:
    shown = (*NAMES, "age", "recent_last", "recent_per_follower", "likes_per_follower")
    assert columns_of(shown, "history") == NAMES
    assert columns_of(shown, "account") == ("followers", "duration")
    assert columns_of(shown, "unknown") == ("duration",)


def test_the_level_carries_beyond_the_training_posts() -> None:
    matrix, truth = posts(400)
    regressor = account_fit("history", NAMES, parameters={}, history_parameters=SMALL)(
        matrix, truth
    )
    far = matrix[:1].copy()
    far[0, [0, 2]] = 9.0
    assert abs(regressor.predict(far)[0] - 9.0) < 0.5


@pytest.mark.parametrize("pattern", ["history", "account"])
def test_views_never_fall_with_followers_even_where_posts_say_so(pattern: str) -> None:
    matrix, truth = posts(400)
    columns = columns_of(NAMES, pattern)
    known = matrix[:, [NAMES.index(name) for name in columns]]
    regressor = account_fit(pattern, columns, parameters=SMALL, history_parameters=SMALL)(
        known, truth if pattern == "history" else known[:, 0] + truth * 0.1
    )
    asked = np.repeat(known[:1], 400, axis=0)
    asked[:, 0] = np.linspace(0.0, 9.5, 400)
    rises = np.diff(regressor.predict(asked))
    assert (rises >= -1e-12).all()
    # No step between two sizes that differ by a fortieth is larger than a few hundredths.
    assert rises.max() < 0.1
    base, parts = regressor.contributions(asked)
    total = base + sum(parts.values())
    np.testing.assert_allclose(total, regressor.predict(asked), atol=1e-9)


def test_a_curve_is_flat_beyond_its_ends_and_rises_between() -> None:
    random = np.random.default_rng(0)
    size = random.uniform(3.0, 6.0, 500)
    curve = RisingCurve.fit("followers", size, 0.7 * size + random.normal(0.0, 0.1, 500))
    values = curve(np.array([-5.0, 0.0, 1.0, 4.0, 5.0, 8.0, 20.0]))
    assert values[0] == values[1] == values[2]
    assert values[5] == values[6]
    assert values[4] - values[3] == pytest.approx(0.7, abs=0.05)
    assert curve(np.array([np.nan]))[0] == 0.0


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
