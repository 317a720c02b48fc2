"""Spanish for what other rooms say in English: names of features, reasons, and common sentences."""

from __future__ import annotations

import re

from viral.explain.share import REST_LABEL
from viral.messages import Message, has, text
from viral.messages.catalogue import sentences
from viral.messages.formats import locale
from viral.ui.text.clip import CLIP_PATTERNS_ES, CLIP_SENTENCES_ES
from viral.ui.text.familiarity_es import unlike_in_spanish

HOOK_SUFFIX = "_hook"

SENTENCES_ES: dict[str, str] = {
    **CLIP_SENTENCES_ES,
    "Without the views of your recent posts the range is much wider; give the last five or more.": (
        "Sin las visualizaciones de tus últimas publicaciones el margen es mucho más ancho; indica "
        "las cinco últimas o más."
    ),
    "Drop in a clip first, or pick one of the demo clips.": (
        "Suelta primero un vídeo o elige uno de muestra."
    ),
    "The file is no longer on this server; drop it in again.": (
        "El archivo ya no está en este servidor; vuelve a soltarlo."
    ),
    "The account's own model changes nothing: nothing in its past posts has been shown to help.": (
        "El modelo propio de la cuenta no cambia nada: nada en sus publicaciones pasadas ha "
        "demostrado ayudar."
    ),
    "The account's own model was learnt on top of another version of the model; train it again.": (
        "El modelo propio de la cuenta se aprendió sobre otra versión del modelo; vuelve a "
        "entrenarlo."
    ),
    "This result is no longer kept; drop the clip in again and press Predict.": (
        "Este resultado ya no se conserva; vuelve a soltar el vídeo y pulsa Predecir."
    ),
    "This result made room for newer ones; drop the clip in again and press Predict.": (
        "Este resultado dejó sitio a otros más nuevos; vuelve a soltar el vídeo y pulsa Predecir."
    ),
}
"""Sentences of the model, of modalities and of errors that a user meets often."""

_NAMES_ES = {
    "Followers": "Los seguidores",
    "Recent views": "Las visualizaciones recientes",
    "Recent likes": "Los me gusta recientes",
    "The horizon in days": "El plazo en días",
}
"""How sentences about a number that makes no sense begin."""
_WHAT = "(?P<what>" + "|".join(_NAMES_ES) + ")"
PATTERNS_ES = (
    (
        re.compile(r"The posting time (?P<value>.+) is not a date and time; pick it again\."),
        "La hora de publicación {value} no es una fecha y hora; elígela otra vez.",
    ),
    (
        re.compile(r"The time zone (?P<value>.+) is not known; pick one from the list\."),
        "La zona horaria {value} no existe; elige una de la lista.",
    ),
    (
        re.compile(
            _WHAT + r" (?P<value>'.*'|\".*\") is not a number; write it like (?P<like>.+)\."
        ),
        "{what}: {value} no es un número; escríbelo así: {like}.",
    ),
    (
        re.compile(
            _WHAT + r" (?P<value>'.*'|\".*\") are not numbers; write them like (?P<like>.+)\."
        ),
        "{what}: {value} no son números; escríbelos así: {like}.",
    ),
    (
        re.compile(r"Recent likes need the views of the same posts; .+"),
        "Los me gusta recientes necesitan las visualizaciones de las mismas publicaciones; indica "
        "otras tantas, en el mismo orden.",
    ),
    (
        re.compile(_WHAT + r" must lie between (?P<low>[\d,]+) and (?P<high>[\d,]+), but is .+\."),
        "{what}: el número debe estar entre {low} y {high}.",
    ),
    (
        re.compile(
            r"Trimming to (?P<left>[\d.]+) s leaves no clip; keep at least (?P<least>[\d.]+) s of "
            r"the (?P<length>[\d.]+) s\."
        ),
        "Con un recorte a {left} s no queda vídeo; conserva al menos {least} s de los {length} s.",
    ),
    (
        re.compile(
            r"The trim must end within the clip, which has (?P<length>[\d.]+) s, not at "
            r"(?P<end>[\d.]+) s\."
        ),
        "El recorte debe terminar dentro del vídeo, que dura {length} s, no en {end} s.",
    ),
    (
        re.compile(r"The trim must start at 0 s or later\."),
        "El recorte debe empezar en 0 s o después.",
    ),
    (
        re.compile(r"The trim must be two numbers of seconds, such as 0 and 12\.5\."),
        "El recorte son dos números de segundos, como 0 y 12,5.",
    ),
    (
        re.compile(
            r"The posting time (?P<moment>[\d-]+) is outside (?P<from>\d+) to (?P<to>\d+); .+"
        ),
        "La fecha {moment} queda fuera de {from} a {to}; revisa el año.",
    ),
    *CLIP_PATTERNS_ES,
)
"""Sentences with numbers in them: what they are in English, and in Spanish."""


_OWN_ES = {
    str(ours): str(sentences("es")[key])
    for key, ours in sentences("en").items()
    if key.startswith("error.")
}
_MARKS_ES = str.maketrans(",.", ".,")


def feature_label(name: str, english: str, lang: str) -> str:
    """Return what a feature is called; its own label where no catalogue names it."""
    if english == REST_LABEL:
        return text("feature.rest", lang)
    whole = name.removesuffix(HOOK_SUFFIX)
    if not has(f"feature.{whole}"):
        return english
    label = text(f"feature.{whole}", lang)
    return label if whole == name else text("feature.hook", lang, feature=label)


def modality_label(name: str, lang: str) -> str:
    """Return what a modality is called; its name in code before anybody has named it."""
    key = f"modality.{name}"
    return text(key, lang) if has(key) else name.capitalize()


def topic_label(english: str, lang: str) -> str:
    """Return what a topic of captions is called; English where no catalogue names it."""
    key = f"topic.{english.replace(' ', '_')}"
    return text(key, lang) if has(key) else english


def unit_label(unit: str, lang: str) -> str:
    """Return a unit as it is written in a language; symbols are the same in all of them."""
    key = f"unit.{unit}"
    return text(key, lang) if has(key) else unit


def language_name(code: str, lang: str) -> str:
    """Return what a language is called; its code where CLDR has no name for it."""
    return str(locale(lang).languages.get(code.lower(), code))


def sentence(english: str, lang: str) -> tuple[str, str]:
    """Return a sentence in a language where it is known, and the language that it is in."""
    if isinstance(english, Message):
        return english.said(lang), lang
    if lang == "es":
        spanish = SENTENCES_ES.get(english) or _OWN_ES.get(english)
        if spanish:
            return spanish, "es"
        for pattern, words in PATTERNS_ES:
            found = pattern.fullmatch(english)
            if found:
                return _filled(words, found.groupdict()), "es"
        unlike = unlike_in_spanish(english, feature_label)
        if unlike is not None:
            return unlike, "es"
    return english, "en"


def _filled(words: str, values: dict[str, str]) -> str:
    """Fill a Spanish sentence, with Spanish names and decimal marks."""
    return words.format(
        **{
            name: _NAMES_ES[value]
            if name == "what"
            else value
            if name in ("value", "like", "moment")
            else value.translate(_MARKS_ES)
            for name, value in values.items()
        }
    )
