"""How suggestions are worded: as the model's view of past posts, with range and support."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from parsed_page import parsed

from viral.explain.suggestions import Suggestion
from viral.ui.predict.suggestions import html

MOMENT = datetime(2027, 7, 5, 22, tzinfo=UTC)
TIME = Suggestion(
    kind="time",
    change={"posted_at": MOMENT},
    factor=1.08,
    low=700.0,
    median=2000.0,
    high=6100.0,
    posts=412,
    facts={"weekday": 0, "hour": 22},
)
TRIM = replace(
    TIME,
    kind="trim",
    change={"trim_start_s": 0.0, "trim_end_s": 9.0},
    facts={"before_s": 14.6, "after_s": 9.0},
)


def hashtags(after: int) -> Suggestion:
    facts = {"before": 4, "after": after}
    return replace(TIME, kind="hashtags", change={"caption": "a day #one"}, facts=facts)


def test_a_suggestion_has_its_gain_its_posts_and_its_button() -> None:
    page = parsed(html([TIME, TRIM], "UTC", "en"))
    assert "Post on Monday at 22:00" in page.words
    assert "End at 9 s instead of 14.6 s" in page.words
    assert "got about 8 % more (412 posts). Only cut if the story survives." in page.words
    assert page.numbers["suggestion.time.factor"] == 1.08
    assert [value for name, value in page.attributes if name == "data-try"] == ["0", "1"]


def test_a_time_is_told_on_the_readers_clock() -> None:
    page = parsed(html([TIME], "Europe/Madrid", "es"))
    # Ten in the evening in UTC is midnight in Madrid, of the next day.
    assert "Publica el martes a las 0:00" in page.words


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (0, "Leave the hashtags at the end out"),
        (1, "Use one hashtag instead of 4"),
        (3, "Use 3 hashtags instead of 4"),
    ],
)
def test_hashtags_are_counted_as_people_count(after: int, words: str) -> None:
    assert words in parsed(html([hashtags(after)], "UTC", "en")).words


@pytest.mark.parametrize("lang", ["en", "es"])
def test_nothing_to_suggest_is_said_and_has_no_button(lang: str) -> None:
    page = parsed(html([], "UTC", lang))
    assert "button" not in page.tags
    assert "10 %" in page.words
