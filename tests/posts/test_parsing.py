"""Numbers and dates in the forms that people and platforms write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.posts.parsing import day_comes_first, length_seconds, plain_number, plain_time
from viral.posts.schema import number, parsed, time


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
        ("1e5", 100_000),
        (" 42 ", 42),
    ],
)
def test_counts_as_people_write_them(written: str, meant: float) -> None:
    assert plain_number(written, whole=True) == pytest.approx(meant)


def test_a_length_keeps_its_decimals() -> None:
    assert plain_number("12.345") == 12.345
    assert plain_number("12,5") == 12.5


@pytest.mark.parametrize("written", ["many", "K", "1..2", "1,2,3", "12 apples", "--5", "", "1.2.3"])
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
