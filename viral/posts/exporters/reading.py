"""What exporters' cells need beyond their meaning: links, units, titles, text decoded twice."""

from __future__ import annotations

import re
from typing import Any

POST_IN_LINK = re.compile(
    r"(?:/(?:video|photo|v|shorts|reel|reels|p|tv)/|youtu\.be/|[?&](?:v|item_id|share_item_id)=)"
    r"([A-Za-z0-9_-]{5,})"
)
ACCOUNT_IN_LINK = re.compile(r"tiktok\.com/@([\w.-]+)", re.IGNORECASE)
PHOTO_LINK = re.compile(r"/photo/\d|instagram\.com/p/", re.IGNORECASE)


def post_in_link(link: Any) -> str | None:
    """Return a post's own identifier from its address."""
    found = POST_IN_LINK.search(link) if isinstance(link, str) else None
    return None if found is None else found[1]


def milliseconds(value: Any) -> Any:
    """Return a length in milliseconds in seconds; what is no number as it is."""
    try:
        return float(value) / 1000
    except (TypeError, ValueError):
        return value


def from_milliseconds(value: Any) -> Any:
    """Return Unix milliseconds as Unix seconds; what is no number as it is."""
    return milliseconds(value)


def decoded_again(value: Any) -> Any:
    """Return text that was encoded in UTF-8 and taken for Latin-1, as Meta's exports hold it."""
    if not isinstance(value, str) or value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return value


def title_and_description(title: Any, description: Any) -> str | None:
    """Return the words that stand with a post whose title people read, as on YouTube."""
    head, rest = (str(part or "").strip() for part in (title, description))
    if not head or rest.startswith(head):
        return rest or None
    return f"{head}\n{rest}".strip()


def joined_names(value: Any) -> Any:
    """Return a list of names as one text; anything else as it is."""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(name) for name in value)
    return value
