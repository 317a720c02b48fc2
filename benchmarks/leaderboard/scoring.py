"""Submissions: how they are read, and what they come to.

A submission is a table with a row for each post that is asked, in any order: `protocol`, `source`,
`video_id`, and `low`, `median`, `high` in views: an 80 % range with its middle.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from protocols import Protocol, usual_log_views

from viral.errors import TableError
from viral.training.metrics import bootstrap, mae, point_figures, range_figures

KEYS = ["source", "video_id"]
RANGE = ["low", "median", "high"]
COLUMNS = ("protocol", *KEYS, *RANGE)
LARGEST = 1e12


def read_submission(path: Path) -> pd.DataFrame:
    """Read a submission.

    Raises
    ------
    TableError
        It is not a .csv or .parquet with the columns, or a range is none.
    """
    if path.suffix not in {".csv", ".parquet"}:
        raise TableError(f"{path.name} must end in .csv or .parquet.")
    try:
        keys = dict.fromkeys(("protocol", *KEYS), str)
        table = pd.read_csv(path, dtype=keys) if path.suffix == ".csv" else pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise TableError(f"{path.name} cannot be read as a table.") from error
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise TableError(f"{path.name} lacks the columns {', '.join(missing)}.")
    table = table[list(COLUMNS)].astype(dict.fromkeys(("protocol", *KEYS), str))
    try:
        ranges = table[RANGE].to_numpy(dtype=np.float64)
    except ValueError as error:
        raise TableError(f"{path.name} has ranges that are not numbers.") from error
    good = np.isfinite(ranges).all(axis=1) & (ranges >= 0).all(axis=1)
    good &= (np.diff(ranges, axis=1) >= 0).all(axis=1) & (ranges <= LARGEST).all(axis=1)
    if not good.all():
        row = int(np.flatnonzero(~good)[0]) + 1
        raise TableError(f"Row {row} of {path.name} has no range with low <= median <= high.")
    return table


def aligned(submission: pd.DataFrame, posts: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Return what was submitted for each asked post, in their order.

    Raises
    ------
    TableError
        Posts are missing, named twice, or not asked.
    """
    said = submission[submission["protocol"] == protocol.name]
    asked = posts.loc[protocol.asked, KEYS].astype(str)
    if said.duplicated(KEYS).any():
        raise TableError(f"{protocol.name}: posts are named twice.")
    found = asked.merge(said, on=KEYS, how="left")
    missing = int(found["median"].isna().sum())
    if missing:
        raise TableError(f"{protocol.name}: {missing:,} of {len(asked):,} posts are missing.")
    if len(said) > len(asked):
        extra = len(said) - len(asked)
        raise TableError(f"{protocol.name}: {extra:,} posts are not asked.")
    return found


def score(submission: pd.DataFrame, posts: pd.DataFrame, protocol: Protocol) -> dict[str, Any]:
    """Return the figures of a submission on one question, with 95 % intervals over creators.

    Errors are in log10 views. `lift` takes the account's usual off both what was said and what
    happened, so that knowing the account earns nothing.

    Raises
    ------
    TableError
        See `aligned`.
    """
    said = aligned(submission, posts, protocol)
    rows = posts[protocol.asked]
    truth = np.log10(rows["views"].to_numpy(dtype=np.float64) + 1.0)
    low, median, high = (np.log10(said[name].to_numpy(dtype=np.float64) + 1.0) for name in RANGE)
    if protocol.name == "lift":
        usual = usual_log_views(rows)
        truth, low, median, high = (part - usual for part in (truth, low, median, high))
    creators = rows["creator"].astype(str).to_numpy()

    def figures(chosen: np.ndarray) -> dict[str, float]:
        t, m = truth[chosen], median[chosen]
        found = {**point_figures(t, m), **range_figures(t, low[chosen], m, high[chosen])}
        # A method that says the same of every post ranks none of them.
        return {name: value for name, value in found.items() if np.isfinite(value)}

    everything = figures(np.arange(len(truth)))
    return {
        **everything,
        "typical_miss_factor": 10.0 ** mae(truth, median),
        "interval": bootstrap(figures, creators),
        "posts": len(truth),
        "creators": len(np.unique(creators)),
    }
