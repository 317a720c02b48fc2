"""Rules for the level of an account's recent views, without learning, on every set.

    python -m experiments.level_rules

R2 and mean absolute error of log10 views for posts with five or more earlier ones, by set, and what
each rule makes of a newest view that is nothing, a hundredth or a tenth of what it will be.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from viral.modalities.recent_views import history, levels
from viral.posts.history import training_posts
from viral.training.metrics import mae, r2

SETS = ("creators_2020", "denmark_2026", "feeds_2021", "mixed_2024", "srilanka_2025")
FEWEST = 5
FRESH = {"as it is": None, "nothing": 0.0, "a hundredth": 0.01, "a tenth": 0.1}


def fading(matrix: np.ndarray, half_life_posts: float) -> np.ndarray:
    """Return the mean of each row with weights that halve, `[posts]`."""
    weights = 0.5 ** (np.arange(matrix.shape[1] - 1, -1, -1) / half_life_posts)
    known = np.isfinite(matrix)
    total = np.where(known, weights, 0.0).sum(axis=1)
    return np.asarray(np.where(known, weights * np.nan_to_num(matrix), 0.0).sum(axis=1) / total)


RULES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mean of the last five": lambda m: np.nanmean(m[:, -5:], axis=1),
    "median of the last five": lambda m: np.nanmedian(m[:, -5:], axis=1),
    "mean of all": lambda m: np.nanmean(m, axis=1),
    "median of all": lambda m: np.nanmedian(m, axis=1),
    **{
        f"fading mean, half-life {life}": lambda m, life=life: fading(m, life)  # type: ignore[misc]
        for life in (2.0, 4.0, 8.0)
    },
    **{
        f"robust fading mean, half-life {life}": lambda m, life=life: levels(m, life)  # type: ignore[misc]
        for life in (2.0, 4.0, 8.0)
    },
}


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    posts = training_posts(parser.parse_args().data)
    posts = posts[posts["recent_views"].map(len) >= FEWEST]
    print("| rule, R2 / MAE | " + " | ".join(SETS) + " |")
    print("| --- |" + " --- |" * len(SETS))
    for name, rule in RULES.items():
        cells = []
        for source in SETS:
            part = posts[posts["source"] == source]
            truth = np.log10(part["views"].to_numpy(dtype=np.float64) + 1.0)
            said = rule(history(part["recent_views"]))
            cells.append(f"{r2(truth, said):.3f} / {mae(truth, said):.3f}")
        print(f"| {name} | " + " | ".join(cells) + " |")
    print()
    main_set = posts[posts["source"] == SETS[0]]
    truth = np.log10(main_set["views"].to_numpy(dtype=np.float64) + 1.0)
    whole = history(main_set["recent_views"])[:, -FEWEST:]
    print("| rule, MAE of five views | " + " | ".join(FRESH) + " |")
    print("| --- |" + " --- |" * len(FRESH))
    for name, rule in RULES.items():
        cells = []
        for share in FRESH.values():
            matrix = whole.copy()
            if share is not None:
                matrix[:, -1] = np.log10(np.floor((10.0 ** whole[:, -1] - 1.0) * share) + 1.0)
            cells.append(f"{mae(truth, rule(matrix)):.3f}")
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
