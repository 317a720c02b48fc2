from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.ui.widgets.numbers import count, factor, measured, megabytes, one_in, seconds


@pytest.mark.parametrize(
    ("number", "english", "spanish"),
    [
        (0, "0", "0"),
        (0.4, "0", "0"),
        (4.1, "4", "4"),
        (999.4, "999", "999"),
        (999.8, "1 K", "1 mil"),
        (12_400, "12.4 K", "12,4 mil"),
        (99_990, "100 K", "100 mil"),
        (999_960, "1 M", "1 M"),
        (3_450_000, "3.5 M", "3,5 M"),
        (2_100_000_000, "2.1 B", "2100 M"),
        (math.nan, "–", "–"),
    ],
)
def test_counts_are_short(number: float, english: str, spanish: str) -> None:
    assert count(number) == english
    assert count(number, "es") == spanish


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1.0, "×1"),
        (1.003, "×1"),
        (1.3, "×1.3 ▲"),
        (0.87, "×0.87 ▼"),
        (2.431, "×2.4 ▲"),
        (0.0097, "÷103 ▼"),
        (125.0, "×125 ▲"),
        (math.inf, "–"),
    ],
)
def test_factors_say_their_direction(number: float, shown: str) -> None:
    assert factor(number) == shown


def test_counts_are_written_as_brazilians_do() -> None:
    assert [count(n, "pt") for n in (950, 12_400, 3_450_000, 2.1e9)] == [
        "950",
        "12,4 mil",
        "3,5 mi",
        "2,1 bi",
    ]


def test_a_factor_has_the_mark_of_its_language() -> None:
    assert factor(0.87, "es") == "×0,87 ▼"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (None, "s", "–"),
        (math.nan, "s", "–"),
        ("seashore", "", "seashore"),
        (2.4, "s", "2.4 s"),
        (128.0, "BPM", "128 BPM"),
        (0.0031, "", "0.003"),
        (15_200.0, "Hz", "15200 Hz"),
        (15_200.0, "", "15.2 K"),
    ],
)
def test_measured_values_carry_their_unit(value: float | str | None, unit: str, shown: str) -> None:
    assert measured(value, unit) == shown


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_is_shown_as_something(number: float) -> None:
    for lang in ("en", "es"):
        assert count(number, lang)
        assert factor(number, lang)
        assert measured(number, "s", lang)


@given(st.floats(0, 1))
def test_odds_are_whole_and_at_least_one(probability: float) -> None:
    assert one_in(probability) >= 1


def test_lengths_and_sizes() -> None:
    assert seconds(14.62) == "14.6 s"
    assert seconds(59.97) == "1:00 min"
    assert seconds(125.4) == "2:05 min"
    assert megabytes(340_000) == "340 kB"
    assert megabytes(12_440_000, "es") == "12,4 MB"
