"""What the timeline says and draws, on a clip and a model of known effects."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from known import known_analysis, known_model
from parsed_page import parsed

from viral.explain.timeline import Timeline, timeline
from viral.figures.style import STYLE
from viral.figures.timeline import HEIGHTS_PX, SIDE_PX, clock, rows_of
from viral.model.model import Model
from viral.pipeline import Analysis
from viral.ui.predict.timeline import MOST_PICTURES, Made, made_of, note, strip

SEEING = known_model(visual={"brightness": 0.02})
BLIND = known_model(text={"caption_words": 0.1})
BRIGHT_THIRD = [10.0, 10.0, 60.0, 10.0, 10.0, 10.0]


def clip(model: Model, **more: Any) -> tuple[Analysis, Timeline]:
    analysis = known_analysis(model, brightness=BRIGHT_THIRD, **more)
    return analysis, timeline(analysis, model)


def made(model: Model = SEEING, lang: str = "en", **more: Any) -> Made:
    return made_of("key", *clip(model, **more), lang)


def drawn(shown: Made) -> dict[str, Any]:
    """Return the bars by the row that they stand in."""
    assert shown.value is not None
    assert shown.figure is not None
    names = [row["name"] for row in shown.value["rows"]]
    axes = {f"y{place + 1}" if place else "y": name for place, name in enumerate(names)}
    return {axes[trace.yaxis]: trace for trace in shown.figure.data}


def test_a_moment_has_its_measurements_and_its_effect() -> None:
    value = made(words_at_s=[0.2, 0.6, 4.1]).value
    assert value is not None
    rows = {row["name"]: row["values"] for row in value["rows"]}
    # 18.3 -> 10 % of brightness without the bright second: 10 ** (0.02 * 8.33) = 1.47.
    assert rows["effect"][2] == "×1.47 ▲"
    assert rows["effect"][0].endswith("▼")
    assert rows["motion"][0] == "2 %"
    assert rows["words"] == ["2", "0", "0", "0", "1", "0"]
    assert rows["faces"][0] == "0 %"
    assert all(len(values) == len(value["starts"]) for values in rows.values())
    assert value["words"][1] == ["word", 0.6, pytest.approx(0.9)]
    assert value["hook"] == [[0.0, 3.0]]
    assert value["side"] == SIDE_PX
    json.dumps(value)  # it travels to the browser


def test_what_was_not_measured_has_no_row() -> None:
    _, silent = clip(SEEING)
    assert rows_of(silent) == ["effect", "motion", "cuts", "faces"]
    _, loud = clip(BLIND, centroid=[100.0] * 6, words_at_s=[1.0])
    assert rows_of(loud) == ["motion", "cuts", "loudness", "words", "faces"]
    assert set(drawn(made(BLIND, centroid=[100.0] * 6))) >= {"motion", "loudness"}


def test_bars_stand_where_and_as_high_as_the_effects() -> None:
    _, found = clip(SEEING)
    bars = drawn(made())["effect"]
    assert list(bars.x) == pytest.approx([0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    assert list(bars.y) == pytest.approx(found.effects.tolist())
    for value, colour, pattern in zip(
        found.effects, bars.marker.color, bars.marker.pattern.shape, strict=True
    ):
        # Down differs by hatching too.
        assert colour == (STYLE.figure_up if value >= 0 else STYLE.figure_down)
        assert pattern == ("" if value >= 0 else "/")


def test_the_opening_is_marked() -> None:
    figure = made().figure
    assert figure is not None
    marked = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [(shape.x0, shape.x1) for shape in marked] == [(0.0, 3.0)]
    assert any("Opening, first 3 s" in note.text for note in figure.layout.annotations)
    later = made(keep=[(2.0, 6.0)]).figure
    assert later is not None
    marked = [shape for shape in later.layout.shapes if shape.type == "rect"]
    assert [(shape.x0, shape.x1) for shape in marked] == [(2.0, 5.0)]


def test_cuts_are_marks_where_they_are_and_their_lack_is_said() -> None:
    analysis, found = clip(SEEING)
    cut = replace(found, series={**found.series, "cuts": np.array([0.0, 1, 0, 0, 2, 0])})
    shown = made_of("key", analysis, cut, "en")
    assert list(drawn(shown)["cuts"].x) == [1.5, 4.5]
    titles = [note.text for note in shown.figure.layout.annotations]  # type: ignore[union-attr]
    assert "Cuts" in titles
    none = [note.text for note in made().figure.layout.annotations]  # type: ignore[union-attr]
    assert "Cuts: none seen" in none


def test_the_time_axis_is_where_the_page_looks_for_it() -> None:
    figure = made().figure
    assert figure is not None
    assert figure.layout.margin.l == figure.layout.margin.r == SIDE_PX
    assert tuple(figure.layout.xaxis.range) == (0.0, 6.0)
    assert figure.layout.xaxis.automargin is False
    rows = [figure.layout[name] for name in figure.layout if name.startswith("yaxis")]
    domains = sorted(tuple(axis.domain) for axis in rows)
    for (_, upper), (lower, _) in pairwise(domains):
        assert upper <= lower
    assert all(0 <= low < high <= 1 for low, high in domains)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_note_says_what_the_method_is_and_is_not(lang: str) -> None:
    _, found = clip(SEEING)
    words = parsed(note(found, lang)).words
    assert ("It does not show where viewers leave" in words) == (lang == "en")
    assert "×1.47 ▲ at 0:02" in words or "×1,47 ▲ en 0:02" in words


def test_without_weight_the_page_says_so_and_shows_no_effect() -> None:
    shown = made(BLIND, centroid=[100.0] * 6)
    words = parsed(shown.note).words
    assert "the picture and the sound didn't make it more accurate" in words
    assert "left out" not in words
    assert "effect" not in drawn(shown)
    partly = known_model(audio={"spectral_centroid": 0.001})
    both = parsed(made(partly, centroid=[100.0, 300.0, 100.0, 100.0, 100.0, 100.0]).note).words
    assert "gives no weight to the picture for an account" in both
    assert "left out" in both


def test_an_even_clip_is_called_even() -> None:
    analysis = known_analysis(SEEING, brightness=[20.0] * 4)
    words = parsed(note(timeline(analysis, SEEING), "en")).words
    assert "No second changes this prediction" in words


def test_longer_steps_are_told_as_what_they_are() -> None:
    analysis = known_analysis(SEEING, brightness=[10.0] * 130 + [50.0] * 130)
    words = parsed(note(timeline(analysis, SEEING), "en")).words
    assert "the effect of a stretch of 3 s is found" in words


def test_the_strip_is_of_pictures_in_order() -> None:
    analysis, _ = clip(SEEING)
    pictures = strip(analysis)
    assert len(pictures) == 6
    assert all(picture.source.startswith("data:image/jpeg;base64,") for picture in pictures)
    assert [picture.at_s for picture in pictures] == pytest.approx(range(6))
    long = replace(
        analysis,
        thumbnails=np.zeros((40, 8, 8, 3), np.uint8),
        thumbnail_times_s=np.linspace(0, 5.9, 40),
    )
    assert len(strip(long)) == MOST_PICTURES
    none = replace(analysis, thumbnails=np.zeros((0, 0, 0, 3), np.uint8), thumbnail_times_s=())
    assert strip(none) == []
    assert made_of("key", none, clip(SEEING)[1], "en").figure is not None


def test_each_row_has_its_name_in_both_languages() -> None:
    from viral.messages import has

    assert all(has(f"when.{name}") for name in HEIGHTS_PX)
    assert clock(67.9) == "1:07"
