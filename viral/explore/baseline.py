"""How far a post went beyond what was to be expected of its creator, or of its peers.

Views of one creator differ by a factor of three from post to post and by a factor of a million
between creators, so trends are read in the *lift*: log10 views less what the creator usually gets.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

NEIGHBOURS = 10
"""Posts before and as many after a post whose median is its creator's usual: an account grows, so
posts of another year say little."""
FEWEST_NEIGHBOURS = 5
"""With fewer other posts a creator has no usual."""
FEWEST_PEERS = 20
"""Posts of one source and account size; with fewer, all posts of the source are the peers."""
ROWS_AT_ONCE = 100_000


def lift_over_usual(creators: np.ndarray, times: np.ndarray, log_views: np.ndarray) -> np.ndarray:
    """Return log10 views less the median of the creator's neighbouring posts.

    Parameters
    ----------
    creators : np.ndarray [shape=(posts,), dtype=int]
        Which creator each post is by.
    times : np.ndarray [shape=(posts,)]
        When it was posted, in any unit; NaN counts as after all others.
    log_views : np.ndarray [shape=(posts,)]
        Finite.

    Returns
    -------
    np.ndarray [shape=(posts,)]
        NaN where the creator has fewer than `FEWEST_NEIGHBOURS` other posts.
    """
    order = np.lexsort((times, creators))
    owner, values = creators[order], log_views[order]
    steps = np.array([step for step in range(-NEIGHBOURS, NEIGHBOURS + 1) if step])
    usual = np.full(len(values), np.nan)
    for start in range(0, len(values), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(values)))
        beside = rows[:, None] + steps
        inside = (beside >= 0) & (beside < len(values))
        beside = np.where(inside, beside, 0)
        known = inside & (owner[beside] == owner[rows][:, None])
        enough = known.sum(axis=1) >= FEWEST_NEIGHBOURS
        neighbours = np.where(known, values[beside], np.nan)[enough]
        usual[rows[enough]] = np.nanmedian(neighbours, axis=1)
    lift = np.empty(len(values))
    lift[order] = values - usual
    return lift


def lift_over_peers(sources: np.ndarray, sizes: np.ndarray, log_views: np.ndarray) -> np.ndarray:
    """Return log10 views less the median of posts of the same source and account size."""
    table = pd.DataFrame({"source": sources, "size": sizes, "views": log_views})
    of_source = table.groupby("source")["views"].transform("median")
    group = table.groupby(["source", "size"])["views"]
    near = group.transform("median").where(group.transform("size") >= FEWEST_PEERS, of_source)
    return np.asarray(table["views"] - near)
