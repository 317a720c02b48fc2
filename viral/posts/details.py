"""What a creator may say about a post before posting it, checked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from viral.errors import DetailsError

MAX_CAPTION_CHARACTERS = 10_000
"""Longer captions are cut; platforms allow 2,200 to 5,000."""
MAX_RECENT_VIEWS = 100
MAX_FOLLOWERS = 2_000_000_000
"""More than any account has; above it the number is a slip."""
EARLIEST_POST = datetime(2014, 1, 1, tzinfo=UTC)
"""Before the first platform for short vertical clips opened."""


@dataclass(frozen=True)
class PostDetails:
    """The post around the clip. Everything is optional; None means not given."""

    caption: str | None = None
    followers: float | None = None
    recent_views: tuple[float, ...] = ()
    """Views of the account's last posts, in the order of posting, newest last."""
    posted_at: datetime | None = None
    """When it will be posted, with a time zone (UTC where none was given)."""
    sound: str | None = None
    """`original`, or the name of the sound, or None where unknown."""
    creator_total_likes: float | None = None
    """Likes of the whole account before this post."""
    creator_total_videos: float | None = None
    """Posts of the whole account before this one."""
    horizon_days: float = 30.0
    """Days after posting at which the counts are wanted."""
    warnings: tuple[str, ...] = ()
    """Sentences about what was changed to make sense of the input."""


def _number(value: Any, what: str, example: str, highest: float) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = float(str(value).replace(",", "").replace("_", "").strip())
    except ValueError as error:
        raise DetailsError(
            f"{what} {str(value)[:40]!r} is not a number; write it like {example}."
        ) from error
    if math.isnan(number):
        return None
    if not 0 <= number <= highest:
        raise DetailsError(f"{what} must lie between 0 and {highest:,.0f}, but is {number:,.0f}.")
    return number


def _recent_views(value: Any) -> tuple[float, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        # "900, 1500 700" and one number a line are both natural. "1,500" reads as two numbers,
        # because the comma is the contract's separator.
        parts: Iterable[Any] = [part for part in re.split(r"[\s,;]+", value.strip()) if part]
    elif isinstance(value, Iterable):
        parts = list(value)
    else:
        parts = [value]
    views = [_number(part, "Recent views", "900, 1500, 700", 1e12) for part in parts]
    return tuple(v for v in views if v is not None)[-MAX_RECENT_VIEWS:]


def _posted_at(value: Any) -> datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, (int, float)):
        value = datetime.fromtimestamp(value, tz=UTC)
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(str(value).strip())
        except ValueError as error:
            raise DetailsError(
                f"The posting time {str(value)[:40]!r} is not a date; "
                "write it like 2026-03-01T18:30."
            ) from error
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    if not EARLIEST_POST <= value <= datetime(2100, 1, 1, tzinfo=UTC):
        raise DetailsError(
            f"The posting time {value:%Y-%m-%d} is outside 2014 to 2100; check the year."
        )
    return value


def post_details(
    *,
    caption: str | None = None,
    followers: Any = None,
    recent_views: Any = None,
    posted_at: Any = None,
    sound: str | None = None,
    creator_total_likes: Any = None,
    creator_total_videos: Any = None,
    horizon_days: Any = 30.0,
) -> PostDetails:
    """Check what a person typed and return it as `PostDetails`.

    Parameters
    ----------
    caption : str, optional
        Any Unicode; cut at `MAX_CAPTION_CHARACTERS` with a warning.
    followers : number or str, optional
        0 to `MAX_FOLLOWERS`.
    recent_views : sequence of numbers or str, optional
        "900, 1500, 700" or a list; oldest first, newest last.
    posted_at : datetime, ISO 8601 str or Unix seconds, optional
        UTC where no zone is given.
    sound : str, optional
        "original" or the sound's name.
    creator_total_likes, creator_total_videos : number or str, optional
        The account's totals before this post.
    horizon_days : number
        Days after posting, 1 to 365.

    Raises
    ------
    DetailsError
        A value makes no sense; the sentence says which and what to write.
    """
    warnings = []
    if caption is not None and not isinstance(caption, str):
        raise DetailsError("The caption must be text.")
    if caption is not None:
        # Lone surrogates cannot be encoded, and NUL ends a string in C libraries.
        caption = caption.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")
        if len(caption) > MAX_CAPTION_CHARACTERS:
            caption = caption[:MAX_CAPTION_CHARACTERS]
            warnings.append(f"The caption was cut at {MAX_CAPTION_CHARACTERS:,} characters.")
    horizon = _number(horizon_days, "The horizon in days", "30", 365)
    if horizon is None:
        horizon = 30.0
    if horizon < 1:
        raise DetailsError(f"The horizon must be 1 to 365 days, but is {horizon:g}.")
    return PostDetails(
        caption=caption,
        followers=_number(followers, "Followers", "12000", MAX_FOLLOWERS),
        recent_views=_recent_views(recent_views),
        posted_at=_posted_at(posted_at),
        sound=(sound or "").strip()[:200] or None,
        creator_total_likes=_number(creator_total_likes, "Total likes", "50000", 1e13),
        creator_total_videos=_number(creator_total_videos, "Total videos", "120", 1e7),
        horizon_days=horizon,
        warnings=tuple(warnings),
    )


def hashtags_of(caption: str | None) -> Sequence[str]:
    """Return the hashtags of a caption, lower case, without `#`, in order of appearance."""
    return [tag.lower() for tag in re.findall(r"#([^\s#.,;:!?()\[\]{}\"'@]+)", caption or "")]
