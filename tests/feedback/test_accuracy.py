"""Predicted against actual, and which post of an export belongs to which prediction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from kept_posts import kept

from viral.feedback.accuracy import compared, main_count, matches, next_prediction, running
from viral.feedback.records import Kept, Outcome, Report, caption_hash
from viral.model.growth_curve import NO_GROWTH, GrowthCurve


def _report(median: float, **outcome: Any) -> Report:
    given = {"views": 1000.0, "days": 30.0, **outcome}
    return Report(kept(1, median=median), Outcome(**given), kept(1).made_at, "accepted")


def test_inside_and_outside() -> None:
    views, likes = compared(_report(1000.0, views=2000.0, likes=1.0), NO_GROWTH)
    assert (views.name, views.inside, likes.name, likes.inside) == ("views", True, "likes", False)
    assert views.factor == pytest.approx(2001 / 1001)


def test_an_early_count_is_compared_with_an_early_prediction() -> None:
    # A tenth of the views come in the first day.
    growth = GrowthCurve(days=(1.0, 30.0), log_growth=(-1.0, 0.0))
    early = main_count(_report(1000.0, views=100.0, days=1.0), growth)
    assert early.median == pytest.approx(100.0)
    assert early.factor == pytest.approx(1.0)


def test_likes_stand_in_where_an_export_tells_no_views() -> None:
    assert main_count(_report(1000.0, views=None, likes=90.0), NO_GROWTH).name == "likes"


def test_running_figures() -> None:
    reports = [_report(1000.0, views=views) for views in (500.0, 2000.0, 2000.0, 9000.0, 1000.0)]
    assert running(reports[:2], NO_GROWTH) is None
    found = running(reports, NO_GROWTH)
    assert found is not None
    assert (found.posts, found.inside) == (5, 4)
    assert found.bias == pytest.approx(2.0, rel=0.01)
    assert found.usual_factor == pytest.approx(2.0, rel=0.01)
    set_apart = [Report(r.kept, r.outcome, r.reported_at, "quarantined") for r in reports]
    assert running(set_apart, NO_GROWTH) is None


MADE = datetime(2026, 1, 1, tzinfo=UTC)


def _row(**changes: Any) -> dict[str, Any]:
    return {
        "video_id": "7",
        "views": 500.0,
        "likes": np.nan,
        "horizon_days": 20.0,
        "posted_at": MADE + timedelta(days=1),
        "duration_s": 12.0,
        "caption": None,
        **changes,
    }


def _kept(number: int, caption: str | None = None, **changes: Any) -> Kept:
    return kept(number, made_at=MADE, caption_hash=caption_hash("k", caption), **changes)


def test_a_post_is_found_by_its_caption() -> None:
    mine = [_kept(1, "first try"), _kept(2, "My  NEW clip! #dance", duration_s=31.0)]
    found = matches([_row(caption="my new clip #Dance 🎉", duration_s=np.nan)], mine, "k")
    assert [(m.kept.id, m.outcome.views, m.outcome.days) for m in found] == [("ID-2", 500, 20)]
    assert matches([_row(caption="my new clip #Dance", duration_s=12.0)], mine, "other") == []


def test_of_two_cuts_the_one_of_that_length_was_posted() -> None:
    mine = [_kept(1, "same", duration_s=12.0), _kept(2, "same", duration_s=20.0)]
    assert matches([_row(caption="same", duration_s=20.4)], mine, "k")[0].kept.id == "ID-2"
    assert matches([_row(caption="same", duration_s=np.nan)], mine, "k") == []


def test_without_a_caption_length_and_time_decide_if_nothing_else_fits() -> None:
    assert matches([_row()], [_kept(1, duration_s=12.4)], "k")[0].kept.id == "ID-1"
    assert matches([_row()], [_kept(1), _kept(2)], "k") == []
    assert matches([_row(posted_at=MADE + timedelta(days=60))], [_kept(1)], "k") == []
    assert matches([_row(duration_s=30.0)], [_kept(1)], "k") == []
    assert matches([_row(caption="another")], [_kept(1, "mine")], "k") == []


def test_a_row_without_counts_or_age_is_no_report() -> None:
    mine = [_kept(1)]
    assert matches([_row(views=np.nan)], mine, "k") == []
    assert matches([_row(horizon_days=np.nan)], mine, "k") == []
    assert matches([_row(views=np.nan, likes=9.0)], mine, "k")[0].outcome.likes == 9


def test_the_next_prediction_follows_what_happened() -> None:
    from viral.model.store import shipped_model

    model = shipped_model()
    one = kept(1, recent_views=(900.0, 1500.0, 700.0), features={})
    before, more = next_prediction(one, 50_000.0, model)
    same, less = next_prediction(one, 20.0, model)
    assert before == same
    assert less < before < more
