"""Reports under a key: what became of one kept prediction, or of all that an export has.

The page and the command both report through here, so that the same report is taken alike.
"""

from __future__ import annotations

from pathlib import Path

from viral.errors import StoreError
from viral.feedback.exports import matched_export
from viral.feedback.plausibility import reported
from viral.feedback.records import Outcome, Report
from viral.feedback.store import Store
from viral.messages import Message
from viral.posts.importing import Imported


def report_one(store: Store, key: str, prediction: str, outcome: Outcome) -> Report:
    """Note what became of a kept prediction, and return it beside what was predicted.

    Raises
    ------
    StoreError
        The key is not known, or no such prediction is kept under it.
    """
    kept = next((one for one in store.kept(key) if one.id == prediction.upper()), None)
    if kept is None:
        raise StoreError(Message("feedback.no_prediction", id=prediction[:20]))
    reported(store, key, kept, outcome)
    return next(report for report in store.reports(key) if report.kept.id == kept.id)


def report_export(
    store: Store, key: str, path: Path, *, counted_at: str | None = None
) -> tuple[Imported, list[Report]]:
    """Report every post of an export that belongs to a kept prediction.

    Returns
    -------
    tuple of Imported and list of Report
        What the export holds, and the reports on posts in it.

    Raises
    ------
    ViralError
        The key is not known, or the file cannot be read.
    """
    imported, matched = matched_export(path, store.kept(key), key, counted_at=counted_at)
    for match in matched:
        reported(store, key, match.kept, match.outcome)
    ids = {match.kept.id for match in matched}
    return imported, [report for report in store.reports(key) if report.kept.id in ids]
