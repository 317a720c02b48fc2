"""Training from the data folder to the model folder, the same bytes each time on one machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from viral.modalities.features import Features
from viral.model.clip_features import labelled_clips, trending_audio
from viral.model.inputs import inputs_from_posts
from viral.model.model import Model
from viral.model.options import TrainingOptions
from viral.model.store import load, save
from viral.model.trainer import Trainer
from viral.posts.training import training_posts

CACHE_FOLDER = Path(".cache/clips")
"""Where the features of training clips are kept, under the folder that training is started in."""


def clips_of(
    posts: pd.DataFrame, data_dir: Path, say: Callable[[str], None] = lambda _: None
) -> dict[int, dict[str, Features]]:
    """Return what is known of the clips of the training posts, by row."""
    cache = Path.cwd() / CACHE_FOLDER
    return {**trending_audio(posts, data_dir), **labelled_clips(posts, data_dir, cache, say)}


def train(
    data_dir: Path,
    out_dir: Path,
    *,
    options: TrainingOptions | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Model:
    """Train on the data folder and write the model folder.

    Raises
    ------
    TableError
        The data are missing or too few; the sentence says how many rows are needed.
    """
    posts = training_posts(Path(data_dir))
    clips = clips_of(posts, Path(data_dir), say)
    say("measuring captions and context")
    inputs = inputs_from_posts(posts, clips, embed_all=True)
    model = Trainer(posts, inputs, options, say).model()
    save(model, Path(out_dir))
    return load(Path(out_dir))
