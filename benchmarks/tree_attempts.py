"""Trees that start from other levels, and trees of other sizes beside the surface.

    python -m benchmarks.tree_attempts starts    [--data ../shared/data] [--creators 0.5]
    python -m benchmarks.tree_attempts account

`starts`: with recent views, trees on what is left of other summaries than the mean of the last
five, posts as they are alone, more trees of half the rate. `account`: without recent views, other
trees beside the surface.

Two of four folds of creators, then the newest fifth of the posts by what was learnt from older
ones. The creators that evaluation holds out are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy_attempts import (
    ACCOUNT_TREES,
    COMMON,
    FOLDS,
    FOLDS_RUN,
    LAST_FIVE,
    Answers,
    run_part,
    show,
    surface,
    training_side,
    trees,
)
from viral.modalities import context
from viral.model.account_parameters import ACCOUNT_BLOCKS, HISTORY_PARAMETERS, RISING
from viral.model.masking import TOTALS, as_pattern, masked
from viral.posts.schema import log_counts
from viral.posts.splits import folds, newest

FEWEST = 5
"""Recent views of posts that are judged."""
TREES_ROUNDS = 360

Split = tuple[str, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Material:
    """Posts of whole feeds, as they are and with parts left out."""

    posts: pd.DataFrame
    keys: pd.Series
    truth: np.ndarray
    plain: pd.DataFrame
    fewer: pd.DataFrame

    @property
    def judged(self) -> np.ndarray:
        """Posts with enough recent views, bool `[posts]`."""
        return np.array([len(views) >= FEWEST for views in self.posts["recent_views"]])

    @property
    def usual(self) -> np.ndarray:
        """Mean of log10 views of the last ten posts."""
        return self.plain["recent_last_ten"].to_numpy()

    def splits(self) -> Iterator[Split]:
        """Folds of creators, then the newest posts."""
        for number, (train, test) in enumerate(list(folds(self.keys, FOLDS))[:FOLDS_RUN], 1):
            yield f"creators, fold {number}", train, test
        late = newest(self.posts, 0.2)
        posted = self.posts["posted_at"].to_numpy()
        yield (
            "newest fifth",
            np.flatnonzero(~late & (posted < posted[late].min())),
            np.flatnonzero(late),
        )

    def both(self, rows: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
        """Return rows as they are and with parts left out, and their truth."""
        matrix = pd.concat([self.plain.iloc[rows], self.fewer.iloc[rows]])
        return matrix, np.concatenate([self.truth[rows], self.truth[rows]])


def history_material(data: Path, share: float) -> Material:
    """Return posts with recent views."""
    posts, keys = training_side(data, share)
    known = (posts["recent_views"].map(len) > 0).to_numpy()
    posts, keys = posts[known].reset_index(drop=True), keys[known].reset_index(drop=True)
    return Material(
        posts=posts,
        keys=keys,
        truth=log_counts(posts["views"]),
        plain=context.extract_table(posts),
        fewer=context.extract_table(masked(posts, "history", 0)),
    )


def _parameters(columns: Sequence[str], **other: Any) -> dict[str, Any]:
    rising = [int(name in RISING) for name in columns]
    found = {**HISTORY_PARAMETERS, **COMMON, "monotone_constraints": rising, **other}
    found.pop("num_iterations", None)
    return found


def beyond(
    material: Material,
    train: np.ndarray,
    test: np.ndarray,
    start: str | None = LAST_FIVE,
    *,
    left_out: bool = True,
    rounds: int = TREES_ROUNDS,
    **other: Any,
) -> np.ndarray:
    """Train trees on what is left of `start` and return what they predict of `test`."""
    matrix, target = material.both(train)
    if not left_out:
        matrix, target = material.plain.iloc[train], material.truth[train]
    asked = material.plain.iloc[test]
    begun = matrix[start].to_numpy() if start else np.zeros(len(matrix))
    level = asked[start].to_numpy() if start else np.zeros(len(asked))
    parameters = _parameters(list(matrix.columns), **other)
    return trees(matrix, target - begun, rounds, parameters)(asked) + level


def shipped(material: Material, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return what the shipped model's trees say: the mean of two borders of Huber's loss."""
    parts = [
        beyond(material, train, test, alpha=alpha, seed=seed)
        for alpha, seed in ((0.6, 0), (0.25, 1))
    ]
    return np.asarray(np.mean(parts, axis=0))


def starts(data: Path, share: float) -> None:
    """Other summaries to start from, and means of them."""
    material = history_material(data, share)
    ways: Mapping[str, Mapping[str, Any]] = {
        "what the mean of the last five leaves": {},
        "what the mean of the last ten leaves": {"start": "recent_last_ten"},
        "what the median leaves": {"start": "recent_median"},
        "what the mean leaves": {"start": "recent_mean"},
        "the level itself": {"start": None},
        "posts as they are alone": {"left_out": False},
        "half the rate, twice the trees": {"learning_rate": 0.025, "rounds": 720},
    }
    for title, train, test in material.splits():
        asked = test[material.judged[test]]
        found: Answers = {
            name: beyond(material, train, asked, **{"alpha": 0.6, **way})
            for name, way in ways.items()
        }
        found["as shipped"] = shipped(material, train, asked)
        found["mean of the first four"] = np.mean(list(found.values())[:4], axis=0)
        found["mean of the first five"] = np.mean(list(found.values())[:5], axis=0)
        show(title, material.truth[asked], found, material.usual[asked])


def account(data: Path, share: float) -> None:
    """Trees of other sizes, and posts weighed by how new they are, beside the surface."""
    posts, keys = training_side(data, share)
    told = as_pattern(posts, "account").assign(horizon_days=np.nan)
    bare = context.extract_table(told.assign(**dict.fromkeys(TOTALS, np.nan)))
    material = Material(
        posts=posts,
        keys=keys,
        truth=log_counts(posts["views"]),
        plain=context.extract_table(told),
        fewer=context.extract_table(masked(posts, "account", 0)),
    )
    names = [n for n in material.plain if not n.startswith("recent_") and n != "age"]
    small = {**ACCOUNT_TREES, "objective": "regression"}
    large = {**small, "num_leaves": 15, "min_data_in_leaf": 40, "learning_rate": 0.025}
    posted = posts["posted_at"].to_numpy(dtype="datetime64[us]").astype(np.float64) / 8.64e10
    for title, train, test in material.splits():
        matrix, target = material.both(train)
        weight = np.tile(0.5 ** ((posted[train].max() - posted[train]) / 120.0), 2)
        smooth = surface(matrix, target, ACCOUNT_BLOCKS)
        rising = [int(name in ("followers", "total_likes")) for name in names]
        beside = {
            "trees": trees(matrix[names], target, 300, small),
            "trees of 15 leaves, half the rate": trees(matrix[names], target, 500, large),
            "trees, newer posts weigh more": trees(matrix[names], target, 300, small, weight),
            "trees, rising": trees(
                matrix[names], target, 300, {**small, "monotone_constraints": rising}
            ),
        }
        for way, table in (("followers and totals", material.plain), ("followers alone", bare)):
            asked = table.iloc[test]
            level = smooth(asked)
            found: Answers = {"surface": level}
            for name, predict in beside.items():
                said = predict(asked[names])
                found[name] = said
                found[f"0.7 surface, {name}"] = 0.7 * level + 0.3 * said
            show(f"{title}: {way}", material.truth[test], found)


def main() -> None:
    """Print the tables of one part."""
    parts = {"starts": starts, "account": account}
    run_part(parts, __doc__.splitlines()[0])


if __name__ == "__main__":
    main()
