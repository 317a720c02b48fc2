"""The commands `viral posts ...`: past posts of any form become one table."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from viral.commands.console import one_line, shown_progress, so_many
from viral.messages import Message

if TYPE_CHECKING:
    from viral.posts.importing import Imported

NAMED_ROWS = 20
"""Rejected rows that are named one by one; `--rejects` writes them all."""

posts_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Past posts: read what other tools wrote.",
)


@posts_commands.callback()
def posts() -> None:
    """Past posts: read what other tools wrote."""


@posts_commands.command("import")
def import_command(
    file: Annotated[
        Path,
        typer.Argument(
            help="A .csv, .tsv, .json, .jsonl, .parquet, the same in a .zip or .gz, "
            "or a folder of clips with their .info.json.",
            metavar="FILE",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="A .parquet.", metavar="POSTS")],
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help="What a column is called in the file, such as views='Total plays'; "
            "kept for the next file with the same columns.",
            metavar="COLUMN=NAME",
        ),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="A name for this collection.", metavar="NAME")
    ] = None,
    counted_at: Annotated[
        str | None,
        typer.Option(help="When the counts were read off, if rows do not say.", metavar="DATE"),
    ] = None,
    day_first: Annotated[
        bool | None,
        typer.Option("--day-first/--month-first", help="How to read 03/04/2024."),
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="A .csv for the rows left out.", metavar="FILE")
    ] = None,
) -> None:
    """Read posts that another tool has written and write them in one form.

    Known without being told: the Kaggle trending JSON, yt-dlp's .info.json, TikTok's data export
    (user_data_tiktok.json; it has likes but no views), Apify's tables, and tables whose columns
    have usual names. Creators' names are replaced by codes. Rows that cannot be used are named with
    their line and the reason.
    """
    from viral.errors import TableError
    from viral.posts.column_names import parsed_mapping
    from viral.posts.importing import import_posts
    from viral.posts.schema import time
    from viral.settings import settings

    try:
        time(counted_at, day_first)
    except ValueError as error:
        raise TableError(Message("posts.counted_at", problem=str(error))) from error
    with shown_progress(Console(stderr=True)) as on_progress:
        found = import_posts(
            file,
            out,
            mapping=parsed_mapping(mapping or ()),
            mappings_dir=settings().data_dir,
            source=source,
            counted_at=counted_at,
            day_first=day_first,
            rejects=rejects,
            on_progress=lambda read: on_progress("Rows", read, 0),
        )
    for sentence in sentences(found):
        print(one_line(sentence), file=sys.stderr)
    for line in summary(found, out):
        print(line)


def sentences(found: Imported) -> Iterator[str]:
    """Yield what was left out, and why."""
    for rejection in found.rejections[:NAMED_ROWS]:
        yield str(rejection)
    if found.rejected > NAMED_ROWS:
        yield f"... and {found.rejected - NAMED_ROWS:,} more; --rejects FILE writes them all."
    if found.broke_off is not None:
        yield found.broke_off


def summary(found: Imported, out: Path) -> Iterator[str]:
    """Yield the lines that say what is in the table that was written."""
    left_out = f", {so_many(found.rejected, 'row')} left out" if found.rejected else ""
    yield f"{so_many(found.posts, 'post')} written to {out}{left_out}."
    about = []
    if found.creators:
        about.append(so_many(found.creators, "creator"))
    if found.first_post is not None:
        about.append(f"posted {found.first_post:%Y-%m-%d} to {found.last_post:%Y-%m-%d}")
    if about:
        yield f"  {', '.join(about)}"
    counts = [
        f"{name} {_share(found.known.get(name, 0), found.posts)}"
        for name in ("views", "likes", "comments", "shares", "saves")
    ]
    yield f"  with {', '.join(counts)}"
    others = [
        f"{name} {_share(found.known.get(name, 0), found.posts)}"
        for name in ("followers", "caption", "sound_name", "duration_s", "video_path")
    ]
    yield f"  with {', '.join(others)}"
    if not found.known.get("views"):
        yield "  No post has views; a forecast cannot be learnt from it, only its likes compared."
    elif not found.known.get("horizon_days"):
        yield "  It does not say when the counts were read off; give --counted-at DATE."


def _share(count: int, posts: int) -> str:
    return f"{100 * count / posts:.0f} %"
