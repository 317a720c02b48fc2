"""What a creator types, read the way people write it: `12k`, `12 000`, a time on their own
clock."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from viral.errors import DetailsError
from viral.messages import text
from viral.posts.details import PostDetails, post_details

_SHORT = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(k|m|mil|mill?\.?|b)", re.IGNORECASE)
_SIZES = {"k": 1e3, "mil": 1e3, "m": 1e6, "mil.": 1e3, "mill": 1e6, "mill.": 1e6, "b": 1e9}
_GROUPED = re.compile(r"\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})+")


def time_zones() -> list[str]:
    """Return the names of the time zones to choose from, UTC first."""
    names = {zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")}
    return ["UTC", *sorted(names)]


def plain_number(typed: str | None) -> str | None:
    """Turn `12k`, `1.2 M` or `12 000` into digits; anything else is returned as it is.

    Thousands may be set apart by a space, comma, point or apostrophe. What makes no sense is left
    for `post_details` to refuse with its sentence.
    """
    if typed is None:
        return None
    trimmed = str(typed).strip()
    short = _SHORT.fullmatch(trimmed)
    if short:
        number = float(short[1].replace(",", ".")) * _SIZES[short[2].lower()]
        return f"{number:.0f}"
    if _GROUPED.fullmatch(trimmed):
        return re.sub(r"\D", "", trimmed)
    return trimmed


def plain_numbers(typed: str | None) -> str | None:
    """Turn a list such as `900, 1.5k; 12k` into digits set apart by commas.

    A comma sets numbers apart, as the contract says, so `1,500` is two numbers here; `1.500` and
    `1 500` between commas are one.
    """
    if typed is None:
        return None
    # Separators with a space or a line end after them come first: "900, 1 500" is two numbers.
    parts = [part for part in re.split(r"[,;\n\t]+", str(typed)) if part.strip()]
    if len(parts) == 1 and not _GROUPED.fullmatch(parts[0].strip()):
        parts = re.split(r"\s+(?!(?:k|m|mil|mill|b)\b)", parts[0].strip(), flags=re.IGNORECASE)
    return ", ".join(plain_number(part) or "" for part in parts) or None


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
        raise DetailsError(text("error.time", lang, time=repr(str(typed)[:40]))) from error
    if moment.tzinfo is not None:
        return moment
    try:
        return moment.replace(tzinfo=ZoneInfo((zone or "UTC").strip()))
    except (KeyError, ValueError, OSError) as error:
        raise DetailsError(text("error.zone", lang, zone=repr(str(zone)[:40]))) from error


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
        followers=plain_number(followers),
        recent_views=plain_numbers(recent_views),
        recent_likes=plain_numbers(recent_likes),
        posted_at=on_the_clock(time, zone, lang),
        # A sound from a library need not be named: that it is not the clip's own already says much.
        sound={"original": "original", "library": named or "library"}.get(sound or ""),
    )
