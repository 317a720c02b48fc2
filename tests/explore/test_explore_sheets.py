"""What is taken along: plain numbers, and nothing that a spreadsheet would execute."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest
from explored_posts import PLANTED, feeds
from hypothesis import given
from hypothesis import strategies as st

from viral.explore.prepared import prepare
from viral.explore.rules import OTHERS
from viral.explore.selection import Choice, Selection, selection_of
from viral.explore.sheets import FORMULA_STARTS, Sheet, csv_text, harmless, sheets_of


@pytest.fixture(scope="module")
def selection() -> Selection:
    found = selection_of(prepare(feeds(), OTHERS), Choice())
    assert found is not None
    return found


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_a_name_that_is_a_formula_is_only_a_name(start: str) -> None:
    sheet = Sheet("sounds", ("sound", "posts"), ((f'{start}HYPERLINK("http://x")', -3),))
    head, row = rows_of(csv_text(sheet))
    assert head == ["sound", "posts"]
    assert row == [f'\'{start}HYPERLINK("http://x")', "-3"]
    assert harmless(f"  {start}1").startswith("'")


@given(st.text(), st.one_of(st.floats(), st.integers(), st.none()))
def test_no_cell_of_text_begins_like_a_formula(name: str, number: float | None) -> None:
    assert not harmless(name).startswith(FORMULA_STARTS)
    shown = harmless(number)
    assert shown == "" or math.isfinite(float(shown))


def test_each_figure_has_the_numbers_that_it_draws(selection: Selection) -> None:
    sheets = sheets_of(selection)
    hashtags = rows_of(csv_text(sheets["hashtags"]))
    assert hashtags[0] == ["hashtag", "posts", "creators", "factor", "factor_low", "factor_high"]
    planted = next(row for row in hashtags if row[0] == PLANTED)
    assert float(planted[3]) == pytest.approx(10 ** selection.hashtags.shown[0].value, rel=1e-4)
    sizes = rows_of(csv_text(sheets["sizes"]))
    assert sizes[1][:2] == ["0", "1000"]
    assert sizes[0][2:7] == [
        "posts",
        "creators",
        "views_lower_quartile",
        "views_median",
        "views_upper_quartile",
    ]
    hours = sheets["hours"]
    assert {row[:2] for row in hours.rows} <= {
        (day, hour) for day in range(7) for hour in range(24)
    }
    assert not any("quartile" in column for column in hours.columns)
    for sheet in sheets.values():
        assert all(len(row) == len(sheet.columns) for row in sheet.rows)


def test_what_may_not_be_shown_is_an_empty_cell(selection: Selection) -> None:
    assert harmless(float(np.nan)) == ""
    assert harmless(None) == ""
    above = sheets_of(selection)["durations"].rows[-1]
    assert above[0] == 30.0
    assert above[1] == 60.0
