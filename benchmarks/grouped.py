"""Predicting rows out of fold with groups kept together, and its figures with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import spearmanr

FOLDS = 10
RESAMPLINGS = 400

Fit = Callable[[np.ndarray, np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]]
"""`fit(matrix, target, groups)` -> `predict(matrix)`."""


def linked(*columns: Sequence[object]) -> np.ndarray:
    """Return a number for each row, shared by rows that any of the columns links."""
    count = len(columns[0])
    rows, nodes, offset = [], [], count
    for column in columns:
        codes = pd.factorize(pd.Series(list(column)))[0]
        rows += list(range(count))
        nodes += list(codes + offset)
        offset += codes.max() + 1
    graph = coo_matrix((np.ones(len(rows)), (rows, nodes)), shape=(offset, offset))
    return connected_components(graph, directed=False)[1][:count]


def fold_numbers(groups: np.ndarray, seed: int, count: int = FOLDS) -> np.ndarray:
    """Return a fold for each row; groups are dealt at random and stay together."""
    numbers, codes = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(numbers))
    return (order % count)[codes]


def out_of_fold(
    matrix: np.ndarray, target: np.ndarray, groups: np.ndarray, fit: Fit, seed: int
) -> np.ndarray:
    """Predict every row by a model that saw no row of its group."""
    fold = fold_numbers(groups, seed)
    result = np.empty(len(target))
    for number in range(FOLDS):
        test = fold == number
        predict = fit(matrix[~test], target[~test], groups[~test])
        result[test] = predict(matrix[test])
    return result


def scores(target: np.ndarray, predicted: np.ndarray) -> tuple[float, float, float]:
    """Return R2, Spearman and mean absolute error."""
    residual = target - predicted
    r2 = 1.0 - (residual @ residual) / ((target - target.mean()) ** 2).sum()
    rank = spearmanr(target, predicted)[0] if np.ptp(predicted) > 0.0 else float("nan")
    return float(r2), float(rank), float(np.abs(residual).mean())


def interval(target: np.ndarray, predicted: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return the 95 % ranges of `scores` over resampled groups, `[2, 3]`."""
    rows = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(RESAMPLINGS):
        drawn = np.concatenate([rows[i] for i in rng.integers(0, len(rows), len(rows))])
        draws.append(scores(target[drawn], predicted[drawn]))
    return np.quantile(draws, [0.025, 0.975], axis=0)


def report(
    name: str, target: np.ndarray, predictions: Sequence[np.ndarray], groups: np.ndarray
) -> None:
    """Print the mean over seeds, their spread, and the interval over groups (first seed)."""
    each = np.array([scores(target, predicted) for predicted in predictions])
    low, high = interval(target, predictions[0], groups)
    mean, spread = each.mean(axis=0), each.std(axis=0)
    print(
        f"| {name} | {mean[0]:.3f} ± {spread[0]:.3f} ({low[0]:.2f} .. {high[0]:.2f}) "
        f"| {mean[1]:.3f} ± {spread[1]:.3f} ({low[1]:.2f} .. {high[1]:.2f}) | {mean[2]:.3f} |",
        flush=True,
    )


def header(title: str) -> None:
    """Print the head of a table."""
    print(f"\n{title}\n\n| inputs and model | R2 | Spearman | MAE |\n|---|---|---|---|")
