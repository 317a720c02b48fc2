"""What was measured in the clips of one's own posts: the table that `viral extract` writes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from viral.errors import TableError
from viral.messages import Message
from viral.modalities import NAMES
from viral.model.inputs import feature_names
from viral.posts.parquet import whole

OF_POSTS = ("context", "text")
"""Modalities that are read off the table of posts itself."""


def measured(path: Path, video_ids: pd.Series) -> dict[str, pd.DataFrame]:
    """Read features and put them beside their posts.

    Parameters
    ----------
    path : Path
        A parquet table with `video_id` and columns such as `audio.tempo_bpm`.
    video_ids : pd.Series
        Of the posts, each once.

    Returns
    -------
    dict of str to pd.DataFrame
        Modality -> `[posts, features]` in the order of `video_ids`, NaN where nothing was measured.

    Raises
    ------
    TableError
        It cannot be read, is no such table, or none of its rows belongs to any of the posts.
    """
    try:
        table = whole(path)
    except (OSError, ValueError) as error:
        raise TableError(Message("explore.features_unreadable", file=path.name)) from error
    modalities = [
        name
        for name in NAMES
        if name not in OF_POSTS and any(str(c).startswith(f"{name}.") for c in table.columns)
    ]
    if "video_id" not in table.columns or not modalities:
        raise TableError(Message("explore.features_none", file=path.name))
    table = table[table["video_id"].notna()]
    table = table.assign(video_id=table["video_id"].astype(str)).drop_duplicates("video_id")
    found = table.set_index("video_id").reindex(video_ids.astype(str))
    if not found.index.isin(table["video_id"]).any():
        raise TableError(Message("explore.features_other_posts", file=path.name))
    result = {}
    for modality in modalities:
        columns = {name: f"{modality}.{name}" for name in feature_names(modality)}
        values = {
            name: pd.to_numeric(found[column], errors="coerce").to_numpy(dtype="float64")
            for name, column in columns.items()
            if column in found.columns
        }
        result[modality] = pd.DataFrame(values)
    return result
