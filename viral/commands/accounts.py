"""The account that commands take, and what is known with it of its next post."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from viral.posts.details import PostDetails

AccountOption = Annotated[
    str | None,
    typer.Option(
        "--account",
        help="Your last posts: an export that `viral posts import` reads, or a saved account.",
        metavar="POSTS",
    ),
]

FollowersOption = Annotated[str | None, typer.Option(help="Followers now.", metavar="N")]
RecentViewsOption = Annotated[
    str | None,
    typer.Option(help="Views of your last posts, oldest first.", metavar="900,1500,700"),
]
PlatformOption = Annotated[
    str | None, typer.Option(help="tiktok, reels, shorts or unknown.", metavar="NAME")
]
ECHOED = {
    "followers": ("Followers", False),
    "recent_views": ("Recent views", True),
    "recent_likes": ("Recent likes", True),
    "recent_comments": ("Recent comments", True),
    "recent_shares": ("Recent shares", True),
    "recent_saves": ("Recent saves", True),
}
"""Option -> what it is called where what was read is said, and whether it is a list."""


def details_of(given: str | None, say: Callable[[str], None], **told: Any) -> PostDetails:
    """Return what is known of the next post; what the account's file lacks is said, and how numbers
    were read that a person wrote in another way.

    Raises
    ------
    ViralError
        The file holds no account, or a value makes no sense.
    """
    from viral.posts.accounts.posting import details_with
    from viral.posts.accounts.reading import read_account
    from viral.posts.details import read_as

    read = read_account(given)
    for note in () if read is None else read.notes:
        say(note)
    details = details_with(None if read is None else read.account, **told)
    for option, (name, many) in ECHOED.items():
        if (as_read := read_as(told.get(option), many=many)) is not None:
            say(f"{name} read as {as_read}.")
    return details
