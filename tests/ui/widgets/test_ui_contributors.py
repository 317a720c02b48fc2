from __future__ import annotations

import math

import pytest
from fabricated import contribution, explanation
from hypothesis import given
from hypothesis import strategies as st

from viral.modalities.features import ShownAs
from viral.model.attribution import named_features
from viral.model.explanation import Explanation
from viral.ui.widgets.contributors import breakout_words, headline_rows, in_words, rows_of, verdict


def test_rows_sum_as_the_features_do() -> None:
    made = explanation()
    total = sum(part.value for part in made.features)
    rows = rows_of(made, "en")
    assert sum(row.value for row in rows) == pytest.approx(total, abs=1e-12)
    assert sum(row.value for row in headline_rows(rows, "en")) == pytest.approx(total, abs=1e-12)


def test_the_largest_effect_comes_first() -> None:
    sizes = [abs(row.value) for row in rows_of(explanation(), "en")]
    assert sizes == sorted(sizes, reverse=True)


def test_the_two_halves_of_the_hour_are_one_row() -> None:
    # sin and cos of 18:00, as the model sees it.
    rows = {row.name: row for row in rows_of(explanation(), "en")}
    assert rows["context.hour"].measured == "18:00 UTC"
    assert rows["context.hour"].value == pytest.approx(0.018)
    assert not any(name.startswith("context.hour_") for name in rows)


def test_coefficients_of_the_tone_are_one_row_without_a_number() -> None:
    tones = tuple(contribution(f"audio.mfcc{n}", f"Tone {n}", 0.01, -3.2) for n in range(1, 21))
    rows = rows_of(Explanation(3.0, 3.2, (), tones), "en")
    assert [row.name for row in rows] == ["audio.tone"]
    assert rows[0].value == pytest.approx(0.2)
    assert rows[0].measured is not None
    assert "3.2" not in rows[0].measured


def test_recent_views_are_one_row_in_the_headline() -> None:
    recent = (
        contribution(
            "context.recent_median",
            "Middle",
            -0.7,
            2.95,
            typical=5.77,
            unit="log10",
            group="Recent views",
        ),
        contribution("context.recent_last", "Last", 0.1, 2.85, unit="log10", group="Recent views"),
        contribution("text.emoji_count", "Emoji", 0.01, 0.0, typical=0.0),
    )
    headline = headline_rows(rows_of(Explanation(5.0, 4.4, (), recent), "en"), "en")
    assert [row.name for row in headline] == ["context.recent", "text.emoji_count"]
    assert headline[0].value == pytest.approx(-0.6)
    assert headline[0].measured == "890"
    assert headline[0].typical == "589 K"


def test_how_each_feature_is_shown_goes_with_its_unit() -> None:
    logarithms = {
        *(ShownAs.COUNT, ShownAs.QUANTITY, ShownAs.RATIO, ShownAs.FACTOR, ShownAs.PER_VIEW)
    }
    for name, feature in named_features().items():
        if feature.unit.startswith("log10"):
            assert feature.shown_as in logarithms, f"{name} would be shown as a logarithm"
        if feature.shown_as is ShownAs.QUANTITY:
            assert feature.unit.removeprefix("log10").strip(), f"{name} names no unit"


@pytest.mark.parametrize(
    ("value", "name", "shown"),
    [
        (4.079, "context.followers", "12 K"),
        (0.0, "context.followers", "0"),
        (0.301, "context.recent_trend", "×2"),
        (-1.0, "context.recent_per_follower", "0.1"),
        (-1.0, "context.recent_likes_usual", "10 %"),
        (-3.0, "context.recent_shares_usual", "0.1 %"),
        (0.301, "context.recent_likes_last_change", "×2"),
        (-0.301, "context.recent_likes_slope", "×0.5"),
        (1.176, "context.duration", "15 s"),
        (1.0, "context.sound_original", "yes"),
        (0.0, "text.english", "no"),
        (4.0, "context.weekday", "Friday"),
        (0.25, "audio.silence_share_hook", "25 %"),
        (2.4, "speech.first_word_s", "2.4 s"),
        ("seashore", "visual.embedding", "seashore"),
        (math.nan, "audio.tempo_bpm", None),
        (None, "audio.tempo_bpm", None),
    ],
)
def test_values_are_said_as_a_person_would(
    value: float | str | None, name: str, shown: str | None
) -> None:
    feature = named_features()[name]
    assert in_words(value, feature.shown_as, feature.unit, "en") == shown


@pytest.mark.parametrize(
    ("score", "median", "usual", "key"),
    [
        (10, 4000, 1000, "far_above"),
        (10, 1300, 1000, "above"),
        (90, 1000, 1000, "about"),
        (90, 500, 1000, "below"),
        (85, 1, None, "strong"),
        (50, 1, None, "middle"),
        (5, 1, None, "weakest"),
        (5, 1, 0.0, "weakest"),
    ],
)
def test_a_prediction_is_summed_up_against_the_usual_or_by_its_score(
    score: float, median: float, usual: float | None, key: str
) -> None:
    assert verdict(score, median, usual) == f"verdict.{key}"


@pytest.mark.parametrize(
    ("probability", "words", "odds"),
    [
        (0.0, "Very unlikely", "About 1 in 1000"),
        (0.04, "Unlikely", "About 1 in 25"),
        (0.118, "Possible", "About 1 in 8"),
        (0.4, "A real chance", "About 1 in 2"),
        (0.62, "More likely than not", "62 %"),
        (1.0, "More likely than not", "100 %"),
    ],
)
def test_probabilities_in_words(probability: float, words: str, odds: str) -> None:
    assert breakout_words(probability, "en") == (words, odds)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_chance_never_sounds_smaller(one: float, other: float) -> None:
    order = ["Very unlikely", "Unlikely", "Possible", "A real chance", "More likely than not"]
    low, high = sorted((one, other))
    assert order.index(breakout_words(low, "en")[0]) <= order.index(breakout_words(high, "en")[0])
