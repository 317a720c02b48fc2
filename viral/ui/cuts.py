"""Two to four cuts looked at one after the other; one that cannot be read stops none of the
others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from viral.errors import ViralError
from viral.explain.compare import FEWEST_CUTS, MOST_CUTS, Comparison, compare
from viral.pipeline import Analysis
from viral.posts.details import PostDetails
from viral.ui.running import Runner
from viral.ui.strings import DEFAULT_LANGUAGE, text
from viral.ui.uploads import clip_path, delete_upload

LOG = logging.getLogger(__name__)

LETTERS = "ABCD"[:MOST_CUTS]
"""What the cuts are called, in the order in which they were given."""


@dataclass(frozen=True)
class Cut:
    """One of the clips that are compared."""

    letter: str
    """`A`, `B`, `C` or `D`."""
    analysis: Analysis | None = None
    """None where the clip could not be looked at."""
    problem: str = ""
    """Why not: one sentence, in English."""


def look_at(
    clip: Any,
    letter: str,
    details: PostDetails,
    runner: Runner,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> Cut:
    """Look at one clip and delete it; what goes wrong becomes a sentence.

    Parameters
    ----------
    clip
        As `viral.ui.uploads.clip_path` takes it.
    letter
        What the cut is called.
    details
        The post, the same for all cuts.
    runner
        What looks at clips.
    on_stage
        Called with each stage as it begins.
    """
    try:
        path, demo = clip_path(clip if isinstance(clip, Mapping) else None)
        try:
            return Cut(letter, runner.run(path, details, demo, on_stage))
        finally:
            if demo is None:
                delete_upload(path)
    except ViralError as error:
        return Cut(letter, problem=str(error))
    except Exception:
        LOG.exception("A clip could not be compared")
        return Cut(letter, problem=text("error.bug", DEFAULT_LANGUAGE))


def comparison_of(analyses: Sequence[Analysis]) -> Comparison | None:
    """Compare what could be looked at; None with fewer than two.

    Raises
    ------
    ViralError
        There are more than four, or no model is there.
    """
    if len(analyses) < FEWEST_CUTS:
        return None
    from viral.model.store import shipped_model

    return compare([analysis.prediction for analysis in analyses], shipped_model().pairs)
