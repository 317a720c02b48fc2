"""Weights follow the accuracy of each modality, within bounds, logged and reversible."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_posts import kept

from viral.feedback.records import Outcome, Report
from viral.feedback.store import Store
from viral.feedback.weights import (
    FEWEST_REPORTS,
    LARGEST_STEP,
    LEAST,
    MOST,
    Followed,
    WeightLog,
    adjusted,
    agreed_factors,
    stepped,
    target_factors,
)
from viral.model import explained
from viral.model.growth_curve import NO_GROWTH
from viral.model.store import load

MODEL_DIR = Path(__file__).resolve().parents[2] / "models"


def _stream(count: int, worth: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return parts of two modalities and residuals; the first is worth `worth` of what it says."""
    rng = np.random.default_rng(seed)
    parts = rng.normal(0, 0.3, (count, 2))
    return parts, (worth - 1.0) * parts[:, 0] + rng.normal(0, 0.3, count)


def test_a_modality_that_says_nothing_true_loses_its_weight() -> None:
    stale = target_factors(*_stream(400, worth=0.0))
    assert stale[0] == LEAST
    assert stale[1] == pytest.approx(1.0, abs=0.2)
    good = target_factors(*_stream(400, worth=1.0))
    assert good == pytest.approx(np.ones(2), abs=0.2)
    assert target_factors(*_stream(400, worth=3.0))[0] == MOST


def test_it_recovers_once_it_is_right_again() -> None:
    parts, residuals = (
        np.concatenate(both) for both in zip(_stream(400, 0.0), _stream(600, 1.0, 1), strict=True)
    )
    now, seen = np.ones(2), []
    for at in range(FEWEST_REPORTS, len(parts), 25):
        now = stepped(now, target_factors(parts[:at], residuals[:at]))
        seen.append((at, now[0]))
    at_worst = min(factor for at, factor in seen if at <= 400)
    assert at_worst < 0.4
    assert seen[-1][1] > 0.85
    following = [abs(b - a) for (_, a), (_, b) in pairwise(seen)]
    assert max(following) <= LARGEST_STEP + 1e-9


def test_what_all_posts_have_in_common_is_no_modalitys_doing() -> None:
    parts, residuals = _stream(400, worth=1.0)
    assert target_factors(parts + 0.2, residuals - 0.5) == pytest.approx(np.ones(2), abs=0.2)


@pytest.mark.parametrize("late", [False, True])
def test_one_client_moves_nobodys_weights(late: bool) -> None:
    parts, residuals = _stream(500, worth=1.0)
    clients = np.arange(500) % 50
    # Fifty reports of one client, all against the first modality, among 500 of fifty others.
    lies, wrong = np.full((50, 2), [0.5, 0.0]), np.full(50, -1.2)
    lies[::2], wrong[::2] = -lies[::2], 1.2
    places = np.full(50, 500) if late else np.arange(50) * 10
    everything = (
        np.insert(parts, places, lies, axis=0),
        np.insert(residuals, places, wrong),
        np.insert(clients, places, 50),
    )
    now = np.ones(2)
    for _ in range(3):
        now = stepped(now, agreed_factors(*everything, now))
    assert now == pytest.approx(np.ones(2), abs=0.1)
    # Were each report heard alike, that client would have its will.
    assert target_factors(*everything[:2])[0] < 0.75
    # A modality that is stale for everybody is found all the same.
    stale = residuals - parts[:, 0]
    assert agreed_factors(parts, stale, clients, np.ones(2))[0] < 0.5


def test_who_is_alone_is_heard_in_full() -> None:
    parts, residuals = _stream(400, worth=0.0)
    alone = agreed_factors(parts, residuals, np.full(400, 7), np.ones(2))
    assert alone == pytest.approx(target_factors(parts, residuals))


@given(st.integers(min_value=1, max_value=60), st.floats(min_value=0, max_value=1e3))
def test_factors_stay_within_their_bounds(count: int, size: float) -> None:
    rng = np.random.default_rng(count)
    parts = rng.normal(0, size, (count, 3))
    found = target_factors(parts, rng.normal(0, 5, count))
    assert np.isfinite(found).all()
    assert ((found >= LEAST) & (found <= MOST)).all()


def _reports(count: int, version: str, worth: float) -> list[Report]:
    """Reports of predictions to which the text added a part that is worth `worth` of what it
    says."""
    rng = np.random.default_rng(2)
    reports = []
    for number in range(count):
        part = float(rng.normal(0, 0.3))
        one = kept(number, model_version=version, parts={"context": 3.0, "text": part})
        truth = np.log10(1001.0) + (worth - 1) * part + rng.normal(0, 0.2)
        reports.append(
            Report(one, Outcome(10**truth - 1, 30.0), datetime(2026, 1, 1, tzinfo=UTC), "accepted")
        )
    return reports


def test_changes_are_logged_and_can_be_taken_back(store: Store) -> None:
    log = WeightLog(store.database)
    assert log.current("m1") is None
    assert log.update("m1", _reports(FEWEST_REPORTS - 1, "m1", 0.0), NO_GROWTH) is None
    assert log.update("m1", _reports(200, "other", 0.0), NO_GROWTH) is None
    assert log.update("m1", _reports(200, "m1", 1.0), NO_GROWTH) is None
    first = log.update("m1", _reports(200, "m1", 0.0), NO_GROWTH)
    assert first is not None
    assert first.factors["text"] == pytest.approx(1 - LARGEST_STEP)
    assert first.factors["visual"] == 1.0
    assert first.figures["error_after"] < first.figures["error_before"]
    second = log.update("m1", _reports(200, "m1", 0.0), NO_GROWTH)
    assert second is not None
    assert second.factors["text"] == pytest.approx(1 - 2 * LARGEST_STEP)
    assert log.undo("m1") == first
    assert log.undo("m1") is None
    assert [change.undone for change in log.changes()] == [True, True]
    assert log.current("m1") is None


def test_reports_of_an_adjusted_model_are_taken_back_to_a_factor_of_one(
    sqlite_store: Store,
) -> None:
    log = WeightLog(sqlite_store.database)
    first = log.update("m1", _reports(300, "m1", 0.0), NO_GROWTH)
    assert first is not None
    factor = first.factors["text"]
    # The same posts, predicted with the smaller weight: the parts and the medians are smaller.
    again = []
    for report in _reports(300, "m1", 0.0):
        part = report.kept.parts["text"]
        median = 1001.0 * 10 ** ((factor - 1) * part) - 1
        one = kept(
            int(report.kept.id[3:]),
            median=median,
            model_version=f"m1+w{first.number}",
            parts={"context": 3.0, "text": factor * part},
        )
        again.append(Report(one, report.outcome, report.reported_at, "accepted"))
    second = log.update(f"m1+w{first.number}", again, NO_GROWTH)
    assert second is not None
    assert second.factors["text"] == pytest.approx(factor - LARGEST_STEP, abs=0.01)


def test_the_model_follows_and_its_sums_still_hold(sqlite_store: Store) -> None:
    from viral.modalities import context, text
    from viral.posts.details import post_details

    model = load(MODEL_DIR)
    log = WeightLog(sqlite_store.database)
    clock = [0.0]
    followed = Followed(model, log, clock=lambda: clock[0])
    assert followed() is model
    change = log.update(model.version, _reports(200, model.version, 0.0), NO_GROWTH)
    assert change is not None
    assert followed() is model
    clock[0] = 100.0
    now = followed()
    assert now.version == f"{model.version}+w{change.number}"
    details = post_details(caption="Tea at home #tea #fyp #viral")
    features = {
        "text": text.extract(details),
        "context": context.extract(details, duration_s=12.0, width=576, height=1024),
    }
    as_trained, following = (
        explained.predict(model, features, details),
        explained.predict(now, features, details),
    )
    parts = {part.name: part.value for part in as_trained.explanation.modalities}
    scaled = {part.name: part.value for part in following.explanation.modalities}
    assert parts["text"] != 0.0
    assert scaled["text"] == pytest.approx(parts["text"] * change.factors["text"], rel=1e-6)
    total = following.explanation.base + sum(scaled.values())
    assert total == pytest.approx(following.explanation.prediction, abs=1e-6)
    assert adjusted(model, None) is model
