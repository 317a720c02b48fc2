"""Training anew with what creators have reported, and keeping the result only if it is not worse.

Two models are trained on the same posts less a fifth of the creators, one with the reports and one
without. Both predict that fifth, told one combination after the other, a fifth of the clients whose
reports neither has seen, and a fixed set of made-up posts (`viral.training.moves`). Only if nothing
is worse by more than a stated margin, and nothing moves by more than a stated bound without
evidence, a model is trained on everything and takes the place of the old one, which is kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from viral.errors import ModelError, TableError
from viral.feedback.records import Report
from viral.messages import Message
from viral.model.inputs import Inputs, inputs_from_posts
from viral.model.store import load, save
from viral.posts.history import training_posts
from viral.posts.splits import creator_keys, held_out
from viral.training.moves import Compared, as_told, moves_of, probes_of
from viral.training.options import TrainingOptions
from viral.training.reports import SOURCE, FeedbackPosts, added, feedback_posts
from viral.training.train import clips_of
from viral.training.trainer import ORDINARY, Trainer

FEWEST_REPORTS = 150
"""A fifth of them is held out; with fewer than `FEWEST_HELD_OUT` there nothing can be decided."""
COMPARISON_OPTIONS = TrainingOptions(fold_count=2, seeds=(0,), strange_posts=0)
"""As shipped, every tier, but for one booster and the widening away from what was learnt."""
PREVIOUS_SUFFIX = ".previous"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Retrained:
    """What came of it."""

    reports: int
    left_out: int
    compared: Compared
    version: str | None
    """Of the model that took the place, or None where the old one stays."""


def _nothing(what: str) -> None:
    del what


def compare(
    posts: pd.DataFrame,
    inputs: Inputs,
    *,
    options: TrainingOptions = COMPARISON_OPTIONS,
    seed: int = 0,
    say: Say = _nothing,
) -> Compared:
    """Train without and with the reports and set both side by side on rows that neither saw.

    Parameters
    ----------
    posts : DataFrame
        Training posts with the reports behind them.
    inputs : Inputs
        Of the same rows.
    options : TrainingOptions
        For both trainings.
    seed : int
        Of who is held out.
    say : callable
        Told what is being done.

    """
    from threadpoolctl import threadpool_limits

    keys = creator_keys(posts)
    out = held_out(keys, share=0.2, seed=seed)
    reported = (posts["source"] == SOURCE).to_numpy()
    ordinary = posts["source"].isin(ORDINARY).to_numpy()
    both = []
    # The order in which a matrix is summed depends on the threads, here as in training.
    with threadpool_limits(1, user_api="blas"):
        for name, train in (("without", ~out & ~reported), ("with", ~out)):
            say(f"training {name} the reports")
            rows = posts[train].reset_index(drop=True)
            both.append(Trainer(rows, inputs.rows(train), options).model())
        say("comparing what both say, tier by tier")
        asked = np.flatnonzero(out & (ordinary | reported))
        posts, inputs = posts.iloc[asked].reset_index(drop=True), inputs.rows(asked)
        creators = keys.to_numpy(dtype=str)[asked]
        moves = moves_of(both[0], both[1], posts, inputs, creators)
        return Compared(
            moves=moves,
            probes=probes_of(both[0], both[1], moves),
            reports=as_told(both[0], both[1], posts, inputs, creators),
        )


def retrain(
    data_dir: Path,
    model_dir: Path,
    reports: list[Report],
    *,
    options: TrainingOptions | None = None,
    comparison: TrainingOptions = COMPARISON_OPTIONS,
    say: Say = _nothing,
) -> Retrained:
    """Train with the reports, and replace the model if the new one is not worse.

    Parameters
    ----------
    data_dir : Path
        The folder of past posts.
    model_dir : Path
        The model that predicts; the old one stays in `<model_dir>.previous`.
    reports : list of Report
        Everybody's, the oldest first.
    options, comparison : TrainingOptions
        For the model that predicts, and for the two that are compared.
    say : callable
        Told what is being done.

    Raises
    ------
    TableError
        The data are missing, or there are too few reports.
    """
    posts = training_posts(Path(data_dir))
    ordinary = int(posts["source"].isin(ORDINARY).sum())
    more = feedback_posts(reports, ordinary)
    if len(more.posts) < FEWEST_REPORTS:
        raise TableError(
            Message("retrain.few_reports", count=len(more.posts), fewest=FEWEST_REPORTS)
        )
    posts, inputs = measured(posts, Path(data_dir), more, say)
    compared = compare(posts, inputs, options=comparison, say=say)
    found = Retrained(len(more.posts), more.left_out, compared, None)
    if not compared.not_worse:
        return found
    from threadpoolctl import threadpool_limits

    say("training on everything")
    with threadpool_limits(1, user_api="blas"):
        model = Trainer(posts, inputs, options, say).model()
    return replace(found, version=replaced(model, Path(model_dir)))


def measured(
    posts: pd.DataFrame, data_dir: Path, more: FeedbackPosts, say: Say
) -> tuple[pd.DataFrame, Inputs]:
    """Return the training posts with the reports, and what is known of them."""
    both, clips = added(posts, clips_of(posts, data_dir, say), more)
    say("measuring captions and context")
    return both, inputs_from_posts(both, clips, embed_all=True)


def previous_of(model_dir: Path) -> Path:
    """Return where the model that was replaced is kept."""
    return model_dir.with_name(model_dir.name + PREVIOUS_SUFFIX)


def replaced(model: Any, model_dir: Path) -> str:
    """Put a model in the place of the one in `model_dir`, which is kept; return its version.

    The new model is written beside it and read back before anything is moved, so that a failure
    leaves the old one where it was.
    """
    fresh = model_dir.with_name(model_dir.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    save(model, fresh)
    version = load(fresh).version
    previous = previous_of(model_dir)
    shutil.rmtree(previous, ignore_errors=True)
    model_dir.rename(previous)
    fresh.rename(model_dir)
    return version


def undone(model_dir: Path) -> str:
    """Put the model that was replaced back; return its version.

    The two change places, so that this can be undone too.

    Raises
    ------
    ModelError
        None has been replaced.
    """
    previous = previous_of(model_dir)
    if not (previous / "manifest.json").is_file():
        raise ModelError(Message("retrain.nothing_replaced", folder=previous.name))
    version = load(previous).version
    aside = model_dir.with_name(model_dir.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    if model_dir.exists():
        model_dir.rename(aside)
    previous.rename(model_dir)
    if aside.exists():
        aside.rename(previous)
    return version
