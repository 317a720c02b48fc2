"""The answer card on made-up results: every number, and sentences that do not contradict."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from fabricated import NASTY, analysis, explanation, prediction
from parsed_page import parsed

from viral.messages import LANGUAGES
from viral.model.account_size import ALL_SIZES
from viral.model.familiarity import Furthest, Likeness
from viral.pipeline import Analysis
from viral.posts.details import post_details
from viral.ui.predict.answer import answer, candour, odds, rounded
from viral.ui.predict.moves import moves_of

VIEWS = [900, 1500, 4000, 700, 5000, 800, 1300, 1200, 3500, 1000, 2500]


def made(**given: Any) -> Analysis:
    return analysis(details=post_details(**{"recent_views": VIEWS, "followers": 12_000, **given}))


def silent(one: Analysis) -> Analysis:
    """Return the result as it would be if picture, sound and speech had no weight."""
    told = explanation()
    parts = tuple(
        part if part.name in ("context", "text") else replace(part, value=0.0)
        for part in told.modalities
    )
    without = replace(one.prediction, explanation=replace(told, modalities=parts))
    return replace(one, prediction=without)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_card_carries_every_number(lang: str) -> None:
    one = made(recent_shares=[1] * len(VIEWS))
    page = parsed(answer(one.prediction, lang, one, name="a.mp4"))
    expected = {"breakout_probability": one.prediction.breakout_probability}
    expected |= {f"views.{end}": value for end, value in one.prediction.views.to_dict().items()}
    for name in ("likes", "comments", "shares"):
        for end, value in getattr(one.prediction, name).to_dict().items():
            expected[f"{name}.{end}"] = value
    assert page.numbers == expected


def test_the_range_comes_before_the_number() -> None:
    words = parsed(answer(made().prediction, "en", made(), name="my clip.mp4")).words
    assert "Most likely 790 to 15 K views" in words
    assert words.index("790") < words.index("Middle: 3.2 K")
    assert "my clip.mp4" in words
    assert "12 K followers, 11 recent posts" in words
    assert "your usual 1.3 K" in words


def test_a_post_is_set_among_the_last_ten() -> None:
    page = parsed(answer(made().prediction, "en", made()))
    assert "Expected to beat 7 of your last 10 posts" in page.words
    without = analysis()
    assert "your last" not in parsed(answer(without.prediction, "en", without)).words


def test_shares_are_shown_only_where_their_range_holds() -> None:
    assert "shares.low" not in parsed(answer(made().prediction, "en", made())).numbers
    given = made(recent_shares=[5] * len(VIEWS))
    assert "shares.low" in parsed(answer(given.prediction, "en", given)).numbers


def test_what_any_other_clip_would_get_is_said_while_the_content_counts_for_nothing() -> None:
    one = silent(made(caption="hello"))
    assert candour(one, "en") == (
        "This number comes from your account, caption, and length. Any other 14.6 s clip of yours "
        "would get the same."
    )
    assert candour(made(caption="hello"), "en") == ""


def test_nothing_known_of_the_account_asks_for_it_and_names_no_single_number() -> None:
    unknown = replace(prediction(usual_views=None), account_size=ALL_SIZES)
    one = analysis(made=unknown)
    page = parsed(answer(unknown, "en", one))
    assert "Add your followers or last 5 view counts" in page.words
    assert set(page.numbers) == {"views.low", "views.high"}
    assert "Chance" not in page.words


def test_a_post_like_none_before_is_called_a_guess_without_a_single_number() -> None:
    far = Furthest("context.followers", "Followers", 0.6, 3.0, 7.0, 1.2)
    likeness = Likeness(percent=0.0, widening=1.6, furthest=(far,))
    one = replace(made().prediction, likeness=likeness)
    words = parsed(answer(one, "es", replace(made(), prediction=one))).words
    assert "Hemos visto pocas publicaciones así (Seguidores)" in words
    assert "Punto medio" not in words


@pytest.mark.parametrize(
    ("chance", "said"),
    [(0.0, "under 1 in 100"), (0.118, "1 in 8"), (0.44, "1 in 2"), (0.62, "62 %"), (1.0, "100 %")],
)
def test_chances_are_said_as_people_say_them(chance: float, said: str) -> None:
    assert odds(chance, "en") == said


def test_a_range_is_told_in_two_figures() -> None:
    assert [rounded(x) for x in (0.4, 7.2, 52_893.0, 607_420.0)] == [0.0, 7.0, 53_000.0, 610_000.0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_name_is_text(lang: str) -> None:
    html = answer(made().prediction, lang, made(), name=NASTY)
    page = parsed(html)
    pictures = [value for name, value in page.attributes if name == "src"]
    assert all(str(one).startswith("data:image/jpeg;base64,") for one in pictures)
    assert not any(name.startswith("on") for name, _ in page.attributes)
    assert "script" not in page.tags
    assert NASTY in page.words


def test_the_rows_add_up_and_none_is_too_small_to_see() -> None:
    told = explanation()
    rows = moves_of(told)
    assert sum(row.value for row in rows) == pytest.approx(told.prediction - told.base, abs=1e-6)
    assert all(abs(10.0**row.value - 1.0) >= 0.005 for row in rows)
    assert len({row.name for row in rows}) == len(rows)


def test_the_closed_card_is_short() -> None:
    one = silent(made(caption="hello"))
    html = answer(one.prediction, "en", one, name="clip.mp4")
    closed = re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)
    words = parsed(closed).words.split()
    assert len(words) <= 110
