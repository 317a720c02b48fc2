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


def details_of(given: str | None, say: Callable[[str], None], **told: Any) -> PostDetails:
    """Return what is known of the next post; what the account's file lacks is said.

    Raises
    ------
    ViralError
        The file holds no account, or a value makes no sense.
    """
    from viral.posts.accounts.posting import details_with
    from viral.posts.accounts.reading import read_account

    read = read_account(given)
    if read is None:
        return details_with(None, **told)
    for note in read.notes:
        say(note)
    return details_with(read.account, **told)
