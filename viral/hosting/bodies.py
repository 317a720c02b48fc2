"""Bodies of requests as they arrive: how much is to come, and when to stop waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

DRAIN_STALLED_S = 5.0
"""A body that is thrown away is waited for this long, and no longer."""
STALLED_S = 30.0
"""An upload of which nothing comes for so long has been broken off."""


class TooLargeError(Exception):
    """More bytes came than may."""


class TooManyFilesError(Exception):
    """More files came in one request than may."""


class StalledError(Exception):
    """Nothing came for too long."""


@dataclass
class Arriving:
    """An upload under way."""

    client: str
    announced: int
    received: int = 0


def announced_bytes(scope: Scope, most: int) -> int:
    """Return how much of an upload is to come; one of unknown length counts as the largest."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    size = headers.get(b"content-length", b"")
    return int(size) if size.isdigit() and len(size) < 20 and int(size) else most


async def before_it_stalls(receive: Receive) -> Message:
    """Return the next part of a body.

    Raises
    ------
    StalledError
        None has come for `STALLED_S`.
    """
    try:
        return await asyncio.wait_for(receive(), STALLED_S)
    except TimeoutError as error:
        raise StalledError from error


async def drain(receive: Receive, most_bytes: int) -> None:
    """Read a body to its end and forget it, unless it is longer or stops coming."""
    read = 0
    while read <= most_bytes:
        try:
            message = await asyncio.wait_for(receive(), DRAIN_STALLED_S)
        except TimeoutError:
            return
        read += len(message.get("body", b""))
        if not message.get("more_body", False):
            return
