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

NAMED_COLUMNS = 12
COLUMNS_A_LINE = 4
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
            help="A .csv, .tsv, .xlsx, .json, .jsonl, .parquet, the same in a .zip, .gz or .xz, "
            "or a folder of clips with their .info.json.",
            metavar="FILE",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A .parquet; not needed with --check.", metavar="POSTS"),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Say what the file is, and write nothing.")
    ] = False,
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
    year: Annotated[
        int | None,
        typer.Option(
            min=2014,
            max=2100,
            help="Year of dates that have none; the last that fits otherwise.",
            metavar="YEAR",
        ),
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="A .csv for the rows left out.", metavar="FILE")
    ] = None,
) -> None:
    """Read posts that another tool has written and write them in one form.

    Exports of TikTok Studio, YouTube Studio, Meta Business Suite and Instagram, and what yt-dlp,
    Apify and other tools write, are known by what is in them; docs/exports.md lists them and where
    to get each. Any table whose columns have usual names is taken too. Creators' names are replaced
    by codes. Rows that cannot be used are named with their line and the reason.
    """
    from viral.errors import TableError
    from viral.posts.cells import time
    from viral.posts.column_names import parsed_mapping
    from viral.posts.importing import import_posts
    from viral.settings import settings

    try:
        time(counted_at, day_first)
    except ValueError as error:
        raise TableError(Message("posts.counted_at", problem=str(error))) from error
    if out is None and not check:
        raise TableError(Message("posts.no_out"))
    with shown_progress(Console(stderr=True)) as on_progress:
        found = import_posts(
            file,
            None if check else out,
            mapping=parsed_mapping(mapping or ()),
            mappings_dir=settings().data_dir,
            source=source,
            counted_at=counted_at,
            day_first=day_first,
            year=year,
            rejects=rejects,
            on_progress=lambda read: on_progress("Rows", read, 0),
        )
    for sentence in sentences(found):
        print(one_line(sentence), file=sys.stderr)
    for line in summary(found, None if check else out):
        print(line)


def sentences(found: Imported) -> Iterator[str]:
    """Yield what was left out, and why."""
    for rejection in found.rejections[:NAMED_ROWS]:
        yield str(rejection)
    if found.rejected > NAMED_ROWS:
        yield f"... and {found.rejected - NAMED_ROWS:,} more; --rejects FILE writes them all."
    if found.broke_off is not None:
        yield str(found.broke_off)


def summary(found: Imported, out: Path | None) -> Iterator[str]:
    """Yield the lines that say whose file it was, how it was read, and what is in it."""
    left_out = f", {so_many(found.rejected, 'row')} left out" if found.rejected else ""
    done = "can be read" if out is None else f"written to {out}"
    yield f"{so_many(found.posts, 'post')} {done}{left_out}."
    yield f"  taken for: {'; '.join(found.exporters)}"
    yield from _columns(found)
    about = []
    if found.creators:
        about.append(so_many(found.creators, "creator"))
    if found.first_post is not None:
        about.append(f"posted {found.first_post:%Y-%m-%d} to {found.last_post:%Y-%m-%d}")
    if about:
        yield f"  {', '.join(about)}"
    for names in (
        ("views", "likes", "comments", "shares", "saves"),
        ("followers", "caption", "sound_name", "duration_s", "video_path"),
    ):
        shares = (f"{name} {_share(found.known.get(name, 0), found.posts)}" for name in names)
        yield f"  with {', '.join(shares)}"
    for note in found.notes:
        yield f"  {note}"
    yield from (f"  {sentence}" for sentence in lacking(found))


def _columns(found: Imported) -> Iterator[str]:
    """Yield what each column was read as, and which were not read."""
    by_column: dict[str, list[str]] = {}
    for name, column in found.read_as.items():
        by_column.setdefault(column, []).append(name)
    pairs = [f"{' / '.join(names)} as {column}" for column, names in by_column.items()]
    for start in range(0, len(pairs), COLUMNS_A_LINE):
        head = "read: " if start == 0 else "      "
        yield f"  {head}{', '.join(pairs[start : start + COLUMNS_A_LINE])}"
    # Of records within records the outermost name says enough.
    names = list(dict.fromkeys(name.split("/")[0] for name in found.not_read))
    names = [name for name in names if not any(n.split("/")[0] == name for n in found.read_as)]
    if names:
        more = f" and {len(names) - NAMED_COLUMNS} more" if len(names) > NAMED_COLUMNS else ""
        yield f"  not read: {', '.join(names[:NAMED_COLUMNS])}{more}"


def lacking(found: Imported) -> Iterator[Message]:
    """Yield what a good prediction would need and the file does not have."""
    if not found.known.get("views"):
        yield Message("posts.lack.views")
    elif not found.known.get("posted_at"):
        yield Message("posts.lack.posted_at")
    elif not found.known.get("horizon_days"):
        yield Message("posts.lack.counted_at")


def _share(count: int, posts: int) -> str:
    return f"{100 * count / posts:.0f} %"
