"""Views and ratios by account size, by length, and by weekday and hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from viral.explore.rules import Rules

MEASURES = ("views", "lift", "likes", "comments", "shares")
"""Views; views over the creator's usual, as a factor; likes, comments and shares per view."""
SIZE_EDGES = (1e3, 1e4, 1e5, 1e6, 1e7)
"""Followers that part accounts by size."""
DURATION_EDGES_S = (5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 180.0)
"""Seconds that part clips by length."""
QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Cells:
    """What posts got, one row a cell; cells that may not be shown are not there."""

    places: tuple[int, ...]
    """Which cells: the number of a size, of a length, or `24 * weekday + hour`."""
    posts: tuple[int, ...]
    creators: tuple[int, ...]
    quartiles: dict[str, np.ndarray]
    """Measure -> `[cells, 3]`: a quarter of the posts got less than the first, half less than the
    second. NaN where too few posts know the measure, or where only the median is kept."""
    left_out: int
    """Cells that have posts, but too few."""

    def medians(self, measure: str) -> np.ndarray:
        """Return the median of each cell, `[cells]`."""
        return self.quartiles[measure][:, 1]

    def known(self, measure: str) -> bool:
        """Return whether any cell knows a measure."""
        return bool(np.isfinite(self.medians(measure)).any())


def part(values: np.ndarray, edges: Sequence[float]) -> np.ndarray:
    """Return which part each value is in, 0 to `len(edges)`, or -1 where it is unknown."""
    known = np.isfinite(values)
    return np.where(known, np.searchsorted(edges, np.where(known, values, 0.0), side="right"), -1)


def cells_of(
    places: np.ndarray,
    posts: pd.DataFrame,
    rules: Rules,
    *,
    only_medians: bool = False,
) -> Cells:
    """Sum posts up by cell.

    Parameters
    ----------
    places : np.ndarray [shape=(posts,), dtype=int]
        The cell of each post; -1 where it has none.
    posts : pd.DataFrame
        `creator` and the columns of `MEASURES`.
    rules : Rules
        What may be shown; a measure that too few posts of a cell know is NaN there.
    only_medians : bool
        Leave the outer quartiles NaN.
    """
    table = posts.loc[places >= 0, ["creator", *MEASURES]].assign(place=places[places >= 0])
    grouped = table.groupby("place")
    counts, makers = grouped.size(), grouped["creator"].nunique()
    of_creator = grouped["creator"]
    allowed = of_creator.agg(lambda own: rules.allow(own.value_counts().to_numpy()))
    shown = [int(place) for place in counts.index[allowed.to_numpy(dtype=bool)]]
    known = grouped[list(MEASURES)].count().reindex(shown)
    quartiles = {}
    levels = np.array([0.5] if only_medians else QUARTILES)
    columns = [1] if only_medians else [0, 1, 2]
    for measure in MEASURES:
        values = np.full((len(shown), len(QUARTILES)), np.nan)
        if shown:
            found = grouped[measure].quantile(levels).unstack().reindex(shown).to_numpy()
            found = np.where(known[[measure]].to_numpy() >= rules.posts, found, np.nan)
            values[:, columns] = found
        quartiles[measure] = values
    return Cells(
        places=tuple(int(p) for p in shown),
        posts=tuple(int(counts[p]) for p in shown),
        creators=tuple(int(makers[p]) for p in shown),
        quartiles=quartiles,
        left_out=len(counts) - len(shown),
    )
