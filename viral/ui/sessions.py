"""Results kept in memory for as long as a creator looks at them, under ids that cannot be guessed.

A clip is looked at once; everything after that (another caption, another language, a what-if)
starts from the `Analysis` kept here. Nothing is written to disk, and the oldest results go first.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from viral.clip_cache import small_thumbnails
from viral.errors import ViralError
from viral.pipeline import Analysis

MAX_RESULTS = 64
"""With `THUMBNAIL_SHORT_SIDE_PX`, a result of a 60 s clip keeps about 2 MB: some 130 MB in all."""


class ResultGoneError(ViralError):
    """The result is no longer kept; the sentence says to predict again."""


def with_small_thumbnails(analysis: Analysis) -> Analysis:
    """Return the analysis with its pictures thinned to about `THUMBNAIL_SHORT_SIDE_PX`."""
    return replace(analysis, thumbnails=small_thumbnails(np.asarray(analysis.thumbnails)))


class Sessions:
    """A bounded store of results; safe to use from several threads."""

    def __init__(
        self,
        lifetime_s: float,
        max_results: int = MAX_RESULTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start empty; results go after `lifetime_s` without use, or beyond `max_results`."""
        self._lifetime_s = lifetime_s
        self._max_results = max_results
        self._clock = clock
        self._results: OrderedDict[str, tuple[float, Analysis, str | None]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many results are kept."""
        with self._lock:
            self._forget_old()
            return len(self._results)

    def keep(self, analysis: Analysis, source: str | None = None) -> str:
        """Keep a result and return its id.

        `source` names the upload that was looked at: whoever still holds that name may ask for the
        clip's result again although the upload is deleted.
        """
        key = secrets.token_urlsafe(16)
        kept = with_small_thumbnails(analysis)
        with self._lock:
            self._results[key] = (self._clock(), kept, source)
            self._forget_old()
        return key

    def of_source(self, source: str) -> Analysis | None:
        """Return the newest result for an upload, or None."""
        with self._lock:
            self._forget_old()
            for _, analysis, other in reversed(self._results.values()):
                if other == source:
                    return analysis
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
                raise ResultGoneError(
                    "This result is no longer kept; drop the clip in again and press Predict."
                )
            self._results[str(key)] = (self._clock(), *found[1:])
            return found[1]

    def forget(self, key: str | None) -> None:
        """Drop a result, if it is there."""
        with self._lock:
            self._results.pop(key or "", None)

    def _forget_old(self) -> None:
        oldest = self._clock() - self._lifetime_s
        while self._results:
            key, (when, *_) = next(iter(self._results.items()))
            if len(self._results) <= self._max_results and when >= oldest:
                break
            del self._results[key]
