"""The command `viral collect`: past posts from links and accounts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from viral.commands.console import one_line, shown_stages, so_many
from viral.errors import CollectError
from viral.messages import Message

if TYPE_CHECKING:
    from viral.collecting.collector import Collected

NAMED_POSTS = 20
"""Posts that could not be read and are named one by one; the rest are counted."""
USUAL_PAUSE_S = 5.0
SHORTEST_PAUSE_S = 1.0


def collect(
    out: Annotated[Path, typer.Option("--out", "-o", help="Where it all goes.", metavar="FOLDER")],
    links: Annotated[
        list[str] | None,
        typer.Argument(help="Addresses of posts or accounts.", metavar="LINKS", show_default=False),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--from", help="A text with a link a line.", metavar="FILE")
    ] = None,
    most: Annotated[
        int, typer.Option(min=1, help="Posts of an account, the newest first.", metavar="N")
    ] = 100,
    pause: Annotated[
        float,
        typer.Option(min=SHORTEST_PAUSE_S, help="Seconds between requests.", metavar="SECONDS"),
    ] = USUAL_PAUSE_S,
    clips: Annotated[
        bool, typer.Option("--clips/--no-clips", help="Download the clips, or count only.")
    ] = True,
    recount: Annotated[
        bool,
        typer.Option("--recount", help="Count the posts in the folder again, to follow them grow."),
    ] = False,
    cookies: Annotated[
        Path | None,
        typer.Option(help="Cookies of your login, as browsers export them.", metavar="FILE"),
    ] = None,
) -> None:
    """Collect posts with their clips and counts from links or accounts, through yt-dlp.

    FOLDER then holds posts.parquet (each post once, newest counts, names of accounts as codes),
    growth.parquet (every count with its time), clips/, and posts.jsonl, to which each count adds a
    line with the post's link and nothing is ever changed. A run that was stopped goes on when the
    same command is given again.

    Before you start: look at the site's terms of use and its robots.txt. Most sites forbid or limit
    collecting by machines, yt-dlp reads neither, and captions and clips belong to those who made
    them. Collect your own posts, or those you have leave for; do not publish what you collect.
    Requests are SECONDS apart or more.
    """
    from viral.collecting.collector import Collector, Wanted, checked_links
    from viral.collecting.journal import CLIPS, Journal
    from viral.collecting.site import YtDlp, options
    from viral.settings import settings

    wanted_links = checked_links([*(links or ()), *_lines(file)])
    if recount == bool(wanted_links):
        raise CollectError(Message("collect.nothing_given"))
    if cookies is not None and not cookies.is_file():
        raise CollectError(Message("collect.no_cookies", path=str(cookies)))
    journal = Journal(out)
    chosen = options(
        out / CLIPS,
        pause_s=pause,
        most_posts=most,
        most_bytes=settings().max_clip_bytes,
        cookies=cookies,
    )
    site = YtDlp(chosen)
    wanted = Wanted(
        clips=clips and not recount,
        longest_clip_s=settings().max_clip_duration_s,
        pause_s=pause,
    )
    try:
        with shown_stages(Console(stderr=True)) as on_stage:
            run = Collector(
                journal, site, wanted, on_post=lambda count, name: on_stage(f"{count:,} posts")
            )
            try:
                found = run.recount() if recount else run.collect(wanted_links)
            finally:
                # Ctrl-C included: what was collected is worth its tables.
                written = journal.tables()
    finally:
        site.close()
        journal.close()
    _tell(found, written, out, "were counted within the hour" if recount else "were there")


def _lines(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CollectError(Message("collect.unreadable", file=str(file))) from error


def _tell(found: Collected, written: int, out: Path, passed_over: str) -> None:
    for sentence in found.failures[:NAMED_POSTS]:
        print(one_line(sentence), file=sys.stderr)
    if len(found.failures) > NAMED_POSTS:
        print(f"... and {len(found.failures) - NAMED_POSTS:,} more.", file=sys.stderr)
    if written:
        passed = f", {found.passed_over:,} {passed_over}" if found.passed_over else ""
        counted, clips = so_many(found.counted, "post"), so_many(found.clips, "clip")
        print(f"{counted} counted, {clips} downloaded{passed}.")
        print(f"{out} has {so_many(written, 'post')}: posts.parquet, growth.parquet.")
    if found.broken_off is not None:
        raise CollectError(found.broken_off)
    if not written:
        raise CollectError(Message("collect.nothing"))
