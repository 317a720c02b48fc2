"""Content alone: the trending set grouped by author, and one creator's clips in time order.

Both ask what captions, sound, picture and speech say where nothing is known of the account, or
where it is the same for all posts. Figures are of log10 views.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from viral.model.inputs import CONTENT, Inputs
from viral.model.lifts import fit_lift, fold_numbers, keys_for_folds, predict_lift
from viral.model.metrics import point_figures, with_intervals
from viral.model.model import to_log
from viral.model.options import TrainingOptions
from viral.model.regressors import Regressor
from viral.model.stack import fit_weights
from viral.posts.splits import creator_keys, folds

OUTER_FOLDS = 5
FIRST_CLIPS = 20
"""Clips of a creator that are needed before the next can be predicted."""
EARLY_FUSION: Mapping[str, Any] = {
    "num_iterations": 150,
    "learning_rate": 0.03,
    "num_leaves": 6,
    "min_data_in_leaf": 25,
    "feature_fraction": 0.3,
    "lambda_l2": 10.0,
}


def content_predictions(
    train: Inputs,
    lift: np.ndarray,
    keys: pd.Series,
    posted_at: pd.Series,
    test: Inputs,
    modalities: Sequence[str],
    options: TrainingOptions,
) -> tuple[dict[str, np.ndarray], np.ndarray, dict[str, float]]:
    """Train every modality and their stack on some posts, and predict others.

    Returns
    -------
    tuple
        Modality -> its prediction, the stack's prediction, and the stack's weights.
    """
    groups = keys_for_folds(keys, posted_at, OUTER_FOLDS)
    fold = fold_numbers(groups, OUTER_FOLDS)
    inner: dict[str, np.ndarray] = {}
    outer: dict[str, np.ndarray] = {}
    for modality in modalities:
        here, there = train.present[modality], test.present[modality]
        if here.sum() < FIRST_CLIPS:
            continue
        parameters = options.lift_parameters_for(int(here.sum()))
        inner[modality] = np.zeros(len(lift))
        outer[modality] = np.zeros(len(test))
        for number in np.unique(fold[here]):
            learn, ask = here & (fold != number), here & (fold == number)
            fitted = fit_lift(
                modality,
                train.rows(learn),
                lift[learn],
                groups[learn].reset_index(drop=True),
                parameters,
                with_embedding=True,
            )
            inner[modality][ask] = predict_lift(fitted, modality, train.rows(ask))
        fitted = fit_lift(
            modality,
            train.rows(here),
            lift[here],
            groups[here].reset_index(drop=True),
            parameters,
            with_embedding=True,
        )
        outer[modality][there] = predict_lift(fitted, modality, test.rows(there))
    stack = fit_weights(inner, lift, groups.to_numpy(), free=())
    total = np.full(len(test), stack.intercept)
    for modality, weight in stack.weights.items():
        total += weight * outer[modality]
    return outer, total, dict(stack.weights)


def trending(
    posts: pd.DataFrame, inputs: Inputs, options: TrainingOptions, seeds: Sequence[int]
) -> dict[str, Any]:
    """Predict the trending set by caption and sound, authors kept apart."""
    rows = np.flatnonzero((posts["source"] == "trending_2020").to_numpy())
    part, table = inputs.rows(rows), posts.iloc[rows].reset_index(drop=True)
    truth = to_log(table["views"].to_numpy(dtype=np.float64))
    keys = creator_keys(table)
    gathered: dict[str, list[np.ndarray]] = {}
    weights = []
    for seed in seeds:
        predicted: dict[str, np.ndarray] = {}
        for train, test in folds(keys, OUTER_FOLDS, seed=seed):
            centre = float(truth[train].mean())
            alone, both, used = content_predictions(
                part.rows(train),
                truth[train] - centre,
                keys.iloc[train].reset_index(drop=True),
                table["posted_at"].iloc[train].reset_index(drop=True),
                part.rows(test),
                ("text", "audio"),
                options,
            )
            weights.append(used)
            answers = {f"{modality} alone": values for modality, values in alone.items()}
            answers["stack"] = both
            answers["early fusion"] = _fused(part, truth - centre, train, test)
            answers["stack and early fusion"] = (both + answers["early fusion"]) / 2.0
            answers["training mean"] = np.zeros(len(test))
            for name, values in answers.items():
                predicted.setdefault(name, np.zeros(len(truth)))[test] = values + centre
        for name, values in predicted.items():
            gathered.setdefault(name, []).append(values)
    methods = {}
    for name, runs in gathered.items():
        by_seed = [point_figures(truth, run) for run in runs]
        methods[name] = {
            **with_intervals(truth, runs[0], keys.to_numpy()),
            "by_seed": {key: [figures[key] for figures in by_seed] for key in by_seed[0]},
        }
    mean_weights = {
        name: float(np.mean([used.get(name, 0.0) for used in weights]))
        for name in sorted({name for used in weights for name in used})
    }
    return {"methods": methods, "weights": mean_weights}


def _fused(inputs: Inputs, lift: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    tables = {name: inputs.values[name] for name in ("text", "audio")}
    columns = [f"{name}_{column}" for name, table in tables.items() for column in table.columns]
    matrix = np.column_stack([table.to_numpy() for table in tables.values()])
    fitted = Regressor.fit(matrix[train], columns, lift[train], parameters=EARLY_FUSION)
    return fitted.predict(matrix[test])


def clips_in_time(posts: pd.DataFrame, inputs: Inputs, options: TrainingOptions) -> dict[str, Any]:
    """Predict each later clip of one creator from the earlier ones, by content alone.

    The lift is over the mean of the creator's last ten posts (log10), as known at that time.
    """
    some = (posts["source"] == "creator_videos").to_numpy() & (
        inputs.present["visual"] | inputs.present["audio"]
    )
    order = np.flatnonzero(some)
    order = order[np.argsort(posts["posted_at"].iloc[order].to_numpy(), kind="stable")]
    order = order[inputs.recent_count[order] > 0]
    if len(order) < FIRST_CLIPS + 10:
        return {"posts": len(order), "methods": {}}
    table = posts.iloc[order].reset_index(drop=True)
    usual = np.array([np.mean(to_log(np.asarray(v[-10:]))) for v in table["recent_views"]])
    lift = to_log(table["views"].to_numpy(dtype=np.float64)) - usual
    part = inputs.rows(order)
    blocks = np.array_split(np.arange(FIRST_CLIPS, len(order)), 5)
    predicted: dict[str, np.ndarray] = {}
    weights: list[dict[str, float]] = []
    for block in blocks:
        past = np.arange(block[0])
        alone, both, used = content_predictions(
            part.rows(past),
            lift[past] - lift[past].mean(),
            pd.Series(["one"] * len(past)),
            table["posted_at"].iloc[past].reset_index(drop=True),
            part.rows(block),
            CONTENT,
            options,
        )
        weights.append(used)
        for name, values in {**alone, "stack": both, "usual alone": np.zeros(len(block))}.items():
            predicted.setdefault(name, np.full(len(order), np.nan))[block] = (
                values + lift[past].mean()
            )
    asked = np.concatenate(blocks)
    # One creator cannot be resampled; neighbouring clips are, in pairs.
    groups = (np.arange(len(asked)) // 2).astype(str)
    methods = {
        name: with_intervals(lift[asked], values[asked], groups)
        for name, values in predicted.items()
        if np.isfinite(values[asked]).all()
    }
    mean_weights = {
        name: float(np.mean([used.get(name, 0.0) for used in weights]))
        for name in sorted({name for used in weights for name in used})
    }
    return {"posts": len(asked), "first": FIRST_CLIPS, "methods": methods, "weights": mean_weights}
