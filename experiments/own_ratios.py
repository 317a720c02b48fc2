"""How much a creator's own last posts say of likes, comments and shares per view.

For each post of ordinary feeds its ratio is guessed from the creator's earlier posts: their median,
drawn towards what all creators have as if that were worth a number of posts of one's own. Printed
are the mean absolute errors in log10, by how many earlier posts there are. What all creators have
is one number here; the model's regressors are a little closer, see models/EVALUATION.md. What they
are worth in the shipped model was fitted in training and is printed first.

python experiments/own_ratios.py [--data ../shared/data]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from viral.model.store import shipped_model
from viral.model.virality import ENGAGEMENTS
from viral.posts.engagement_ratios import COUNTED_POSTS, log_ratio
from viral.posts.published_sets import read_parquet_posts

SOURCE = "creators_2020.parquet"
PRIORS = (0.0, 0.5, 1.0, 2.0, 5.0)
KNOWN = ((1, 1), (2, 4), (5, 9), (COUNTED_POSTS, COUNTED_POSTS))
"""Earlier posts that are known: from, to."""


def main() -> None:
    """Print a line for each count and each worth of what all creators have."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    chosen = parser.parse_args()
    posts = read_parquet_posts(chosen.data / SOURCE)
    posts = posts[posts["views"] > 0].sort_values(["creator", "posted_at"], kind="stable")
    by_creator = posts["creator"]
    known = posts.groupby("creator").cumcount().clip(upper=COUNTED_POSTS)
    fitted = shipped_model().patterns["history"].split.priors
    worth = ", ".join(f"{name} {prior:g}" for name, prior in fitted.items())
    print(f"{len(posts):,} posts; as shipped, of the last {COUNTED_POSTS}, all worth: {worth}")
    heads = [f"{low} own" if low == high else f"{low} to {high} own" for low, high in KNOWN]
    print(f"{'':>9} {'all worth':>10} " + " ".join(f"{head:>11}" for head in heads))
    for name in ENGAGEMENTS:
        ratio = posts["views"].copy()
        ratio[:] = log_ratio(posts[name].to_numpy(), posts["views"].to_numpy())
        everybody = float(np.median(ratio))
        own = ratio.groupby(by_creator).transform(
            lambda values: values.shift().rolling(COUNTED_POSTS, min_periods=1).median()
        )
        rows = [(known >= low) & (known <= high) & own.notna() for low, high in KNOWN]
        without = [float(np.abs(ratio[there] - everybody).mean()) for there in rows]
        print(f"{name:>9} {'alone':>10} " + " ".join(f"{error:>11.3f}" for error in without))
        for prior in PRIORS:
            guess = (known * own + prior * everybody) / (known + prior)
            errors = [float(np.abs(guess[there] - ratio[there]).mean()) for there in rows]
            print(f"{name:>9} {prior:>10g} " + " ".join(f"{error:>11.3f}" for error in errors))


if __name__ == "__main__":
    main()
