"""`viral cover`: the pictures of a clip that would make a cover."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from viral.commands.console import only_the_result_on_stdout, shown_stages
from viral.explain.platforms import DEFAULT, PLATFORMS


def cover(
    clip: Annotated[Path, typer.Argument(help="The clip.", metavar="CLIP")],
    platform: Annotated[
        str,
        typer.Option("--for", help=f"One of {', '.join(PLATFORMS)}.", metavar="PLATFORM"),
    ] = DEFAULT,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for the JPEG files.", metavar="FOLDER"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Find the five pictures that would make the best cover, with the second and the reasons.

    With -o they are written as JPEG at the platform's size. Nothing here is a forecast.
    """
    import json

    from viral.explain.cover import cover as covered
    from viral.explain.cover import file_name
    from viral.explain.platforms import platform_of

    platform_of(platform)
    with only_the_result_on_stdout(), shown_stages(Console(stderr=True)) as on_stage:
        found = covered(clip, platform, out, on_stage)
    if as_json:
        answer = found.to_dict()
        for number, (each, told) in enumerate(
            zip(found.covers, answer["covers"], strict=True), start=1
        ):
            told["file"] = str(out / file_name(number, each)) if out is not None else None
        print(json.dumps(answer, allow_nan=False))
        return
    for number, each in enumerate(found.covers, start=1):
        print(f"{number}. {each.second_s:.1f} s: {' '.join(str(said) for said in each.reasons)}")
    for note in found.notes:
        print(note)
    if out is not None and found.covers:
        print(f"{len(found.covers)} files in {out}.")
