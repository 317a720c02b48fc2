from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from viral.errors import DetailsError
from viral.media import limits, reader
from viral.messages import DEFAULT_LANGUAGE, LANGUAGES, Message, text
from viral.modalities import NAMES, audio, speech, visual
from viral.pipeline import STAGES
from viral.posts.details import post_details
from viral.ui import sessions
from viral.ui.text import labels
from viral.ui.text.labels import feature_label, language_name, modality_label, sentence

UI_DIR = Path(labels.__file__).resolve().parents[1]


def test_every_stage_and_modality_has_a_name() -> None:
    for lang in LANGUAGES:
        assert all(text(f"stage.{stage}", lang) for stage in STAGES)
        assert all(modality_label(name, lang) for name in NAMES)


def test_the_opening_of_a_clip_is_named_in_spanish() -> None:
    shown = feature_label("visual.motion_hook", "Movement and change in the first 3 s", "es")
    assert shown == "Movimiento y cambio en los 3 primeros s"
    assert feature_label("visual.unheard_of", "Unheard of", "es") == "Unheard of"


def test_known_sentences_are_translated_and_others_say_their_language() -> None:
    assert sentence(Message("error.bug"), "es") == (text("error.bug", "es"), "es")
    assert sentence("Something that no table knows.", "es") == (
        "Something that no table knows.",
        "en",
    )


def test_languages_have_names() -> None:
    assert language_name("pt", "es") == "portugués"
    assert language_name("xx", "en") == "xx"


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != DEFAULT_LANGUAGE])
def test_what_is_said_of_a_clip_and_a_post_is_said_in_every_language(lang: str) -> None:
    found = [
        value
        for module in (limits, reader, speech, audio, visual, sessions)
        for value in vars(module).values()
        if isinstance(value, Message)
    ]
    found += post_details(caption="long " * 3000, posted_at="2015-01-01T10:00").warnings
    assert len(found) > 12
    assert [one for one in found if one.said(lang) == one] == []


SLIPS = (
    {"followers": "many"},
    {"followers": -5},
    {"recent_views": "many"},
    {"recent_views": "900", "recent_likes": "1, 2"},
    {"posted_at": "soon"},
    {"posted_at": "1999-01-01"},
    {"caption": 5},
)


@pytest.mark.parametrize("typed", SLIPS)
def test_a_slip_is_said_in_every_language(typed: dict[str, Any]) -> None:
    with pytest.raises(DetailsError) as caught:
        post_details(**typed)
    said = {caught.value.message.said(lang) for lang in LANGUAGES}
    assert len(said) == len(LANGUAGES)
    assert not any("{" in sentence for sentence in said)
