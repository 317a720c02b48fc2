"""The sentence about a post unlike those the model learnt from, in Spanish.

The model says it in English, see `viral.model.familiarity.Likeness.warning`; the names of the
features in it have names of their own in Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from viral.messages import text
from viral.model.attribution import named_features

_ENGLISH = re.compile(
    r"This post is unlike those the model learnt from: "
    r"(?:lower in (?P<lower>.+?))?(?: and )?(?:higher in (?P<higher>.+?))? than 99 of 100 of them\."
    r"(?: The range is (?P<times>[\d.]+) times as wide because of it\.)?"
)
TONE = "Tone colour"
"""What its twenty coefficients are called together."""
_LOWER = "está por debajo en {names}"
_HIGHER = "está por encima en {names}"


@cache
def _names() -> dict[str, str]:
    return {feature.label: name for name, feature in named_features().items()}


def unlike_in_spanish(english: str, label: Callable[[str, str, str], str]) -> str | None:
    """Return the sentence in Spanish, or None where it is another sentence.

    Parameters
    ----------
    english : str
        What the model says.
    label : callable
        Turns a feature's full name, its English label and a language into its label there.
    """
    found = _ENGLISH.fullmatch(english)
    if found is None:
        return None
    parts = [
        words.format(names=", ".join(_spanish(name, label) for name in listed.split(", ")))
        for words, listed in ((_LOWER, found["lower"]), (_HIGHER, found["higher"]))
        if listed
    ]
    sentence = (
        "Esta publicación no se parece a aquellas de las que aprendió el modelo: "
        f"{' y '.join(parts)} respecto a 99 de cada 100."
    )
    if found["times"]:
        times = found["times"].replace(".", ",")
        sentence += f" Por eso el margen es {times} veces más ancho."
    return sentence


def _spanish(english: str, label: Callable[[str, str, str], str]) -> str:
    if english == TONE:
        return text("value.tone", "es")
    return label(_names().get(english, ""), english, "es")
