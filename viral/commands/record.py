"""The commands `viral record ...`: predictions sealed before posting, and what became of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viral.commands.console import count_text, so_many
from viral.commands.feedback import Key, kept_key
from viral.errors import DetailsError, RecordError
from viral.messages import DEFAULT_LANGUAGE, LANGUAGES, Message

if TYPE_CHECKING:
    from viral.record.keeping import Keeper
    from viral.record.results import Results
    from viral.record.sealing import Made

EXIT_OVERDUE = 1
"""`verify` of a record that holds, but leaves counts out."""
KEYS_FOLDER = "record-keys"
"""In the data folder: what opens the seals; private."""

record_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Predictions sealed before posting, and what became of them, for all to check.",
)

RecordFile = Annotated[
    Path, typer.Option("--record", help="The record; made where there is none.", metavar="FILE")
]
Read = Annotated[Path, typer.Argument(help="A record, or a page of one.", metavar="FILE")]
DEFAULT_RECORD = Path("record.jsonl")


@record_commands.callback()
def record() -> None:
    """Predictions sealed before posting, and what became of them, for all to check."""


def _keeper(path: Path) -> Keeper:
    from viral.record.keeping import Keeper
    from viral.settings import settings

    return Keeper(path, settings().data_dir / KEYS_FOLDER)


def _made(prediction: str, key: str | None) -> Made:
    """Return what to seal: a file's prediction, or one that `viral feedback` keeps."""
    from viral.model.prediction import Interval
    from viral.record.sealing import Made, read_prediction

    if prediction.lower().endswith(".json") or Path(prediction).is_file():
        return read_prediction(Path(prediction))
    from viral.feedback.opening import shipped_store
    from viral.record.entries import COUNTS

    wanted = prediction.strip().upper()
    kept = next((one for one in shipped_store().kept(kept_key(key)) if one.id == wanted), None)
    if kept is None:
        raise RecordError(Message("feedback.no_prediction", id=prediction[:20]))
    if kept.posted_at is not None and kept.posted_at < datetime.now(tz=UTC):
        raise RecordError(Message("record.posted_already", at=kept.posted_at.isoformat()))
    ranges = {name: Interval(*kept.ranges[name]) for name in COUNTS if name in kept.ranges}
    return Made(kept.id, kept.model_version, kept.horizon_days, ranges)


@record_commands.command()
def add(
    prediction: Annotated[
        str,
        typer.Argument(
            help="The id of a kept prediction, or a .json that `viral predict --json` printed.",
            metavar="PREDICTION",
        ),
    ],
    record: RecordFile = DEFAULT_RECORD,
    key: Key = None,
) -> None:
    """Seal a prediction before its clip is posted.

    The record gets the time, the model's version and a seal. Nothing in it tells of the clip, the
    account or the range before it is revealed.
    """
    made = _made(prediction, key)
    sealed, head = _keeper(record).add(
        made.ranges,
        model_version=made.model_version,
        horizon_days=made.horizon_days,
        prediction_id=made.id,
    )
    print(
        f"Sealed as number {sealed.prediction}. Post the clip, and reveal its counts after "
        f"{sealed.horizon_days:g} days, by {sealed.due_at:%Y-%m-%d} at the latest."
    )
    _print_head(head)


def _print_head(head: str) -> None:
    print(f"{head} stands for the whole record now; publish it, and no line can be taken back.")


@record_commands.command()
def reveal(
    prediction: Annotated[str, typer.Argument(help="Its number, or its id.", metavar="NUMBER")],
    views: Annotated[str | None, typer.Option(metavar="N")] = None,
    likes: Annotated[str | None, typer.Option(metavar="N")] = None,
    comments: Annotated[str | None, typer.Option(metavar="N")] = None,
    shares: Annotated[str | None, typer.Option(metavar="N")] = None,
    days: Annotated[
        str | None, typer.Option(help="Days between posting and counting.", metavar="DAYS")
    ] = None,
    not_posted: Annotated[
        bool, typer.Option("--not-posted", help="The clip was never posted.")
    ] = False,
    record: RecordFile = DEFAULT_RECORD,
) -> None:
    """Open a seal and say what the post had; it cannot be said twice."""
    from viral.record.results import Counted

    keeper = _keeper(record)
    if not_posted:
        entry, head = keeper.not_posted(prediction)
        print(f"Number {entry.prediction} was not posted; it stays in the record as such.")
        return _print_head(head)
    from viral.feedback.plausibility import outcome_of

    outcome = outcome_of(views=views, likes=likes, comments=comments, shares=shares, days=days)
    if outcome.views is None:
        raise DetailsError(Message("record.needs_views"))
    counts = {"views": outcome.views, "likes": outcome.likes}
    counts |= {"comments": outcome.comments, "shares": outcome.shares}
    revealed, head = keeper.reveal(prediction, counts, outcome.days)
    one = Counted("views", revealed.counts["views"], revealed.ranges["views"])
    place = {"inside": "in the range", "above": "above", "below": "below"}[one.place]
    print(
        f"Number {revealed.prediction}: {count_text(one.actual)} views, "
        f"{count_text(one.range.low)} to {count_text(one.range.high)} predicted: {place}."
    )
    return _print_head(head)


def _results(path: Path) -> Results:
    from viral.record.chain import read_record
    from viral.record.results import results_of

    return results_of(read_record(path), datetime.now(tz=UTC))


@record_commands.command()
def verify(
    file: Read = DEFAULT_RECORD,
    heads: Annotated[
        list[str] | None,
        typer.Option("--head", help="A number of the record that was published.", metavar="HASH"),
    ] = None,
) -> None:
    """Check a record: that nothing was edited, moved or left out, and what it comes to.

    Exits with 0 where it holds, with 1 where it holds but counts are overdue, and with 2 and one
    sentence where it does not hold.
    """
    from viral.record.chain import with_heads

    results = _results(file)
    with_heads(results.record, heads or [], file.name)
    print(f"The record holds: {so_many(len(results.lines), 'prediction')} sealed.")
    for line in summary(results):
        print(line)
    print(f"Last line: {results.record.head}")
    if results.in_state("overdue"):
        raise typer.Exit(EXIT_OVERDUE)


def summary(results: Results) -> list[str]:
    """Return what a record comes to, a line each."""
    lines = []
    share = results.share()
    if share is not None:
        low, high = (f"{100 * end:.0f}" for end in share.interval)
        lines.append(
            f"{share.inside} of {share.of} revealed in the range: {100 * share.share:.0f} % "
            f"({low} to {high} % in the long run); {share.below} below, {share.above} above. "
            f"Half of them within a factor of {results.usual_factor:.2g}."
        )
    for state, words in (
        ("overdue", "past their date without counts"),
        ("not_posted", "said not to have been posted"),
    ):
        found = results.in_state(state)  # type: ignore[arg-type]
        if found:
            numbers = ", ".join(str(line.sealed.prediction) for line in found)
            lines.append(f"{len(found)} {words}: {numbers}.")
    if results.at_least is not None and len(results.in_state("revealed")) != (
        len(results.lines) - len(results.in_state("waiting"))
    ):
        lines.append(f"In the range if all of these missed: {100 * results.at_least:.0f} %.")
    waiting = len(results.in_state("waiting"))
    if waiting:
        lines.append(f"{waiting} not due yet.")
    return lines


@record_commands.command()
def report(
    file: Read = DEFAULT_RECORD,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A .html, .md or .json to write.", metavar="OUT")
    ] = Path("record.html"),
    language: Annotated[
        str, typer.Option(help=f"One of {', '.join(LANGUAGES)}.", metavar="CODE")
    ] = DEFAULT_LANGUAGE,
) -> None:
    """Write a page that shows a record, its misses first, with the record itself inside."""
    from viral.record.report import write_report

    if language not in LANGUAGES:
        known = list(LANGUAGES)
        raise DetailsError(Message("record.language", language=language[:20], known=known))
    write_report(_results(file), out, language)
    print(f"Written to {out}.")
