"""Tensors out of a file that torch wrote before its version 1.6, without torch and unpickling.

Such a file is five pickles and then the numbers of each storage: a magic number, a version, facts
of the machine, the tensors by name, and the keys of the storages in the order of their numbers
(`_legacy_load` of torch's `serialization.py`). `pickletools` takes pickles to pieces and carries
nothing out. What a tensor is made of is gathered from these pieces: every function that the file
names stays a name, so that a file can say wrong numbers and nothing else.
"""

from __future__ import annotations

import pickletools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
DTYPES: dict[str, np.dtype[Any]] = {
    "torch FloatStorage": np.dtype("<f4"),
    "torch DoubleStorage": np.dtype("<f8"),
    "torch LongStorage": np.dtype("<i8"),
}
REBUILD = "torch._utils _rebuild_tensor_v2"
COUNT_BYTES = 8
"""Before the numbers of each storage: how many there are."""
_IGNORED = {"PROTO", "STOP"}
_LEFT_OUT = {"BUILD"}
"""What would set a list of versions, beside the tensors, on the whole."""
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_VALUES = {"BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1", "GLOBAL"}


@dataclass
class _Call:
    """What the file would have called, with what, and what it would have put into the result."""

    name: Any
    arguments: Any
    items: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Storage:
    kind: str
    key: str
    count: int


class _Pieces:
    """The stack of one pickle, on which values are laid and nothing is run."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._kept: dict[int, Any] = {}

    def read(self, file: BinaryIO) -> Any:
        """Return what the next pickle of a file holds."""
        try:
            for operation, argument, _ in pickletools.genops(file):
                self._take(operation.name, argument)
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"the file of weights cannot be taken to pieces: {error}") from error
        (whole,) = self._stack
        return whole

    def _since_mark(self) -> list[Any]:
        start = self._marks.pop()
        values = self._stack[start:]
        del self._stack[start:]
        return values

    def _take(self, name: str, argument: Any) -> None:
        stack = self._stack
        if name in _VALUES:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _TUPLES:
            cut = len(stack) - _TUPLES[name]
            stack[cut:] = [tuple(stack[cut:])]
        elif name in ("BINPUT", "LONG_BINPUT"):
            self._kept[argument] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(self._kept[argument])
        elif name == "MARK":
            self._marks.append(len(stack))
        elif name == "TUPLE":
            stack.append(tuple(self._since_mark()))
        elif name in ("EMPTY_DICT", "EMPTY_LIST"):
            stack.append({} if name == "EMPTY_DICT" else [])
        elif name == "APPENDS":
            values = self._since_mark()
            stack[-1].extend(values)
        elif name in ("SETITEM", "SETITEMS"):
            values = self._since_mark() if name == "SETITEMS" else [stack.pop(-2), stack.pop()]
            target = stack[-1].items if isinstance(stack[-1], _Call) else stack[-1]
            target.update(zip(values[::2], values[1::2], strict=True))
        elif name == "REDUCE":
            arguments = stack.pop()
            stack.append(_Call(stack.pop(), arguments))
        elif name in _LEFT_OUT:
            stack.pop()
        elif name == "BINPERSID":
            _, kind, key, _, count, *_ = stack.pop()
            stack.append(_Storage(kind, key, count))
        elif name not in _IGNORED:
            raise ValueError(f"the file of weights has a part that is not known here: {name}")


def _storages(file: BinaryIO, keys: list[str], known: Mapping[str, _Storage]) -> dict[str, Any]:
    found = {}
    for key in keys:
        storage = known[key]
        count = int.from_bytes(file.read(COUNT_BYTES), "little")
        dtype: np.dtype[Any] = DTYPES[storage.kind]
        content = file.read(count * dtype.itemsize)
        if count != storage.count or len(content) != count * dtype.itemsize:
            raise ValueError("the file of weights ends before its numbers do")
        found[key] = np.frombuffer(content, dtype)
    return found


def tensors_in(path: Path) -> dict[str, np.ndarray]:
    """Return the tensors of a file by name.

    Parameters
    ----------
    path : Path
        Written by `torch.save(model.state_dict())` before torch 1.6, or in that form since.

    Returns
    -------
    dict of str to np.ndarray
        In the file's order, in its shapes and types; not to be written to.

    Raises
    ------
    ValueError
        The file is of another form, is cut off, or holds something besides tensors.
    """
    try:
        with path.open("rb") as file:
            if _Pieces().read(file) != MAGIC:
                raise ValueError("the file of weights is not in the form that is read here")
            _Pieces().read(file)
            _Pieces().read(file)
            named = _Pieces().read(file).items
            keys = _Pieces().read(file)
            parts = {name: call.arguments for name, call in named.items() if call.name == REBUILD}
            if len(parts) != len(named):
                raise ValueError("the file of weights holds something besides tensors")
            storages = _storages(file, keys, {part[0].key: part[0] for part in parts.values()})
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError("the file of weights is not in the form that is read here") from error
    tensors = {}
    for name, (storage, start, shape, strides, *_) in parts.items():
        values = storages[storage.key][start:]
        steps = [step * values.itemsize for step in strides]
        tensors[name] = _viewed(values, shape, steps)
    return tensors


def _viewed(values: np.ndarray, shape: tuple[int, ...], steps: list[int]) -> np.ndarray:
    reach = sum((side - 1) * step for side, step in zip(shape, steps, strict=True))
    if min((*shape, 1)) < 1 or min((*steps, 0)) < 0 or reach >= values.nbytes:
        raise ValueError("the file of weights names numbers that it does not hold")
    return np.lib.stride_tricks.as_strided(values, shape, steps, writeable=False)
