"""What is promised for what people really tell: error, range, both tails, middle and breakout.

A model that was trained without a fifth of the creators of every set predicts their posts, told
one combination after the other. Each is judged by set, by size of account and by year, beside
rules that need no model: the mean of the last five, the account's own median, a line through the
followers. Posts whose counts were still growing are judged only where their age is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from viral.evaluation.protocols import Split
from viral.feedback.plausibility import far_off
from viral.model.inputs import Inputs, context_of
from viral.model.model import BREAKOUT_FACTOR, Model, from_log, to_log
from viral.posts.published_sets import LEVELS, sources_teaching
from viral.training.metrics import bootstrap, mae, point_figures
from viral.training.told import COMBINATIONS, Told, told_of, without_words
from viral.training.trainer import GROWN_DAYS, Trainer

MADE_UP = (3, 4, 5, 6)
"""log10 of the multiples that made-up reports claim, or of the shares."""
FEWEST_JUDGED = 100
"""Posts of a group below which nothing is said of it."""
COUNTS_TOLD = ("likes", "comments", "shares", "saves")
SIZES = (
    ("under 1,000", 0.0, 1e3),
    ("1,000 to 10,000", 1e3, 1e4),
    ("10,000 to 100,000", 1e4, 1e5),
    ("100,000 to 1 M", 1e5, 1e6),
    ("over 1 M", 1e6, np.inf),
)
"""Sizes of accounts, by followers."""
YEARS = (("to 2020", 0, 2021), ("2021", 2021, 2022), ("2022 to 2024", 2022, 2025))
YEARS_OPEN = ("2025 and 2026", 2025, 2100)
MANY = 1000
"""Posts of a group from which its interval says nothing that its size does not."""
ODD = {"as it is": 1.0, "a tenth": 0.1, "a hundredth": 0.01, "nothing": 0.0}
"""What the newest of five recent views is of what it will be -> that share."""
LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "denmark_2026": ("history", "account"),
    "hotels": ("account",),
    "feeds_2021": ("history",),
}
"""Set that is left out of the training, one after the other -> the patterns that are learnt."""
ASKED_OF_LEFT_OUT = ("followers, length, caption", "followers, length, time, caption", "5 views")


@dataclass(frozen=True)
class Judged:
    """One combination on the posts that it can be asked of, all `[posts]`, log10 where views."""

    source: np.ndarray
    creator: np.ndarray
    followers: np.ndarray
    year: np.ndarray
    truth: np.ndarray
    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    breakout: np.ndarray
    broke_out: np.ndarray
    """NaN where fewer than five earlier views are known."""
    others: Mapping[str, np.ndarray]
    counts: Mapping[str, np.ndarray]
    """Count -> 1.0 where its range held what came, NaN where that is not known."""


def asked(
    model: Model, posts: pd.DataFrame, inputs: Inputs, told: Told, line: np.ndarray
) -> Judged:
    """Ask a model about posts that it never saw.

    Parameters
    ----------
    posts, inputs
        With everything known; rows of the same posts.
    line : np.ndarray [shape=(2,)]
        Of log10 views on log10 followers, from training posts.
    """
    known = np.array([len(views) for views in posts["recent_views"]])
    chosen = known >= max(told.views, 5 if told.views >= 5 else told.views)
    if told.followers:
        chosen &= posts["followers"].notna().to_numpy()
    if told.totals:
        chosen &= posts["creator_total_likes"].notna().to_numpy() | told.compared
    age = posts["horizon_days"].to_numpy(dtype=np.float64)
    if not told.age:
        chosen &= ~(age < GROWN_DAYS)
    rows = np.flatnonzero(chosen)
    whole = posts.iloc[rows].reset_index(drop=True)
    table = told_of(whole, told)
    measured = context_of(inputs.rows(rows), table)
    if not told.caption:
        measured = without_words(measured)
    estimates = model.estimate(measured)
    counts = model.counts(estimates)
    low, median, high = (to_log(part) for part in counts["views"])
    views = whole["views"].to_numpy(dtype=np.float64)
    recent = [np.asarray(one, dtype=np.float64) for one in whole["recent_views"]]
    middle = np.array([np.median(v) if len(v) >= 5 else np.nan for v in recent])
    followers = whole["followers"].to_numpy(dtype=np.float64)
    others: dict[str, np.ndarray] = {}
    if told.views:
        lists = [to_log(np.asarray(one, dtype=np.float64)) for one in table["recent_views"]]
        others["mean of the last five"] = np.array([one[-5:].mean() for one in lists])
        others["own median"] = np.array([np.median(one) for one in lists])
    if told.followers:
        others["followers line"] = np.polyval(line, to_log(followers))
    held = {}
    for name in COUNTS_TOLD:
        if name in counts:
            truth = to_log(whole[name].to_numpy(dtype=np.float64))
            ends = [to_log(part) for part in (counts[name][0], counts[name][2])]
            inside = ((truth >= ends[0]) & (truth <= ends[1])).astype(np.float64)
            held[name] = np.where(np.isfinite(truth), inside, np.nan)
    happened = (views > BREAKOUT_FACTOR * middle).astype(np.float64)
    return Judged(
        source=whole["source"].to_numpy(dtype=str),
        creator=(whole["source"] + whole["creator"].astype(str)).to_numpy(dtype=str),
        followers=followers,
        year=whole["posted_at"].dt.year.to_numpy(dtype=np.float64),
        truth=to_log(views),
        low=low,
        median=median,
        high=high,
        breakout=model.breakout_probability(estimates, measured.usual_log_views),
        broke_out=np.where(np.isfinite(middle), happened, np.nan),
        others=others,
        counts=held,
    )


def _far_off(found: Judged, said: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return which of some reports, log10 views, would be set apart, bool `[posts]`."""
    parts = (said, found.low[rows], found.median[rows], found.high[rows])
    return far_off(*(from_log(part) for part in parts))


def made_up(found: Judged) -> dict[str, float]:
    """Return the share of made-up reports that are set apart, by what multiple of the prediction
    they claim."""
    everything = np.ones(len(found.truth), dtype=bool)
    return {
        f"{sign}{power}": float(
            np.mean(_far_off(found, np.maximum(found.median + step * power, 0.0), everything))
        )
        for sign, step in (("-", -1.0), ("+", 1.0))
        for power in MADE_UP
    }


def figures_of(found: Judged, rows: np.ndarray, *, intervals: bool = False) -> dict[str, Any]:
    """Return what happened in one group of posts, plain numbers."""
    truth, median = found.truth[rows], found.median[rows]
    known = np.isfinite(found.broke_out[rows])
    result: dict[str, Any] = {
        "posts": int(rows.sum()),
        "creators": len(np.unique(found.creator[rows])),
        **point_figures(truth, median),
        "bias": float(np.mean(median - truth)),
        "coverage": float(np.mean((truth >= found.low[rows]) & (truth <= found.high[rows]))),
        "below": float(np.mean(truth < found.low[rows])),
        "above": float(np.mean(truth > found.high[rows])),
        "above the middle": float(np.mean(truth > median)),
        "set apart": float(np.mean(_far_off(found, truth, rows))),
        "others": {
            name: {**point_figures(truth, values[rows])} for name, values in found.others.items()
        },
        "counts": {
            name: float(np.nanmean(inside[rows]))
            for name, inside in found.counts.items()
            if np.isfinite(inside[rows]).sum() >= FEWEST_JUDGED
        },
    }
    if known.sum() >= FEWEST_JUDGED:
        said, came = found.breakout[rows][known], found.broke_out[rows][known]
        rate = float(came.mean())
        result["breakout"] = {
            "said": float(said.mean()),
            "happened": rate,
            "brier": float(np.mean((said - came) ** 2)),
            "constant": rate * (1.0 - rate),
        }
    if intervals:

        def drawn(index: np.ndarray) -> dict[str, float]:
            inside = (truth >= found.low[rows]) & (truth <= found.high[rows])
            return {
                "mae": mae(truth[index], median[index]),
                "coverage": float(inside[index].mean()),
            }

        result["interval"] = bootstrap(drawn, found.creator[rows])
    return result


def groups_of(found: Judged) -> dict[str, dict[str, np.ndarray]]:
    """Return the groups that a combination is judged in: all, by set, by size, by year.

    Sets that were picked by their views, and teach no level, stand by themselves alone: what an
    account usually gets cannot be judged by its best posts.
    """
    taught = {name for pattern in LEVELS for name in sources_teaching(pattern)}
    fair = np.isin(found.source, sorted(taught))
    between: Callable[[np.ndarray, float, float], np.ndarray] = lambda x, a, b: (x >= a) & (x < b)  # noqa: E731
    return {
        "all": {"all": fair},
        "source": {name: found.source == name for name in np.unique(found.source)},
        "size": {name: fair & between(found.followers, a, b) for name, a, b in SIZES},
        "year": {name: fair & between(found.year, a, b) for name, a, b in (*YEARS, YEARS_OPEN)},
    }


def measured(model: Model, posts: pd.DataFrame, inputs: Inputs, line: np.ndarray) -> dict[str, Any]:
    """Return the figures of every combination in every group, for `evaluation.json`."""
    result: dict[str, Any] = {}
    for told in COMBINATIONS:
        found = asked(model, posts, inputs, told, line)
        result[told.name] = {
            kind: {
                name: figures_of(found, rows, intervals=rows.sum() < MANY)
                for name, rows in groups.items()
                if rows.sum() >= FEWEST_JUDGED
            }
            for kind, groups in groups_of(found).items()
        }
        result[told.name]["made up"] = made_up(found)
    return result


def _line(posts: pd.DataFrame) -> np.ndarray:
    """Return the line of log10 views on log10 followers of posts that a model learnt from."""
    known = posts["followers"].notna() & posts["source"].isin(sources_teaching("account"))
    if known.sum() < FEWEST_JUDGED:
        return np.array([0.0, 0.0])
    followers = to_log(posts.loc[known, "followers"].to_numpy(dtype=np.float64))
    views = to_log(posts.loc[known, "views"].to_numpy(dtype=np.float64))
    return np.asarray(np.polyfit(followers, views, 1))


def told_in(split: Split, model: Model) -> dict[str, Any]:
    """Return the figures of every combination on the creators of all sets that were held out."""
    posts = split.posts[split.apart].reset_index(drop=True)
    return measured(model, posts, split.inputs.rows(split.apart), _line(split.posts[split.train]))


def odd_values(split: Split, model: Model) -> dict[str, Any]:
    """Return the error with five recent views where the newest is not what it will be."""
    posts = split.posts[split.test].reset_index(drop=True)
    inputs = split.inputs.rows(split.test)
    result = {}
    for name, share in ODD.items():
        table = posts.copy()
        table["recent_views"] = pd.Series(
            [(*v[:-1], float(np.floor(v[-1] * share))) if v else v for v in posts["recent_views"]]
        )
        found = asked(model, table, inputs, Told(name, views=5), np.zeros(2))
        result[name] = {
            key: value
            for key, value in figures_of(found, np.ones(len(found.truth), dtype=bool)).items()
            if key in ("posts", "mae", "coverage", "below", "above")
        }
    return result


def left_out(material: Any, name: str) -> dict[str, Any]:
    """Return how a set is predicted by a model that never saw it, told the two things most told."""
    rows = (material.posts["source"] != name).to_numpy()
    options = replace(material.options, strange_posts=0, patterns=LEFT_OUT[name], fold_count=2)
    posts = material.posts[rows].reset_index(drop=True)
    model = Trainer(posts, material.inputs.rows(rows), options).model()
    asked_of = material.posts[~rows].reset_index(drop=True)
    line = _line(posts)
    result = {}
    for told in COMBINATIONS:
        pattern = "history" if told.views else "account"
        if told.name not in ASKED_OF_LEFT_OUT or pattern not in LEFT_OUT[name]:
            continue
        found = asked(model, asked_of, material.inputs.rows(~rows), told, line)
        if len(found.truth) >= FEWEST_JUDGED:
            result[told.name] = figures_of(found, np.ones(len(found.truth), dtype=bool))
    return result
