"""Training: from past posts to a `Model`, the same bytes each time.

The steps, each on predictions for creators that the regressor did not train on:

1. the weights of the score and the growth curve;
2. for each pattern, what the account usually gets, on ordinary feeds alone: sets that were chosen
   by their views would teach that small accounts always go far;
3. for each content modality, the lift over that. Posts of chosen sets take part as lift over what
   accounts of their own set get;
4. the stack, the size of the error, the ratios, the calibration and the standing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from viral.errors import TableError
from viral.modalities.features import Features
from viral.model.engagement import RATIO_PARAMETERS, Split, log_ratio, split
from viral.model.growth import GrowthCurve, fit_growth
from viral.model.inputs import CONTENT, PATTERNS, Inputs, inputs_from_posts
from viral.model.intervals import Calibration, calibrate, groups_of
from viral.model.masking import as_pattern, masked
from viral.model.model import (
    LARGEST_ERROR,
    SMALLEST_ERROR,
    Model,
    PatternModel,
    to_log,
)
from viral.model.prediction import COUNTS
from viral.model.regressors import Projection, Regressor
from viral.model.stack import PatternWeights, fit_weights
from viral.model.standing import fit_standing
from viral.posts.splits import creator_keys, folds, newest
from viral.posts.training import training_posts
from viral.virality import (
    ENGAGEMENTS,
    ViralityWeights,
    correlation_weights,
    log_virality,
    virality,
)

ORDINARY = ("creators_2020", "creator_videos")
"""Sources that hold all recent posts of a creator, not those that went far."""
FEWEST_POSTS = 200
"""Posts of ordinary feeds below which nothing can be calibrated."""
FEWEST_LIFT_POSTS = 40
"""Posts with a modality below which it is left out."""
NOT_LEARNT = frozenset({"age"})
"""Features of the context that no regressor sees: the growth curve answers for the horizon."""
HISTORY_FEATURES_START = "recent_"
ACCOUNT_FEATURES = frozenset(
    {"followers", "total_likes", "total_videos", "likes_per_video", "likes_per_follower"}
)
LINE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "history": ("recent_mean", "recent_median", "recent_last_five"),
    "account": ("followers",),
    "unknown": (),
}
"""Where a straight line holds beyond the range of the training posts."""


@dataclass(frozen=True)
class TrainingOptions:
    """What can be chosen in training; the defaults make the shipped model."""

    context_parameters: Mapping[str, Any] = field(default_factory=dict)
    lift_parameters: Mapping[str, Any] = field(
        default_factory=lambda: {
            "num_iterations": 200,
            "learning_rate": 0.04,
            "num_leaves": 15,
            "min_data_in_leaf": 30,
        }
    )
    error_parameters: Mapping[str, Any] = field(
        default_factory=lambda: {
            "num_iterations": 120,
            "learning_rate": 0.05,
            "num_leaves": 15,
            "min_data_in_leaf": 100,
        }
    )
    fold_count: int = 5
    seeds: tuple[int, ...] = (0, 1)
    """One booster each; predictions are averaged."""
    embedding_axes: int = 24
    modalities: tuple[str, ...] = CONTENT
    """Content modalities to learn from."""
    calibration_share: float = 0.5
    """The newest share of ordinary posts, which the ranges are calibrated on."""
    seed: int = 0


@dataclass(frozen=True)
class _Rows:
    """Posts that one pattern learns from: as they are, then again with parts left out."""

    posts: pd.DataFrame
    inputs: Inputs
    target: np.ndarray
    origin: np.ndarray
    """Position in the table of ordinary posts."""


def _columns_of(inputs: Inputs, pattern: str) -> tuple[str, ...]:
    names = [name for name in inputs.values["context"].columns if name not in NOT_LEARNT]
    if pattern != "history":
        names = [name for name in names if not name.startswith(HISTORY_FEATURES_START)]
    if pattern == "unknown":
        names = [name for name in names if name not in ACCOUNT_FEATURES]
    return tuple(names)


def _matrix(inputs: Inputs, modality: str, columns: Sequence[str]) -> np.ndarray:
    values = inputs.columns(modality)
    return np.column_stack([values[name] for name in columns])


def out_of_fold(
    matrix: np.ndarray,
    target: np.ndarray,
    keys: pd.Series,
    fit: Callable[[np.ndarray, np.ndarray], Regressor],
    fold_count: int,
) -> np.ndarray:
    """Predict each row by a regressor that saw none of its creator's rows."""
    result = np.full(len(target), np.nan)
    for train, test in folds(keys.reset_index(drop=True), fold_count):
        result[test] = fit(matrix[train], target[train]).predict(matrix[test])
    return result


class Trainer:
    """Trains on one table of posts; `model` is the result."""

    def __init__(
        self,
        posts: pd.DataFrame,
        clips: Mapping[int, Mapping[str, Features]] | None = None,
        options: TrainingOptions | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.options = options or TrainingOptions()
        self.say = say
        self.posts = posts.reset_index(drop=True)
        say("measuring captions and context")
        self.inputs = inputs_from_posts(self.posts, clips)
        self.keys = creator_keys(self.posts)
        self.weights: ViralityWeights = correlation_weights(self.posts)
        self.score = log_virality(virality(self.posts, self.weights))
        self.ordinary = self.posts["source"].isin(ORDINARY).to_numpy()
        if self.ordinary.sum() < FEWEST_POSTS:
            raise TableError(
                f"Training needs at least {FEWEST_POSTS} posts of ordinary feeds, "
                f"but there are {int(self.ordinary.sum())}."
            )
        self.growth: GrowthCurve = self._growth()
        age = pd.to_numeric(self.posts["horizon_days"], errors="coerce").to_numpy(dtype=float)
        self.grown = np.where(np.isfinite(age), self.growth(np.where(age > 0, age, 0.01)), 0.0)
        self.target = self.score - self.grown

    def _growth(self) -> GrowthCurve:
        age = pd.to_numeric(self.posts["horizon_days"], errors="coerce").to_numpy(dtype=float)
        recent = [
            np.mean(np.log10(np.asarray(views[-5:]) + 1.0)) if len(views) >= 5 else np.nan
            for views in self.posts["recent_views"]
        ]
        surplus = np.where(self.ordinary, self.score - np.array(recent), np.nan)
        return fit_growth(age, surplus)

    def _rows(self, pattern: str) -> _Rows:
        qualified = self.ordinary.copy()
        if pattern == "history":
            qualified &= self.inputs.recent_count > 0
        elif pattern == "account":
            qualified &= np.isfinite(self.inputs.followers)
        origin = np.flatnonzero(qualified)
        posts = self.posts.iloc[origin]
        tables = [as_pattern(posts, pattern), masked(posts, pattern, self.options.seed)]
        both = pd.concat(tables, ignore_index=True)
        # Captions are the same in both, and dear to embed: only the context is measured again.
        from viral.modalities import context

        doubled = self.inputs.rows(np.concatenate([origin, origin]))
        inputs = Inputs(
            values={**doubled.values, "context": context.extract_table(both)},
            embeddings={},
            embedding_names=doubled.embedding_names,
            present=doubled.present,
            followers=pd.to_numeric(both["followers"]).to_numpy(dtype=np.float64),
            usual_log_views=doubled.usual_log_views,
            recent_count=np.array([float(len(v)) for v in both["recent_views"]]),
            horizon_days=doubled.horizon_days,
        )
        twice = np.concatenate([origin, origin])
        return _Rows(posts=both, inputs=inputs, target=self.target[twice], origin=twice)

    def _fit_context(self, pattern: str, columns: Sequence[str]) -> Callable[..., Regressor]:
        def fit(matrix: np.ndarray, target: np.ndarray) -> Regressor:
            return Regressor.fit(
                matrix,
                columns,
                target,
                parameters=self.options.context_parameters,
                seeds=self.options.seeds,
                line_columns=[c for c in LINE_COLUMNS[pattern] if c in columns],
            )

        return fit

    def _usual_of_chosen(self, pattern: str) -> np.ndarray:
        """What accounts of the chosen sets usually get, within their own set; NaN elsewhere."""
        usual = np.full(len(self.posts), np.nan)
        for source in sorted(set(self.posts["source"]) - set(ORDINARY)):
            rows = np.flatnonzero((self.posts["source"] == source).to_numpy())
            sized = rows[np.isfinite(self.inputs.followers[rows])]
            if pattern == "unknown":
                usual[rows] = np.median(self.target[rows])
            elif pattern == "account" and len(sized) >= FEWEST_POSTS:
                columns = ("followers", "duration")
                matrix = _matrix(self.inputs.rows(sized), "context", columns)
                usual[sized] = out_of_fold(
                    matrix,
                    self.target[sized],
                    self.keys.iloc[sized],
                    lambda x, y, c=columns: Regressor.fit(  # type: ignore[misc]
                        x, c, y, parameters=self.options.lift_parameters
                    ),
                    self.options.fold_count,
                )
        return usual

    def _lifts(
        self, pattern: str, usual: np.ndarray
    ) -> tuple[dict[str, Regressor], dict[str, np.ndarray]]:
        lift = self.target - usual
        regressors, predictions = {}, {}
        for modality in self.options.modalities:
            rows = np.flatnonzero(np.isfinite(lift) & self.inputs.present[modality])
            if len(rows) < FEWEST_LIFT_POSTS:
                continue
            part = self.inputs.rows(rows)
            columns = list(part.values[modality].columns)
            projection = None
            embeddings = part.embeddings.get(modality)
            if embeddings is not None and self.options.embedding_axes > 0:
                axes = min(self.options.embedding_axes, len(rows) // 10)
                projection = Projection.fit(
                    part.embedding_names[modality], embeddings, max(axes, 1)
                )
                columns += projection.columns
            empty = Regressor(columns=tuple(columns), boosters=(), projection=projection)
            matrix = empty.matrix(part.columns(modality), embeddings)
            parameters = {
                **self.options.lift_parameters,
                "min_data_in_leaf": int(np.clip(len(rows) // 20, 5, 60)),
            }

            def fit(
                x: np.ndarray,
                y: np.ndarray,
                columns: Sequence[str] = tuple(columns),
                projection: Projection | None = projection,
                parameters: Mapping[str, Any] = parameters,
            ) -> Regressor:
                return Regressor.fit(x, columns, y, parameters=parameters, projection=projection)

            keys = self._fold_keys(rows)
            oof = out_of_fold(matrix, lift[rows], keys, fit, self.options.fold_count)
            predictions[modality] = np.full(len(self.posts), np.nan)
            predictions[modality][rows] = oof
            regressors[modality] = fit(matrix, lift[rows])
        return regressors, predictions

    def _fold_keys(self, rows: np.ndarray) -> pd.Series:
        keys = self.keys.iloc[rows].reset_index(drop=True)
        if keys.nunique() >= self.options.fold_count * 2:
            return keys
        # One creator's posts cannot be split by creator: blocks in time keep neighbours together.
        order = self.posts["posted_at"].iloc[rows].rank(method="first").to_numpy() - 1
        return pd.Series((order * 10 // len(rows)).astype(int).astype(str))

    def _stack(
        self, usual: np.ndarray, predictions: Mapping[str, np.ndarray]
    ) -> dict[str, PatternWeights]:
        known = np.isfinite(usual)
        names = [modality for modality in CONTENT if modality in predictions]
        design = {"context": usual[known]}
        for name in names:
            design[name] = np.nan_to_num(predictions[name][known], nan=0.0)
        result = {}
        for code in range(2 ** len(names)):
            there = [name for bit, name in enumerate(names) if code >> bit & 1]
            chosen = {name: design[name] for name in ("context", *there)}
            result["+".join(there)] = fit_weights(
                chosen,
                self.target[known],
                self.keys.to_numpy()[known],
                seed=self.options.seed,
            )
        return result

    def model(self) -> Model:
        """Train everything and return the model."""
        patterns: dict[str, PatternModel] = {}
        residuals: dict[str, list[np.ndarray]] = {name: [] for name in COUNTS}
        errors, groups = [], []
        recent_posts = newest(self.posts[self.ordinary], self.options.calibration_share)
        calibration = np.zeros(len(self.posts), dtype=bool)
        calibration[np.flatnonzero(self.ordinary)] = recent_posts
        for pattern in PATTERNS:
            self.say(f"learning what accounts usually get: {pattern}")
            rows = self._rows(pattern)
            columns = _columns_of(rows.inputs, pattern)
            matrix = _matrix(rows.inputs, "context", columns)
            keys = self.keys.iloc[rows.origin].reset_index(drop=True)
            fit = self._fit_context(pattern, columns)
            oof = out_of_fold(matrix, rows.target, keys, fit, self.options.fold_count)
            first = len(rows.origin) // 2
            usual = self._usual_of_chosen(pattern)
            usual[rows.origin[:first]] = oof[:first]
            self.say(f"learning what content adds: {pattern}")
            lifts, lift_predictions = self._lifts(pattern, usual)
            weights = self._stack(usual, lift_predictions)
            final = fit(matrix, rows.target)
            stacked_oof = self._stacked(rows, oof, weights, lift_predictions)
            self.say(f"learning how large errors are: {pattern}")
            error_fit = self._fit_error(columns)
            spread = np.abs(rows.target - stacked_oof)
            expected = np.clip(
                out_of_fold(matrix, spread, keys, error_fit, self.options.fold_count),
                SMALLEST_ERROR,
                LARGEST_ERROR,
            )
            ratios, ratio_oof = self._ratios(rows, matrix, columns, keys)
            patterns[pattern] = PatternModel(
                context=final,
                lifts=lifts,
                weights=weights,
                error=error_fit(matrix, spread),
                split=ratios,
            )
            use = calibration[rows.origin]
            predicted = stacked_oof + self.grown[rows.origin]
            medians = split(10.0**predicted, ratio_oof, self.weights)
            medians["virality"] = 10.0**predicted
            for name in COUNTS:
                truth = (
                    10.0**self.score
                    if name == "virality"
                    else pd.to_numeric(self.posts[name]).to_numpy(dtype=np.float64)
                )[rows.origin]
                residuals[name].append((to_log(truth) - to_log(medians[name]))[use])
            errors.append(expected[use])
            groups.append(
                groups_of(
                    np.full(len(rows.origin), pattern),
                    rows.inputs.followers,
                    rows.inputs.recent_count,
                )[use]
            )
        calibrations: dict[str, Calibration] = {
            name: calibrate(
                np.concatenate(residuals[name]), np.concatenate(errors), np.concatenate(groups)
            )
            for name in COUNTS
        }
        ordinary = np.flatnonzero(self.ordinary)
        return Model(
            version="untitled",
            patterns=patterns,
            growth=self.growth,
            virality_weights=self.weights,
            calibrations=calibrations,
            standing=fit_standing(self.target[ordinary], self.inputs.followers[ordinary]),
            typical=self._typical(),
            facts=self._facts(),
        )

    def _stacked(
        self,
        rows: _Rows,
        oof: np.ndarray,
        weights: Mapping[str, PatternWeights],
        predictions: Mapping[str, np.ndarray],
    ) -> np.ndarray:
        names = [modality for modality in CONTENT if modality in predictions]
        code = np.zeros(len(rows.origin), dtype=int)
        for bit, name in enumerate(names):
            code |= np.isfinite(predictions[name][rows.origin]).astype(int) << bit
        total = np.zeros(len(rows.origin))
        for value in np.unique(code):
            there = [name for bit, name in enumerate(names) if value >> bit & 1]
            stack = weights["+".join(there)]
            at = code == value
            total[at] = stack.intercept + stack.weights["context"] * oof[at]
            for name in there:
                total[at] += stack.weights[name] * predictions[name][rows.origin[at]]
        return total

    def _fit_error(self, columns: Sequence[str]) -> Callable[..., Regressor]:
        def fit(matrix: np.ndarray, spread: np.ndarray) -> Regressor:
            return Regressor.fit(matrix, columns, spread, parameters=self.options.error_parameters)

        return fit

    def _ratios(
        self, rows: _Rows, matrix: np.ndarray, columns: Sequence[str], keys: pd.Series
    ) -> tuple[Split, dict[str, np.ndarray]]:
        views = pd.to_numeric(self.posts["views"]).to_numpy(dtype=np.float64)[rows.origin]
        regressors, oof = {}, {}
        for name in ENGAGEMENTS:
            counts = pd.to_numeric(self.posts[name]).to_numpy(dtype=np.float64)[rows.origin]
            target = log_ratio(counts, views)
            known = np.flatnonzero(np.isfinite(target))

            def fit(x: np.ndarray, y: np.ndarray) -> Regressor:
                return Regressor.fit(x, columns, y, parameters=RATIO_PARAMETERS)

            predicted = np.full(len(target), float(np.nanmedian(target)))
            predicted[known] = out_of_fold(
                matrix[known], target[known], keys.iloc[known], fit, self.options.fold_count
            )
            oof[name] = predicted
            regressors[name] = fit(matrix[known], target[known])
        return Split(regressors), oof

    def _typical(self) -> dict[str, dict[str, float]]:
        result = {}
        for modality, table in self.inputs.values.items():
            rows = self.inputs.present[modality]
            if modality == "context":
                rows = rows & self.ordinary
            part = table[rows]
            result[modality] = {
                str(name): float(part[name].median()) if part[name].notna().any() else float("nan")
                for name in table.columns
            }
        return result

    def _facts(self) -> dict[str, Any]:
        from importlib.metadata import version

        sources = {}
        for source, part in self.posts.groupby("source", sort=True):
            sources[str(source)] = {
                "posts": len(part),
                "creators": int(part["creator"].nunique()),
                "first_post": f"{part['posted_at'].min():%Y-%m-%d}",
                "last_post": f"{part['posted_at'].max():%Y-%m-%d}",
                "ids_sha256": ids_hash(part["video_id"]),
            }
        return {
            "data": sources,
            "learnt_from": {
                modality: int(self.inputs.present[modality].sum()) for modality in CONTENT
            },
            "libraries": {
                name: version(name) for name in ("crepes", "lightgbm", "numpy", "pandas", "scipy")
            },
            "options": {"fold_count": self.options.fold_count, "seeds": list(self.options.seeds)},
        }


def ids_hash(video_ids: pd.Series) -> str:
    """Return one hash for a set of posts, whatever their order."""
    import hashlib

    joined = "\n".join(sorted(str(video_id) for video_id in video_ids))
    return hashlib.sha256(joined.encode()).hexdigest()


def train(
    data_dir: Path,
    out_dir: Path,
    *,
    options: TrainingOptions | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Model:
    """Train on the data folder and write the model folder.

    Raises
    ------
    TableError
        The data are missing or too few; the sentence says how many rows are needed.
    """
    from viral.model.store import load, save

    posts = training_posts(Path(data_dir))
    model = Trainer(posts, options=options, say=say).model()
    save(model, Path(out_dir))
    return load(Path(out_dir))
