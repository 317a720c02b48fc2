"""Training from the data folder to the model folder, the same bytes each time on one machine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from viral.modalities.features import Features
from viral.model.inputs import inputs_from_posts
from viral.model.model import Model
from viral.model.store import load, save
from viral.posts.history import training_posts
from viral.training.clip_features import labelled_clips, trending_audio
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


def train(
    data_dir: Path,
    out_dir: Path,
    *,
    options: TrainingOptions | None = None,
    say: Callable[[str], None] = lambda _: None,
    ray: str | None = None,
    ray_rows: int | None = None,
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
    ray : str, optional
        `HOST:PORT` of a Ray cluster that grows the trees of large tables, or `local`. The folder
        that `out_dir` lies in has to be one that all nodes can write to.
    ray_rows : int, optional
        Rows from which a table is large, `viral.cluster.training.FEWEST_ROWS` by default.

    Raises
    ------
    TableError
        The data are missing or too few; the sentence says how many rows are needed.
    ClusterError
        Ray is not installed, or the cluster does not answer.
    """
    from threadpoolctl import threadpool_limits

    posts = training_posts(Path(data_dir))
    clips = clips_of(posts, Path(data_dir), say)
    say("measuring captions and context")
    inputs = inputs_from_posts(posts, clips, embed_all=True)
    # The order in which a matrix is summed depends on the threads.
    with (
        _growing(ray, ray_rows, Path(out_dir).resolve().parent),
        threadpool_limits(1, user_api="blas"),
    ):
        model = Trainer(posts, inputs, options, say).model()
    save(model, Path(out_dir))
    return load(Path(out_dir))


def _growing(
    ray: str | None, rows: int | None, storage: Path
) -> contextlib.AbstractContextManager[Any]:
    if ray is None:
        return contextlib.nullcontext()
    from viral.cluster.training import FEWEST_ROWS, growing_on

    return growing_on(ray, storage, fewest_rows=rows or FEWEST_ROWS)
