"""Training anew with what creators have reported, and keeping the result only if it is not worse.

Two models are trained on the same posts less a fifth of the creators, one with the reports and one
without. Both predict that fifth, and a fifth of the clients whose reports neither has seen. Only if
the one with the reports is not worse on either, a model is trained on everything and takes the
place of the old one, which is kept beside it.
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
from viral.model.inputs import Inputs, context_of, inputs_from_posts
from viral.model.model import Model, to_log
from viral.model.store import load, save
from viral.posts.history import training_posts
from viral.posts.splits import creator_keys, held_out
from viral.training.options import TrainingOptions
from viral.training.reports import SOURCE, FeedbackPosts, added, feedback_posts
from viral.training.train import clips_of
from viral.training.trainer import ORDINARY, Trainer

MAIN_SOURCE = "creators_2020"
FEWEST_REPORTS = 20
"""Below it nothing is learnt that a change of the seed would not change more."""
FEWEST_HELD_OUT = 10
"""Held-out reports below which they decide nothing."""
TOLERANCE = 0.005
"""Share by which the error on thousands of posts may grow by chance."""
CHANCE = 2.0
"""Standard errors by which the error on a few reports may grow by chance."""
COMPARISON_OPTIONS = TrainingOptions(fold_count=3, seeds=(0,), patterns=("history", "account"))
"""As shipped but for fewer folds, one booster and the patterns that reports have."""
PREVIOUS_SUFFIX = ".previous"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Figures:
    """Mean absolute errors in log10 views on rows that were not trained on."""

    posts: float
    """Held-out creators of the training posts."""
    report_errors: tuple[float, ...] = ()
    """Absolute errors of held-out clients' reports, one a report."""

    @property
    def reports(self) -> float | None:
        """Mean error of the held-out reports; None where there are too few."""
        if len(self.report_errors) < FEWEST_HELD_OUT:
            return None
        return float(np.mean(self.report_errors))


@dataclass(frozen=True)
class Retrained:
    """What came of it."""

    reports: int
    left_out: int
    old: Figures
    new: Figures
    version: str | None
    """Of the model that took the place, or None where the old one stays."""

    @property
    def not_worse(self) -> bool:
        """Whether the new model may take the place of the old one."""
        return is_not_worse(self.old, self.new)


def is_not_worse(old: Figures, new: Figures) -> bool:
    """Return whether neither error has grown by more than chance explains."""
    if new.posts > old.posts * (1 + TOLERANCE):
        return False
    if old.reports is None or new.reports is None:
        return True
    grown = np.subtract(new.report_errors, old.report_errors)
    return bool(grown.mean() <= CHANCE * grown.std(ddof=1) / np.sqrt(len(grown)))


def _nothing(what: str) -> None:
    del what


def _figures(model: Model, posts: pd.DataFrame, inputs: Inputs, test: np.ndarray) -> Figures:
    told = posts[test].reset_index(drop=True)
    estimates = model.estimate(context_of(inputs.rows(test), told))
    predicted = model.counts(estimates)["views"][1]
    views = told["views"].to_numpy(dtype=np.float64)
    reported = (told["source"] == SOURCE).to_numpy()
    return Figures(
        posts=float(np.mean(np.abs(to_log(predicted) - to_log(views))[~reported])),
        report_errors=tuple(np.abs(to_log(predicted) - to_log(views))[reported].tolist()),
    )


def compare(
    posts: pd.DataFrame,
    inputs: Inputs,
    *,
    options: TrainingOptions = COMPARISON_OPTIONS,
    seed: int = 0,
    say: Say = _nothing,
) -> tuple[Figures, Figures]:
    """Train without and with the reports and measure both on the same held-out rows.

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

    Returns
    -------
    tuple of Figures and Figures
        Without and with the reports.
    """
    out = held_out(creator_keys(posts), share=0.2, seed=seed)
    reported = (posts["source"] == SOURCE).to_numpy()
    main = (posts["source"] == MAIN_SOURCE).to_numpy()
    known = np.isin(inputs.patterns, options.patterns)
    test = out & (main | reported) & known
    both = []
    for name, train in (("without", ~out & ~reported), ("with", ~out)):
        say(f"training {name} the reports")
        rows = posts[train].reset_index(drop=True)
        model = Trainer(rows, inputs.rows(train), options).model()
        both.append(_figures(model, posts, inputs, test))
    return both[0], both[1]


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
    old, new = compare(posts, inputs, options=comparison, say=say)
    found = Retrained(len(more.posts), more.left_out, old, new, None)
    if not found.not_worse:
        return found
    say("training on everything")
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
