"""Numbers and dates in the forms that people and platforms write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from viral.errors import DetailsError
from viral.posts.cells import number, time, views
from viral.posts.dates import LANGUAGES, Year, day_comes_first, lacks_year, plain_time
from viral.posts.details import post_details, read_as
from viral.posts.parsing import (
    TwoReadingsError,
    canonical,
    length_seconds,
    number_list,
    plain_number,
)
from viral.posts.schema import parsed


def _tried(read: Callable[[str], Any], written: str) -> tuple[Any, str]:
    try:
        return read(written), ""
    except ValueError as error:
        return None, str(error)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("541.2K", 541_200),
        ("541,2K", 541_200),
        ("1.2M", 1_200_000),
        ("3,4 Mio.", 3_400_000),
        ("12 mil", 12_000),
        ("3.5万", 35_000),
        ("1.1B", 1.1e9),
        ("1,234,567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("1.234", 1234),
        ("1'234", 1234),
        ("1 234", 1234),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1,2M", 1_200_000),
        ("2 mio", 2_000_000),
        ("1,7 mil", 1700),
        ("12,34,567", 1_234_567),
        ("１２，４００", 12_400),
        ("1e5", 100_000),
        (" 42 ", 42),
    ],
)
def test_counts_as_people_write_them(written: str, meant: float) -> None:
    assert plain_number(written, whole=True) == pytest.approx(meant)


def test_a_length_keeps_its_decimals() -> None:
    assert plain_number("12.345") == 12.345
    assert plain_number("12,5") == 12.5


@pytest.mark.parametrize(
    "written", ["many", "K", "1..2", "1,2,3", "12 apples", "--5", "", "1.2.3", "12 34", "900,1500"]
)
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        plain_number(written, whole=True)


@given(st.integers(min_value=0, max_value=10**13))
def test_a_count_survives_every_way_of_grouping(count: int) -> None:
    for mark in (",", ".", " ", "'", "\u202f"):
        assert plain_number(f"{count:,}".replace(",", mark), whole=True) == count


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_a_sentence(written: str) -> None:
    found, problem = _tried(number, written)
    assert problem.startswith("is ") or found >= 0 or found != found


LISTS = {
    "12,400, 9,800, 15,200": (12_400, 9800, 15_200),
    "12.400, 9.800, 15.200": (12_400, 9800, 15_200),
    "12 000 15 000 9 000": (12_000, 15_000, 9000),
    "12 400, 9 800": (12_400, 9800),
    "1,200; 3,400": (1200, 3400),
    "1,200 3,400": (1200, 3400),
    "1,7 mil, 2,1 mil, 1,2 mil, 900, 1,5 mil": (1700, 2100, 1200, 900, 1500),
    "1,5k, 2,5k": (1500, 2500),
    "1,5k,2,5k": (1500, 2500),
    "12.4K\n9,800\n15200": (12_400, 9800, 15_200),
    "3.5万 2万": (35_000, 20_000),
    "900,1500,700": (900, 1500, 700),
    "900 1500 700": (900, 1500, 700),
    "900, 1500 700": (900, 1500, 700),
    "900; 1 500; 700": (900, 1500, 700),
    "[900, 1500, 700]": (900, 1500, 700),
    "['900', '1.5K']": (900, 1500),
    "100,200": (100, 200),
}


@pytest.mark.parametrize("written", LISTS)
def test_lists_are_read_alike_at_every_door(written: str) -> None:
    assert tuple(number_list(written)) == LISTS[written]
    assert post_details(recent_views=written).recent_views == LISTS[written]
    assert views(written) == LISTS[written]


@pytest.mark.parametrize(
    ("written", "one", "other"),
    [
        ("12,400,9,800", "12400; 9800", "12; 400; 9; 800"),
        ("80,300", "80300", "80; 300"),
        ("12 000 950 700", "12000950700", "12000; 950; 700"),
        ("900,1,5k", "900; 1500", "900; 1; 5000"),
    ],
)
def test_a_list_that_reads_two_ways_is_refused_with_both(
    written: str, one: str, other: str
) -> None:
    with pytest.raises(DetailsError, match="two ways") as caught:
        post_details(recent_views=written)
    # Both ways out that the sentence offers are taken.
    for remedy in (one, other):
        assert remedy in str(caught.value)
        assert canonical(post_details(recent_views=remedy).recent_views) == remedy
    with pytest.raises(TwoReadingsError):
        number_list(written)


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=2, max_size=12))
def test_a_list_survives_every_way_of_grouping_and_separating(counts: list[int]) -> None:
    assert number_list(canonical([float(count) for count in counts])) == counts
    for mark, between in ((",", ", "), (".", ", "), (" ", "; "), ("'", "\t"), (",", "\n")):
        written = between.join(f"{count:,}".replace(",", mark) for count in counts)
        assert number_list(written) == counts


@given(st.text(alphabet="0123456789,. ;kMmil'\n-", max_size=24))
def test_any_list_is_numbers_or_a_sentence(written: str) -> None:
    found, problem = _tried(views, written)
    assert problem or all(count >= 0 for count in found)


def test_what_was_read_is_said_where_it_was_written_otherwise() -> None:
    assert read_as("12.4K") == "12400"
    assert read_as("9,800") == "9800"
    assert read_as("12,400, 9,800", many=True) == "12400; 9800"
    for plain in (None, "", "12400", "many"):
        assert read_as(plain) is None
    assert read_as("900, 1500,700", many=True) is None


SIX_PM = datetime(2024, 1, 2, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2024-01-02T18:30:00Z",
        "2024-01-02 18:30:00 UTC",
        "2024-01-02 20:30:00+02:00",
        "2024/1/2 18:30",
        "Jan 2, 2024 6:30 PM",
        "January 2nd, 2024 at 18:30",
        "2 January 2024, 18:30",
        "02.01.2024 18:30",
        "Tue, 02 Jan 2024 18:30:00 GMT",
        "Tue Jan 02 18:30:00 +0000 2024",
        "2 de enero de 2024, 18:30",
        "2. Januar 2024, 18:30 Uhr",
        "2024年1月2日 下午6:30",
        "1704220200",
        "1704220200000",
    ],
)
def test_dates_as_people_write_them(written: str) -> None:
    assert time(written) == SIX_PM


def test_a_day_alone_is_its_midnight() -> None:
    for written in ("20240102", "2024-01-02", "02.01.2024", "2 Jan 2024"):
        assert time(written) == datetime(2024, 1, 2, tzinfo=UTC)


def test_a_date_that_reads_two_ways_is_not_guessed() -> None:
    assert plain_time("03/04/2024", day_first=True).month == 4
    assert plain_time("03/04/2024", day_first=False).month == 3
    with pytest.raises(ValueError, match="day first or month first"):
        time("03/04/2024")
    assert plain_time("31/01/2024").day == 31
    assert plain_time("01/31/2024").day == 31


def test_the_other_dates_of_a_column_settle_it() -> None:
    assert day_comes_first(["03/04/2024", "31/01/2024"]) is True
    assert day_comes_first(["03/04/2024", "01/31/2024"]) is False
    assert day_comes_first(["03/04/2024"]) is None
    assert day_comes_first(["31/01/2024", "01/31/2024"]) is None


WITHOUT_A_YEAR = {
    "en": "September 19",
    "es": "19 de septiembre",
    "pt": "19 de set.",
    "fr": "19 septembre",
    "de": "19. September",
    "it": "19 set",
    "nl": "19 sep.",
    "pl": "19 września",
    "tr": "19 Eylül",
    "id": "19 September",
    "ru": "19 сентября",
    "vi": "19 tháng 9",
    "ja": "9月19日",
    "ko": "9월 19일",
    "ar": "19 سبتمبر",
}


@pytest.mark.parametrize("language", WITHOUT_A_YEAR)
def test_a_date_without_a_year_is_the_last_that_fits(language: str) -> None:
    written = WITHOUT_A_YEAR[language]
    assert lacks_year(written)
    with pytest.raises(ValueError, match="has no year"):
        time(written)
    for counted, year in ((datetime(2026, 9, 19), 2026), (datetime(2026, 9, 18), 2025)):
        found = plain_time(written, year=Year(counted.replace(tzinfo=UTC)))
        assert found == datetime(year, 9, 19, tzinfo=UTC)
    given_year = Year(datetime(2026, 9, 20, tzinfo=UTC), given=2021)
    assert plain_time(written, year=given_year).year == 2021


def test_the_last_twenty_ninth_of_february() -> None:
    assert plain_time("Feb 29", year=Year(datetime(2027, 5, 1, tzinfo=UTC))).year == 2024
    with pytest.raises(ValueError, match="day is out of range"):
        plain_time("Feb 29", year=Year(datetime(2027, 5, 1, tzinfo=UTC), given=2025))


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "fa"])
@given(st.dates(min_value=date(2014, 1, 1), max_value=date(2099, 12, 31)))
def test_dates_of_every_language_are_read_back(language: str, day: date) -> None:
    for form in ("medium", "long"):
        written = format_date(day, form, locale=language)
        assert plain_time(written, day_first=language != "en").date() == day, written


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_sentence(written: str) -> None:
    found, problem = _tried(time, written)
    assert problem.startswith("is ") or found is None or found.tzinfo is not None


def test_lengths() -> None:
    import pandas as pd

    assert length_seconds("1:05") == 65
    assert length_seconds("1:02:03") == 3723
    assert length_seconds("PT1M5S") == 65
    assert length_seconds("15") is None
    column, problems = parsed(pd.Series(["0:15", "15", "15,5", "long"]), "duration_s")
    assert column.tolist()[:3] == [15, 15, 15.5]
    assert list(problems) == [3]
