"""Where a picture shows faces, as far as OpenCV's frontal cascade sees them.

The cascade is weak and this module says so in numbers. On 74 pictures of 37 real short clips,
judged by eye, these settings gave 26 boxes, all of them faces, and found a face in 23 of the 48
pictures that show one large enough to matter. On 59 pictures of 20 other clips, looked at only
after the settings were chosen, 18 boxes were all faces, in 18 of 46 pictures: more than half are
missed, most of all faces that are tilted, turned, half covered or dark. So a face seen is there,
and no face seen says little. The profile cascade found two more faces for four times the time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from viral.errors import WeightsError
from viral.modalities.networks.pretrained import find

CASCADE = "face_cascade"
"""Lienhart's tree-based frontal cascade, `haarcascade_frontalface_alt2.xml` of OpenCV, as
`viral.modalities.networks.pretrained` names it; the most precise of its four here."""
LONG_SIDE = 256
"""Pictures are brought to this before the search; at 320 no more was found, at twice the time."""
SCALE_STEP = 1.15
NEIGHBOURS = 2
"""Overlapping hits that make a face."""
SMALLEST_SHARE = 0.1
"""Of the short side; smaller faces are not looked for."""
SMALLEST_PX = 20
"""What the cascade was trained on."""

_lock = threading.Lock()
"""A cascade keeps its pyramid between calls, so it serves one thread at a time."""


@dataclass(frozen=True)
class Face:
    """One face, in shares of the picture."""

    area_share: float
    """0..1 of the picture's area, brow to chin."""
    centre_x: float
    """0 left to 1 right."""
    centre_y: float
    """0 top to 1 bottom."""
    width: float = 0.0
    """0..1 of the picture's."""
    height: float = 0.0
    """0..1 of the picture's."""

    @property
    def left(self) -> float:
        """Return where it begins, 0..1 of the width."""
        return self.centre_x - self.width / 2

    @property
    def top(self) -> float:
        """Return where it begins, 0..1 of the height."""
        return self.centre_y - self.height / 2

    @property
    def offset(self) -> float:
        """Distance from the centre of the picture: 0 in the middle, 1 in a corner."""
        return float(np.hypot(self.centre_x - 0.5, self.centre_y - 0.5) / np.hypot(0.5, 0.5))


@cache
def _cascade() -> Any:
    import cv2

    return cv2.CascadeClassifier(str(find(CASCADE)))


def load() -> None:
    """Load the cascade ahead of the first picture.

    Raises
    ------
    WeightsError
        It is not the one that was published with OpenCV.
    """
    with _lock:
        _cascade()


def faces_in(picture: np.ndarray) -> tuple[Face, ...]:
    """Return the faces of a picture, largest first.

    Parameters
    ----------
    picture : np.ndarray [shape=(height, width, 3)], uint8
        RGB.

    Raises
    ------
    WeightsError
        The cascade is not the one that was published with OpenCV.
    """
    import cv2

    luma = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    height, width = luma.shape
    factor = LONG_SIDE / max(height, width)
    if factor < 1:
        height, width = max(1, round(height * factor)), max(1, round(width * factor))
        luma = cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA)
    smallest = max(SMALLEST_PX, int(SMALLEST_SHARE * min(height, width)))
    if min(height, width) < smallest:
        return ()
    with _lock:
        boxes = _cascade().detectMultiScale(
            luma, scaleFactor=SCALE_STEP, minNeighbors=NEIGHBOURS, minSize=(smallest, smallest)
        )
    faces = [
        Face(
            area_share=float(w * h) / (width * height),
            centre_x=float(x + w / 2) / width,
            centre_y=float(y + h / 2) / height,
            width=float(w) / width,
            height=float(h) / height,
        )
        for x, y, w, h in boxes
    ]
    return tuple(sorted(faces, key=lambda face: -face.area_share))


def faces_of(pictures: Iterable[np.ndarray]) -> list[tuple[Face, ...]]:
    """Return the faces of each picture, or an empty list where faces cannot be looked for.

    They cannot with a cascade that is not the published one: it is then never opened.
    """
    try:
        return [faces_in(picture) for picture in pictures]
    except WeightsError:
        return []
