"""On-screen text: what is written in the picture, where and when.

A creator would call it the text: titles, captions, labels. Pictures that differ are looked at,
about one a second; only lines that were not there before are read. When a line is there is then
followed through all pictures by its letters, which stay lighter or darker than what is around them
whatever moves behind. Shares are 0..1 of the picture or the time; places count from the top left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from viral.errors import WeightsError
from viral.media.clip import HOOK_S, Clip
from viral.messages import Message
from viral.modalities.features import Features, Spans, without_anything
from viral.modalities.lettering import Lettering, contrast_of, lettering_of
from viral.modalities.networks import sentences
from viral.modalities.onscreen_features import FEATURES
from viral.modalities.spans import cells_around, inside, kept_spans, length_s, opening, overlap_s
from viral.settings import settings

LOOKED_APART_S = 0.9
"""Pictures that are looked at lie at least this far apart."""
MOST_LOOKED = 10
"""Pictures that are looked at in a clip, spread evenly."""
MOST_READ = 10
"""Lines that are read in a clip, the largest of each picture first; further ones are counted as
text on screen whose words are not known."""
SAME_PICTURE = 16
"""Largest difference of brightness, of 255, below which a picture is the one looked at before."""
SAME_PLACE = 0.5
"""Intersection over union of two boxes of one line."""
TALLEST = 0.3
"""Of the picture: what is taller is no line, but a shape that looks like a letter."""
WIDEST_LONE = 2.0
"""Width over height up to which a box with one sign, or none that can be read, is a shape."""
SURELY_TEXT = 0.65
"""Score of a box from which it is text although it could not be read."""
GLANCE_PX = 96

OFF = Message("onscreen_text.off")
NO_PICTURES = Message("onscreen_text.no_pictures")
UNREAD = Message("onscreen_text.unread")


@dataclass(frozen=True)
class ScreenLine:
    """A line of text on screen."""

    text: str
    """Empty where it could not be read."""
    left: float
    top: float
    width: float
    height: float
    """Of its box, as shares of the picture."""
    start_s: float
    end_s: float
    """When it is there; between two pictures that were decoded, half way."""
    confidence: float
    """0..1, of the reading."""
    contrast: float
    """1..21."""

    @property
    def words(self) -> int:
        """Words of it; two signs of a script without spaces count as one."""
        spaceless = sum(1 for letter in self.text if "\u3040" <= letter <= "\u9fff")
        spaced = "".join(" " if "\u3040" <= letter <= "\u9fff" else letter for letter in self.text)
        return len(spaced.split()) + math.ceil(spaceless / 2)


@dataclass(frozen=True)
class TextMeasurements:
    """What was read in the pictures of a clip, with times."""

    duration_s: float
    times_s: np.ndarray
    """Of all decoded pictures, float64 `[pictures]`."""
    lines: tuple[ScreenLine, ...] = ()
    """By start, then from the top."""
    present: np.ndarray | None = None
    """bool `[lines, pictures]`, or None without lines."""
    reason: str | None = None
    """Why nothing was looked at, or None."""
    warning: str | None = None
    """What could not be read, or None."""


@dataclass
class _Followed:
    """A line while it is followed through the clip."""

    box: np.ndarray
    """left, top, right, bottom in pixels."""
    lettering: Lettering
    place: int
    """The picture in which it was found."""
    text: str = ""
    confidence: float = 0.0
    again: list[_Followed] = field(default_factory=list)
    """The same words found again at the same place, where the letters were lost in between."""


def measure(clip: Clip) -> TextMeasurements:
    """Find and read the text in the pictures of a clip.

    Returns
    -------
    TextMeasurements
        With a reason where there are no pictures or nothing to read with.
    """
    duration_s, times_s = clip.facts.duration_s, clip.frame_times_s
    if not settings().screen_text:
        return TextMeasurements(duration_s, times_s, reason=OFF)
    if not clip.has_video:
        return TextMeasurements(duration_s, times_s, reason=NO_PICTURES)
    try:
        followed = _lines_of(clip)
    except WeightsError as error:
        return TextMeasurements(duration_s, times_s, reason=error.message)
    if not followed:
        return TextMeasurements(duration_s, times_s)
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in clip.frames]
    present = np.stack([_presence(line, greys) for line in followed])
    height, width = clip.frames.shape[1:3]
    edges = np.concatenate([[0.0], (times_s[1:] + times_s[:-1]) / 2, [duration_s]])
    edges[-1] = max(duration_s, float(edges[-2]))
    lines = []
    for line, there in zip(followed, present, strict=True):
        left, top, right, bottom = line.box
        shown = np.flatnonzero(there)
        lines.append(
            ScreenLine(
                text=line.text,
                left=float(left / width),
                top=float(top / height),
                width=float((right - left) / width),
                height=float((bottom - top) / height),
                start_s=float(edges[shown[0]]) if shown[0] else 0.0,
                end_s=float(edges[shown[-1] + 1]),
                confidence=line.confidence,
                contrast=contrast_of(clip.frames[line.place], line.box, line.lettering),
            )
        )
    order = sorted(range(len(lines)), key=lambda each: (lines[each].start_s, lines[each].top))
    return TextMeasurements(
        duration_s=duration_s,
        times_s=times_s,
        lines=tuple(lines[each] for each in order),
        present=present[order],
        warning=UNREAD if any(not line.text for line in lines) else None,
    )


def _places_to_look(times_s: np.ndarray) -> list[int]:
    places = [0]
    for place, time_s in enumerate(times_s):
        if time_s - times_s[places[-1]] >= LOOKED_APART_S:
            places.append(place)
    # The last picture counts too: what is written at the end is often the call to do something.
    spread = np.linspace(0, len(places) - 1, min(len(places), MOST_LOOKED))
    return [places[round(float(each))] for each in spread]


def _lines_of(clip: Clip) -> list[_Followed]:
    from viral.modalities.networks.text_reader import found_boxes, read_line

    known: list[_Followed] = []
    glanced: np.ndarray | None = None
    read = 0
    for place in _places_to_look(clip.frame_times_s):
        frame = clip.frames[place]
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        glance = cv2.resize(grey, (GLANCE_PX, GLANCE_PX), interpolation=cv2.INTER_AREA)
        if glanced is not None and cv2.absdiff(glance, glanced).max() < SAME_PICTURE:
            continue
        glanced = glance
        corners, scores = found_boxes(frame)
        upright = [_upright(each, grey.shape) for each in corners]
        order = sorted(range(len(upright)), key=lambda each: -_area(upright[each]))
        for each in order:
            box = upright[each]
            wide, high = box[2] - box[0], box[3] - box[1]
            if min(wide, high) < 2 or high > TALLEST * grey.shape[0]:
                continue
            if any(
                _overlap(line.box, box) > SAME_PLACE and line.lettering.is_in(grey, line.box)
                for line in known
            ):
                continue
            lettering = lettering_of(grey, box)
            line = _Followed(box=box, lettering=lettering, place=place)
            if read < MOST_READ:
                line.text, line.confidence = read_line(frame, corners[each])
                read += 1
                is_narrow = wide < WIDEST_LONE * high
                is_doubtful = is_narrow or scores[each] < SURELY_TEXT
                if len(line.text) < 2 and is_doubtful:
                    continue
                if _is_known(line, known):
                    continue
            known.append(line)
    return known


def _is_known(line: _Followed, known: list[_Followed]) -> bool:
    """Say whether the same words were read at that place before, and note that they are back."""
    for before in reversed(known):
        if line.text and before.text == line.text and _overlap(before.box, line.box) > SAME_PLACE:
            before.again.append(line)
            return True
    return False


def _upright(corners: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    box = np.concatenate([low, high])
    return np.clip(box, 0, [shape[1], shape[0], shape[1], shape[0]]).astype(int)


def _area(box: np.ndarray) -> float:
    return float(max(box[2] - box[0], 0) * max(box[3] - box[1], 0))


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    shared = _area(np.concatenate([np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])]))
    return shared / max(_area(one) + _area(other) - shared, 1.0)


def _presence(line: _Followed, greys: list[np.ndarray]) -> np.ndarray:
    """Say in which pictures a line is: from where it was found, back and on."""
    present = np.zeros(len(greys), bool)
    present[line.place] = True
    for found in line.again:
        present |= _presence(found, greys)
    for step in (-1, 1):
        place = line.place + step
        while 0 <= place < len(greys) and line.lettering.is_in(greys[place], line.box):
            present[place] = True
            place += step
    return present


@lru_cache(maxsize=64)
def _embedding(text: str) -> np.ndarray:
    vector = sentences.embed([text])[0]
    vector.setflags(write=False)
    return vector


def pool(measurements: TextMeasurements, keep: Spans | None = None) -> Features:
    """Turn what was read into features of what is kept.

    Returns
    -------
    Features
        With the embedding of the words, 512-d, where there are any. A clip without text is not
        missing: its counts are 0. `details` holds `lines`, `text`, `language` and `warning`.
    """
    if measurements.reason is not None:
        return without_anything("onscreen_text", FEATURES, measurements.reason)
    duration_s = measurements.duration_s
    spans = kept_spans(keep, duration_s)
    weights = overlap_s(cells_around(measurements.times_s, duration_s), spans)
    values = {feature.name: 0.0 for feature in FEATURES}
    unknown = ("first_text_s", "line_height", "contrast", "words_per_second", "centre_height")
    values |= dict.fromkeys(unknown, math.nan)
    kept: list[ScreenLine] = []
    if measurements.present is not None:
        stays_s = (measurements.present * weights).sum(axis=1)
        kept = [line for line, s in zip(measurements.lines, stays_s, strict=True) if s > 0]
        values |= _values(measurements, spans, weights) if kept else {}
    text = "\n".join(line.text for line in kept if line.text)
    details: dict[str, Any] = {
        "lines": tuple(kept),
        "text": text,
        "language": _language(text),
        "warning": measurements.warning,
    }
    embedding = None
    if text:
        try:
            embedding = _embedding(text)
        except WeightsError as error:
            details["embedding_reason"] = error.message
    return Features(
        modality="onscreen_text",
        values={feature.name: float(values[feature.name]) for feature in FEATURES},
        embedding=embedding,
        embedding_name=None if embedding is None else sentences.EMBEDDING_NAME,
        details=details,
    )


def _language(text: str) -> str | None:
    from viral.modalities.language import language_of

    return language_of(text) if text else None


def _values(
    measurements: TextMeasurements, spans: np.ndarray, weights: np.ndarray
) -> dict[str, float]:
    lines, present = measurements.lines, np.asarray(measurements.present)
    stays_s = (present * weights).sum(axis=1)
    there = present.any(axis=0) & (weights > 0)
    seconds, text_s = length_s(spans), float(weights[there].sum())
    areas = np.array([line.width * line.height for line in lines])
    words = np.array([line.words for line in lines])
    starts = measurements.times_s[there]
    before = overlap_s((np.array([-math.inf]), starts[:1]), spans)
    first_s = 0.0 if there[np.flatnonzero(weights > 0)[0]] else float(before[0])
    hook = inside(measurements.times_s, opening(spans, HOOK_S), measurements.duration_s)
    shown = stays_s > 0
    word_count = float(words[shown].sum())
    return {
        "first_text_s": first_s,
        "hook_word_count": float(words[(present & hook).any(axis=1)].sum()),
        "word_count": word_count,
        "time_share": min(text_s / seconds, 1.0) if seconds > 0 else math.nan,
        "area_share": float(
            np.average(np.minimum(areas @ present, 1.0)[there], weights=weights[there])
        ),
        "line_height": float(100 * np.average([line.height for line in lines], weights=stays_s)),
        "contrast": float(np.average([line.contrast for line in lines], weights=stays_s)),
        "words_per_second": word_count / text_s if text_s > 0 else math.nan,
        "centre_height": float(
            100 * np.average([line.top + line.height / 2 for line in lines], weights=stays_s)
        ),
    }


def extract(clip: Clip) -> Features:
    """Read the text on screen and return its features."""
    return pool(measure(clip))
