"""What was tried to predict accounts and lifts better, each beside what it would replace.

    python -m benchmarks.accuracy_attempts account   [--data ../shared/data] [--creators 0.5]
    python -m benchmarks.accuracy_attempts history
    python -m benchmarks.accuracy_attempts trending

Folds of creators inside the training side of the first draw of `viral evaluate`; the creators that
are held out there are never looked at. `account` knows followers and totals, or followers alone,
without the age; `history` has five or more recent views; `trending` has the trending posts by their
content. A share of the creators is enough to choose, and keeps each part under a minute.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd

from viral.modalities import audio, context, text
from viral.model.account_parameters import ACCOUNT_BLOCKS, HISTORY_PARAMETERS, RISING
from viral.model.clip_features import trending_audio
from viral.model.content_protocols import CONTENT_METADATA
from viral.model.masking import TOTALS, as_pattern, masked
from viral.model.metrics import point_figures
from viral.model.protocols import MAIN_SOURCE
from viral.model.smooth import Block, SmoothRegressor
from viral.posts.schema import log_counts
from viral.posts.splits import creator_keys, folds, held_out
from viral.posts.training import training_posts

FOLDS, FOLDS_RUN = 4, 2
TRENDING_FOLDS = 10
LAST_FIVE = "recent_last_five"
COMMON: Mapping[str, Any] = {"verbosity": -1, "num_threads": 1, "seed": 0, "deterministic": True}
ACCOUNT_TREES: Mapping[str, Any] = {
    **COMMON,
    "learning_rate": 0.04,
    "num_leaves": 7,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
}
SMALL_TREES: Mapping[str, Any] = {**ACCOUNT_TREES, "min_data_in_leaf": 25, "feature_fraction": 0.3}

Answers = dict[str, np.ndarray]


def show(title: str, truth: np.ndarray, answers: Answers, less: np.ndarray | None = None) -> None:
    """Print the figures of each way where all have one; `less` is the account's usual, for lift."""
    known = np.all([np.isfinite(values) for values in answers.values()], axis=0)
    tail = "" if less is None else f" {'lift R2':>8s} {'Spearman':>9s}"
    print(f"\n{title:52s} {'R2':>7s} {'Spearman':>9s} {'MAE':>7s}{tail}")
    for name, values in answers.items():
        found = point_figures(truth[known], values[known])
        cells = f"{found['r2']:7.4f} {found['spearman']:9.4f} {found['mae']:7.4f}"
        if less is not None:
            lift = point_figures((truth - less)[known], (values - less)[known])
            cells += f" {lift['r2']:8.4f} {lift['spearman']:9.4f}"
        print(f"  {name:50s} {cells}")


def put(answers: Answers, name: str, rows: np.ndarray, values: np.ndarray, count: int) -> None:
    """Keep what a way says of some rows."""
    answers.setdefault(name, np.full(count, np.nan))[rows] = values


def trees(
    matrix: pd.DataFrame,
    target: np.ndarray,
    rounds: int,
    parameters: Mapping[str, Any],
    weight: np.ndarray | None = None,
) -> Callable[[pd.DataFrame], np.ndarray]:
    """Train LightGBM and return what it predicts."""
    data = lightgbm.Dataset(matrix, target, weight=weight)
    booster = lightgbm.train(dict(parameters), data, rounds)
    return lambda asked: np.asarray(booster.predict(asked))


def surface(
    table: pd.DataFrame, target: np.ndarray, blocks: tuple[Block, ...]
) -> Callable[[pd.DataFrame], np.ndarray]:
    """Fit surfaces and lines and return what they predict."""
    names = [name for block in blocks for name in block.columns]
    fitted = SmoothRegressor.fit(table[names].to_numpy(), blocks, target)
    return lambda asked: fitted.predict(asked[names].to_numpy())


def training_side(data: Path, share: float) -> tuple[pd.DataFrame, pd.Series]:
    """Return posts of whole feeds by a share of the creators that evaluation trains on."""
    posts = training_posts(data)
    posts = posts[posts["source"] == MAIN_SOURCE].reset_index(drop=True)
    keys = creator_keys(posts)
    kept = ~held_out(keys, share=0.2, seed=0) & held_out(keys, share=share, seed=5)
    return posts[kept].reset_index(drop=True), keys[kept].reset_index(drop=True)


def _among_own(posts: pd.DataFrame, table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What the other rows of a creator say without any counts, and the place among them."""
    creator = posts["creator"]
    usual = {
        f"usual {name}": table[name].groupby(creator).transform("mean")
        for name in ("duration", "hashtag_count", "reach_tag_count", "sound_original")
    }
    usual["rows"] = np.log10(creator.groupby(creator).transform("size"))
    place = posts["posted_at"].groupby(creator).rank(pct=True)
    return {
        "trees, what the creator's other rows usually are": pd.DataFrame(usual),
        "trees, the place among the creator's rows": pd.DataFrame({"place": place}),
    }


def account(data: Path, share: float) -> None:
    """Trees, surfaces and blends where no recent views are known."""
    posts, keys = training_side(data, share)
    truth = log_counts(posts["views"])
    told = as_pattern(posts, "account").assign(horizon_days=np.nan)
    ways = {
        "followers and totals, age unknown": context.extract_table(told),
        "followers alone, age unknown": context.extract_table(
            told.assign(**dict.fromkeys(TOTALS, np.nan))
        ),
    }
    fewer = context.extract_table(masked(posts, "account", 0))
    plain = ways["followers and totals, age unknown"]
    names = [n for n in plain.columns if not n.startswith("recent_") and n != "age"]
    among = _among_own(posts, plain)
    size = posts.groupby("creator")["views"].transform("size").to_numpy(dtype=np.float64)
    unflagged = tuple(Block(b.name, b.columns, smooth=b.smooth) for b in ACCOUNT_BLOCKS)
    answers: dict[str, Answers] = {way: {} for way in ways}
    for train, test in list(folds(keys, FOLDS))[:FOLDS_RUN]:
        both = pd.concat([plain.iloc[train], fewer.iloc[train]])
        target = np.concatenate([truth[train], truth[train]])
        fitted: dict[str, Callable[[pd.DataFrame], np.ndarray]] = {}
        for objective in ("huber", "regression", "regression_l1"):
            parameters = {**ACCOUNT_TREES, "objective": objective, "alpha": 0.8}
            grown = trees(both[names], target, 300, parameters)
            fitted[f"trees, {objective}"] = lambda asked, g=grown: g(asked[names])
        parameters = {**ACCOUNT_TREES, "objective": "regression"}
        weight = np.concatenate([size[train], size[train]]) ** -0.5
        weighed = trees(both[names], target, 300, parameters, weight)
        fitted["trees, posts weighed by creator"] = lambda asked, g=weighed: g(asked[names])
        for name, extra in among.items():
            wide = both[names].join(extra)
            grown = trees(wide, target, 300, parameters)
            fitted[name] = lambda asked, g=grown, e=extra: g(asked[names].join(e))
        fitted["surface, posts as they are"] = surface(plain.iloc[train], truth[train], unflagged)
        fitted["surface, flags for what is not told"] = surface(both, target, ACCOUNT_BLOCKS)
        for way, table in ways.items():
            for name, predict in fitted.items():
                put(answers[way], name, test, predict(table.iloc[test]), len(truth))
    for way, found in answers.items():
        for weight in (0.5, 0.7):
            found[f"{weight} surface with flags, the rest trees"] = (
                weight * found["surface, flags for what is not told"]
                + (1.0 - weight) * found["trees, regression"]
            )
        show(way, truth, found)


def history(data: Path, share: float) -> None:
    """Losses, leaves, a surface and blends where recent views are known."""
    posts, keys = training_side(data, share)
    counts = posts["recent_views"].map(len).to_numpy()
    posts, keys = posts[counts > 0].reset_index(drop=True), keys[counts > 0].reset_index(drop=True)
    truth = log_counts(posts["views"])
    usual = np.array([log_counts(views[-10:]).mean() for views in posts["recent_views"]])
    usual[posts["recent_views"].map(len) < 5] = np.nan
    table = context.extract_table(posts)
    fewer = context.extract_table(masked(posts, "history", 0))
    names = list(table.columns)
    # Of a surface in the age nobody could promise that views never fall.
    same = ("recent_mean", "recent_median", "recent_average", "age")
    kept = [name for name in names if name not in same]
    flagged = ("recent_gap", "total_likes", "followers")
    blocks = (
        Block("post surface", tuple(kept), smooth=True, flagged=flagged),
        Block("post line", tuple(kept), flagged=flagged),
    )
    base = {
        **HISTORY_PARAMETERS,
        **COMMON,
        "learning_rate": 0.05,
        "monotone_constraints": [int(name in RISING) for name in names],
    }
    base.pop("num_iterations")
    kinds = {
        "trees, Huber 0.6": {"alpha": 0.6},
        "trees, Huber 0.25": {"alpha": 0.25},
        "trees, squared error": {"objective": "regression"},
        "trees, Huber 0.6, 31 leaves": {"alpha": 0.6, "num_leaves": 31, "min_data_in_leaf": 60},
    }
    found: Answers = {}
    for train, test in list(folds(keys, FOLDS))[:FOLDS_RUN]:
        both = pd.concat([table.iloc[train], fewer.iloc[train]])
        beyond = np.concatenate([truth[train], truth[train]]) - both[LAST_FIVE].to_numpy()
        start = table[LAST_FIVE].to_numpy()[test]
        for name, other in kinds.items():
            predict = trees(both, beyond, 360, {**base, **other})
            put(found, name, test, predict(table.iloc[test]) + start, len(truth))
        smooth = surface(both, beyond, blocks)
        level = smooth(table.iloc[test])
        put(found, "surface", test, level + start, len(truth))
        for weight in (0.3, 0.5):
            rest = beyond - weight * smooth(both)
            left = np.mean(
                [
                    trees(both, rest, 360, {**base, "alpha": alpha})(table.iloc[test])
                    for alpha in (0.6, 0.25)
                ],
                axis=0,
            )
            name = f"trees on what {weight} of the surface leaves"
            put(found, name, test, left + weight * level + start, len(truth))
        put(found, "mean of the last five", test, start, len(truth))
    both_losses = (found["trees, Huber 0.6"] + found["trees, Huber 0.25"]) / 2
    found["mean of Huber 0.6 and 0.25"] = both_losses
    found["0.7 of that mean, 0.3 surface"] = 0.7 * both_losses + 0.3 * found["surface"]
    found = {name: np.where(np.isfinite(usual), values, np.nan) for name, values in found.items()}
    show("five or more recent views", truth, found, usual)


def trending_parts(data: Path) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return the trending posts and what is known of each, by kind."""
    posts = training_posts(data)
    posts = posts[posts["source"] == "trending_2020"].reset_index(drop=True)
    counts, vectors = text.extract_table(posts)
    rows = trending_audio(posts, data)
    heard = [
        f.name for f in audio.FEATURES if any(f.name in r["audio"].values for r in rows.values())
    ]
    sound = np.full((len(posts), len(heard)), np.nan)
    for row, features in rows.items():
        sound[row] = [float(features["audio"].values.get(name, np.nan)) for name in heard]
    measured = context.extract_table(posts)
    name_of = posts["sound_name"].fillna("") + "\x00" + posts["sound_author"].fillna("")
    parts = {
        "meaning": pd.DataFrame(np.nan_to_num(vectors.astype(np.float64))).add_prefix("axis "),
        "words": counts.fillna(0.0).add_prefix("word "),
        "audio": pd.DataFrame(sound, columns=heard),
        "metadata": measured[list(CONTENT_METADATA)],
        "age": measured[["age"]],
        "uses": np.log1p(name_of.groupby(name_of).transform("size") - 1).to_frame("uses"),
        "badge": pd.to_numeric(posts["verified"]).astype(np.float64).to_frame("verified"),
    }
    centred = parts["meaning"].to_numpy() - parts["meaning"].to_numpy().mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    parts["axes"] = pd.DataFrame(centred @ directions[:, ::-1][:, :24]).add_prefix("main ")
    return posts, parts


def caption_surface(
    parts: Mapping[str, pd.DataFrame], truth: np.ndarray, train: np.ndarray, test: np.ndarray
) -> np.ndarray:
    """Predict some trending posts by a line in meaning and a surface in the captions' counts."""
    whole = pd.concat([parts["meaning"], parts["words"]], axis=1)
    blocks = (
        Block("meaning", tuple(parts["meaning"].columns)),
        Block("words", tuple(parts["words"].columns), smooth=True, logarithmic=True),
    )
    return surface(whole.iloc[train], truth[train], blocks)(whole.iloc[test])


def trending(data: Path, share: float) -> None:
    """Inputs and regressors for the trending posts, by their content."""
    del share
    posts, parts = trending_parts(data)
    truth = log_counts(posts["views"])
    content = ("words", "audio", "axes")
    with_trees = {
        "trees: metadata": ("metadata",),
        "trees: words, audio, meaning": content,
        "trees: and metadata": (*content, "metadata"),
        "trees: and how often the sound is used": (*content, "metadata", "uses"),
        "trees: and the age": (*content, "metadata", "age"),
        "trees: and the verified badge": (*content, "metadata", "badge"),
    }
    found: Answers = {}
    keys = creator_keys(posts)
    for train, test in folds(keys, TRENDING_FOLDS):
        for name, chosen in with_trees.items():
            table = pd.concat([parts[part] for part in chosen], axis=1)
            predict = trees(table.iloc[train], truth[train], 200, SMALL_TREES)
            put(found, name, test, predict(table.iloc[test]), len(truth))
        said = caption_surface(parts, truth, train, test)
        put(found, "surface and line: captions", test, said, len(truth))
        put(found, "training mean", test, np.full(len(test), truth[train].mean()), len(truth))
    for other in ("trees: and metadata", "trees: and the verified badge"):
        found[f"mean of captions and {other}"] = (
            found["surface and line: captions"] + found[other]
        ) / 2.0
    show("trending posts, folds by author", truth, found)


def run_part(
    parts: Mapping[str, Callable[[Path, float], None]], about: str, share: float = 0.5
) -> None:
    """Print the table of the part that the command line names, of a share of the creators."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("part", choices=list(parts))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--creators", type=float, default=share, help="share of the creators")
    options = parser.parse_args()
    parts[options.part](options.data, options.creators)


def main() -> None:
    """Print the table of one part."""
    parts = {"account": account, "history": history, "trending": trending}
    run_part(parts, __doc__.splitlines()[0])


if __name__ == "__main__":
    main()
