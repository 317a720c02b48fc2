"""Where selections come from: one's own posts, summed up when chosen, or the shipped aggregates.

The shipped aggregates are `assets/explore.json`, with its SHA-256 beside it in `explore.sha256`.
They hold every choice that at least `FEWEST_SHIPPED` posts fall under, and nothing that
`viral.explore.rules.OTHERS` forbids. `scripts/build_explore.py` makes them.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Protocol

from viral.errors import ExploreError
from viral.explore.prepared import Prepared
from viral.explore.selection import FIELDS, Choice, Selection, options, rows_of, selection_of
from viral.explore.serialisation import from_json, to_json
from viral.messages import Message
from viral.shipped import shipped_path

FORMAT = 1
"""Raised when the layout changes."""
FEWEST_SHIPPED = 200
"""Posts of a choice that is kept: of fewer, a tenth would be too few to show."""
SHIPPED = shipped_path("assets/explore.json")
KEPT_SELECTIONS = 64
LARGEST_BYTES = 4_000_000

TOO_FEW = Message("error.explore_few")
DAMAGED = Message("error.explore_damaged")

Options = Mapping[str, tuple[str | int, ...]]


class Explorer(Protocol):
    """Answers which posts can be chosen, and what they sum up to."""

    own: bool
    """Whether the posts are the reader's own table."""
    options: Options
    """Field of `Choice` -> what it may be, besides None."""
    start: Choice
    """What is chosen at first."""
    too_young: int
    """Posts that were left out because they had not finished growing."""

    def selection(self, choice: Choice) -> Selection:
        """Return what a choice sums up to; `ExploreError` where it is too little to show."""
        ...


class OwnPosts:
    """The reader's own posts."""

    own = True

    def __init__(self, prepared: Prepared) -> None:
        """Take posts that are ready."""
        self.options: Options = options(prepared, prepared.rules.posts)
        self.start = Choice()
        self.too_young = prepared.too_young
        self._sum: Callable[[Choice], Selection | None] = lru_cache(KEPT_SELECTIONS)(
            lambda choice: selection_of(prepared, choice)
        )

    def selection(self, choice: Choice) -> Selection:
        """Return what a choice sums up to.

        Raises
        ------
        ExploreError
            Too few posts fall under it.
        """
        found = self._sum(choice)
        if found is None:
            raise ExploreError(TOO_FEW)
        return found


class Aggregates:
    """The shipped aggregates."""

    own = False

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Read what `written` made.

        Raises
        ------
        ExploreError
            It is not of that form.
        """
        try:
            if content["format"] != FORMAT:
                raise ValueError("format")
            self.options: Options = {name: tuple(content["options"][name]) for name in FIELDS}
            self.start = Choice(**content["start"])
            self.too_young = int(content["too_young"])
            self._place: dict[str, int] = content["choices"]
            self._selections = tuple(from_json(one) for one in content["selections"])
            if not all(0 <= place < len(self._selections) for place in self._place.values()):
                raise ValueError("choices")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ExploreError(DAMAGED) from error

    def selection(self, choice: Choice) -> Selection:
        """Return what a choice sums up to.

        Raises
        ------
        ExploreError
            Too few posts fall under it.
        """
        place = self._place.get(choice.key)
        if place is None:
            raise ExploreError(TOO_FEW)
        return self._selections[place]


def aggregates(prepared: Prepared, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Sum posts up for every choice that enough of them fall under.

    The first source shown is the one with the most posts: levels of sources that were collected in
    different ways cannot be compared.
    """
    offered = options(prepared, FEWEST_SHIPPED)
    choices: dict[str, int] = {}
    selections: list[dict[str, Any]] = []
    seen: dict[bytes, int] = {}
    for values in itertools.product(*[(None, *offered[name]) for name in FIELDS]):
        choice = Choice(**dict(zip(FIELDS, values, strict=True)))  # type: ignore[arg-type]
        rows = rows_of(prepared, choice)
        if rows.sum() < FEWEST_SHIPPED:
            continue
        # Filters that let the same posts through share their figures.
        print_of_rows = hashlib.sha256(rows.tobytes()).digest()
        if print_of_rows not in seen:
            found = selection_of(prepared, choice)
            if found is None:
                continue
            say(f"{choice.key}: {found.posts:,} posts")
            seen[print_of_rows] = len(selections)
            selections.append(to_json(found))
        choices[choice.key] = seen[print_of_rows]
    counts = prepared.table["source"].value_counts()
    start = next((name for name in counts.index if name in offered["source"]), None)
    return {
        "format": FORMAT,
        "options": {name: list(values) for name, values in offered.items()},
        "start": {"source": start},
        "too_young": prepared.too_young,
        "choices": choices,
        "selections": selections,
    }


def write(content: Mapping[str, Any], path: Path = SHIPPED) -> None:
    """Write aggregates and their SHA-256."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_suffix(".sha256").write_text(f"{digest}  {path.name}\n", encoding="utf-8")


def read(path: Path) -> Aggregates:
    """Read aggregates after comparing them with their SHA-256.

    Raises
    ------
    ExploreError
        They are missing, damaged or of another version.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError("size")
        content = path.read_bytes()
        expected = path.with_suffix(".sha256").read_text(encoding="utf-8").split()
        if expected[:1] != [hashlib.sha256(content).hexdigest()]:
            raise ValueError("hash")
        return Aggregates(json.loads(content))
    except (OSError, ValueError) as error:
        raise ExploreError(DAMAGED) from error


@cache
def shipped() -> Aggregates:
    """Return the aggregates that come with the app, read once.

    Raises
    ------
    ExploreError
        See `read`.
    """
    return read(SHIPPED)
