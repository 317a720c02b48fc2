"""What changes when reports are learnt from: in each tier and each combination of what is told.

A mean error on posts that tell everything hides what happens to those who tell little: reports
carry no hashtags, so "no caption" could come to mean "a report". Two models are therefore asked
about held-out posts told one combination after the other, and about a fixed set of made-up posts.
What moves by more than a stated bound needs evidence: reports of clients that neither model has
seen, told the same, that are predicted better beyond chance. Held-out posts may not be predicted
worse in any combination, whatever reports say: false ones agree with each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product

import numpy as np
import pandas as pd

from viral.model.inputs import Inputs, context_of, inputs_from_posts
from viral.model.model import Model, to_log
from viral.posts.earlier_posts import with_compared_past
from viral.posts.published_sets import REPORTED
from viral.posts.schema import in_schema
from viral.training.told import COMBINATIONS, Told, told_of, without_words

LARGEST_MOVE = float(np.log10(1.10))
"""By how much the middle prediction of a combination may move without evidence, log10. No number
of reports below the bound on their share moves a tier as far, see `docs/learning.md`."""
LARGEST_PROBE_MOVE = float(np.log10(1.25))
"""The same for the made-up posts of a tier, of which some lie where few posts do."""
MARGIN = 0.02
"""Share by which the error on held-out posts may be larger, at the upper end of its interval."""
REPORT_MARGIN = 0.10
"""The same on held-out reports."""
ONE_SIDED = 1.645
"""Standard errors to the end of a one-sided 95 % interval."""
FEWEST_HELD_OUT = 30
"""Held-out reports below which they decide nothing."""
MOST_ASKED = 2000
"""Held-out posts that a combination is asked of at most."""


@dataclass(frozen=True)
class Change:
    """Errors of two models on the same posts, log10 views."""

    old: float
    """Mean absolute error without the reports."""
    new: float
    posts: int
    error: float
    """Standard error of the difference, over creators or clients."""

    @property
    def most(self) -> float:
        """Upper end of the one-sided 95 % interval of new less old."""
        return self.new - self.old + ONE_SIDED * self.error

    def not_worse(self, margin: float) -> bool:
        """Whether the new error is shown to be no more than a share `margin` larger."""
        return bool(self.most <= margin * self.old)

    @property
    def better(self) -> bool:
        """Whether the new error is smaller beyond chance, on enough posts to say so."""
        return self.posts >= FEWEST_HELD_OUT and self.most < 0.0

    def power(self, margin: float) -> float:
        """Return how often a model that is just as good would be shown to be not worse, 0..1."""
        from scipy.stats import norm

        if self.error <= 0.0:
            return 1.0
        return float(norm.cdf(margin * self.old / self.error - ONE_SIDED))


def change_of(old: np.ndarray, new: np.ndarray, groups: np.ndarray) -> Change | None:
    """Compare absolute errors of the same posts; None without any.

    Parameters
    ----------
    old, new : np.ndarray [shape=(posts,)]
        log10.
    groups : np.ndarray [shape=(posts,)]
        Whose posts they are: what one creator's posts have in common counts once.
    """
    if not len(old):
        return None
    difference = new - old
    _, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    number = int(codes.max()) + 1
    sums = np.bincount(codes, weights=difference - difference.mean())
    # One group alone shows nothing of others.
    error = (
        float(np.sqrt(np.sum(sums**2) * number / (number - 1)) / len(old))
        if number > 1
        else float("inf")
    )
    return Change(float(old.mean()), float(new.mean()), len(old), error)


@dataclass(frozen=True)
class Move:
    """What two models say of posts that tell the same."""

    name: str
    old_views: float
    """Middle prediction without the reports."""
    new_views: float
    move: float
    """Middle of how far single predictions moved, log10."""
    bound: float
    errors: Change | None = None
    """On held-out posts; None for made-up ones, of which nobody knows what they got."""
    reports: Change | None = None
    """On held-out reports that are told the same."""

    @property
    def refused(self) -> bool:
        """Whether it became worse, or moved by more than its bound without evidence."""
        if self.errors is not None and not self.errors.not_worse(MARGIN):
            return True
        shown = self.reports is not None and self.reports.better
        return abs(self.move) > self.bound and not shown

    def said(self) -> str:
        """Return one line that says what moved."""
        line = f"{self.name}: {self.old_views:,.0f} -> {self.new_views:,.0f} views"
        line += f", the middle post x{10.0**self.move:.2f}"
        if self.errors is not None:
            line += f", error {self.errors.old:.4f} -> {self.errors.new:.4f}"
        return line


@dataclass(frozen=True)
class Compared:
    """Two models side by side."""

    moves: tuple[Move, ...]
    """Held-out posts, by combination of what is told."""
    probes: tuple[Move, ...]
    """Made-up posts, by tier and by whether they have a caption."""
    reports: Change | None = None
    """Held-out reports as they were told."""
    refused: tuple[Move, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        found = tuple(move for move in (*self.moves, *self.probes) if move.refused)
        object.__setattr__(self, "refused", found)

    @property
    def decided(self) -> bool:
        """Whether there are enough held-out reports to decide anything."""
        return self.reports is not None and self.reports.posts >= FEWEST_HELD_OUT

    @property
    def not_worse(self) -> bool:
        """Whether the model with the reports may take the place of the other."""
        return bool(
            self.decided
            and self.reports is not None
            and self.reports.not_worse(REPORT_MARGIN)
            and not self.refused
        )


def _views(model: Model, inputs: Inputs) -> np.ndarray:
    return to_log(model.counts(model.estimate(inputs))["views"][1])


def _pattern(told: Told) -> str:
    if told.views:
        return "history"
    return "account" if told.followers else "unknown"


def _able(posts: pd.DataFrame, told: Told) -> np.ndarray:
    """Return which posts can be asked a combination, bool `[posts]`."""
    able = np.array([len(views) for views in posts["recent_views"]]) >= told.views
    if told.followers:
        able &= posts["followers"].notna().to_numpy()
    if told.totals and not told.compared:
        able &= posts["creator_total_likes"].notna().to_numpy()
    return able


def moves_of(
    old: Model, new: Model, posts: pd.DataFrame, inputs: Inputs, creators: np.ndarray
) -> tuple[Move, ...]:
    """Ask both models about held-out posts, told one combination after the other.

    Parameters
    ----------
    old, new : Model
        Without and with the reports.
    posts, inputs
        Held-out posts and reports with everything known.
    creators : np.ndarray [shape=(posts,)]
        Whose posts they are.
    """
    reported = (posts["source"] == REPORTED).to_numpy()
    truth = to_log(posts["views"].to_numpy(dtype=np.float64))
    known = set(old.patterns) & set(new.patterns)
    found = []
    for told in COMBINATIONS:
        if _pattern(told) not in known:
            continue
        able = _able(posts, told)
        asked = np.flatnonzero(able & ~reported)
        if len(asked) > MOST_ASKED:
            asked = np.sort(np.random.default_rng(0).permutation(asked)[:MOST_ASKED])
        rows = np.concatenate([asked, np.flatnonzero(able & reported)])
        if not len(asked):
            continue
        part = context_of(inputs.rows(rows), told_of(posts.iloc[rows].reset_index(drop=True), told))
        if not told.caption:
            part = without_words(part)
        said = [_views(model, part) for model in (old, new)]
        off = [np.abs(one - truth[rows]) for one in said]
        ordinary = np.arange(len(rows)) < len(asked)
        changes = [
            change_of(off[0][which], off[1][which], creators[rows][which])
            for which in (ordinary, ~ordinary)
        ]
        found.append(_move(told.name, said[0][ordinary], said[1][ordinary], LARGEST_MOVE, *changes))
    return tuple(found)


def as_told(
    old: Model, new: Model, posts: pd.DataFrame, inputs: Inputs, clients: np.ndarray
) -> Change | None:
    """Compare both models on held-out reports, each with all that its creator told."""
    rows = np.flatnonzero(
        (posts["source"] == REPORTED).to_numpy()
        & np.isin(inputs.patterns, sorted(set(old.patterns) & set(new.patterns)))
    )
    truth = to_log(posts["views"].to_numpy(dtype=np.float64)[rows])
    off = [np.abs(_views(model, inputs.rows(rows)) - truth) for model in (old, new)]
    return change_of(off[0], off[1], clients[rows])


def _move(
    name: str,
    old: np.ndarray,
    new: np.ndarray,
    bound: float,
    errors: Change | None = None,
    reports: Change | None = None,
) -> Move:
    middles = [float(10.0 ** np.median(one)) for one in (old, new)]
    move = float(np.median(new - old))
    return Move(name, middles[0], middles[1], move, bound, errors, reports)


PROBED = tuple(
    product(
        (None, 100.0, 10_000.0, 1_000_000.0, 10_000_000.0),
        ((), (1000.0, 1200.0, 800.0, 1500.0, 900.0), (2e5, 1e5, 4e5, 1.5e5, 3e5)),
        (None, "A day at the lake", "Wait for the end #fyp #comedy #funny"),
        (None, datetime(2026, 11, 2, 18, tzinfo=UTC)),
        (None, 12.0, 60.0),
    )
)
"""Followers, recent views, caption, time and length of the made-up posts."""


def probe_posts() -> pd.DataFrame:
    """Return the made-up posts, in the schema."""
    rows = [
        {
            "source": "probes",
            "video_id": str(number),
            "creator": str(number),
            "followers": followers,
            "recent_views": recent,
            "caption": caption,
            "posted_at": posted_at,
            "duration_s": duration_s,
        }
        for number, (followers, recent, caption, posted_at, duration_s) in enumerate(PROBED)
    ]
    posts = in_schema(pd.DataFrame(rows))[0]
    posts["recent_views"] = pd.Series([row["recent_views"] for row in rows], dtype=object)
    posts["horizon_days"] = np.nan
    return with_compared_past(posts)


def probes_of(old: Model, new: Model, evidence: Sequence[Move]) -> tuple[Move, ...]:
    """Ask both models about the made-up posts, by tier and by whether they have a caption.

    Parameters
    ----------
    evidence : sequence of Move
        What held-out reports say of combinations, from `moves_of`: the fullest of a tier counts.
    """
    posts = probe_posts()
    inputs = inputs_from_posts(posts, with_embeddings=old.embeds_captions or new.embeds_captions)
    worded = posts["caption"].notna().to_numpy()
    shown: dict[str, Change | None] = {}
    for told in COMBINATIONS:
        for move in evidence:
            if move.name == told.name:
                shown[_pattern(told)] = move.reports
    found = []
    for pattern in sorted(set(old.patterns) & set(new.patterns)):
        rows = np.flatnonzero(inputs.patterns == pattern)
        part = inputs.rows(rows)
        said = [_views(model, part) for model in (old, new)]
        for words, which in (("a caption", worded[rows]), ("no caption", ~worded[rows])):
            name = f"made-up posts, {pattern}, {words}"
            before, after = said[0][which], said[1][which]
            found.append(_move(name, before, after, LARGEST_PROBE_MOVE, None, shown.get(pattern)))
    return tuple(found)
