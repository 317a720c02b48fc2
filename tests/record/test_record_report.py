"""The page of a record: misses first, everything escaped, and the record itself inside."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from made_records import START, chained, entries, record_of

from viral.errors import ViralError
from viral.messages import LANGUAGES
from viral.model.prediction import Interval
from viral.record.chain import Record, read_record
from viral.record.entries import (
    VERSION,
    Entry,
    NotPosted,
    Revealed,
    Sealed,
    Started,
    commitment_of,
    sealed_text,
)
from viral.record.pages import chain_in_page
from viral.record.report import rendered, write_report
from viral.record.results import results_of

VIEWS = {1: 250, 2: 9, 3: 90_000}
"""Of the revealed ones: inside of the range, a little below and far above."""


@pytest.fixture
def record() -> Record:
    opened = {
        number: sealed_text({"views": Interval(100, 200, 400), "likes": Interval(1, 2, 5)})
        for number in range(1, 6)
    }
    made: list[Entry] = [Started(START, VERSION, "0" * 32)]
    made += [Sealed(START, number, "m-1", 7.0, commitment_of(opened[number])) for number in opened]
    when = START + timedelta(days=8)
    made += [
        Revealed(when, number, opened[number], 7.0, {"views": views, "likes": 3})
        for number, views in VIEWS.items()
        if views > 9
    ]
    late = START + timedelta(days=30)
    made.append(Revealed(late, 2, opened[2], 7.0, {"views": 9, "likes": 3}))
    made.append(NotPosted(late, 4))
    return record_of(chained(made))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_misses_come_first_and_what_is_missing_next(record: Record, lang: str) -> None:
    page = rendered(results_of(record, START + timedelta(days=40)), "html", lang)
    numbers = [row.split("</td>")[0] for row in page.split("<tr><td>")[1:]]
    assert numbers == ["3", "2", "5", "4", "1"]
    assert f'<html lang="{lang}">' in page
    lines = rendered(results_of(record, START + timedelta(days=40)), "markdown", lang).splitlines()
    firsts = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]
    assert [first for first in firsts if first.isdigit()] == ["3", "2", "5", "4", "1"]


def test_figures_of_the_page_are_those_of_the_json(record: Record) -> None:
    results = results_of(record, START + timedelta(days=40))
    said = json.loads(rendered(results, "json"))
    assert (said["sealed"], said["revealed"], said["waiting"]) == (5, 3, 0)
    assert (said["overdue"], said["not_posted"], said["late"]) == ([5], [4], [2, 4])
    assert said["coverage"] == pytest.approx(1 / 3)
    assert said["coverage_at_least"] == pytest.approx(1 / 5)
    assert said["counts"]["likes"] == {"inside": 3, "below": 0, "above": 0}
    page = rendered(results, "html")
    for words in ("33%", "20%", "1 of 3 revealed", "Likes: 3 of 3", record.head):
        assert words in page


def test_nothing_in_the_page_comes_from_elsewhere(record: Record) -> None:
    page = rendered(results_of(record, START), "html")
    assert "default-src 'none'" in page
    for mark in ("http:", "https:", "<script", "src="):
        assert mark not in page


@given(entries())
def test_the_page_holds_the_record(made: list[Entry]) -> None:
    record = record_of(chained(made))
    page = rendered(results_of(record, START + timedelta(days=30)), "html")
    assert chain_in_page(page).splitlines() == list(record.lines)


def test_a_page_can_be_checked_and_an_edited_one_is_found(record: Record, tmp_path: Path) -> None:
    out = tmp_path / "record.html"
    write_report(results_of(record, START), out)
    assert read_record(out) == record
    out.write_text(out.read_text().replace("days&#34;:7", "days&#34;:8"))
    with pytest.raises(ViralError):
        read_record(out)
    with pytest.raises(ViralError):
        write_report(results_of(record, START), tmp_path / "record.pdf")
