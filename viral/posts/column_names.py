"""What others call the columns of the schema, and a mapping given once for a table of one's own.

Names are compared without case, spaces and punctuation; a record within a record is joined by `/`:
`authorMeta/fans`. Where several names of a column are there, the first that says something counts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from viral.errors import TableError
from viral.posts.schema import COLUMNS

NAMES: dict[str, str] = {
    "source": "source platform",
    "video_id": "videoid postid awemeid itemid mediaid id video/id",
    "creator": (
        "creator authormeta/id authormeta/name authorid author/uniqueid author/id "
        "authormeta/nickname channelid uploaderid uploader channel username ownerusername author "
        "user creatorname account"
    ),
    "posted_at": (
        "postedat createtimeiso createtime timestamp posttime publishtime publishedat publishdate "
        "posteddate dateposted createdat uploaddate date time created"
    ),
    "collected_at": "collectedat countedat scrapedat extractedat retrievedat fetchedat epoch",
    "caption": "caption text description videodescription desc fulltitle title videotitle posttext",
    "hashtags": "hashtags hashtagnames challenges textextra tags",
    "sound_name": (
        "soundname musicmeta/musicname musicname music/title track sound soundtitle song audioname"
    ),
    "sound_author": "soundauthor musicmeta/musicauthor musicauthor music/authorname artist",
    "sound_original": "soundoriginal musicmeta/musicoriginal musicoriginal music/original",
    "duration_s": (
        "durations videometa/duration video/duration videoduration duration durationsec "
        "durationseconds length"
    ),
    "width": "width videometa/width video/width",
    "height": "height videometa/height video/height",
    "followers": (
        "followers authormeta/fans authorstats/followercount followercount fans "
        "channelfollowercount subscribers subscribercount followerscount author/followers"
    ),
    "creator_total_likes": (
        "creatortotallikes authormeta/heart authorstats/heartcount authormeta/hearts hearts "
        "totallikes"
    ),
    "creator_total_videos": (
        "creatortotalvideos authormeta/video authorstats/videocount videocount totalvideos"
    ),
    "verified": "verified authormeta/verified author/verified channelisverified isverified",
    "views": (
        "views playcount stats/playcount viewcount videoviews totalviews videoviewcount plays "
        "statistics/playcount videoplaycount impressions"
    ),
    "likes": (
        "likes diggcount stats/diggcount likecount likescount totallikesofpost "
        "statistics/diggcount hearts favorites"
    ),
    "comments": (
        "comments commentcount stats/commentcount commentscount totalcomments "
        "statistics/commentcount"
    ),
    "shares": (
        "shares sharecount stats/sharecount sharescount totalshares repostcount "
        "statistics/sharecount reposts"
    ),
    "saves": "saves collectcount stats/collectcount savecount savescount bookmarks",
    "recent_views": "recentviews",
    "horizon_days": "horizondays agedays",
    "video_path": "videopath filepath file filename path",
}
"""Column -> what it is called elsewhere, the most telling first: the schema's own name, Apify and
the Kaggle set, TikTok's web and export, yt-dlp, spreadsheets."""
LINKS = ["webvideourl", "videourl", "posturl", "shareurl", "link", "url", "permalink", "webpageurl"]
"""Columns whose address holds the post's number."""
_RANKED = {
    name: (column, rank)
    for column, names in reversed(list(NAMES.items()))
    for rank, name in enumerate(names.split())
}
_POST_IN_LINK = re.compile(
    r"(?:/(?:video|photo|v|shorts|reel|reels|p)/|[?&](?:v|item_id|share_item_id)=)([A-Za-z0-9_-]{5,})"
)
_ELEMENT = re.compile(r"(.+?)/(\d+)(?:/(name|hashtagname|title))?$")
_SHORTENED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d\d")


@lru_cache(maxsize=10_000)
def plain_name(name: str) -> str:
    """Return a column's name as it is compared: lower case, letters, digits and `/` alone."""
    return "".join(sign for sign in name.lower() if sign.isalnum() or sign == "/")


def flat(record: Mapping[str, Any], depth: int = 4) -> dict[str, Any]:
    """Return a record with the records inside it joined by `/`; lists stay as they are."""
    result: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Mapping) and depth > 0:
            for inner, deeper in flat(value, depth - 1).items():
                result[f"{key}/{inner}"] = deeper
        else:
            result[str(key)] = value
    return result


def said(value: Any) -> bool:
    """Return whether a cell says anything at all."""
    return value is not None and value != "" and value == value


def in_columns(record: Mapping[str, Any], mapping: Mapping[str, str]) -> dict[str, Any]:
    """Return a flat record under the schema's names.

    Parameters
    ----------
    record : mapping
        From `flat`, or a row of a table.
    mapping : mapping
        Column -> name in the record; goes before what is known of names.
    """
    best: dict[str, tuple[int, Any]] = {}
    lists: dict[str, list[Any]] = {}
    link: str | None = None
    for key, value in record.items():
        if not said(value):
            continue
        name = plain_name(key)
        element = _ELEMENT.fullmatch(name)
        if element is not None and element[1] in ("hashtags", "challenges"):
            lists.setdefault("hashtags", []).append(value)
            continue
        if name in LINKS and isinstance(value, str):
            link = link or value
        column, rank = _RANKED.get(name, ("", 0))
        if column and (column not in best or rank < best[column][0]):
            best[column] = (rank, value)
    row = {column: value for column, (_, value) in best.items()}
    for column, values in lists.items():
        row.setdefault(column, values)
    for column, name in mapping.items():
        if name in record:
            row[column] = record[name]
    if not said(row.get("video_id")) and link is not None:
        found = _POST_IN_LINK.search(link)
        if found is not None:
            row["video_id"] = found[1]
    return row


def shortened(video_id: Any) -> bool:
    """Return whether a spreadsheet has cut a post's number down to `7.56425E+18`."""
    return isinstance(video_id, str) and _SHORTENED.fullmatch(video_id.strip()) is not None


def anonymous(creator: Any) -> str:
    """Return a creator's name as 16 hexadecimal digits, which tell creators apart and no more."""
    text = str(creator)
    if re.fullmatch(r"[0-9a-f]{16}", text):
        return text
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def parsed_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Return a mapping written `views=Total plays`, a pair each.

    Raises
    ------
    TableError
        A pair has no `=`, or its left side is no column of the schema.
    """
    mapping = {}
    for pair in pairs:
        column, mark, name = pair.partition("=")
        column = column.strip()
        if not mark or not name.strip():
            raise TableError(f"{pair!r} is no mapping; write it like views='Total plays'.")
        if column not in COLUMNS:
            raise TableError(f"{column!r} is no column; it is one of {', '.join(COLUMNS)}.")
        mapping[column] = name.strip()
    return mapping


def _mapping_path(folder: Path, header: Iterable[str]) -> Path:
    signature = "\n".join(sorted(plain_name(name) for name in header))
    return folder / "columns" / f"{hashlib.sha256(signature.encode()).hexdigest()[:16]}.json"


def saved_mapping(folder: Path, header: Iterable[str]) -> dict[str, str]:
    """Return the mapping that was given before for a table with this header; `{}` if none was."""
    try:
        kept = json.loads(_mapping_path(folder, header).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {str(c): str(n) for c, n in kept.items() if c in COLUMNS}


def save_mapping(folder: Path, header: Iterable[str], mapping: Mapping[str, str]) -> None:
    """Keep a mapping for the next table with this header.

    Raises
    ------
    TableError
        The folder cannot be written to.
    """
    path = _mapping_path(folder, header)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(dict(mapping), ensure_ascii=False), encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise TableError(f"{path.parent} cannot be written: {error.strerror}.") from error
