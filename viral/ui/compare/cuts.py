"""Two to four cuts looked at one after the other; one that cannot be read stops none of the
others."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viral.errors import ViralError
from viral.explain.compare import FEWEST_CUTS, MOST_CUTS, Comparison, compare
from viral.messages import Message
from viral.pipeline import Analysis
from viral.posts.details import PostDetails
from viral.ui.running import Runner
from viral.ui.sessions import Sessions
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


def looks(
    clip: Any,
    letter: str,
    details: PostDetails,
    runner: Runner,
    sessions: Sessions | None = None,
) -> Iterator[str | Cut]:
    """Look at one clip and delete it: yield each stage as it begins, and the cut last.

    What goes wrong becomes the cut's sentence.

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
    sessions
        Where a clip that was looked at before may be found; its upload is gone by then.
    """
    path, demo = None, None
    try:
        source = clip.get("path") if isinstance(clip, Mapping) else None
        seen = sessions.of_source(str(source)) if sessions and source else None
        if seen is not None:
            delete_upload(Path(str(source)))
            yield Cut(letter, seen.again(details=details))
            return
        path, demo = clip_path(clip)
        for item in runner.stages(path, details, demo):
            yield item if isinstance(item, str) else Cut(letter, item)
    except ViralError as error:
        yield Cut(letter, problem=error.message)
    except Exception:
        LOG.exception("A clip could not be compared")
        yield Cut(letter, problem=Message("error.bug"))
    finally:
        if path is not None and demo is None:
            delete_upload(path)


def looked_at(clip: Any, letter: str, details: PostDetails, runner: Runner) -> Cut:
    """Look at one clip and delete it, without watching the stages go by; see `looks`."""
    cut = Cut(letter)
    for item in looks(clip, letter, details, runner):
        if isinstance(item, Cut):
            cut = item
    return cut


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
