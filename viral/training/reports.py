"""Accepted reports as training posts, with bounds on how much any one client can say.

A false report that passes the rules is one number among tens of thousands. What is bounded here is
how many of them there can be: per client, and altogether.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from viral.feedback.accuracy import features_of
from viral.feedback.records import Report
from viral.modalities.features import Features
from viral.posts.earlier_posts import with_compared_past
from viral.posts.schema import in_schema

SOURCE = "feedback"
"""See `viral.training.trainer.ORDINARY`."""
MOST_OF_A_CLIENT = 20
"""Reports of one client that are learnt from, the newest. In the training data a creator has 28
posts on average, so nobody weighs more than an ordinary creator does."""
LARGEST_SHARE = 0.02
"""Feedback beside the training posts of complete feeds; beyond it the newest reports stay. With it
no number of false reports that pass the rules moves the median prediction of a tier by 8 %, see
`experiments/feedback_poisoning.py`."""


@dataclass(frozen=True)
class FeedbackPosts:
    """Reports in the shape of training posts."""

    posts: pd.DataFrame
    """In the schema, with the columns of `viral.posts.earlier_posts.PAST`; `source` is `SOURCE`."""
    clips: Mapping[int, Mapping[str, Features]]
    """Row position -> what was measured in the clip."""
    left_out: int
    """Accepted reports beyond the bounds, or without views."""


def chosen(
    reports: Sequence[Report], training_posts: int, *, most_of_a_client: int = MOST_OF_A_CLIENT
) -> list[Report]:
    """Return the reports that are learnt from, the oldest first.

    Parameters
    ----------
    reports : sequence of Report
        Of any standing, the oldest first.
    training_posts : int
        Posts of complete feeds that they are added to.
    most_of_a_client : int
        The newest of each client.
    """
    taken: list[Report] = []
    counts: dict[int, int] = {}
    for report in reversed(reports):
        if report.standing != "accepted" or report.outcome.views is None:
            continue
        counts[report.client] = counts.get(report.client, 0) + 1
        if counts[report.client] <= most_of_a_client:
            taken.append(report)
    return taken[: int(LARGEST_SHARE * training_posts)][::-1]


def _row(report: Report) -> dict[str, object]:
    kept, outcome = report.kept, report.outcome
    posted = kept.posted_at or kept.made_at
    return {
        "source": SOURCE,
        "video_id": f"{report.client}-{kept.id}",
        "creator": f"client {report.client}",
        "posted_at": posted,
        "collected_at": posted + timedelta(days=outcome.days),
        "sound_original": kept.sound_original,
        "duration_s": kept.duration_s,
        "followers": kept.followers,
        "views": outcome.views,
        "likes": outcome.likes,
        "comments": outcome.comments,
        "shares": outcome.shares,
        "recent_views": kept.recent_views,
        "horizon_days": outcome.days,
    }


def feedback_posts(reports: Sequence[Report], training_posts: int) -> FeedbackPosts:
    """Turn reports into training posts.

    Parameters
    ----------
    reports, training_posts
        See `chosen`.
    """
    taken = chosen(reports, training_posts)
    if not taken:
        empty = with_compared_past(in_schema(pd.DataFrame({"video_id": []}))[0])
        return FeedbackPosts(empty, {}, len(reports))
    posts = with_compared_past(in_schema(pd.DataFrame([_row(report) for report in taken]))[0])
    clips = {row: features_of(report.kept) for row, report in enumerate(taken)}
    return FeedbackPosts(
        posts=posts,
        clips={row: features for row, features in clips.items() if features},
        left_out=sum(report.standing == "accepted" for report in reports) - len(taken),
    )


def added(
    posts: pd.DataFrame, clips: Mapping[int, Mapping[str, Features]], more: FeedbackPosts
) -> tuple[pd.DataFrame, dict[int, Mapping[str, Features]]]:
    """Return training posts and clips with the reports behind them."""
    if more.posts.empty:
        return posts, dict(clips)
    both = pd.concat([posts, more.posts], ignore_index=True)
    shifted = {len(posts) + row: features for row, features in more.clips.items()}
    return both, {**clips, **shifted}
