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
from viral.model.inputs import Inputs, context_of
from viral.model.model import BREAKOUT_FACTOR, Model, to_log
from viral.posts.earlier_posts import PAST
from viral.posts.published_sets import LEVELS, sources_teaching
from viral.training.masking import TOTALS
from viral.training.metrics import bootstrap, mae, point_figures
from viral.training.trainer import GROWN_DAYS, Trainer

FEWEST_JUDGED = 100
"""Posts of a group below which nothing is said of it."""
COUNTS_TOLD = ("likes", "comments", "shares", "saves")
OWN_COUNTS = tuple(name for name in PAST if "_ratio" in name or name.endswith("_posts"))
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
    "mixed_2024": ("history",),
    "srilanka_2025": ("history", "account"),
}
"""Set that is left out of the training, one after the other -> the patterns that are learnt."""
ASKED_OF_LEFT_OUT = ("followers, length, caption", "followers, length, time, caption", "5 views")


@dataclass(frozen=True)
class Told:
    """One combination of what is told; everything not named is left out."""

    name: str
    views: int = 0
    """Newest recent views that are told; posts with fewer are not asked."""
    followers: bool = False
    totals: bool = False
    length: bool = False
    time: bool = False
    caption: bool = False
    likes: bool = False
    """Counts of the same recent posts."""
    age: bool = False
    """How old the post is when its views are counted."""
    compared: bool = False
    """What a table tells of the earlier posts beside their views."""


COMBINATIONS = (
    Told("nothing"),
    Told("length and caption", length=True, caption=True),
    Told("followers", followers=True),
    Told("followers, length", followers=True, length=True),
    Told("followers, length, time", followers=True, length=True, time=True),
    Told("followers, length, caption", followers=True, length=True, caption=True),
    Told("followers, length, time, caption", 0, True, False, True, True, True),
    Told("followers and totals, length, time, caption", 0, True, True, True, True, True),
    Told("1 view", views=1),
    Told("3 views", views=3),
    Told("5 views", views=5),
    Told("10 views", views=10),
    Told("20 views", views=20),
    Told("5 views, followers", views=5, followers=True),
    Told("5 views, length, caption", views=5, length=True, caption=True),
    Told("5 views with likes", views=5, likes=True),
    Told("10 views, followers, length, time", views=10, followers=True, length=True, time=True),
    Told("everything", 5, True, True, True, True, True, True, True, True),
)
"""What is measured, at least the combinations that a page, a command and a table are asked with."""


def told_of(posts: pd.DataFrame, told: Told) -> pd.DataFrame:
    """Return the posts as they look when only this is told."""
    table = posts.copy()
    nothing = pd.Series([()] * len(table), index=table.index, dtype=object)
    if told.views == 0:
        table["recent_views"] = nothing
    elif not told.compared:
        table["recent_views"] = pd.Series(
            [views[-told.views :] for views in table["recent_views"]], index=table.index
        )
    for name in PAST:
        if name in table and not told.compared and not (told.likes and name in OWN_COUNTS):
            table[name] = np.nan
    if not told.followers:
        table["followers"] = np.nan
    if not told.totals:
        table[list(TOTALS)] = np.nan
    if not told.length:
        table["duration_s"] = np.nan
    if not told.time:
        table["posted_at"] = pd.NaT
    if not told.caption:
        table["caption"], table["hashtags"] = None, None
    if not told.age:
        table["horizon_days"] = np.nan
    if not told.compared:
        table["sound_name"], table["sound_original"], table["platform"] = None, np.nan, None
    return table


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


def without_words(inputs: Inputs) -> Inputs:
    """Return the inputs as they are without a caption."""
    nothing = np.zeros(len(inputs), dtype=bool)
    empty = np.empty(len(inputs), dtype=object)
    empty[:] = [()] * len(inputs)
    return replace(inputs, present={**inputs.present, "text": nothing}, hashtags=empty)


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
