"""Arrays in one file that is mapped into memory: read where they are looked at, and shared.

The file is in the `safetensors` format, which holds numbers and nothing that runs. What is mapped
takes memory only for the parts that are used, and processes that map one file share them.
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

NUMBER_TYPES = {
    "F16": np.float16,
    "F32": np.float32,
    "F64": np.float64,
    "I32": np.int32,
    "I64": np.int64,
    "U8": np.uint8,
    "U16": np.uint16,
    "U32": np.uint32,
}
"""`safetensors` names of the types; all are little-endian."""


def packed(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return arrays as the content of a file; equal arrays give equal bytes."""
    from safetensors.numpy import save

    return bytes(save({name: np.asarray(array, order="C") for name, array in arrays.items()}))


def mapped(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a file, read-only; the file stays mapped as long as one of them lives.

    Parameters
    ----------
    path : Path
        Of a file whose hash was compared: its header is believed.
    """
    with path.open("rb") as file:
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    (header_bytes,) = struct.unpack("<Q", content[:8])
    header = json.loads(bytes(content[8 : 8 + header_bytes]))
    header.pop("__metadata__", None)
    values = content[8 + header_bytes :]
    arrays = {}
    for name, facts in header.items():
        first, last = facts["data_offsets"]
        number_type = np.dtype(NUMBER_TYPES[facts["dtype"]])
        arrays[name] = np.frombuffer(values[first:last], number_type).reshape(facts["shape"])
    return arrays
