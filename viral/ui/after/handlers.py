"""What happens on the After posting page, without Gradio: plain functions of what was typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from viral.errors import DetailsError, ViralError
from viral.feedback.accuracy import Growth, next_prediction
from viral.feedback.plausibility import outcome_of
from viral.feedback.records import Kept, Report, kept_of
from viral.feedback.reporting import report_export, report_one
from viral.feedback.store import Store
from viral.messages import Message
from viral.ui.after import result as words
from viral.ui.predict.shown import Shown
from viral.ui.sessions import Sessions
from viral.ui.templates import rendered

UNTICKED = Message("after.unticked")
NOTHING_KEPT = Message("after.nothing_kept")
SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True)
class AfterShown:
    """What one browser tab shows of the page: small, and in no language."""

    last: str | None = None
    """Id in `Sessions` of the prediction that could be kept."""
    linked: bool = False
    report: str | None = None
    """Id of the kept prediction whose report is looked at."""
    demo: bool = False
    """Whether the last prediction is of a demo clip, which nobody posts."""


@dataclass(frozen=True)
class Handlers:
    """What happens on the page, without Gradio."""

    sessions: Sessions
    open_store: Callable[[], Store]
    model: Callable[[], Any]

    def growth(self) -> Growth:
        """Return the model's growth curve."""
        curve = self.model().growth
        return lambda days: np.asarray(curve(days), dtype=np.float64)

    def last(self, now: Shown) -> AfterShown:
        """Return which prediction of the tab could be kept."""
        if now.kind == "numbers":
            return AfterShown(linked=True)
        if now.kind != "result":
            return AfterShown()
        try:
            self.sessions.get(now.key)
        except ViralError:
            return AfterShown(linked=True)
        if self.sessions.title(now.key).demo:
            return AfterShown(demo=True)
        return AfterShown(last=now.key)

    def keep(self, shown: AfterShown, agreed: bool, key: str) -> tuple[str, Kept]:
        """Keep the last prediction; return the key, a new one if there was none, and what was kept.

        Raises
        ------
        ViralError
            Nobody agreed, or the prediction is gone.
        """
        store = self.open_store()
        if not (agreed or (key and store.knows(key))):
            raise DetailsError(UNTICKED)
        analysis = self.sessions.get(shown.last)
        if not (key and store.knows(key)):
            key = store.agree()
        kept = kept_of(
            analysis.prediction,
            key,
            details=analysis.details,
            duration_s=analysis.facts.duration_s,
            features=analysis.features,
        )
        store.keep(key, kept)
        return key, kept

    def kept(self, key: str) -> list[Kept]:
        """Return the predictions kept under a key; none for one that is not known."""
        store = self.open_store()
        return store.kept(key) if key and store.knows(key) else []

    def age(self, key: str, prediction: str | None, now: datetime | None = None) -> str:
        """Return how many days ago a kept prediction's post went out, as the field shows it.

        It is empty where that is less than a day, or lies ahead: nobody has counted then. A post
        whose time was not said went out when it was predicted.
        """
        kept = next((one for one in self.kept(key) if one.id == prediction), None)
        if kept is None:
            return ""
        since = (now or datetime.now(UTC)) - (kept.posted_at or kept.made_at)
        days = int(since.total_seconds() // SECONDS_A_DAY)
        return str(days) if days >= 1 else ""

    def report(self, key: str, prediction: str | None, **typed: Any) -> Report:
        """Note what happened and return it beside its prediction.

        Raises
        ------
        ViralError
            Something typed makes no sense, or nothing is kept under the key.
        """
        outcome = outcome_of(**typed)
        store = self.open_store()
        if not prediction or all(one.id != prediction for one in self.kept(key)):
            raise DetailsError(NOTHING_KEPT)
        return report_one(store, key, prediction, outcome)

    def import_export(self, key: str, path: Path) -> tuple[int, list[Report]]:
        """Read an export, report every post that belongs to a kept prediction, delete the file.

        Returns
        -------
        tuple of int and list of Report
            How many posts it holds, and the reports.

        Raises
        ------
        ViralError
            It cannot be read, or nothing is kept under the key.
        """
        try:
            if not self.kept(key):
                raise DetailsError(NOTHING_KEPT)
            found, reports = report_export(self.open_store(), key, path)
        finally:
            path.unlink(missing_ok=True)
        return found.posts, reports

    def page(self, report: str | None, key: str, lang: str) -> dict[str, Any]:
        """Return the result side: the report looked at, what it changes, the running figures."""
        store = self.open_store()
        reports = store.reports(key) if key and store.knows(key) else []
        if not reports:
            return {"verdict": words.empty(lang), "summary": "", "figure": None}
        growth = self.growth()
        chosen = next((r for r in reports if r.kept.id == report), reports[-1])
        cards = [words.verdict(chosen, growth, lang)]
        if chosen.outcome.views is not None and chosen.standing == "accepted":
            before, after = next_prediction(chosen.kept, chosen.outcome.views, self.model())
            cards.append(words.next_words(before, after, chosen.outcome.views, lang))
        return {
            "verdict": rendered("after/result", lang, cards=cards),
            "summary": words.summary(reports, growth, lang),
            "figure": words.figure(reports, growth, lang),
        }

    def useful(self, shown: AfterShown, key: str, answer: bool) -> None:
        """Count one answer to "Was this useful?"."""
        prediction = ""
        version = self.model().version
        if shown.last is not None:
            try:
                prediction = self.sessions.get(shown.last).prediction.id
            except ViralError:
                prediction = ""
        self.open_store().useful(version, answer, key=key, prediction=shown.report or prediction)
