"""The aggregates that ship: whole, small, and with nobody in them; a damaged file is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from explored_posts import PLANTED, feeds

from viral.errors import ExploreError
from viral.explore.aggregates import MEASURES
from viral.explore.explorer import SHIPPED, Aggregates, OwnPosts, aggregates, read, shipped, write
from viral.explore.prepared import prepare
from viral.explore.rules import (
    FEWEST_CREATORS,
    FEWEST_POSTS,
    OTHERS,
    SHORTEST_NAME,
    folded,
    names_of_creators,
)
from viral.explore.selection import Choice, Selection
from viral.explore.serialisation import from_json

MOST_BYTES = 1_000_000


@pytest.fixture(scope="module")
def selections() -> list[Selection]:
    content = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return [from_json(one) for one in content["selections"]]


def test_the_file_is_small_and_is_the_one_that_was_made() -> None:
    assert SHIPPED.stat().st_size < MOST_BYTES
    found = read(SHIPPED)
    assert found.selection(found.start).posts > 10_000
    assert set(found.options) == {"source", "period", "size", "language"}
    assert all(found.options.values())


def test_no_figure_rests_on_few_posts_or_creators(selections: list[Selection]) -> None:
    assert len(selections) > 20
    for one in selections:
        behind = [(one.posts, one.creators)]
        for effects in (one.hashtags, one.sounds, one.themes):
            behind += [(effect.posts, effect.creators) for effect in effects.shown]
        for cells in (one.sizes, one.durations, one.hours, one.theme_cells):
            behind += zip(cells.posts, cells.creators, strict=True)
        assert min(posts for posts, _ in behind) >= FEWEST_POSTS
        assert min(creators for _, creators in behind) >= FEWEST_CREATORS
        assert min((contrast.posts for contrast in one.contrasts), default=FEWEST_POSTS) >= 20


def test_every_kind_of_figure_is_there(selections: list[Selection]) -> None:
    first = selections[0]
    for cells in (first.sizes, first.durations, first.hours):
        assert all(cells.known(measure) for measure in MEASURES)
    for effects in (first.hashtags, first.sounds, first.themes):
        assert len(effects.shown) > 10
        assert all(one.low <= one.value <= one.high for one in effects.shown)
    assert {one.modality for one in first.contrasts} >= {"context", "text", "audio"}


@pytest.mark.shared
def test_no_creator_is_named(selections: list[Selection], data_dir: Path) -> None:
    from viral.posts.published_sets import read_kaggle_json, read_parquet_posts

    trending = data_dir / "trending_2020" / "trending.json"
    authors = [post["authorMeta"] for post in json.loads(trending.read_text("utf-8"))["collector"]]
    people = {folded(str(author[key])) for author in authors for key in ("name", "nickName")}
    people = {name for name in people if len(name) >= SHORTEST_NAME}
    for table in (
        read_kaggle_json(trending),
        read_parquet_posts(data_dir / "creators_2020.parquet"),
        read_parquet_posts(data_dir / "vietnam_2025.parquet"),
    ):
        people |= names_of_creators(table)
    assert len(people) > 5000
    named = {
        one.name
        for selection in selections
        for effects in (selection.hashtags, selection.sounds)
        for one in effects.shown
        if folded(one.name) in people
    }
    # The labels themselves are not to be printed.
    assert len(named) == 0


def test_the_same_posts_give_the_same_file(tmp_path: Path) -> None:
    # In another order: nothing may depend on where a post stands.
    posts = feeds(creators=20, posts=20)
    mixed = posts.sample(frac=1.0, random_state=3).reset_index(drop=True)
    for name, table in (("one", posts), ("other", mixed)):
        write(aggregates(prepare(table, OTHERS)), tmp_path / f"{name}.json")
    one, other = ((tmp_path / f"{name}.json").read_bytes() for name in ("one", "other"))
    assert one == other


def test_what_is_written_says_what_the_posts_say(tmp_path: Path) -> None:
    prepared = prepare(feeds(), OTHERS)
    write(aggregates(prepared), tmp_path / "made.json")
    kept, own = read(tmp_path / "made.json"), OwnPosts(prepared)
    assert kept.start == Choice(source="made")
    for choice in (Choice(), Choice(source="made"), Choice(period="2024-Q1")):
        stored, fresh = kept.selection(choice), own.selection(choice)
        assert stored.posts == fresh.posts
        assert stored.hashtags.shown[0].name == fresh.hashtags.shown[0].name == PLANTED
        assert stored.hashtags.shown[0].value == pytest.approx(
            fresh.hashtags.shown[0].value, rel=5e-3
        )
        assert stored.durations.medians("views") == pytest.approx(
            fresh.durations.medians("views"), rel=5e-3
        )


@pytest.mark.parametrize("explorer", ["shipped", "own"])
def test_too_few_posts_are_said_to_be_too_few(explorer: str) -> None:
    found = shipped() if explorer == "shipped" else OwnPosts(prepare(feeds(10, 10)))
    with pytest.raises(ExploreError, match="Too few posts match these filters"):
        found.selection(Choice(source="nowhere", language="xx"))


@pytest.mark.parametrize("how", ["missing", "cut", "changed", "unhashed", "other", "no json"])
def test_a_damaged_file_is_refused_in_one_sentence(how: str, tmp_path: Path) -> None:
    path = tmp_path / "explore.json"
    for source in (SHIPPED, SHIPPED.with_suffix(".sha256")):
        shutil.copy(source, tmp_path / source.name)
    content = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "changed":
        path.write_bytes(content.replace(b'"posts":', b'"posts" :', 1))
    elif how == "unhashed":
        path.with_suffix(".sha256").unlink()
    elif how == "other":
        write({**json.loads(content), "format": 99}, path)
    else:
        path.write_bytes(b"[]")
    with pytest.raises(ExploreError, match="missing or damaged") as caught:
        read(path)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("content", [{}, [], {"format": 1}, {"format": 1, "options": None}])
def test_content_of_another_form_is_refused(content: object) -> None:
    with pytest.raises(ExploreError):
        Aggregates(content)  # type: ignore[arg-type]


def test_a_table_of_one_creator_ships_nothing() -> None:
    posts = pd.concat([feeds(creators=1, posts=300)], ignore_index=True)
    made = aggregates(prepare(posts, OTHERS))
    assert made["choices"] == {}
    assert made["selections"] == []
