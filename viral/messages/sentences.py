"""The sentence of a code in a language, its places filled."""

from __future__ import annotations

from typing import Any

from viral.messages.catalogue import DEFAULT_LANGUAGE, sentences


def text(code: str, lang: str = DEFAULT_LANGUAGE, **values: Any) -> str:
    """Return the sentence of a code in a language, its places filled.

    Raises
    ------
    KeyError
        No catalogue has the code, or a place has no value: a slip in the code, never in what a
        user did.
    """
    sentence = sentences(lang)[code]
    if isinstance(sentence, str) and not values:
        # Most sentences of the page have no places; Babel is not needed for them.
        return sentence
    from viral.messages.formats import filled

    return filled(sentence, lang, values)
