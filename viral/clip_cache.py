"""What was measured in the last clips, so that the same clip is not looked at twice.

Kept in memory alone and by the hash of the file's content, so only somebody who has the clip finds
what was seen in it. It holds measurements, the words that were spoken and small thumbnails, goes
after `clip_lifetime_s` without use like everything else of a clip, and is never written to disk.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from viral.media.clip import Clip, ClipFacts
from viral.settings import settings

MAX_REMEMBERED = 16
"""Clips. With small thumbnails a clip of 60 s takes about 2 MB."""
THUMBNAIL_SHORT_SIDE_PX = 96
"""As large as a strip of thumbnails shows them."""


def small_thumbnails(frames: np.ndarray) -> np.ndarray:
    """Return pictures thinned to about `THUMBNAIL_SHORT_SIDE_PX`.

    Parameters
    ----------
    frames : np.ndarray [shape=(n, height, width, 3)], uint8
        May be empty.
    """
    if frames.ndim != 4 or not frames.size:
        return frames
    every = max(min(frames.shape[1:3]) // THUMBNAIL_SHORT_SIDE_PX, 1)
    if every == 1 and frames.base is None:
        return frames  # small already, and shared by all results of the clip
    # Copied, because a view would keep the full pictures alive.
    return frames[:, ::every, ::every].copy()


@dataclass(frozen=True)
class Seen:
    """What a prediction needs of a clip that was looked at."""

    facts: ClipFacts
    thumbnails: np.ndarray
    """RGB uint8 `[n, h, w, 3]`."""
    thumbnail_times_s: np.ndarray
    """float64 `[n]`."""
    measurements: Mapping[str, Any]
    """Modality -> what it saw, with times."""
    warnings: tuple[str, ...] = ()
    """Sentences about what could not be read in the file."""

    @classmethod
    def of(cls, clip: Clip, measurements: Mapping[str, Any]) -> Seen:
        """Put together what was seen in a clip, with its pictures as they are."""
        return cls(clip.facts, clip.frames, clip.frame_times_s, measurements, clip.warnings)


class Remembered:
    """A bounded store of what was seen; safe to use from several threads."""

    def __init__(
        self,
        lifetime_s: float,
        max_clips: int = MAX_REMEMBERED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start empty; a clip goes after `lifetime_s` without use, or to make room for others."""
        self._lifetime_s = lifetime_s
        self._max_clips = max_clips
        self._clock = clock
        self._clips: OrderedDict[tuple[str, str], tuple[float, Seen]] = OrderedDict()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def __len__(self) -> int:
        """Return how many clips are remembered."""
        with self._lock:
            self._forget_old()
            return len(self._clips)

    def get(self, sha256: str) -> Seen | None:
        """Return what was seen in a content under the present settings, or None."""
        with self._lock:
            self._forget_old()
            found = self._clips.pop(_key(sha256), None)
            if found is None:
                return None
            self._clips[_key(sha256)] = (self._clock(), found[1])
            return found[1]

    def keep(self, seen: Seen) -> None:
        """Remember a clip, unless part of it could not be read: that may go better next time."""
        if seen.warnings:
            return
        small = replace(seen, thumbnails=small_thumbnails(seen.thumbnails))
        with self._lock:
            self._clips.pop(_key(seen.facts.sha256), None)
            self._clips[_key(seen.facts.sha256)] = (self._clock(), small)
            self._forget_old()
            self._wake_later()

    def forget(self, sha256: str | None = None) -> None:
        """Drop one content, or all."""
        with self._lock:
            if sha256 is None:
                self._clips.clear()
            else:
                self._clips.pop(_key(sha256), None)

    def _forget_old(self) -> None:
        oldest = self._clock() - self._lifetime_s
        while self._clips:
            key, (when, _) = next(iter(self._clips.items()))
            if len(self._clips) <= self._max_clips and when > oldest:
                break
            del self._clips[key]

    def _wake_later(self) -> None:
        # Also where nobody asks again, nothing stays longer than was promised.
        if self._timer is None and self._clips:
            used = next(iter(self._clips.values()))[0]
            left_s = max(used + self._lifetime_s - self._clock(), 0.0)
            self._timer = threading.Timer(left_s, self._wake)
            self._timer.daemon = True
            self._timer.start()

    def _wake(self) -> None:
        with self._lock:
            self._timer = None
            self._forget_old()
            self._wake_later()


def _key(sha256: str) -> tuple[str, str]:
    return sha256, settings().speech_backend


@cache
def remembered() -> Remembered:
    """Return the store of this process."""
    return Remembered(settings().clip_lifetime_s)
