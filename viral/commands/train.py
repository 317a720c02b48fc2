"""The command `viral train`: the model that ships, or an account's own model on top of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from viral.commands.console import one_line, only_the_result_on_stdout, shown_stages
from viral.errors import TableError
from viral.messages import Message

if TYPE_CHECKING:
    from viral.account.model import AccountModel

DATA_DIR = Path("../shared/data")
"""Where training looks for past posts unless told otherwise: beside the checkout."""
ACCOUNT_FOLDER = Path("account-model")
"""Where an account's own model is written unless told otherwise."""
SHOWN_ERROR = 0.0005
"""Changes of an error, log10, that would be shown as 0.000."""
NAMED_POSTS = 20
"""Posts that were left out that are named one by one."""

AccountModelOption = Annotated[
    Path | None,
    typer.Option(
        "--account-model",
        help="Folder of the account's own model, from viral train --account.",
        metavar="FOLDER",
    ),
]


def train(
    data: Annotated[
        Path, typer.Option("--data", help="Folder of past posts.", metavar="FOLDER")
    ] = DATA_DIR,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Model folder to write; the app's own by default, account-model for an account.",
        ),
    ] = None,
    account: Annotated[
        Path | None,
        typer.Option(
            "--account",
            help="Past posts of one account, a folder of clips with their counts or a table: "
            "learn what lifts them, on top of the model.",
            metavar="FOLDER|TABLE",
        ),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            help="HOST:PORT of a Ray cluster that grows the trees of large tables, or local.",
            metavar="ADDRESS|local",
        ),
    ] = None,
    ray_rows: Annotated[
        int | None,
        typer.Option(
            "--ray-rows", help="Rows from which a table is large; 5 million.", min=1, metavar="N"
        ),
    ] = None,
) -> None:
    """Train the model on past posts and write its folder, or one account's own model on top of it.

    With --account it takes a folder of clips with the .info.json of yt-dlp or a labels.csv beside
    them, or a table in any form that `viral posts import` reads: 20 posts or more. What has not
    been shown to help, in the order of time, gets weight 0.
    """
    if account is not None:
        _train_account(account, out or ACCOUNT_FOLDER)
        return
    from viral.settings import settings
    from viral.training.train import train as train_model

    folder = out or settings().model_dir
    # Files that belong to an earlier model are removed, so the folder must be one of ours.
    if folder.is_file() or (
        folder.is_dir() and any(folder.iterdir()) and not (folder / "manifest.json").is_file()
    ):
        raise TableError(Message("model.not_a_folder_of_ours", folder=str(folder)))
    with (
        only_the_result_on_stdout(),
        shown_stages(Console(stderr=True, highlight=False)) as on_stage,
    ):
        backend = _tree_backend(ray, ray_rows, folder.resolve().parent)
        model = train_model(data, folder, say=on_stage, tree_backend=backend)
    print(f"Model {model.version} written to {folder}.")


def _tree_backend(
    address: str | None, rows: int | None, storage: Path
) -> AbstractContextManager[Any] | None:
    """Return who grows the trees of large tables: a cluster, or None for this process."""
    if address is None:
        return None
    from viral.cluster.training import FEWEST_ROWS, growing_on

    return growing_on(address, storage, fewest_rows=rows or FEWEST_ROWS)


def _train_account(source: Path, folder: Path) -> None:
    from viral.account.store import check_folder, load, save
    from viral.model.store import shipped_model
    from viral.training.account import learnt
    from viral.training.account_posts import account_posts
    from viral.training.train import CACHE_FOLDER

    check_folder(folder)
    with (
        only_the_result_on_stdout(),
        shown_stages(Console(stderr=True, highlight=False)) as on_stage,
    ):
        found = account_posts(source, Path.cwd() / CACHE_FOLDER, on_stage)
        own, _ = learnt(shipped_model(), found, on_stage)
        save(own, folder)
        own = load(folder)
    for sentences in (found.left_out, found.without_clip):
        for sentence in sentences[:NAMED_POSTS]:
            print(one_line(sentence), file=sys.stderr)
        if len(sentences) > NAMED_POSTS:
            print(f"... and {len(sentences) - NAMED_POSTS:,} more like these.", file=sys.stderr)
    for line in account_summary(own):
        print(line)
    print(f"Account model {own.version} written to {folder}; use it with --account-model {folder}.")


def account_summary(own: AccountModel) -> Iterator[str]:
    """Yield the lines that say what was learnt of an account and what it is worth."""
    from viral.account.model import PARTS
    from viral.training.account import FEWEST_JUDGED, FIRST_LEARNT, FIRST_WEIGHED

    figures = own.figures
    parts = [part for part in PARTS if part in figures["measured"]]
    measured = ", ".join(f"{part} {figures['measured'][part]:,}" for part in parts)
    yield (
        f"Learnt from {figures['posts']:,} posts, {figures['first_post']} to "
        f"{figures['last_post']}; measured in {measured}."
    )
    if "level" not in figures:
        needed = FIRST_LEARNT + FIRST_WEIGHED + FEWEST_JUDGED
        yield (
            f"Whether any of it helps can be shown from {needed} posts on; until then its weight "
            "is 0."
        )
        return
    level, content = figures["level"], figures["content"]
    yield (
        f"Judged on the newest {figures['judged']:,} posts, each from earlier ones alone; mean "
        "absolute error in log10 views:"
    )
    yield f"  the model by itself {level['mae_without']:.3f}"
    yield f"  with the account's level {_worth(level)}"
    yield f"  with the content of the posts {_worth(content)}"
    for part in parts:
        one = figures["parts"][part]
        worth, rank = "it changes nothing", "it says nothing"
        if max(map(abs, one["interval"])) >= SHOWN_ERROR:
            worth = _worth(one, decided=False)
        if one["spearman"] is not None:
            low, high = one["spearman_interval"]
            rank = f"rank correlation {one['spearman']:.2f}, 95 % {low:.2f} to {high:.2f}"
        yield f"    {part} alone: {worth}; {rank}"
    taken = ", ".join(f"{part} {own.weights[part]:.2f}" for part in own.used())
    yield f"Weights: {taken or 'all 0'}; level {own.level:+.3f}."


def _worth(gain: dict[str, Any], *, decided: bool = True) -> str:
    low, high = gain["interval"]
    words = f"{gain['mae_with']:.3f} ({gain['difference']:+.3f}, 95 % {low:+.3f} to {high:+.3f})"
    if not decided:
        return words
    return f"{words}: {'shown to help' if gain['shown'] else 'not shown to help, not used'}"
