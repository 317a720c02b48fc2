"""What if: other words, another time, another length, and the model's answer at once.

Nothing is decoded again. A change of details re-reads the caption and the numbers; a trim pools
what was measured in the seconds that are kept. The hour and the length are also asked of the model
all at once, for a heatmap and a curve, with how many past posts stand behind each cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from viral.errors import DetailsError
from viral.explain.variants import base_inputs, outcomes_of, varied
from viral.messages import Message
from viral.modalities.features import Spans
from viral.model.evidence import FEWEST_POSTS, Support
from viral.posts.accounts.past import past_of
from viral.posts.accounts.posting import details_with, from_account, next_post, without
from viral.posts.details import PostDetails

if TYPE_CHECKING:
    from viral.model.model import Model
    from viral.pipeline import Analysis

SHORTEST_TRIM_S = 0.5
"""Less than this is no clip."""
ROUNDED_S = 0.1
"""A trim may end this much after the clip, because lengths are shown rounded."""
REFERENCE_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday at midnight, for its weekday and hours alone."""
CURVE_DURATIONS_S = (
    3,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    17,
    20,
    25,
    30,
    35,
    40,
    45,
    50,
    60,
    75,
)
CURVE_DURATIONS_LONG_S = (90, 120, 150, 180, 240, 300, 420, 600)
SAME_POSTS = ("recent_likes", "recent_comments", "recent_shares", "recent_saves")
"""What belongs to the posts whose views were given."""
UNCHANGED: Any = object()
"""Stands for a detail that stays as it is, where None means not given."""


@dataclass(frozen=True)
class PostingTimes:
    """Views by weekday and hour on the clock of one time zone, everything else as it is."""

    views: np.ndarray
    """Median views, float64 `[7, 24]`, Monday first."""
    posts: np.ndarray
    """Past posts at that time, int64 `[7, 24]`."""
    chosen: tuple[int, int] | None
    """Weekday and hour of the planned post, or None."""
    utc_offset: timedelta = timedelta(0)
    """How far ahead of UTC the clock is."""

    @property
    def supported(self) -> np.ndarray:
        """Where at least `FEWEST_POSTS` past posts stand behind the answer, bool `[7, 24]`."""
        return self.posts >= FEWEST_POSTS


@dataclass(frozen=True)
class DurationCurve:
    """Views by length of the clip, everything else as it is."""

    durations_s: np.ndarray
    """float64 `[lengths]`, increasing."""
    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    posts: np.ndarray
    """Past posts of about that length, int64 `[lengths]`."""
    chosen_s: float
    """Length of this clip."""

    @property
    def supported(self) -> np.ndarray:
        """Where at least `FEWEST_POSTS` past posts stand behind the answer, bool `[lengths]`."""
        return self.posts >= FEWEST_POSTS


def trimmed(duration_s: float, start_s: Any, end_s: Any) -> Spans | None:
    """Return what is kept between two moments, or None where nothing is cut.

    Raises
    ------
    DetailsError
        The moments are not numbers, lie outside the clip, are out of order, or leave less than
        `SHORTEST_TRIM_S`.
    """
    try:
        start = 0.0 if start_s is None or start_s == "" else float(start_s)
        end = duration_s if end_s is None or end_s == "" else float(end_s)
    except (TypeError, ValueError) as error:
        raise DetailsError(Message("trim.two_numbers")) from error
    if not (math.isfinite(start) and math.isfinite(end)):
        raise DetailsError(Message("trim.two_numbers"))
    if start < 0.0:
        raise DetailsError(Message("trim.before_start"))
    if end > duration_s + ROUNDED_S:
        raise DetailsError(Message("trim.after_end", length_s=duration_s, end_s=end))
    end = min(end, duration_s)
    if end <= start:
        raise DetailsError(Message("trim.order"))
    if end - start < min(SHORTEST_TRIM_S, duration_s):
        raise DetailsError(
            Message(
                "trim.nothing_left",
                left_s=max(end - start, 0.0),
                least_s=SHORTEST_TRIM_S,
                length_s=duration_s,
            )
        )
    if start < 1e-6 and end > duration_s - 1e-6:
        return None
    return [(start, end)]


def what_if(
    analysis: Analysis,
    *,
    caption: Any = UNCHANGED,
    followers: Any = UNCHANGED,
    recent_views: Any = UNCHANGED,
    recent_likes: Any = UNCHANGED,
    recent_comments: Any = UNCHANGED,
    recent_shares: Any = UNCHANGED,
    recent_saves: Any = UNCHANGED,
    platform: Any = UNCHANGED,
    posted_at: Any = UNCHANGED,
    sound: Any = UNCHANGED,
    horizon_days: Any = UNCHANGED,
    account: Any = UNCHANGED,
    trim_start_s: Any = None,
    trim_end_s: Any = None,
) -> Analysis:
    """Predict the same clip with other details or trimmed.

    What is left `UNCHANGED` stays as it was; None takes a detail away. Likes, comments and shares
    belong to the posts whose views were given: other recent views take them away unless they are
    given too. With an account, what is taken away is not known any more, rather than the account's;
    another `account` (None for none) brings its own followers, platform and recent views.

    Raises
    ------
    DetailsError
        A change makes no sense; the sentence says which.
    """
    now = analysis.details
    given = {
        "caption": caption,
        "followers": followers,
        "recent_views": recent_views,
        "posted_at": posted_at,
        "sound": sound,
        "horizon_days": horizon_days,
        "platform": platform,
        "recent_likes": recent_likes,
        "recent_comments": recent_comments,
        "recent_shares": recent_shares,
        "recent_saves": recent_saves,
    }
    whose = now.account if account is UNCHANGED else account
    dropped = set() if recent_views is UNCHANGED else set(SAME_POSTS)
    if account is not UNCHANGED:
        dropped = {"followers", "platform", "recent_views", *SAME_POSTS}
    elif recent_views is UNCHANGED and from_account(now):
        # Another time may have other posts before it.
        dropped = {"recent_views"}
    said = {name: value for name, value in given.items() if value is not UNCHANGED}
    kept = {name: getattr(now, name) for name in given.keys() - said.keys() - dropped}
    details = details_with(
        without(whose, said),
        **kept,
        **said,
        creator_total_likes=now.creator_total_likes,
        creator_total_videos=now.creator_total_videos,
    )
    keep = trimmed(analysis.facts.duration_s, trim_start_s, trim_end_s)
    return analysis.again(details=details, keep=keep)


def kept_duration_s(analysis: Analysis) -> float:
    """Return the length of what is kept of a clip, in seconds."""
    if analysis.keep is None:
        return analysis.facts.duration_s
    return float(sum(end - start for start, end in analysis.keep))


def _context_table(analysis: Analysis, versions: list[tuple[PostDetails, float]]) -> pd.DataFrame:
    from viral.modalities import context

    facts = analysis.facts
    first, duration_s = versions[0]
    row = context.table_of(first, duration_s=duration_s, width=facts.width, height=facts.height)
    table = pd.concat([row] * len(versions), ignore_index=True)
    table["posted_at"] = pd.Series([details.posted_at for details, _ in versions], dtype=object)
    table["duration_s"] = [duration_s for _, duration_s in versions]
    if first.account is not None:
        past = past_of(first.account, [next_post(*version) for version in versions])
        table[list(past.columns)] = past
    return context.extract_table(table)


def _monday_after(details: PostDetails) -> datetime:
    """Return a Monday at midnight UTC with all posts of the account before it, an hour's zone off.

    Without such posts it is always the same one.
    """
    posts = details.account.posts if details.account is not None else ()
    latest = max((p.posted_at for p in posts if p.posted_at is not None), default=REFERENCE_MONDAY)
    weeks = max(math.ceil((latest - REFERENCE_MONDAY) / timedelta(weeks=1)), 0)
    # A week further, because a clock may be up to fourteen hours ahead of UTC.
    return REFERENCE_MONDAY + timedelta(weeks=weeks + 1 if weeks else 0)


def posting_times(
    analysis: Analysis, model: Model, support: Support, zone: tzinfo = UTC
) -> PostingTimes:
    """Ask the model for every hour of every weekday.

    Parameters
    ----------
    analysis : Analysis
        What is posted.
    model : Model
        What predicts. It knows hours as UTC alone.
    support : Support
        How many past posts there are at each hour.
    zone : tzinfo
        Whose clock the weekdays and hours are on; its distance from UTC is that of the planned
        day, or of today where no time is planned.
    """
    planned = analysis.details.posted_at
    here = (planned or datetime.now(UTC)).astimezone(zone)
    offset = here.utcoffset() or timedelta(0)
    duration_s = kept_duration_s(analysis)
    monday = _monday_after(analysis.details)
    moments = [monday + timedelta(hours=hour) - offset for hour in range(7 * 24)]
    versions = [(replace(analysis.details, posted_at=moment), duration_s) for moment in moments]
    base = base_inputs(analysis.features, analysis.details)
    context = _context_table(analysis, versions)
    # Only weekday and hour are asked about: what else hangs on the time stays as it is, or unknown.
    for name in ("year", "recent_gap"):
        context[name] = float(base.values["context"][name].iloc[0])
    outcomes = outcomes_of(model, varied(base, tables={"context": context}))
    posts = [support.of_time(moment.weekday(), moment.hour) for moment in moments]
    return PostingTimes(
        views=outcomes.median.reshape(7, 24),
        posts=np.array(posts, dtype=np.int64).reshape(7, 24),
        chosen=None if planned is None else (here.weekday(), here.hour),
        utc_offset=offset,
    )


def duration_curve(analysis: Analysis, model: Model, support: Support) -> DurationCurve:
    """Ask the model for clips of other lengths with the same content."""
    chosen = kept_duration_s(analysis)
    lengths = sorted({*CURVE_DURATIONS_S, *CURVE_DURATIONS_LONG_S, chosen})
    versions = [(analysis.details, float(length)) for length in lengths]
    base = base_inputs(analysis.features, analysis.details)
    outcomes = outcomes_of(
        model, varied(base, tables={"context": _context_table(analysis, versions)})
    )
    return DurationCurve(
        durations_s=np.array(lengths, dtype=np.float64),
        low=outcomes.low,
        median=outcomes.median,
        high=outcomes.high,
        posts=np.array([support.of_duration(length) for length in lengths]),
        chosen_s=chosen,
    )
