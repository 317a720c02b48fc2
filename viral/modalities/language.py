"""Which language some words are in, by py3langid.

Its model is compressed, and opening it takes half a second and 70 MB. Here it is kept unpacked, see
`viral.modalities.networks.converted`, and mapped into memory.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

import numpy as np

from viral.errors import WeightsError
from viral.messages import Message
from viral.modalities.networks import converted
from viral.modalities.networks.mapped import mapped, packed
from viral.modalities.networks.pretrained import find

LOG = logging.getLogger(__name__)

MIN_LANGUAGE_LETTERS = 8
"""Shorter captions are names and exclamations, whose language cannot be told."""
MIN_LANGUAGE_CONFIDENCE = 0.5
"""Of py3langid, 0..1; below it the language is not told."""
NO_LANGUAGE = frozenset({"und", "zxx"})
"""py3langid's codes for undetermined and for no words at all."""


def unpacked() -> bytes:
    """Return py3langid's model as arrays that need no unpacking.

    Raises
    ------
    WeightsError
        It is not installed or is not the published one.
    """
    path = find("language_of_captions")
    from py3langid.modelio import load_model

    features, classes, names, moves, rows, found = load_model(path)
    return packed(
        {
            "features": features,
            "classes": classes,
            "names": np.frombuffer("\n".join(names).encode(), np.uint8),
            "moves": np.frombuffer(moves, np.uint32),
            "rows": np.frombuffer(rows, np.uint16),
            "found": np.array(found, np.int32),
        }
    )


@cache
def _identifier() -> Any:
    path = converted.kept("language_of_captions")
    from py3langid.langid import LanguageIdentifier

    if path is None:
        model = find("language_of_captions")
        try:
            # py3langid unpacks it into the temporary folder first.
            return LanguageIdentifier.from_modelpath(model, norm_probs=True)
        except OSError as error:
            message = Message("weights.no_room", name="language_of_captions")
            LOG.warning("%s", message)
            raise WeightsError(message) from error
    arrays = mapped(path)
    return LanguageIdentifier(
        arrays["features"],
        arrays["classes"],
        bytes(arrays["names"]).decode().split("\n"),
        # One state is looked up for each byte of a text: a view of plain numbers is quicker there
        # than NumPy's.
        memoryview(arrays["moves"]),  # type: ignore[arg-type]
        arrays["found"].tolist(),
        norm_probs=True,
        tk_row=arrays["rows"].tolist(),
    )


def load() -> None:
    """Load the model ahead of the first text.

    Raises
    ------
    WeightsError
        It is not installed or is not the published one.
    """
    _identifier()


def language_of(words: str) -> str | None:
    """Return the ISO 639-1 code of the language of some words, or None where it cannot be told.

    It cannot either with a model that is not the published one, which is then never opened.
    """
    if sum(map(str.isalpha, words)) < MIN_LANGUAGE_LETTERS:
        return None
    try:
        identifier = _identifier()
    except WeightsError:
        return None
    language, confidence = identifier.classify(words)
    if confidence < MIN_LANGUAGE_CONFIDENCE or language in NO_LANGUAGE:
        return None
    return str(language)
