"""Spanish for what other rooms say in English: names of features, reasons, and common sentences."""

from __future__ import annotations

import re

FEATURE_LABELS_ES: dict[str, str] = {
}
"""`modality.feature` -> its name in Spanish."""

SENTENCES_ES: dict[str, str] = {
    "There is no caption, so the text could not be measured.": (
        "No hay texto, así que no se pudo medir."
    ),
    "Without the views of your recent posts the range is much wider; give the last five or more.": (
        "Sin las visualizaciones de tus últimas publicaciones el margen es mucho más ancho; indica "
        "las cinco últimas o más."
    ),
    "Drop in a clip first, or pick one of the demo clips.": (
        "Suelta primero un vídeo o elige uno de muestra."
    ),
    "The clip is no longer on this server; drop it in again.": (
        "El vídeo ya no está en este servidor; vuelve a soltarlo."
    ),
    "This result is no longer kept; drop the clip in again and press Predict.": (
        "Este resultado ya no se conserva; vuelve a soltar el vídeo y pulsa Predecir."
    ),
}
"""Sentences of the model, of modalities and of errors that a user meets often."""

_AMONG_ES = (
    (re.compile(r"accounts of all sizes"), r"cuentas de todos los tamaños"),
    (re.compile(r"accounts with under ([\d,]+) followers"), r"cuentas con menos de \1 seguidores"),
    (re.compile(r"accounts with over ([\d,]+) followers"), r"cuentas con más de \1 seguidores"),
    (
        re.compile(r"accounts with ([\d,]+) to ([\d,]+) followers"),
        r"cuentas con entre \1 y \2 seguidores",
    ),
)


def feature_label(name: str, english: str, lang: str) -> str:
    """Return what a feature is called; English where no other name is known."""
    return FEATURE_LABELS_ES.get(name, english) if lang == "es" else english


def sentence(english: str, lang: str) -> tuple[str, str]:
    """Return a sentence in a language where it is known, and the language that it is in."""
    if lang == "es" and english in SENTENCES_ES:
        return SENTENCES_ES[english], "es"
    return english, "en"


def among(english: str, lang: str) -> str:
    """Return which posts a score compares with, in a language."""
    if lang == "es":
        for pattern, spanish in _AMONG_ES:
            if pattern.fullmatch(english):
                return pattern.sub(spanish, english).replace(",", ".")
    return english
