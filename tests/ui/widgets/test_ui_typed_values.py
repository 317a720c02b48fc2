from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.errors import DetailsError
from viral.posts.details import PostDetails
from viral.ui.widgets.typed_values import (
    details_from_page,
    on_the_clock,
    time_zones,
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12k", 12_000),
        ("1.2 M", 1_200_000),
        ("1,2M", 1_200_000),
        ("3,5 mil", 3500),
        ("12 000", 12_000),
        ("12.000", 12_000),
        ("12,000", 12_000),
        ("1'250'000", 1_250_000),
        ("3.5万", 35_000),
        ("950", 950),
        ("", None),
        (None, None),
    ],
)
def test_followers_as_people_write_them(typed: str | None, meant: float | None) -> None:
    assert _from_page(followers=typed).followers == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("900, 1500, 700", (900, 1500, 700)),
        ("900\n1.5k\n12k", (900, 1500, 12_000)),
        ("12,400, 9,800, 15,200", (12_400, 9800, 15_200)),
        ("1,7 mil, 2,1 mil, 900", (1700, 2100, 900)),
        ("", ()),
        (None, ()),
    ],
)
def test_recent_views_as_people_write_them(typed: str | None, meant: tuple[float, ...]) -> None:
    assert _from_page(recent_views=typed).recent_views == meant


def _from_page(followers: str | None = None, recent_views: str | None = None) -> PostDetails:
    return details_from_page(
        caption=None,
        followers=followers,
        recent_views=recent_views,
        time=None,
        zone="UTC",
        sound=None,
        sound_name=None,
        lang="en",
    )


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
    with pytest.raises(DetailsError) as caught:
        on_the_clock("tomorrow", "UTC", "es")
    assert "no es una fecha y hora" in caught.value.message.said("es")


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
