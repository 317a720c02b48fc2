"""What is shown of the posts that a reader has chosen, all of it data.

A `Choice` names the posts, a `Selection` is what they sum up to. The shipped aggregates hold a
`Selection` for every choice that makes sense; one's own posts are summed up when they are chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

import numpy as np
import pandas as pd

from viral.explore.aggregates import Cells, cells_of
from viral.explore.contrasts import Contrast, contrasts_of, top_tenth
from viral.explore.effects import Effect, between_groups, shrunk, within_creators
from viral.explore.prepared import Prepared


@dataclass(frozen=True)
class Choice:
    """Which posts: None in a field stands for all of them."""

    source: str | None = None
    period: str | None = None
    """A year, `2020`, or a quarter, `2020-Q3`."""
    size: int | None = None
    """Number of a part of `viral.explore.aggregates.SIZE_EDGES`."""
    language: str | None = None
    """Of the caption, ISO 639-1."""

    @property
    def key(self) -> str:
        """The choice as one word, the same for equal choices."""
        values = asdict(self).values()
        return "|".join("*" if value is None else str(value) for value in values)

    @property
    def narrowed(self) -> int:
        """How many fields are set."""
        return sum(value is not None for value in asdict(self).values())


FIELDS = tuple(field.name for field in fields(Choice))


@dataclass(frozen=True)
class Effects:
    """Labels of one kind, those that raise the views the most first."""

    shown: tuple[Effect, ...]
    more: int
    """Labels with enough posts that are not among `shown`: their effect is nearer to nothing."""
    left_out: int
    """Labels with too few posts or creators."""


@dataclass(frozen=True)
class Selection:
    """What the chosen posts sum up to."""

    posts: int
    creators: int
    first: str
    """Day of the first post, `2020-01-31`; empty where no post has a time."""
    last: str
    with_usual: int
    """Posts whose creator has enough others to have a usual."""
    sizes: Cells
    durations: Cells
    hours: Cells
    """Medians alone."""
    hashtags: Effects
    sounds: Effects
    themes: Effects
    theme_cells: Cells
    """What the posts of a theme got; the places are those of `themes.shown`."""
    contrasts: tuple[Contrast, ...]


MOST_LABELS = 40
"""Labels that are kept of a kind: the strongest on either side."""
RAISING_SHARE = 0.6


def rows_of(prepared: Prepared, choice: Choice) -> np.ndarray:
    """Return which posts a choice names, bool `[posts]`."""
    table = prepared.table
    chosen = np.ones(len(table), dtype=bool)
    if choice.source is not None:
        chosen &= (table["source"] == choice.source).to_numpy()
    if choice.period is not None:
        quarters = table["quarter"].fillna("").astype(str)
        chosen &= quarters.str.startswith(choice.period).to_numpy()
    if choice.size is not None:
        chosen &= (table["size"] == choice.size).to_numpy()
    if choice.language is not None:
        chosen &= (table["language"] == choice.language).to_numpy()
    return chosen


def options(prepared: Prepared, fewest: int) -> dict[str, tuple[str | int, ...]]:
    """Return what can be chosen in each field of `Choice`: what at least `fewest` posts have.

    A year is not offered beside its only quarter.
    """
    table = prepared.table

    def frequent(values: pd.Series) -> list[str | int]:
        counts = values.dropna().value_counts()
        return sorted(value for value in counts.index if counts[value] >= fewest)

    quarters = frequent(table["quarter"])
    years = frequent(table["quarter"].str.slice(0, 4))
    periods = [
        period
        for year in years
        for own in [[q for q in quarters if str(q).startswith(str(year))]]
        for period in (own if len(own) == 1 else [year, *own])
    ]
    return {
        "source": tuple(value for value in frequent(table["source"]) if value),
        "period": tuple(periods),
        "size": tuple(value for value in frequent(table["size"]) if value != -1),
        "language": tuple(frequent(table["language"])),
    }


def selection_of(prepared: Prepared, choice: Choice) -> Selection | None:
    """Sum the chosen posts up, or return None where they are too few to be shown."""
    rows = np.flatnonzero(rows_of(prepared, choice))
    table = prepared.table.iloc[rows].reset_index(drop=True)
    creators, _ = pd.factorize(table["creator"])
    makers = int(creators.max(initial=-1)) + 1
    rules = prepared.rules
    if not rules.allow(np.bincount(creators)):
        return None
    lift = table["lift_log10"].to_numpy(dtype=np.float64)
    peers = table["peers_log10"].to_numpy(dtype=np.float64)
    tags = _members((row, tag) for row, post in enumerate(rows) for tag in prepared.hashtags[post])
    sounds = _members(
        (row, name) for row, post in enumerate(rows) for name in [prepared.sounds[post]] if name
    )
    themes, theme_cells = _themes(prepared, rows, table, peers, creators)
    known = np.isfinite(lift)
    groups, _ = pd.factorize(table["source"] + np.where(known, "|usual", "|peers"))
    top = top_tenth(np.where(known, lift, peers), groups)
    features = {m: frame.iloc[rows] for m, frame in prepared.features.items()}
    days = table["posted_at"].dropna()
    return Selection(
        posts=len(table),
        creators=makers,
        first=f"{days.min():%Y-%m-%d}" if len(days) else "",
        last=f"{days.max():%Y-%m-%d}" if len(days) else "",
        with_usual=int(known.sum()),
        sizes=cells_of(table["size"].to_numpy(), table, rules),
        durations=cells_of(table["duration"].to_numpy(), table, rules),
        hours=cells_of(table["slot"].to_numpy(), table, rules, only_medians=True),
        hashtags=_effects(shrunk(within_creators(lift, creators, tags, rules)), len(tags)),
        sounds=_effects(shrunk(within_creators(lift, creators, sounds, rules)), len(sounds)),
        themes=themes,
        theme_cells=theme_cells,
        contrasts=contrasts_of(features, top, groups, creators, rules),
    )


def _members(pairs: Iterator[tuple[int, str]]) -> dict[str, np.ndarray]:
    found: dict[str, list[int]] = {}
    for row, label in pairs:
        found.setdefault(label, []).append(row)
    return {label: np.array(rows) for label, rows in sorted(found.items())}


def _effects(found: list[Effect], labels: int) -> Effects:
    ordered = sorted(found, key=lambda one: (-one.value, one.name))
    shown = ordered
    if len(ordered) > MOST_LABELS:
        raising = int(MOST_LABELS * RAISING_SHARE)
        shown = [*ordered[:raising], *ordered[raising - MOST_LABELS :]]
    return Effects(tuple(shown), len(ordered) - len(shown), labels - len(ordered))


def _themes(
    prepared: Prepared,
    rows: np.ndarray,
    table: pd.DataFrame,
    peers: np.ndarray,
    creators: np.ndarray,
) -> tuple[Effects, Cells]:
    """Compare themes among the posts that have a caption."""
    of_post = prepared.themes.of_post[rows]
    names = {str(number): name for number, name in enumerate(prepared.themes.names) if name}
    members = {number: np.flatnonzero(of_post == int(number)) for number in names}
    worded = np.where(of_post >= 0, peers, np.nan)
    found = shrunk(between_groups(worded, creators, members, prepared.rules))
    effects = _effects(found, sum(len(own) > 0 for own in members.values()))
    place = np.full(max(len(prepared.themes.names), 1) + 1, -1)
    for rank, one in enumerate(effects.shown):
        place[int(one.name)] = rank
    cells = cells_of(place[of_post], table, prepared.rules)
    named = [Effect(**{**asdict(one), "name": names[one.name]}) for one in effects.shown]
    return Effects(tuple(named), effects.more, effects.left_out), cells
