from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from viral.media import decode_child, limits, reader
from viral.messages import LANGUAGES, text
from viral.modalities import NAMES, audio, speech, visual
from viral.pipeline import STAGES
from viral.posts.details import post_details
from viral.ui.text import labels
from viral.ui.text.labels import feature_label, language_name, modality_label, sentence

UI_DIR = Path(labels.__file__).resolve().parents[1]
PLACE = re.compile(r"\{(\w+)\}")


def test_every_stage_and_modality_has_a_name() -> None:
    for lang in LANGUAGES:
        assert all(text(f"stage.{stage}", lang) for stage in STAGES)
        assert all(modality_label(name, lang) for name in NAMES)


def test_the_opening_of_a_clip_is_named_in_spanish() -> None:
    shown = feature_label("visual.motion_hook", "Movement and change in the first 3 s", "es")
    assert shown == "Movimiento y cambio en los 3 primeros s"
    assert feature_label("visual.unheard_of", "Unheard of", "es") == "Unheard of"


def test_known_sentences_are_translated_and_others_say_their_language() -> None:
    assert sentence(text("error.bug"), "es") == (text("error.bug", "es"), "es")
    assert sentence("Something that no table knows.", "es") == (
        "Something that no table knows.",
        "en",
    )


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
