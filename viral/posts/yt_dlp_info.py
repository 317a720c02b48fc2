"""What yt-dlp says of a post, as cells under names that `viral.posts.column_names` knows.

yt-dlp gives every site's posts one shape, with a few differences in what stands where: on YouTube
the title is what people read, elsewhere it is the description again, cut short or with the
account's name in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TITLED = {"youtube"}
"""Extractors, in lower case, whose title is part of what people read."""
LEFT_OUT = ("comments", "tags", "categories", "filename", "formats", "thumbnails", "subtitles")
"""Lists of formats, what others wrote, and keywords that no viewer sees; hashtags stand in the
caption."""


def is_playlist(info: Mapping[str, Any]) -> bool:
    """Return whether it describes a list of posts rather than one."""
    return info.get("_type") in ("playlist", "multi_video")


def caption_of(info: Mapping[str, Any]) -> str | None:
    """Return the words that stand with a post, or None without any."""
    title, description = (str(info.get(name) or "").strip() for name in ("title", "description"))
    if str(info.get("extractor_key") or "").lower() not in TITLED:
        return description or title or None
    if not title or description.startswith(title):
        return description or None
    return f"{title}\n{description}".strip()


def info_cells(info: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells of a row: yt-dlp's own, without lists, with the caption as people see it."""
    cells = {name: value for name, value in info.items() if name not in LEFT_OUT}
    comments = info.get("comments")
    if info.get("comment_count") is None and isinstance(comments, (int, float)):
        cells["comment_count"] = comments
    artists = info.get("artists")
    if not cells.get("artist") and isinstance(artists, (list, tuple)):
        cells["artist"] = ", ".join(str(artist) for artist in artists)
    cells["caption"] = caption_of(info)
    return cells
