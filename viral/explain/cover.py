"""Which pictures of a clip would make a cover, each with its second and its reasons.

Craft, no forecast: a cover is sharp, shows a face where one was found, has text that can be read,
and nothing of it lies under the app's own things. Pictures that were looked at are weighed (5 a
second in the opening, then about 1); black, flat and burnt-out ones are left out, and of those that
show the same only the best is taken. Whether eyes are open is not known: nothing that ships can
tell.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from viral.explain import craft
from viral.explain.checks import LEAST_CONTRAST, SMALLEST_TEXT
from viral.explain.findings import Looked
from viral.explain.platforms import DEFAULT, PLATFORMS, Platform, platform_of
from viral.messages import Message
from viral.modalities.pictures import STATISTICS
from viral.version import SCHEMA_VERSION

MOST = 5
DARKEST, BRIGHTEST = 6.0, 94.0
"""Mean brightness in %, outside of which a picture is black or burnt out."""
FLATTEST = 3.0
"""Contrast in % below which a picture is of one colour."""
DIM, GLARING = 20.0, 85.0
"""Mean brightness in % of a picture that is dark or bright, and still one can be seen."""
SAME_LOOK = 0.05
"""Mean difference of colour, 0..1 of its range, of two pictures that show the same."""
OTHER_LOOK = 0.15
"""The same difference from which two pictures show something else altogether."""
NEWS = 0.6
"""What it counts for that a picture shows something else than those taken before."""
APART_S = 0.5
GRID = 12
"""Cells a side in which two pictures are compared."""
CLEARLY_SHARPER = 0.6
"""Difference of sharpness, log10 of the Laplacian's variance, that the eye sees: a factor of 4."""
SHARP_SHARE = 2 / 3
"""A picture sharper than this share of the others is said to be sharp."""
SOFT_SHARE = 1 / 3
FACE, FACE_COVERED = 0.8, -0.4
TEXT, TEXT_POOR = 0.3, -0.4
LIGHT = -0.3
"""What a face, text and poor light count for, beside sharpness from 0 to 1 of what the clip has."""
MOST_LINES = 2
"""Lines of a picture that count, the tallest ones."""
JPEG_QUALITY = 92

_Weighed = tuple[float, int, list[Message]]
"""What a picture counts for, its place, and its reasons."""


@dataclass(frozen=True)
class Cover:
    """A picture that would make a cover."""

    second_s: float
    """Where it is in the clip."""
    place: int
    """Which of the pictures that were looked at."""
    reasons: tuple[Message, ...]
    """What speaks for it, and against it."""

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types; sentences in English."""
        return {"second_s": self.second_s, "reasons": [str(reason) for reason in self.reasons]}


@dataclass(frozen=True)
class Covers:
    """The pictures that would make the best covers for a platform, best first."""

    platform: str
    covers: tuple[Cover, ...]
    notes: tuple[Message, ...] = ()
    """What holds of all of them."""

    def to_dict(self) -> dict[str, Any]:
        """Return them in plain types; sentences in English."""
        return {
            "schema_version": SCHEMA_VERSION,
            "platform": self.platform,
            "size_px": list(PLATFORMS[self.platform].cover_px),
            "covers": [cover.to_dict() for cover in self.covers],
            "notes": [str(note) for note in self.notes],
        }


def covers_of(seen: Looked, platform: str = DEFAULT) -> Covers:
    """Return the best covers of a clip that was looked at: at most `MOST`, no two alike.

    Raises
    ------
    DetailsError
        The platform is not known.
    """
    chosen = platform_of(platform)
    visual = seen.measurements.get("visual")
    pictures = np.asarray(seen.thumbnails)
    times_s = np.asarray(seen.thumbnail_times_s, dtype=np.float64)
    statistics = np.asarray(getattr(visual, "statistics", ()))
    if not len(pictures) or len(statistics) != len(pictures):
        return Covers(chosen.name, (), (Message("cover.no_pictures"),))
    brightness, contrast, sharpness = (
        statistics[:, STATISTICS.index(name)] for name in ("brightness", "contrast", "sharpness")
    )
    usable = (brightness > DARKEST) & (brightness < BRIGHTEST) & (contrast > FLATTEST)
    usable &= np.isfinite(sharpness)
    places = [int(place) for place in np.flatnonzero(usable)]
    if not places:
        return Covers(chosen.name, (), (Message("cover.none"),))
    sharp = _spread(sharpness[places])
    ranks = [float((sharpness[places] < value).mean()) for value in sharpness[places]]
    weighed: list[_Weighed] = []
    for place, share, rank in zip(places, sharp.tolist(), ranks, strict=True):
        score, reasons = _weighed(seen, place, chosen)
        if brightness[place] < DIM or brightness[place] > GLARING:
            score += LIGHT
            reasons.append(Message("cover.dark" if brightness[place] < DIM else "cover.bright"))
        if rank >= SHARP_SHARE:
            reasons.insert(0, Message("cover.sharp", percent=100 * rank))
        elif rank < SOFT_SHARE and share < SHARP_SHARE:
            reasons.append(Message("cover.soft"))
        weighed.append((share + score, place, reasons))
    taken = [
        Cover(float(times_s[place]), place, tuple(reasons) or (Message("cover.plain"),))
        for _, place, reasons in _unlike(weighed, _looks(pictures), times_s)
    ]
    return Covers(chosen.name, tuple(taken), _notes(seen, chosen, len(taken)))


def _spread(values: np.ndarray) -> np.ndarray:
    """Return values from 1 for the most of a clip down to 0 for the least, if that is far less."""
    high = float(values.max())
    return 1.0 - (high - values) / max(high - float(values.min()), CLEARLY_SHARPER)


def _weighed(seen: Looked, place: int, platform: Platform) -> tuple[float, list[Message]]:
    """Return what faces and text in a picture count for, and the words for it."""
    facts = seen.facts
    aspect = facts.width / facts.height if facts.height else 1.0

    def is_covered(box: craft.Box) -> bool:
        return craft.covered(box, platform.safe_zone, aspect) > craft.COVERED

    score, reasons = 0.0, []
    faces = faces_at(seen, place)
    if faces:
        covered = is_covered(faces[0])
        score += FACE_COVERED if covered else FACE
        reasons.append(Message("cover.face_covered" if covered else "cover.face"))
    for line in lines_at(seen, place)[:MOST_LINES]:
        if is_covered(line):
            score += TEXT_POOR
            reasons.append(Message("cover.text_covered", text=line.text))
        elif 100 * line.height < SMALLEST_TEXT or line.contrast < LEAST_CONTRAST:
            score += TEXT_POOR
            reasons.append(Message("cover.text_poor", text=line.text))
        else:
            score += TEXT
            reasons.append(Message("cover.text", text=line.text))
    return score, reasons


def faces_at(seen: Looked, place: int) -> Sequence[craft.Box]:
    """Return the faces of a picture, if it was searched for them."""
    visual = seen.measurements.get("visual")
    times_s = np.asarray(getattr(visual, "face_times_s", ()))
    found: Sequence[Sequence[craft.Box]] = getattr(visual, "faces", ())
    here = np.flatnonzero(np.abs(times_s - seen.thumbnail_times_s[place]) < 1e-6)
    return found[int(here[0])] if len(here) and int(here[0]) < len(found) else ()


def lines_at(seen: Looked, place: int) -> list[Any]:
    """Return the lines that were read in a picture, the tallest first."""
    found = seen.measurements.get("onscreen_text")
    time_s = float(seen.thumbnail_times_s[place])
    lines = [
        line
        for line in getattr(found, "lines", ())
        if line.text and line.start_s <= time_s < line.end_s
    ]
    return sorted(lines, key=lambda line: -line.height)


def _looks(pictures: np.ndarray) -> np.ndarray:
    """Return each picture on a coarse grid, float32 `[n, GRID, GRID, 3]`, 0..1."""
    rows, columns = (
        np.linspace(0, side, GRID + 1).astype(int)[:-1] for side in pictures.shape[1:3]
    )
    # Sums of blocks: pictures may be of any size.
    summed = np.add.reduceat(pictures.astype(np.float32), rows, axis=1)
    summed = np.add.reduceat(summed, columns, axis=2)
    ones = np.ones(pictures.shape[1:3], np.float32)
    counts = np.add.reduceat(np.add.reduceat(ones, rows, axis=0), columns, axis=1)
    return np.asarray(summed / counts[None, :, :, None] / np.float32(255), np.float32)


def _unlike(weighed: list[_Weighed], looks: np.ndarray, times_s: np.ndarray) -> list[_Weighed]:
    """Return the best, then again and again the best that shows something else than those."""
    left = sorted(weighed, key=lambda each: (-each[0], each[1]))
    taken: list[_Weighed] = []
    while left and len(taken) < MOST:
        seen = [place for _, place, _ in taken]
        nearest = {
            place: min((float(np.abs(looks[place] - looks[one]).mean()) for one in seen), default=1)
            for _, place, _ in left
        }
        left = [
            each
            for each in left
            if nearest[each[1]] >= SAME_LOOK
            and all(abs(times_s[each[1]] - times_s[one]) >= APART_S for one in seen)
        ]
        if left:
            news = {place: min(nearest[place] / OTHER_LOOK, 1.0) for _, place, _ in left}
            best = max(left, key=lambda each: (each[0] + NEWS * news[each[1]], -each[1]))
            taken.append(best)
            left.remove(best)
    return taken


def _notes(seen: Looked, platform: Platform, count: int) -> tuple[Message, ...]:
    notes = []
    if count < MOST:
        notes.append(Message("cover.few", count=count))
    if not platform.takes_covers:
        notes.append(Message("cover.choose", platform=platform.title))
    width, height = platform.cover_px
    facts = seen.facts
    if facts.width and max(facts.width / width, facts.height / height) < 1.0:
        notes.append(
            Message(
                "cover.enlarged", width=facts.width, height=facts.height, wide=width, tall=height
            )
        )
    if seen.measurements.get("onscreen_text") is None or getattr(
        seen.measurements["onscreen_text"], "reason", None
    ):
        notes.append(Message("cover.text_off"))
    return tuple(notes)


def jpegs(clip: str | Path, found: Covers) -> list[bytes]:
    """Return covers as JPEG at the platform's size, out of the clip itself.

    A clip of another shape is shown whole, over black, as the app shows it.

    Raises
    ------
    MediaError
        The clip cannot be read.
    """
    from PIL import Image, ImageOps

    from viral.media.reader import read_stills

    if not found.covers:
        return []
    size = PLATFORMS[found.platform].cover_px
    made = []
    for still in read_stills(clip, [cover.second_s for cover in found.covers], min(size)):
        picture = ImageOps.pad(Image.fromarray(still), size, Image.Resampling.LANCZOS, "black")
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
        made.append(buffer.getvalue())
    return made


def file_name(number: int, cover: Cover) -> str:
    """Return what a cover's file is called: `cover-1-at-3.2s.jpg`."""
    return f"cover-{number}-at-{cover.second_s:.1f}s.jpg"


def cover(
    clip: str | Path,
    platform: str = DEFAULT,
    folder: str | Path | None = None,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> Covers:
    """Find the best covers of a clip, and write them as JPEG where a folder is given.

    Parameters
    ----------
    clip
        The file.
    platform
        `tiktok`, `reels` or `shorts`.
    folder
        Where to write `file_name` of each; it is made if it is not there. None writes nothing.
    on_stage
        Told what is being done.

    Raises
    ------
    ViralError
        The clip cannot be read, the platform is not known, or the folder cannot be written to.
    """
    from viral.errors import TableError
    from viral.pipeline import seen
    from viral.posts.writing import whole_or_nothing

    platform_of(platform)
    found = covers_of(seen(clip, on_stage), platform)
    if folder is None:
        return found
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise TableError(Message("output.cannot_write", path=str(place), why=why)) from None
    for number, (each, data) in enumerate(
        zip(found.covers, jpegs(clip, found), strict=True), start=1
    ):
        with whole_or_nothing(place / file_name(number, each)) as path:
            path.write_bytes(data)
    return found
