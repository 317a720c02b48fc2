"""Suggestions: only what the model supports, with the gain that What-if then shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known import known_analysis, known_model, supported_everywhere

from viral.explain.suggestions import (
    SMALLEST_GAIN,
    Suggestion,
    next_moment,
    sentence_ends_s,
    suggestions,
)
from viral.explain.what_if import what_if
from viral.model.evidence import FEWEST_POSTS, NO_SUPPORT, Support
from viral.model.model import Model
from viral.pipeline import Analysis
from viral.posts.details import PostDetails

MONDAY_NOON = datetime(2027, 3, 1, 12, 30, tzinfo=UTC)
DETAILS = PostDetails(caption="a day #out with us #one #two #three", posted_at=MONDAY_NOON)
SLOPES = {"duration": -1.0, "hour_sin": 0.05, "hashtag_count": -0.03}


def found_by(
    monkeypatch: pytest.MonkeyPatch,
    slopes: dict[str, float],
    support: Support | None = None,
    **more: Any,
) -> tuple[Analysis, dict[str, Suggestion]]:
    model: Model = known_model(context=slopes, support=support or supported_everywhere())
    monkeypatch.setattr("viral.pipeline.model_in_force", lambda own=None: model)
    analysis = known_analysis(model, brightness=[10.0] * 20, **{"details": DETAILS, **more})
    found = suggestions(analysis, model, model.support)
    assert [s.factor for s in found] == sorted((s.factor for s in found), reverse=True)
    assert len({s.kind for s in found}) == len(found)
    return analysis, {s.kind: s for s in found}


def test_the_largest_gain_of_each_kind_is_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    _, found = found_by(monkeypatch, SLOPES)
    assert list(found) == ["trim", "hashtags"]
    # Twenty seconds to ten: no more than half may go.
    assert found["trim"].factor == pytest.approx(20 / 10)
    assert found["trim"].facts == {"before_s": 20.0, "after_s": 10.0}
    # The hashtag within the sentence is a word of it and stays.
    assert found["hashtags"].change == {"caption": "a day #out with us"}
    assert found["hashtags"].facts == {"before": 4, "after": 1}
    assert found["hashtags"].factor == pytest.approx(10**0.09)
    assert found["hashtags"].factor >= SMALLEST_GAIN


def test_the_best_hour_is_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    _, found = found_by(monkeypatch, {"hour_sin": 0.05})
    assert found["time"].facts == {"weekday": 0, "hour": 6}
    noon_thirty = np.sin(2 * np.pi * 12.5 / 24)
    assert found["time"].factor == pytest.approx(10 ** (0.05 * (1 - noon_thirty)))


def test_a_clip_is_cut_only_where_a_sentence_ends() -> None:
    words = [
        {"text": "Keep", "start_s": 0.5, "end_s": 1.0},
        {"text": "them.", "start_s": 1.0, "end_s": 1.5},
        {"text": "Then", "start_s": 1.6, "end_s": 2.0},
        {"text": "water", "start_s": 2.0, "end_s": 2.4},
        {"text": "daily", "start_s": 4.0, "end_s": 4.4},
    ]
    # After the full stop and in the long pause, never within the next word.
    assert sentence_ends_s(words, 4.5) == pytest.approx([1.6, 2.65])
    assert sentence_ends_s(words, 10.0) == pytest.approx([1.6, 2.65, 4.65])
    assert sentence_ends_s([], 10.0) == []


def test_trying_a_suggestion_shows_what_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    analysis, found = found_by(monkeypatch, SLOPES)
    assert len(found) == 2
    for suggestion in found.values():
        views = what_if(analysis, **suggestion.change).prediction.views
        shown = (suggestion.low, suggestion.median, suggestion.high)
        assert shown == pytest.approx((views.low, views.median, views.high))
        gained = views.median / analysis.prediction.views.median
        assert suggestion.factor == pytest.approx(gained)
        assert suggestion.posts >= FEWEST_POSTS


def test_nothing_is_suggested_where_no_past_post_stands_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert found_by(monkeypatch, SLOPES, NO_SUPPORT)[1] == {}
    few = supported_everywhere(FEWEST_POSTS - 1)
    assert found_by(monkeypatch, SLOPES, few)[1] == {}


def test_a_lesser_gain_with_support_beats_a_larger_one_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    support = supported_everywhere()
    durations = support.durations.copy()
    durations[:] = 0
    durations[6] = 99
    hours = np.zeros_like(support.weekday_hour)
    hours[4, 9] = 77
    support = replace(support, durations=durations, weekday_hour=hours)
    _, found = found_by(monkeypatch, SLOPES, support)
    assert found["trim"].posts == 99
    assert found["trim"].factor < 20 / 10
    _, found = found_by(monkeypatch, {"hour_sin": 0.1}, support)
    assert found["time"].facts == {"weekday": 4, "hour": 9}
    assert found["time"].posts == 77


def test_what_gains_nothing_is_not_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    best_already = {"duration": 1.0, "hashtag_count": 0.03}
    assert found_by(monkeypatch, best_already)[1] == {}
    hardly = {"hashtag_count": -np.log10(SMALLEST_GAIN) / 3 * 0.99}
    assert found_by(monkeypatch, hardly)[1] == {}


def test_only_what_was_told_can_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    _, found = found_by(monkeypatch, SLOPES, details=PostDetails())
    assert set(found) == {"trim"}
    tags_alone = PostDetails(caption="#one #two #three #four #five")
    _, found = found_by(monkeypatch, SLOPES, details=tags_alone)
    # A caption of nothing would be another question than one with fewer hashtags.
    assert found["hashtags"].change == {"caption": "#one"}


def test_a_trimmed_clip_is_trimmed_further_from_its_own_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, found = found_by(monkeypatch, SLOPES, keep=[(4.0, 16.0)])
    assert found["trim"].change == {"trim_start_s": 4.0, "trim_end_s": 10.0}


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31)),
    st.integers(0, 6),
    st.integers(0, 23),
)
def test_the_suggested_time_is_the_next_one(planned: datetime, weekday: int, hour: int) -> None:
    planned = planned.replace(tzinfo=UTC)
    moment = next_moment(planned, weekday, hour)
    assert (moment.weekday(), moment.hour, moment.minute) == (weekday, hour, 0)
    assert moment > planned - timedelta(hours=1)
    assert moment - planned <= timedelta(days=7)
