"""The fields of What if: what they say of a post, and the post that they make."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fabricated import analysis
from hypothesis import given
from hypothesis import strategies as st

from viral.errors import DetailsError
from viral.posts.details import PostDetails, post_details
from viral.ui.predict.what_if_fields import Tried, applied, caption_of, changes, filled, zone_of

MADRID = "Europe/Madrid"
DETAILS = post_details(
    caption="A day out  #one #two",
    followers=12_345.0,
    recent_views=[900, 1500.5, 700],
    posted_at="2027-07-03T18:30+02:00",
    sound="Some song",
)


def test_the_fields_say_what_the_post_says() -> None:
    tried = filled(analysis(details=DETAILS), MADRID)
    assert tried == Tried(
        caption="A day out",
        hashtags="#one #two",
        recent="900, 1500.5, 700",
        followers="12345",
        time="2027-07-03T18:30",
        sound="library",
        start_s=0.0,
        end_s=14.6,
    )
    assert filled(analysis(details=DETAILS), "Asia/Tokyo").time == "2027-07-04T01:30"


@st.composite
def _details(draw: st.DrawFn) -> PostDetails:
    counts = st.floats(0, 1e9)
    moments = st.datetimes(datetime(2015, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
    return post_details(
        caption=draw(st.none() | st.text(max_size=50)),
        followers=draw(st.none() | counts),
        recent_views=draw(st.lists(counts, max_size=5)),
        posted_at=draw(st.none() | moments),
        sound=draw(st.sampled_from([None, "original", "library", "a song"])),
    )


@given(details=_details(), keep=st.none() | st.just([(1.234, 9.876)]))
def test_what_is_left_alone_changes_nothing(details: PostDetails, keep: Any) -> None:
    before = replace(analysis(details=details), keep=keep)
    for zone in (MADRID, "UTC", None, "No/Where"):
        assert changes(before, filled(before, zone), zone) == {}


@pytest.mark.parametrize(
    ("typed", "change"),
    [
        ({"hashtags": "#one"}, {"caption": "A day out #one"}),
        ({"hashtags": "one, two three"}, {"caption": "A day out #one #two #three"}),
        ({"caption": "", "hashtags": ""}, {"caption": None}),
        ({"caption": "another"}, {"caption": "another #one #two"}),
        ({"followers": "12k"}, {"followers": "12k"}),
        ({"followers": ""}, {"followers": ""}),
        ({"recent": "1k; 2k"}, {"recent_views": "1k; 2k"}),
        ({"sound": "unknown"}, {"sound": None}),
        ({"sound": "original"}, {"sound": "original"}),
        ({"time": ""}, {"posted_at": None}),
        ({"start_s": 2.0}, {"trim_start_s": 2.0}),
        ({"end_s": 9.0}, {"trim_end_s": 9.0}),
    ],
)
def test_only_what_was_changed_is_asked_for(typed: dict[str, Any], change: dict[str, Any]) -> None:
    before = analysis(details=DETAILS)
    tried = replace(filled(before, MADRID), **typed)
    assert changes(before, tried, MADRID) == change


def test_a_time_is_on_the_readers_clock() -> None:
    before = analysis(details=DETAILS)
    tried = replace(filled(before, MADRID), time="2027-12-01T10:00")
    found = changes(before, tried, MADRID)["posted_at"]
    assert found == datetime(2027, 12, 1, 9, tzinfo=UTC)
    with pytest.raises(DetailsError, match="not a date and time"):
        changes(before, replace(tried, time="2027-12-01T25:00"), MADRID)


def test_a_suggestion_fills_its_own_field_alone() -> None:
    own = filled(analysis(details=DETAILS), MADRID)
    fewer = applied(own, {"caption": "A day out #one"}, MADRID)
    assert fewer == replace(own, hashtags="#one")
    shorter = applied(own, {"trim_start_s": 0.0, "trim_end_s": 11.0}, MADRID)
    assert shorter == replace(own, end_s=11.0)
    moment = datetime(2027, 7, 9, 17, tzinfo=UTC)
    assert applied(own, {"posted_at": moment}, MADRID) == replace(own, time="2027-07-09T19:00")


@pytest.mark.parametrize(
    ("words", "hashtags", "caption"),
    [
        ("hello", "#a #b", "hello #a #b"),
        ("hello ", "a,b", "hello #a #b"),
        ("", "#a", "#a"),
        (" ", " ", None),
        ("line one\n", "", "line one"),
    ],
)
def test_a_caption_is_put_together(words: str, hashtags: str, caption: str | None) -> None:
    assert caption_of(words, hashtags) == caption


def test_an_unknown_zone_is_utc() -> None:
    assert zone_of("No/Where") is UTC
    assert str(zone_of(MADRID)) == MADRID


@pytest.mark.parametrize(
    ("given_details", "spanish"),
    [
        ({"followers": "lots"}, "Seguidores: 'lots' no es un número; escríbelo así: 12000."),
        (
            {"followers": -3},
            "Seguidores: el número debe estar entre 0 y 2.000.000.000, pero",
        ),
        (
            {"recent_views": "900, many"},
            "Visualizaciones recientes: '900, many' no son números; escríbelos así: 900, 1500",
        ),
        ({"posted_at": "1999-01-01T10:00"}, "La fecha 1999-01-01 queda fuera de 2014 a 2100"),
    ],
)
def test_slips_are_told_in_spanish(given_details: dict[str, Any], spanish: str) -> None:
    with pytest.raises(DetailsError) as caught:
        post_details(**given_details)
    assert caught.value.message.said("es").startswith(spanish)


@pytest.mark.parametrize(
    ("start", "end", "spanish"),
    [
        (5, 5.1, "Solo quedarían 0,1 s; conserva al menos 0,5 s de los 14,6 s."),
        (14, 11, "El inicio debe ir antes del final."),
        (-1, 5, "El inicio debe ser 0 s o después."),
        (0, 99, "El vídeo dura 14,6 s; no puede terminar a los 99 s."),
        ("x", 5, "El inicio y el final son segundos, como 0 y 12,5."),
    ],
)
def test_trims_are_refused_in_spanish(start: Any, end: Any, spanish: str) -> None:
    from viral.explain.what_if import trimmed

    with pytest.raises(DetailsError) as caught:
        trimmed(14.6, start, end)
    assert caught.value.message.said("es") == spanish
