"""How far false reports move the median prediction, in each tier, asked with and without a caption.

An attacker keeps predictions for accounts like those of the training data and reports that each
post got a multiple of what was predicted. Reports tell followers, recent views, length and time as
creators do, and no hashtags. The regressors of what an account usually gets, which nearly all of a
prediction comes from, are trained with those reports among the training posts, as `viral retrain`
does, and the medians that they predict for held-out creators are compared with those of the
regressors without them: for posts told with their hashtags, and for the same posts without.

Three defences stand in the way: reports too far off are set apart (`viral.feedback.plausibility`),
at most 20 of one client are learnt from, and all feedback together is at most 2 % of the training
posts (`viral.training.reports`). What `viral retrain` then refuses is not counted here.

python -m experiments.feedback_poisoning [--data ../shared/data] [--factor 100] [--tier unknown]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd

from viral.feedback.plausibility import LARGEST_FACTOR, MOST_A_DAY
from viral.model.inputs import PATTERNS, inputs_from_posts
from viral.model.regressors import Regressor
from viral.model.virality import correlation_weights, log_virality, virality
from viral.posts.history import training_posts
from viral.posts.published_sets import REPORTED
from viral.posts.splits import creator_keys, held_out
from viral.training.baseline import account_fit, columns_of, matrix_of
from viral.training.masking import as_pattern, borrowed, masked
from viral.training.options import TrainingOptions
from viral.training.reports import LARGEST_SHARE, MOST_OF_A_CLIENT

MAIN_SOURCE = "creators_2020"
FACTORS = (10.0, 0.99 * LARGEST_FACTOR)
"""Reported over predicted; the last is just inside the rule."""
NUMBERS = (20, 300)
UNTOLD = ("caption", "hashtags", "sound_name", "platform")
"""What reports do not tell."""
SEED = 5


def _matrix(posts: pd.DataFrame, columns: tuple[str, ...]) -> np.ndarray:
    return matrix_of(inputs_from_posts(posts, with_embeddings=False), "context", columns)


def _without_words(posts: pd.DataFrame) -> pd.DataFrame:
    return posts.assign(**dict.fromkeys(UNTOLD))


class Tier:
    """One tier: its regressor without reports, and what it says of held-out posts."""

    def __init__(self, name: str, train: pd.DataFrame, test: pd.DataFrame) -> None:
        """Train without reports."""
        options = TrainingOptions()
        self.name, self.train = name, train
        self.target = log_virality(virality(train, correlation_weights(train)))
        names = inputs_from_posts(test[:1], with_embeddings=False).values["context"].columns
        self.columns = columns_of(names, name)
        self.fit = account_fit(
            name,
            self.columns,
            parameters=options.unknown_parameters
            if name == "unknown"
            else options.context_parameters,
            history_parameters=options.history_parameters,
        )
        asked = as_pattern(test, name).assign(horizon_days=np.nan)
        self.asked = {
            "hashtags told": _matrix(asked, self.columns),
            "no caption": _matrix(_without_words(asked), self.columns),
        }
        self.honest = self.trained(train, self.target)

    def trained(self, posts: pd.DataFrame, target: np.ndarray) -> Regressor:
        """Train as `viral.training.trainer` does: posts as they are, and with parts left out."""
        posts = borrowed(posts, 0)
        both = pd.concat(
            [as_pattern(posts, self.name), masked(posts, self.name, 0)], ignore_index=True
        )
        return self.fit(_matrix(both, self.columns), np.tile(target, 2))

    def moved(self, rows: np.ndarray, factor: float) -> dict[str, float]:
        """Return by what factor the median moves with reports of some posts, by what is told."""
        told = _without_words(as_pattern(self.train.iloc[rows], self.name))
        claimed = self.honest.predict(_matrix(told, self.columns)) + np.log10(factor)
        reports = _without_words(self.train.iloc[rows]).assign(source=REPORTED)
        poisoned = self.trained(
            pd.concat([self.train, reports], ignore_index=True),
            np.concatenate([self.target, claimed]),
        )
        return {
            name: float(10.0 ** np.median(poisoned.predict(asked) - self.honest.predict(asked)))
            for name, asked in self.asked.items()
        }


def main() -> None:
    """Run every attack and print how far each moves the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--factor", type=float, help="this multiple alone")
    parser.add_argument("--tier", choices=PATTERNS, help="this tier alone")
    chosen = parser.parse_args()
    posts = training_posts(chosen.data)
    posts = posts[posts["source"] == MAIN_SOURCE].reset_index(drop=True)
    cap = int(LARGEST_SHARE * len(posts))
    posts = posts[posts["recent_views"].map(len) > 0].reset_index(drop=True)
    out = held_out(creator_keys(posts), share=0.2, seed=SEED)
    train, test = posts[~out].reset_index(drop=True), posts[out].reset_index(drop=True)
    print(
        f"{len(train):,} training posts, {len(test):,} held out; {MOST_OF_A_CLIENT} reports of a "
        f"client learnt from ({MOST_A_DAY} a day accepted), {cap:,} reports in all\n"
    )
    order = np.random.default_rng(SEED).permutation(len(train))
    print(
        "| tier | reported | reports | hashtags told | no caption |",
        "| --- | --- | --- | --- | --- |",
        sep="\n",
    )
    for name in PATTERNS if chosen.tier is None else (chosen.tier,):
        start = time.perf_counter()
        tier = Tier(name, train, test)
        for factor in FACTORS if chosen.factor is None else (chosen.factor,):
            for number in (*NUMBERS, cap):
                moved = tier.moved(order[:number], factor)
                said = " | ".join(f"{100 * (way - 1):+.2f} %" for way in moved.values())
                print(f"| {name} | x {factor:.3g} | {number:,} | {said} |", flush=True)
        print(f"({name}: {time.perf_counter() - start:.0f} s)")


if __name__ == "__main__":
    main()
