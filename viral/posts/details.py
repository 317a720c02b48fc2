"""What a creator may say about a post before posting it, checked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from viral.errors import DetailsError
from viral.messages import Message
from viral.posts.accounts.account import Account
from viral.posts.dates import plain_time
from viral.posts.parsing import TwoReadingsError, canonical, number_list, plain_number

PLATFORMS = ("tiktok", "reels", "shorts")
"""What can be told; not told is None, and so is `unknown`."""
UNKNOWN = "unknown"
OTHER_NAMES = {
    "douyin": "tiktok",
    "instagram": "reels",
    "ig": "reels",
    "instagramreels": "reels",
    "reel": "reels",
    "facebook": "reels",
    "facebookreels": "reels",
    "youtube": "shorts",
    "yt": "shorts",
    "youtubeshorts": "shorts",
    "youtubeshort": "shorts",
    "short": "shorts",
}
"""Other words for them, in lower case and without spaces and punctuation."""
MAX_CAPTION_CHARACTERS = 10_000
"""Longer captions are cut; platforms allow 2,200 to 5,000."""
MAX_RECENT_VIEWS = 100
MAX_FOLLOWERS = 2_000_000_000
"""More than any account has; above it the number is a slip."""
EARLIEST_POST = datetime(2014, 1, 1, tzinfo=UTC)
"""Before the first platform for short vertical clips opened."""
LATEST_POST = datetime(2100, 1, 1, tzinfo=UTC)
PAST_AFTER = timedelta(hours=1)
"""A time this long gone is worth a word; a little less is somebody who took a while to press."""
MAX_SOUND_CHARACTERS = 200
DEFAULT_HORIZON_DAYS = 30.0
"""When most posts have got nearly all the views they will get."""


@dataclass(frozen=True)
class PostDetails:
    """The post around the clip. Everything is optional; None means not given."""

    caption: str | None = None
    followers: float | None = None
    recent_views: tuple[float, ...] = ()
    """Views of the account's last posts, in the order of posting, newest last."""
    recent_likes: tuple[float, ...] = ()
    """Likes of the same posts, newest last; where they are fewer, of the newest ones."""
    recent_comments: tuple[float, ...] = ()
    """Comments, in the same way."""
    recent_shares: tuple[float, ...] = ()
    """Shares, in the same way."""
    recent_saves: tuple[float, ...] = ()
    """Saves, in the same way."""
    platform: str | None = None
    """One of `viral.posts.details.PLATFORMS`, or None where unknown."""
    posted_at: datetime | None = None
    """When it will be posted, with a time zone (UTC where none was given)."""
    sound: str | None = None
    """`original`, or the name of the sound, or None where unknown."""
    creator_total_likes: float | None = None
    """Likes of the whole account before this post."""
    creator_total_videos: float | None = None
    """Posts of the whole account before this one."""
    horizon_days: float = DEFAULT_HORIZON_DAYS
    """Days after posting at which the counts are wanted."""
    warnings: tuple[str, ...] = ()
    """Sentences about what was changed to make sense of the input."""
    account: Account | None = None
    """The account with its posts, where it is known; see `viral.posts.accounts.posting`."""


def _quoted(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else f"{text[:40]}...")


def _named(what: str) -> Message:
    return Message(f"field.{what}")


def _number(
    value: Any,
    what: str,
    example: str,
    highest: float,
    lowest: float = 0.0,
    *,
    whole: bool = True,
) -> float | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    written = str(value).strip()
    if not written:
        return None
    try:
        # "12.4K" is how platforms show counts, so it is how people copy them.
        number = plain_number(written, whole=whole and isinstance(value, str))
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise DetailsError(
            Message(
                "details.not_a_number", what=_named(what), value=_quoted(value), example=example
            )
        )
    if not lowest <= number <= highest:
        raise DetailsError(
            Message(
                "details.out_of_range",
                what=_named(what),
                lowest=lowest,
                highest=highest,
                number=number,
            )
        )
    return number


def _recent(value: Any, what: str, example: str) -> tuple[float, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        try:
            parts: list[Any] = number_list(value)
        except TwoReadingsError as error:
            raise DetailsError(
                Message(
                    "details.two_readings",
                    what=_named(what),
                    value=_quoted(value),
                    joined=error.joined,
                    apart=error.apart,
                )
            ) from error
        except ValueError as error:
            raise DetailsError(
                Message("details.lists", what=_named(what), value=_quoted(value), example=example)
            ) from error
    elif isinstance(value, (Mapping, bytes, bytearray)):
        raise DetailsError(Message("details.must_be_numbers", what=_named(what), example=example))
    elif isinstance(value, Iterable) and getattr(value, "ndim", 1) > 0:
        parts = list(value)
    else:
        parts = [value]
    views = [_number(part, what, example, 1e12) for part in parts]
    if isinstance(value, str) and views and all(v is None for v in views):
        # A table's blank is nothing; who types "nan" and no number meant to say something.
        raise DetailsError(
            Message("details.lists", what=_named(what), value=_quoted(value), example=example)
        )
    return tuple(v for v in views if v is not None)[-MAX_RECENT_VIEWS:]


def _of_same_posts(value: Any, what: str, recent_views: tuple[float, ...]) -> tuple[float, ...]:
    counts = _recent(value, what, "90, 150, 70")
    if len(counts) > len(recent_views):
        raise DetailsError(Message("details.same_posts", what=_named(what)))
    return counts


def _posted_at(value: Any) -> datetime | None:
    if value is None or value != value or (isinstance(value, str) and not value.strip()):
        # Only NaN and pandas's NaT differ from themselves.
        return None
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            moment = datetime.fromtimestamp(value, tz=UTC)
        elif isinstance(value, datetime):
            moment = value
        else:
            moment = plain_time(str(value))
    except (ValueError, OverflowError, OSError) as error:
        raise DetailsError(Message("details.date", value=_quoted(value))) from error
    if moment.utcoffset() is None:
        moment = moment.replace(tzinfo=UTC)
    if not EARLIEST_POST <= moment <= LATEST_POST:
        raise DetailsError(
            Message(
                "details.year",
                day=f"{moment:%Y-%m-%d}",
                first=EARLIEST_POST.year,
                last=LATEST_POST.year,
            )
        )
    return moment


def platform_named(value: Any) -> str | None:
    """Return one of `PLATFORMS`, or None where nothing is said or it is `unknown`.

    Raises
    ------
    ValueError
        It is another word; the message completes "platform ...".
    """
    if value is None or value != value:
        return None
    word = "".join(sign for sign in str(value).lower() if sign.isalnum())
    if word in ("", UNKNOWN, "nan", "none", "null", "na", "other"):
        return None
    word = OTHER_NAMES.get(word, word)
    if word not in PLATFORMS:
        said = str(value) if len(str(value)) <= 40 else f"{str(value)[:37]}..."
        raise ValueError(f"is {said!r}, which is none of {', '.join(PLATFORMS)} and {UNKNOWN}")
    return word


def _platform(value: Any) -> str | None:
    try:
        return platform_named(value)
    except ValueError as error:
        raise DetailsError(Message("details.platform", word=repr(str(value)[:40]))) from error


def _text(value: Any, what: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise DetailsError(Message("details.must_be_text", what=_named(what)))
    # Lone surrogates cannot be encoded, and NUL ends a string in C libraries.
    return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")


def post_details(
    *,
    caption: str | None = None,
    followers: Any = None,
    recent_views: Any = None,
    recent_likes: Any = None,
    recent_comments: Any = None,
    recent_shares: Any = None,
    recent_saves: Any = None,
    platform: Any = None,
    posted_at: Any = None,
    sound: str | None = None,
    creator_total_likes: Any = None,
    creator_total_videos: Any = None,
    horizon_days: Any = DEFAULT_HORIZON_DAYS,
) -> PostDetails:
    """Check what a person typed and return it as `PostDetails`.

    Parameters
    ----------
    caption : str, optional
        Any Unicode; cut at `MAX_CAPTION_CHARACTERS` with a warning.
    followers : number or str, optional
        0 to `MAX_FOLLOWERS`; "12.4K", "1,2M" and "9,800" are understood, see `viral.posts.parsing`.
    recent_views : sequence of numbers or str, optional
        "900, 1500, 700" or a list; oldest first, newest last. "12,400, 9,800" and "1,7 mil; 900"
        are two numbers each, see `viral.posts.parsing.number_list`.
    recent_likes, recent_comments, recent_shares, recent_saves : sequence or str, optional
        Of the same posts in the same order; where they are fewer, of the newest ones.
    platform : str, optional
        "tiktok", "reels", "shorts" or "unknown".
    posted_at : datetime, str or Unix seconds, optional
        ISO 8601 or a form of `viral.posts.dates.plain_time`; UTC where no zone is given. A time in
        the past is taken, with a warning.
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
    caption = _text(caption, "caption")
    if caption is not None and len(caption) > MAX_CAPTION_CHARACTERS:
        caption = caption[:MAX_CAPTION_CHARACTERS]
        warnings.append(Message("details.caption_cut", most=MAX_CAPTION_CHARACTERS))
    moment = _posted_at(posted_at)
    if moment is not None and moment < datetime.now(tz=UTC) - PAST_AFTER:
        warnings.append(Message("details.past"))
    recent = _recent(recent_views, "recent_views", "900, 1500, 700")
    horizon = _number(horizon_days, "horizon_days", "30", 365, lowest=1, whole=False)
    return PostDetails(
        caption=caption,
        followers=_number(followers, "followers", "12000", MAX_FOLLOWERS),
        recent_views=recent,
        recent_likes=_of_same_posts(recent_likes, "recent_likes", recent),
        recent_comments=_of_same_posts(recent_comments, "recent_comments", recent),
        recent_shares=_of_same_posts(recent_shares, "recent_shares", recent),
        recent_saves=_of_same_posts(recent_saves, "recent_saves", recent),
        platform=_platform(platform),
        posted_at=moment,
        sound=(_text(sound, "sound") or "").strip()[:MAX_SOUND_CHARACTERS] or None,
        creator_total_likes=_number(creator_total_likes, "total_likes", "50000", 1e13),
        creator_total_videos=_number(creator_total_videos, "total_videos", "120", 1e7),
        horizon_days=DEFAULT_HORIZON_DAYS if horizon is None else horizon,
        warnings=tuple(warnings),
    )


def read_as(typed: str | None, *, many: bool = False) -> str | None:
    """Return how typed counts are read, where they are written in another way; else None.

    Parameters
    ----------
    typed : str
        What stands in a field such as `followers`, or in a list such as `recent_views`.
    many : bool
        Whether it is a list.

    Returns
    -------
    str or None
        `12400; 9800` for `12.4K, 9,800`; None for plain digits, and for what cannot be read.
    """
    if typed is None or not str(typed).strip():
        return None
    try:
        read = number_list(typed) if many else plain_number(typed, whole=True)
        said = canonical(read)
    except (ValueError, OverflowError):
        return None
    plain = re.sub(r"[\s,;\[\]]+", "; ", str(typed).strip(" \n\t[],;"))
    return None if plain == said else said
