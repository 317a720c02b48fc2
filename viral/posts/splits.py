"""How posts are split for an honest figure: by creator and by time, never at random.

A random split puts posts of one creator on both sides and doubles what account features seem to be
worth. Everything here is decided by the seed and the keys, not by the order of the rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pandas as pd

from viral.errors import TableError
from viral.messages import Message

KEY_MARK = "\x00"
"""Between source and creator in a key."""


def _fractions(keys: pd.Series, seed: int) -> np.ndarray:
    # A hash rather than a shuffle, so that a creator's side does not depend on the other rows.
    names = pd.unique(keys)
    values = {
        name: int.from_bytes(hashlib.sha256(f"{seed}\x00{name}".encode()).digest()[:8]) / 2.0**64
        for name in names
    }
    return keys.map(values).to_numpy(dtype=np.float64)


def creator_keys(posts: pd.DataFrame) -> pd.Series:
    """Return a key per row that tells creators apart; a row without one is a creator of its own.

    `linked`, where a table has it, is the key of the same creator in another set.
    """
    own = pd.Series([f"row {row}" for row in range(len(posts))], index=posts.index)
    creators = posts["creator"].where(posts["creator"].notna(), own).astype(str)
    keys = posts["source"].astype(str) + KEY_MARK + creators
    return posts["linked"].where(posts["linked"].notna(), keys) if "linked" in posts else keys


def linked_keys(posts: pd.DataFrame) -> pd.Series:
    """Return a key per row that posts share when creators or sounds link them, however far.

    For models of the audio: posts with one sound can share every audio feature, and creators share
    sounds. Original sounds link nobody, because their names are all alike.
    """
    from viral.posts.sounds import is_original_sound

    creators = creator_keys(posts)
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    original = is_original_sound(posts["sound_name"], posts["sound_original"])
    for creator, name, author, own in zip(
        creators, posts["sound_name"], posts["sound_author"], original, strict=True
    ):
        root(creator)
        if isinstance(name, str) and own != 1.0:
            parent[root(f"sound\x00{name}\x00{author}")] = root(creator)
    return pd.Series([root(creator) for creator in creators], index=posts.index)


def held_out(keys: pd.Series, *, share: float = 0.2, seed: int = 0) -> np.ndarray:
    """Return which rows are kept for the final figure.

    Parameters
    ----------
    keys : pd.Series
        From `creator_keys` or `linked_keys`.
    share : float
        Expected share of the keys, 0..1.

    Returns
    -------
    np.ndarray [shape=(len(keys),), dtype=bool]
        True for the rows of the held-out keys; no key is on both sides.
    """
    return _fractions(keys, seed) < share


def folds(
    keys: pd.Series, count: int = 5, *, seed: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield `count` pairs of row positions (to train on, to test on) that share no key.

    Keys are dealt in order of their number of rows, so that folds have nearly the same size.

    Raises
    ------
    TableError
        There are fewer keys than folds.
    """
    sizes = keys.value_counts(sort=False)
    if len(sizes) < count:
        raise TableError(Message("split.few_creators", folds=int(count), count=len(sizes)))
    order = pd.DataFrame({"key": sizes.index, "rows": sizes.to_numpy()})
    order["shuffled"] = _fractions(order["key"], seed)
    order = order.sort_values(["rows", "shuffled"], ascending=[False, True], kind="stable")
    filled = np.zeros(count, dtype=np.int64)
    fold_of: dict[str, int] = {}
    for key, rows in zip(order["key"], order["rows"], strict=True):
        smallest = int(np.argmin(filled))
        fold_of[key] = smallest
        filled[smallest] += rows
    fold = keys.map(fold_of).to_numpy()
    for number in range(count):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


def newest(posts: pd.DataFrame, share: float = 0.2) -> np.ndarray:
    """Return which rows are the newest `share` in time; a row without a time is never among them.

    Returns
    -------
    np.ndarray [shape=(len(posts),), dtype=bool]
        True for posts later than the (1 - share) quantile of `posted_at`.
    """
    border = posts["posted_at"].quantile(1.0 - share)
    return (posts["posted_at"] > border).fillna(False).to_numpy(dtype=bool)
