"""What stands beside the trees of a regressor: an embedding, hashtags, and the size of an account.

An embedding and a list of hashtags become one number, learnt from lifts. Both are linear, so that
what they add to a prediction is known exactly, and both are small enough to be kept in the
manifest.

Trees go up in steps, so that one follower more could lift a forecast by a tenth, and beyond their
data a smooth surface returns to its mean. The size of an account enters in two ways that do
neither: a curve of straight pieces that never falls and is flat beyond its ends, and trees that
are asked at the two points of a grid around a value, blended by how near each is. Both add up
exactly: contributions are blended as predictions are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

KNOTS = tuple(float(x) for x in np.arange(1.0, 8.01, 0.5))
"""log10 of followers between which the curve is straight; a tenth of a follower's worth below ten
is not told apart."""
STIFFNESS = 3.0
"""How much a change of slope between neighbouring pieces costs, per hundred posts."""
GRID_STEP = 0.125
"""log10 between the points at which trees are asked."""
GRID_END = 9.5
"""log10 beyond which a value counts as this."""
RIDGE_STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
"""How hard slopes are pulled towards zero; the one that predicts other creators best is taken."""
SELECTION_FOLDS = 4
FEWEST_TAG_CREATORS = 4
"""A hashtag that fewer creators used says more about them than about posts."""
TAG_PRIOR_CREATORS = 6.0
"""A hashtag's mean is pulled towards zero as if this many creators had shown no lift with it."""
TAG_KEY_CHARACTERS = 12
"""Hashtags are kept as the start of their SHA-256: a table of them names nobody."""


@dataclass(frozen=True)
class EmbeddingLine:
    """A ridge regression on an embedding."""

    name: str
    """Which embedding this is for, such as `use-multilingual-v3`."""
    mean: np.ndarray
    """float64 `[dimensions]`: what the typical post's embedding is."""
    slopes: np.ndarray
    """float64 `[dimensions]`."""

    @classmethod
    def fit(
        cls, name: str, embeddings: np.ndarray, target: np.ndarray, folds_of: np.ndarray
    ) -> tuple[EmbeddingLine, np.ndarray]:
        """Fit slopes, and predict each row by slopes that did not see its fold.

        Parameters
        ----------
        embeddings : np.ndarray [shape=(posts, dimensions)]
            NaN rows where there is none.
        target : np.ndarray [shape=(posts,)]
            Lift, log10.
        folds_of : np.ndarray [shape=(posts,)]
            Fold of each row; the posts of a creator share one.

        Returns
        -------
        tuple of EmbeddingLine and np.ndarray
            The line fitted on all rows, and the out-of-fold predictions (0 where NaN).
        """
        known = np.isfinite(embeddings).all(axis=1)
        rows = np.asarray(embeddings[known], dtype=np.float64)
        mean = rows.mean(axis=0)
        rows = rows - mean
        centre = float(target[known].mean())
        wanted = target[known] - centre
        fold = folds_of[known]
        # Sums by fold are enough for every strength and every left-out fold.
        numbers = np.unique(fold)
        grams = [rows[fold == n].T @ rows[fold == n] for n in numbers]
        moments = [rows[fold == n].T @ wanted[fold == n] for n in numbers]
        gram, moment = sum(grams), sum(moments)
        eye = np.eye(rows.shape[1])
        best, best_error, best_out = RIDGE_STRENGTHS[-1], np.inf, np.zeros(len(rows))
        for strength in RIDGE_STRENGTHS:
            out = np.zeros(len(rows))
            for n, part_gram, part_moment in zip(numbers, grams, moments, strict=True):
                slopes = np.linalg.solve(gram - part_gram + strength * eye, moment - part_moment)
                out[fold == n] = rows[fold == n] @ slopes
            error = float(np.mean((wanted - out) ** 2))
            if error < best_error - 1e-12:
                best, best_error, best_out = strength, error, out
        slopes = np.linalg.solve(gram + best * eye, moment)
        result = np.zeros(len(target))
        result[known] = best_out
        return cls(name=name, mean=np.round(mean, 7), slopes=np.round(slopes, 7)), result

    def __call__(self, embeddings: np.ndarray | None, count: int) -> np.ndarray:
        """Return what each embedding adds `[shape=(count,)]`, 0 where there is none."""
        if embeddings is None or embeddings.shape[1] != len(self.slopes):
            return np.zeros(count)
        known = np.isfinite(embeddings).all(axis=1)
        result = np.zeros(count)
        # Row by row, so that a row's sum does not depend on how many rows there are.
        result[known] = ((embeddings[known].astype(np.float64) - self.mean) * self.slopes).sum(
            axis=1
        )
        return result


def tag_key(tag: str) -> str:
    """Return the key that a hashtag is kept under."""
    return hashlib.sha256(tag.lower().encode("utf-8", "replace")).hexdigest()[:TAG_KEY_CHARACTERS]


@dataclass(frozen=True)
class TagTable:
    """The mean lift of posts with a hashtag, over creators, pulled towards zero."""

    lifts: Mapping[str, float]
    """`tag_key` -> log10 lift."""

    @classmethod
    def fit(
        cls, tags: Iterable[Sequence[str]], target: np.ndarray, creators: np.ndarray
    ) -> tuple[TagTable, np.ndarray]:
        """Fit the table, and look each row up without what its own creator added.

        Parameters
        ----------
        tags : sequence of sequences of str
            Hashtags of each post.
        target : np.ndarray [shape=(posts,)]
            Lift, log10.
        creators : np.ndarray [shape=(posts,)]
            Key of each post's creator.
        """
        tags = list(tags)
        centre = float(np.mean(target))
        rows = [row for row, names in enumerate(tags) for _ in names]
        frame = pd.DataFrame(
            {
                "row": np.array(rows, dtype=np.int64),
                "tag": [tag_key(name) for names in tags for name in names],
            }
        )
        frame["creator"] = np.asarray(creators)[frame["row"]]
        frame["lift"] = target[frame["row"]] - centre
        # A creator counts once for each tag, whatever their number of posts.
        by_creator = frame.groupby(["tag", "creator"], sort=True)["lift"].mean()
        by_tag = by_creator.groupby(level="tag").agg(["sum", "size"])
        often = by_tag[by_tag["size"] >= FEWEST_TAG_CREATORS]
        lifts = (often["sum"] / (often["size"] + TAG_PRIOR_CREATORS)).round(5)
        joined = frame.join(by_tag, on="tag").join(by_creator.rename("own"), on=["tag", "creator"])
        others = joined["size"] - 1
        joined["value"] = (joined["sum"] - joined["own"]) / (others + TAG_PRIOR_CREATORS)
        joined = joined[others >= FEWEST_TAG_CREATORS - 1]
        result = np.full(len(tags), np.nan)
        means = joined.groupby("row")["value"].mean()
        result[means.index.to_numpy(dtype=np.int64)] = means.to_numpy()
        return cls({str(key): float(value) for key, value in lifts.items()}), result

    def __call__(self, tags: Iterable[Sequence[str]]) -> np.ndarray:
        """Return the mean lift of each post's known hashtags, NaN where none is known."""
        tags = list(tags)
        result = np.full(len(tags), np.nan)
        keys: dict[str, str] = {}
        for row, names in enumerate(tags):
            known = []
            for name in names:
                key = keys.get(name) or keys.setdefault(name, tag_key(name))
                if key in self.lifts:
                    known.append(self.lifts[key])
            if known:
                result[row] = sum(known) / len(known)
        return result


@dataclass(frozen=True)
class RisingCurve:
    """A curve of straight pieces that never falls, flat beyond its ends."""

    column: str
    knots: tuple[float, ...]
    """Increasing."""
    values: tuple[float, ...]
    """At the knots, less their mean over the posts learnt from; never falling."""

    @classmethod
    def fit(cls, column: str, x: np.ndarray, target: np.ndarray) -> RisingCurve:
        """Fit by least squares without negative slopes (Lawson and Hanson 1974), smoothed.

        Parameters
        ----------
        x, target : np.ndarray [shape=(posts,)]
            Rows with NaN in `x` are left out.
        """
        from scipy.optimize import nnls

        known = np.isfinite(x)
        if known.sum() < 2:
            return cls(column, KNOTS, tuple(0.0 for _ in KNOTS))
        pieces = _pieces(x[known])
        centre, level = pieces.mean(axis=0), float(target[known].mean())
        bends = np.diff(np.eye(len(KNOTS) - 1), axis=0) * np.sqrt(STIFFNESS * known.sum() / 100.0)
        design = np.vstack([pieces - centre, bends])
        slopes, _ = nnls(design, np.concatenate([target[known] - level, np.zeros(len(bends))]))
        at_knots = np.concatenate([[0.0], np.cumsum(slopes * np.diff(KNOTS))])
        values = np.round(at_knots - float(centre @ slopes), 7)
        return cls(column, KNOTS, tuple(float(v) for v in values))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return what the column adds to the average, log10; 0 where it is unknown."""
        inside = np.interp(np.nan_to_num(x), self.knots, self.values)
        return np.where(np.isfinite(x), inside, 0.0)


def _pieces(x: np.ndarray) -> np.ndarray:
    """Return how much of each straight piece lies below each value, `[posts, pieces]`."""
    knots = np.array(KNOTS)
    return np.clip(x[:, None] - knots[:-1], 0.0, np.diff(knots))


def blended(
    boosters: Sequence[Any], matrix: np.ndarray, place: int | None, **how: Any
) -> np.ndarray:
    """Return the mean of the boosters' answers, between grid points of one column.

    Parameters
    ----------
    matrix : np.ndarray [shape=(posts, columns)]
        NaN where a value could not be measured.
    place : int, optional
        Position of the column whose values are blended; None asks at the values themselves.
    how
        Handed to `predict`.
    """
    if place is None:
        return _mean(boosters, matrix, how)
    column = matrix[:, place]
    known = np.isfinite(column)
    steps = np.clip(np.where(known, column, 0.0), 0.0, GRID_END) / GRID_STEP
    below = np.floor(steps)
    ends = []
    for point in (below, below + 1.0):
        asked = matrix.copy()
        asked[:, place] = np.where(known, point * GRID_STEP, np.nan)
        ends.append(_mean(boosters, asked, how))
    share = (steps - below).reshape(-1, *([1] * (ends[0].ndim - 1)))
    return np.asarray((1.0 - share) * ends[0] + share * ends[1])


def _mean(boosters: Sequence[Any], matrix: np.ndarray, how: dict[str, Any]) -> np.ndarray:
    total = sum(np.asarray(booster.predict(matrix, **how)) for booster in boosters)
    return np.asarray(total / len(boosters))
