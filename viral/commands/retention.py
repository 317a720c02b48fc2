"""`viral retention`: where viewers left earlier posts, beside what was on screen then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from viral.commands.console import only_the_result_on_stdout, shown_stages
from viral.messages import Message, text

if TYPE_CHECKING:
    from viral.explain.retention import After, Watched


def retention(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="A clip and the file with its curve; several pairs for several posts.",
            metavar="CLIP FILE",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Lay the retention of posts over their clips: where viewers left, and what was on screen then.

    FILE is YouTube Studio's export of audience retention (CSV, XLSX, zip), the answer of TikTok
    Studio's page (JSON) or a table of seconds and per cent. Over several posts it says how many
    leave after each kind of moment. Nothing is predicted from it.
    """
    import json

    from viral.errors import TableError
    from viral.explain.retention import after_moments, laid_over
    from viral.pipeline import seen
    from viral.posts.exporters.retention import read_retention

    if len(files) % 2:
        raise TableError(Message("retention.pairs"))
    pairs = list(zip(files[::2], files[1::2], strict=True))
    curves = [read_retention(file) for _, file in pairs]
    watched: list[Watched] = []
    known: set[str] = set()
    with only_the_result_on_stdout(), shown_stages(Console(stderr=True)) as on_stage:
        for (clip, _), curve in zip(pairs, curves, strict=True):
            looked = seen(clip, on_stage)
            if looked.facts.sha256 in known:
                raise TableError(Message("retention.twice", clip=clip.name))
            known.add(looked.facts.sha256)
            watched.append(laid_over(curve, looked))
    after = after_moments(watched)
    if as_json:
        posts = [
            {"clip": str(clip), "file": str(file), **found.to_dict()}
            for (clip, file), found in zip(pairs, watched, strict=True)
        ]
        told = {"posts": posts, "after": [each.to_dict() for each in after]}
        print(json.dumps(told, allow_nan=False))
        return
    for (clip, _), found in zip(pairs, watched, strict=True):
        _post(clip, found)
    if len(watched) > 1:
        _several(after, len(watched))
    print(text("retention.no_forecast"))


def _post(clip: Path, found: Watched) -> None:
    from viral.explain.retention import leaving_words

    print(f"{clip.name}: {text('retention.end', share=found.at_end)}")
    for part in found.leavings:
        print(f"  {part.start_s:.1f}-{part.end_s:.1f} s: {' '.join(map(str, leaving_words(part)))}")
    if not found.leavings:
        print(f"  {text('retention.nobody')}")
    if found.fits_any_length:
        print(f"  {text('retention.any_length')}")


def _several(after: tuple[After, ...], posts: int) -> None:
    from viral.explain.retention import after_words

    print(text("retention.after_lead", count=posts))
    for each in after:
        print(f"  {after_words(each)}")
