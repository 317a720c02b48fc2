"""What is on the leaderboard from the start: three rules that need no model, and ours.

The range around a rule is that of its own errors on the posts that may be learnt from: their tenth
and ninetieth percentile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from protocols import FEWEST_RECENT, Protocol, usual_log_views
from scoring import KEYS, RANGE

from viral.model.inputs import Inputs, inputs_from_posts
from viral.training.options import TrainingOptions
from viral.training.trainer import Trainer

Rule = Callable[[pd.DataFrame, pd.DataFrame], tuple[np.ndarray, np.ndarray]]
"""Posts to learn from, posts that are asked -> log10 views of both."""
OPTIONS = TrainingOptions(seeds=(0,), strange_posts=1500, patterns=("history",))
"""As the shipped model is trained, but for one booster instead of two, as `viral evaluate` does,
and for recent views alone, which all questions tell."""


def mean_of_last_five(learnt: pd.DataFrame, asked: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Say what the account usually gets."""
    return usual_log_views(learnt), usual_log_views(asked)


def followers_line(learnt: pd.DataFrame, asked: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Say what a line through the followers says; the middle post where they are not known."""
    truth = _log_views(learnt)
    sides = [
        np.log10(side["followers"].to_numpy(dtype=np.float64) + 1.0) for side in (learnt, asked)
    ]
    known = np.isfinite(sides[0])
    line = np.polyfit(sides[0][known], truth[known], 1)
    said = [np.polyval(line, side) for side in sides]
    middle = float(np.median(truth))
    return np.where(known, said[0], middle), np.where(np.isfinite(said[1]), said[1], middle)


def training_median(learnt: pd.DataFrame, asked: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Say the middle post, whatever is asked."""
    middle = float(np.median(_log_views(learnt)))
    return np.full(len(learnt), middle), np.full(len(asked), middle)


RULES: Mapping[str, Rule] = {
    "mean of the last five": mean_of_last_five,
    "a line through followers": followers_line,
    "the middle post": training_median,
}


def _log_views(posts: pd.DataFrame) -> np.ndarray:
    return np.log10(posts["views"].to_numpy(dtype=np.float64) + 1.0)


def by_rule(rule: Rule, posts: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Return the submission of a rule; it learns from posts of the sets that are asked of."""
    enough = np.array([len(views) >= FEWEST_RECENT for views in posts["recent_views"]])
    same = posts["source"].isin(posts.loc[protocol.asked, "source"].unique()).to_numpy()
    learnt, asked = posts[protocol.learnt & enough & same], posts[protocol.asked]
    said, median = rule(learnt, asked)
    down, up = np.quantile(_log_views(learnt) - said, [0.1, 0.9])
    ends = np.sort(np.column_stack([median + down, median, median + up]), axis=1)
    return submitted(asked, protocol, np.maximum(10.0**ends - 1.0, 0.0))


def inputs_of(posts: pd.DataFrame) -> Inputs:
    """Measure the posts, once for all questions; captions are not embedded where views are told."""
    return inputs_from_posts(posts, {}, with_embeddings=False)


def by_viral(posts: pd.DataFrame, inputs: Inputs, protocols: list[Protocol]) -> pd.DataFrame:
    """Return our submission for questions that may learn from the same posts: one training."""
    learnt = protocols[0].learnt
    assert all(np.array_equal(one.learnt, learnt) for one in protocols)
    table = posts[learnt].reset_index(drop=True)
    model = Trainer(table, inputs.rows(learnt), OPTIONS).model()
    tables = []
    for protocol in protocols:
        counts = model.counts(model.estimate(inputs.rows(protocol.asked)))["views"]
        tables.append(submitted(posts[protocol.asked], protocol, np.column_stack(counts)))
    return pd.concat(tables, ignore_index=True)


def submitted(asked: pd.DataFrame, protocol: Protocol, ranges: np.ndarray) -> pd.DataFrame:
    """Return ranges, views `[posts, 3]`, in the form of a submission."""
    table = asked[KEYS].astype(str).reset_index(drop=True)
    table[RANGE] = ranges
    table.insert(0, "protocol", protocol.name)
    return table
