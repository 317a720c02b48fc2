"""Workbooks written by hand for tests of what reads them."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any


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
