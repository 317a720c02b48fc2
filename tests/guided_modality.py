"""What a developer does after adding the modality of the guide: measure, train, explain.

Run by `test_developing` in a copy of the package, in a process of its own; prints what came out as
JSON. The one argument is a folder to work in.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from synthesis import BLACK, RED, WHITE, solid_frames, write_clip

import viral
from viral.batch.rows import clip_schema
from viral.media.reader import read_clip
from viral.modalities.features import Features
from viral.model import explained
from viral.model.inputs import inputs_from_posts
from viral.model.prediction import Prediction
from viral.model.store import load, save, shipped_model
from viral.pipeline import measured, pooled
from viral.posts.details import PostDetails, post_details
from viral.posts.earlier_posts import with_compared_past
from viral.posts.history import with_past
from viral.posts.schema import COLUMNS
from viral.training.options import TrainingOptions
from viral.training.trainer import Trainer
from viral.ui.text.labels import modality_label

POSTS_EACH = 12
FEW = {"num_iterations": 60, "learning_rate": 0.1, "num_leaves": 7, "min_data_in_leaf": 10}
QUICK = TrainingOptions(
    context_parameters=FEW,
    history_parameters=FEW,
    lift_parameters=FEW,
    error_parameters=FEW,
    fold_count=3,
    seeds=(0,),
)
"""Options that train a small table in seconds."""
EFFECT = 0.6
"""log10 between a likeness of 50 and one of 100: larger than anything else in the table."""


def small_table(creators: int = 40) -> tuple[pd.DataFrame, dict[int, dict[str, Features]]]:
    """Return posts whose views follow the account and the likeness, and the features of clips."""
    draws = np.random.default_rng(0)
    count = creators * POSTS_EACH
    level = np.repeat(draws.uniform(3.0, 5.0, creators), POSTS_EACH)
    likeness = draws.uniform(20.0, 100.0, count)
    views = 10 ** (level + EFFECT * (likeness - 50.0) / 50.0 + draws.normal(0.0, 0.1, count))
    start = pd.Timestamp("2020-01-01", tz="UTC")
    table = pd.DataFrame(
        {
            "source": "creators_2020",
            "video_id": [str(number) for number in range(count)],
            "creator": np.repeat([f"creator {number}" for number in range(creators)], POSTS_EACH),
            "posted_at": [start + pd.Timedelta(hours=31 * number) for number in range(count)],
            "followers": 10**level,
            "duration_s": draws.uniform(8.0, 30.0, count),
            "views": np.round(views),
            "likes": np.round(views / 10),
            "comments": np.round(views / 500),
            "shares": np.round(views / 900),
            "horizon_days": 30.0,
        }
    ).reindex(columns=list(COLUMNS))
    table["caption"] = table["hashtags"] = table["sound_name"] = None
    for name, kind in COLUMNS.items():
        if kind == "views":
            table[name] = pd.Series([()] * count, dtype=object)
    posts = with_compared_past(with_past(table))
    clips = {
        row: {"looping": Features("looping", {"likeness": float(value)})}
        for row, value in enumerate(likeness)
    }
    return posts, clips


def of_looping(prediction: Prediction) -> dict[str, float | None]:
    """Return what an explanation says of the modality."""
    told = prediction.explanation
    feature = next(part for part in told.features if part.modality == "looping")
    whole = next(part for part in told.modalities if part.name == "looping")
    exact = told.base + sum(part.value for part in told.features) - told.prediction
    return {"input": feature.input, "value": whole.value, "left over": exact}


def main(folder: Path) -> None:
    """Measure two clips, predict them with the shipped model, train on a small table, explain."""
    details = post_details(followers=10_000, recent_views=[9000, 11_000, 10_000, 9500, 10_500])
    features = {}
    for name, colours in (("closed", [BLACK, RED, BLACK]), ("open", [BLACK, RED, WHITE])):
        path = folder / f"{name}.mp4"
        write_clip(path, frames=solid_frames(colours, cuts_s=[1.0, 2.0], duration_s=3.0))
        clip = read_clip(path)
        features[name] = pooled(measured(clip), clip.facts, details)
        trimmed = pooled(measured(clip), clip.facts, PostDetails(), [(0.0, 0.9)])
        features[f"{name}, trimmed"] = trimmed
    posts, clips = small_table()
    inputs = inputs_from_posts(posts, clips, with_embeddings=False)
    save(Trainer(posts, inputs, QUICK).model(), folder / "model")
    trained = load(folder / "model")
    both = {"closed": features["closed"], "open": features["open"]}
    print(
        json.dumps(
            {
                "package": str(Path(viral.__file__).parent.parent),
                "likeness": {
                    name: float(found["looping"].values["likeness"])
                    for name, found in features.items()
                },
                "columns": [name for name in clip_schema().names if name.startswith("looping")],
                "shipped": {
                    name: of_looping(explained.predict(shipped_model(), found, details))
                    for name, found in both.items()
                },
                "trained": {
                    name: of_looping(explained.predict(trained, found, details))
                    for name, found in both.items()
                },
                "weight": trained.patterns["history"].weights_for(["looping"]).weights["looping"],
                "name": modality_label("looping", "en"),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
