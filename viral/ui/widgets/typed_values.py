"""What a creator types on the page: a time on their own clock; numbers as `post_details` reads
them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from viral.errors import DetailsError
from viral.messages import Message
from viral.posts.accounts.account import Account
from viral.posts.accounts.account_json import account_from_json
from viral.posts.accounts.posting import details_with
from viral.posts.details import PostDetails


def time_zones() -> list[str]:
    """Return the names of the time zones to choose from, UTC first."""
    names = {zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")}
    return ["UTC", *sorted(names)]


def on_the_clock(typed: str | None, zone: str | None, lang: str) -> datetime | None:
    """Return a time typed on the clock of a zone, or None where none was typed.

    Parameters
    ----------
    typed
        As a browser's date and time field gives it: `2026-03-01T18:30`.
    zone
        Name of the zone, such as `Europe/Madrid`; UTC where it is empty.
    lang
        Language of the error.

    Raises
    ------
    DetailsError
        The time or the zone makes no sense.
    """
    if not typed or not str(typed).strip():
        return None
    try:
        moment = datetime.fromisoformat(str(typed).strip())
    except ValueError as error:
        raise DetailsError(Message("error.time", time=repr(str(typed)[:40]))) from error
    if moment.tzinfo is not None:
        return moment
    try:
        return moment.replace(tzinfo=ZoneInfo((zone or "UTC").strip()))
    except (KeyError, ValueError, OSError) as error:
        raise DetailsError(Message("error.zone", zone=repr(str(zone)[:40]))) from error


def account_in_use(value: Any) -> Account | None:
    """Return the account that the panel sends along, or None where none is in use.

    Raises
    ------
    DetailsError
        Something in it makes no sense.
    """
    account = value.get("account") if isinstance(value, Mapping) else None
    return None if account is None else account_from_json(account)


def details_from_page(
    *,
    caption: str | None,
    followers: str | None,
    recent_views: str | None,
    recent_likes: str | None = None,
    time: str | None,
    zone: str | None,
    sound: str | None,
    sound_name: str | None,
    platform: str | None = None,
    account: Account | None = None,
    lang: str,
) -> PostDetails:
    """Return what the page's fields say of the post.

    An account stands in the place of what was typed of it: followers, recent views and likes, and
    the platform.

    Raises
    ------
    DetailsError
        A field makes no sense; the sentence says which and what to write.
    """
    named = (sound_name or "").strip()
    typed = {"followers": followers, "recent_views": recent_views, "recent_likes": recent_likes}
    return details_with(
        account,
        **({**typed, "platform": platform} if account is None else {}),
        caption=caption if caption and caption.strip() else None,
        posted_at=on_the_clock(time, zone, lang),
        # A sound from a library need not be named: that it is not the clip's own already says much.
        sound={"original": "original", "library": named or "library"}.get(sound or ""),
    )
