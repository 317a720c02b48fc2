"""Sounds by their names: whether a clip speaks with its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

ORIGINAL_SOUNDS = (
    "original",
    "оригинальный звук",
    "оригінальний звук",
    "الصوت الأصلي",
    "orijinal ses",
    "nhạc nền",
    "âm thanh gốc",
    "オリジナル楽曲",
    "オリジナル",
    "原聲",
    "原声",
    "오리지널",
    "เสียงต้นฉบับ",
    "suara asli",
    "suono originale",
    "dźwięk oryginalny",
    "eredeti hang",
    "sunet original",
    "originalljud",
    "मूल ध्वनि",
)
"""How platforms call a clip's own sound; `original` covers English, Spanish, Portuguese, French,
German, Italian and more. Lower case."""


def is_original_sound(names: Iterable[Any], flags: Iterable[Any]) -> np.ndarray:
    """Return whether sounds are the clip's own.

    Parameters
    ----------
    names : iterable of str or None
        Names of sounds, such as `original sound - someone`.
    flags : iterable of float
        1 or 0 where the source says so, else NaN; the name decides then.

    Returns
    -------
    np.ndarray [shape=(n,)]
        1.0, 0.0, or NaN where nothing is known.
    """
    result = []
    for name, flag in zip(names, flags, strict=True):
        if flag == 0 or flag == 1:
            result.append(float(flag))
        elif isinstance(name, str) and name.strip():
            lowered = name.lower()
            result.append(float(any(word in lowered for word in ORIGINAL_SOUNDS)))
        else:
            result.append(np.nan)
    return np.array(result, dtype=np.float64)
