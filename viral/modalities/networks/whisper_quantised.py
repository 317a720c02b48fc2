"""Whisper's published weights in eight bits, as CTranslate2 makes them at each loading.

The published file holds 16 bits; CTranslate2 brings its matrices to eight when it is asked for
`int8`, in half a second and with 150 MB to spare. Here that is done once, with the same rounding,
so that every word, time and probability is the same, in a file of half the size.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

import numpy as np

from viral.modalities.networks.whisper_weights import (
    FORMAT_VERSION,
    NUMBER_TYPES,
    SPECIFICATION,
    published_file,
    variables_of,
)

LARGEST = 127
"""Of eight bits with a sign."""
REVISION = 3
"""Of CTranslate2's specification of Whisper, as published."""
SCALE = "_scale"
"""What the name of a matrix's factors ends in."""


def _is_matrix(name: str, values: np.ndarray) -> bool:
    # Convolutions stay as they are, as CTranslate2 leaves them.
    return name.endswith("/weight") and values.ndim == 2


def in_eight_bits(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a matrix in eight bits and the factor of each row, float32.

    A row is scaled so that its largest entry is `LARGEST`, and rounded to even.
    """
    values = matrix.astype(np.float32)
    largest = np.abs(values).max(axis=1)
    largest[largest == 0] = LARGEST
    factors = np.float32(LARGEST) / largest
    return np.rint(values * factors[:, np.newaxis]).astype(np.int8), factors


def _text(text: str) -> bytes:
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"


def _variable(name: str, values: np.ndarray) -> bytes:
    kind = [np.dtype(number_type) for number_type in NUMBER_TYPES].index(values.dtype)
    axes = struct.pack(f"<B{values.ndim}I", values.ndim, *values.shape)
    return _text(name) + axes + struct.pack("<BI", kind, values.nbytes) + values.tobytes()


def _stored(variables: Mapping[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    for name, values in variables.items():
        if _is_matrix(name, values):
            matrix, factors = in_eight_bits(values)
            yield name, matrix
            yield name + SCALE, factors
        else:
            yield name, values


def quantised_from(variables: Mapping[str, np.ndarray]) -> bytes:
    """Return the content of a CTranslate2 file with its matrices in eight bits.

    Parameters
    ----------
    variables : mapping of str to np.ndarray
        From `viral.modalities.networks.whisper_weights.variables_of`; one array under two names is
        stored once.
    """
    first: dict[int, str] = {}
    aliases: list[tuple[str, str]] = []
    alone: dict[str, np.ndarray] = {}
    for name, values in variables.items():
        known = first.setdefault(values.__array_interface__["data"][0], name)
        if known == name or not values.size:
            alone[name] = values
        else:
            aliases.append((name, known))
            if _is_matrix(name, values):
                aliases.append((name + SCALE, known + SCALE))
    stored = [_variable(name, values) for name, values in _stored(alone)]
    parts = [struct.pack("<I", FORMAT_VERSION), _text(SPECIFICATION)]
    parts += [struct.pack("<II", REVISION, len(stored)), *stored]
    parts.append(struct.pack("<I", len(aliases)))
    parts += [_text(alias) + _text(name) for alias, name in aliases]
    return b"".join(parts)


def quantised() -> bytes:
    """Return the published weights in eight bits.

    Raises
    ------
    WeightsError
        They are missing or are not the published ones.
    """
    return quantised_from(variables_of(published_file()))
