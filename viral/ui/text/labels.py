"""What other rooms name in code, in the reader's words: features, parts, topics, languages."""

from __future__ import annotations

from viral.explain.share import REST_LABEL
from viral.messages import DEFAULT_LANGUAGE, Message, has, text
from viral.messages.formats import locale

HOOK_SUFFIX = "_hook"


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


def sentence(said: str, lang: str) -> tuple[str, str]:
    """Return a sentence in a language, and the language that it is in.

    What carries no message, such as a link's own words, is said as it is, in English.
    """
    if isinstance(said, Message):
        return said.said(lang), lang
    return said, DEFAULT_LANGUAGE
