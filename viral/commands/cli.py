"""The `viral` command: predict a clip, predict a table, train, serve the app.

Exit codes: 0 when it worked; 1 from `viral check` for a clip that does not pass; 2 for input that
cannot be used, with one sentence on standard error; 130 after Ctrl-C; 1 for a bug, with its
traceback. `--debug` shows the traceback of any error and lets the libraries talk.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from viral.cluster.connecting import HEAD_GONE
from viral.commands.accounts import (
    AccountOption,
    FollowersOption,
    PlatformOption,
    RecentViewsOption,
    details_of,
)
from viral.commands.check import check
from viral.commands.collect import collect
from viral.commands.compare import compare
from viral.commands.console import (
    EXIT_INTERRUPTED,
    interruptions,
    one_line,
    only_the_result_on_stdout,
    print_summary,
    quiet_libraries,
    say,
    shown_progress,
    shown_stages,
    so_many,
)
from viral.commands.cover import cover
from viral.commands.doctor import doctor
from viral.commands.explore import explore
from viral.commands.extract import RayOption, extract, on_cluster
from viral.commands.feedback import feedback_commands, retrain
from viral.commands.posts import posts_commands
from viral.commands.record import record_commands
from viral.commands.retention import retention
from viral.commands.schema import schema
from viral.commands.train import DATA_DIR, AccountModelOption, train
from viral.commands.tune import tune
from viral.errors import ViralError
from viral.hosting.shutdown import leave_at_once
from viral.messages import Message
from viral.version import __version__

EXIT_BAD_INPUT = 2
OF_EXTRAS = {"optuna": "optuna", "shap": "shap", "yt_dlp": "yt-dlp"}
"""Module -> package, of what only some commands need and an installation may leave out."""
NAMED_ROWS = 20
"""Rejected rows that are named one by one; the rest are counted."""

commands = typer.Typer(
    name="viral",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class _Printed(Console):
    """Rich's console, but whoever stops reading is told of as everywhere, see `main`."""

    def on_broken_pipe(self) -> None:
        """Leave it to `main`; rich would end the command with 1."""
        raise BrokenPipeError


def _messages() -> Console:
    return Console(stderr=True, highlight=False)


def _start_decoding_server() -> None:
    """Let the server that decodes get ready while this process still imports."""
    from viral.media import decoding

    def start() -> None:
        with contextlib.suppress(decoding.NoChildError):  # the clip says so itself
            decoding.walls()

    threading.Thread(target=start, daemon=True).start()


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"viral {__version__}")
        raise typer.Exit


@commands.callback()
def viral(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """How far a short clip is likely to travel for your account, and why.

    Add --debug to any command for the traceback of an error.
    """


@commands.command()
def predict(
    clip: Annotated[Path, typer.Argument(help="A video file.", metavar="CLIP")],
    caption: Annotated[
        str | None, typer.Option(help="The caption with its hashtags.", metavar="TEXT")
    ] = None,
    followers: FollowersOption = None,
    recent_views: RecentViewsOption = None,
    recent_likes: Annotated[
        str | None, typer.Option(help="Likes of the same posts.", metavar="90,150,70")
    ] = None,
    recent_comments: Annotated[
        str | None, typer.Option(help="Comments of the same posts.", metavar="9,15,7")
    ] = None,
    recent_shares: Annotated[
        str | None, typer.Option(help="Shares of the same posts.", metavar="2,4,1")
    ] = None,
    recent_saves: Annotated[
        str | None, typer.Option(help="Saves of the same posts.", metavar="3,5,2")
    ] = None,
    platform: PlatformOption = None,
    posted_at: Annotated[
        str | None,
        typer.Option(help="When it will be posted; UTC without a zone.", metavar="ISO"),
    ] = None,
    sound: Annotated[
        str | None, typer.Option(help='"original", or the name of the sound.', metavar="NAME")
    ] = None,
    horizon_days: Annotated[
        str, typer.Option(help="Days after posting, 1 to 365.", metavar="DAYS")
    ] = "30",
    account: AccountOption = None,
    account_model: AccountModelOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Predict how far one clip is likely to travel; everything but the clip is optional."""
    import json

    _start_decoding_server()
    from viral.pipeline import analyse

    details = details_of(
        account,
        say,
        caption=caption,
        followers=followers,
        recent_views=recent_views,
        recent_likes=recent_likes,
        recent_comments=recent_comments,
        recent_shares=recent_shares,
        recent_saves=recent_saves,
        platform=platform,
        posted_at=posted_at,
        sound=sound,
        horizon_days=horizon_days,
    )
    with only_the_result_on_stdout(), shown_stages(_messages()) as on_stage:
        analysis = analyse(clip, details, on_stage, account_model=account_model)
    if as_json:
        print(json.dumps(analysis.prediction.to_dict(), allow_nan=False))
    else:
        print_summary(analysis, _Printed(highlight=False))


@commands.command("predict-table")
def predict_table(
    posts: Annotated[
        Path, typer.Argument(help="A .parquet, .csv, .tsv, .json or .jsonl.", metavar="POSTS")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A .parquet or .csv to write.", metavar="OUT")
    ],
    account_model: AccountModelOption = None,
    ray: RayOption = None,
) -> None:
    """Predict a table of posts, a row each, in the order given.

    Columns may be missing: video_id, followers, recent_views, caption, hashtags, posted_at,
    duration_s, sound_name, horizon_days, video_path, and recent_likes, recent_comments and
    recent_shares of the same posts as recent_views. A row that cannot be used is named
    with its reason; the command fails only when no row is usable.
    """
    from viral.batch.predict_table import predict_file
    from viral.posts.writing import check_output, write_table

    check_output(out)
    with only_the_result_on_stdout(), shown_progress(_messages()) as on_progress:
        result = predict_file(posts, on_progress, account_model=account_model, **on_cluster(ray))
        write_table(result.predictions, out)
    for sentences in (result.left_out, result.without_clip):
        for sentence in sentences[:NAMED_ROWS]:
            say(sentence)
        if len(sentences) > NAMED_ROWS:
            say(f"... and {len(sentences) - NAMED_ROWS:,} more like these.")
    if result.left_out:
        were = "was" if len(result.left_out) == 1 else "were"
        say(f"{so_many(len(result.left_out), 'row')} {were} left out.")
    print(f"{so_many(len(result.predictions), 'post')} predicted, written to {out}.")


commands.command()(check)
commands.command()(compare)
commands.command()(cover)
commands.command()(retention)
commands.command()(extract)
commands.command()(collect)
commands.command()(explore)
commands.add_typer(posts_commands, name="posts")
commands.add_typer(feedback_commands, name="feedback")
commands.add_typer(record_commands, name="record")
commands.command()(retrain)
commands.command()(tune)


commands.command()(train)
commands.command()(doctor)
commands.command()(schema)


@commands.command()
def evaluate(
    data: Annotated[
        Path, typer.Option("--data", help="Folder of past posts.", metavar="FOLDER")
    ] = DATA_DIR,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder to write to; the model's own by default."),
    ] = None,
) -> None:
    """Measure the model on held-out creators and dates; writes EVALUATION.md and its JSON."""
    from viral.evaluation.evaluate import REPORT
    from viral.evaluation.evaluate import evaluate as measure
    from viral.settings import settings

    folder = out or settings().model_dir
    with only_the_result_on_stdout():
        measure(data, folder, say=say)
    print(f"Measured; see {folder / REPORT}.")


@commands.command()
def app(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)] = None,
    in_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in a browser if there is one.")
    ] = False,
    share: Annotated[
        bool,
        typer.Option(
            "--share",
            help="Make a public link for a week at most, through Gradio's servers; clips sent by "
            "it come to this computer.",
        ),
    ] = False,
    auth: Annotated[
        str | None,
        typer.Option(help="Ask visitors for this name and password.", metavar="USER:PASSWORD"),
    ] = None,
) -> None:
    """Serve the app, on http://127.0.0.1:7860 unless told otherwise."""
    from viral.settings import settings_at
    from viral.ui import build, launch, prepare
    from viral.ui.tunnel import visitors

    chosen, who = settings_at(host, port), visitors(share, auth)
    prepare(chosen)
    launch(build(chosen), chosen, in_browser=in_browser, visitors=who)


def _usage_sentence(error: Exception) -> str:
    """Return typer's complaint about the command line, and where to find help."""
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "viral"
    return f"{message.rstrip('.')}; see `{command} --help`."


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    end_of_options = words.index("--") if "--" in words else len(words)
    debug = "--debug" in words[:end_of_options]
    if debug:
        words.remove("--debug")
    else:
        quiet_libraries()
    with interruptions() as interrupted:
        try:
            code, sentence = _run(words, debug)
        except BaseException:
            # A library that is interrupted may raise anything.
            if not interrupted.is_set():
                raise
        if interrupted.is_set():
            code, sentence = EXIT_INTERRUPTED, "stopped."
        if sentence is not None:
            print(f"viral: {sentence}", file=sys.stderr)
        if interrupted.is_set() or HEAD_GONE.is_set():
            leave_at_once(code)
    sys.exit(code)


def _run(words: list[str], debug: bool) -> tuple[int, str | None]:
    """Run a command; return its exit code, and the sentence where it did not come to its end."""
    try:
        code = commands(words or ["--help"], prog_name="viral", standalone_mode=False) or 0
        sys.stdout.flush()
        return int(code), None
    except ViralError as error:
        if debug:
            raise
        return EXIT_BAD_INPUT, one_line(error)
    except ModuleNotFoundError as error:
        if debug or error.name not in OF_EXTRAS:
            raise
        return EXIT_BAD_INPUT, str(Message("package.missing", package=OF_EXTRAS[error.name]))
    except typer.TyperException as error:
        return EXIT_BAD_INPUT, one_line(_usage_sentence(error))
    except (KeyboardInterrupt, typer.Abort):
        return EXIT_INTERRUPTED, "stopped."
    except (BrokenPipeError, SystemExit) as error:
        # Whoever read the output (`| head`) has enough; Python's own flush at exit must not
        # complain about it, and neither must typer, which makes an exit with 1 of it.
        if not isinstance(error.__context__ or error, BrokenPipeError):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0, None


if __name__ == "__main__":
    main()
