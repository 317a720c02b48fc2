"""Content alone: the trending set grouped by author, and one creator's clips in time order.

Both ask what captions, sound, picture and speech say where nothing is known of the account, or
where it is the same for all posts. Figures are of log10 views.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from viral.model.inputs import CONTENT, Inputs
from viral.model.lifts import predict_lift
from viral.model.model import to_log
from viral.model.regressors import Regressor
from viral.model.stack import fit_weights
from viral.posts.splits import creator_keys, folds
from viral.training.lifts import fit_lift, fold_numbers, keys_for_folds
from viral.training.metrics import point_figures, with_intervals
from viral.training.options import TrainingOptions

OUTER_FOLDS = 5
FIRST_CLIPS = 20
"""Clips of a creator that are needed before the next can be predicted."""
CONTENT_METADATA = (
    "duration",
    "hashtag_count",
    "reach_tag_count",
    "sound_original",
    "hour_sin",
    "hour_cos",
    "weekday",
)
"""Features of the context that a post has whoever makes it."""
TRENDING_MODALITIES = ("context", "text", "audio")
NAMED = {"context": "content metadata", "text": "captions", "audio": "audio"}
FUSED_AXES = 24
"""Main axes of the captions' embedding that trees see."""
FUSION_SEEDS = (0, 1)
EARLY_FUSION: Mapping[str, Any] = {
    "num_iterations": 250,
    "learning_rate": 0.03,
    "num_leaves": 7,
    "min_data_in_leaf": 25,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.6,
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
) -> tuple[dict[str, np.ndarray], Callable[[Sequence[str]], np.ndarray], dict[str, float]]:
    """Train every modality and their stack on some posts, and predict others.

    Returns
    -------
    tuple
        Modality -> its prediction; modalities -> the prediction of their stack; and the weights of
        the stack of all.
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

    def stack_of(names: Sequence[str]) -> np.ndarray:
        some = {name: inner[name] for name in names if name in inner}
        if not some:
            return np.zeros(len(test))
        stack = fit_weights(some, lift, groups.to_numpy(), free=())
        weighted = [weight * outer[name] for name, weight in stack.weights.items()]
        return np.asarray(stack.intercept + np.sum(weighted, axis=0))

    everything = fit_weights(inner, lift, groups.to_numpy(), free=()) if inner else None
    return outer, stack_of, dict(everything.weights) if everything else {}


def trending(
    posts: pd.DataFrame, inputs: Inputs, options: TrainingOptions, seeds: Sequence[int]
) -> dict[str, Any]:
    """Predict the trending set by its content, captions and sound, authors kept apart."""
    rows = np.flatnonzero((posts["source"] == "trending_2020").to_numpy())
    part, table = inputs.rows(rows), posts.iloc[rows].reset_index(drop=True)
    # Of the context only what says nothing of the account.
    content = part.values["context"][list(CONTENT_METADATA)]
    part = replace(part, values={**part.values, "context": content})
    verified = pd.to_numeric(table["verified"], errors="coerce").to_numpy(dtype=np.float64)
    truth = to_log(table["views"].to_numpy(dtype=np.float64))
    keys = creator_keys(table)
    gathered: dict[str, list[np.ndarray]] = {}
    weights = []
    for seed in seeds:
        predicted: dict[str, np.ndarray] = {}
        for train, test in folds(keys, OUTER_FOLDS, seed=seed):
            centre = float(truth[train].mean())
            alone, stack_of, used = content_predictions(
                part.rows(train),
                truth[train] - centre,
                keys.iloc[train].reset_index(drop=True),
                table["posted_at"].iloc[train].reset_index(drop=True),
                part.rows(test),
                TRENDING_MODALITIES,
                options,
            )
            weights.append(used)
            answers = {f"{NAMED[m]} alone": values for m, values in alone.items()}
            for left_out in TRENDING_MODALITIES:
                kept = [m for m in TRENDING_MODALITIES if m != left_out]
                answers[f"stack without {NAMED[left_out]}"] = stack_of(kept)
            answers["stack of content metadata, then captions added"] = stack_of(
                TRENDING_MODALITIES[:2]
            )
            answers["stack"] = stack_of(TRENDING_MODALITIES)
            answers["early fusion"] = _fused(part, truth - centre, train, test)
            answers["stack and early fusion"] = (answers["stack"] + answers["early fusion"]) / 2.0
            badge = _fused(part, truth - centre, train, test, {"verified": verified})
            answers["stack and early fusion that sees the verified badge"] = (
                answers["stack"] + badge
            ) / 2.0
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


def _fused(
    inputs: Inputs,
    lift: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
    extra: Mapping[str, np.ndarray] | None = None,
) -> np.ndarray:
    """One LightGBM model on the features of all modalities and the captions' main axes."""
    tables = {name: inputs.values[name] for name in TRENDING_MODALITIES}
    columns = [f"{name}_{column}" for name, table in tables.items() for column in table.columns]
    parts = [table.to_numpy() for table in tables.values()]
    if "text" in inputs.embeddings:
        vectors = np.nan_to_num(np.asarray(inputs.embeddings["text"], dtype=np.float64))
        centred = vectors - vectors[train].mean(axis=0)
        _, axes = np.linalg.eigh(centred[train].T @ centred[train])
        parts.append(centred @ axes[:, ::-1][:, :FUSED_AXES])
        columns += [f"axis_{number}" for number in range(FUSED_AXES)]
    for name, values in (extra or {}).items():
        parts.append(values[:, None])
        columns.append(name)
    matrix = np.column_stack(parts)
    fitted = Regressor.fit(
        matrix[train], columns, lift[train], parameters=EARLY_FUSION, seeds=FUSION_SEEDS
    )
    return fitted.predict(matrix[test])


def _clip_answers(
    alone: Mapping[str, np.ndarray], stack_of: Callable[[Sequence[str]], np.ndarray], count: int
) -> dict[str, np.ndarray]:
    answers = dict(alone)
    for modality in alone:
        answers[f"stack without {modality}"] = stack_of([m for m in alone if m != modality])
    return {**answers, "stack": stack_of(list(alone)), "usual alone": np.zeros(count)}


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
        alone, stack_of, used = content_predictions(
            part.rows(past),
            lift[past] - lift[past].mean(),
            pd.Series(["one"] * len(past)),
            table["posted_at"].iloc[past].reset_index(drop=True),
            part.rows(block),
            CONTENT,
            options,
        )
        weights.append(used)
        for name, values in _clip_answers(alone, stack_of, len(block)).items():
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
