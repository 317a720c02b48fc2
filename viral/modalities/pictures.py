"""What can be counted in one picture, and how far two pictures are apart.

Conventions: a picture is RGB uint8 `[height, width, 3]`. It is brought to a working size first, so
that the same scene gives the same numbers whatever it was filmed with. Luma is Rec. 601
(.299 R + .587 G + .114 B), and "%" is per cent of its full range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WORKING_SIDE = 240
"""Side of the square with the area of the working picture: 180x320 for a vertical clip."""
GLANCE_SIDE = 64
"""The same for comparing pictures: grain and compression noise are averaged away."""
HISTOGRAM_BINS = (8, 4, 4)
"""Of hue, saturation and value, in each quarter of the picture."""

DARK_LUMA = 24.0
"""Of 255. Below it is black, with room for the noise of compression."""
BAR_SPREAD_LUMA = 8.0
"""Standard deviation along a row or column of a bar, at most."""
LIT_SHARE = 0.005
"""A picture with less than this above `DARK_LUMA` is dark all over: bars cannot be told in it."""
SMALLEST_BAR = 0.01
"""Of the height or width; thinner edges come from rounding in an editor."""

STATISTICS = (
    "brightness",
    "contrast",
    "saturation",
    "colourfulness",
    "sharpness",
    "centre_detail_share",
    "bars_share",
)
"""What `Picture.statistics` holds, in order."""


@dataclass(frozen=True)
class Picture:
    """What is kept of one picture."""

    statistics: np.ndarray
    """float64 `[len(STATISTICS)]`; NaN where a picture does not show it."""
    glance: np.ndarray
    """Luma in %, float32, a few thousand pixels."""
    histogram: np.ndarray
    """Shares, float32 `[4, bins]`: the colours of each quarter."""


def scaled(picture: np.ndarray, side: int) -> np.ndarray:
    """Return a picture brought down to an area of `side` squared; a smaller one as it is."""
    import cv2

    height, width = picture.shape[:2]
    factor = side / (height * width) ** 0.5
    if factor >= 1:
        return np.ascontiguousarray(picture)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def colourfulness(picture: np.ndarray) -> float:
    """Return the colourfulness M of Hasler and Süsstrunk, 0 (grey) to about 110 (extremely).

    `M = sqrt(var(rg) + var(yb)) + 0.3 sqrt(mean(rg)^2 + mean(yb)^2)` with `rg = R - G` and
    `yb = (R + G) / 2 - B`, from D. Hasler and S. Süsstrunk, "Measuring colourfulness in natural
    images", Proc. SPIE 5007 (2003).
    """
    red, green, blue = (picture[..., channel].astype(np.float32) for channel in range(3))
    rg, yb = red - green, (red + green) / 2 - blue
    spread = float(np.hypot(rg.std(dtype=np.float64), yb.std(dtype=np.float64)))
    middle = float(np.hypot(rg.mean(dtype=np.float64), yb.mean(dtype=np.float64)))
    return spread + 0.3 * middle


def black_bars(luma: np.ndarray) -> float:
    """Return the share of a picture under black bars, 0..1; NaN for a picture dark all over.

    Bars come in pairs, above and below or left and right; the thinner of a pair counts twice, so
    that a dark floor is no bar.

    Parameters
    ----------
    luma : np.ndarray [shape=(height, width)]
        0..255.
    """
    if (luma > DARK_LUMA).mean() < LIT_SHARE:
        return float("nan")
    free = 1.0
    for axis in (1, 0):
        black = (luma.mean(axis=axis) < DARK_LUMA) & (luma.std(axis=axis) < BAR_SPREAD_LUMA)
        lines = len(black)
        first = int(np.argmin(black)) if not black.all() else lines
        last = int(np.argmin(black[::-1])) if not black.all() else lines
        bar = min(first, last) / lines
        if bar >= SMALLEST_BAR:
            free *= max(0.0, 1 - 2 * bar)
    return 1 - free


def _centre_share(detail: np.ndarray) -> float:
    total = float(detail.sum(dtype=np.float64))
    if total <= 0:
        return float("nan")
    height, width = detail.shape
    centre = detail[height // 4 : height - height // 4, width // 4 : width - width // 4]
    return float(centre.sum(dtype=np.float64)) / total


def _histogram(hsv: np.ndarray) -> np.ndarray:
    import cv2

    height, width = hsv.shape[:2]
    middle_y, middle_x = max(1, height // 2), max(1, width // 2)
    shares = []
    for rows in (slice(0, middle_y), slice(min(middle_y, height - 1), height)):
        for columns in (slice(0, middle_x), slice(min(middle_x, width - 1), width)):
            quarter = np.ascontiguousarray(hsv[rows, columns])
            counts = cv2.calcHist(
                [quarter], [0, 1, 2], None, list(HISTOGRAM_BINS), [0, 180, 0, 256, 0, 256]
            ).ravel()
            shares.append(counts / counts.sum())
    return np.stack(shares).astype(np.float32)


def look_at(picture: np.ndarray) -> Picture:
    """Measure one picture.

    Parameters
    ----------
    picture : np.ndarray [shape=(height, width, 3)], uint8
        RGB, at least one pixel.
    """
    import cv2

    working = scaled(picture, WORKING_SIDE)
    luma = cv2.cvtColor(working, cv2.COLOR_RGB2GRAY)
    hsv = cv2.cvtColor(working, cv2.COLOR_RGB2HSV)
    mean, spread = (float(value[0, 0]) for value in cv2.meanStdDev(luma))
    # Replicated edges: a mirrored border would call the edge of a flat gradient a detail.
    edges = cv2.Laplacian(luma, cv2.CV_32F, borderType=cv2.BORDER_REPLICATE)
    statistics = {
        "brightness": mean / 2.55,
        "contrast": spread / 2.55,
        "saturation": float(hsv[..., 1].mean()) / 2.55,
        "colourfulness": colourfulness(working),
        "sharpness": float(np.log10(1 + edges.var(dtype=np.float64))),
        "centre_detail_share": _centre_share(np.abs(edges)),
        "bars_share": black_bars(luma),
    }
    return Picture(
        statistics=np.array([statistics[name] for name in STATISTICS]),
        glance=scaled(luma, GLANCE_SIDE).astype(np.float32) / np.float32(2.55),
        histogram=_histogram(hsv),
    )


def colour_distance(one: Picture, other: Picture) -> float:
    """Return how far the colours of two pictures are apart, 0 (the same) to 1 (none in common).

    The Hellinger distance of the histograms, averaged over the quarters of the picture.
    """
    common = np.sqrt(one.histogram * other.histogram).sum(axis=1, dtype=np.float64)
    return float(np.sqrt(np.clip(1 - common, 0, 1)).mean())


def change(one: Picture, other: Picture) -> float:
    """Return the mean absolute difference of two pictures of one size, in % of full range."""
    return float(np.abs(one.glance - other.glance).mean(dtype=np.float64))
