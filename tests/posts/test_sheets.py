"""Workbooks: the sheet of posts is found, numbers and times come as a text table has them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from scraper_samples import SAMPLES
from workbooks import xlsx

from viral.errors import TableError
from viral.posts.importing import Imported, import_posts


def imported(path: Path) -> tuple[pd.DataFrame, Imported]:
    """Import a file and read what was written."""
    out = path.parent / "out.parquet"
    found = import_posts(path, out)
    return pd.read_parquet(out), found


def test_a_workbook_is_read_from_the_sheet_that_holds_posts(tmp_path: Path) -> None:
    title = "TikTok Studio, Content"
    record = SAMPLES[title].record
    path = xlsx(
        tmp_path / "Content.xlsx",
        ("Totals", [["Date", "Views"], ["2026-09-08", 100]]),
        ("Content", [list(record), [694 if v == "694" else v for v in record.values()]]),
    )
    table, found = imported(path)
    assert found.exporters == (title,)
    row = table.iloc[0]
    assert (row["views"], row["likes"], row["saves"]) == (9898, 694, 255)
    assert row["video_id"] == SAMPLES[title].golden["video_id"]
    alone = xlsx(tmp_path / "t.xlsx", ("Totals", [["Date", "Views"], ["2026-09-08", 100]]))
    with pytest.raises(TableError, match="totals of days"):
        imported(alone)
    alone.write_bytes(alone.read_bytes()[:200])
    with pytest.raises(TableError, match="is damaged"):
        imported(alone)
