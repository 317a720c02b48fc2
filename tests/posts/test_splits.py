"""No creator, and where asked no sound, is on both sides of a split."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.errors import TableError
from viral.posts.splits import creator_keys, folds, held_out, linked_keys, newest


def _posts(creators: list[str | None], sounds: list[str | None] | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": "made",
            "creator": pd.Series(creators, dtype=object),
            "sound_name": pd.Series(sounds or [None] * len(creators), dtype=object),
            "sound_author": None,
            "sound_original": np.nan,
        }
    )


@given(
    creators=st.lists(st.sampled_from("abcdefghijkl"), min_size=40, max_size=80),
    seed=st.integers(0, 9),
)
def test_folds_share_no_creator_and_cover_every_row_once(creators: list[str], seed: int) -> None:
    keys = creator_keys(_posts(list(creators)))
    if keys.nunique() < 4:
        return
    tested = []
    for train, test in folds(keys, 4, seed=seed):
        assert not set(keys.iloc[train]) & set(keys.iloc[test])
        assert len(train) + len(test) == len(keys)
        assert len(test)
        tested.extend(test)
    assert sorted(tested) == list(range(len(keys)))


def test_folds_follow_the_seed_alone() -> None:
    keys = creator_keys(_posts([f"c{n % 30}" for n in range(300)]))
    first = [test.tolist() for _, test in folds(keys, 5, seed=1)]
    assert first == [test.tolist() for _, test in folds(keys, 5, seed=1)]
    assert first != [test.tolist() for _, test in folds(keys, 5, seed=2)]


def test_too_few_creators_are_refused() -> None:
    with pytest.raises(TableError, match="at least 5 creators, but there are 2"):
        next(folds(creator_keys(_posts(["a", "b"])), 5))


def test_a_held_out_creator_is_held_out_whole_whatever_else_there_is() -> None:
    keys = creator_keys(_posts([f"c{n % 200}" for n in range(1000)]))
    out = held_out(keys, share=0.2, seed=3)
    assert not set(keys[out]) & set(keys[~out])
    assert 0.1 < out.mean() < 0.3
    part = keys.iloc[:100]
    np.testing.assert_array_equal(held_out(part, share=0.2, seed=3), out[:100])


def test_unknown_creators_are_not_one_creator() -> None:
    assert creator_keys(_posts([None, None, "a"])).nunique() == 3


def test_sounds_link_creators_but_original_sounds_do_not() -> None:
    posts = _posts(
        ["a", "b", "b", "c", "d", "e"],
        ["tune", "tune", "song", "song", "original sound", "original sound"],
    )
    keys = linked_keys(posts)
    assert keys.nunique() == 3
    assert keys[:4].nunique() == 1


def test_the_newest_share_is_the_newest() -> None:
    times = pd.date_range("2024-01-01", periods=10, freq="D", tz="UTC").to_series(index=range(10))
    times.iloc[3] = pd.NaT
    late = newest(pd.DataFrame({"posted_at": times}), 0.3)
    assert late.tolist() == [False] * 7 + [True] * 3
