"""Write the tables of docs/exports.md from the exporters that are known.

python scripts/export_documents.py            # write
python scripts/export_documents.py --check    # exit with 1 where it is out of date
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from viral.posts.exporters import EXPORTERS  # noqa: E402
from viral.posts.exporters.exporter import Exporter  # noqa: E402

DOCUMENT = ROOT / "docs" / "exports.md"
BEGIN = "<!-- begin: exporters -->\n"
END = "<!-- end: exporters -->\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _meanings(exporter: Exporter) -> list[str]:
    by_meaning: dict[str, list[str]] = {}
    left_out = []
    for column in exporter.columns:
        if column.means is None:
            left_out.append(f"`{column.name}`")
            continue
        unit = f" ({column.unit})" if column.unit else ""
        by_meaning.setdefault(column.means, []).append(f"`{column.name}`{unit}")
    lines = ["| read as | columns, the first that is filled |", "| --- | --- |"]
    lines += [f"| {means} | {_cell(', '.join(names))} |" for means, names in by_meaning.items()]
    if left_out:
        lines.append(f"| not read | {_cell(', '.join(left_out))} |")
    return lines


def tables() -> str:
    """Return what stands between the marks: one table of all, then one of columns for each."""
    lines = [
        "| exporter | where to get the file | dónde obtener el archivo | known from |",
        "| --- | --- | --- | --- |",
    ]
    for exporter in EXPORTERS:
        cells = (exporter.title, exporter.steps, exporter.steps_es, exporter.taken_from)
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    for exporter in EXPORTERS:
        lines += ["", f"### {exporter.title}", "", *_meanings(exporter)]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the document, or check it."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    fresh = f"{head}{BEGIN}{tables()}{END}{tail}"
    if "--check" in arguments:
        return int(fresh != text)
    DOCUMENT.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
