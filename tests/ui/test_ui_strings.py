from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from viral.media import decode_child, limits, reader
from viral.modalities import NAMES, audio, speech, visual
from viral.pipeline import STAGES
from viral.posts.details import post_details
from viral.ui.text import labels
from viral.ui.text.labels import among, feature_label, language_name, sentence
from viral.ui.text.strings import LANGUAGES, STRINGS, preferred_language, text

UI_DIR = Path(labels.__file__).resolve().parents[1]
PLACE = re.compile(r"\{(\w+)\}")
SAME_IN_BOTH = {
    "app.title",
    "recent.placeholder",
    "likes.placeholder",
    "facts.line",
    "breakout.percent",
    "value.utc",
    "value.no",
    "accuracy.r2",
    "skills.share",
    "try.hashtags",
    "group.hashtags",
}
"""Sentences without a word in them, or whose words are the same in both languages."""


@pytest.mark.parametrize("key", sorted(STRINGS))
def test_every_sentence_is_there_in_both_languages(key: str) -> None:
    english, spanish = STRINGS[key]
    assert english.strip()
    assert spanish.strip()
    assert sorted(PLACE.findall(english)) == sorted(PLACE.findall(spanish))
    if key not in SAME_IN_BOTH:
        assert english != spanish


def test_every_key_that_is_asked_for_is_in_the_table() -> None:
    asked = set()
    for path in UI_DIR.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "text"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                asked.add(node.args[0].value)
    assert len(asked) > 60
    assert asked <= set(STRINGS)


def test_every_stage_and_modality_has_a_name() -> None:
    for lang in LANGUAGES:
        assert all(text(f"stage.{stage}", lang) for stage in STAGES)
        assert all(text(f"modality.{name}", lang) for name in NAMES)


def test_every_feature_has_a_spanish_name() -> None:
    hidden = {"context.hour_sin", "context.hour_cos"}  # shown together, as the posting hour
    untold = []
    for modality in NAMES:
        for feature in import_module(f"viral.modalities.{modality}").FEATURES:
            name = f"{modality}.{feature.name}"
            if name in hidden or name.startswith("audio.mfcc"):
                continue
            if name.removesuffix("_hook") not in labels.FEATURE_LABELS_ES:
                untold.append(name)
    assert untold == []


def test_the_opening_of_a_clip_is_named_in_spanish() -> None:
    shown = feature_label("visual.motion_hook", "Movement and change in the first 3 s", "es")
    assert shown == "Movimiento y cambio en los 3 primeros s"
    assert feature_label("visual.unheard_of", "Unheard of", "es") == "Unheard of"


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("accounts of all sizes", "cuentas de todos los tamaños"),
        (
            "accounts with 10,000 to 100,000 followers",
            "cuentas con entre 10.000 y 100.000 seguidores",
        ),
        ("accounts with over 3,000,000 followers", "cuentas con más de 3.000.000 seguidores"),
        ("something new", "something new"),
    ],
)
def test_which_accounts_a_score_compares_with(english: str, spanish: str) -> None:
    assert among(english, "es") == spanish
    assert among(english, "en") == english


def test_known_sentences_are_translated_and_others_say_their_language() -> None:
    assert sentence(STRINGS["error.bug"][0], "es") == (STRINGS["error.bug"][1], "es")
    assert sentence("Something that no table knows.", "es") == (
        "Something that no table knows.",
        "en",
    )


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("de-DE,de;q=0.9", "en"),
        ("fr, es;q=0.5", "es"),
        ("", "en"),
        ("*", "en"),
    ],
)
def test_the_browser_chooses_the_first_language(header: str, code: str) -> None:
    assert preferred_language(header) == code


def test_languages_have_names() -> None:
    assert language_name("pt", "es") == "portugués"
    assert language_name("xx", "en") == "xx"


def _sentences_about_clips() -> list[str]:
    """Return what reading and measuring a clip may say, out of the modules that say it."""
    found = [
        value
        for module in (limits, reader, speech, audio, visual)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and value.endswith(".") and value[0].isupper()
    ]
    nothing: Any = SimpleNamespace(by_time=[], samples=0, out_of_time=True)
    found += decode_child._warnings(nothing, nothing, read_s=1.0, promised_s=9.0, broke_off=False)
    damaged: Any = SimpleNamespace(by_time=[1], samples=1, failures=1, out_of_time=False)
    found += decode_child._warnings(damaged, damaged, read_s=1.0, promised_s=1.0, broke_off=True)
    found += [limits.too_large(1_000_000), limits.too_long(600.0)]
    found.append(limits.too_many_pixels(65535, 65535, 8192 * 4352))
    details = post_details(caption="long " * 3000, posted_at="2015-01-01T10:00")
    return [*found, *details.warnings]


def test_what_is_said_of_a_clip_is_said_in_spanish_too() -> None:
    said = _sentences_about_clips()
    assert len(said) > 25
    assert [english for english in said if sentence(english, "es")[1] != "es"] == []
