"""One regressor: named columns in, log10 out, with contributions that add up exactly.

A regressor is a straight line through a few columns (where a line is known to hold, such as the
level of recent views) plus LightGBM trees on what the line leaves over. Both parts have exact
Shapley values: of the line `slope * (x - mean)`, taking columns as independent; of the trees those
of LightGBM's `pred_contrib` (Lundberg et al. 2020, https://doi.org/10.1038/s42256-019-0138-9). So

    prediction = base + sum(contributions)

holds for each row to rounding error. A content regressor may have two more parts: a straight line
through an embedding, and a table of hashtags (`viral.model.encoders`). The table's value is a
column like any other, called `TAGS`; the embedding's part is added as it is, called `EMBEDDING`.
Where posts are few, a smooth regressor (`viral.model.gaussian_process`) takes the place of the
trees.

Conventions
-----------
Matrices are float64 `[shape=(posts, columns)]`, NaN where a value could not be measured. Training
is deterministic: fixed seeds, fixed thread count, one way of building histograms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from viral.model.encoders import EmbeddingLine, RisingCurve, TagTable, blended
from viral.model.gaussian_process import Block, SmoothRegressor
from viral.model.tree_backend import grown
from viral.model.tree_library import lightgbm

EMBEDDING = "embedding"
"""What the dimensions of an embedding add together goes by this name."""
EMBEDDING_PREFIX = "embedding_"
"""Columns that are dimensions of an embedding, where a smooth regressor sees them."""
BLENDED = "followers"
"""The column that trees are read between grid points of, see `viral.model.encoders`."""
TAGS = "hashtag_topics"
"""The column that the table of hashtags fills."""
TRAINING_THREADS = 1
"""LightGBM sums in an order that depends on the threads; a fixed number keeps models identical.
One never waits for another; `viral evaluate` trains several models at once instead."""
MOST_SURFACE_POSTS = 30_000
"""Surfaces have some thousand weights; more posts of the same accounts only cost memory."""
PREDICTION_THREADS = 2
"""Rows do not depend on each other, so these change no prediction."""
DEFAULT_PARAMETERS: Mapping[str, Any] = {
    "objective": "regression",
    "num_iterations": 400,
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
}


@dataclass(frozen=True)
class Line:
    """A least-squares line through a few columns; a missing value counts as the mean."""

    slopes: Mapping[str, float]
    means: Mapping[str, float]

    @classmethod
    def fit(
        cls, matrix: np.ndarray, columns: Sequence[str], target: np.ndarray, ridge: float = 10.0
    ) -> Line:
        """Fit slopes for `columns`, the columns of `matrix`, with a slight pull towards zero."""
        means = {
            name: float(np.nanmean(column)) if np.isfinite(column).any() else 0.0
            for name, column in zip(columns, matrix.T, strict=True)
        }
        centred = np.where(np.isfinite(matrix), matrix - np.array(list(means.values())), 0.0)
        gram = centred.T @ centred + ridge * np.eye(len(columns))
        slopes = np.linalg.solve(gram, centred.T @ (target - target.mean()))
        return cls(
            slopes={name: float(s) for name, s in zip(columns, slopes, strict=True)}, means=means
        )

    @classmethod
    def fixed(cls, slopes: Mapping[str, float], matrix: np.ndarray, columns: Sequence[str]) -> Line:
        """Return a line with slopes that are given."""
        means = {name: float(np.nanmean(matrix[:, columns.index(name)])) for name in slopes}
        return cls(slopes=dict(slopes), means=means)

    def contributions(self, matrix: np.ndarray, columns: Sequence[str]) -> np.ndarray:
        """Return `slope * (x - mean)` for each of `columns`, zero where there is no slope."""
        result = np.zeros_like(matrix)
        for name, slope in self.slopes.items():
            index = columns.index(name)
            column = matrix[:, index]
            result[:, index] = np.where(
                np.isfinite(column), slope * (column - self.means[name]), 0.0
            )
        return result


@dataclass(frozen=True)
class Regressor:
    """A line plus the mean of a few LightGBM models on named columns, plus an embedding's line."""

    columns: tuple[str, ...]
    """Names of the columns in order: features, `TAGS` where there is a table, the embedding's
    dimensions where a smooth regressor sees them."""
    boosters: tuple[Any, ...]
    """LightGBM boosters whose predictions are averaged."""
    line: Line | None = None
    embedding_line: EmbeddingLine | None = None
    tags: TagTable | None = None
    embedding_name: str | None = None
    """Which embedding the regressor learnt from, or None."""
    smooth: SmoothRegressor | None = None
    """Surfaces on some of the columns, added to the rest; for few posts instead of boosters."""
    curve: RisingCurve | None = None
    """A curve through one of the columns, added to the rest."""

    @property
    def _between(self) -> int | None:
        """Position of the column that trees are read between grid points of."""
        return self.columns.index(BLENDED) if BLENDED in self.columns else None

    @classmethod
    def fit_smooth(
        cls,
        matrix: np.ndarray,
        columns: Sequence[str],
        target: np.ndarray,
        blocks: Sequence[Block],
        *,
        share: float = 1.0,
        parameters: Mapping[str, Any] | None = None,
        seeds: Sequence[int] = (0,),
    ) -> Regressor:
        """Fit surfaces and lines instead of trees, or beside them.

        Parameters
        ----------
        matrix : np.ndarray [shape=(posts, columns)]
            Float64, NaN where a value could not be measured.
        columns : sequence of str
            Their names. Those of the embedding's dimensions start with `EMBEDDING_PREFIX`.
        target : np.ndarray [shape=(posts,)]
            Finite.
        blocks : sequence of Block
            What is learnt together; a column may stand in several.
        share : float
            Weight of the surfaces; trees on all columns have the rest.
        parameters, seeds
            Of the trees, see `fit`. Their objective has to be the squared error, which makes trees
            on a share of the target a share of the trees.
        """
        places = np.array([list(columns).index(n) for block in blocks for n in block.columns])
        chosen = np.arange(len(target))
        if len(target) > MOST_SURFACE_POSTS:
            drawn = np.random.default_rng(0).choice(len(target), MOST_SURFACE_POSTS, replace=False)
            chosen = np.sort(drawn)
        learnt = np.asarray(target)[chosen]
        smooth = SmoothRegressor.fit(matrix[np.ix_(chosen, places)], blocks, learnt)
        if share >= 1.0:
            return cls(columns=tuple(columns), boosters=(), smooth=smooth)
        rest = (1.0 - share) * np.asarray(target, dtype=np.float64)
        trees = cls.fit(matrix, columns, rest, parameters=parameters, seeds=seeds)
        return replace(trees, smooth=smooth.times(share))

    def _smooth_matrix(self, matrix: np.ndarray, smooth: SmoothRegressor) -> np.ndarray:
        return matrix[:, [self.columns.index(name) for name in smooth.columns]]

    @classmethod
    def fit(
        cls,
        matrix: np.ndarray,
        columns: Sequence[str],
        target: np.ndarray,
        *,
        parameters: Mapping[str, Any] | None = None,
        seeds: Sequence[int] = (0,),
        line_columns: Sequence[str] = (),
        fixed_slopes: Mapping[str, float] | None = None,
        curve_column: str | None = None,
    ) -> Regressor:
        """Fit the line, then one booster for each seed on what it leaves over.

        Parameters
        ----------
        matrix : np.ndarray [shape=(posts, columns)]
            Float64, NaN where a value could not be measured.
        columns : sequence of str
            Their names.
        target : np.ndarray [shape=(posts,)]
            Finite.
        parameters : mapping, optional
            LightGBM parameters laid over `DEFAULT_PARAMETERS`.
        line_columns : sequence of str
            Columns that the line goes through.
        fixed_slopes : mapping, optional
            Slopes that the line has, by column, instead of fitted ones.
        curve_column : str, optional
            Column that a rising curve goes through, before the trees.
        """
        columns = tuple(columns)
        target = np.asarray(target, dtype=np.float64)
        line = None
        rest = target
        present = [name for name in line_columns if name in columns]
        if fixed_slopes:
            line = Line.fixed(fixed_slopes, matrix, columns)
        elif present:
            indices = [columns.index(name) for name in present]
            line = Line.fit(matrix[:, indices], present, target)
        if line is not None:
            rest = target - line.contributions(matrix, columns).sum(axis=1)
        curve = None
        if curve_column in columns:
            through = matrix[:, columns.index(curve_column)]
            curve = RisingCurve.fit(str(curve_column), through, rest)
            rest = rest - curve(through)
        boosters = []
        for seed in seeds:
            settings: dict[str, Any] = {
                **DEFAULT_PARAMETERS,
                **(parameters or {}),
                "seed": seed,
                "num_threads": TRAINING_THREADS,
                "deterministic": True,
                "force_row_wise": True,
                "verbosity": -1,
            }
            rounds = int(settings.pop("num_iterations"))
            # Read back from text: what was trained is then what a stored model predicts.
            boosters.append(booster_from_text(grown(settings, rounds, matrix, rest, columns)))
        return cls(columns=columns, boosters=tuple(boosters), line=line, curve=curve)

    def matrix(
        self,
        values: Mapping[str, np.ndarray],
        tags: Iterable[Sequence[str]] | None = None,
        embeddings: np.ndarray | None = None,
    ) -> np.ndarray:
        """Put named values together in this regressor's order of columns."""
        dimensions = sum(name.startswith(EMBEDDING_PREFIX) for name in self.columns)
        named = [n for n in self.columns if n != TAGS and not n.startswith(EMBEDDING_PREFIX)]
        parts = [np.asarray(values[name], dtype=np.float64) for name in named]
        count = len(parts[0])
        if self.tags is not None:
            parts.append(self.tags(tags) if tags is not None else np.full(count, np.nan))
        if dimensions:
            fits = embeddings is not None and embeddings.shape[1] == dimensions
            nothing = np.full((count, dimensions), np.nan)
            parts.append(embeddings if fits and embeddings is not None else nothing)
        return np.column_stack(parts)

    def predict(self, matrix: np.ndarray, embeddings: np.ndarray | None = None) -> np.ndarray:
        """Return the predictions, float64 `[shape=(posts,)]`."""
        total = np.zeros(len(matrix))
        if len(matrix) == 0:
            return total
        if self.boosters:
            total += blended(self.boosters, matrix, self._between, num_threads=PREDICTION_THREADS)
        if self.curve is not None:
            total += self.curve(matrix[:, self.columns.index(self.curve.column)])
        if self.line is not None:
            total += self.line.contributions(matrix, self.columns).sum(axis=1)
        if self.embedding_line is not None:
            total += self.embedding_line(embeddings, len(matrix))
        if self.smooth is not None:
            total += self.smooth.predict(self._smooth_matrix(matrix, self.smooth))
        return total

    def contributions(
        self, matrix: np.ndarray, embeddings: np.ndarray | None = None
    ) -> tuple[float, dict[str, np.ndarray]]:
        """Return the base and what each column, and the embedding, adds to it.

        Returns
        -------
        base : float
            The average prediction over the training rows, as the trees weigh them.
        contributions : dict of str to np.ndarray [shape=(posts,)]
            `base + sum(contributions.values())` is `predict(matrix, embeddings)`.
        """
        parts = np.zeros((len(matrix), len(self.columns) + 1))
        if self.boosters and len(matrix):
            parts += blended(
                self.boosters,
                matrix,
                self._between,
                pred_contrib=True,
                num_threads=PREDICTION_THREADS,
            )
        if self.curve is not None:
            place = self.columns.index(self.curve.column)
            parts[:, place] += self.curve(matrix[:, place])
        if self.line is not None:
            parts[:, :-1] += self.line.contributions(matrix, self.columns)
        result = {name: parts[:, index] for index, name in enumerate(self.columns)}
        if self.embedding_line is not None:
            result[EMBEDDING] = self.embedding_line(embeddings, len(matrix))
        base = float(parts[0, -1]) if len(parts) else 0.0
        if self.smooth is not None:
            start, added = self.smooth.contributions(self._smooth_matrix(matrix, self.smooth))
            base += start
            for index, name in enumerate(self.smooth.columns):
                result[name] = result[name] + added[:, index]
        dimensions = [name for name in result if name.startswith(EMBEDDING_PREFIX)]
        if dimensions:
            result[EMBEDDING] = np.sum([result.pop(name) for name in dimensions], axis=0)
        return base, result


def booster_from_text(text: str) -> Any:
    """Return a LightGBM booster from its text, which must have been hash-checked.

    LightGBM ends the whole process on a truncated text, so nothing unchecked may come here.
    """
    return lightgbm().Booster(model_str=text)
