"""Whether what is in a creator's clips predicts their lift, on top of the model, in time order.

    python -m benchmarks.account_lift [--data ../shared/data]

The same as `viral train --account ../shared/data/creator_videos`, with its figures kept in
`docs/experiments.json`. The model that ships has the creator's posts among its training posts (70
of some 50,000), so what it expects of them is a little better than for a creator it never saw, and
what is left for the content a little less.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.experiments import keep
from viral.account.learning import learnt
from viral.account.past_posts import account_posts
from viral.model.clip_features import CLIP_FOLDER
from viral.model.store import shipped_model
from viral.model.training import CACHE_FOLDER
from viral.train_command import account_summary


def main() -> None:
    """Print what was learnt and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    found = account_posts(options.data / CLIP_FOLDER, Path.cwd() / CACHE_FOLDER, print)
    own, _ = learnt(shipped_model(), found)
    for line in account_summary(own):
        print(line)
    keep("account", {**own.figures, "learnt_on": own.learnt_on})


if __name__ == "__main__":
    main()
