"""How likely a breakout is where the account's own usual views are not told.

    python -m benchmarks.breakout_attempts [--data ../shared/data] [--creators 0.5]

A post breaks out when its views are more than 3 times the median of the creator's recent views. The
ranges say how likely views beyond 3 times what is *expected* are, which is more often the case,
because what is expected of the account may be wrong. A line through that probability, fitted by
least squares on one half of the creators, is tried on the other. Only creators that evaluation
trains on are looked at.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.accuracy_attempts import training_side
from viral.model.inputs import inputs_from_posts
from viral.model.intervals import BREAKOUT_LINES
from viral.model.model import BREAKOUT_FACTOR
from viral.model.options import TrainingOptions
from viral.model.protocols import FEWEST_RECENT, SETTINGS, told_inputs
from viral.model.trainer import Trainer
from viral.posts.splits import folds

OPTIONS = TrainingOptions(
    seeds=(0,),
    strange_posts=0,
    calibration_share=0.0,
    fold_count=2,
    patterns=("account", "unknown"),
    modalities=(),
)
"""Account and post alone; content adds next to nothing to them."""


def _beyond(raw: np.ndarray, pattern: str) -> np.ndarray:
    """Return the probability before the line of the pattern."""
    rate, slope = BREAKOUT_LINES[pattern]
    return (raw - rate) / slope


def main() -> None:
    """Print the Brier scores of each setting and each half, and the lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--creators", type=float, default=0.5, help="share of the creators")
    options = parser.parse_args()
    posts, keys = training_side(options.data, options.creators)
    inputs = inputs_from_posts(posts, {}, with_embeddings=False)
    nothing = np.zeros(len(posts), dtype=bool)
    present = {
        name: there if name == "context" else nothing for name, there in inputs.present.items()
    }
    inputs = replace(inputs, present=present)
    recent = posts["recent_views"].tolist()
    usual = np.array([np.median(views) if len(views) else np.nan for views in recent])
    broke_out = (posts["views"].to_numpy(dtype=np.float64) > BREAKOUT_FACTOR * usual).astype(float)
    enough = np.array([len(views) >= FEWEST_RECENT for views in recent])
    settings = [setting for setting in SETTINGS if not setting.with_history]
    said: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {one.name: [] for one in settings}
    for train, test in folds(keys, 2):
        known = posts.iloc[train].reset_index(drop=True)
        model = Trainer(known, inputs.rows(train), OPTIONS).model()
        asked = test[enough[test]]
        for setting in settings:
            told = setting.change(posts.iloc[asked]).reset_index(drop=True)
            there = told_inputs(inputs.rows(asked), told)
            found = model.breakout_probability(model.estimate(there), there.usual_log_views)
            said[setting.name].append((_beyond(found, str(there.patterns[0])), broke_out[asked]))
    heads = f"{'posts':>6s} {'rate':>6s} {'no line':>8s} {'line':>8s} {'rate alone':>10s}"
    print(f"{'told':16s} {heads}  a, b")
    for name, halves in said.items():
        for (learnt, truth), (asked, happened) in zip(halves, halves[::-1], strict=True):
            slope, rate = np.polyfit(learnt, truth, 1)
            errors = [
                float(np.mean((guess - happened) ** 2))
                for guess in (asked, rate + slope * asked, truth.mean())
            ]
            print(
                f"{name:16s} {len(asked):6d} {happened.mean():6.3f} {errors[0]:8.4f} "
                f"{errors[1]:8.4f} {errors[2]:10.4f}  {rate:.3f}, {slope:.3f}"
            )


if __name__ == "__main__":
    main()
