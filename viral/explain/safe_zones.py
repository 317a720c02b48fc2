"""What an app lays over a clip, and which text and faces lie below it, for one picture.

Places are shares of a phone's screen of 9:16, from the top left; a clip of another shape is shown
whole in the middle of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from viral.explain import craft
from viral.explain.cover import faces_at, lines_at
from viral.explain.findings import Looked
from viral.explain.platforms import Platform


@dataclass(frozen=True)
class Mark:
    """Text or a face on the screen of a phone."""

    kind: Literal["text", "face"]
    left: float
    top: float
    width: float
    height: float
    covered: bool
    """Whether it counts as lying under the app's own things."""


@dataclass(frozen=True)
class Framed:
    """A picture on the screen of a phone."""

    second_s: float
    place: int
    """Which of the pictures that were looked at."""
    height: float
    """Share of the screen's height that the picture takes."""
    marks: tuple[Mark, ...]


def framed(seen: Looked, platform: Platform) -> Framed | None:
    """Return the picture with most text and faces under the app's own things.

    Without any such, the one with most of them anywhere; without these, one from the middle. None
    without pictures.
    """
    facts, count = seen.facts, len(seen.thumbnails)
    if not count:
        return None
    scale = craft.shown_scale(facts.width / facts.height if facts.height else 1.0)
    marks = [_marks(seen, place, platform, scale) for place in range(count)]
    middle = count // 2
    place = max(
        range(count),
        key=lambda each: (
            sum(mark.covered for mark in marks[each]),
            len(marks[each]),
            -abs(each - middle),
        ),
    )
    return Framed(float(np.asarray(seen.thumbnail_times_s)[place]), place, scale, marks[place])


def _marks(seen: Looked, place: int, platform: Platform, scale: float) -> tuple[Mark, ...]:
    facts = seen.facts
    aspect = facts.width / facts.height if facts.height else 1.0
    boxes: list[tuple[Literal["text", "face"], craft.Box]] = [
        *(("text", line) for line in lines_at(seen, place)),
        *(("face", face) for face in faces_at(seen, place)),
    ]
    return tuple(
        Mark(
            kind=kind,
            left=box.left,
            top=(1.0 - scale) / 2 + box.top * scale,
            width=box.width,
            height=box.height * scale,
            covered=craft.covered(box, platform.safe_zone, aspect) > craft.COVERED,
        )
        for kind, box in boxes
    )
