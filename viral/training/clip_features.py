"""Features of the clips that come with the training data, measured once.

Measuring fifty clips takes minutes, most of it transcribing, so what was measured is kept in a
cache folder, by the clip's content and the names of the features. The cache holds numbers alone,
no frames and no words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from viral.errors import ViralError
from viral.modalities import FROM_CLIP
from viral.modalities.features import Features, without_anything
from viral.modalities.networks.pretrained import sha256_of
from viral.model.inputs import feature_names, modality_features

MEASURED = FROM_CLIP
"""What is measured in a clip itself."""
TRENDING_AUDIO = "trending_2020/audio_features.csv"
CLIP_FOLDER = "creator_videos"
CACHE_FORMAT = 1
"""Raised when a measurement changes without changing its name."""

ClipFeatures = Mapping[int, Mapping[str, Features]]
"""Row position -> modality -> features."""


def trending_audio(posts: pd.DataFrame, data_dir: Path) -> dict[int, dict[str, Features]]:
    """Read the published clip means of librosa's features for the trending set.

    Features that the file does not have are NaN. Posts that it does not have are left out.
    """
    path = Path(data_dir) / TRENDING_AUDIO
    if not path.is_file():
        return {}
    table = pd.read_csv(path, dtype={"video_id": str}).set_index("video_id")
    names = feature_names("audio")
    known = [name for name in names if name in table.columns]
    values = table[known].astype(np.float64)
    result: dict[int, dict[str, Features]] = {}
    for row, (source, video_id) in enumerate(zip(posts["source"], posts["video_id"], strict=True)):
        if source != "trending_2020" or video_id not in values.index:
            continue
        measured = values.loc[video_id]
        filled = {name: float(measured.get(name, np.nan)) for name in names}
        result[row] = {"audio": Features(modality="audio", values=filled)}
    return result


def labelled_clips(
    posts: pd.DataFrame,
    data_dir: Path,
    cache_dir: Path,
    say: Callable[[str], None] = lambda _: None,
) -> dict[int, dict[str, Features]]:
    """Measure the clips of the labelled set, or read what was measured before."""
    found = {
        row: Path(data_dir) / CLIP_FOLDER / f"{video_id}.mp4"
        for row, (source, video_id) in enumerate(
            zip(posts["source"], posts["video_id"], strict=True)
        )
        if source == CLIP_FOLDER
    }
    return clips_at(found, cache_dir, say)[0]


def clips_at(
    paths: Mapping[int, Path],
    cache_dir: Path,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[dict[int, dict[str, Features]], dict[int, str]]:
    """Measure clips, or read what was measured in the same contents before.

    Parameters
    ----------
    paths : mapping of int to Path
        Row position -> clip. A file that is not there is passed over.
    cache_dir : Path
        Where what is measured is kept; made when needed.
    say : callable
        Told what is being done.

    Returns
    -------
    tuple of dict and dict
        Row -> modality -> features, and row -> why its clip could not be measured.
    """
    found = {row: path for row, path in paths.items() if path.is_file()}
    result: dict[int, dict[str, Features]] = {}
    failures: dict[int, str] = {}
    for number, (row, path) in enumerate(found.items(), start=1):
        kept = cache_dir / f"{content_key(path)}.json"
        features = read_kept(kept)
        if features is None:
            say(f"measuring clip {number} of {len(found)}")
            try:
                features = _measure(path)
            except ViralError as error:
                failures[row] = str(error)
                continue
            write_kept(kept, features)
        result[row] = features
    return result, failures


def content_key(path: Path, *more: object) -> str:
    """Return a name for a content and for how it is measured: 32 hexadecimal digits.

    Parameters
    ----------
    path : Path
        The clip.
    more
        What else the measurements depend on, as JSON can write it.
    """
    names = [CACHE_FORMAT, *(feature_names(modality) for modality in MEASURED), *more]
    described = json.dumps(names) + sha256_of(path)
    return hashlib.sha256(described.encode()).hexdigest()[:32]


def _measure(path: Path) -> dict[str, Features]:
    from viral.media.reader import read_clip
    from viral.pipeline import measured, pooled
    from viral.posts.details import PostDetails

    clip = read_clip(path)
    features = pooled(measured(clip), clip.facts, PostDetails())
    return {modality: features[modality] for modality in MEASURED}


def write_kept(path: Path, features: Mapping[str, Features]) -> None:
    """Write what was measured in a clip: numbers alone."""
    content: dict[str, Any] = {}
    for modality, measured in features.items():
        embedding = measured.embedding
        content[modality] = {
            "values": {k: v if np.isfinite(v) else None for k, v in measured.values.items()},
            "embedding": None if embedding is None else [float(value) for value in embedding],
            "embedding_name": measured.embedding_name,
            "missing": measured.missing,
        }
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written whole or not at all: a run that was stopped leaves nothing that looks like a result.
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content), encoding="utf-8")
    unfinished.replace(path)


def read_kept(path: Path, modalities: Sequence[str] = MEASURED) -> dict[str, Features] | None:
    """Read what `write_kept` wrote; None where it is not there or not whole."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        result = {}
        for modality in modalities:
            entry = content[modality]
            if entry["missing"]:
                result[modality] = without_anything(
                    modality, modality_features(modality), "It was missing when measured."
                )
                continue
            vector = entry["embedding"]
            result[modality] = Features(
                modality=modality,
                values={k: float("nan") if v is None else v for k, v in entry["values"].items()},
                embedding=None if vector is None else np.asarray(vector, dtype=np.float32),
                embedding_name=entry["embedding_name"],
            )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return result
