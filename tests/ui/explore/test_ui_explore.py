"""Explore, without a browser: figures, notes, tables and what is said where there is nothing."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from explored_posts import PLANTED, feeds

from viral.errors import ExploreError
from viral.explore.aggregates import MEASURES
from viral.explore.explorer import DAMAGED, TOO_FEW, OwnPosts, shipped
from viral.explore.prepared import prepare
from viral.explore.rules import OTHERS
from viral.explore.selection import FIELDS, Choice, Selection, selection_of
from viral.figures.explore import ForestRow, HoursCell, SpreadRow, forest, hours, plain, spread
from viral.ui.explore import words as explore_words
from viral.ui.explore.figures import FIGURES, panels
from viral.ui.explore.page import chosen, shown
from viral.ui.text.labels import sentence

LANGS = ("en", "es")


@pytest.fixture(scope="module")
def selection() -> Selection:
    found = selection_of(prepare(feeds(posts=50), OTHERS), Choice())
    assert found is not None
    return found


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("measure", MEASURES)
def test_every_figure_of_the_shipped_posts_can_be_drawn(measure: str, lang: str) -> None:
    made = panels(shipped().selection(Choice()), measure, lang)
    assert tuple(made) == FIGURES
    for name, panel in made.items():
        assert panel.figure is not None, name
        layout = panel.figure.layout
        assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert layout.height >= 200
        assert panel.csv.count("\n") > 3
        assert '<th scope="row">' in panel.table
        json.dumps(panel.value())


def test_the_figure_draws_the_numbers_of_the_selection(selection: Selection) -> None:
    made = panels(selection, "views", "en")
    bars, medians, *_ = made["durations"].figure.data
    expected = np.log10(selection.durations.quartiles["views"])
    assert list(bars.base) == pytest.approx(expected[:, 0])
    assert list(medians.x) == pytest.approx(expected[:, 1])
    points = made["hashtags"].figure.data[-1]
    assert list(points.x) == pytest.approx([one.value for one in selection.hashtags.shown])
    assert points.marker.symbol == ("triangle-up", "circle-open")
    assert "#planted: ×2" in points.hovertext[0]
    assert "posts by 40 creators" in points.hovertext[0]
    assert made["hashtags"].csv.splitlines()[1].startswith(f"{PLANTED},")


def test_what_is_left_out_is_said(selection: Selection) -> None:
    made = panels(selection, "views", "en")
    assert "Too few of these posts have a caption" in made["themes"].note
    assert made["themes"].figure is None
    assert made["themes"].value()["csv"] == ""
    assert "Nothing measured in enough clips: picture, sound, speech" in made["contrasts"].note
    rare = feeds(posts=50)
    rare.loc[:1, "duration_s"] = 600.0
    rare["shares"] = np.nan
    found = selection_of(prepare(rare, OTHERS), Choice())
    assert found is not None
    assert "1 group hidden: too little data." in (panels(found, "views", "en")["durations"].note)
    absent = panels(found, "shares", "es")["durations"]
    assert absent.figure is None
    assert "Compartidos por visualización" in absent.note


def test_names_that_are_markup_stay_names() -> None:
    name = "<img src=x onerror=alert(1)> & <b>"
    posts = feeds(sound_name=name)
    # On every second post, so that it can be compared.
    posts.loc[::2, "sound_name"] = "Song"
    found = selection_of(prepare(posts, OTHERS), Choice())
    assert found is not None
    panel = panels(found, "views", "en")["sounds"]
    assert "<img" not in panel.table
    shown = json.loads(panel.figure.to_json())
    words = [*shown["layout"]["yaxis"]["ticktext"], *shown["data"][-1]["hovertext"]]
    assert any("&lt;img" in word for word in words)
    assert not any("<img" in word for word in words)
    assert plain("a<b>&") == "a&lt;b&gt;&amp;"


def test_a_spread_marks_what_may_not_be_shown() -> None:
    rows = [
        SpreadRow("one", 10.0, 20.0, 40.0, "told"),
        SpreadRow("two", np.nan, np.nan, np.nan, "too few"),
    ]
    figure = spread(rows, "axis", str)
    bars, _, _, crosses = figure.data
    assert list(bars.y) == [0]
    assert list(crosses.y) == [1]
    assert list(crosses.hovertext) == ["too few"]


def test_a_forest_tells_directions_by_shape() -> None:
    rows = [
        ForestRow("up", 0.2, 0.1, 0.3),
        ForestRow("heading"),
        ForestRow("down", -0.2, -0.3, -0.1),
        ForestRow("either", 0.1, -0.1, 0.3),
    ]
    figure = forest(rows, "axis", lambda low, high: ([0.0], ["0"]))
    points = figure.data[-1]
    assert points.marker.symbol == ("triangle-up", "triangle-down", "circle-open")
    assert list(points.y) == [0, 2, 3]
    assert figure.layout.yaxis.ticktext[1] == "<b>heading</b>"


def test_hours_without_posts_are_crossed_out() -> None:
    cells = [HoursCell(0, 5, 100.0, "told"), HoursCell(1, 5, np.nan, "too few")]
    seen, _, crosses = hours(cells, list("MTWTFSS"), "axis").data
    assert seen.z[0][5] == pytest.approx(2.0)
    assert len(crosses.x) == 7 * 24 - 1
    assert hours([], list("MTWTFSS"), "axis").layout.height > 0


@pytest.mark.parametrize("lang", LANGS)
def test_filters_have_a_name_for_everything_that_ships(lang: str) -> None:
    for field in FIELDS:
        offered = explore_words.choices(shipped(), field, lang)
        assert offered[0][1] == explore_words.ALL
        labels = [label for label, _ in offered]
        assert len(set(labels)) == len(labels)
        assert not any("_" in label for label in labels)
    assert explore_words.period_label("2020-Q3", "en") == "2020, July to September"
    assert explore_words.size_label(0, "es") == "menos de 1 mil"
    assert explore_words.percent(0.00123, lang) == {"en": "0.12 %", "es": "0,12 %"}[lang]


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_what_is_chosen(lang: str) -> None:
    own = OwnPosts(prepare(feeds(posts=50), OTHERS))
    now = shown(lambda: own, chosen("", "", "", ""), "views", lang)
    expected = {"en": "2 K posts by 40 creators", "es": "2 mil publicaciones de 40 cuentas"}
    assert expected[lang] in now.said
    assert tuple(now.panels) == FIGURES
    narrowed = shown(lambda: own, chosen("made", "2024-Q1", "3", ""), "lift", lang)
    assert narrowed.panels
    assert narrowed.said != now.said


def test_the_page_says_what_kind_of_posts_they_are() -> None:
    everything = shown(shipped, chosen("", "", "", ""), "views", "en").said
    assert "Their levels cannot be compared" in everything
    assert "no figure rests on fewer than 20 posts or fewer than 5 creators" in everything
    one = shown(shipped, shipped().start, "views", "en").said
    assert "Their levels cannot be compared" not in one
    own = OwnPosts(prepare(feeds(creators=1, posts=60)))
    said = shown(lambda: own, Choice(), "views", "en").said
    assert "60 posts by one creator, 1 Jan 2024 to" in said
    assert "What fewer than 20 posts stand behind is left out" in said


@pytest.mark.parametrize("lang", LANGS)
def test_too_little_and_damage_are_one_sentence(lang: str) -> None:
    now = shown(shipped, Choice(period="1999"), "views", lang)
    assert 'role="alert"' in now.said
    assert sentence(TOO_FEW, lang)[0] in now.said
    assert not now.panels

    def damaged() -> Any:
        raise ExploreError(DAMAGED)

    now = shown(damaged, Choice(), "views", lang)
    assert sentence(DAMAGED, lang)[0] in now.said
    assert sentence(DAMAGED, "es")[1] == sentence(TOO_FEW, "es")[1] == "es"


def test_a_bug_is_one_sentence_without_its_traceback() -> None:
    def broken() -> Any:
        raise RuntimeError("a secret path /srv")

    now = shown(broken, Choice(), "views", "en")
    assert "secret" not in now.said
    assert 'role="alert"' in now.said
    assert not now.panels
