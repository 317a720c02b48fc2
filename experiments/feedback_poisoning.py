"""How many false reports it takes to move the median prediction by 5 %.

An attacker keeps predictions for accounts like those of the training data and reports that each
post got a multiple of what was predicted. The regressor of what an account usually gets, which
nearly all of a prediction comes from, is trained with those reports among the training posts, and
the medians that it predicts for held-out creators are compared with those of the regressor without
them.

Three defences stand in the way, each shown: reports more than a thousand times off are quarantined
(`viral.feedback.plausibility`), at most 20 of one client are learnt from, and all feedback together
is at most 2 % of the training posts (`viral.training.reports`).

python experiments/feedback_poisoning.py [--data ../shared/data] [--quick] [--factor 100]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd

from viral.feedback.plausibility import LARGEST_FACTOR, MOST_A_DAY
from viral.model.inputs import inputs_from_posts
from viral.model.regressors import Regressor
from viral.model.virality import correlation_weights, log_virality, virality
from viral.posts.history import training_posts
from viral.posts.splits import creator_keys, held_out
from viral.training.baseline import account_fit, columns_of, matrix_of
from viral.training.masking import masked
from viral.training.options import TrainingOptions
from viral.training.reports import LARGEST_SHARE, MOST_OF_A_CLIENT

MAIN_SOURCE = "creators_2020"
PATTERN = "history"
MOVED = np.log10(1.05)
"""5 % in log10."""
FACTORS = (3.0, 10.0, 100.0, 0.99 * LARGEST_FACTOR)
"""Reported over predicted; the last is just inside the rule."""
NUMBERS = (20, 100, 300, 1000, 3000)
SEED = 5


def _matrix(posts: pd.DataFrame, columns: tuple[str, ...]) -> np.ndarray:
    return matrix_of(inputs_from_posts(posts, with_embeddings=False), "context", columns)


def _trained(matrix: np.ndarray, columns: tuple[str, ...], target: np.ndarray) -> Regressor:
    options = TrainingOptions()
    fit = account_fit(
        PATTERN,
        columns,
        parameters=options.context_parameters,
        history_parameters=options.history_parameters,
    )
    return fit(matrix, target)


def crossing(numbers: list[int], moved: list[float]) -> float | None:
    """Return the number of reports at which the median has moved by 5 %, by interpolation."""
    for index, shift in enumerate(moved):
        if shift >= MOVED:
            before = moved[index - 1] if index else 0.0
            start = numbers[index - 1] if index else 0
            return start + (numbers[index] - start) * (MOVED - before) / (shift - before)
    return None


def main() -> None:
    """Run every attack and print how far each moves the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--quick", action="store_true", help="one attack, three sizes")
    parser.add_argument("--factor", type=float, help="this multiple alone")
    chosen = parser.parse_args()
    posts = training_posts(chosen.data)
    posts = posts[posts["source"] == MAIN_SOURCE].reset_index(drop=True)
    all_posts = len(posts)
    posts = posts[posts["recent_views"].map(len) > 0].reset_index(drop=True)
    out = held_out(creator_keys(posts), share=0.2, seed=SEED)
    train, test = posts[~out].reset_index(drop=True), posts[out].reset_index(drop=True)
    both = pd.concat([train, masked(train, PATTERN, 0)], ignore_index=True)
    inputs = inputs_from_posts(both, with_embeddings=False)
    columns = columns_of(inputs.values["context"].columns, PATTERN)
    matrix = matrix_of(inputs, "context", columns)
    weights = correlation_weights(train)
    target = np.tile(log_virality(virality(train, weights)), 2)
    start = time.perf_counter()
    honest = _trained(matrix, columns, target)
    asked = _matrix(test, columns)
    medians = honest.predict(asked)
    cap = int(LARGEST_SHARE * all_posts)
    print(f"{len(train):,} training posts, {len(test):,} held out; ", end="")
    print(f"one training takes {time.perf_counter() - start:.0f} s")
    print(
        f"bounds: {LARGEST_FACTOR:g} times off at most, {MOST_OF_A_CLIENT} reports of a client "
        f"learnt from ({MOST_A_DAY} a day accepted), {cap:,} reports in all\n"
    )
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(train))
    print(f"{'reported':>10} {'reports':>8} {'median moved by':>16}")
    factors = FACTORS[1:2] if chosen.quick else FACTORS
    for factor in factors if chosen.factor is None else (chosen.factor,):
        numbers, moved = [], []
        for number in sorted({*(NUMBERS[2:4] if chosen.quick else NUMBERS), cap}):
            rows = order[:number]
            # Each false report is a training post twice, as is each true one.
            lies = np.concatenate([rows, rows + len(train)])
            claimed = honest.predict(matrix[rows]) + np.log10(factor)
            poisoned = _trained(
                np.concatenate([matrix, matrix[lies]]),
                columns,
                np.concatenate([target, np.tile(claimed, 2)]),
            )
            shift = float(np.median(poisoned.predict(asked) - medians))
            numbers.append(number)
            moved.append(shift)
            bound = "  the bound" if number == cap else ""
            print(f"{'x ' + format(factor, '.3g'):>10} {number:>8,} {10**shift - 1:>15.2%}{bound}")
            if shift > 3 * MOVED:
                break
        needed = crossing(numbers, moved)
        if needed is None:
            verdict = f"no number up to {numbers[-1]:,} moves the median by 5 %"
        else:
            clients = int(np.ceil(needed / MOST_OF_A_CLIENT))
            reach = "below" if needed <= cap else "above"
            verdict = (
                f"about {needed:,.0f} reports, of {clients:,} clients, would move it by 5 %: "
                f"{reach} the bound of {cap:,} in all; one "
                f"client alone is heard {MOST_OF_A_CLIENT} times"
            )
        print(f"{'x ' + format(factor, '.3g'):>10} {verdict}\n", flush=True)


if __name__ == "__main__":
    main()
