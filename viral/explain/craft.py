"""Facts of the pictures that the checks rest on: bars, stills, black, and what is covered.

Pictures are RGB uint8 `[n, height, width, 3]` with times in seconds, as an analysis keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from viral.explain.platforms import TALL, SafeZone

if TYPE_CHECKING:  # it loads OpenCV, which starting the app can do without
    from viral.modalities.onscreen_text import ScreenLine

BLACK_LUMA = 16.0
"""Of 255: video black, and what encoding makes of it."""
BAR_LUMA = 24.0
PLAIN = 3.0
"""Spread of brightness in a row or column that is of one colour."""
SAME_PICTURE = 0.6
"""Mean difference of brightness, of 255, of two pictures that show the same thing."""
COVERED = 0.25
"""Share of a line under the app's own things from which it counts as covered."""


class Box(Protocol):
    """Where something is in a picture, in shares of its width and height, from the top left."""

    @property
    def left(self) -> float:
        """Its left side."""

    @property
    def top(self) -> float:
        """Its upper side."""

    @property
    def width(self) -> float:
        """How wide it is."""

    @property
    def height(self) -> float:
        """How tall it is."""


def lumas(pictures: np.ndarray) -> np.ndarray:
    """Return brightness, Rec. 709, float32 `[n, height, width]`."""
    return np.asarray(pictures @ np.array([0.2126, 0.7152, 0.0722], np.float32), np.float32)


def bars(luma: np.ndarray) -> tuple[float, float]:
    """Return the shares of the height and of the width that black bars take in every picture.

    Bars come in pairs: of two sides the thinner counts twice.
    """
    if not len(luma):
        return 0.0, 0.0
    return _pair(luma), _pair(luma.transpose(0, 2, 1))


def _pair(luma: np.ndarray) -> float:
    dark = (luma.max(axis=(0, 2)) < BAR_LUMA) & (luma.std(axis=2).max(axis=0) < PLAIN)
    if dark.all():
        return 0.0
    first, last = int(np.argmin(dark)), int(np.argmin(dark[::-1]))
    return 2.0 * min(first, last) / luma.shape[1]


def black_s(luma: np.ndarray, times_s: np.ndarray, duration_s: float) -> tuple[float, float]:
    """Return how long a clip is black at its beginning and at its end, in seconds."""
    return _held(luma.reshape(len(luma), -1).max(axis=1) < BLACK_LUMA, times_s, duration_s)


def frozen_s(luma: np.ndarray, times_s: np.ndarray, duration_s: float) -> tuple[float, float]:
    """Return how long a clip shows the same picture at its beginning and at its end, in seconds."""
    if len(luma) < 2:
        return 0.0, 0.0
    changes = np.abs(np.diff(luma, axis=0)).mean(axis=(1, 2)) >= SAME_PICTURE
    if not changes.any():
        return duration_s, duration_s
    moving = np.flatnonzero(changes)
    start_s = float(times_s[moving[0]]) if moving[0] else 0.0
    end_s = duration_s - float(times_s[moving[-1] + 1])
    return start_s, end_s if moving[-1] + 1 < len(times_s) - 1 else 0.0


def _held(is_so: np.ndarray, times_s: np.ndarray, duration_s: float) -> tuple[float, float]:
    if not len(is_so):
        return 0.0, 0.0
    if is_so.all():
        return duration_s, duration_s
    first, last = int(np.argmin(is_so)), len(is_so) - 1 - int(np.argmin(is_so[::-1]))
    return (float(times_s[first]) if first else 0.0), (
        duration_s - float(times_s[last + 1]) if last + 1 < len(times_s) else 0.0
    )


def covered(line: Box, zone: SafeZone, aspect: float) -> float:
    """Return the share of a line of text, or a face, that lies under what the app lays over, 0..1.

    Parameters
    ----------
    line
        With its box as shares of the picture.
    zone
        What the app covers of a clip of 9:16.
    aspect
        Width over height of the clip; a wider one is shown in the middle, with room around.
    """
    scale = shown_scale(aspect)
    top = (1.0 - scale) / 2 + line.top * scale
    bottom = top + line.height * scale
    free_x = _shared((line.left, line.left + line.width), (zone.left, 1.0 - zone.right))
    free_y = _shared((top, bottom), (zone.top, 1.0 - zone.bottom))
    area = line.width * line.height * scale
    return 1.0 - min(free_x * free_y / area, 1.0) if area > 0 else 0.0


def shown_scale(aspect: float) -> float:
    """Return the share of a phone's height that a clip of this shape fills."""
    return min(TALL / aspect, 1.0) if aspect > 0 else 1.0


def _shared(one: tuple[float, float], other: tuple[float, float]) -> float:
    return max(min(one[1], other[1]) - max(one[0], other[0]), 0.0)


def spoken_share_on_screen(words: Sequence[str], lines: Sequence[ScreenLine]) -> float:
    """Return the share of the spoken words that are also written on screen, 0..1."""
    plain = [_plain(word) for word in words]
    plain = [word for word in plain if word]
    written = {_plain(word) for line in lines for word in line.text.split()}
    return sum(word in written for word in plain) / len(plain) if plain else 0.0


def _plain(word: str) -> str:
    return "".join(letter for letter in word.lower() if letter.isalnum())
