"""Results kept in memory for as long as a creator looks at them, under ids that cannot be guessed.

A clip is looked at once; everything after that (another caption, another language, a what-if)
starts from the `Analysis` kept here. Nothing is written to disk. A result stays for
`clip_lifetime_s` after its last use. Where memory is short, the client who holds most gives up the
result that it has not looked at for longest, so that nobody can push the results of others out.
"""

from __future__ import annotations

import dataclasses
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from gradio.context import LocalContext

from viral.clip_cache import small_thumbnails
from viral.errors import ViralError
from viral.messages import Message
from viral.pipeline import Analysis

MOST_BYTES = 128_000_000
"""With small thumbnails, a result of a 15 s clip takes 1.5 MB and another post around the same clip
0.1 MB: some 80 clips."""
SMALL_PARTS_BYTES = 100_000
"""What a result takes besides its arrays: texts and numbers, generously."""
MOST_CROWDED_OUT = 10_000
"""Ids remembered of results that made room for others, 1 MB of them."""
HERE = "here"
"""The client of a result that nobody asked for through the app."""


class ResultGoneError(ViralError):
    """The result is no longer kept; the sentence says to predict again."""


def with_small_thumbnails(analysis: Analysis) -> Analysis:
    """Return the analysis with its pictures thinned to about `THUMBNAIL_SHORT_SIDE_PX`."""
    return replace(analysis, thumbnails=small_thumbnails(np.asarray(analysis.thumbnails)))


@dataclass(frozen=True)
class Title:
    """What a result is called."""

    name: str = ""
    """Of the clip's file, as its owner's device has it."""
    demo: bool = False
    """Whether the clip is one of the app's own."""
    made_up: bool = False
    """Whether the account is made up as well."""


@dataclass(frozen=True)
class _Result:
    """What is kept of a result."""

    used_s: float
    analysis: Analysis
    source: str | None
    client: str
    parts: Mapping[int, int]
    """Bytes of its arrays by their identity: other results may share them."""
    title: Title


class Sessions:
    """A bounded store of results; safe to use from several threads."""

    def __init__(
        self,
        lifetime_s: float,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start empty; results go after `lifetime_s` without use, or beyond `most_bytes`."""
        self._lifetime_s = lifetime_s
        self._most_bytes = most_bytes
        self._clock = clock
        self._results: OrderedDict[str, _Result] = OrderedDict()
        self._crowded_out: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many results are kept."""
        with self._lock:
            self._forget_old()
            return len(self._results)

    def keep(
        self,
        analysis: Analysis,
        source: str | None = None,
        client: str | None = None,
        title: Title | None = None,
    ) -> str:
        """Keep a result and return its id.

        Parameters
        ----------
        analysis
            The result.
        source
            Names the upload that was looked at: whoever still holds that name may ask for the
            clip's result again although the upload is deleted.
        client
            Whose it is; by default of the client whose request is being answered.
        title
            What it is called.
        """
        key = secrets.token_urlsafe(16)
        kept = with_small_thumbnails(analysis)
        owner = asking_client() if client is None else client
        # An account's own model belongs to the app.
        parts = parts_of(replace(kept, account_model=None))
        with self._lock:
            self._results[key] = _Result(
                self._clock(), kept, source, owner, parts, title or Title()
            )
            self._forget_old()
            self._make_room()
        return key

    def of_source(self, source: str) -> Analysis | None:
        """Return the newest result for an upload, or None."""
        with self._lock:
            self._forget_old()
            for result in reversed(self._results.values()):
                if result.source == source:
                    return result.analysis
        return None

    def get(self, key: str | None) -> Analysis:
        """Return a result and let its time start anew.

        Raises
        ------
        ResultGoneError
            It was never there, is too old, or made room for others.
        """
        with self._lock:
            self._forget_old()
            found = self._results.pop(key or "", None)
            if found is None:
                made_room = key in self._crowded_out
                raise ResultGoneError(Message("result.made_room" if made_room else "result.gone"))
            self._results[str(key)] = replace(found, used_s=self._clock())
            return found.analysis

    def title(self, key: str | None) -> Title:
        """Return what a result is called; an empty title where it is not there."""
        with self._lock:
            found = self._results.get(key or "")
            return found.title if found else Title()

    def forget(self, key: str | None) -> None:
        """Drop a result, if it is there."""
        with self._lock:
            self._results.pop(key or "", None)

    def _forget_old(self) -> None:
        oldest_s = self._clock() - self._lifetime_s
        while self._results:
            key, result = next(iter(self._results.items()))
            if result.used_s >= oldest_s:
                break
            del self._results[key]

    def _make_room(self) -> None:
        while len(self._results) > 1:
            held = self._held_bytes()
            if sum(held.values()) <= self._most_bytes:
                break
            greediest = max(held, key=held.__getitem__)
            key = next(key for key, one in self._results.items() if one.client == greediest)
            del self._results[key]
            self._crowded_out[key] = None
            while len(self._crowded_out) > MOST_CROWDED_OUT:
                self._crowded_out.popitem(last=False)

    def _held_bytes(self) -> dict[str, int]:
        """Return what each client holds; an array that its results share counts once."""
        parts: dict[str, dict[int, int]] = {}
        for number, result in enumerate(self._results.values()):
            # No array has a negative identity: this one is the result's own.
            own = {-1 - number: SMALL_PARTS_BYTES}
            parts.setdefault(result.client, {}).update({**result.parts, **own})
        return {client: sum(sizes.values()) for client, sizes in parts.items()}


def asking_client() -> str:
    """Return the address, as the gate sees it, of whoever is being answered."""
    request = LocalContext.request.get(None)
    address = getattr(getattr(request, "client", None), "host", None)
    return str(address) if address else HERE


def parts_of(thing: Any) -> dict[int, int]:
    """Return the bytes of each array in a result, by its identity."""
    found: dict[int, int] = {}
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, np.ndarray):
            found[id(one)] = one.nbytes
        elif isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, (list, tuple)):
            waiting += one
        elif dataclasses.is_dataclass(one) and not isinstance(one, type):
            waiting += (getattr(one, field.name) for field in dataclasses.fields(one))
    return found
