"""What content adds in training: lifts out of fold, and the stack on the posts that learn levels.

Posts of sets that were chosen by their views or their topic take part with their lift over what
accounts of their own set get.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from viral.model.inputs import CONTENT, Inputs
from viral.model.lifts import predict_lift
from viral.model.regressors import Regressor
from viral.model.stack import PatternWeights
from viral.posts.published_sets import natural_sources
from viral.training.baseline import matrix_of, out_of_fold
from viral.training.lifts import fit_lift, fold_numbers, keys_for_folds
from viral.training.options import TrainingOptions

FEWEST_SIZED = 200
"""Posts of a chosen set with followers below which nothing is said of what its accounts get."""
FEWEST_LIFT_POSTS = 40
"""Posts with a modality below which it is left out."""


@dataclass(frozen=True)
class Known:
    """All posts of a training."""

    posts: pd.DataFrame
    inputs: Inputs
    keys: pd.Series
    """Creators."""
    target: np.ndarray
    """log10 of the score, grown, `[posts]`."""
    options: TrainingOptions


def usual_of_chosen(known: Known, pattern: str) -> np.ndarray:
    """What accounts of the chosen sets usually get, within their own set; NaN elsewhere."""
    usual = np.full(len(known.posts), np.nan)
    for source in sorted(set(known.posts["source"]) - set(natural_sources())):
        rows = np.flatnonzero((known.posts["source"] == source).to_numpy())
        sized = rows[np.isfinite(known.inputs.followers[rows])]
        if pattern == "unknown":
            usual[rows] = np.median(known.target[rows])
        elif pattern == "account" and len(sized) >= FEWEST_SIZED:
            columns = ("followers", "duration")
            matrix = matrix_of(known.inputs.rows(sized), "context", columns)
            usual[sized] = out_of_fold(
                matrix,
                known.target[sized],
                known.keys.iloc[sized],
                lambda x, y, c=columns: Regressor.fit(  # type: ignore[misc]
                    x, c, y, parameters=known.options.lift_parameters
                ),
                known.options.fold_count,
            )
    return usual


def lifts_of(
    known: Known, pattern: str, usual: np.ndarray
) -> tuple[dict[str, Regressor], dict[str, np.ndarray]]:
    """Return the regressor of each modality's lift, and its predictions out of fold.

    Parameters
    ----------
    usual : np.ndarray [shape=(posts,)]
        What each account usually gets, log10; rows with NaN are not learnt from.
    """
    lift = known.target - usual
    regressors, predictions = {}, {}
    for modality in known.options.modalities:
        rows = np.flatnonzero(np.isfinite(lift) & known.inputs.present[modality])
        if len(rows) < FEWEST_LIFT_POSTS:
            continue
        parameters = known.options.lift_parameters_for(len(rows))
        keys = keys_for_folds(
            known.keys.iloc[rows], known.posts["posted_at"].iloc[rows], known.options.fold_count
        )
        # Captions say something where nothing is known of the account; elsewhere their
        # embedding added nothing to the hashtags on other creators' posts.
        embedded = modality != "text" or pattern == "unknown"
        fold = fold_numbers(keys, known.options.fold_count)
        oof = np.full(len(known.posts), np.nan)
        for number in np.unique(fold):
            train, test = rows[fold != number], rows[fold == number]
            fitted = fit_lift(
                modality,
                known.inputs.rows(train),
                lift[train],
                keys[fold != number],
                parameters,
                with_embedding=embedded,
            )
            oof[test] = predict_lift(fitted, modality, known.inputs.rows(test))
        predictions[modality] = oof
        regressors[modality] = fit_lift(
            modality,
            known.inputs.rows(rows),
            lift[rows],
            keys,
            parameters,
            with_embedding=embedded,
        )
    return regressors, predictions


def stacked_rows(
    origin: np.ndarray,
    oof: np.ndarray,
    weights: Mapping[str, PatternWeights],
    predictions: Mapping[str, np.ndarray],
    present: Mapping[str, np.ndarray],
) -> np.ndarray:
    """Return the stack's predictions of posts that learn levels, log10 `[posts]`.

    Parameters
    ----------
    origin : np.ndarray [shape=(posts,), dtype=int64]
        Position of each among all posts.
    oof : np.ndarray [shape=(posts,)]
        What accounts usually get, out of fold.
    weights, predictions : mapping
        The stack by what is there, and the lifts out of fold of all posts.
    present : mapping of str to np.ndarray [shape=(rows,), dtype=bool]
        What was not left out of each row.
    """
    names = [modality for modality in CONTENT if modality in predictions]
    code = np.zeros(len(origin), dtype=int)
    for bit, name in enumerate(names):
        there_is = np.isfinite(predictions[name][origin]) & present[name]
        code |= there_is.astype(int) << bit
    total = np.zeros(len(origin))
    for value in np.unique(code):
        there = [name for bit, name in enumerate(names) if value >> bit & 1]
        stack = weights["+".join(there)]
        at = code == value
        total[at] = stack.intercept + stack.weights["context"] * oof[at]
        for name in there:
            total[at] += stack.weights[name] * predictions[name][origin[at]]
    return total


def content_of(
    origin: np.ndarray,
    weights: Mapping[str, PatternWeights],
    predictions: Mapping[str, np.ndarray],
    present: Mapping[str, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of the context in each post's stack, and what the stack adds to it.

    Parameters are those of `stacked_rows`; `present` is of all posts. Both `[posts]`.
    """
    there = {name: values[origin] for name, values in present.items()}
    nothing = np.zeros(len(origin))
    content = stacked_rows(origin, nothing, weights, predictions, there)
    return stacked_rows(origin, nothing + 1.0, weights, predictions, there) - content, content
