"""A result without its clip: what a link and a reloaded tab show."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fabricated import analysis, prediction

from viral.explain import share
from viral.explain.share import REST, decode, encode
from viral.ui.predict.shown import Shown, arrived, view
from viral.ui.sessions import Sessions
from viral.ui.text.labels import feature_label, sentence


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(60)


def test_a_link_shows_the_page_of_its_numbers(sessions: Sessions) -> None:
    numbers = encode(prediction())
    shown = arrived(numbers, "", sessions)
    assert shown == Shown("numbers", numbers=numbers)
    page = view(shown, sessions, "en")
    assert "Someone shared this result" in page.summary
    assert 'data-number="views.median" data-value="3160.0"' in page.summary
    assert page.moves
    assert page.numbers == numbers
    assert page.key is None
    assert "Alguien compartió este resultado" in view(shown, sessions, "es").summary


def test_a_result_has_the_link_that_opens_it(sessions: Sessions) -> None:
    key = sessions.keep(analysis())
    page = view(Shown("result", key=key), sessions, "en")
    assert page.key == key
    assert decode(page.numbers).views.median == pytest.approx(prediction().views.median)
    for shown in (Shown(), Shown("working"), Shown("error", problem="A sentence.")):
        assert view(shown, sessions, "en").numbers == ""


def test_what_a_link_sums_up_is_called_so(sessions: Sessions) -> None:
    made = prediction()
    some = replace(made.explanation, features=made.explanation.features[:2])
    page = view(
        Shown("numbers", numbers=encode(replace(made, explanation=some))), sessions, "en"
    ).details
    assert "Other features combined" in page
    assert "summed up in the link" in page
    assert f"audio.{REST}" in page
    spanish = feature_label(f"audio.{REST}", share.REST_LABEL, "es")
    assert spanish == "Las demás mediciones juntas"


def test_a_reload_finds_the_result_or_else_its_numbers(sessions: Sessions) -> None:
    key = sessions.keep(analysis())
    numbers = encode(prediction())
    assert arrived("", f"{key} {numbers}", sessions) == Shown("result", key=key)
    sessions.forget(key)
    left = arrived("", f"{key} {numbers}", sessions)
    assert left == Shown("numbers", numbers=numbers, own=True)
    assert "Your last result" in view(left, sessions, "en").summary


def test_a_link_goes_before_what_the_tab_remembers(sessions: Sessions) -> None:
    key = sessions.keep(analysis())
    shown = arrived(encode(prediction()), f"{key} {encode(prediction())}", sessions)
    assert shown is not None
    assert shown.kind == "numbers"
    assert not shown.own


@pytest.mark.parametrize("kept", ["", " ", "gone", "gone nonsense", "\x00 \x00", "a b c"])
def test_a_tab_that_remembers_nonsense_starts_empty(kept: str, sessions: Sessions) -> None:
    assert arrived("", kept, sessions) is None


@pytest.mark.parametrize("address", ["x", "<script>alert(1)</script>", "é" * 50, "A" * 100_000])
def test_a_foreign_address_is_one_sentence(address: str, sessions: Sessions) -> None:
    shown = arrived(address, "", sessions)
    assert shown == Shown("error", problem=share.REFUSED)
    assert "script" not in view(shown, sessions, "en").summary
    words, language = sentence(share.REFUSED, "es")
    assert language == "es"
    assert words in view(shown, sessions, "es").summary
