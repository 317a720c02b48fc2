"""One regressor: named columns in, log10 out, with contributions that add up exactly.

A regressor is a straight line through a few columns (where a line is known to hold, such as the
level of recent views) plus LightGBM trees on what the line leaves over. Both parts have exact
Shapley values: of the line `slope * (x - mean)`, taking columns as independent; of the trees those
of LightGBM's `pred_contrib` (Lundberg et al. 2020, https://doi.org/10.1038/s42256-019-0138-9). So

    prediction = base + sum(contributions)

holds for each row to rounding error. An embedding enters through a projection on its main axes,
whose columns are `EMBEDDING_PREFIX` and a number.

Conventions
-----------
Matrices are float64 `[shape=(posts, columns)]`, NaN where a value could not be measured. Training
is deterministic: fixed seeds, fixed thread count, one way of building histograms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

EMBEDDING_PREFIX = "embedding_"
"""Columns made from an embedding are called this and their axis."""
TRAINING_THREADS = 2
"""LightGBM sums in an order that depends on the threads; a fixed number keeps models identical."""
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
class Projection:
    """The main axes of an embedding: `(embedding - mean) @ axes.T`."""

    name: str
    """Which embedding this is for, such as `use-multilingual-v3`."""
    mean: np.ndarray
    """float64 `[dimensions]`."""
    axes: np.ndarray
    """float64 `[axes, dimensions]`, unit rows."""

    @classmethod
    def fit(cls, name: str, embeddings: np.ndarray, axes: int) -> Projection:
        """Find the axes along which the embeddings vary most (principal components)."""
        rows = np.asarray(embeddings, dtype=np.float64)
        rows = rows[np.isfinite(rows).all(axis=1)]
        mean = rows.mean(axis=0)
        centred = rows - mean
        # The eigenvectors of the covariance are those of the singular value decomposition, at a
        # cost that does not grow with the number of posts.
        _, vectors = np.linalg.eigh(centred.T @ centred)
        main = vectors[:, ::-1][:, : min(axes, rows.shape[1])].T
        # An eigenvector's sign is arbitrary; the largest entry is made positive.
        signs = np.sign(main[np.arange(len(main)), np.abs(main).argmax(axis=1)])
        return cls(name=name, mean=np.round(mean, 6), axes=np.round(main * signs[:, None], 5))

    def __call__(self, embeddings: np.ndarray) -> np.ndarray:
        """Return the coordinates `[shape=(posts, axes)]`; NaN rows stay NaN."""
        return (np.asarray(embeddings, dtype=np.float64) - self.mean) @ self.axes.T

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the coordinates."""
        return tuple(f"{EMBEDDING_PREFIX}{axis}" for axis in range(len(self.axes)))


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
    """A line plus the mean of a few LightGBM models, on named columns."""

    columns: tuple[str, ...]
    """Names of the columns in order, those of the embedding last."""
    boosters: tuple[Any, ...]
    """LightGBM boosters whose predictions are averaged."""
    line: Line | None = None
    projection: Projection | None = None

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
        weight: np.ndarray | None = None,
        projection: Projection | None = None,
        monotone_columns: Sequence[str] = (),
    ) -> Regressor:
        """Fit the line, then one booster for each seed on what it leaves over.

        Parameters
        ----------
        matrix : np.ndarray [shape=(posts, columns)]
            Embedding coordinates included.
        columns : sequence of str
            Their names.
        target : np.ndarray [shape=(posts,)]
            Finite.
        parameters : mapping, optional
            LightGBM parameters laid over `DEFAULT_PARAMETERS`.
        line_columns : sequence of str
            Columns that the line goes through.
        monotone_columns : sequence of str
            Columns in which the prediction must not fall.
        """
        import lightgbm

        columns = tuple(columns)
        target = np.asarray(target, dtype=np.float64)
        line = None
        rest = target
        present = [name for name in line_columns if name in columns]
        if present:
            indices = [columns.index(name) for name in present]
            line = Line.fit(matrix[:, indices], present, target)
            rest = target - line.contributions(matrix, columns).sum(axis=1)
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
            if monotone_columns:
                settings["monotone_constraints"] = [int(c in monotone_columns) for c in columns]
            rounds = int(settings.pop("num_iterations"))
            data = lightgbm.Dataset(
                matrix, label=rest, weight=weight, feature_name=list(columns), params=settings
            )
            trained = lightgbm.train(settings, data, num_boost_round=rounds)
            # Read back from text: what was trained is then what a stored model predicts.
            boosters.append(booster_from_text(trained.model_to_string()))
        return cls(columns=columns, boosters=tuple(boosters), line=line, projection=projection)

    def matrix(self, values: Mapping[str, np.ndarray], embeddings: np.ndarray | None) -> np.ndarray:
        """Put named values and an embedding together in this regressor's order of columns."""
        named = [name for name in self.columns if not name.startswith(EMBEDDING_PREFIX)]
        parts = [np.column_stack([np.asarray(values[name], dtype=np.float64) for name in named])]
        if self.projection is not None:
            if embeddings is None:
                parts.append(np.full((len(parts[0]), len(self.projection.columns)), np.nan))
            else:
                parts.append(self.projection(embeddings))
        return np.column_stack(parts)

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """Return the predictions, float64 `[shape=(posts,)]`."""
        total = np.zeros(len(matrix))
        if len(matrix) == 0:
            return total
        for booster in self.boosters:
            total += booster.predict(matrix, num_threads=TRAINING_THREADS)
        total /= max(len(self.boosters), 1)
        if self.line is not None:
            total += self.line.contributions(matrix, self.columns).sum(axis=1)
        return total

    def contributions(self, matrix: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the base and what each column adds to it.

        Returns
        -------
        base : float
            The average prediction over the training rows, as the trees weigh them.
        contributions : np.ndarray [shape=(posts, columns)]
            `base + contributions.sum(axis=1)` is `predict(matrix)`.
        """
        parts = np.zeros((len(matrix), len(self.columns) + 1))
        for booster in self.boosters:
            parts += booster.predict(matrix, pred_contrib=True, num_threads=TRAINING_THREADS)
        parts /= max(len(self.boosters), 1)
        result = parts[:, :-1]
        if self.line is not None:
            result = result + self.line.contributions(matrix, self.columns)
        return float(parts[0, -1]) if len(parts) else 0.0, result


def booster_from_text(text: str) -> Any:
    """Return a LightGBM booster from its text, which must have been hash-checked.

    LightGBM ends the whole process on a truncated text, so nothing unchecked may come here.
    """
    import lightgbm

    return lightgbm.Booster(model_str=text)
