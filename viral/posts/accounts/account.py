"""An account: its size, its platform and its last posts, as the creator knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

MOST_POSTS = 500
"""Posts that are kept of an account, the most recent ones: a prediction looks at `LOOK_BACK` of
them side by side and at a hundred of their views."""
COUNTS = ("views", "likes", "comments", "shares", "saves")
"""What is counted of a post, by name in `AccountPost`."""


@dataclass(frozen=True)
class AccountPost:
    """A post that went out. All but the views may be unknown, which is None."""

    views: float
    """0 or more."""
    likes: float | None = None
    comments: float | None = None
    shares: float | None = None
    saves: float | None = None
    posted_at: datetime | None = None
    """UTC where it was given without a time zone."""
    duration_s: float | None = None
    """Above 0."""
    caption: str | None = None
    """With its hashtags."""
    sound: str | None = None
    """`original`, or the sound's name."""

    def __post_init__(self) -> None:
        """Give a time without a zone that of UTC."""
        if self.posted_at is not None and self.posted_at.tzinfo is None:
            object.__setattr__(self, "posted_at", self.posted_at.replace(tzinfo=UTC))


@dataclass(frozen=True)
class Account:
    """A creator's account and its last posts, the oldest first.

    Posts may be given in any order: they are put in the order of posting. One without a time stays
    beside the post that it was given next to; where no post has a time they stay as given, and that
    has to be oldest first.
    """

    name: str = ""
    """For the creator alone; nothing is predicted from it."""
    platform: str | None = None
    """One of `viral.posts.details.PLATFORMS`, or None where unknown."""
    followers: float | None = None
    """0 or more."""
    time_zone: str | None = None
    """Where the creator's clock is, such as `Europe/Madrid`; None is UTC."""
    posts: tuple[AccountPost, ...] = ()

    def __post_init__(self) -> None:
        """Put the posts in the order of posting."""
        object.__setattr__(self, "posts", in_order(self.posts))


def in_order(posts: Sequence[AccountPost]) -> tuple[AccountPost, ...]:
    """Return posts in the order of posting, the oldest first.

    Lists that mostly go back in time are turned round first, so that posts of one day, which many
    exports tell no hour of, come out in their order too. A post without a time goes with the one
    before it, at the start with the one after it.
    """
    given = list(posts)
    times = [post.posted_at for post in given if post.posted_at is not None]
    if not times:
        return tuple(given)
    steps = list(pairwise(times))
    if sum(a > b for a, b in steps) > sum(a < b for a, b in steps):
        given.reverse()
        times.reverse()
    places = []
    latest = times[0]
    for post in given:
        latest = latest if post.posted_at is None else post.posted_at
        places.append(latest)
    order = sorted(range(len(given)), key=places.__getitem__)
    return tuple(given[place] for place in order)
