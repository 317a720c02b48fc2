"""Visual: what the pictures look like, how they change, and what they show.

A creator would call it light, colour, movement, cuts, faces and framing. Every feature but the
shape of the picture is measured twice: for the whole clip, and (`..._hook`) for its first 3 s.

Conventions: each picture stands for the time that is nearer to it than to another, so means are
over time and not over pictures, which are taken more often in the opening. What happens between
two pictures (movement, a cut) belongs to the time between them. `%` is 0..100, `_share` 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from viral.errors import WeightsError
from viral.media.clip import HOOK_S, Clip
from viral.messages import Message
from viral.modalities import pictures
from viral.modalities.features import Features, Spans, without_anything
from viral.modalities.networks import faces, imagenet
from viral.modalities.spans import (
    cells_around,
    inside,
    kept_spans,
    length_s,
    opening,
    overlap_s,
    weighted_mean,
)
from viral.modalities.visual_features import FEATURES
from viral.threads import limit_threads

MOTION_GAP_S = 1.0
"""Movement compares pictures this far apart. The opening has closer ones and the rest has not, so
a shorter gap would measure the two with different rulers."""
SHORTEST_GAP_S = 0.5
"""A pair closer than this moved too little to stand for a second."""
CUT_DISTANCE = 0.33
"""Of `pictures.colour_distance`. Chosen on 37 real clips where comparing every frame finds a cut in
98 of 880 pairs of sampled pictures: 92 % of those are found, 75 % of the finds are true."""
CUT_CHANGE = 3.0
"""Of `pictures.change`, in %: a plain ground that crosses the edge of a bin is no cut."""
RECOGNISED_GAP_S = 0.9
"""Pictures are recognised and searched for faces about once a second."""
MAX_RECOGNISED, MAX_SEARCHED = 32, 20
"""Longer clips are spread over this many pictures, which bounds the time."""
NAMED_CLASSES = 5
NAMED_PROBABILITY = 0.05
"""Mean over time; below it a class name is a guess among a thousand."""
ONE_PICTURE_S = 0.04
"""How long a picture stands that comes without a length."""

NO_VIDEO = Message("visual.no_pictures")
NOTHING_KEPT = Message("visual.nothing_kept")


@dataclass(frozen=True)
class Measurements:
    """What was seen, with times in seconds."""

    duration_s: float
    width: int
    """Displayed pixels; 0 without video."""
    height: int
    times_s: np.ndarray
    """Of the pictures, float64 `[n]`; empty without video."""
    statistics: np.ndarray
    """float64 `[n, len(pictures.STATISTICS)]`."""
    motion: np.ndarray
    """Change between picture i and one a second later, in %, float64 `[n - 1]`."""
    cut_times_s: np.ndarray
    """First picture after each cut, float64 `[cuts]`."""
    face_times_s: np.ndarray
    """Of the pictures searched for faces, float64 `[searched]`."""
    face_counts: np.ndarray
    """float64 `[searched]`."""
    face_areas: np.ndarray
    """Share of the picture under the largest face, float64 `[searched]`, NaN without a face."""
    face_offsets: np.ndarray
    """Its distance from the centre, 0..1, float64 `[searched]`, NaN without a face."""
    recognised_times_s: np.ndarray
    """Of the recognised pictures, float64 `[recognised]`; empty without the network."""
    embeddings: np.ndarray
    """float32 `[recognised, 1280]`."""
    probabilities: np.ndarray
    """Of the classes, float32 `[recognised, 1000]`."""
    embedding_reason: str | None
    """Why nothing was recognised, or None."""
    faces: tuple[tuple[faces.Face, ...], ...] = ()
    """Of each picture that was searched, largest first."""


def chosen(times_s: np.ndarray, gap_s: float, most: int) -> np.ndarray:
    """Return which pictures to look at more closely: about one every `gap_s`, `most` at most.

    Returns
    -------
    np.ndarray [shape=(k,)], int
        Increasing places in `times_s`, the first one among them.
    """
    places: list[int] = []
    for place, time_s in enumerate(times_s):
        if not places or time_s - times_s[places[-1]] >= gap_s:
            places.append(place)
    if len(places) > most:
        places = [places[i] for i in np.linspace(0, len(places) - 1, most).round().astype(int)]
    return np.array(places, dtype=np.intp)


def _motion(seen: list[pictures.Picture], times_s: np.ndarray) -> np.ndarray:
    count = len(seen)
    values = np.full(max(count - 1, 0), np.nan)
    for i in range(count - 1):
        partner = max(i + 1, int(np.argmin(np.abs(times_s - (times_s[i] + MOTION_GAP_S)))))
        if times_s[partner] - times_s[i] >= SHORTEST_GAP_S:
            values[i] = pictures.change(seen[i], seen[partner])
    measured = np.flatnonzero(np.isfinite(values))
    if len(measured):
        # The last pictures have none a second later: what came before them goes on.
        values[measured[-1] + 1 :] = values[measured[-1]]
    elif count > 1:
        values[:] = pictures.change(seen[0], seen[-1])
    return values


def _cut_times(seen: list[pictures.Picture], times_s: np.ndarray) -> np.ndarray:
    cuts = [
        times_s[i + 1]
        for i, (one, other) in enumerate(pairwise(seen))
        if pictures.change(one, other) > CUT_CHANGE
        and pictures.colour_distance(one, other) > CUT_DISTANCE
    ]
    return np.array(cuts, dtype=np.float64)


def measure(clip: Clip) -> Measurements:
    """Look at a clip's pictures.

    Parameters
    ----------
    clip : Clip
        May be without pictures.
    """
    times_s = np.asarray(clip.frame_times_s, dtype=np.float64)
    duration_s = clip.facts.duration_s
    if not duration_s > 0:
        duration_s = (float(times_s[-1]) if len(times_s) else 0.0) + ONE_PICTURE_S
    seen: list[pictures.Picture] = []
    found: list[tuple[faces.Face, ...]] = []
    searched = chosen(times_s, RECOGNISED_GAP_S, MAX_SEARCHED)
    recognised = chosen(times_s, RECOGNISED_GAP_S, MAX_RECOGNISED)
    embeddings = np.empty((0, imagenet.DIMENSIONS), np.float32)
    probabilities = np.empty((0, len(imagenet.class_names())), np.float32)
    reason = None
    if clip.has_video:
        import cv2  # noqa: F401  (loaded before its threads are limited)

        limit_threads()
        seen = [pictures.look_at(picture) for picture in clip.frames]
        found = faces.faces_of(clip.frames[place] for place in searched)
        searched = searched[: len(found)]
        try:
            shown = [clip.frames[place] for place in recognised]
            embeddings, probabilities = imagenet.recognised(shown)
        except WeightsError as error:
            reason = error.message
            recognised = recognised[:0]
    return Measurements(
        duration_s=duration_s,
        width=clip.facts.width,
        height=clip.facts.height,
        times_s=times_s,
        statistics=np.array([picture.statistics for picture in seen]).reshape(
            -1, len(pictures.STATISTICS)
        ),
        motion=_motion(seen, times_s),
        cut_times_s=_cut_times(seen, times_s),
        face_times_s=times_s[searched],
        face_counts=np.array([len(faces_) for faces_ in found], dtype=np.float64),
        face_areas=np.array([f[0].area_share if f else np.nan for f in found], dtype=np.float64),
        face_offsets=np.array([f[0].offset if f else np.nan for f in found], dtype=np.float64),
        recognised_times_s=times_s[recognised],
        embeddings=embeddings,
        probabilities=probabilities,
        embedding_reason=reason,
        faces=tuple(found),
    )


def _pooled(seen: Measurements, spans: np.ndarray) -> dict[str, float]:
    seconds = length_s(spans)
    weights = overlap_s(cells_around(seen.times_s, seen.duration_s), spans)
    between = overlap_s((seen.times_s[:-1], seen.times_s[1:]), spans)
    face_weights = overlap_s(cells_around(seen.face_times_s, seen.duration_s), spans)
    cuts = float(inside(seen.cut_times_s, spans, seen.duration_s).sum())
    values = {
        name: weighted_mean(seen.statistics[:, column], weights)
        for column, name in enumerate(pictures.STATISTICS)
    }
    return values | {
        "motion": weighted_mean(seen.motion, between),
        "cut_count": cuts if len(seen.times_s) > 1 else float("nan"),
        "cuts_per_minute": 60 * cuts / seconds if len(seen.times_s) > 1 else float("nan"),
        "face_share": weighted_mean((seen.face_counts > 0).astype(np.float64), face_weights),
        "face_count": weighted_mean(seen.face_counts, face_weights),
        "face_area_share": weighted_mean(seen.face_areas, face_weights),
        "face_offset": weighted_mean(seen.face_offsets, face_weights),
    }


def _recognised(seen: Measurements, spans: np.ndarray) -> tuple[np.ndarray | None, dict[str, Any]]:
    weights = overlap_s(cells_around(seen.recognised_times_s, seen.duration_s), spans)
    if not weights.sum() > 0:
        return None, {"classes": (), "embedding_reason": seen.embedding_reason}
    weights = weights / weights.sum()
    embedding = (weights @ seen.embeddings.astype(np.float64)).astype(np.float32)
    probabilities = weights @ seen.probabilities.astype(np.float64)
    names = imagenet.class_names()
    classes = tuple(
        {"name": names[place], "probability": float(probabilities[place])}
        for place in np.argsort(-probabilities, kind="stable")[:NAMED_CLASSES]
        if probabilities[place] >= NAMED_PROBABILITY
    )
    return embedding, {"classes": classes, "embedding_reason": None}


def pool(measurements: Measurements, keep: Spans | None = None) -> Features:
    """Return the features of a clip, or of what is kept of it.

    Parameters
    ----------
    measurements : Measurements
        From `measure`.
    keep : Spans, optional
        The parts that count, played back to back; the joins between them are not cuts.

    Returns
    -------
    Features
        With the embedding `imagenet.EMBEDDING_NAME`, averaged over time. `details["classes"]`
        names what the network takes the pictures for, likeliest first, with mean probabilities;
        `details["embedding_reason"]` says why there is no embedding, or is None.
    """
    if len(measurements.times_s) == 0:
        return without_anything("visual", FEATURES, NO_VIDEO)
    spans = kept_spans(keep, measurements.duration_s)
    if not length_s(spans) > 0:
        return without_anything("visual", FEATURES, NOTHING_KEPT)
    hook = _pooled(measurements, opening(spans, HOOK_S))
    measured = {
        **_pooled(measurements, spans),
        **{f"{name}_hook": value for name, value in hook.items()},
        "aspect_ratio": measurements.width / max(measurements.height, 1),
        "portrait": float(measurements.height > measurements.width),
    }
    embedding, details = _recognised(measurements, spans)
    return Features(
        modality="visual",
        values={feature.name: measured[feature.name] for feature in FEATURES},
        embedding=embedding,
        embedding_name=None if embedding is None else imagenet.EMBEDDING_NAME,
        details=details,
    )


def extract(clip: Clip) -> Features:
    """Look at a clip and return the features of the whole of it."""
    return pool(measure(clip))
