"""What earlier posts tell beyond their views, what later ones would, and what more creators would.

    python -m benchmarks.accuracy_limits earlier    # their likes and shares; more trees
    python -m benchmarks.accuracy_limits later      # posts that nobody can know yet
    python -m benchmarks.accuracy_limits creators   # learnt from an eighth of the creators and up

The same folds of training creators as `benchmarks.accuracy_attempts`, all four of them: whom `viral
evaluate` holds out is never looked at. Trees on recent views see posts as they are, without the
copies that leave parts out. `later` cheats on purpose: a forecast that sees the creator's next
posts shows what is left when the account's level is known as well as it can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy_attempts import (
    COMMON,
    FOLDS,
    LAST_FIVE,
    Answers,
    put,
    run_part,
    show,
    surface,
    training_side,
    trees,
)
from benchmarks.further_attempts import Rows, rows_of, shipped_trees, show_history
from viral.modalities import context
from viral.model.account_parameters import (
    ACCOUNT_BLOCKS,
    ACCOUNT_PARAMETERS,
    SURFACE_SHARE,
)
from viral.model.masking import as_pattern, masked
from viral.model.regressors import DEFAULT_PARAMETERS
from viral.posts.schema import log_counts
from viral.posts.splits import folds

COUNTED = ("recent_likes", "recent_shares")
"""Starts of the names of features that are looked at here."""
FEWER_TREES = 360
"""Before likes and shares of earlier posts were seen."""
NEXT = 5
SHARES = (0.125, 0.25, 0.5, 1.0)
DRAWS = 3
"""Of which creators are learnt from, where not all are."""


def _tried(
    title: str, rows: Rows, ways: Mapping[str, tuple[pd.DataFrame, int | None]], base: str
) -> None:
    """Print what trees learn from some tables, by name, each with its number of trees."""
    start = rows.table[LAST_FIVE].to_numpy()
    fold, found = np.full(len(start), -1), {}
    for number, (train, test) in enumerate(folds(rows.keys, FOLDS)):
        fold[test] = number
        for name, (table, rounds) in ways.items():
            predict = shipped_trees(table.iloc[train], rows.beyond[train], rounds=rounds)
            put(found, name, test, predict(table.iloc[test]) + start[test], len(start))
    show_history(title, rows, found, fold, base)


def earlier(data: Path, share: float) -> None:
    """Likes and shares of earlier posts left out and added, with fewer and with more trees."""
    rows = rows_of(data, share)
    table = rows.table
    without = table[[name for name in table.columns if not name.startswith(COUNTED)]]
    bare = f"neither, {FEWER_TREES} trees"
    ways = {
        bare: (without, FEWER_TREES),
        f"likes and shares, {FEWER_TREES} trees": (table, FEWER_TREES),
        "neither, as many trees as shipped": (without, None),
        "likes and shares, as many trees as shipped": (table, None),
    }
    _tried("earlier posts, history", rows, ways, bare)


def _later_posts(rows: Rows) -> dict[str, pd.DataFrame]:
    """Return what the creator's next posts and all others got, less the mean of the last five."""
    order = rows.posts["posted_at"].argsort(kind="stable").to_numpy()
    start = rows.table[LAST_FIVE].to_numpy()
    truth, keys = pd.Series(rows.truth[order]), rows.keys.to_numpy()[order]
    back = np.argsort(order)
    grouped = truth.groupby(keys)
    following = pd.DataFrame(
        {
            f"next {step}": grouped.shift(-step).to_numpy()[back] - start
            for step in range(1, NEXT + 1)
        }
    )
    following["mean"] = following.mean(axis=1)
    total, count = grouped.transform("sum").to_numpy(), grouped.transform("size").to_numpy()
    others = (total - truth.to_numpy()) / np.maximum(count - 1, 1)
    rest = pd.DataFrame({"all others": others[back] - start})
    return {"next": following, "others": rest}


def later(data: Path, share: float) -> None:
    """Trees that see posts which nobody can know yet."""
    rows = rows_of(data, share)
    beyond = _later_posts(rows)
    base = "as shipped"
    ways = {
        base: (rows.table, None),
        "and the next post": (rows.table.join(beyond["next"][["next 1"]]), None),
        "and the next five": (rows.table.join(beyond["next"]), None),
        "and the mean of all other posts": (
            rows.table.join(beyond["next"]).join(beyond["others"]),
            None,
        ),
    }
    _tried("posts that come later, history", rows, ways, base)


def _draws(keys: pd.Series, train: np.ndarray) -> Iterator[tuple[float, int, np.ndarray]]:
    """Yield a share of the creators, a draw and the training rows that are theirs."""
    names = np.unique(keys)
    for draw in range(DRAWS):
        places = pd.Series(np.random.default_rng(draw).random(len(names)), index=names)
        place = keys.iloc[train].map(places).to_numpy()
        for share in SHARES:
            if share < 1.0 or draw == 0:
                yield share, draw, train[place < share]


def creators(data: Path, share: float) -> None:
    """Learn from some of the creators; the same others are predicted."""
    rows = rows_of(data, share)
    enough = np.isfinite(rows.usual)
    start = rows.table[LAST_FIVE].to_numpy()
    posts, keys = training_side(data, share)
    truth = log_counts(posts["views"])
    told = as_pattern(posts, "account").assign(horizon_days=np.nan)
    plain = context.extract_table(told)
    fewer = context.extract_table(masked(posts, "account", 0))
    names = [n for n in plain.columns if not n.startswith("recent_") and n != "age"]
    squares = {**DEFAULT_PARAMETERS, **ACCOUNT_PARAMETERS, **COMMON, "objective": "regression"}
    rounds = int(squares.pop("num_iterations"))
    history: Answers = {}
    account: Answers = {}
    for train, test in folds(rows.keys, FOLDS):
        for part, draw, drawn in _draws(rows.keys, train):
            predict = shipped_trees(rows.table.iloc[drawn], rows.beyond[drawn])
            said = np.where(enough[test], predict(rows.table.iloc[test]) + start[test], np.nan)
            put(history, f"{part} of the creators, draw {draw}", test, said, len(start))
    for train, test in folds(keys, FOLDS):
        for part, draw, drawn in _draws(keys, train):
            both = pd.concat([plain.iloc[drawn], fewer.iloc[drawn]])
            target = np.concatenate([truth[drawn]] * 2)
            smooth = surface(both, target, ACCOUNT_BLOCKS)(plain.iloc[test])
            grown = trees(both[names], target, rounds, squares)(plain[names].iloc[test])
            said = SURFACE_SHARE * smooth + (1.0 - SURFACE_SHARE) * grown
            put(account, f"{part} of the creators, draw {draw}", test, said, len(truth))
    show(f"history, of {rows.keys.nunique():,} creators", rows.truth, history, rows.usual)
    show(f"account only, of {keys.nunique():,} creators", truth, account)


def main() -> None:
    """Print the table of one part."""
    parts = {"earlier": earlier, "later": later, "creators": creators}
    run_part(parts, __doc__.splitlines()[0], share=1.0)


if __name__ == "__main__":
    main()
