"""`viral compare`: a folder of drafts, ranked for one account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from viral.commands.accounts import (
    AccountOption,
    FollowersOption,
    PlatformOption,
    RecentViewsOption,
    details_of,
)
from viral.commands.console import (
    count_text,
    one_line,
    only_the_result_on_stdout,
    say,
    shown_progress,
)
from viral.commands.train import AccountModelOption
from viral.messages import Message

if TYPE_CHECKING:
    from viral.batch.drafts import ComparedDrafts


def compare(
    folder: Annotated[Path, typer.Argument(help="A folder of 2 to 20 clips.", metavar="FOLDER")],
    account: AccountOption = None,
    caption: Annotated[
        str | None, typer.Option(help="The caption, the same for all.", metavar="TEXT")
    ] = None,
    followers: FollowersOption = None,
    recent_views: RecentViewsOption = None,
    platform: PlatformOption = None,
    posted_at: Annotated[
        str | None, typer.Option(help="When one of them will be posted.", metavar="ISO")
    ] = None,
    account_model: AccountModelOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A .csv or .parquet to write.", metavar="OUT"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Rank the drafts in a folder for one account: which one to post.

    The account has to be known: --account, --recent-views or --followers. Drafts that cannot be
    told apart are said to be so, and a clip that cannot be read is named and left out.
    """
    import json

    from viral.batch.drafts import clips_of, compare_drafts
    from viral.posts.writing import check_output, write_table

    if out is not None:
        check_output(out)
    clips = clips_of(folder)
    details = details_of(
        account,
        say,
        caption=caption,
        followers=followers,
        recent_views=recent_views,
        platform=platform,
        posted_at=posted_at,
    )
    with only_the_result_on_stdout(), shown_progress(Console(stderr=True)) as on_progress:
        compared = compare_drafts(
            clips, details, account_model=account_model, on_progress=on_progress
        )
        if out is not None:
            write_table(compared.table(), out)
    for name, why in compared.problems:
        say(Message("rank.left_out", name=name, reason=why))
    if as_json:
        print(json.dumps(compared.to_dict(), allow_nan=False))
        return
    for line in _lines(compared):
        print(line)
    if out is not None:
        print(f"Written to {out}.")


def _lines(compared: ComparedDrafts) -> list[str]:
    width = max(len(one_line(draft.name)) for draft in compared.ranked)
    lines = []
    for draft in compared.ranked:
        views = draft.prediction.views
        chance = "" if draft.best is None else f", {100 * draft.best:.0f} % to be the best"
        lines.append(
            f"{draft.rank:>2}  {one_line(draft.name):<{width}}  {count_text(views.low)} to "
            f"{count_text(views.high)} views, middle {count_text(views.median)}{chance}"
        )
    for group in compared.groups:
        if len(group) > 1:
            code = "rank.toss_two" if len(group) == 2 else "rank.toss"
            lines.append(str(Message(code, first=group[0].rank, last=group[-1].rank)))
    return lines
