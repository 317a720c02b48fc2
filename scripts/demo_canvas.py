"""A small canvas for the demo clips: shapes and type in clip coordinates, drawn twice as large.

Everything is drawn at `OVERSAMPLING` times the clip's size and averaged down, which is what smooths
the edges. The typeface is Montserrat (SIL Open Font License), which comes with gradio.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 576, 1024
"""Pixels of a clip: vertical, 9 to 16, the size that platforms make of an upload."""
OVERSAMPLING = 2
Colour = tuple[int, int, int]
Point = tuple[float, float]


def colour(code: str) -> Colour:
    """Return `#rrggbb` as three numbers from 0 to 255."""
    return tuple(int(code[start : start + 2], 16) for start in (1, 3, 5))  # type: ignore[return-value]


def eased(progress: float) -> float:
    """Return 0..1 with a soft start and end; what lies outside is held at 0 and 1."""
    held = min(max(progress, 0.0), 1.0)
    return held * held * (3.0 - 2.0 * held)


@cache
def typeface(size: int) -> ImageFont.FreeTypeFont:
    """Return Montserrat Bold at a size in clip pixels."""
    gradio = find_spec("gradio")
    if gradio is None or gradio.origin is None:
        raise SystemExit("The demo clips need gradio's typefaces; run `make install` first.")
    fonts = Path(gradio.origin).parent / "templates/frontend/static/fonts"
    return ImageFont.truetype(
        str(fonts / "Montserrat" / "Montserrat-Bold.woff2"), size * OVERSAMPLING
    )


@cache
def _gradient(top: Colour, bottom: Colour) -> Image.Image:
    share = np.linspace(0.0, 1.0, HEIGHT * OVERSAMPLING)[:, None, None]
    column = np.array(top) * (1 - share) + np.array(bottom) * share
    rows = np.repeat(column, WIDTH * OVERSAMPLING, axis=1)
    return Image.fromarray(np.round(rows).astype(np.uint8))


class Canvas:
    """One picture being drawn; coordinates are clip pixels from the top left."""

    def __init__(self, top: str, bottom: str) -> None:
        self.image = _gradient(colour(top), colour(bottom)).copy()
        self.draw = ImageDraw.Draw(self.image, "RGBA")
        self._scale = float(OVERSAMPLING)
        self._fixed: Point = (0.0, 0.0)

    @contextmanager
    def magnified(self, times: float, x: float, y: float) -> Iterator[None]:
        """Draw shapes that much larger about the point (x, y) while the block lasts."""
        self._scale = OVERSAMPLING * times
        self._fixed = (x * (1 - times) * OVERSAMPLING, y * (1 - times) * OVERSAMPLING)
        yield
        self._scale, self._fixed = float(OVERSAMPLING), (0.0, 0.0)

    def _at(self, *points: Point) -> list[float]:
        return [
            coordinate
            for x, y in points
            for coordinate in (
                x * self._scale + self._fixed[0],
                y * self._scale + self._fixed[1],
            )
        ]

    def _filled(self, fill: str, opacity: float) -> tuple[int, int, int, int]:
        return (*colour(fill), round(255 * min(max(opacity, 0.0), 1.0)))

    def circle(self, x: float, y: float, radius: float, fill: str, opacity: float = 1.0) -> None:
        """Draw a filled disc."""
        self.ellipse(x, y, radius, radius, fill, opacity)

    def ellipse(
        self, x: float, y: float, across: float, down: float, fill: str, opacity: float = 1.0
    ) -> None:
        """Draw a filled ellipse with half axes `across` and `down`."""
        box = self._at((x - across, y - down), (x + across, y + down))
        self.draw.ellipse(box, fill=self._filled(fill, opacity))

    def ring(self, x: float, y: float, radius: float, width: float, fill: str) -> None:
        """Draw a circle's outline."""
        box = self._at((x - radius, y - radius), (x + radius, y + radius))
        self.draw.ellipse(box, outline=self._filled(fill, 1.0), width=round(width * self._scale))

    def box(
        self,
        corners: tuple[float, float, float, float],
        fill: str,
        *,
        radius: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        """Draw a filled box with round corners: left, top, right, bottom."""
        scaled = self._at(corners[:2], corners[2:])
        if scaled[2] > scaled[0] and scaled[3] > scaled[1]:
            self.draw.rounded_rectangle(
                scaled, radius * self._scale, fill=self._filled(fill, opacity)
            )

    def polygon(self, points: Sequence[Point], fill: str, opacity: float = 1.0) -> None:
        """Draw a filled polygon."""
        self.draw.polygon(self._at(*points), fill=self._filled(fill, opacity))

    def line(self, points: Sequence[Point], width: float, fill: str, opacity: float = 1.0) -> None:
        """Draw a line through points."""
        self.draw.line(
            self._at(*points),
            fill=self._filled(fill, opacity),
            width=round(width * self._scale),
            joint="curve",
        )

    def text(
        self,
        words: str,
        x: float,
        y: float,
        size: int,
        fill: str,
        *,
        anchor: str = "mm",
        opacity: float = 1.0,
    ) -> None:
        """Write one line of text; `anchor` as in PIL, "mm" is centred."""
        if opacity <= 0:
            return
        # Type is the one thing that PIL draws opaque whatever the colour's opacity, so it goes
        # through a mask.
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).text(
            (x * OVERSAMPLING, y * OVERSAMPLING),
            words,
            font=typeface(size),
            fill=round(255 * min(opacity, 1.0)),
            anchor=anchor,
        )
        self.image.paste(colour(fill), mask=mask)

    def paragraph(
        self,
        words: str,
        x: float,
        y: float,
        size: int,
        fill: str,
        *,
        width: float,
        anchor: str = "mm",
        opacity: float = 1.0,
    ) -> None:
        """Write lines of at most `width`, the block centred on `y`."""
        lines = wrapped(words, size, width)
        top = y - (len(lines) - 1) * size * 0.62
        for number, line in enumerate(lines):
            self.text(
                line, x, top + number * size * 1.24, size, fill, anchor=anchor, opacity=opacity
            )

    def pixels(self, zoom: float = 1.0) -> np.ndarray:
        """Return the picture as RGB uint8 `[HEIGHT, WIDTH, 3]`, magnified about its centre."""
        image = self.image
        if zoom > 1.0:
            inset_x = image.width * (1 - 1 / zoom) / 2
            inset_y = image.height * (1 - 1 / zoom) / 2
            kept = (inset_x, inset_y, image.width - inset_x, image.height - inset_y)
            image = image.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, box=kept)
        else:
            image = image.reduce(OVERSAMPLING)
        return np.asarray(image)


def text_width(words: str, size: int) -> float:
    """Return how wide a line of text is, in clip pixels."""
    return typeface(size).getlength(words) / OVERSAMPLING


def wrapped(words: str, size: int, width: float) -> list[str]:
    """Break text into lines no wider than `width` clip pixels."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
