"""What can be opened under the answer, on made-up results: words, escaping, missing parts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fabricated import NASTY, analysis, contribution, explanation, prediction
from hypothesis import given
from hypothesis import strategies as st
from parsed_page import parsed

from viral.modalities.features import Features
from viral.model.explanation import FeatureContribution
from viral.model.prediction import Interval
from viral.model.topics import Nearest
from viral.pipeline import Analysis
from viral.ui.predict import moves, result
from viral.ui.widgets import states
from viral.ui.widgets.effects import bar, effect
from viral.ui.widgets.ranges import LogAxis, views_range


def _counts(made: Analysis, lang: str = "en") -> str:
    return result.details(made, lang)


def test_contributors_say_measured_typical_and_effect() -> None:
    page = parsed(_counts(analysis()))
    assert "First word" in page.words
    assert "here 2.4 s · typical 0.6 s" in page.words
    assert "×0.87 ▼" in page.words


def test_what_was_measured_without_effect_is_said() -> None:
    made = explanation()
    silent = replace(made, modalities=tuple(replace(part, value=0.0) for part in made.modalities))
    page = parsed(_counts(analysis(made=replace(prediction(), explanation=silent))))
    said = "these don't change this number"
    assert said in page.words
    assert said not in parsed(_counts(analysis())).words


def test_what_is_missing_is_listed_with_its_reason() -> None:
    made = analysis(transcript="", made=prediction(missing=("audio", "speech")))
    page = parsed(result.details(made, "en"))
    assert "What could not be measured" in page.words
    assert "Sound: The clip has no sound." in page.words
    assert "Speech: No words were heard." in page.words
    assert "What could not be measured" not in parsed(result.details(analysis(), "en")).words


def test_a_part_that_worked_in_part_is_listed() -> None:
    made = analysis()
    features = {
        **made.features,
        "visual": Features("visual", details={"embedding_reason": "The weights are not there."}),
    }
    page = parsed(result.details(replace(made, features=features), "en"))
    assert "Picture, in part: The weights are not there." in page.words


def test_classes_seen_stand_for_the_picture() -> None:
    made = analysis()
    classes = ({"name": "seashore", "probability": 0.31}, {"name": NASTY, "probability": 0.1})
    features = {**made.features, "visual": Features("visual", details={"classes": classes})}
    page = parsed(_counts(replace(made, features=features)))
    assert "looks most like seashore 31 %" in page.words
    assert "img" not in page.tags


def _with(part: FeatureContribution) -> Analysis:
    shown = replace(explanation(), features=(part,))
    return analysis(made=replace(prediction(), explanation=shown))


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "closest to past captions about food (76 posts), tips (1.2 K posts)"),
        ("es", "textos pasados sobre comida (76 publicaciones), consejos (1,2 mil publicaciones)"),
    ],
)
def test_a_caption_is_said_to_be_closest_to_what_past_ones_are_about(
    lang: str, expected: str
) -> None:
    part = contribution("text.embedding", "What the caption says", 0.1, None)
    near = replace(part, nearest=(Nearest("food", 76), Nearest("tips", 1200)))
    assert expected in parsed(_counts(_with(near), lang)).words
    assert "closest to" not in parsed(_counts(_with(part))).words


def test_hashtags_say_how_past_posts_with_them_did() -> None:
    known = contribution("text.hashtag_topics", "Which hashtags", 0.02, 0.0414, unit="log10")
    assert "past posts with them got ×1.1 the views expected" in parsed(_counts(_with(known))).words
    # What is not known is not among what matters most.
    unknown = replace(known, input=None)
    assert "Nothing that was measured moves" in parsed(_counts(_with(unknown))).words


def test_an_effect_that_rounds_to_none_is_neither_up_nor_down() -> None:
    assert "v-no-text" in effect(-0.0001, "en")
    assert "<i" not in bar(-0.0001, 0.3)
    assert "v-down-text" in effect(-0.1, "en")
    assert "v-down" in bar(-0.1, 0.3)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_nothing_that_a_user_wrote_becomes_markup(lang: str) -> None:
    made = replace(
        prediction(missing=("visual",)),
        model_version=NASTY,
        warnings=(NASTY,),
        explanation=replace(
            explanation(), features=(contribution("text.caption", NASTY, 0.2, NASTY),)
        ),
    )
    shown = analysis(transcript=NASTY, made=made)
    features = {**shown.features, "visual": Features("visual", missing=True, reason=NASTY)}
    shown = replace(shown, features=features)
    for html in (
        result.details(shown, lang),
        moves.card(made, shown, lang),
        states.problem(NASTY, lang),
    ):
        page = parsed(html)
        assert not page.tags & {"img", "script"}
        assert not any(name.startswith("on") for name, _ in page.attributes)
    assert NASTY in parsed(result.details(shown, lang)).words


@given(st.text(max_size=200))
def test_any_transcript_is_shown_as_it_is(transcript: str) -> None:
    page = parsed(result.details(analysis(transcript=transcript), "en"))
    assert re.sub(r"\s+", " ", transcript.strip()) in page.words


numbers = st.floats(0, 1e12)


@given(st.tuples(numbers, numbers, numbers), st.none() | numbers)
def test_any_range_is_drawn_inside_its_axis(
    ends: tuple[float, float, float], usual: float | None
) -> None:
    low, median, high = sorted(ends)
    page = parsed(views_range(Interval(low, median, high), usual, "en"))
    places = [
        float(place)
        for name, value in page.attributes
        if name == "style"
        for place in re.findall(r"(?:left|width):([\d.]+)%", str(value))
    ]
    assert len(places) >= 4
    assert all(0 <= place <= 100 for place in places)


def test_the_axis_is_logarithmic() -> None:
    axis = LogAxis([100.0, 1000.0, 10_000.0])
    first, second, third = (axis.percent(x) for x in (100.0, 1000.0, 10_000.0))
    assert second - first == pytest.approx(third - second, abs=0.05)


def test_the_stages_go_by() -> None:
    page = parsed(states.working("listening", "en"))
    assert "Looking at the picture, done" in page.words
    assert "Listening to the sound, now" in page.words
    assert "Waiting for its turn" not in page.words
    assert "Waiting for its turn" in parsed(states.working(states.WAITING, "en")).words
