"""What cannot be true is set apart, shown and counted; what is no number is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from kept_posts import kept

from viral.errors import DetailsError
from viral.feedback.plausibility import MOST_A_DAY, doubt, outcome_of, reported
from viral.feedback.records import Outcome
from viral.feedback.store import Store

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_what_people_type_is_read() -> None:
    found = outcome_of(views="12.4K", likes="1,200", comments="", days="7")
    assert (found.views, found.likes, found.comments, found.days) == (12_400, 1200, None, 7)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"views": "many", "days": 3}, "Views: 'many' is not a count"),
        ({"views": -1, "days": 3}, "Views: .-1. is not a count"),
        ({"days": 3}, "Views or likes are needed"),
        ({"views": 5, "days": "soon"}, "Days since posting: 'soon' is not"),
        ({"views": 5, "days": 0}, "between an hour"),
        ({"views": 5, "days": 400}, "between an hour"),
        ({"views": 5}, "how many days"),
        ({"views": "1e300", "days": 3}, "is not a count"),
    ],
)
def test_what_is_no_report_is_one_sentence(typed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DetailsError, match=sentence):
        outcome_of(**typed)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome(views=1000, days=30, likes=100), None),
        (Outcome(views=1000, days=30, likes=1001), "more likes than views"),
        (Outcome(views=1000, days=30, shares=2000), "more shares than views"),
        (Outcome(views=0, days=30), None),
        (Outcome(views=2e9, days=30), "more views than any post we have seen"),
        (Outcome(views=1_100_000, days=30), "more than a thousand times away"),
        (Outcome(views=None, days=30, likes=5), None),
    ],
)
def test_what_cannot_be_true(outcome: Outcome, reason: str | None) -> None:
    found = doubt(kept(1, median=900.0), outcome, (), NOW)
    assert found is None if reason is None else str(found).startswith(reason)


def test_a_small_account_of_which_nothing_was_told_is_believed() -> None:
    # Nothing told: a range of three orders of magnitude around what large accounts get.
    wide = kept(1, ranges={"views": (1200.0, 420_000.0, 2e6)}, followers=None, recent_views=())
    for views in (300.0, 40.0, 5.0):
        assert doubt(wide, Outcome(views=views, days=30), (), NOW) is None
    assert doubt(wide, Outcome(views=7e8, days=30), (), NOW) is not None
    # With recent views the same distance from the middle is not believed.
    assert doubt(kept(1, median=420_000.0), Outcome(views=300.0, days=30), (), NOW) is not None


def test_a_count_from_the_future() -> None:
    posted = kept(1, posted_at=NOW - timedelta(days=3))
    assert doubt(posted, Outcome(views=900, days=3), (), NOW) is None
    assert doubt(posted, Outcome(views=900, days=30), (), NOW) is not None


def test_a_flood_is_quarantined_and_counted(sqlite_store: Store) -> None:
    key = sqlite_store.agree()
    for number in range(MOST_A_DAY + 5):
        sqlite_store.keep(key, kept(number))
        reported(sqlite_store, key, kept(number), Outcome(views=1000, days=30))
    counts = sqlite_store.counts()
    assert (counts["accepted"], counts["quarantined"]) == (MOST_A_DAY, 5)
    assert len(sqlite_store.all_reports()) == MOST_A_DAY
    other = sqlite_store.agree()
    sqlite_store.keep(other, kept(1))
    assert reported(sqlite_store, other, kept(1), Outcome(views=1000, days=30))[0] == "accepted"


def test_a_correction_takes_a_report_out_of_quarantine(sqlite_store: Store) -> None:
    key = sqlite_store.agree()
    sqlite_store.keep(key, kept(1))
    assert reported(sqlite_store, key, kept(1), Outcome(views=10, days=30, likes=99))[0] == (
        "quarantined"
    )
    assert sqlite_store.all_reports() == []
    reported(sqlite_store, key, kept(1), Outcome(views=990, days=30, likes=99))
    assert [r.outcome.views for r in sqlite_store.all_reports()] == [990]
