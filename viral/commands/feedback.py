"""The commands `viral feedback ...` and `viral retrain`: what really happened, and learning from
it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from viral.commands.console import count_text, one_line, only_the_result_on_stdout, shown_stages
from viral.errors import StoreError, TableError
from viral.messages import Message

if TYPE_CHECKING:
    from viral.feedback.accuracy import Growth
    from viral.feedback.records import Report
    from viral.feedback.store import Store
    from viral.training.retrain import Retrained

KEY_FILE = "key"
"""In the data folder: the key of whoever uses the command on this machine."""
DATA_DIR = Path("../shared/data")

feedback_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What really happened to posts that were predicted.",
)

Key = Annotated[
    str | None,
    typer.Option("--key", help="Your key; the one kept on this machine by default.", metavar="KEY"),
]


@feedback_commands.callback()
def feedback() -> None:
    """What really happened to posts that were predicted."""


def _store() -> Store:
    from viral.feedback.opening import shipped_store

    return shipped_store()


def _key_path() -> Path:
    from viral.settings import settings

    return settings().data_dir / KEY_FILE


def kept_key(given: str | None) -> str:
    """Return the key that was given, or the one of this machine.

    Raises
    ------
    StoreError
        There is none.
    """
    if given:
        return given
    try:
        return _key_path().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StoreError(Message("feedback.no_key_here")) from error


def _key_or_new(given: str | None, store: Store) -> str:
    try:
        key = kept_key(given)
    except StoreError:
        key = ""
    if given or (key and store.knows(key)):
        return key
    key = store.agree()
    path = _key_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key + "\n")
    return key


def _growth() -> Growth:
    from viral.model.store import shipped_model

    return shipped_model().growth


@feedback_commands.command()
def keep(
    clip: Annotated[Path, typer.Argument(help="A video file.", metavar="CLIP")],
    caption: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    followers: Annotated[str | None, typer.Option(metavar="N")] = None,
    recent_views: Annotated[str | None, typer.Option(metavar="900,1500,700")] = None,
    posted_at: Annotated[str | None, typer.Option(metavar="ISO")] = None,
    sound: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    key: Key = None,
) -> None:
    """Predict a clip and keep the prediction, to report later what happened.

    Kept are numbers: the ranges, what you say of the account, the length and the measured features.
    Not kept are the clip, its pictures and words, the caption and any name.
    """
    from viral.feedback.records import kept_of
    from viral.pipeline import analyse
    from viral.posts.details import post_details

    details = post_details(
        caption=caption,
        followers=followers,
        recent_views=recent_views,
        posted_at=posted_at,
        sound=sound,
    )
    store = _store()
    with only_the_result_on_stdout(), shown_stages(Console(stderr=True)) as on_stage:
        found = analyse(clip, details, on_stage)
    key = _key_or_new(key, store)
    store.keep(
        key,
        kept_of(
            found.prediction,
            key,
            details=details,
            duration_s=found.facts.duration_s,
            features=found.features,
        ),
    )
    views = found.prediction.views
    print(
        f"{found.prediction.id}: {count_text(views.median)} views, "
        f"{count_text(views.low)} to {count_text(views.high)}. Kept."
    )


@feedback_commands.command()
def report(
    prediction: Annotated[str, typer.Argument(help="Its id.", metavar="ID")],
    days: Annotated[str, typer.Option(help="Days since posting.", metavar="DAYS")],
    views: Annotated[str | None, typer.Option(metavar="N")] = None,
    likes: Annotated[str | None, typer.Option(metavar="N")] = None,
    comments: Annotated[str | None, typer.Option(metavar="N")] = None,
    shares: Annotated[str | None, typer.Option(metavar="N")] = None,
    key: Key = None,
) -> None:
    """Say what became of a kept prediction, and see it beside the range."""
    from viral.feedback.plausibility import outcome_of
    from viral.feedback.reporting import report_one

    outcome = outcome_of(views=views, likes=likes, comments=comments, shares=shares, days=days)
    print(line_of(report_one(_store(), kept_key(key), prediction, outcome), _growth()))


@feedback_commands.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="What `viral posts import` reads.", metavar="FILE")],
    counted_at: Annotated[
        str | None, typer.Option(help="When the counts were read off; now by default.")
    ] = None,
    key: Key = None,
) -> None:
    """Report every post of an export that belongs to a kept prediction."""
    from viral.feedback.reporting import report_export

    found, reports = report_export(_store(), kept_key(key), file, counted_at=counted_at)
    for one in reports:
        print(line_of(one, _growth()))
    print(f"{len(reports):,} of {found.posts:,} posts belong to a kept prediction.")


@feedback_commands.command()
def show(key: Key = None) -> None:
    """List the kept predictions with what happened, and how well they came out."""
    from viral.feedback.accuracy import running

    key = kept_key(key)
    store = _store()
    reports = {one.kept.id: one for one in store.reports(key)}
    growth = _growth()
    for kept in reversed(store.kept(key)):
        if kept.id in reports:
            print(line_of(reports[kept.id], growth))
        else:
            low, median, high = (count_text(value) for value in kept.ranges["views"])
            print(f"{kept.id}: {median} views predicted, {low} to {high}; nothing reported yet.")
    figures = running(reports.values(), growth)
    if figures is not None:
        print(
            f"{figures.inside} of {figures.posts} in the range; half of them within a factor of "
            f"{figures.usual_factor:.2g}; the middle one got {figures.bias:.2g} times the "
            "prediction."
        )


def line_of(one: Report, growth: Growth) -> str:
    """Return one line that sets a report beside its prediction."""
    from viral.feedback.accuracy import main_count

    main = main_count(one, growth)
    place = "in the range" if main.inside else "above" if main.actual > main.high else "below"
    apart = "" if one.reason is None else f" Set apart: {one.reason}."
    return (
        f"{one.kept.id}: {count_text(main.actual)} {main.name}, {count_text(main.median)} "
        f"predicted, {count_text(main.low)} to {count_text(main.high)}: {place}.{apart}"
    )


@feedback_commands.command()
def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="A .json to write.", metavar="FILE")],
    key: Key = None,
) -> None:
    """Write everything that is kept under your key."""
    found = _store().export(kept_key(key))
    try:
        out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise TableError(
            Message("output.cannot_write", path=str(out), why=error.strerror or str(error))
        ) from error
    print(f"{len(found['predictions']):,} predictions written to {out}.")


@feedback_commands.command()
def delete(
    key: Key = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete everything that is kept under your key, and the key."""
    key = kept_key(key)
    if not yes:
        typer.confirm("Delete everything that is kept under this key?", abort=True)
    count = _store().delete(key)
    if _key_path().is_file() and _key_path().read_text(encoding="utf-8").strip() == key:
        _key_path().unlink()
    print(f"{count:,} predictions and everything about them deleted.")


@feedback_commands.command()
def counts() -> None:
    """Say how much is kept in the store, and how much of it is set apart."""
    from collections import Counter

    store = _store()
    for name, number in store.counts().items():
        print(f"{name}: {number:,}")
    reasons = Counter(one.reason for one in store.all_reports("quarantined"))
    for reason, number in reasons.most_common():
        print(f"  set apart, {reason}: {number:,}")


@feedback_commands.command()
def weights(
    update: Annotated[
        bool, typer.Option("--update", help="Move the weights one step by the reports.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the newest change back.")] = False,
) -> None:
    """Show how the modalities' weights follow the reports; in force with
    VIRAL_FOLLOW_FEEDBACK=1."""
    from viral.feedback.weights import FEWEST_REPORTS, WeightLog
    from viral.model.store import shipped_model

    store, model = _store(), shipped_model()
    log = WeightLog(store.database)
    if undo:
        log.undo(model.version)
    elif update and log.update(model.version, store.all_reports(), model.growth) is None:
        print(
            f"Nothing changes: {FEWEST_REPORTS} reports of this model are needed, and a reason.",
            file=sys.stderr,
        )
    now = log.current(model.version)
    for change in log.changes():
        factors = ", ".join(f"{name} x {value:g}" for name, value in change.factors.items())
        state = "undone" if change.undone else "in force" if change == now else "replaced"
        print(
            f"{change.number}: {factors}; {change.figures['reports']:.0f} reports, error "
            f"{change.figures['error_before']:.4f} to {change.figures['error_after']:.4f}; {state}"
        )
    if now is None:
        print("Every weight is as trained.")


def _copied(folder: Path) -> list[Report]:
    from viral.feedback.hub import copied_reports

    return [one for one in copied_reports(folder) if one.standing == "accepted"]


def retrain(
    data: Annotated[
        Path, typer.Option("--data", help="Folder of past posts.", metavar="FOLDER")
    ] = DATA_DIR,
    copy: Annotated[
        Path | None,
        typer.Option(help="A downloaded copy of VIRAL_HUB_DATASET, in the store's place."),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Put the model that was replaced back.")
    ] = False,
) -> None:
    """Train with accepted reports, and replace the model only if the new one is not worse."""
    from viral.settings import settings
    from viral.training.retrain import previous_of, undone
    from viral.training.retrain import retrain as train_again

    folder = settings().model_dir
    if undo:
        print(f"Model {undone(folder)} is back in {folder}.")
        return
    reports = _store().all_reports() if copy is None else _copied(copy)
    with only_the_result_on_stdout(), shown_stages(Console(stderr=True)) as on_stage:
        found = train_again(data, folder, reports, say=on_stage)
    if found.left_out:
        print(
            one_line(f"{found.left_out:,} reports beyond the bounds were not used."),
            file=sys.stderr,
        )
    for line in retrained_lines(found):
        print(line)
    if found.version is not None:
        print(f"Model {found.version} is in {folder}, the old one in {previous_of(folder)}.")


def retrained_lines(found: Retrained) -> Iterator[str]:
    """Yield the lines that say what the reports change, and why they are taken or not."""
    from viral.training.moves import FEWEST_HELD_OUT, REPORT_MARGIN

    compared = found.compared
    yield f"{found.reports:,} reports. Held-out posts, without and with them:"
    for move in (*compared.moves, *compared.probes):
        yield f"  {move.said()}{' - too far' if move.refused else ''}"
    reports = compared.reports
    if reports is None or not compared.decided:
        held_out = 0 if reports is None else reports.posts
        yield (
            f"{held_out:,} held-out reports decide nothing; {FEWEST_HELD_OUT} are needed. "
            "The old model stays."
        )
        return
    yield (
        f"{reports.posts:,} held-out reports: error {reports.old:.4f} and {reports.new:.4f} "
        f"(mean, log10 views), at most {100 * reports.most / reports.old:+.1f} %; "
        f"{100 * REPORT_MARGIN:.0f} % more is allowed. A model that is just as good would be "
        f"taken in {100 * reports.power(REPORT_MARGIN):.0f} of 100 cases."
    )
    if compared.refused:
        names = "; ".join(move.name for move in compared.refused)
        yield f"Too far without evidence: {names}. The old model stays."
    elif not compared.not_worse:
        yield "That it is no worse has not been shown; the old model stays."
