"""What is typical among comparable accounts, and what stands in where too few are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from viral.model.reference_medians import (
    FEWEST_POSTS,
    among_comparable,
    medians_of,
    medians_of_sizes,
)

SMALL, LARGE, SILENT = 5_000.0, 50_000.0, 20_000_000.0


@pytest.fixture(scope="module")
def followers() -> np.ndarray:
    """Return many small accounts, many larger ones, few very large ones, one unknown."""
    sizes = [SMALL] * FEWEST_POSTS + [LARGE] * FEWEST_POSTS + [SILENT] * 9 + [np.nan]
    return np.array(sizes)


@pytest.fixture(scope="module")
def values(followers: np.ndarray) -> dict[str, pd.DataFrame]:
    length = np.where(followers == SMALL, 10.0, np.where(followers == LARGE, 20.0, 90.0))
    rare = np.where(np.arange(len(followers)) < 5, 1.0, np.nan)
    return {"context": pd.DataFrame({"duration": length, "rare": rare})}


@pytest.mark.parametrize(
    ("size", "expected"), [(SMALL, 10.0), (LARGE, 20.0), (SILENT, 20.0), (float("nan"), 20.0)]
)
def test_accounts_are_compared_with_their_like(
    values: dict[str, pd.DataFrame], followers: np.ndarray, size: float, expected: float
):
    rows = {"context": np.ones(len(followers), dtype=bool)}
    everyone = medians_of(values, rows)
    by_size = medians_of_sizes(values, rows, followers)
    found = among_comparable(everyone, by_size, "context", size)
    assert found["duration"] == expected
    assert found["rare"] == 1.0  # five posts are too few to be typical of one size
    assert among_comparable(everyone, by_size, "visual", size) == {}
    assert among_comparable(everyone, (), "context", size) == everyone["context"]


def test_nothing_measured_is_nothing_typical():
    values = {"visual": pd.DataFrame({"brightness": [np.nan, np.nan]})}
    found = medians_of(values, {"visual": np.array([True, True])})
    assert np.isnan(found["visual"]["brightness"])
