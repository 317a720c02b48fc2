"""The next post of an account: what its creator types of it, and what the account tells.

What is typed of a post goes before what the account says: followers, recent views and their likes.
Recent views that are not the account's own are taken by themselves: its posts are not compared.
Another platform than the account's is refused, because its views would say nothing there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from viral.errors import DetailsError
from viral.messages import Message
from viral.posts.accounts.account import Account
from viral.posts.accounts.past import (
    RECENT,
    NextPost,
    before,
    recent_counts,
    recent_views,
)
from viral.posts.dates import plain_time
from viral.posts.details import PostDetails, post_details
from viral.posts.engagement_ratios import COUNTED

ZONE = re.compile(r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})\s*$", re.IGNORECASE)
"""How a written time ends that says its zone."""


def details_with(account: Account | None, **told: Any) -> PostDetails:
    """Return what is known of the next post of an account.

    Parameters
    ----------
    account : Account, optional
        Without it, this is `post_details`.
    **told
        See `viral.posts.details.post_details`; what is None or left out is the account's. A
        posting time without a zone is on the account's clock.

    Raises
    ------
    DetailsError
        A value makes no sense, or the post is for another platform than the account's.
    """
    if account is None:
        return post_details(**told)
    given = {name: value for name, value in told.items() if _is_said(value)}
    posted_at = _on_its_clock(given.get("posted_at"), account)
    if posted_at is not None:
        given["posted_at"] = posted_at
    plain = post_details(**{name: given[name] for name in ("posted_at", "platform") & given.keys()})
    if None not in (plain.platform, account.platform) and plain.platform != account.platform:
        raise DetailsError(
            Message("details.other_platform", account=account.platform, platform=plain.platform)
        )
    known = {
        "platform": account.platform,
        "followers": account.followers,
        "recent_views": recent_views(account, plain.posted_at),
    }
    if "recent_views" not in given and not _compared(account, plain.posted_at):
        # Where the posts are compared their counts are looked at there.
        for name in COUNTED:
            known[f"recent_{name}"] = recent_counts(account, plain.posted_at, name)
    return replace(post_details(**{**known, **given}), account=account)


def _is_said(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _on_its_clock(said: Any, account: Account) -> Any:
    """Return a posting time with the account's zone where it has none; else as it was given."""
    moment, zoned = said, False
    if isinstance(said, str):
        try:
            moment, zoned = plain_time(said), ZONE.search(said) is not None
        except (ValueError, OverflowError):
            return said
    elif isinstance(said, datetime):
        zoned = said.tzinfo is not None
    if account.time_zone is None or not isinstance(moment, datetime) or zoned:
        return said
    return moment.replace(tzinfo=ZoneInfo(account.time_zone))


def _compared(account: Account, posted_at: datetime | None) -> bool:
    earlier = before(account, posted_at)
    return bool(earlier) and earlier[-1].posted_at is not None


def from_account(details: PostDetails) -> bool:
    """Return whether the recent views of a post are those that its account tells."""
    account = details.account
    return account is not None and details.recent_views == recent_views(account, details.posted_at)


def without(account: Account | None, names: Mapping[str, Any]) -> Account | None:
    """Return an account that says nothing of details that were taken away (None in `names`)."""
    if account is None or names.get("recent_views", ()) is None:
        return None
    return replace(
        account,
        followers=None if names.get("followers", "") is None else account.followers,
        platform=None if names.get("platform", "") is None else account.platform,
    )


def next_post(details: PostDetails, duration_s: float) -> NextPost:
    """Return a post as far as the account's posts can be like it."""
    return NextPost(
        posted_at=details.posted_at,
        caption=details.caption,
        sound=details.sound,
        duration_s=duration_s,
        recent=tuple(getattr(details, name) for name in RECENT),
    )
