"""What a creator types on the page: a time on their own clock; numbers as `post_details` reads
them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from viral.errors import DetailsError
from viral.messages import Message
from viral.posts.details import PostDetails, post_details


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
    lang: str,
) -> PostDetails:
    """Return what the page's fields say of the post.

    Raises
    ------
    DetailsError
        A field makes no sense; the sentence says which and what to write.
    """
    named = (sound_name or "").strip()
    return post_details(
        caption=caption if caption and caption.strip() else None,
        followers=followers,
        recent_views=recent_views,
        recent_likes=recent_likes,
        posted_at=on_the_clock(time, zone, lang),
        # A sound from a library need not be named: that it is not the clip's own already says much.
        sound={"original": "original", "library": named or "library"}.get(sound or ""),
    )
