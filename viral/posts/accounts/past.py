"""What an account's posts tell of the next one: as a table of posts tells it, by the same code.

The posts become rows in the schema of `viral.posts.schema`, the posts to come are rows after them,
and `viral.posts.history.with_past` and `viral.posts.earlier_posts.with_compared_past` do the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from viral.posts.accounts.account import COUNTS, Account, AccountPost
from viral.posts.details import MAX_RECENT_VIEWS
from viral.posts.earlier_posts import PAST, with_compared_past
from viral.posts.engagement_ratios import COUNTED, LOOK_BACK
from viral.posts.hashtags import hashtags_in
from viral.posts.history import with_past

FIRST_PLACE = pd.Timestamp("2000-01-01", tz="UTC")
LOOKED_AT = MAX_RECENT_VIEWS + LOOK_BACK + 1
"""Posts before the next one that can tell anything of it: those compared, and the views before."""
RECENT = tuple(f"recent_{name}" for name in ("views", *COUNTED))


@dataclass(frozen=True)
class NextPost:
    """A post to come, as far as its predecessors can be like it."""

    posted_at: datetime | None
    caption: str | None
    sound: str | None
    duration_s: float
    """NaN where unknown."""
    recent: tuple[tuple[float, ...], ...] = ((),) * len(RECENT)
    """Recent views, likes, comments, shares and saves, oldest first, by `RECENT`."""


def before(account: Account, posted_at: datetime | None) -> tuple[AccountPost, ...]:
    """Return the posts that went out before a moment, or all where it is not known.

    A post without a time counts as one with that of the post it stands behind.
    """
    if posted_at is None:
        return account.posts
    count = 0
    for place, post in enumerate(account.posts, 1):
        if post.posted_at is not None and post.posted_at >= posted_at:
            break
        count = place
    return account.posts[:count]


def recent_views(account: Account, posted_at: datetime | None) -> tuple[float, ...]:
    """Return the views of the posts before a moment, oldest first, the newest hundred."""
    return tuple(post.views for post in before(account, posted_at)[-MAX_RECENT_VIEWS:])


def recent_counts(account: Account, posted_at: datetime | None, name: str) -> tuple[float, ...]:
    """Return a count of the newest posts before a moment, as far back as each has it."""
    counts: list[float] = []
    for post in reversed(before(account, posted_at)[-MAX_RECENT_VIEWS:]):
        count = getattr(post, name)
        if count is None:
            break
        counts.append(count)
    return tuple(reversed(counts))


def past_of(account: Account, versions: Sequence[NextPost]) -> pd.DataFrame:
    """Return what the account's posts tell of some posts to come.

    Parameters
    ----------
    account : Account
        With its posts.
    versions : sequence of NextPost
        Posts that could come next; none is looked at for another. Their recent views are those that
        they are predicted from: where these are not the account's own, nothing is compared.

    Returns
    -------
    pd.DataFrame
        The columns of `viral.posts.earlier_posts.PAST`, a row for each version.
    """
    told = [version.posted_at for version in versions if version.posted_at is not None]
    until = before(account, max(told) if len(told) == len(versions) else None)
    posts = until[-LOOKED_AT:]
    rows = with_past(_table(posts))
    # The order stands; from here on times are what they are, and what is not known is left out.
    rows["posted_at"] = _moments([post.posted_at for post in posts])
    # Of these, only the newest before each version are set side by side.
    newer = len(until) - len(before(account, min(told))) if told else 0
    rows = rows.tail(newer + LOOK_BACK + 1)
    table = pd.concat([rows, _versions(versions)], ignore_index=True)
    return with_compared_past(table).iloc[len(rows) :][list(PAST)].reset_index(drop=True)


def _moments(times: Sequence[datetime | None]) -> pd.Series:
    naive = [None if t is None else t.astimezone(UTC).replace(tzinfo=None) for t in times]
    return pd.Series(pd.DatetimeIndex(np.array(naive, dtype="datetime64[us]"), tz="UTC"))


def _floats(values: Sequence[float | None]) -> pd.Series:
    return pd.Series([np.nan if v is None else v for v in values], dtype=np.float64)


def _lists(values: Sequence[tuple[float, ...]]) -> pd.Series:
    return pd.Series(values, dtype=object)


def _said(captions: Sequence[str | None]) -> pd.Series:
    tags = [None if caption is None else hashtags_in(caption) for caption in captions]
    return pd.Series(tags, dtype=object)


def _table(posts: Sequence[AccountPost]) -> pd.DataFrame:
    # Each post counts as later than the one before, those of one day too, because exports that
    # tell no hour still list posts in their order.
    days = pd.to_timedelta(np.arange(len(posts)), unit="D")
    nothing = _floats([None] * len(posts))
    return pd.DataFrame(
        {
            "source": "account",
            "creator": "account",
            "posted_at": pd.Series((FIRST_PLACE + days).as_unit("us")),
            "hashtags": _said([post.caption for post in posts]),
            "sound_name": pd.Series([post.sound for post in posts], dtype=object),
            "duration_s": _floats([post.duration_s for post in posts]),
            "creator_total_likes": nothing,
            "creator_total_videos": nothing,
            **{name: _floats([getattr(post, name) for post in posts]) for name in COUNTS},
            **{name: _lists([()] * len(posts)) for name in RECENT},
        }
    )


def _versions(versions: Sequence[NextPost]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": "account",
            "creator": "account",
            "posted_at": _moments([version.posted_at for version in versions]),
            "hashtags": _said([version.caption for version in versions]),
            "sound_name": pd.Series([version.sound for version in versions], dtype=object),
            "duration_s": _floats([version.duration_s for version in versions]),
            **{name: _floats([None] * len(versions)) for name in COUNTS},
            **{
                name: _lists([version.recent[place] for version in versions])
                for place, name in enumerate(RECENT)
            },
        }
    )
