"""Tables as the pages show them: they scroll by themselves, and the first cell names its row."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from viral.ui.templates import rendered


def table(
    name: str, head: Sequence[str], rows: Sequence[Sequence[str]], classes: str = ""
) -> Markup:
    """Return a table; nothing without rows.

    Parameters
    ----------
    name
        What it is, for who has it read out.
    head
        Headings of the columns; an empty one is an empty cell.
    rows
        Cells, escaped unless they are `Markup`.
    classes
        For the style sheet, with a space in front.
    """
    if not rows:
        return Markup()
    return rendered("widgets/table", "", name=name, head=head, rows=rows, classes=classes)
