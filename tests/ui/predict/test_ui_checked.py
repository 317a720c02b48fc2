"""The card of checks: what it shows, in every language, with nothing of a clip as markup."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from fabricated import NASTY, analysis

from viral.messages import LANGUAGES
from viral.modalities.onscreen_text import ScreenLine
from viral.modalities.spoken_words import Word
from viral.pipeline import Analysis
from viral.ui.predict.checked import card


def told() -> Analysis:
    """Return a clip in which something nasty is said and written, late and in the wrong place."""
    line = ScreenLine(NASTY, 0.1, 0.9, 0.5, 0.05, 0.5, 2.5, 0.9, 9.0)
    return replace(
        analysis(),
        measurements={
            "speech": SimpleNamespace(words=(Word(NASTY, 5.0, 5.6, 0.9),)),
            "onscreen_text": SimpleNamespace(lines=(line,), reason=None),
        },
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_clip_says_is_never_markup(lang: str) -> None:
    page = card(told(), lang)
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert 'data-check="covered"' in page
    assert 'data-check="first_word"' in page
    assert "{" not in page.replace("${1+1}{{2}}", "")
