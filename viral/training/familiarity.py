"""How much errors grow away from what was learnt: measured on parts of the posts left out.

For each group of features, the feature that says most about the views is taken, and the posts at
either end of it (the smallest accounts, the longest clips, ...) are left out in turn. A regressor
that has seen none like them predicts them, and its errors are compared with those on posts like the
ones it has seen. How fast they grow with the distance is fitted for all groups at once by least
squares without negative slopes (Lawson and Hanson 1974, `scipy.optimize.nnls`): a group with which
errors do not grow gets no slope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from viral.model.familiarity import Familiarity, fit_ranges
from viral.model.inputs import Inputs, modality_features
from viral.model.model import SMALLEST_ERROR
from viral.model.regressors import Regressor

SLICE = 0.15
"""Share of the posts that is left out at each end of a feature."""
LARGEST_SLICE = 0.4
"""A larger part, of posts with one value, leaves too few to learn from."""
FEWEST_LEFT_OUT = 100
FEWEST_POSTS = 1000
"""Fewer posts than this cannot do without a part."""

Fit = Callable[[np.ndarray, np.ndarray], Regressor]


@dataclass(frozen=True)
class Learnt:
    """The posts that the regressor of the context learnt from, and how it does on other
    creators'."""

    columns: Sequence[str]
    """Features of the context."""
    matrix: np.ndarray
    """float64 `[posts, columns]`."""
    target: np.ndarray
    """`[posts]`, log10."""
    spread: np.ndarray
    """Size of the error on unseen creators `[posts]`, log10."""
    expected: np.ndarray
    """Size of the error that was expected there `[posts]`, log10."""

    def some(self, rows: np.ndarray) -> Learnt:
        """Return some of the posts."""
        return Learnt(
            self.columns,
            self.matrix[rows],
            self.target[rows],
            self.spread[rows],
            self.expected[rows],
        )


def learn_familiarity(
    context: Learnt,
    fit: Fit,
    error_fit: Fit,
    content: Mapping[str, Inputs],
    lifts: Mapping[str, Regressor],
    *,
    most_posts: int,
) -> Familiarity:
    """Learn what the posts of one pattern are like, and how the range widens away from them.

    Parameters
    ----------
    context : Learnt
        Nothing left out of the posts.
    fit, error_fit : callable
        Fit the regressor of the context, and the size of its error, to a matrix and a target.
    content : mapping
        Modality -> the posts that its lift was learnt from.
    lifts : mapping
        Modality -> what was learnt from them.
    most_posts : int
        See `learn_slopes`.
    """
    tables = {"context": _named(context.matrix, context.columns)}
    columns = {"context": tuple(context.columns)}
    for modality, inputs in content.items():
        tables[modality] = dict(inputs.columns(modality))
        columns[modality] = lifts[modality].columns
    slopes = learn_slopes(context, fit, error_fit, most_posts=most_posts)
    return replace(fit_ranges(tables, columns), slopes={"context": slopes})


def learn_slopes(
    posts: Learnt, fit: Fit, error_fit: Fit, *, most_posts: int, seed: int = 0
) -> dict[str, float]:
    """Return by how much the range is wider for an excess of 1, by group of features.

    Parameters
    ----------
    posts : Learnt
        Nothing left out of the posts.
    fit, error_fit : callable
        Fit the regressor, and the size of its error, to a matrix and a target.
    most_posts : int
        Posts tried, drawn at random where there are more; with fewer than `FEWEST_POSTS` nothing
        is learnt, and nothing widens.
    """
    if min(len(posts.target), most_posts) < FEWEST_POSTS:
        return {}
    if len(posts.target) > most_posts:
        drawn = np.random.default_rng(seed).choice(len(posts.target), most_posts, replace=False)
        posts = posts.some(np.sort(drawn))
    usual = float(np.mean(posts.spread / posts.expected))
    groups = list(dict.fromkeys(_groups()[name] for name in posts.columns))
    excesses, growths, weights = [], [], []
    for out in _slices(posts):
        rest = posts.some(~out)
        error = error_fit(rest.matrix, rest.spread).predict(posts.matrix[out])
        missed = posts.target[out] - fit(rest.matrix, rest.target).predict(posts.matrix[out])
        growths.append(np.abs(missed) / np.maximum(error, SMALLEST_ERROR) / usual - 1.0)
        known = fit_ranges(
            {"context": _named(rest.matrix, posts.columns)}, {"context": posts.columns}
        )
        far = known.by_group(_named(posts.matrix[out], posts.columns), "context")
        nothing = np.zeros(int(out.sum()))
        excesses.append(np.column_stack([far.get(group, nothing) for group in groups]))
        # Each part counts the same, however many posts it has.
        weights.append(np.full(len(nothing), len(nothing) ** -0.5))
    if not excesses:
        return {}
    slopes = _non_negative(np.vstack(excesses), np.concatenate(growths), np.concatenate(weights))
    return dict(zip(groups, map(float, slopes), strict=True))


def _non_negative(excesses: np.ndarray, growths: np.ndarray, weights: np.ndarray) -> np.ndarray:
    from scipy.optimize import nnls

    slopes, _ = nnls(excesses * weights[:, None], growths * weights)
    return np.asarray(slopes)


def _groups() -> dict[str, str]:
    return {feature.name: feature.group for feature in modality_features("context")}


def _slices(posts: Learnt) -> Iterator[np.ndarray]:
    for index in _telling(posts):
        column = posts.matrix[:, index]
        low, high = np.nanquantile(column, (SLICE, 1.0 - SLICE))
        for out in (column <= low, column >= high):
            if out.sum() >= FEWEST_LEFT_OUT and out.mean() <= LARGEST_SLICE:
                yield out


def _telling(posts: Learnt) -> list[int]:
    """Return the column of each group that goes most with the target, in order of the groups."""
    table = pd.DataFrame(posts.matrix)
    table = table.loc[:, table.nunique() > 1]
    strength = table.corrwith(pd.Series(posts.target), method="spearman").abs().dropna()
    best: dict[str, int] = {}
    for index in strength.sort_values(ascending=False, kind="stable").index:
        best.setdefault(_groups()[posts.columns[int(index)]], int(index))
    return list(best.values())


def _named(matrix: np.ndarray, columns: Sequence[str]) -> dict[str, np.ndarray]:
    return {name: matrix[:, index] for index, name in enumerate(columns)}
