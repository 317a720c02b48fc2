"""Themes of captions: words that go together are one; words of few people name nothing."""

from __future__ import annotations

import numpy as np
import pytest

from viral.explore.rules import OTHERS
from viral.explore.themes import Themes, find_themes, words_of

COOKING = ("pasta", "kitchen", "recipe", "bread", "soup", "rice")
TRAINING = ("gym", "workout", "muscles", "running", "weights", "legs")


@pytest.fixture(scope="module")
def captions() -> list[str]:
    """Return captions of two kinds, three words of its own and one of everybody's each."""
    rng = np.random.default_rng(0)
    return [
        " ".join([*rng.choice(kind, 3, replace=False), str(rng.choice(["hello", "today"]))])
        for kind in (COOKING, TRAINING)
        for _ in range(80)
    ]


def themes(captions: list[str], creators: int = 20, people: tuple[str, ...] = ()) -> Themes:
    return find_themes(captions, np.arange(len(captions)) % creators, OTHERS, frozenset(people))


def test_words_that_go_together_are_one_theme(captions: list[str]) -> None:
    found = themes(captions)
    assert len(found.names) == 2
    first, second = found.of_post[:80], found.of_post[80:]
    own = [np.bincount(side[side >= 0]).argmax() for side in (first, second)]
    assert own[0] != own[1]
    assert np.mean(first == own[0]) > 0.9
    assert np.mean(second == own[1]) > 0.9
    for theme, kind in zip(own, (COOKING, TRAINING), strict=True):
        named = set(found.names[theme].replace(" · ", " ").split())
        assert named <= {*kind, "hello", "today"}
        assert len(named & set(kind)) >= 3


def test_the_same_captions_give_the_same_themes(captions: list[str]) -> None:
    one, other = themes(captions), themes(captions)
    assert one.names == other.names
    assert (one.of_post == other.of_post).all()


def test_words_of_few_creators_name_nothing(captions: list[str]) -> None:
    assert themes(captions, creators=4).names == ()


def test_names_of_people_name_no_theme(captions: list[str]) -> None:
    named = themes(captions, people=("recipe", "gym"))
    assert named.names
    assert not any("recipe" in name or "gym" in name for name in named.names)


def test_few_captions_have_no_themes() -> None:
    found = themes(["a word", ""] * 10)
    assert found.names == ()
    assert (found.of_post == -1).all()


def test_bids_for_reach_and_numbers_are_no_words() -> None:
    assert words_of("fyp foryou 2024 Kitchen KITCHEN ok <b>") == ["kitchen", "kitchen ok"]
