"""A table of posts in, a table of predictions out: what `viral predict-table` does.

A row may name a clip in its column `video_path`; one that cannot be read is named and its row is
predicted without it. The rows are predicted together: a table may tell of a post beyond its own
row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from viral.messages import Message
from viral.modalities.features import Features
from viral.settings import settings

if TYPE_CHECKING:
    from viral.batch.workers import MeasuredBy, Outcome

OnProgress = Callable[[str, int, int], None]
"""Called with what is being done (`Clips`, `Posts`), how many are done and how many there are."""


@dataclass(frozen=True)
class PredictedTable:
    """What became of a table of posts."""

    predictions: pd.DataFrame
    """`video_id` and `<count>_low, _median, _high`, in the order given."""
    left_out: tuple[str, ...]
    """One sentence for each row that could not be used."""
    without_clip: tuple[str, ...]
    """One sentence for each clip that could not be read; its row is predicted without it."""


def _nothing(what: str, done: int, total: int) -> None:
    del what, done, total


def _clips(
    posts: pd.DataFrame, folder: Path, measured_by: MeasuredBy, on_progress: OnProgress
) -> tuple[dict[int, dict[str, Features]], list[str]]:
    """Look at the clips that rows name: features by row, and a sentence for each that failed."""
    from viral.batch.rows import features_of

    named = []
    for row, given in enumerate(posts["video_path"]):
        if isinstance(given, str):
            path = Path(given).expanduser()
            named.append((row, path if path.is_absolute() else folder / path))
    features = {}
    failures = {}
    for done, outcome in enumerate(measured_by(named, frozenset, None), start=1):
        if outcome.row is not None:
            # The caption and the account are in the table's own columns.
            features[outcome.place] = features_of(outcome.row)
        else:
            failures[outcome.place] = outcome.failure
        on_progress("Clips", done, len(named))
    ids = posts["video_id"]
    return features, [
        Message("batch.without_clip", id=str(ids.iloc[row]), reason=failures[row])
        for row in sorted(failures)
    ]


def _here(
    named: Sequence[tuple[int, Path]],
    known: Callable[[], frozenset[str]],
    processes: int | None,
) -> Iterator[Outcome]:
    """Look at clips as `viral extract` does, so that rows are the same wherever that happens."""
    from viral.batch.workers import Workers

    del known
    most = min(processes or settings().threads, max(len(named), 1))
    return Workers(most, lambda key: True).outcomes(iter(named))


def predict_file(
    path: Path,
    on_progress: OnProgress = _nothing,
    *,
    measured_by: MeasuredBy = _here,
    account_model: Path | None = None,
) -> PredictedTable:
    """Predict every usable row of a table of posts.

    Parameters
    ----------
    path : Path
        See `viral.posts.user_table.read_posts`; `video_path` counts from the table's folder.
    on_progress : callable
        Told how far it has come.
    measured_by : callable
        Who looks at the clips: this machine, or `viral.cluster.clips.measured_by`. The rows are the
        same.
    account_model : Path, optional
        Folder of an account's own model, from `viral train --account`; all rows are that account's.

    Raises
    ------
    TableError
        The file cannot be read or has no usable row.
    ModelError
        The model folder is missing or damaged.
    """
    from viral.posts.user_table import read_posts
    from viral.serving_model import account_model_at, model_in_force

    posts, rejected = read_posts(path)
    model = model_in_force(account_model_at(account_model))
    clips, failures = _clips(posts, path.parent, measured_by, on_progress)
    on_progress("Posts", 0, len(posts))
    predictions = model.predict_table(posts, clips)
    on_progress("Posts", len(posts), len(posts))
    return PredictedTable(
        predictions=predictions,
        left_out=tuple(str(row) for row in rejected),
        without_clip=tuple(failures),
    )
