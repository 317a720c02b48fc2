"""Ranges on posts of populations that the model never saw, with and without widening.

Each population is kept out of the training altogether, and so are the posts that widening is learnt
from. Printed are, of the views and without and with widening, the share of posts inside the 80 %
range, the width of the range as a factor from low to high, and the share of posts whose result
carries the warning. Some sets were chosen by how far their posts went, which nothing known before
posting can tell: for them `level known` gives the coverage after the set's median error is taken
out, the way content is compared across sets everywhere else.

    python experiments/out_of_population.py ../shared/data
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from viral.evaluation.protocols import MAIN_SOURCE
from viral.model.inputs import Inputs, context_of, inputs_from_posts
from viral.model.model import Model, to_log
from viral.posts.history import training_posts
from viral.posts.splits import creator_keys, held_out
from viral.training.clip_features import trending_audio
from viral.training.masking import as_pattern
from viral.training.options import TrainingOptions
from viral.training.trainer import Trainer

SMALL_FOLLOWERS = 300_000
"""Accounts below this are one population, whole feeds like the others: 5 % to 25 % of them."""
FEWEST_POSTS = 30


def coverage(model: Model, posts: pd.DataFrame, inputs: Inputs, pattern: str) -> dict[str, float]:
    """Return how the ranges of some posts do when this much is told of the account."""
    told = as_pattern(posts, pattern).reset_index(drop=True)
    known = context_of(inputs, told)
    rows = np.flatnonzero(known.patterns == pattern)
    known = known.rows(rows)
    low, median, high = (to_log(part) for part in model.counts(model.estimate(known))["views"])
    truth = to_log(posts["views"].to_numpy(dtype=np.float64)[rows])
    level = np.median(truth - median)
    sample = np.random.default_rng(0).permutation(len(rows))[:500]
    warned = [model.likeness(known.rows(np.array([row]))).warning is not None for row in sample]
    return {
        "posts": len(rows),
        "inside": float(np.mean((low <= truth) & (truth <= high))),
        "level known": float(np.mean((low <= truth - level) & (truth - level <= high))),
        "level": float(10**level),
        "width": float(10 ** np.mean(high - low)),
        "warned": float(np.mean(warned)),
    }


def told_of(posts: pd.DataFrame, inputs: Inputs) -> list[str]:
    """Return the patterns that enough of the posts allow."""
    possible = {
        "history": (inputs.recent_count > 0).sum(),
        "account": np.isfinite(inputs.followers).sum(),
        "unknown": len(posts),
    }
    return [pattern for pattern, count in possible.items() if count >= FEWEST_POSTS]


def report(name: str, plain: Model, wide: Model, posts: pd.DataFrame, inputs: Inputs) -> None:
    """Print one population's rows."""
    for pattern in told_of(posts, inputs):
        if pattern not in plain.patterns:
            continue
        before = coverage(plain, posts, inputs, pattern)
        after = coverage(wide, posts, inputs, pattern)
        print(
            f"| {name} | {pattern} | {before['posts']:,} "
            f"| {before['inside']:.0%} -> {after['inside']:.0%} "
            f"| {before['level known']:.0%} -> {after['level known']:.0%} | x{before['level']:.2g} "
            f"| x{before['width']:.0f} -> x{after['width']:.0f} | {after['warned']:.0%} |",
            flush=True,
        )


def both(posts: pd.DataFrame, inputs: Inputs, options: TrainingOptions) -> tuple[Model, Model]:
    """Train on some posts without and with widening."""
    plain = Trainer(posts, inputs, replace(options, strange_posts=0)).model()
    wide = Trainer(posts, inputs, options).model()
    for name, pattern in wide.patterns.items():
        slopes = pattern.familiarity.slopes.get("context", {})
        said = ", ".join(f"{group} {slope:.2f}" for group, slope in slopes.items() if slope > 0.005)
        print(f"\nTold {name}, an excess of 1 widens by: {said or 'nothing'}")
    return plain, wide


def header() -> None:
    """Print the table's head."""
    print(
        "\n| never seen | told | posts | inside 80 % range | inside, level known | level "
        "| width | warned |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    )


def main() -> None:
    """Train without each population and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="the data folder")
    parser.add_argument(
        "--creators", type=float, default=1.0, help="share of the creators to train on"
    )
    parser.add_argument("--only", choices=("sources", "small"), help="one half of the tables")
    chosen = parser.parse_args()
    posts = training_posts(chosen.data)
    clips = trending_audio(posts, chosen.data)
    inputs = inputs_from_posts(posts, clips, with_embeddings=False)
    keys = creator_keys(posts)
    main_set = (posts["source"] == MAIN_SOURCE).to_numpy()
    unseen = held_out(keys, share=0.2, seed=0)
    kept = held_out(keys, share=chosen.creators, seed=1)
    small = (posts["followers"] < SMALL_FOLLOWERS).to_numpy()

    def part(rows: np.ndarray) -> tuple[pd.DataFrame, Inputs]:
        return posts[rows].reset_index(drop=True), inputs.rows(rows)

    if chosen.only != "small":
        plain, wide = both(*part(main_set & ~unseen & kept), TrainingOptions())
        header()
        report("the same feeds, other creators", plain, wide, *part(main_set & unseen))
        for source in sorted(set(posts["source"]) - {MAIN_SOURCE}):
            report(source, plain, wide, *part((posts["source"] == source).to_numpy()))
    if chosen.only != "sources":
        for patterns in (("account",), ("history",)):
            options = TrainingOptions(patterns=patterns)
            plain, wide = both(*part(main_set & ~small & kept), options)
            header()
            report(f"under {SMALL_FOLLOWERS:,} followers", plain, wide, *part(main_set & small))


if __name__ == "__main__":
    main()
