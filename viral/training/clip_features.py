"""Features of the clips that come with the training data, measured once.

Measuring fifty clips takes minutes, most of it transcribing, so what was measured is kept in a
cache folder, in the shards of `viral extract`: by the clip's content and the way of measuring,
numbers alone, no frames and no words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from viral.batch.extract import Collector
from viral.batch.rows import features_of
from viral.batch.shards import Store
from viral.batch.workers import Workers
from viral.modalities import FROM_CLIP
from viral.modalities.features import Features
from viral.model.inputs import feature_names
from viral.settings import settings

MEASURED = FROM_CLIP
"""What is measured in a clip itself."""
TRENDING_AUDIO = "trending_2020/audio_features.csv"
CLIP_FOLDER = "creator_videos"
MEASURED_TABLE = "clips.parquet"
"""In the cache folder; its shards lie beside it."""


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
    named = [(row, path) for row, path in paths.items() if path.is_file()]
    if not named:
        return {}, {}
    cache_dir.mkdir(parents=True, exist_ok=True)
    store = Store(cache_dir / MEASURED_TABLE)
    collector = Collector(store)
    workers = Workers(min(settings().threads, len(named)), collector.is_wanted)
    try:
        for number, outcome in enumerate(workers.outcomes(iter(named)), start=1):
            collector.take(outcome)
            say(f"measuring clip {number} of {len(named)}")
    finally:
        collector.flush()
    collector.settle()
    result = {
        row: {
            name: found for name, found in features_of(store.row(key)).items() if name in MEASURED
        }
        for row, key in sorted(collector.keys.items())
        if key in store
    }
    return result, dict(sorted(collector.failures.items()))
