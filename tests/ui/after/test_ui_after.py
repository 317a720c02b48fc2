"""After posting, without a browser: what is kept, what is shown, and in which words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fabricated import analysis

from viral.errors import ViralError
from viral.feedback.accuracy import Compared
from viral.feedback.database import Database, database_url
from viral.feedback.plausibility import outcome_of
from viral.feedback.records import read_reason, stored_reason
from viral.feedback.store import Store
from viral.figures.outcomes import OutcomeWords, outcomes
from viral.messages import Message
from viral.model import explained
from viral.model.growth_curve import NO_GROWTH
from viral.ui.after import result as after_view
from viral.ui.after.handlers import AfterShown, Handlers
from viral.ui.predict.shown import Shown
from viral.ui.sessions import Sessions, Title
from viral.ui.widgets import states


class _Model:
    """A model by name; `_predicted` stands for what it says."""

    version = "1.fabricated"
    growth = NO_GROWTH


def _predicted(model: _Model, features: Any, details: Any) -> Any:
    """Return what was predicted before, and more where more is known."""
    return SimpleNamespace(views=SimpleNamespace(median=float(sum(details.recent_views))))


@pytest.fixture
def handlers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Handlers]:
    monkeypatch.setattr(explained, "predict", _predicted)
    store = Store(Database(database_url("sqlite", tmp_path)))
    yield Handlers(Sessions(600), lambda: store, _Model)
    store.database.close()


def _last(handlers: Handlers) -> AfterShown:
    return handlers.last(Shown("result", key=handlers.sessions.keep(analysis())))


def test_nothing_is_kept_without_the_tick(handlers: Handlers) -> None:
    shown = _last(handlers)
    with pytest.raises(ViralError, match="Tick the box"):
        handlers.keep(shown, False, "")
    assert handlers.open_store().counts()["predictions"] == 0


def test_kept_reported_and_shown(handlers: Handlers) -> None:
    shown = _last(handlers)
    assert 'data-state="empty"' in handlers.page(None, "", "en")["verdict"]
    key, kept = handlers.keep(shown, True, "")
    assert handlers.keep(shown, False, key)[0] == key
    report = handlers.report(key, kept.id, views="20K", likes="90", days="30")
    page = handlers.page(report.kept.id, key, "en")
    assert 'data-place="above"' in page["verdict"]
    assert "20 K views. We said 3.2 K, from" in page["verdict"]
    assert "instead of" in page["verdict"]
    assert "Report 2 more posts" in page["summary"]
    assert page["figure"] is not None
    spanish = handlers.page(report.kept.id, key, "es")
    assert "Por encima del margen" in spanish["verdict"]


def test_what_is_quarantined_says_so_and_counts_for_nothing(handlers: Handlers) -> None:
    key, kept = handlers.keep(_last(handlers), True, "")
    handlers.report(key, kept.id, views="10", likes="90", days="30")
    page = handlers.page(None, key, "en")
    assert "not used for training: more likes than views" in page["verdict"]
    assert "data-next" not in page["verdict"]
    assert page["figure"] is None
    assert "más me gusta que visualizaciones" in handlers.page(None, key, "es")["verdict"]


def test_a_report_needs_a_kept_prediction(handlers: Handlers) -> None:
    with pytest.raises(ViralError, match="Save a prediction first"):
        handlers.report("", None, views="5", days="3")
    with pytest.raises(ViralError, match="Save a prediction first"):
        handlers.report("guess", "ABCD-EFGH-2345", views="5", days="3")


def test_an_export_is_matched_and_deleted(handlers: Handlers, tmp_path: Path) -> None:
    import dataclasses

    from viral.posts.details import post_details

    details = post_details(caption="A walk #dog", recent_views="900 1500", followers=1000)
    key_of = handlers.sessions.keep(dataclasses.replace(analysis(), details=details))
    key, kept = handlers.keep(AfterShown(last=key_of), True, "")
    export = tmp_path / "user_data_tiktok.json"
    posts = [
        {
            "Date": "2026-01-01 10:00:00",
            "Likes": "300",
            "Title": "a walk #Dog",
            "Link": "/video/1/",
        },
        {"Date": "2026-01-02 10:00:00", "Likes": "5", "Title": "other", "Link": "/video/2222/"},
    ]
    export.write_text(json.dumps({"Post": {"Posts": {"VideoList": posts}}}))
    found, reports = handlers.import_export(key, export)
    assert (found, [r.kept.id for r in reports]) == (2, [kept.id])
    assert reports[0].outcome.likes == 300
    assert not export.exists()
    assert "300 likes" in handlers.page(None, key, "en")["verdict"]
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    with pytest.raises(ViralError, match="broken"):
        handlers.import_export(key, broken)
    assert not broken.exists()


def test_a_result_from_a_link_cannot_be_kept(handlers: Handlers) -> None:
    assert handlers.last(Shown("numbers", numbers="x")) == AfterShown(linked=True)
    assert handlers.last(Shown("result", key="gone")) == AfterShown(linked=True)
    assert handlers.last(Shown()) == AfterShown()


def test_a_demo_cannot_be_kept(handlers: Handlers) -> None:
    key = handlers.sessions.keep(analysis(), title=Title("demo.mp4", demo=True))
    assert handlers.last(Shown("result", key=key)) == AfterShown(demo=True)
    assert "nobody posts it" in after_view.last(None, "en", demo=True)


def test_the_age_of_a_post_is_counted_and_never_assumed(handlers: Handlers) -> None:
    key, kept = handlers.keep(_last(handlers), True, "")
    now = datetime.now(UTC)
    assert handlers.age(key, kept.id, now) == ""
    went_out = kept.posted_at or kept.made_at
    assert handlers.age(key, kept.id, went_out + timedelta(days=9, hours=5)) == "9"
    assert handlers.age(key, "nothing", now) == ""
    with pytest.raises(ViralError, match="how many days"):
        handlers.report(key, kept.id, views="900", days=" ")
    assert "came from a link" in after_view.last(None, "en", linked=True)


def test_the_vote_goes_to_the_kept_prediction(handlers: Handlers) -> None:
    shown = _last(handlers)
    handlers.useful(shown, "", True)
    key, _ = handlers.keep(shown, True, "")
    handlers.useful(shown, key, False)
    exported = handlers.open_store().export(key)
    assert exported["predictions"][0]["useful"] in (False, 0)


def test_what_others_wrote_is_escaped() -> None:
    assert "<img" not in states.said("<img src=x onerror=alert(1)>")


def test_the_figure_marks_what_is_outside_by_shape() -> None:
    words = OutcomeWords(
        "views", "{name} {low} {median} {high}", "{name} {actual}", lambda v: f"{v:g}"
    )
    counts = [Compared("views", 50, 10, 20, 100), Compared("views", 500, 10, 20, 100)]
    figure = outcomes(["a", "b"], counts, words)
    assert list(figure.data[2].marker.symbol) == ["circle", "x"]
    assert list(figure.layout.yaxis.ticktext) == ["a", "b"]
    assert figure.data[0].hovertext[0] == "a 10 20 100"


@pytest.mark.parametrize(
    ("typed", "spanish"),
    [
        (
            {"views": "many", "days": 3},
            "Visualizaciones: 'many' no es un número válido; prueba con 12400 o 12,4K.",
        ),
        ({"views": 5, "days": 999}, "Los días desde que se publicó deben estar entre una hora"),
    ],
)
def test_what_is_no_report_is_said_in_spanish(typed: dict[str, Any], spanish: str) -> None:
    with pytest.raises(ViralError) as caught:
        outcome_of(**typed)
    assert caught.value.message.said("es").startswith(spanish)


def test_a_reason_to_doubt_is_kept_as_data_and_old_ones_stay_readable() -> None:
    reason = Message("after.reason_above", name=Message("after.count_likes"))
    again = read_reason(stored_reason(reason))
    assert again is not None
    assert again.said("pt") == "mais curtidas do que visualizações"
    assert read_reason("more likes than views") == "more likes than views"
    assert read_reason(stored_reason(None)) is None
