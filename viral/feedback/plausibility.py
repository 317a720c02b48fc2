"""Which reports are taken as they are, and which are set apart because they cannot be true.

A report that makes no sense as a number is refused with a sentence. One that is a number but cannot
be true is *quarantined*: kept and counted, shown to its creator, and never learnt from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from viral.errors import DetailsError
from viral.feedback.records import Kept, Outcome, Standing
from viral.feedback.store import Store
from viral.messages import Message
from viral.posts.cells import number

LARGEST_VIEWS = 1e9
"""Twice the most viewed of the 52,000 posts that the model knows (509 million)."""
LARGEST_FACTOR = 1000.0
"""How far a post may end from the middle of its prediction. Of 34,734 past posts none ended further
than 580 times from the mean of the creator's five before it."""
BEYOND_RANGE = 300.0
"""How far it may end, besides, from the nearer end of its range: where little is told, small
accounts lie far below the middle. `models/EVALUATION.md` has how many real and made-up reports are
set apart."""
LONGEST_DAYS = 365.0
SHORTEST_DAYS = 1.0 / 24.0
MOST_A_DAY = 50
"""Reports of one client in a day; whoever imports an export of a year has fewer that match."""
CLOCK_SLACK = timedelta(days=1)
"""Dates are typed without a zone."""
COUNTS = ("views", "likes", "comments", "shares")


def outcome_of(
    *,
    views: Any = None,
    likes: Any = None,
    comments: Any = None,
    shares: Any = None,
    days: Any = None,
) -> Outcome:
    """Check what a person typed.

    Parameters
    ----------
    views, likes, comments, shares : number or str, optional
        "12.4K" is understood; views or likes are needed.
    days : number or str
        Days between posting and counting, 1 hour to a year.

    Raises
    ------
    DetailsError
        A value is no number, or too little is given.
    """
    given = {"views": views, "likes": likes, "comments": comments, "shares": shares}
    counts: dict[str, float | None] = {}
    for name, value in given.items():
        try:
            count = number(value, whole=True)
        except ValueError as error:
            said = Message(
                "report.not_a_count", count=Message(f"count.{name}"), value=repr(str(value)[:40])
            )
            raise DetailsError(said) from error
        counts[name] = count if math.isfinite(count) else None
    if counts["views"] is None and counts["likes"] is None:
        raise DetailsError(Message("report.needs_views"))
    try:
        age = number(days)
    except ValueError as error:
        raise DetailsError(Message("report.not_days", value=repr(str(days)[:40]))) from error
    if math.isnan(age):
        raise DetailsError(Message("report.no_age"))
    if not SHORTEST_DAYS <= age <= LONGEST_DAYS:
        raise DetailsError(Message("report.days_range", most=LONGEST_DAYS))
    return Outcome(
        views=counts["views"],
        days=age,
        likes=counts["likes"],
        comments=counts["comments"],
        shares=counts["shares"],
    )


def far_off(views: np.ndarray, low: np.ndarray, median: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return which views are too far from their prediction to be believed, bool `[posts]`.

    Parameters
    ----------
    views, low, median, high : np.ndarray [shape=(posts,)]
        What is said to have happened, and the prediction with its 80 % range.
    """
    got = np.log10(views + 1.0)
    least, middle, most = (np.log10(np.maximum(end, 0.0) + 1.0) for end in (low, median, high))
    below = got < np.minimum(least - np.log10(BEYOND_RANGE), middle - np.log10(LARGEST_FACTOR))
    above = got > np.maximum(most + np.log10(BEYOND_RANGE), middle + np.log10(LARGEST_FACTOR))
    return np.asarray(below | above)


def doubt(
    kept: Kept, outcome: Outcome, recent: Sequence[datetime], now: datetime
) -> Message | None:
    """Return why a report cannot be true, or None.

    Parameters
    ----------
    kept : Kept
        The prediction that it is about.
    outcome : Outcome
        What is said to have happened.
    recent : sequence of datetime
        When the same client's reports of late came in.
    now : datetime
        With a zone.
    """
    views = outcome.views
    if views is not None:
        for name in COUNTS[1:]:
            count = getattr(outcome, name)
            if count is not None and count > views:
                return Message("after.reason_above", name=Message(f"after.count_{name}"))
        if views > LARGEST_VIEWS:
            return Message("after.reason_known")
        if bool(far_off(np.array([views]), *(np.array([end]) for end in kept.ranges["views"]))[0]):
            return Message("after.reason_far")
    if kept.posted_at is not None and kept.posted_at + timedelta(days=outcome.days) > (
        now + CLOCK_SLACK
    ):
        return Message("after.reason_future")
    if sum(when > now - timedelta(days=1) for when in recent) >= MOST_A_DAY:
        return Message("after.reason_many", most=MOST_A_DAY)
    return None


def reported(
    store: Store, key: str, kept: Kept, outcome: Outcome
) -> tuple[Standing, Message | None]:
    """Note what became of a post, in quarantine where it cannot be true.

    Returns
    -------
    tuple of str and Message or None
        Its standing, and why it is quarantined.

    Raises
    ------
    StoreError
        The key or the prediction is not known.
    """
    now = datetime.now(tz=UTC)
    reason = doubt(kept, outcome, store.times_of_reports(key, now - timedelta(days=1)), now)
    standing: Standing = "accepted" if reason is None else "quarantined"
    outcome = replace(outcome, days=round(outcome.days, 3))
    store.report(key, kept.id, outcome, standing=standing, reason=reason)
    return standing, reason
