"""The command `viral schema`: what an answer in JSON looks like, for programs that read it."""

from __future__ import annotations

from typing import Annotated

import typer

from viral.errors import ViralError
from viral.messages import Message
from viral.shipped import shipped_path


def schema(
    name: Annotated[
        str,
        typer.Argument(help="predict, explain, what_if, compare, check or cover.", metavar="NAME"),
    ],
) -> None:
    """Print the JSON Schema of an answer, as `viral predict --json` and the API give it."""
    folder = shipped_path("docs/schemas")
    known = {path.stem: path for path in sorted(folder.glob("*.json"))}
    if name not in known:
        raise ViralError(Message("schema.unknown", name=name, known=", ".join(known)))
    print(known[name].read_text(encoding="utf-8"), end="")
