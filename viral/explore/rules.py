"""What may be shown of past posts: nothing about a person, and nothing that rests on a few posts.

A cell, a hashtag, a sound or a feature is shown only when enough posts stand behind it and, where
the posts are other people's, enough different creators. Sounds that are somebody's own are called
after their maker, so they are never named, nor is a hashtag or a word that is the name of a
creator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from viral.explore.reviewed_names import FINGERPRINTS, fingerprint
from viral.posts.sounds import ORIGINAL_SOUNDS, is_original_sound

FEWEST_POSTS = 20
"""A cell with fewer posts is left out."""
FEWEST_CREATORS = 5
"""Among other people's posts, a cell or a name with fewer creators is left out."""
LARGEST_SHARE = 0.5
"""Among other people's posts, what one creator has more than half of is about that creator (the
dominance rule of statistical disclosure control)."""
SHORTEST_NAME = 3
"""Letters of a name that is looked for; shorter ones are everybody's words."""
SHORTEST_INNER_NAME = 7
"""Letters of a name that is looked for within a hashtag, as in `#teamsomebody`."""

MORE_ORIGINAL_SOUNDS = (*ORIGINAL_SOUNDS, "origineel geluid", "ओरिजिनल")
"""Those that the model was trained to know, and more."""

_BRACKETS = re.compile(r"[(\[（【].*?[)\]）】]")
_DASH = re.compile(r"\s[-–—]\s")
_MADE_BY = re.compile(r"\s[-–—]\s*(.+)$")
_MENTION = re.compile(r"@([\w.]+)")
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Rules:
    """How many posts and creators have to stand behind what is shown."""

    posts: int = FEWEST_POSTS
    creators: int = FEWEST_CREATORS
    largest_share: float = LARGEST_SHARE
    hides_names: bool = True
    """Whether names of creators are kept out of hashtags, sounds and words."""

    def allow(self, posts_of: np.ndarray) -> bool:
        """Return whether something is shown.

        Parameters
        ----------
        posts_of : np.ndarray [shape=(creators,), dtype=int]
            How many of the posts behind it each creator has; zeros do not count.
        """
        posts = int(posts_of.sum())
        return (
            posts >= self.posts
            and int((posts_of > 0).sum()) >= self.creators
            and int(posts_of.max(initial=0)) <= self.largest_share * posts
        )


OTHERS = Rules()
"""For posts of other people, which is what ships with the app."""
OWN = Rules(creators=1, largest_share=1.0, hides_names=False)
"""For a reader's own table: it is theirs, but few posts still say little."""


def folded(name: str) -> str:
    """Return a name as it is compared: letters and digits alone, case folded."""
    return _NO_LETTER.sub("", name).casefold()


def names_of_creators(posts: pd.DataFrame) -> frozenset[str]:
    """Return the names that are known to be people's, folded.

    They are the makers of sounds that are not named (see `sound_names`), who are the creators
    themselves, everybody who is mentioned in a caption, and the creators as the table calls them.
    """
    names: set[str] = {str(name) for name in posts["creator"].dropna().unique()}
    for sound, author, named in zip(
        posts["sound_name"], posts["sound_author"], sound_names(posts), strict=True
    ):
        if named is None:
            names.update([author] if isinstance(author, str) else ())
            # "original sound - somebody"
            names.update(_MADE_BY.findall(sound) if isinstance(sound, str) else ())
    for caption in posts["caption"].dropna():
        names.update(_MENTION.findall(caption))
    return frozenset(name for name in map(folded, names) if len(name) >= SHORTEST_NAME)


def sound_names(posts: pd.DataFrame) -> list[str | None]:
    """Return the name of each post's sound, or None where it is nobody's but its maker's.

    "original sound - somebody" is such a name in any language: besides the words of
    `viral.posts.sounds`, whatever has a dash outside brackets is taken for one.
    """
    original = is_original_sound(posts["sound_name"], posts["sound_original"])
    names: list[str | None] = []
    for name, own in zip(posts["sound_name"], original, strict=True):
        known = isinstance(name, str) and own != 1.0
        text = " ".join(str(name).split()) if known else ""
        made = any(word in text.lower() for word in MORE_ORIGINAL_SOUNDS)
        dashed = _DASH.search(_BRACKETS.sub("", text)) is not None
        names.append(text if text and not made and not dashed else None)
    return names


def without_people(labels: Iterable[str], people: frozenset[str]) -> set[str]:
    """Return the labels that are nobody's name and hold nobody's name.

    Parameters
    ----------
    labels : iterable of str
        Hashtags, sounds or words.
    people : frozenset of str
        From `names_of_creators`; empty where names need not be hidden.
    """
    if not people:
        return set(labels)
    return {label for label in labels if not _names_somebody(folded(label), people)}


def _names_somebody(label: str, people: frozenset[str]) -> bool:
    if label in people or fingerprint(label) in FINGERPRINTS:
        return True
    starts = range(len(label) - SHORTEST_INNER_NAME + 1)
    return any(
        label[start:end] in people
        for start in starts
        for end in range(start + SHORTEST_INNER_NAME, len(label) + 1)
    )
