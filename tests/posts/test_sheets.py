"""Workbooks: the sheet of posts is found, numbers and times come as a text table has them."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scraper_samples import SAMPLES

from viral.errors import TableError
from viral.posts.importing import Imported, import_posts


def imported(path: Path) -> tuple[pd.DataFrame, Imported]:
    """Import a file and read what was written."""
    out = path.parent / "out.parquet"
    found = import_posts(path, out)
    return pd.read_parquet(out), found


def xlsx(path: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    """Write a workbook by hand: what a spreadsheet program writes, without styles."""
    types = "http://schemas.openxmlformats.org"
    main = f"{types}/spreadsheetml/2006/main"
    relations = f"{types}/officeDocument/2006/relationships"

    def cell(value: Any) -> str:
        if isinstance(value, (int, float)):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    with zipfile.ZipFile(path, "w") as book:
        parts = range(1, len(sheets) + 1)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{types}/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
                f'ContentType="{kind}.worksheet+xml"/>'
                for n in parts
            )
            + "</Types>",
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{types}/package/2006/relationships"><Relationship Id="rId1" '
            f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
            + "".join(
                f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'
                for n, (name, _) in zip(parts, sheets, strict=True)
            )
            + "</sheets></workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{types}/package/2006/relationships">'
            + "".join(
                f'<Relationship Id="rId{n}" Type="{relations}/worksheet" '
                f'Target="worksheets/sheet{n}.xml"/>'
                for n in parts
            )
            + "</Relationships>",
        )
        for n, (_, rows) in zip(parts, sheets, strict=True):
            cells = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            book.writestr(
                f"xl/worksheets/sheet{n}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
            )
    return path


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
