"""The command `viral explore`: trends in past posts, on a page of their own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from viral.commands.console import one_line, only_the_result_on_stdout, shown_stages
from viral.errors import TableError
from viral.messages import Message

if TYPE_CHECKING:
    from viral.explore.explorer import Explorer

NAMED_ROWS = 5
"""Rows left out that are named one by one."""


def explore(
    posts: Annotated[
        Path | None,
        typer.Argument(
            help="Your own posts, a .parquet, .csv, .tsv, .json or .jsonl; those that the model "
            "learnt from by default.",
            metavar="[POSTS]",
            show_default=False,
        ),
    ] = None,
    features: Annotated[
        Path | None,
        typer.Option(
            help="What `viral extract POSTS -o FEATURES` measured in their clips, a .parquet.",
            metavar="FEATURES",
        ),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)] = None,
    in_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser if there is one.")
    ] = True,
) -> None:
    """Look at what goes with views: lengths, hours, hashtags, sounds, themes.

    With a table of posts, such as `viral posts import` writes, the page shows those; nothing of
    them leaves the machine. Columns: views, and what there is of posted_at, creator, followers,
    duration_s, caption, hashtags, sound_name, likes, comments, shares, source.
    """
    from viral.explore.explorer import shipped
    from viral.settings import settings_at
    from viral.ui import build, launch, prepare

    if posts is None and features is not None:
        raise TableError(Message("explore.features_alone"))
    with only_the_result_on_stdout(), shown_stages(Console(stderr=True)) as on_stage:
        on_stage("reading the posts")
        explorer: Explorer = shipped() if posts is None else _own(posts, features)
    served = settings_at(host, port)
    prepare(served)
    app = build(served, explorer=lambda: explorer, first="explore")
    launch(app, served, in_browser=in_browser, warm_up=False)


def _own(path: Path, features: Path | None) -> Explorer:
    """Return the posts of a table, and say on standard error what was left out of it.

    Raises
    ------
    TableError
        It cannot be read, or no post has views.
    """
    from viral.explore.clip_features import measured
    from viral.explore.explorer import OwnPosts
    from viral.explore.prepared import prepare
    from viral.explore.rules import FEWEST_POSTS
    from viral.posts.user_table import read_posts

    table, rejected = read_posts(path)
    for row in rejected[:NAMED_ROWS]:
        print(one_line(row), file=sys.stderr)
    if len(rejected) > NAMED_ROWS:
        print(f"... and {len(rejected) - NAMED_ROWS:,} more.", file=sys.stderr)
    clips = None if features is None else measured(features, table["video_id"])
    prepared = prepare(table, clips=clips)
    if len(prepared.table) < FEWEST_POSTS:
        raise TableError(
            Message(
                "explore.few_posts", file=path.name, count=len(prepared.table), fewest=FEWEST_POSTS
            )
        )
    return OwnPosts(prepared)
