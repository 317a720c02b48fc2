"""The `viral` command: predict a clip, predict a table, train, evaluate, serve the app.

Exit codes: 0 when it worked; 2 for input that cannot be used, with one sentence on standard error;
130 after Ctrl-C; 1 for a bug, with its traceback. `--debug` shows the traceback of any error and
lets the libraries talk.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from viral.console import (
    one_line,
    only_the_result_on_stdout,
    print_summary,
    quiet_libraries,
    shown_stages,
)
from viral.errors import ViralError

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130
"""What a shell reports for a program ended by Ctrl-C: 128 and the signal's number."""

commands = typer.Typer(
    name="viral",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=(
        "How far a short clip is likely to travel for your account, and why. "
        "Add --debug to any command for the traceback of an error."
    ),
)


def _messages() -> Console:
    return Console(stderr=True)


@commands.command()
def predict(
    clip: Annotated[Path, typer.Argument(help="A video file.", metavar="CLIP")],
    caption: Annotated[str | None, typer.Option(help="The caption with its hashtags.")] = None,
    followers: Annotated[str | None, typer.Option(help="Followers now.", metavar="N")] = None,
    recent_views: Annotated[
        str | None,
        typer.Option(help="Views of the last posts, newest last.", metavar="900,1500,700"),
    ] = None,
    posted_at: Annotated[
        str | None,
        typer.Option(help="When it will be posted; UTC without a zone.", metavar="ISO"),
    ] = None,
    sound: Annotated[
        str | None, typer.Option(help='"original", or the name of the sound.', metavar="S")
    ] = None,
    horizon_days: Annotated[
        str, typer.Option(help="Days after posting, 1 to 365.", metavar="D")
    ] = "30",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Predict how far one clip is likely to travel; everything but the clip is optional."""
    from viral.pipeline import analyse
    from viral.posts.details import post_details

    details = post_details(
        caption=caption,
        followers=followers,
        recent_views=recent_views,
        posted_at=posted_at,
        sound=sound,
        horizon_days=horizon_days,
    )
    with only_the_result_on_stdout(), shown_stages(_messages()) as on_stage:
        analysis = analyse(clip, details, on_stage)
    if as_json:
        print(json.dumps(analysis.prediction.to_dict(), ensure_ascii=False, allow_nan=False))
    else:
        print_summary(analysis, Console())


@commands.command()
def app(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=0, max=65535)] = None,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in a browser if there is one.")
    ] = False,
) -> None:
    """Serve the app in a browser, on http://127.0.0.1:7860 unless told otherwise."""
    raise NotImplementedError


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    end_of_options = words.index("--") if "--" in words else len(words)
    debug = "--debug" in words[:end_of_options]
    if debug:
        words.remove("--debug")
    else:
        quiet_libraries()
    try:
        code = commands(words, prog_name="viral", standalone_mode=False)
    except Exception as error:
        if not isinstance(error, (ViralError, typer.BadParameter.__mro__[-4])):
            raise
        if debug:
            raise
        print(f"viral: {one_line(error)}", file=sys.stderr)
        code = EXIT_BAD_INPUT
    sys.exit(code)


if __name__ == "__main__":
    main()
