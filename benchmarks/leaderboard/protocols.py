"""The four questions of the leaderboard: which posts are asked, and which may be learnt from.

Conventions
-----------
Everything follows from the sets that `sources.toml` names by their hash, and from seed 0. A post is
named by its set and its number. Of a post that is asked everything that stands in the table of
`leaderboard.py tasks` may be used: what was known before it was posted. What became of it may not.
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from viral.errors import TableError  # noqa: E402
from viral.evaluation.protocols import FEWEST_RECENT, MAIN_SOURCE  # noqa: E402
from viral.posts.history import training_posts  # noqa: E402
from viral.posts.splits import creator_keys, held_out, newest  # noqa: E402

SOURCES = Path(__file__).with_name("sources.toml")
SEED, SHARE = 0, 0.2
"""Of the creators, or of the time, that are held out."""
TODAY = pd.Timestamp("2025-01-01", tz="UTC")
SMALL = 10_000
"""Followers below which an account is small."""
TODAYS_FEEDS = ("denmark_2026", "srilanka_2025")
"""Sets of today with whole feeds, nothing chosen by its views."""
OUTCOMES = ("views", "likes", "comments", "shares", "saves", "collected_at")
"""What becomes of a post: never in the table of what is asked."""


@dataclass(frozen=True)
class Protocol:
    """One question: two sides of the same table."""

    name: str
    asked: np.ndarray
    """bool `[posts]`."""
    learnt: np.ndarray
    """bool `[posts]`: no creator, or nothing newer, of what is asked."""


def checked_sources(data_dir: Path, path: Path = SOURCES) -> None:
    """Hold the files of a data folder against the manifest.

    Raises
    ------
    TableError
        A file is missing, or another one than the figures were measured on.
    """
    for source in tomllib.loads(path.read_text(encoding="utf-8"))["source"]:
        file = data_dir / source["path"]
        if not file.is_file():
            raise TableError(f"{source['path']} is missing in {data_dir}; see the README.")
        if hashlib.sha256(file.read_bytes()).hexdigest() != source["sha256"]:
            raise TableError(f"{source['path']} is another file than the figures were measured on.")


def posts_of(data_dir: Path) -> pd.DataFrame:
    """Return all posts, each with what was known before it.

    Raises
    ------
    TableError
        A file is missing, unreadable or another one than the manifest says.
    """
    checked_sources(data_dir)
    return training_posts(data_dir)


def protocols(posts: pd.DataFrame) -> Mapping[str, Protocol]:
    """Return the four questions about a table of posts, by name."""
    main = (posts["source"] == MAIN_SOURCE).to_numpy()
    known = np.array([len(views) >= FEWEST_RECENT for views in posts["recent_views"]])
    out = held_out(creator_keys(posts), share=SHARE, seed=SEED)
    late = np.zeros(len(posts), dtype=bool)
    late[np.flatnonzero(main)] = newest(posts[main], SHARE)
    earlier = (posts["posted_at"] < posts.loc[late, "posted_at"].min()).to_numpy()
    small = (posts["posted_at"] >= TODAY) & (posts["followers"] < SMALL)
    today = (posts["source"].isin(TODAYS_FEEDS) & small).to_numpy()
    return {
        one.name: one
        for one in (
            Protocol("unseen_creators", out & main & known, ~out),
            Protocol("later_posts", late & known, ~late & earlier),
            Protocol("small_accounts_today", out & today & known, ~out),
            Protocol("lift", out & main & known, ~out),
        )
    }


def usual_log_views(posts: pd.DataFrame) -> np.ndarray:
    """Return log10 of the account's usual: the mean of log10(views + 1) of its last five posts."""
    return np.array(
        [
            np.mean(np.log10(np.asarray(views[-FEWEST_RECENT:], dtype=np.float64) + 1.0))
            for views in posts["recent_views"]
        ]
    )


def task_table(posts: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Return both sides as one table: `side` is `learn` or `ask`, outcomes only where learnt."""
    rows = np.flatnonzero(protocol.asked | protocol.learnt)
    table = posts.iloc[rows].reset_index(drop=True)
    asked = protocol.asked[rows]
    for name in OUTCOMES:
        table[name] = table[name].where(~asked)
    table.insert(0, "side", np.where(asked, "ask", "learn"))
    return table
