"""How often the time of posting is left out in training, of older posts and of those since 2022.

Who tells the size of an account and no time asks about a post of today, while most posts that are
learnt from are of 2020. On a quarter of the creators that evaluation trains on, kept apart, told
followers, length and caption: what each way of leaving times out makes of each set.

    python -m experiments.time_left_out [--data ../shared/data]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from viral.evaluation.combinations import asked, figures_of
from viral.model.inputs import inputs_from_posts
from viral.posts.history import training_posts
from viral.posts.splits import creator_keys, held_out
from viral.training import masking
from viral.training.options import TrainingOptions
from viral.training.told import Told
from viral.training.trainer import Trainer

WAYS = ((0.48, 0.48), (0.25, 0.8), (0.15, 0.9))
"""Shares of older and of newer posts; the first is about what every other pattern has."""
TOLD = Told("followers, length, caption", followers=True, length=True, caption=True)
SETS = ("creators_2020", "denmark_2026", "hotels", "formats_2025", "niches_2025", "srilanka_2025")
OPTIONS = TrainingOptions(seeds=(0,), modalities=("text",), strange_posts=0, patterns=("account",))


def main() -> None:
    """Train once for each way and print what it makes of each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    posts = training_posts(parser.parse_args().data)
    posts = posts[~held_out(creator_keys(posts), share=0.2, seed=0)].reset_index(drop=True)
    inputs = inputs_from_posts(posts, with_embeddings=False)
    apart = held_out(creator_keys(posts), share=0.25, seed=7)
    told = posts[apart].reset_index(drop=True)
    print("older, newer left out | set | posts | R2 | Spearman | MAE | bias")
    for way in WAYS:
        masking.TIME_LEFT_OUT = way
        rows = posts[~apart].reset_index(drop=True)
        model = Trainer(rows, inputs.rows(~apart), OPTIONS).model()
        found = asked(model, told, inputs.rows(apart), TOLD, np.zeros(2))
        for name in SETS:
            one = figures_of(found, found.source == name)
            print(
                f"| {way[0]:.2f}, {way[1]:.2f} | {name} | {one['posts']:,} | {one['r2']:.3f} | "
                f"{one['spearman']:.3f} | {one['mae']:.3f} | {one['bias']:+.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
