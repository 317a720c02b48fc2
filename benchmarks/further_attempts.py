"""More that was tried to predict views better, each beside what it would replace.

    python -m benchmarks.further_attempts lift      # hashtags and sounds by the lift of others
    python -m benchmarks.further_attempts recent    # other levels of the recent views
    python -m benchmarks.further_attempts network   # networks on the sequence of recent views
    python -m benchmarks.further_attempts recency   # newer posts weigh more; judged on the newest
    python -m benchmarks.further_attempts trending  # captions by their letters, and kernels

The same folds of training creators as `benchmarks.accuracy_attempts`: whom `viral evaluate` holds
out is never looked at; of the trending posts it holds out nobody. Trees on recent views see posts
as they are, without the copies that leave parts out, so that each way costs half; all ways of a
table have the same rows.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy_attempts import (
    ACCOUNT_TREES,
    COMMON,
    FOLDS,
    FOLDS_RUN,
    LAST_FIVE,
    SMALL_TREES,
    TRENDING_FOLDS,
    Answers,
    caption_surface,
    put,
    show,
    surface,
    training_side,
    trees,
    trending_parts,
)
from benchmarks.attempted_inputs import (
    levels,
    lifts_of_others,
    linear_ways,
    network_predictions,
    recent_matrix,
)
from viral.modalities import context
from viral.modalities.hashtags import is_reach_tag
from viral.model.account_parameters import (
    ACCOUNT_BLOCKS,
    HISTORY_ALPHAS,
    HISTORY_PARAMETERS,
    RISING,
    SURFACE_SHARE,
)
from viral.model.masking import as_pattern
from viral.model.metrics import point_figures
from viral.posts.schema import log_counts
from viral.posts.splits import creator_keys, folds, newest

SHIPPED = "as shipped"
BEST_CAPTIONS = "mean of captions and trees: and metadata"
"""Of `benchmarks.accuracy_attempts trending`, by content alone."""
SEQUENCE = 20
"""Recent views that the networks read."""
HALF_LIVES_DAYS = (60, 180, 365)


@dataclass(frozen=True)
class Rows:
    """Posts with recent views and what the trees of `history` learn from them."""

    posts: pd.DataFrame
    keys: pd.Series
    table: pd.DataFrame
    truth: np.ndarray
    usual: np.ndarray
    """Mean log10 views of the last ten posts; NaN where fewer than five are known."""

    @property
    def beyond(self) -> np.ndarray:
        """What a post got beyond the mean of the last five, log10."""
        return self.truth - self.table[LAST_FIVE].to_numpy()


def rows_of(data: Path, share: float) -> Rows:
    """Return the posts with recent views of some training creators."""
    posts, keys = training_side(data, share)
    counts = posts["recent_views"].map(len).to_numpy()
    posts, keys = posts[counts > 0].reset_index(drop=True), keys[counts > 0].reset_index(drop=True)
    usual = np.array([log_counts(views[-10:]).mean() for views in posts["recent_views"]])
    usual[posts["recent_views"].map(len) < 5] = np.nan
    return Rows(posts, keys, context.extract_table(posts), log_counts(posts["views"]), usual)


def shipped_trees(
    table: pd.DataFrame,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    seed: int = 0,
    rounds: int | None = None,
) -> Callable[[pd.DataFrame], np.ndarray]:
    """Fit the trees on recent views as the shipped model has them, both borders of Huber's loss.

    `rounds` of them, or as many as the shipped model has.
    """
    parameters = {
        **HISTORY_PARAMETERS,
        **COMMON,
        "seed": seed,
        "monotone_constraints": [int(name in RISING) for name in table.columns],
    }
    shipped = int(parameters.pop("num_iterations"))
    fitted = [
        trees(table, target, rounds or shipped, {**parameters, "alpha": alpha}, weight)
        for alpha in HISTORY_ALPHAS
    ]
    return lambda asked: np.mean([one(asked[table.columns]) for one in fitted], axis=0)


def gains(truth: np.ndarray, found: Answers, fold: np.ndarray, base: str) -> None:
    """Print by fold what each way gains in R2 and loses in absolute error over another."""
    known = np.all([np.isfinite(values) for values in found.values()], axis=0)
    print(f"\n{'beside ' + base + ', by fold':52s} {'R2':>15s}  MAE in %")
    for name, values in found.items():
        cells = []
        for number in np.unique(fold[known & (fold >= 0)]):
            rows = known & (fold == number)
            mine, other = (point_figures(truth[rows], v[rows]) for v in (values, found[base]))
            change = 100.0 * (mine["mae"] / other["mae"] - 1.0)
            cells.append((f"{mine['r2'] - other['r2']:+.4f}", f"{change:+.1f}"))
        print(f"  {name:50s} {' '.join(c[0] for c in cells)}  {' '.join(c[1] for c in cells)}")


def show_history(
    title: str, rows: Rows, found: Answers, fold: np.ndarray, base: str = SHIPPED
) -> None:
    """Print the figures where five or more recent views are known."""
    some = {name: np.where(np.isfinite(rows.usual), v, np.nan) for name, v in found.items()}
    show(title, rows.truth, some, rows.usual)
    gains(rows.truth, some, fold, base)


def lift(data: Path, share: float, run: int) -> None:
    """Hashtags and sounds by what they did for others."""
    rows = rows_of(data, share)
    posts = rows.posts
    over = rows.truth - rows.usual
    tags = [tuple(own) if own is not None else () for own in posts["hashtags"]]
    topics = [tuple(tag for tag in own if not is_reach_tag(tag)) for own in tags]
    names = posts["sound_name"].fillna("") + "\x00" + posts["sound_author"].fillna("")
    own_sound = rows.table["sound_original"].to_numpy() == 1.0
    sounds = [() if own or len(n) < 2 else (n,) for n, own in zip(names, own_sound, strict=True)]
    fold, found = np.full(len(posts), -1), {}
    for number, (train, test) in enumerate(list(folds(rows.keys, FOLDS))[:run]):
        fold[test] = number
        learnt = np.zeros(len(posts), dtype=bool)
        learnt[train] = True
        seen = {
            name: lifts_of_others(posts, values, over, learnt).add_prefix(f"{name} ")
            for name, values in (("tag", tags), ("topic", topics), ("sound", sounds))
        }
        ways = {
            SHIPPED: [],
            "and hashtags": [seen["tag"]],
            "and hashtags that name a topic": [seen["topic"]],
            "and sounds": [seen["sound"]],
            "and hashtags and sounds": [seen["tag"], seen["sound"]],
        }
        start = rows.table[LAST_FIVE].to_numpy()[test]
        for name, more in ways.items():
            wide = pd.concat([rows.table, *more], axis=1)
            predict = shipped_trees(wide.iloc[train], rows.beyond[train])
            put(found, name, test, predict(wide.iloc[test]) + start, len(posts))
        alone = np.nan_to_num(seen["tag"]["tag mean"].to_numpy())[test] + rows.usual[test]
        put(found, "usual and the lift of the hashtags alone", test, alone, len(posts))
    show_history("target encodings by lift, history", rows, found, fold)


def recent(data: Path, share: float, run: int) -> None:
    """Fitted, weighted and robust levels beside what is measured of recent views."""
    from sklearn.linear_model import Ridge

    rows = rows_of(data, share)
    longest = int(rows.posts["recent_views"].map(len).max())
    plain, robust = levels(recent_matrix(rows.posts, longest))
    base = [LAST_FIVE, "recent_last_ten", "recent_mean", "recent_median"]
    for_start = pd.concat([rows.table[base], plain, robust], axis=1)
    fold, found = np.full(len(rows.posts), -1), {}
    # What is added to a level, so that trees learn the rest and not the level.
    less = {
        name: columns.apply(lambda c: c - rows.table[LAST_FIVE] if "level" in c.name else c)
        for name, columns in (("weighted", plain), ("robust", robust))
    }
    for number, (train, test) in enumerate(list(folds(rows.keys, FOLDS))[:run]):
        fold[test] = number
        start = rows.table[LAST_FIVE].to_numpy()
        fitted = Ridge(alpha=10.0).fit(for_start.iloc[train], rows.truth[train])
        line = fitted.predict(for_start)
        ways = {
            SHIPPED: ([], start),
            "and weighted levels, slopes and spreads": ([less["weighted"]], start),
            "and robust levels and spreads": ([less["robust"]], start),
            "and both": (list(less.values()), start),
            "trees start from a fitted level": ([], line),
        }
        for name, (more, begin) in ways.items():
            wide = pd.concat([rows.table, *more], axis=1)
            predict = shipped_trees(wide.iloc[train], (rows.truth - begin)[train])
            put(found, name, test, predict(wide.iloc[test]) + begin[test], len(start))
        put(found, "fitted level alone", test, line[test], len(start))
        put(found, "mean of the last five alone", test, start[test], len(start))
    show_history("levels of recent views, history", rows, found, fold)


def network(data: Path, share: float, run: int) -> None:
    """Networks on the last recent views, alone and blended with the trees."""
    rows = rows_of(data, share)
    start = rows.table[LAST_FIVE].to_numpy()
    views = recent_matrix(rows.posts, SEQUENCE) - start[:, None]
    sequence = np.stack([np.nan_to_num(views), np.isfinite(views)], axis=2)
    names = [n for n in rows.table.columns if not n.startswith("recent_place")]
    fold, found = np.full(len(start), -1), {}
    for number, (train, test) in enumerate(list(folds(rows.keys, FOLDS))[:run]):
        fold[test] = number
        predict = shipped_trees(rows.table.iloc[train], rows.beyond[train])
        put(found, SHIPPED, test, predict(rows.table.iloc[test]) + start[test], len(start))
        again = shipped_trees(rows.table.iloc[train], rows.beyond[train], seed=1)
        put(found, "other trees", test, again(rows.table.iloc[test]) + start[test], len(start))
        values = rows.table[names].to_numpy()
        with warnings.catch_warnings():
            # A column can be empty on all of these rows; it then says nothing.
            warnings.simplefilter("ignore", RuntimeWarning)
            mean, deviation = np.nanmean(values[train], axis=0), np.nanstd(values[train], axis=0)
        scaled = (values - mean) / np.where(deviation > 0, deviation, 1.0)
        other = np.clip(np.nan_to_num(scaled), -4.0, 4.0)
        for kind in ("MLP", "GRU"):
            said = network_predictions(kind, sequence, other, rows.beyond, train)
            put(found, kind, test, said[test] + start[test], len(start))
    # What the mean of two gains by being a mean, whatever the second is.
    other_trees = found.pop("other trees")
    found["half trees, half trees of another seed"] = 0.5 * (found[SHIPPED] + other_trees)
    for kind in ("MLP", "GRU"):
        found[f"0.7 trees, 0.3 {kind}"] = 0.7 * found[SHIPPED] + 0.3 * found[kind]
        found[f"half trees, half {kind}"] = 0.5 * found[SHIPPED] + 0.5 * found[kind]
    show_history("networks on recent views, history", rows, found, fold)


def recency(data: Path, share: float, run: int) -> None:
    """Rows weighed by how new they are, learnt from older posts of other creators."""
    rows = rows_of(data, share)
    posts, keys = training_side(data, share)
    told = context.extract_table(as_pattern(posts, "account").assign(horizon_days=np.nan))
    names = [n for n in told.columns if not n.startswith("recent_") and n != "age"]
    sides = {
        "history": (rows.posts, rows.keys, rows.truth, rows.table[LAST_FIVE].to_numpy()),
        "account": (posts, keys, log_counts(posts["views"]), np.zeros(len(posts))),
    }
    squares = {**ACCOUNT_TREES, "objective": "regression"}
    for pattern, (table, groups, truth, start) in sides.items():
        at = table["posted_at"]
        late = newest(table)
        fold, found = np.full(len(truth), -1), {}
        for number, (train, test) in enumerate(list(folds(groups, FOLDS))[:run]):
            older, newer = train[~late[train]], test[late[test]]
            fold[newer] = number
            days = (at.iloc[older].max() - at.iloc[older]).dt.total_seconds().to_numpy() / 86_400.0
            weights: dict[str, np.ndarray | None] = {SHIPPED: None}
            if pattern == "account":
                weights = {"trees": None}
            for half in HALF_LIVES_DAYS:
                weights[f"trees, half the weight after {half} days"] = 0.5 ** (days / half)
            for name, weight in weights.items():
                if pattern == "history":
                    learnt = (truth - start)[older]
                    predict = shipped_trees(rows.table.iloc[older], learnt, weight)
                    said = predict(rows.table.iloc[newer])
                else:
                    predict = trees(told[names].iloc[older], truth[older], 300, squares, weight)
                    said = predict(told[names].iloc[newer])
                put(found, name, newer, said + start[newer], len(truth))
            if pattern == "account":
                smooth = surface(told.iloc[older], truth[older], ACCOUNT_BLOCKS)
                put(found, "surface", newer, smooth(told.iloc[newer]), len(truth))
        if pattern == "history":
            show_history("older posts of others to newer ones, history", rows, found, fold)
            continue
        found[SHIPPED] = SURFACE_SHARE * found["surface"] + (1 - SURFACE_SHARE) * found["trees"]
        found["0.3 surface, the rest trees"] = 0.3 * found["surface"] + 0.7 * found["trees"]
        found["0.5 surface, the rest trees"] = 0.5 * found["surface"] + 0.5 * found["trees"]
        show("older posts of others to newer ones, account", truth, found)
        gains(truth, found, fold, SHIPPED)


def trending(data: Path, share: float, run: int) -> None:
    """Captions by letters and words, and kernels on their meaning, beside the trees."""
    del share, run
    posts, parts = trending_parts(data)
    truth = log_counts(posts["views"])
    captions = posts["caption"].fillna("").str.lower().tolist()
    hashtags = [" ".join(own) if own is not None else "" for own in posts["hashtags"]]
    both = [f"{caption} {tags}" for caption, tags in zip(captions, hashtags, strict=True)]
    table = pd.concat([parts[name] for name in ("words", "audio", "axes", "metadata")], axis=1)
    fold, found = np.full(len(truth), -1), {}
    for number, (train, test) in enumerate(folds(creator_keys(posts), TRENDING_FOLDS)):
        fold[test] = number
        predict = trees(table.iloc[train], truth[train], 200, SMALL_TREES)
        said = caption_surface(parts, truth, train, test)
        mean = (predict(table.iloc[test]) + said) / 2.0
        put(found, BEST_CAPTIONS, test, mean, len(truth))
        meaning = parts["meaning"].to_numpy()
        for name, values in linear_ways(both, captions, meaning, truth, train).items():
            put(found, name, test, values[test], len(truth))
    alone = [name for name in found if name != BEST_CAPTIONS]
    for name in alone:
        found[f"and a third {name}"] = (2.0 * found[BEST_CAPTIONS] + found[name]) / 3.0
    every = np.mean([found[name] for name in alone], axis=0)
    found["and a third the mean of all of these"] = (2.0 * found[BEST_CAPTIONS] + every) / 3.0
    show("trending posts, folds by author", truth, found)
    gains(truth, found, fold // (TRENDING_FOLDS // 2), BEST_CAPTIONS)


PARTS: Mapping[str, Callable[[Path, float, int], None]] = {
    "lift": lift,
    "recent": recent,
    "network": network,
    "recency": recency,
    "trending": trending,
}


def main() -> None:
    """Print the tables of some parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", choices=list(PARTS), nargs="+")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--creators", type=float, default=0.5, help="share of the creators")
    parser.add_argument("--folds", type=int, default=FOLDS_RUN, help="of the four, how many run")
    options = parser.parse_args()
    for part in options.parts:
        PARTS[part](options.data, options.creators, options.folds)


if __name__ == "__main__":
    main()
