"""CSV files: what a stranger wrote stays text when a spreadsheet opens them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.batch.predict_table import predict_file
from viral.posts.importing import import_posts
from viral.posts.spreadsheet import plain, plain_table
from viral.posts.writing import write_table

FORMULAS = (
    "=HYPERLINK('http://example.invalid','won')",
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\ufeff=1+1",
    "\u00a0@A1",
)
HARMLESS = ("", "6907228749016714497", "-5", "+3.5e-3", "-aBc_D-9x1z", "a=1", "#cooking", "it's")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_a_text(text: str) -> None:
    assert plain(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_none_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize("cell", [None, 3, -2.5, b"=1"])
def test_what_is_no_text_is_not_touched(cell: object) -> None:
    assert plain(cell) is cell


@given(st.text(max_size=30))
def test_nothing_that_begins_like_a_formula_is_left(text: str) -> None:
    made = str(plain(text))
    assert made.endswith(text)
    begun = made.lstrip(" \u00a0\ufeff")
    assert not begun.startswith(("=", "@", "\t", "\r"))


def test_a_table_of_predictions_is_safe_to_open(tmp_path: Path) -> None:
    posts = tmp_path / "posts.csv"
    pd.DataFrame({"video_id": FORMULAS[:2], "followers": [10, 20]}).to_csv(posts, index=False)
    out = tmp_path / "predictions.csv"
    write_table(predict_file(posts).predictions, out)
    rows = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert [row[0] for row in rows[1:]] == [f"'{text}" for text in FORMULAS[:2]]
    # Numbers are numbers still.
    assert all(float(cell) >= 0 for row in rows[1:] for cell in row[1:])


def test_names_of_columns_and_missing_cells_too() -> None:
    made = plain_table(pd.DataFrame({"=A1": ["=1", None, "x"], "views": [1, 2, 3]}))
    assert list(made.columns) == ["'=A1", "views"]
    assert made["'=A1"].tolist()[0] == "'=1"
    assert made["'=A1"].isna().tolist() == [False, True, False]


def test_the_list_of_refused_rows_is_safe_to_open(tmp_path: Path) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text("id,views,caption\n=1+1,many,hi\n2,100,there\n", encoding="utf-8")
    refused = tmp_path / "refused.csv"
    import_posts(posts, tmp_path / "out.parquet", rejects=refused)
    words = io.StringIO(refused.read_text(encoding="utf-8"))
    cells = [cell for row in csv.reader(words) for cell in row]
    assert len(cells) > 3
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)
