from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.errors import DetailsError
from viral.ui.widgets.typed_values import (
    details_from_page,
    on_the_clock,
    plain_number,
    plain_numbers,
    time_zones,
)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("12k", "12000"),
        ("1.2 M", "1200000"),
        ("3,5 mil", "3500"),
        ("12 000", "12000"),
        ("12.000", "12000"),
        ("1'250'000", "1250000"),
        ("950", "950"),
        ("twelve", "twelve"),
        ("", ""),
        (None, None),
    ],
)
def test_followers_as_people_write_them(typed: str | None, plain: str | None) -> None:
    assert plain_number(typed) == plain


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("900, 1500, 700", "900, 1500, 700"),
        ("900 1500 700", "900, 1500, 700"),
        ("900\n1.5k\n12k", "900, 1500, 12000"),
        ("900; 1 500; 700", "900, 1500, 700"),
        ("1.5 k 2 k", "1500, 2000"),
        ("", None),
        (None, None),
    ],
)
def test_recent_views_as_people_write_them(typed: str | None, plain: str | None) -> None:
    assert plain_numbers(typed) == plain


def test_a_time_is_read_on_the_clock_of_its_zone() -> None:
    summer = on_the_clock("2026-07-01T18:30", "Europe/Madrid", "en")
    winter = on_the_clock("2026-01-01T18:30", "Europe/Madrid", "en")
    assert summer is not None
    assert winter is not None
    assert summer.astimezone(UTC) == datetime(2026, 7, 1, 16, 30, tzinfo=UTC)
    assert winter.astimezone(UTC) == datetime(2026, 1, 1, 17, 30, tzinfo=UTC)


def test_no_time_is_no_time() -> None:
    assert on_the_clock("", "Europe/Madrid", "en") is None
    assert on_the_clock(None, "nowhere", "en") is None


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "\x00", "A" * 300])
def test_a_foreign_zone_is_refused_in_one_sentence(zone: str) -> None:
    with pytest.raises(DetailsError, match=r"time zone .* is not known; pick one"):
        on_the_clock("2026-07-01T18:30", zone, "en")


def test_a_foreign_time_is_refused_in_the_language_of_the_page() -> None:
    with pytest.raises(DetailsError, match="no es una fecha y hora"):
        on_the_clock("tomorrow", "UTC", "es")


def test_there_are_zones_to_choose_from() -> None:
    zones = time_zones()
    assert zones[0] == "UTC"
    assert "Europe/Madrid" in zones
    assert len(zones) == len(set(zones))


def test_the_page_says_what_the_python_call_says() -> None:
    details = details_from_page(
        caption="  ",
        followers="12k",
        recent_views="900, 1.5k",
        time="2026-03-01T18:30",
        zone="America/New_York",
        sound="library",
        sound_name="",
        lang="en",
    )
    assert details.caption is None
    assert details.followers == 12_000
    assert details.recent_views == (900, 1500)
    assert details.posted_at is not None
    assert details.posted_at.astimezone(UTC).hour == 23
    assert details.sound == "library"


@given(st.text(max_size=60), st.text(max_size=60))
def test_anything_typed_is_read_or_refused_in_a_sentence(followers: str, recent: str) -> None:
    said = None
    try:
        details_from_page(
            caption=recent,
            followers=followers,
            recent_views=recent,
            time=None,
            zone="UTC",
            sound="unknown",
            sound_name=None,
            lang="en",
        )
    except DetailsError as error:
        said = str(error)
    assert said is None or (said.endswith(".") and "\n" not in said)
