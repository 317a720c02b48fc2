"""Training from the data folder to the model folder, the same bytes each time on one machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from viral.modalities.features import Features
from viral.model.inputs import inputs_from_posts
from viral.model.model import Model
from viral.model.store import load, save
from viral.posts.history import training_posts
from viral.posts.published_sets import MANIFEST, post_sets
from viral.training.clip_features import (
    CLIP_FOLDER,
    TRENDING_AUDIO,
    labelled_clips,
    trending_audio,
)
from viral.training.options import TrainingOptions
from viral.training.trainer import Trainer

CACHE_FOLDER = Path(".cache/clips")
"""Where the features of training clips are kept, under the folder that training is started in."""


def clips_of(
    posts: pd.DataFrame, data_dir: Path, say: Callable[[str], None] = lambda _: None
) -> dict[int, dict[str, Features]]:
    """Return what is known of the clips of the training posts, by row."""
    cache = Path.cwd() / CACHE_FOLDER
    return {**trending_audio(posts, data_dir), **labelled_clips(posts, data_dir, cache, say)}


def input_hashes(data_dir: Path) -> dict[str, str]:
    """Return the SHA-256 of all that training reads, by path under the data folder.

    The clips of the labelled set count as one, and so does the manifest of the sets, `sets.toml`.
    """
    found = {
        path: _hash(Path(data_dir) / path)
        for path in (*sorted(str(one.path) for one in post_sets()), TRENDING_AUDIO)
        if (Path(data_dir) / path).is_file()
    }
    clips = sorted((Path(data_dir) / CLIP_FOLDER).glob("*.mp4"))
    if clips:
        each = "\n".join(f"{clip.name} {_hash(clip)}" for clip in clips)
        found[f"{CLIP_FOLDER}/*.mp4"] = hashlib.sha256(each.encode()).hexdigest()
    return {**found, MANIFEST.name: _hash(MANIFEST)}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def train(
    data_dir: Path,
    out_dir: Path,
    *,
    options: TrainingOptions | None = None,
    say: Callable[[str], None] = lambda _: None,
    tree_backend: AbstractContextManager[Any] | None = None,
) -> Model:
    """Train on the data folder and write the model folder.

    Parameters
    ----------
    data_dir, out_dir : Path
        The data and the model.
    options : TrainingOptions, optional
        What can be chosen.
    say : callable
        Told what is being done.
    tree_backend : context manager, optional
        Who grows the trees while it is open, where this process does not:
        `viral.cluster.training.growing_on`.

    Raises
    ------
    TableError
        The data are missing or too few; the sentence says how many rows are needed.
    """
    from threadpoolctl import threadpool_limits

    posts = training_posts(Path(data_dir))
    clips = clips_of(posts, Path(data_dir), say)
    say("measuring captions and context")
    inputs = inputs_from_posts(posts, clips, embed_all=True)
    # The order in which a matrix is summed depends on the threads.
    with (
        tree_backend or nullcontext(),
        threadpool_limits(1, user_api="blas"),
    ):
        model = Trainer(posts, inputs, options, say).model()
    model = replace(model, facts={**model.facts, "inputs": input_hashes(Path(data_dir))})
    save(model, Path(out_dir))
    return load(Path(out_dir))
