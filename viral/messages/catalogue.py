"""The catalogues: which languages there are, and the sentence of a code in one of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
DEFAULT_LANGUAGE = "en"
LANGUAGES: tuple[str, ...] = (
    DEFAULT_LANGUAGE,
    *sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != DEFAULT_LANGUAGE),
)
"""ISO 639-1 codes of the languages that the app speaks, the default first."""

Sentence = str | Mapping[str, str]
"""A sentence, or its CLDR plural forms by name."""


@cache
def sentences(lang: str) -> dict[str, Sentence]:
    """Return the catalogue of a language: code -> sentence."""
    return tomllib.loads((FOLDER / f"{lang}.toml").read_text(encoding="utf-8"))


def locale_of(lang: str) -> str:
    """Return the CLDR locale in which a language writes its numbers and dates: `pt` -> `pt_BR`."""
    return str(sentences(lang)["language.locale"])


def name_of(lang: str) -> str:
    """Return what a language calls itself."""
    return str(sentences(lang)["language.name"])


def has(code: str) -> bool:
    """Whether a code has a sentence."""
    return code in sentences(DEFAULT_LANGUAGE)


def preferred_language(accept_language: str) -> str:
    """Return the first language of a browser's `Accept-Language` that the app speaks."""
    for part in accept_language.split(","):
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in LANGUAGES:
            return code
    return DEFAULT_LANGUAGE
