"""The command `viral tune`: a search for parameters that stops, goes on, and says what it was
worth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from viral.commands.console import only_the_result_on_stdout, shown_progress
from viral.commands.train import DATA_DIR
from viral.errors import TableError
from viral.messages import Message

if TYPE_CHECKING:
    from viral.training.tuning import Found

STUDY = Path(".cache/tune.journal")
"""Where trials are kept, under the folder that the search is started in."""
MAIN_SOURCE = "creators_2020"
"""The set of whole feeds."""


def tune(
    data: Annotated[
        Path, typer.Option("--data", help="Folder of past posts.", metavar="FOLDER")
    ] = DATA_DIR,
    trials: Annotated[
        int, typer.Option(help="Sets of parameters to try, in all.", min=2, metavar="N")
    ] = 30,
    timeout: Annotated[
        float | None,
        typer.Option(
            help="Seconds after which no trial is begun, for each pattern.", min=1, metavar="S"
        ),
    ] = None,
    pattern: Annotated[
        list[str] | None,
        typer.Option(help="history or account; both by default.", metavar="PATTERN"),
    ] = None,
    creators: Annotated[
        int | None,
        typer.Option(help="Use this many creators at most, drawn by the seed.", min=1, metavar="N"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of folds and proposals.", min=0, metavar="N")] = 0,
    study: Annotated[
        Path, typer.Option(help="File that trials are kept in, to go on from.", metavar="FILE")
    ] = STUDY,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A .json; the one that training reads by default."),
    ] = None,
) -> None:
    """Search for better parameters inside folds of training creators, and test what it finds.

    A search that was stopped goes on where it was when the same command is given again. What is
    found is used in training only if it comes closer on held-out creators.
    """
    from viral.posts.history import training_posts
    from viral.training.tuned_parameters import TUNED_FILE
    from viral.training.tuning import CHOSEN, Search, searched, write_findings

    patterns = tuple(pattern or CHOSEN)
    for name in patterns:
        if name not in CHOSEN:
            raise TableError(Message("tune.no_tier", name=name, known=list(CHOSEN)))
    with only_the_result_on_stdout(), shown_progress(Console(stderr=True)) as on_progress:
        posts = training_posts(data)
        posts = posts[posts["source"] == MAIN_SOURCE].reset_index(drop=True)
        if creators is not None:
            names = posts["creator"].drop_duplicates().sort_values()
            drawn = names.sample(min(creators, len(names)), random_state=seed)
            posts = posts[posts["creator"].isin(set(drawn))].reset_index(drop=True)
        found = [
            searched(
                Search(posts, name, seed),
                study,
                trials=trials,
                timeout_s=timeout,
                on_trial=lambda done, total, name=name: on_progress(  # type: ignore[misc]
                    f"Trials, {name}", done, total
                ),
            )
            for name in patterns
        ]
        write_findings(found, out or TUNED_FILE, seed)
    for one in found:
        for line in summary(one):
            print(line)
    print(f"Written to {out or TUNED_FILE.name}.")


def summary(found: Found) -> Iterator[str]:
    """Yield the lines that say what was found and what it is worth."""
    folds, aside = found.folds_mae, found.held_out_mae
    yield (
        f"{found.pattern}: {found.trials} trials on {found.posts:,} posts of {found.creators:,} "
        f"creators; MAE in folds {folds['found']:.4f}, by hand {folds['by hand']:.4f}."
    )
    low, high = found.interval
    yield (
        f"  On {found.held_out_posts:,} posts of {found.held_out_creators:,} held-out creators: "
        f"{aside['found']:.4f}, by hand {aside['by hand']:.4f} "
        f"(difference {found.difference:+.4f}, 95 % {low:+.4f} to {high:+.4f})."
    )
    yield (
        "  Better beyond chance: training uses it."
        if found.better
        else "  Not better beyond chance: training keeps what was chosen by hand."
    )
