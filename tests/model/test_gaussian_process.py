"""The regressor for few posts: finds what is there, adds up exactly, survives being stored."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viral.model.gaussian_process import Block, SmoothRegressor

LINE = Block("meaning", tuple(f"axis_{n}" for n in range(8)))
SURFACE = Block("sound", ("tempo", "loudness", "brightness"), smooth=True)
COUNTS = Block("caption", ("words", "emoji"), smooth=True, logarithmic=True)
BLOCKS = (LINE, SURFACE, COUNTS)


def synthetic_posts(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a matrix, a target with noise of 0.3, and the target without it."""
    rng = np.random.default_rng(seed)
    meaning = rng.standard_normal((count, 8))
    sound = rng.standard_normal((count, 3))
    caption = rng.integers(0, 40, (count, 2)).astype(float)
    truth = 5.0 + 0.4 * meaning[:, 0] + 0.5 * np.cos(1.5 * sound[:, 0])
    return np.hstack([meaning, sound, caption]), truth + 0.3 * rng.standard_normal(count), truth


@pytest.fixture(scope="module")
def fitted() -> SmoothRegressor:
    matrix, target, _ = synthetic_posts(600, seed=1)
    return SmoothRegressor.fit(matrix, BLOCKS, target)


def test_a_line_and_a_curve_are_found(fitted: SmoothRegressor):
    matrix, _, truth = synthetic_posts(400, seed=2)
    unexplained = np.mean((fitted.predict(matrix) - truth) ** 2) / truth.var()
    assert unexplained < 0.1


def test_contributions_name_the_columns_that_matter(fitted: SmoothRegressor):
    matrix, _, _ = synthetic_posts(400, seed=3)
    _, parts = fitted.contributions(matrix)
    size = dict(zip(fitted.columns, np.abs(parts).mean(axis=0), strict=True))
    assert set(sorted(size, key=lambda name: -size[name])[:2]) == {"axis_0", "tempo"}
    slope = np.polyfit(matrix[:, 0], parts[:, 0], 1)[0]
    assert slope == pytest.approx(0.4, abs=0.06)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.floats(-1e6, 1e6, allow_nan=False) | st.just(float("nan")), min_size=13, max_size=13
    )
)
def test_contributions_add_up_for_any_post(fitted: SmoothRegressor, row: list[float]):
    matrix = np.array([row])
    base, parts = fitted.contributions(matrix)
    prediction = fitted.predict(matrix)
    assert np.isfinite(prediction).all()
    np.testing.assert_allclose(base + parts.sum(axis=1), prediction, rtol=1e-9, atol=1e-9)
    assert (parts[np.isnan(matrix)] == 0).all()


def test_the_post_of_which_nothing_is_known_gets_the_base(fitted: SmoothRegressor):
    unknown = np.full((1, 13), np.nan)
    assert fitted.predict(unknown)[0] == pytest.approx(fitted.base, abs=1e-12)


def test_a_stored_regressor_predicts_alike(fitted: SmoothRegressor):
    matrix, _, _ = synthetic_posts(50, seed=4)
    again = SmoothRegressor.from_dict(json.loads(json.dumps(fitted.to_dict())))
    np.testing.assert_array_equal(again.predict(matrix), fitted.predict(matrix))
    assert again.columns == fitted.columns


def test_training_again_gives_the_same_numbers(fitted: SmoothRegressor):
    matrix, target, _ = synthetic_posts(600, seed=1)
    again = SmoothRegressor.fit(matrix, BLOCKS, target)
    assert json.dumps(again.to_dict()) == json.dumps(fitted.to_dict())


def test_noise_is_not_learnt():
    rng = np.random.default_rng(5)
    matrix, _, _ = synthetic_posts(300, seed=5)
    regressor = SmoothRegressor.fit(matrix, BLOCKS, rng.standard_normal(300))
    fresh, _, _ = synthetic_posts(300, seed=6)
    assert regressor.predict(fresh).std() < 0.35


def test_few_posts_or_equal_posts_teach_the_mean():
    matrix, target, _ = synthetic_posts(10, seed=7)
    few = SmoothRegressor.fit(matrix, BLOCKS, target)
    np.testing.assert_allclose(few.predict(matrix), target.mean(), rtol=1e-5)
    matrix, _, _ = synthetic_posts(60, seed=8)
    equal = SmoothRegressor.fit(matrix, BLOCKS, np.full(60, 3.0))
    np.testing.assert_array_equal(equal.predict(matrix), 3.0)


def test_a_column_that_was_never_measured_changes_nothing():
    matrix, target, _ = synthetic_posts(200, seed=9)
    matrix[:, 9] = np.nan
    regressor = SmoothRegressor.fit(matrix, BLOCKS, target)
    filled = matrix.copy()
    filled[:, 9] = 0.0
    np.testing.assert_array_equal(regressor.predict(matrix), regressor.predict(filled))


def test_a_matrix_of_other_columns_is_refused():
    with pytest.raises(ValueError, match="has 3 columns"):
        SmoothRegressor.fit(np.zeros((30, 3)), BLOCKS, np.zeros(30))
