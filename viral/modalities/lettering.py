"""The letters of a line of text as a mask: whether they are still there, how far they stand out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

SAME_LETTERS = 0.65
"""Correlation of brightness with the mask of the letters from which they are there: what moves
behind them lowers it from 1, other words in their place bring it below .5."""
SAME_LETTER = 0.8
"""The same for a part as wide as a letter."""
LETTER_WIDTH = 0.25
"""Of a part, in heights of the line."""
LEAST_INK = 0.04
"""Of a part; with less there is no letter in it to compare."""
OFFSET = 0.05
"""Of WCAG's contrast ratio: light that a screen reflects."""


@dataclass(frozen=True)
class Lettering:
    """Where in its box a line has ink."""

    ink: np.ndarray
    """bool `[height, width]`."""
    is_lighter: bool
    """Whether letters are lighter than what is behind them."""

    def is_in(self, grey: np.ndarray, box: np.ndarray) -> bool:
        """Say whether the letters are at the same place of another picture, each of them."""
        cut = grey[box[1] : box[3], box[0] : box[2]].astype(np.float32)
        mask = self.ink.astype(np.float32)
        sign = 1.0 if self.is_lighter else -1.0
        if sign * _correlation(cut, mask) < SAME_LETTERS:
            return False
        # Parts about as wide as a letter: "Step 1" and "Step 2" differ in one alone.
        parts = max(round(mask.shape[1] / (LETTER_WIDTH * mask.shape[0])), 1)
        for part in np.array_split(np.arange(mask.shape[1]), parts):
            letter = mask[:, part]
            has_letter = LEAST_INK < letter.mean() < 1.0 - LEAST_INK
            if has_letter and sign * _correlation(cut[:, part], letter) < SAME_LETTER:
                return False
        return True


def _correlation(cut: np.ndarray, mask: np.ndarray) -> float:
    spread, mask_spread = float(cut.std()), float(mask.std())
    if spread < 1.0 or mask_spread == 0.0:
        return 0.0
    return float(((cut - cut.mean()) * (mask - mask.mean())).mean()) / (spread * mask_spread)


def lettering_of(grey: np.ndarray, box: np.ndarray) -> Lettering:
    """Part a box into letters and ground.

    Parameters
    ----------
    grey : np.ndarray [shape=(height, width)], uint8
    box : np.ndarray [shape=(4,)], int
        left, top, right, bottom.
    """
    cut = np.ascontiguousarray(grey[box[1] : box[3], box[0] : box[2]])
    threshold, _ = cv2.threshold(cut, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    lighter = cut > threshold
    # A box is a little larger than its letters, so that most of its rim is ground.
    rim = np.concatenate([lighter[0], lighter[-1], lighter[:, 0], lighter[:, -1]])
    is_lighter = float(rim.mean()) < 0.5
    return Lettering(ink=lighter if is_lighter else ~lighter, is_lighter=is_lighter)


def contrast_of(picture: np.ndarray, box: np.ndarray, lettering: Lettering) -> float:
    """Return the contrast ratio of letters and ground, 1..21 (W3C, WCAG 2.2).

    Edges are half letter and half ground, so the lighter and the darker half of each count.

    Parameters
    ----------
    picture : np.ndarray [shape=(height, width, 3)], uint8
        RGB.
    """
    light = luminance(picture[box[1] : box[3], box[0] : box[2]])
    ink, ground = light[lettering.ink], light[~lettering.ink]
    if not len(ink) or not len(ground):
        return 1.0
    sides = (75, 25) if lettering.is_lighter else (25, 75)
    shades = (np.percentile(ink, sides[0]), np.percentile(ground, sides[1]))
    return float((max(shades) + OFFSET) / (min(shades) + OFFSET))


def luminance(picture: np.ndarray) -> np.ndarray:
    """Return the relative luminance of sRGB pixels, 0..1 (WCAG 2.2)."""
    signal = picture.astype(np.float64) / 255.0
    linear = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))
