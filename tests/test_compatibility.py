"""What version 0.1 wrote is read: links to results, and predictions that were kept.

The files of `tests/golden` were written by version 0.1 itself, with a demo clip and its own model.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from project_root import PROJECT_ROOT

from viral.explain import share
from viral.feedback.database import HEAD, Database, database_url
from viral.feedback.records import Outcome
from viral.feedback.store import Store

GOLDEN = PROJECT_ROOT / "tests" / "golden"
LINKS = json.loads((GOLDEN / "version_0_1_links.json").read_text(encoding="utf-8"))
KEY, ID = "PTcFscD3e2uUaJhDgV0FQHqX", "ZJDR-OMLM-BVOZ"


@pytest.mark.parametrize("old", LINKS, ids=lambda old: "+".join(old["told"]) or "nothing")
def test_a_link_of_0_1_shows_what_it_showed(old: dict[str, Any]) -> None:
    found = share.decode(old["link"])
    views = (found.views.low, found.views.median, found.views.high)
    assert views == pytest.approx(old["views"], rel=1e-3)
    assert found.score == pytest.approx(old["score"], abs=0.01)
    assert found.breakout_probability == pytest.approx(old["breakout"], abs=1e-5)
    parts = {part.name: part.value for part in found.explanation.modalities}
    assert parts == pytest.approx(old["modalities"], abs=1e-6)
    assert list(found.missing) == old["missing"]
    assert found.saves is None
    total = found.explanation.base + sum(part.value for part in found.explanation.features)
    assert total == pytest.approx(found.explanation.prediction, abs=1e-6)


@pytest.mark.parametrize("old", LINKS, ids=lambda old: "+".join(old["told"]) or "nothing")
def test_it_can_be_shared_on(old: dict[str, Any]) -> None:
    found = share.decode(old["link"])
    again = share.decode(share.encode(found))
    assert (again.views, again.score, again.missing) == (found.views, found.score, found.missing)


def test_predictions_that_0_1_kept_are_there_and_can_be_reported_on(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "feedback.sqlite3") as made:
        made.executescript((GOLDEN / "version_0_1.sql").read_text(encoding="utf-8"))
    made.close()
    database = Database(database_url("", tmp_path))
    store = Store(database)
    (kept,) = store.kept(KEY)
    assert kept.id == ID
    assert kept.ranges["views"] == pytest.approx((575.805, 1466.041, 4135.075), abs=0.01)
    (report,) = store.reports(KEY)
    assert (report.outcome.views, report.outcome.days) == (1800, 30)
    store.report(KEY, ID, Outcome(views=1900, days=60))
    exported = store.export(KEY)
    assert exported["predictions"][0]["body"]["followers"] == 12_000
    assert exported["predictions"][0]["useful"]
    assert store.delete(KEY) == 1
    database.close()
    assert HEAD >= "0002"


def test_a_link_of_a_later_version_is_said_to_be_one() -> None:
    body = share.encode(share.decode(LINKS[0]["link"]))[share.CHECK_CHARACTERS :]
    for number in (share.FORMAT + 1, share.FORMAT + 7):
        with pytest.raises(share.LinkError) as caught:
            share.decode(share._check(body, number) + body)
        assert caught.value.message.code == "error.link_later"
