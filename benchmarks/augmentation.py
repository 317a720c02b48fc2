"""Whether copies of clips, changed a little, make pictures and sound predict more: one creator's
clips.

    python -m benchmarks.augmentation [--data ../shared/data] [--copies 3]

Each clip from the 21st on is predicted from all earlier ones, in the order of posting: its log10
views over the mean of the creator's last ten posts. The regressor learns once from the clips alone
and once from the clips with their copies (`benchmarks.augmented_clips`), with the clip itself asked
about; the last way learns from and asks about the mean of a clip and its copies. Intervals are of
resampled pairs of neighbours; the last column is the difference of the errors, with copies less
without: below 0 is better.

The first run measures the clips and their copies, about four seconds a copy on two cores; what was
measured is kept in `.cache/clips`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.augmented_clips import CHANGED, copies_of
from benchmarks.experiments import keep
from viral.modalities.features import Features
from viral.model.clip_features import CLIP_FOLDER, labelled_clips
from viral.model.content_protocols import FIRST_CLIPS
from viral.model.inputs import inputs_from_posts
from viral.model.lifts import fit_lift, predict_lift
from viral.model.metrics import bootstrap, with_intervals
from viral.model.model import to_log
from viral.model.options import TrainingOptions
from viral.model.training import CACHE_FOLDER
from viral.posts.training import training_posts

USUAL_POSTS = 10
Row = dict[str, Any]


def averaged(
    clip: Mapping[str, Features], copies: Sequence[Mapping[str, Features]]
) -> dict[str, Features]:
    """Return the mean of what was measured in a clip and in its copies: less of it is chance."""
    result = dict(clip)
    for modality in CHANGED:
        known = [f[modality] for f in (clip, *copies) if not f[modality].missing]
        if not known:
            continue
        values = {
            name: float(np.mean([each.values[name] for each in known])) for name in known[0].values
        }
        vectors = [each.embedding for each in known if each.embedding is not None]
        embedding = np.mean(vectors, axis=0) if len(vectors) == len(known) else known[0].embedding
        result[modality] = replace(known[0], values=values, embedding=embedding)
    return result


def clips_in_order(data_dir: Path) -> tuple[pd.DataFrame, list[dict[str, Features]], np.ndarray]:
    """Return the posts with a clip in the order of posting, their features and their lifts."""
    posts = training_posts(data_dir)
    measured = labelled_clips(posts, data_dir, Path.cwd() / CACHE_FOLDER, print)
    rows = [row for row in measured if len(posts["recent_views"].iloc[row]) > 0]
    rows.sort(key=lambda row: posts["posted_at"].iloc[row])
    table = posts.iloc[rows].reset_index(drop=True)
    usual = [np.mean(to_log(np.asarray(v[-USUAL_POSTS:]))) for v in table["recent_views"]]
    lift = to_log(table["views"].to_numpy(dtype=np.float64)) - np.array(usual)
    return table, [measured[row] for row in rows], lift


def predictions(
    table: pd.DataFrame,
    clips: Sequence[Mapping[str, Features]],
    copies: Sequence[Sequence[Mapping[str, Features]]],
    lift: np.ndarray,
    modality: str,
) -> np.ndarray:
    """Predict each clip from `FIRST_CLIPS` on from the earlier clips and their copies."""
    count = len(table)
    rounds = 1 + min(len(each) for each in copies)
    repeated = pd.concat([table] * rounds, ignore_index=True)
    known = {row: clips[row] for row in range(count)}
    for number in range(1, rounds):
        known |= {number * count + row: copies[row][number - 1] for row in range(count)}
    inputs = inputs_from_posts(repeated, known, with_embeddings=False)
    result = np.full(count, np.nan)
    for asked in range(FIRST_CLIPS, count):
        past = np.concatenate([np.arange(asked) + number * count for number in range(rounds)])
        past = past[inputs.present[modality][past]]
        mean = lift[:asked].mean()
        fitted = fit_lift(
            modality,
            inputs.rows(past),
            lift[past % count] - mean,
            pd.Series([str(row % count) for row in past]),
            TrainingOptions().lift_parameters,
            with_embedding=True,
        )
        here = inputs.rows(np.array([asked]))
        result[asked] = mean
        if here.present[modality][0]:
            result[asked] += predict_lift(fitted, modality, here)[0]
    return result


def figures_of(
    name: str, truth: np.ndarray, predicted: np.ndarray, other: np.ndarray | None
) -> Row:
    """Return the figures of one way, and its errors less those of another."""
    pairs = (np.arange(len(truth)) // 2).astype(str)
    found: Row = {"name": name, **with_intervals(truth, predicted, pairs)}
    if other is not None:
        gain = np.abs(truth - predicted) - np.abs(truth - other)
        found["difference"] = float(gain.mean())
        found["interval"]["difference"] = bootstrap(
            lambda rows: {"gain": float(gain[rows].mean())}, pairs
        )["gain"]
    return found


def line(found: Row) -> str:
    """Return one row of the table."""
    cells = [found["name"]]
    for key, form in (("r2", ".2f"), ("spearman", ".2f"), ("mae", ".3f"), ("difference", "+.3f")):
        if key not in found:
            cells.append("-")
            continue
        low, high = found["interval"][key]
        cells.append(f"{found[key]:{form}} ({low:{form}} to {high:{form}})")
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--copies", type=int, default=3)
    options = parser.parse_args()
    table, clips, lift = clips_in_order(options.data)
    paths = {
        row: options.data / CLIP_FOLDER / f"{video_id}.mp4"
        for row, video_id in enumerate(table["video_id"])
    }
    copied = copies_of(paths, options.copies, Path.cwd() / CACHE_FOLDER)
    copies = [copied[row] for row in range(len(table))]
    none: list[list[dict[str, Features]]] = [[] for _ in copies]
    asked = np.arange(FIRST_CLIPS, len(table))
    truth = lift[asked]
    rows: list[Row] = []
    print(f"{len(asked)} clips predicted from at least {FIRST_CLIPS} earlier ones\n")
    print("| learnt from | R2 | Spearman | MAE log10 | MAE with copies less without |")
    print("| --- | --- | --- | --- | --- |")
    usual = np.array([lift[:row].mean() for row in asked])
    rows.append(figures_of("no content", truth, usual, None))
    for modality in CHANGED:
        alone = predictions(table, clips, none, lift, modality)[asked]
        rows.append(figures_of(f"{modality}, clips alone", truth, alone, None))
        for count in sorted({1, options.copies}):
            fewer = [each[:count] for each in copies]
            more = predictions(table, clips, fewer, lift, modality)[asked]
            name = f"{count} {'copy' if count == 1 else 'copies'}"
            rows.append(figures_of(f"{modality}, clips and {name} of each", truth, more, alone))
        means = [averaged(clip, each) for clip, each in zip(clips, copies, strict=True)]
        calm = predictions(table, means, none, lift, modality)[asked]
        rows.append(figures_of(f"{modality}, mean of each clip and its copies", truth, calm, alone))
    for each in rows:
        print(line(each))
    keep("augmentation", {"first": FIRST_CLIPS, "copies": options.copies, "rows": rows})


if __name__ == "__main__":
    main()
