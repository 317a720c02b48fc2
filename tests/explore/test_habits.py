"""What an account's own habits got: found where it is there, not found where it is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from viral.explore.habits import FEWEST_POSTS, Habit, drawn, habits_of, lifts
from viral.posts.accounts.account import Account, AccountPost

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
SPREAD = 0.15


def _account(
    posts: int = 240, *, by_tag: float = 0.0, by_hour: float = 0.0, growth: float = 0.0
) -> Account:
    """Return an account whose posts with #soup, and whose posts at 19:30, get that much more."""
    rng = np.random.default_rng(8)
    made = []
    for place in range(posts):
        soup, evening = rng.random() < 0.4, rng.random() < 0.5
        level = 3.0 + growth * place / posts + by_tag * soup + by_hour * evening
        made.append(
            AccountPost(
                views=10.0 ** (level + rng.normal(0, SPREAD)) - 1,
                posted_at=MONDAY + timedelta(days=place, hours=19.5 if evening else 9.5),
                duration_s=float(rng.integers(6, 40)),
                caption="Leeks #fyp" + " #soup" * soup,
            )
        )
    return Account(posts=tuple(made))


def _named(habits: tuple[Habit, ...], name: str) -> Habit:
    return next(habit for habit in habits if habit.name == name)


def test_what_lifts_an_accounts_posts_is_found() -> None:
    habits = habits_of(_account(by_tag=0.25, by_hour=-0.2))
    soup = _named(habits.hashtags, "soup")
    assert soup.value == pytest.approx(0.25, abs=0.07)
    assert soup.tells
    assert [habit.name for habit in habits.hashtags] == ["soup"]
    evening = _named(habits.hours, "4")
    assert (evening.low_end, evening.high_end) == (16, 20)
    assert evening.value == pytest.approx(-0.2, abs=0.07)
    assert habits.compared == 237


def test_growth_is_no_habit_and_chance_is_none_either() -> None:
    habits = habits_of(_account(growth=2.0))
    known = [h for h in (*habits.hours, *habits.weekdays, *habits.hashtags) if h.enough]
    assert len(known) == 10
    assert not any(habit.tells for habit in known)
    assert all(abs(habit.value or 0.0) < 0.06 for habit in known)


def test_too_few_posts_say_nothing() -> None:
    habits = habits_of(_account(posts=9))
    everything = (*habits.hours, *habits.weekdays, *habits.durations, *habits.hashtags)
    assert not any(habit.enough for habit in everything)
    assert any(habit.posts for habit in everything)
    nothing = habits_of(Account())
    assert nothing.compared == 0
    assert (nothing.hours, nothing.hashtags) == ((), ())
    assert json.dumps(nothing.to_dict(), allow_nan=False)


def test_what_everybodys_posts_got_stands_beside_it() -> None:
    habits = habits_of(_account())
    assert all(habit.everybody is not None for habit in habits.durations[:6])
    ends = [(habit.low_end, habit.high_end) for habit in habits.durations]
    assert ends[0] == (0.0, 5.0)
    assert ends[-1] == (180.0, None)


def test_hours_are_on_the_accounts_clock() -> None:
    here = habits_of(_account())
    there = habits_of(replace(_account(), time_zone="Asia/Tokyo"))
    assert _named(here.hours, "4").posts == _named(there.hours, "1").posts > 0
    assert _named(here.weekdays, "0").posts != _named(there.weekdays, "0").posts


def test_an_export_of_days_tells_no_hours() -> None:
    account = _account(posts=30)
    days = [replace(p, posted_at=MONDAY + timedelta(days=d)) for d, p in enumerate(account.posts)]
    habits = habits_of(replace(account, posts=tuple(days)))
    assert habits.hours == ()
    assert sum(habit.posts for habit in habits.weekdays) == 30


def test_a_lift_is_over_the_posts_before_it() -> None:
    found = lifts([99, 99, 99, 999, 99])
    assert np.isnan(found[:3]).all()
    assert found[3:] == pytest.approx([1.0, -0.25])


@pytest.mark.parametrize(("posts", "weight"), [(FEWEST_POSTS, 0.0), (10**9, 1.0)])
def test_few_posts_are_drawn_to_everybodys_and_many_are_not(posts: int, weight: float) -> None:
    mean, left = drawn(0.4, 1.0 / posts, everybody=0.1, spread=0.01 if posts < 10 else 0.1)
    assert mean == pytest.approx(0.1 + weight * 0.3, abs=0.001)
    assert left <= 1.0 / posts
