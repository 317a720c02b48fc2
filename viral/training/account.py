"""Learning what lifts one account's posts, and judging it in the order of time.

What is learnt from is the residual: log10 views of a post less what the shipped model expected of
it, told what was known before it was posted. From the `FIRST_LEARNT`th post on, each is predicted
by regressors that saw only earlier posts. Those predictions give the weights of the parts
(non-negative, shrunk by their chance, see `viral.model.stack.fit_weights`), and the weights of a
moment come from earlier predictions alone, so that what is judged could have been said at the time.

The level of the account, and its content on top, are kept each for itself: only if the mean
absolute error in the order of time is smaller with it than without, with the 95 % interval over
resampled runs of neighbouring posts below zero. What is not kept has weight 0, and its figures are
stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from viral.account.model import PARTS, AccountModel, with_captions
from viral.model.gaussian_process import FEWEST_POSTS as FIRST_LEARNT
from viral.model.inputs import Inputs, inputs_from_posts
from viral.model.lifts import predict_lift
from viral.model.model import Model, to_log
from viral.model.regressors import Regressor
from viral.model.stack import fit_weights
from viral.training.account_posts import AccountPosts
from viral.training.lifts import fit_lift
from viral.training.metrics import bootstrap, mae, spearman
from viral.training.options import TrainingOptions

POST_FEATURES = (
    "hour_sin",
    "hour_cos",
    "weekday",
    "duration",
    "hashtag_count",
    "reach_tag_count",
    "sound_original",
)
"""Of the context, what belongs to a post and not to the account."""
FIRST_WEIGHED = 10
"""Predictions in the order of time that weights need; before there are as many, they are 0."""
FEWEST_JUDGED = 10
"""Posts below which nothing can be shown."""
MOST_STEPS = 25
"""Trainings in the order of time at most; longer feeds are predicted in as many blocks."""
LEVEL_POSTS = 20
"""The level is the mean residual of this many newest posts, ..."""
LEVEL_PRIOR = 10
"""... drawn towards 0 as if as many more had got what was expected."""
NEIGHBOURS = 4
"""Posts in a run that is resampled together: neighbours share moods and fashions."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class InOrder:
    """What could have been said of each post at its time, log10; NaN before there was enough."""

    residual: np.ndarray
    """What became of it less what the shipped model expected."""
    level: np.ndarray
    lifts: Mapping[str, np.ndarray]
    """Part -> its own prediction of the residual, 0 where the post lacks it."""
    content: np.ndarray
    """All lifts together, with the weights of that time."""
    alone: Mapping[str, np.ndarray]
    """Part -> what it would have added by itself, with its own weight of that time."""
    judged: np.ndarray
    """Whether a post is late enough to be judged by, bool."""


def measured(account: AccountPosts) -> Inputs:
    """Measure an account's posts; of the context, only what belongs to a post is for learning."""
    inputs = inputs_from_posts(account.posts, account.clips, with_embeddings=False)
    return with_captions(inputs, account.posts)


def residuals(model: Model, inputs: Inputs, views: np.ndarray) -> np.ndarray:
    """Return log10 views less what a model expects, `[shape=(posts,)]`."""
    expected = model.counts(model.estimate(inputs))["views"][1]
    return to_log(views) - to_log(expected)


def _fitted(part: str, inputs: Inputs, rows: np.ndarray, residual: np.ndarray) -> Regressor:
    return fit_lift(
        part,
        inputs.rows(rows),
        residual,
        pd.Series(np.arange(len(rows)).astype(str)),
        TrainingOptions().lift_parameters,
        with_embedding=True,
    )


def _level(past: np.ndarray) -> float:
    newest = past[-LEVEL_POSTS:]
    return float(newest.sum() / (len(newest) + LEVEL_PRIOR))


def _weighed(lifts: Mapping[str, np.ndarray], rest: np.ndarray) -> dict[str, float]:
    """Return the weights of the parts for what is left over, from predictions in order."""
    if len(rest) < FIRST_WEIGHED:
        return dict.fromkeys(lifts, 0.0)
    # A single account: runs of its posts take the place of creators.
    one = np.zeros(len(rest), dtype=int)
    return dict(fit_weights(lifts, rest, one, free=()).weights)


def in_order(inputs: Inputs, residual: np.ndarray, say: Say = lambda _: None) -> InOrder:
    """Predict each post's residual from earlier posts.

    Parameters
    ----------
    inputs : Inputs
        Of posts in the order of time.
    residual : np.ndarray [shape=(posts,)]
        From `residuals`.
    say : callable
        Told what is being done.
    """
    count = len(residual)
    parts = [part for part in PARTS if inputs.present[part].any()]
    late = np.arange(FIRST_LEARNT, count)
    blocks = np.array_split(late, min(MOST_STEPS, len(late))) if len(late) else []
    level = np.full(count, np.nan)
    lifts = {part: np.full(count, np.nan) for part in parts}
    content = np.full(count, np.nan)
    alone = {part: np.full(count, np.nan) for part in parts}
    for number, block in enumerate(blocks, start=1):
        say(f"judging in the order of time, {number} of {len(blocks)}")
        past = np.arange(block[0])
        level[block] = _level(residual[past])
        for part in parts:
            lifts[part][block] = 0.0
            rows, asked = past[inputs.present[part][past]], block[inputs.present[part][block]]
            if len(rows) >= FIRST_LEARNT and len(asked):
                rest = residual[rows] - residual[rows].mean()
                fitted = _fitted(part, inputs, rows, rest)
                lifts[part][asked] = predict_lift(fitted, part, inputs.rows(asked))
        known = past[FIRST_LEARNT:]
        rest = residual[known] - level[known]
        weights = _weighed({part: lifts[part][known] for part in parts}, rest)
        content[block] = sum(weights[part] * lifts[part][block] for part in parts)
        for part in parts:
            own = _weighed({part: lifts[part][known]}, rest)
            alone[part][block] = own[part] * lifts[part][block]
    judged = np.arange(count) >= FIRST_LEARNT + FIRST_WEIGHED
    return InOrder(residual, level, lifts, content, alone, judged)


def gained(truth: np.ndarray, without: np.ndarray, with_it: np.ndarray) -> dict[str, Any]:
    """Return the errors without and with something, and the difference with its 95 % interval.

    Parameters
    ----------
    truth, without, with_it : np.ndarray [shape=(posts,)]
        In the order of time, log10.

    Returns
    -------
    dict
        `mae_without`, `mae_with`, `difference` (below 0 is better), `interval`, `shown`.
    """
    change = np.abs(truth - with_it) - np.abs(truth - without)
    runs = (np.arange(len(truth)) // NEIGHBOURS).astype(str)
    low, high = bootstrap(lambda rows: {"mean": float(change[rows].mean())}, runs)["mean"]
    return {
        "mae_without": mae(truth, without),
        "mae_with": mae(truth, with_it),
        "difference": float(change.mean()),
        "interval": [low, high],
        "shown": bool(len(truth) >= FEWEST_JUDGED and high < 0.0),
    }


def _ranked(truth: np.ndarray, predicted: np.ndarray) -> dict[str, Any]:
    if np.ptp(predicted) == 0.0:
        return {"spearman": None, "spearman_interval": None}
    runs = (np.arange(len(truth)) // NEIGHBOURS).astype(str)
    found = bootstrap(lambda rows: {"rank": spearman(truth[rows], predicted[rows])}, runs)
    return {"spearman": spearman(truth, predicted), "spearman_interval": found["rank"]}


def judged_figures(found: InOrder) -> dict[str, Any]:
    """Return how the level, the content and each part did in the order of time."""
    rows = np.flatnonzero(found.judged)
    if len(rows) < FEWEST_JUDGED:
        return {"judged": len(rows)}
    truth, level = found.residual[rows], found.level[rows]
    nothing = np.zeros(len(rows))
    level_gain = gained(truth, nothing, level)
    ground = level if level_gain["shown"] else nothing
    content = found.content[rows]
    return {
        "judged": len(rows),
        "level": level_gain,
        "content": {
            **gained(truth, ground, ground + content),
            **_ranked(truth - ground, content),
        },
        "parts": {
            part: {
                **gained(truth, ground, ground + found.alone[part][rows]),
                **_ranked(truth - ground, found.lifts[part][rows]),
            }
            for part in found.lifts
        },
    }


def learnt(
    model: Model, account: AccountPosts, say: Say = lambda _: None
) -> tuple[AccountModel, InOrder]:
    """Learn what lifts an account's posts.

    Parameters
    ----------
    model : Model
        What it stands on.
    account : AccountPosts
        From `viral.training.account_posts.account_posts`.
    say : callable
        Told what is being done.

    Returns
    -------
    tuple of AccountModel and InOrder
        With weight 0 for all that was not shown to help.
    """
    from threadpoolctl import threadpool_limits

    say("measuring captions")
    inputs = measured(account)
    views = account.posts["views"].to_numpy(dtype=np.float64)
    residual = residuals(model, inputs, views)
    kept = [name for name in POST_FEATURES if name in inputs.values["context"]]
    inputs = replace(inputs, values={**inputs.values, "context": inputs.values["context"][kept]})
    # Hundreds of small problems: threads would wait for each other longer than they work, and one
    # thread always adds up in the same order.
    with threadpool_limits(1, user_api="blas"):
        return _learnt(model, account, inputs, residual, say)


def _learnt(
    model: Model, account: AccountPosts, inputs: Inputs, residual: np.ndarray, say: Say
) -> tuple[AccountModel, InOrder]:
    found = in_order(inputs, residual, say)
    figures = judged_figures(found)
    level_shown = bool(figures.get("level", {}).get("shown"))
    content_shown = bool(figures.get("content", {}).get("shown"))
    level = _level(residual)
    known = np.flatnonzero(np.isfinite(found.content))
    raw = _weighed(
        {part: found.lifts[part][known] for part in found.lifts},
        residual[known] - found.level[known],
    )
    weights = raw if content_shown else dict.fromkeys(raw, 0.0)
    lifts = {}
    for part in [part for part, weight in weights.items() if weight > 0.0]:
        rows = np.flatnonzero(inputs.present[part])
        lifts[part] = _fitted(part, inputs, rows, residual[rows] - residual[rows].mean())
    posted = account.posts["posted_at"]
    figures |= {
        "posts": len(residual),
        "first_post": f"{posted.min():%Y-%m-%d}",
        "last_post": f"{posted.max():%Y-%m-%d}",
        "measured": {part: int(inputs.present[part].sum()) for part in found.lifts},
        "level_if_taken": level,
        "weights_if_taken": raw,
    }
    own = AccountModel(
        level=level if level_shown else 0.0,
        lifts=lifts,
        weights=weights,
        learnt_on=model.version,
        figures=figures,
    )
    return own, found
