"""Predicted against actual: one post, the running figures of a creator, and what it changes.

Conventions
-----------
Factors are actual over predicted median: 2.0 is twice as many as predicted. A prediction is moved
to the age at which the post was counted by the model's growth curve before it is compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from viral.feedback.records import Kept, Outcome, Report, caption_hash, secret_hash
from viral.modalities.features import Features
from viral.model import explained
from viral.posts.details import MAX_RECENT_VIEWS, PostDetails

COMPARED = ("views", "likes", "comments", "shares")
FEWEST_FOR_FIGURES = 3
"""Reports below which a running figure says nothing."""
SAME_LENGTH_S = 1.0
"""Platforms round lengths to a second."""
POSTED_WITHIN = timedelta(days=30)
"""A post that follows a prediction by more than this is another one, unless its caption agrees."""

Growth = Callable[[np.ndarray], np.ndarray]
"""Days -> log10 of the views beside those after 30 days."""


@dataclass(frozen=True)
class Compared:
    """One count of one post beside its prediction."""

    name: str
    actual: float
    low: float
    median: float
    high: float

    @property
    def factor(self) -> float:
        """Actual over predicted, both plus one so that nothing is divided by zero."""
        return (self.actual + 1.0) / (self.median + 1.0)

    @property
    def inside(self) -> bool:
        """Whether it fell in the 80 % range."""
        return self.low <= self.actual <= self.high


@dataclass(frozen=True)
class Running:
    """How well a creator's predictions have come out."""

    posts: int
    inside: int
    """How many fell in the range; about 8 in 10 should."""
    usual_factor: float
    """Half of the posts ended closer than this factor, 1 or more."""
    bias: float
    """Median of actual over predicted."""


def compared(report: Report, growth: Growth) -> tuple[Compared, ...]:
    """Return each count that was reported beside what was predicted for that age."""
    shift = 0.0
    kept, outcome = report.kept, report.outcome
    ages = growth(np.array([outcome.days, kept.horizon_days]))
    shift = float(ages[0] - ages[1])
    result = []
    for name in COMPARED:
        actual = getattr(outcome, name)
        if actual is None:
            continue
        low, median, high = (value * 10.0**shift for value in kept.ranges[name])
        result.append(Compared(name, float(actual), low, median, high))
    return tuple(result)


def main_count(report: Report, growth: Growth) -> Compared:
    """Return views, or likes where an export tells no views."""
    counts = compared(report, growth)
    return next((count for count in counts if count.name == "views"), counts[0])


def running(reports: Iterable[Report], growth: Growth) -> Running | None:
    """Return the running figures of the accepted reports, or None for fewer than three."""
    counts = [main_count(report, growth) for report in reports if report.standing == "accepted"]
    if len(counts) < FEWEST_FOR_FIGURES:
        return None
    logs = np.log10([count.factor for count in counts])
    return Running(
        posts=len(counts),
        inside=sum(count.inside for count in counts),
        usual_factor=float(10.0 ** np.median(np.abs(logs))),
        bias=float(10.0 ** np.median(logs)),
    )


def features_of(kept: Kept) -> dict[str, Features]:
    """Return the features that were kept of a clip."""
    return {
        modality: Features(
            modality,
            {name: math.nan if value is None else value for name, value in values.items()},
        )
        for modality, values in kept.features.items()
    }


def _context(said: PostDetails, kept: Kept) -> Features:
    from viral.modalities import context

    return context.extract(
        said, duration_s=math.nan if kept.duration_s is None else kept.duration_s, width=0, height=0
    )


def next_prediction(kept: Kept, views: float, model: Any) -> tuple[float, float]:
    """Return the views that the same clip would be predicted before and after this one is known.

    The report joins the creator's recent views at once; nothing is learnt for that. Both numbers
    are without the caption, which is not kept.

    Returns
    -------
    tuple of float and float
        Median views without and with the report.
    """
    details = PostDetails(
        followers=kept.followers,
        recent_views=kept.recent_views,
        horizon_days=kept.horizon_days,
        sound="original" if kept.sound_original == 1.0 else None,
    )
    medians = []
    for recent in (kept.recent_views, (*kept.recent_views, views)[-MAX_RECENT_VIEWS:]):
        said = replace(details, recent_views=tuple(recent))
        features = {
            **features_of(kept),
            "context": _context(said, kept),
        }
        medians.append(float(explained.predict(model, features, said).views.median))
    return medians[0], medians[1]


@dataclass(frozen=True)
class Match:
    """A row of an export and the prediction that it belongs to."""

    kept: Kept
    outcome: Outcome


def matches(rows: Iterable[dict[str, Any]], kept: Sequence[Kept], key: str) -> list[Match]:
    """Find the predictions that the posts of an export belong to.

    A post is found by its caption, else by its length where only one prediction of that length was
    made in the weeks before it. What fits two predictions fits none.

    Parameters
    ----------
    rows : iterable of dict
        In the schema of `viral.posts.schema`.
    kept : sequence of Kept
        The creator's predictions, the newest first.
    key : str
        The creator's key, which the hashes are made with.
    """
    found: dict[str, Match] = {}
    for row in rows:
        outcome = _outcome_of(row, key)
        if outcome is None:
            continue
        prediction = _prediction_of(row, kept, key)
        if prediction is not None and prediction.id not in found:
            found[prediction.id] = Match(prediction, outcome)
    return list(found.values())


def _known(value: Any) -> bool:
    return value is not None and value == value


def _outcome_of(row: dict[str, Any], key: str) -> Outcome | None:
    counts = {name: float(row[name]) if _known(row.get(name)) else None for name in COMPARED}
    days = float(row["horizon_days"]) if _known(row.get("horizon_days")) else math.nan
    if (counts["views"] is None and counts["likes"] is None) or not days > 0:
        return None
    return Outcome(
        days=days,
        via="import",
        post_hash=secret_hash(key, str(row["video_id"])),
        views=counts["views"],
        likes=counts["likes"],
        comments=counts["comments"],
        shares=counts["shares"],
    )


def _prediction_of(row: dict[str, Any], kept: Sequence[Kept], key: str) -> Kept | None:
    caption = caption_hash(key, row.get("caption"))
    length = float(row["duration_s"]) if _known(row.get("duration_s")) else math.nan

    def same_length(one: Kept) -> bool:
        return one.duration_s is not None and abs(length - one.duration_s) <= SAME_LENGTH_S

    by_caption = [one for one in kept if caption is not None and one.caption_hash == caption]
    if by_caption:
        # Several cuts of one post have its caption; the length tells which was posted.
        closer = [one for one in by_caption if same_length(one)]
        best = closer or by_caption
        return best[0] if len(best) == 1 or len({one.duration_s for one in best}) == 1 else None
    posted: Any = row.get("posted_at")
    if not _known(posted):
        return None
    near = [
        one
        for one in kept
        if same_length(one)
        and timedelta(days=-1) <= posted - one.made_at <= POSTED_WITHIN
        and (one.caption_hash is None or caption is None)
    ]
    return near[0] if len(near) == 1 else None
