"""What a person types about a post: understood where it can be, refused in one sentence
elsewhere."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral import ViralError
from viral.errors import DetailsError
from viral.posts.details import (
    MAX_CAPTION_CHARACTERS,
    MAX_FOLLOWERS,
    MAX_RECENT_VIEWS,
    post_details,
)


def assert_one_sentence(error: BaseException) -> None:
    text = str(error)
    assert "\n" not in text
    assert text[0].isupper()
    assert text.endswith(".")


def test_everything_is_optional() -> None:
    details = post_details()
    assert details.caption is None
    assert details.followers is None
    assert details.recent_views == ()
    assert details.posted_at is None
    assert details.horizon_days == 30
    assert details.warnings == ()


@pytest.mark.parametrize(
    ("typed", "followers"),
    [
        (12_000, 12_000),
        ("12000", 12_000),
        ("12,000", 12_000),
        ("12_000", 12_000),
        (" 12000 ", 12_000),
        ("12.4K", 12_400),
        ("1.2m", 1_200_000),
        (np.int64(7), 7),
        (0, 0),
        ("", None),
        ("   ", None),
        (None, None),
        (math.nan, None),
    ],
)
def test_followers_are_read_as_people_write_them(typed: object, followers: float | None) -> None:
    assert post_details(followers=typed).followers == followers


@pytest.mark.parametrize(
    "typed",
    [-5, "-1", "many", "twelve thousand", "nan", "inf", 1e300, True, [1, 2], {}, b"5", "1.2.3K"],
)
def test_senseless_followers_are_refused(typed: object) -> None:
    with pytest.raises(DetailsError, match="Followers") as caught:
        post_details(followers=typed)
    assert_one_sentence(caught.value)


def test_the_largest_account_is_accepted_and_one_more_is_not() -> None:
    assert post_details(followers=MAX_FOLLOWERS).followers == MAX_FOLLOWERS
    with pytest.raises(DetailsError):
        post_details(followers=MAX_FOLLOWERS + 1)


@pytest.mark.parametrize(
    "typed",
    [
        "900,1500,700",
        "900, 1500, 700",
        "900 1500\n700",
        "[900, 1500, 700]",
        "900;1.5K;700",
        [900, 1500, 700],
        (900, "1500", 700.0),
        np.array([900, 1500, 700]),
        pd.Series([900, 1500, 700], index=[7, 8, 9]),
    ],
)
def test_recent_views_keep_their_order(typed: object) -> None:
    assert post_details(recent_views=typed).recent_views == (900, 1500, 700)


def test_a_single_number_is_one_recent_post() -> None:
    assert post_details(recent_views=900).recent_views == (900,)
    assert post_details(recent_views=np.array(900)).recent_views == (900,)


def test_only_the_newest_recent_views_are_kept() -> None:
    views = post_details(recent_views=range(MAX_RECENT_VIEWS + 5)).recent_views
    assert views == tuple(range(5, MAX_RECENT_VIEWS + 5))


@pytest.mark.parametrize(
    "typed", ["a lot", "900,lots", [900, "x"], "-5", [-1], b"900", {"a": 1}, "nan", "null, nan"]
)
def test_recent_views_that_are_no_numbers_are_refused(typed: object) -> None:
    with pytest.raises(DetailsError, match="Recent views") as caught:
        post_details(recent_views=typed)
    assert_one_sentence(caught.value)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2030-03-01T18:30", datetime(2030, 3, 1, 18, 30, tzinfo=UTC)),
        ("2030-03-01", datetime(2030, 3, 1, tzinfo=UTC)),
        (" 2030-03-01 18:30Z ", datetime(2030, 3, 1, 18, 30, tzinfo=UTC)),
        ("2030-03-01T18:30+07:00", datetime(2030, 3, 1, 11, 30, tzinfo=UTC)),
        (date(2030, 3, 1), datetime(2030, 3, 1, tzinfo=UTC)),
        (datetime(2030, 3, 1), datetime(2030, 3, 1, tzinfo=UTC)),
        (pd.Timestamp("2030-03-01T18:30Z"), datetime(2030, 3, 1, 18, 30, tzinfo=UTC)),
        (np.datetime64("2030-03-01T18:30"), datetime(2030, 3, 1, 18, 30, tzinfo=UTC)),
        (1_898_620_200, datetime(2030, 3, 1, 18, 30, tzinfo=UTC)),
    ],
)
def test_posting_times_are_read(typed: object, moment: datetime) -> None:
    details = post_details(posted_at=typed)
    assert details.posted_at == moment
    assert details.posted_at.tzinfo is not None
    assert details.warnings == ()


@pytest.mark.parametrize("typed", [None, "", "  ", math.nan, pd.NaT])
def test_no_posting_time_is_fine(typed: object) -> None:
    assert post_details(posted_at=typed).posted_at is None


def test_the_zone_that_was_given_is_kept() -> None:
    hanoi = timezone(timedelta(hours=7))
    moment = post_details(posted_at=datetime(2030, 3, 1, 18, 30, tzinfo=hanoi)).posted_at
    assert moment is not None
    assert moment.hour == 18


@pytest.mark.parametrize(
    "typed",
    [
        "tomorrow",
        "2030-13-01",
        "2030-02-30",
        "01/03/2030",
        "25:00",
        "1999-01-01",
        "9999-12-31",
        "0001-01-01T00:00+14:00",
        -1,
        10**30,
        math.inf,
        True,
        [],
    ],
)
def test_nonsense_times_are_refused(typed: object) -> None:
    with pytest.raises(DetailsError, match="posting time") as caught:
        post_details(posted_at=typed)
    assert_one_sentence(caught.value)


def test_a_time_in_the_past_is_taken_with_a_warning() -> None:
    details = post_details(posted_at="2020-12-01T12:00")
    assert details.posted_at == datetime(2020, 12, 1, 12, tzinfo=UTC)
    assert len(details.warnings) == 1
    assert "past" in details.warnings[0]


def test_a_time_just_gone_by_is_not_worth_a_warning() -> None:
    now = datetime.now(tz=UTC)
    assert post_details(posted_at=now - timedelta(minutes=5)).warnings == ()


def test_a_long_caption_is_cut_with_a_warning() -> None:
    whole = post_details(caption="é" * MAX_CAPTION_CHARACTERS)
    assert whole.warnings == ()
    cut = post_details(caption="é" * (MAX_CAPTION_CHARACTERS + 1))
    assert cut.caption == whole.caption
    assert "cut" in cut.warnings[0]


@pytest.mark.parametrize("value", [5, b"caption", ["a"], math.nan])
def test_captions_and_sounds_that_are_no_text_are_refused(value: object) -> None:
    with pytest.raises(DetailsError, match=r"caption must be text\."):
        post_details(caption=value)  # type: ignore[arg-type]
    with pytest.raises(DetailsError, match=r"sound must be text\."):
        post_details(sound=value)  # type: ignore[arg-type]


@given(st.text(max_size=200), st.text(max_size=300))
def test_any_unicode_can_be_encoded_afterwards(caption: str, sound: str) -> None:
    details = post_details(caption=caption, sound=sound)
    assert "\x00" not in (details.caption or "")
    (details.caption or "").encode("utf-8")
    (details.sound or "").encode("utf-8")
    if caption.isascii() and "\x00" not in caption:
        assert details.caption == caption


def test_lone_surrogates_do_not_survive() -> None:
    details = post_details(caption="a\ud800b\x00c", sound="\udfff")
    assert details.caption == "a?b c"
    assert details.sound == "?"


@pytest.mark.parametrize("days", [0, -3, 366, "soon", math.inf])
def test_senseless_horizons_are_refused(days: object) -> None:
    with pytest.raises(DetailsError, match="horizon") as caught:
        post_details(horizon_days=days)
    assert_one_sentence(caught.value)


@pytest.mark.parametrize(("days", "kept"), [(1, 1), ("7", 7), (365, 365), (None, 30), ("", 30)])
def test_horizons(days: object, kept: float) -> None:
    assert post_details(horizon_days=days).horizon_days == kept


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=60),
    st.binary(max_size=20),
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
    st.lists(st.one_of(st.integers(), st.floats(), st.text(max_size=5), st.none()), max_size=5),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@given(followers=ANYTHING, recent_views=ANYTHING, posted_at=ANYTHING, horizon_days=ANYTHING)
def test_anything_at_all_gives_sound_details_or_one_sentence(
    followers: object, recent_views: object, posted_at: object, horizon_days: object
) -> None:
    given_values = {
        "followers": followers,
        "recent_views": recent_views,
        "posted_at": posted_at,
        "horizon_days": horizon_days,
    }
    # One at a time, so that the first one refused does not hide the others.
    for name, value in given_values.items():
        try:
            details = post_details(**{name: value})  # type: ignore[arg-type]
        except ViralError as error:
            assert_one_sentence(error)
            continue
        assert details.followers is None or 0 <= details.followers <= MAX_FOLLOWERS
        assert all(0 <= views <= 1e12 for views in details.recent_views)
        assert details.posted_at is None or 2014 <= details.posted_at.year <= 2100
        assert 1 <= details.horizon_days <= 365


def test_likes_belong_to_the_views_that_were_given() -> None:
    details = post_details(
        recent_views=[100, 900, 1500], recent_likes="90, 1.5K", recent_comments=[7]
    )
    assert details.recent_likes == (90, 1500)
    assert details.recent_comments == (7,)
    assert details.recent_shares == ()
    for alone in ({"recent_likes": [9]}, {"recent_shares": [1, 2], "recent_views": [5]}):
        with pytest.raises(DetailsError, match="need the views of the same posts"):
            post_details(**alone)
    with pytest.raises(DetailsError, match="Recent likes 'many' are not numbers"):
        post_details(recent_views=[5], recent_likes="many")
