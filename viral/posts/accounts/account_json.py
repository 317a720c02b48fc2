"""An account as JSON: what the browser keeps, a file holds and an API call carries.

`{"version": 1, "name": "cooking", "platform": "tiktok", "followers": 12000, "time_zone":
"Europe/Madrid", "posts": [{"views": 900, "likes": 90, "posted_at": "2026-03-01T18:30:00+00:00",
"duration_s": 14, "caption": "Onions #cooking"}]}`

What is not known is left out. Keys may stand in any order, unknown ones are passed over, and
numbers and times may be written as people write them, see `viral.posts.cells`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

from viral.errors import DetailsError
from viral.messages import Message
from viral.posts.accounts.account import COUNTS, MOST_POSTS, Account, AccountPost
from viral.posts.cells import LARGEST_COUNT, CellError, length, number, platform, text, time
from viral.posts.details import MAX_CAPTION_CHARACTERS, MAX_FOLLOWERS, MAX_SOUND_CHARACTERS

VERSION = 1
MAX_JSON_BYTES = 6_000_000
"""More than `MOST_POSTS` posts with the longest captions that platforms allow."""
MAX_NAME_CHARACTERS = 80
LONGEST_POST_S = 86_400.0


def account_to_json(account: Account) -> dict[str, Any]:
    """Return an account in JSON's types; what is not known is left out."""
    said: dict[str, Any] = {"version": VERSION, "name": account.name}
    for name in ("platform", "followers", "time_zone"):
        if getattr(account, name) is not None:
            said[name] = getattr(account, name)
    said["posts"] = [_post_to_json(post) for post in account.posts]
    return said


def _post_to_json(post: AccountPost) -> dict[str, Any]:
    said = {field.name: getattr(post, field.name) for field in fields(post)}
    if post.posted_at is not None:
        said["posted_at"] = post.posted_at.isoformat()
    return {name: value for name, value in said.items() if value is not None}


def account_from_json(said: Mapping[str, Any] | str | bytes) -> Account:
    """Return the account that JSON tells of.

    Parameters
    ----------
    said : mapping, str or bytes
        The object, or its text. Of more than `MOST_POSTS` posts the most recent are kept.

    Raises
    ------
    DetailsError
        It is no such JSON, or something in it makes no sense; the sentence says what and where.
    """
    if isinstance(said, (str, bytes)):
        said = _object(said)
    if not isinstance(said, Mapping):
        raise DetailsError(Message("account.no_object"))
    version = said.get("version", VERSION)
    if isinstance(version, bool) or version != VERSION:
        raise DetailsError(Message("account.version", version=shown(version), known=VERSION))
    posts = said.get("posts")
    if posts is None:
        posts = ()
    if not isinstance(posts, (list, tuple)):
        raise DetailsError(Message("account.posts_no_list"))
    account = Account(
        name=(_cell("name", text, said.get("name")) or "").strip()[:MAX_NAME_CHARACTERS],
        platform=_cell("platform", platform, said.get("platform")),
        followers=_cell("followers", _count, said.get("followers"), float(MAX_FOLLOWERS)),
        time_zone=_zone(said.get("time_zone")),
        posts=tuple(_post(place, post) for place, post in enumerate(posts, 1)),
    )
    return most_recent(account)


def most_recent(account: Account) -> Account:
    """Return an account with its `MOST_POSTS` most recent posts."""
    if len(account.posts) <= MOST_POSTS:
        return account
    kept = {field.name: getattr(account, field.name) for field in fields(account)}
    return Account(**{**kept, "posts": account.posts[-MOST_POSTS:]})


def _object(written: str | bytes) -> Any:
    if len(written) > MAX_JSON_BYTES:
        raise DetailsError(
            Message("account.too_large", megabytes=MAX_JSON_BYTES // 1_000_000, most=MOST_POSTS)
        )
    try:
        return json.loads(written)
    except (ValueError, RecursionError) as error:
        raise DetailsError(Message("account.no_json")) from error


def shown(value: Any) -> str:
    """Return what was given as a sentence can quote it, at most 40 characters."""
    quoted = repr(value)
    return quoted if len(quoted) <= 40 else quoted[:37] + "..."


def _plain(value: Any) -> None:
    # A list, an object or a true in a cell is a slip, and `float(True)` would make it a 1.
    if isinstance(value, (bool, list, tuple, Mapping)):
        raise CellError("cell.not_a_number", value=shown(value))


def _count(value: Any, highest: float = LARGEST_COUNT) -> float | None:
    _plain(value)
    found = number(value, highest, whole=True)
    return None if found != found else found


def _seconds(value: Any) -> float | None:
    _plain(value)
    found = length(value, LONGEST_POST_S)
    # A length of zero is what sources write when they do not know it.
    return found if found > 0 else None


def _words(most: int) -> Any:
    def cut(value: Any) -> str | None:
        found = text(value)
        return found[:most] if found is not None else None

    return cut


_POST_CELLS: Mapping[str, Any] = {
    **dict.fromkeys(COUNTS, _count),
    "posted_at": time,
    "duration_s": _seconds,
    "caption": _words(MAX_CAPTION_CHARACTERS),
    "sound": _words(MAX_SOUND_CHARACTERS),
}


def _cell(column: str, read: Any, value: Any, *more: Any) -> Any:
    try:
        return read(value, *more)
    except CellError as error:
        raise DetailsError(Message("account.cell", problem=error.of(column))) from error


def _post(place: int, said: Any) -> AccountPost:
    if not isinstance(said, Mapping):
        raise DetailsError(Message("account.post_no_object", place=place))
    cells = {}
    for column, read in _POST_CELLS.items():
        try:
            cells[column] = read(said.get(column))
        except CellError as error:
            problem = error.of(column)
            raise DetailsError(
                Message("account.post_cell", place=place, problem=problem)
            ) from error
    if cells["views"] is None:
        raise DetailsError(Message("account.post_no_views", place=place))
    return AccountPost(**cells)


def _zone(value: Any) -> str | None:
    if value is None or value == "":
        return None
    try:
        return ZoneInfo(value).key
    except (TypeError, ValueError, OSError, KeyError) as error:
        # Its own error is a KeyError; a name such as "../etc" is a ValueError.
        raise DetailsError(Message("account.zone", zone=shown(value))) from error
