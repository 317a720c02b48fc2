"""What What-if shows, on a model of known effects: numbers, sentences, figures, refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from known import known_analysis, known_model, supported_everywhere
from parsed_page import parsed

from viral.explain.what_if import duration_curve, posting_times
from viral.figures.style import GREY
from viral.figures.what_if import hours, lengths
from viral.model.account_size import AccountSize
from viral.model.evidence import NO_SUPPORT, Support
from viral.model.model import Model
from viral.pipeline import Analysis
from viral.posts.details import post_details
from viral.ui.predict.what_if_fields import Tried, filled
from viral.ui.predict.what_if_result import Outcome, outcome, problem

SLOPES = {"duration": -1.0, "hour_sin": 0.2, "hashtag_count": -0.03}
MADRID = "Europe/Madrid"


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    made = known_model(context=SLOPES)
    monkeypatch.setattr("viral.pipeline.model_in_force", lambda own=None: made)
    return made


def clip(model: Model) -> Analysis:
    details = post_details(caption="a day #one #two", posted_at="2027-03-03T12:00+01:00")
    return known_analysis(model, brightness=[10.0] * 20, details=details)


def tried(model: Model, before: Analysis, lang: str = "en", **typed: Any) -> Outcome:
    fields: Tried = replace(filled(before, MADRID), **typed)
    return outcome(before, fields, MADRID, lang, model)


def shown_hours(made: Outcome) -> Any:
    assert made.hours is not None
    return made.hours["value"]


def test_nothing_changed_is_said(model: Model) -> None:
    unknown = clip(model)
    before = replace(
        unknown, prediction=replace(unknown.prediction, account_size=AccountSize.of(12_000.0))
    )
    page = parsed(str(tried(model, before).html))
    assert "No changes yet" in page.words
    assert page.numbers["what_if.views.median"] == before.prediction.views.median
    assert "Changed" not in page.words
    # Nothing known of the account: the range alone.
    assert "what_if.views.median" not in parsed(str(tried(model, unknown).html)).numbers


def test_a_change_stands_beside_the_post_as_it_is(model: Model) -> None:
    page = parsed(str(tried(model, clip(model), end_s=10.0).html))
    # Half as long is twice the views in this model.
    assert page.numbers["what_if.factor"] == pytest.approx(2.0)
    assert "×2 ▲ the views of your original post." in page.words
    assert "far more than that by chance" not in page.words


def test_a_small_change_is_called_small(model: Model) -> None:
    page = parsed(str(tried(model, clip(model), hashtags="#one").html))
    assert page.numbers["what_if.factor"] == pytest.approx(10**0.03)
    assert "Smaller than normal luck" in page.words
    same = parsed(str(tried(model, clip(model), hashtags="#one #three").html))
    assert "The same views as your original post." in same.words


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize(
    "typed",
    [
        {"end_s": 0.1},
        {"start_s": 19.9},
        {"followers": "<b>lots</b>"},
        {"recent": "many"},
        {"time": "2027-03-03T25:00"},
    ],
)
def test_nonsense_is_one_sentence_and_leaves_the_figures(
    model: Model, lang: str, typed: dict[str, Any]
) -> None:
    made = tried(model, clip(model), lang, **typed)
    assert made == Outcome(made.html)
    page = parsed(made.html)
    assert ("role", "alert") in page.attributes
    assert ("data-state", "problem") in page.attributes
    assert page.words.strip().endswith(".")
    assert page.tags <= {"div", "b", "p"}
    assert sum(name == "lang" and value == lang for name, value in page.attributes) == 1


def test_a_problem_shows_no_markup_of_others() -> None:
    assert "<img" not in problem("<img src=x>", "en")


def test_the_diamond_stands_on_the_planned_hour_on_the_readers_clock(model: Model) -> None:
    made = tried(model, clip(model))
    marker = shown_hours(made).data[-1]
    assert (marker.x[0], marker.y[0]) == (12, 2)
    assert made.hours_html is not None
    spoken = parsed(made.hours_html).words
    # sin is largest at six in UTC, seven in Madrid, on whatever day.
    assert "at 7:00" in spoken
    assert "Crossed out" not in spoken
    unset = tried(model, clip(model), time="")
    assert len(shown_hours(unset).data) == 1


def test_hours_without_data_are_crossed_out_and_have_no_shade(model: Model) -> None:
    counts = np.full((7, 24), 500)
    counts[5, 3:6] = 7
    support: Support = replace(supported_everywhere(), weekday_hour=counts)
    thin = replace(model, support=support)
    made = tried(thin, clip(model))
    shades, grey, crosses, _ = shown_hours(made).data
    expected = [(4, 5), (5, 5), (6, 5)]  # an hour later in Madrid
    assert list(zip(crosses.x, crosses.y, strict=True)) == expected
    for hour, day in expected:
        assert np.isnan(shades.z[day][hour])
        assert grey.z[day][hour] == 1.0
        assert "too few past posts to say: 7" in grey.text[day][hour]
    assert "Crossed out: fewer than 50" in parsed(str(made.hours_html)).words


def test_lengths_without_data_are_grey(model: Model) -> None:
    durations = np.full_like(supported_everywhere().durations, 500)
    durations[-4:] = 3  # from two minutes on
    thin = replace(model, support=replace(supported_everywhere(), durations=durations))
    made = tried(thin, clip(model))
    assert made.lengths is not None
    lines = [
        trace for trace in made.lengths["value"].data if trace.mode == "lines" and not trace.fill
    ]
    assert [line.line.dash for line in lines] == ["solid", "dot"]
    assert lines[1].line.color == GREY
    assert 10 ** lines[0].x[-1] == pytest.approx(90.0)
    assert lines[1].x[0] == lines[0].x[-1]
    assert "Grey: too little data" in parsed(str(made.lengths_html)).words


def test_a_choice_with_little_data_says_so(model: Model) -> None:
    thin = replace(model, support=NO_SUPPORT)
    words = parsed(tried(thin, clip(model)).html).words
    assert "Only 0 past posts were about this long" in words
    assert "Only 0 past posts went out at this hour" in words
    assert "Only 0" not in parsed(tried(model, clip(model)).html).words


def test_figures_without_any_data_are_not_shown(model: Model) -> None:
    made = tried(replace(model, support=NO_SUPPORT), clip(model), lang="es")
    assert made.hours["visible"] is False
    assert made.lengths is not None


@pytest.mark.parametrize("lang", ["en", "es"])
def test_figures_follow_the_page_and_say_their_numbers(model: Model, lang: str) -> None:
    made = tried(model, clip(model), lang)
    for figure in (made.hours["value"], made.lengths["value"]):
        assert figure is not None
        assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
        assert figure.layout.xaxis.fixedrange
    text = shown_hours(made).data[0].text[0][7]
    assert ("lun" if lang == "es" else "Mon") in text
    assert "500" in text
    hovers = [trace.hovertext for trace in made.lengths["value"].data if trace.hovertext]
    assert len(hovers[0]) == len(duration_curve(clip(model), model, model.support).durations_s)


def test_figures_take_words_and_data_alone(model: Model) -> None:
    from viral.ui.predict.what_if_fields import zone_of
    from viral.ui.predict.what_if_result import _curve_words, _hours_words

    analysis = clip(model)
    times = posting_times(analysis, model, model.support)
    figure = hours(times, 1000.0, _hours_words(zone_of("Asia/Tokyo"), "en"))
    assert figure.layout.xaxis.title.text == "hour, Tokyo"
    curve = duration_curve(analysis, model, model.support)
    drawn = lengths(curve, _curve_words("en"))
    at = list(curve.durations_s).index(curve.chosen_s)
    assert 10 ** drawn.data[-1].y[0] == pytest.approx(curve.median[at])
