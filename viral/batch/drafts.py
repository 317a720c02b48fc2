"""Drafts of one account, looked at one after the other and ranked: what `viral compare` does.

A clip that cannot be read is named with its reason, and the others are ranked without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viral.batch.sources import sources_of
from viral.errors import DetailsError, TableError, ViralError
from viral.explain.ranking import MOST_DRAFTS, rank
from viral.messages import Message

if TYPE_CHECKING:
    import pandas as pd

    from viral.model.prediction import Prediction
    from viral.posts.details import PostDetails

FEWEST_DRAFTS = 2

OnProgress = Callable[[str, int, int], None]
"""Called with what is being done (`Clips`), how many are done and how many there are."""


@dataclass(frozen=True)
class RankedDraft:
    """A draft and where it stands."""

    name: str
    rank: int
    """From 1, the one predicted to go furthest."""
    group: int
    """From 1; drafts of one group cannot be told apart."""
    best: float | None
    """P(it gets the most views of all); None where too few pairs of past posts are known."""
    prediction: Prediction


@dataclass(frozen=True)
class ComparedDrafts:
    """What became of some drafts."""

    ranked: tuple[RankedDraft, ...]
    """The one predicted to go furthest first."""
    problems: tuple[tuple[str, Message], ...] = ()
    """Name and sentence of each clip that could not be read."""

    @property
    def groups(self) -> tuple[tuple[RankedDraft, ...], ...]:
        """The drafts in their order, those together that cannot be told apart."""
        numbers = dict.fromkeys(draft.group for draft in self.ranked)
        return tuple(tuple(d for d in self.ranked if d.group == number) for number in numbers)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: what `viral compare --json` prints."""
        return {
            "drafts": [
                {
                    "name": draft.name,
                    "rank": draft.rank,
                    "group": draft.group,
                    "best": draft.best,
                    "prediction": draft.prediction.to_dict(),
                }
                for draft in self.ranked
            ],
            "problems": [{"name": name, "problem": str(why)} for name, why in self.problems],
        }

    def table(self) -> pd.DataFrame:
        """Return a row a draft, the best first, and one for each that could not be read."""
        import pandas as pd

        rows: list[dict[str, Any]] = [
            {
                "rank": draft.rank,
                "group": draft.group,
                "clip": draft.name,
                "chance_to_be_best": draft.best,
                "views_low": draft.prediction.views.low,
                "views_median": draft.prediction.views.median,
                "views_high": draft.prediction.views.high,
                "score": draft.prediction.score,
                "breakout_probability": draft.prediction.breakout_probability,
                "problem": None,
            }
            for draft in self.ranked
        ]
        rows += [{"clip": name, "problem": str(why)} for name, why in self.problems]
        return pd.DataFrame(rows).astype({"rank": "Int64", "group": "Int64"})


def clips_of(source: Path) -> dict[str, Path]:
    """Return the clips of a folder by their names in it.

    Raises
    ------
    TableError
        There is no such folder, no clip in it, or only one, or more than are ranked at once.
    """
    if not source.is_dir():
        raise TableError(Message("rank.no_folder", folder=str(source)))
    sources = sources_of(source)
    if not FEWEST_DRAFTS <= len(sources) <= MOST_DRAFTS:
        raise TableError(
            Message(
                "rank.folder_size",
                folder=source.name,
                count=len(sources),
                fewest=FEWEST_DRAFTS,
                most=MOST_DRAFTS,
            )
        )
    return {name: sources.path(place) for place, name in enumerate(sources.given)}


def compare_drafts(
    clips: Sequence[Path] | dict[str, Path],
    details: PostDetails,
    *,
    account_model: Path | None = None,
    on_progress: OnProgress = lambda what, done, total: None,
) -> ComparedDrafts:
    """Look at some clips and rank them as the next post of one account.

    Parameters
    ----------
    clips : sequence of Path, or dict of str to Path
        At most `MOST_DRAFTS`; the names are those of the files unless given.
    details : PostDetails
        The post around each of them, with recent views or followers.
    account_model : Path, optional
        Folder of the account's own model, from `viral train --account`.
    on_progress : callable
        Told how far it has come.

    Raises
    ------
    DetailsError
        There are more than `MOST_DRAFTS`, or nothing is known of the account.
    ViralError
        None of them could be read.
    """
    from viral.pipeline import analyse
    from viral.serving_model import account_model_at, model_in_force

    named = clips if isinstance(clips, dict) else {path.name: path for path in clips}
    if len(named) > MOST_DRAFTS:
        raise DetailsError(Message("rank.how_many", most=MOST_DRAFTS, given=len(named)))
    if details.followers is None and not details.recent_views:
        raise DetailsError(Message("rank.no_account"))
    model = model_in_force(account_model_at(account_model))
    predictions: dict[str, Prediction] = {}
    problems: list[tuple[str, Message]] = []
    on_progress("Clips", 0, len(named))
    for done, (name, path) in enumerate(named.items(), 1):
        try:
            predictions[name] = analyse(path, details, account_model=account_model).prediction
        except ViralError as error:
            problems.append((name, error.message))
        on_progress("Clips", done, len(named))
    if not predictions:
        name, reason = problems[0]
        raise TableError(
            Message("batch.none_measured", count=len(problems), first=name, reason=reason)
        )
    names = list(predictions)
    ranking = rank(list(predictions.values()), model.pairs)
    return ComparedDrafts(
        ranked=tuple(
            RankedDraft(
                name=names[draft],
                rank=place,
                group=ranking.group_of(draft),
                best=None if ranking.best[draft] != ranking.best[draft] else ranking.best[draft],
                prediction=predictions[names[draft]],
            )
            for place, draft in enumerate(ranking.order, 1)
        ),
        problems=tuple(problems),
    )
