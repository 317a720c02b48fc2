"""How much the account's numbers say of a post: accuracy on creators that were held out.

    python -m benchmarks.account_accuracy [--data ../shared/data] [--seeds 5]

One regressor on the context features, without content and without the stack, against the baselines
in the same run. All figures are of log10(views + 1). A fifth of the creators is held out for each
seed; parameters were chosen on folds of the other creators of seed 0.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from viral.modalities import context
from viral.model.account_parameters import ACCOUNT_BLOCKS, HISTORY_PARAMETERS, RISING
from viral.model.masking import as_pattern, masked
from viral.model.smooth import SmoothRegressor
from viral.posts.past import PAST
from viral.posts.schema import log_counts
from viral.posts.splits import creator_keys, held_out, newest
from viral.posts.training import training_posts

START = "recent_last_five"
"""What the regressor starts from: it learns the difference."""
FEWEST_RECENT = 5
USUAL_POSTS = 10
"""Lift is measured against the mean of this many posts."""
BASELINE_PARAMETERS = {"objective": "regression", "num_leaves": 31, "learning_rate": 0.05}
BASELINE_ROUNDS = 400
AGE_LEFT_OUT = 0.5
"""How often the masked copy of a training post does without its age."""


def figures(truth: np.ndarray, predicted: np.ndarray) -> tuple[float, float, float]:
    """Return R2, Spearman's rank correlation and the mean absolute error."""
    rest = float(((truth - predicted) ** 2).sum() / ((truth - truth.mean()) ** 2).sum())
    rank = float(spearmanr(truth, predicted)[0])
    return 1.0 - rest, rank, float(np.abs(truth - predicted).mean())


def fit_trees(
    features: pd.DataFrame, target: np.ndarray, parameters: dict[str, object], rounds: int
) -> lightgbm.Booster:
    """Train LightGBM in one thread, the same each time."""
    settings = {"verbosity": -1, "num_threads": 1, "seed": 0, "deterministic": True, **parameters}
    return lightgbm.train(settings, lightgbm.Dataset(features, target), rounds)


def fit_history(
    posts: pd.DataFrame, target: np.ndarray, seed: int, columns: Sequence[str] | None = None
) -> Callable[[pd.DataFrame], np.ndarray]:
    """Train on posts as they are and again with parts left out; return what predicts features."""
    fewer = masked(posts, "history", seed)
    drawn = np.random.default_rng(seed).random(len(fewer)) < AGE_LEFT_OUT
    fewer["horizon_days"] = fewer["horizon_days"].mask(drawn)
    features = context.extract_table(pd.concat([posts, fewer], ignore_index=True))
    names = list(columns or features.columns)
    parameters = dict(HISTORY_PARAMETERS)
    rounds = int(parameters.pop("num_iterations"))
    parameters["monotone_constraints"] = [int(name in RISING) for name in names]
    beyond = np.concatenate([target, target]) - features[START].to_numpy()
    trees = fit_trees(features[names], beyond, parameters, rounds)
    return lambda given: np.asarray(trees.predict(given[names])) + given[START].to_numpy()


def fit_account(features: pd.DataFrame, target: np.ndarray) -> Callable[[pd.DataFrame], np.ndarray]:
    """Train the smooth regressor on the account without history."""
    names = [name for block in ACCOUNT_BLOCKS for name in block.columns]
    surface = SmoothRegressor.fit(features[names].to_numpy(), ACCOUNT_BLOCKS, target)
    return lambda given: surface.predict(given[names].to_numpy())


def reversed_views(posts: pd.DataFrame) -> pd.DataFrame:
    """Return the posts with their recent views newest first."""
    turned = [views[::-1] for views in posts["recent_views"]]
    return posts.assign(recent_views=pd.Series(turned, index=posts.index, dtype=object))


def last_views(posts: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the posts with only the newest recent views."""
    cut = [views[-count:] for views in posts["recent_views"]]
    return posts.assign(recent_views=pd.Series(cut, index=posts.index, dtype=object))


class Figures:
    """Collects figures by protocol and method, and prints their mean and spread over seeds."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], list[tuple[float, float, float]]] = {}

    def add(self, protocol: str, method: str, truth: np.ndarray, predicted: np.ndarray) -> None:
        """Keep the figures of one seed."""
        self.rows.setdefault((protocol, method), []).append(figures(truth, predicted))

    def show(self) -> None:
        """Print one line for each method."""
        before = ""
        for (protocol, method), values in self.rows.items():
            if protocol != before:
                print(f"\n{protocol:52s} {'R2':>14s} {'Spearman':>14s} {'MAE':>14s}")
                before = protocol
            mean, spread = np.mean(values, axis=0), np.std(values, axis=0)
            parts = "  ".join(f"{m:.3f} +- {s:.3f}" for m, s in zip(mean, spread, strict=True))
            print(f"  {method:50s} {parts}")


def _baseline_columns() -> list[str]:
    return [
        *("followers", "total_likes", "total_videos", "duration", "hashtag_count"),
        *("hour_sin", "hour_cos", "weekday", "sound_original"),
        *("recent_mean", "recent_median", "recent_spread", START, "recent_last", "recent_count"),
    ]


def unseen_creators(posts: pd.DataFrame, seed: int, results: Figures) -> None:
    """Rows 1, 2 and 4 of the published table, for one seed."""
    out = held_out(creator_keys(posts), seed=seed)
    truth = log_counts(posts["views"])
    many = posts["recent_views"].map(len).to_numpy() >= FEWEST_RECENT
    train, test = ~out & many, out & many
    features = context.extract_table(posts)
    usual = context.extract_table(last_views(posts, USUAL_POSTS))["recent_mean"].to_numpy()
    some = ~out & (posts["recent_views"].map(len).to_numpy() > 0)
    full = fit_history(posts[some].reset_index(drop=True), truth[some], seed)
    baseline = fit_trees(
        features.loc[train, _baseline_columns()], truth[train], BASELINE_PARAMETERS, BASELINE_ROUNDS
    )
    told = posts[test].reset_index(drop=True)
    alone = told.drop(columns=list(PAST))
    ways = {
        "all features": told,
        "age unknown": told.assign(horizon_days=np.nan),
        "no totals": told.assign(creator_total_likes=np.nan, creator_total_videos=np.nan),
        "each post by itself": alone,
        "each post by itself, newest 10": last_views(alone, 10),
        "each post by itself, newest 10, reversed": reversed_views(last_views(alone, 10)),
        "each post by itself, newest 5": last_views(alone, 5),
        "each post by itself, newest 5, reversed": reversed_views(last_views(alone, 5)),
    }
    first, second = "unseen creators, 5 or more recent views", "lift over the own last-10 mean"
    for name, way in ways.items():
        predicted = full(context.extract_table(way))
        results.add(first, name, truth[test], predicted)
        results.add(second, name, (truth - usual)[test], predicted - usual[test])
    known = np.asarray(baseline.predict(features.loc[test, _baseline_columns()]))
    results.add(first, "untuned LightGBM", truth[test], known)
    results.add(second, "untuned LightGBM", (truth - usual)[test], known - usual[test])
    results.add(first, "mean of the last five", truth[test], features.loc[test, START].to_numpy())

    third = "unseen creators, no history, age unknown"
    account = context.extract_table(as_pattern(posts, "account").assign(horizon_days=np.nan))
    surface = fit_account(account[~out], truth[~out])
    results.add(third, "smooth surface", truth[out], surface(account[out]))
    names = [name for name in account.columns if not name.startswith("recent_") and name != "age"]
    trees = fit_trees(account.loc[~out, names], truth[~out], BASELINE_PARAMETERS, BASELINE_ROUNDS)
    results.add(
        third, "untuned LightGBM", truth[out], np.asarray(trees.predict(account.loc[out, names]))
    )
    line = np.polyfit(account.loc[~out, "followers"], truth[~out], 1)
    results.add(
        third, "a line through followers", truth[out], np.polyval(line, account["followers"][out])
    )


def newest_posts(posts: pd.DataFrame, results: Figures) -> None:
    """Row 3 of the published table: trained on the first 80 % in time."""
    truth = log_counts(posts["views"])
    late = newest(posts)
    counts = posts["recent_views"].map(len).to_numpy()
    train, test = ~late & (counts > 0), late & (counts >= FEWEST_RECENT)
    name = "last 20 % in time, 5 or more recent views"
    features = context.extract_table(posts)
    full = fit_history(posts[train].reset_index(drop=True), truth[train], 0)
    results.add(name, "all features", truth[test], full(features[test]))
    rows = train & (counts >= FEWEST_RECENT)
    baseline = fit_trees(
        features.loc[rows, _baseline_columns()], truth[rows], BASELINE_PARAMETERS, BASELINE_ROUNDS
    )
    known = np.asarray(baseline.predict(features.loc[test, _baseline_columns()]))
    results.add(name, "untuned LightGBM", truth[test], known)
    results.add(name, "mean of the last five", truth[test], features.loc[test, START].to_numpy())
    keys = creator_keys(posts)
    everywhere = np.full(len(posts), np.nan)
    for seed in range(3):
        out = held_out(keys, seed=seed) & test & np.isnan(everywhere)
        some = ~held_out(keys, seed=seed) & (counts > 0)
        other = fit_history(posts[some].reset_index(drop=True), truth[some], seed)
        everywhere[out] = other(features[out])
    known_rows = np.isfinite(everywhere)
    results.add(
        "the newest posts of unseen creators, trained on all times",
        "all features",
        truth[known_rows],
        everywhere[known_rows],
    )


def ablations(posts: pd.DataFrame, seed: int, results: Figures) -> None:
    """Leave groups of features out, one at a time."""
    out = held_out(creator_keys(posts), seed=seed)
    truth = log_counts(posts["views"])
    counts = posts["recent_views"].map(len).to_numpy()
    train, test = ~out & (counts > 0), out & (counts >= FEWEST_RECENT)
    told = context.extract_table(posts[test].reset_index(drop=True))
    fitting = posts[train].reset_index(drop=True)
    groups: dict[str, list[str]] = {"nothing": []}
    for feature in context.FEATURES:
        groups.setdefault(feature.group, []).append(feature.name)
    groups["order of recent views"] = [
        f.name for f in context.FEATURES if f.description.endswith("oldest first.")
    ]
    for group, names in groups.items():
        kept = [f.name for f in context.FEATURES if f.name not in names]
        fitted = fit_history(fitting, truth[train], seed, kept)
        results.add("left out, 5 or more recent views", group, truth[test], fitted(told))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--ablations", action="store_true", help="also leave groups out")
    options = parser.parse_args()
    posts = training_posts(options.data)
    posts = posts[posts["source"] == "creators_2020"].reset_index(drop=True)
    results = Figures()
    for seed in range(options.seeds):
        unseen_creators(posts, seed, results)
    newest_posts(posts, results)
    if options.ablations:
        for seed in range(min(options.seeds, 2)):
            ablations(posts, seed, results)
    results.show()


if __name__ == "__main__":
    main()
