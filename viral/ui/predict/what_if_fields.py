"""What was typed in What-if, and the post that it makes: plain functions, without Gradio.

The fields hold a post as a person writes it. A field that still says what the result's own post
says changes nothing, so a number that was only shown rounded does not count as another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from viral.explain.what_if import what_if
from viral.messages import DEFAULT_LANGUAGE
from viral.pipeline import Analysis
from viral.posts.details import PostDetails
from viral.posts.hashtags import ending_hashtags
from viral.ui.widgets.typed_values import on_the_clock

TIME_FORMAT = "%Y-%m-%dT%H:%M"
"""As a browser's date and time field writes it."""
SHOWN_DECIMALS = 1
"""Of a trim's seconds."""


@dataclass(frozen=True)
class Tried:
    """The fields, in the order in which they stand on the page."""

    caption: str
    """Without the hashtags that it ends with."""
    hashtags: str
    recent: str
    followers: str
    time: str
    """On the clock of the reader's time zone."""
    sound: str
    """`unknown`, `original` or `library`."""
    start_s: float | None
    end_s: float | None


FIELDS = tuple(Tried.__dataclass_fields__)


def zone_of(name: str | None) -> tzinfo:
    """Return a time zone by name; UTC for one that is not known, or for none."""
    try:
        return ZoneInfo((name or "UTC").strip())
    except (KeyError, ValueError, OSError):
        return UTC


def _written(number: float) -> str:
    return f"{number:.0f}" if number == round(number) else f"{number:g}"


def _sound(details: PostDetails) -> str:
    if details.sound is None:
        return "unknown"
    return "original" if details.sound == "original" else "library"


def on_the_page(moment: datetime | None, zone: str | None) -> str:
    """Return a moment as the field for the posting time shows it; empty for None."""
    return "" if moment is None else moment.astimezone(zone_of(zone)).strftime(TIME_FORMAT)


def filled(analysis: Analysis, zone: str | None) -> Tried:
    """Return the fields that say what an analysed post says.

    Parameters
    ----------
    analysis
        The result.
    zone
        The time zone whose clock the posting time is shown on.
    """
    details = analysis.details
    words, tags = ending_hashtags(details.caption or "")
    start, end = 0.0, analysis.facts.duration_s
    if analysis.keep:
        start, end = analysis.keep[0][0], analysis.keep[-1][1]
    return Tried(
        caption=words,
        hashtags=" ".join(tags),
        recent=", ".join(_written(views) for views in details.recent_views),
        followers="" if details.followers is None else _written(details.followers),
        time=on_the_page(details.posted_at, zone),
        sound=_sound(details),
        start_s=round(start, SHOWN_DECIMALS),
        end_s=round(end, SHOWN_DECIMALS),
    )


def caption_of(words: str, hashtags: str) -> str | None:
    """Put a caption and its hashtags together; None where there is neither.

    Hashtags may be written with or without `#`, apart by spaces or commas.
    """
    parts = hashtags.replace(",", " ").split()
    tags = [part if part.startswith(("#", "＃")) else f"#{part}" for part in parts]
    whole = " ".join([*([words.rstrip()] if words.strip() else []), *tags])
    return whole or None


def changes(analysis: Analysis, tried: Tried, zone: str | None) -> dict[str, Any]:
    """Return the arguments of `what_if` for what differs from the result.

    Raises
    ------
    DetailsError
        The posting time or the zone makes no sense.
    """
    own = filled(analysis, zone)
    found: dict[str, Any] = {}
    if (tried.caption, tried.hashtags) != (own.caption, own.hashtags):
        found["caption"] = caption_of(tried.caption or "", tried.hashtags or "")
    if tried.recent != own.recent:
        found["recent_views"] = tried.recent
    if tried.followers != own.followers:
        found["followers"] = tried.followers
    if (tried.time or "") != own.time:
        found["posted_at"] = on_the_clock(tried.time, zone, DEFAULT_LANGUAGE)
    if tried.sound != own.sound:
        known = {"original": "original", "library": "library"}
        found["sound"] = known.get(tried.sound)
    if tried.start_s != own.start_s:
        found["trim_start_s"] = tried.start_s
    if tried.end_s != own.end_s:
        found["trim_end_s"] = tried.end_s
    return found


def predicted(analysis: Analysis, tried: Tried, zone: str | None) -> Analysis:
    """Return the result for the changed post: the result itself where nothing was changed.

    Raises
    ------
    ViralError
        A field makes no sense; the sentence says which and what to write.
    """
    found = changes(analysis, tried, zone)
    if not found:
        return analysis
    if analysis.keep:
        # The trim of the result stays where its fields were left alone.
        found.setdefault("trim_start_s", analysis.keep[0][0])
        found.setdefault("trim_end_s", analysis.keep[-1][1])
    return what_if(analysis, **found)


def applied(own: Tried, change: dict[str, Any], zone: str | None) -> Tried:
    """Return the fields of a post with one suggested change, everything else as it is.

    Parameters
    ----------
    own
        What `filled` returned.
    change
        Of a `viral.explain.suggestions.Suggestion`.
    zone
        The time zone whose clock the fields are on.
    """
    fields = dict(own.__dict__)
    if "caption" in change:
        words, tags = ending_hashtags(change["caption"] or "")
        fields |= {"caption": words, "hashtags": " ".join(tags)}
    if "posted_at" in change:
        fields["time"] = on_the_page(change["posted_at"], zone)
    for name in ("start_s", "end_s"):
        if f"trim_{name}" in change:
            fields[name] = round(change[f"trim_{name}"], SHOWN_DECIMALS)
    return Tried(**fields)
