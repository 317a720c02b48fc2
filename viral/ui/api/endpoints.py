"""What other programs may call: typed functions, shown in the API page, to gradio_client and to
MCP. `docs/api.md` has an example of each.

Gradio reads the docstrings of the endpoints, one argument a line under `Args:`, and their types as
they stand, which is why annotations are not postponed here.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import gradio as gr

from viral.errors import DetailsError, MediaError, ViralError
from viral.explain.checks import check_seen
from viral.explain.cover import Covers, covers_of, jpegs
from viral.explain.platforms import platform_of
from viral.explain.what_if import SAME_POSTS, UNCHANGED
from viral.explain.what_if import what_if as predicted_again
from viral.messages import Message
from viral.pipeline import Analysis
from viral.posts.accounts.account_json import account_from_json
from viral.posts.details import PostDetails
from viral.ui.api.answers import (
    check_json,
    comparison_json,
    covers_json,
    explanation_json,
    prediction_json,
    what_if_json,
)
from viral.ui.api.post_parameters import NOTHING, Post, details_of, takes_post
from viral.ui.api.shapes import (
    CheckJson,
    ComparisonJson,
    CoversJson,
    ExplanationJson,
    PredictionJson,
    WhatIfJson,
)
from viral.ui.compare.cuts import LETTERS, comparison_of, looked_at
from viral.ui.running import Runner
from viral.ui.sessions import ResultGoneError, Sessions
from viral.ui.uploads import clip_path, delete_upload

DETAILS = (
    "caption",
    "followers",
    "recent_views",
    *SAME_POSTS,
    "posted_at",
    "sound",
    "platform",
    "account",
)
"""What can be taken away in `what_if`; the horizon cannot."""
GONE = Message("api.result_gone")
BUSY: Mapping[str, Any] = {"concurrency_limit": 1, "concurrency_id": "model"}
"""Endpoints that look at clips wait for each other and for the pages."""
QUICK: Mapping[str, Any] = {"concurrency_limit": 2, "concurrency_id": "what_if"}
"""Endpoints that only predict again need not wait for a clip."""


@contextmanager
def _answering(*clips: Any) -> Iterator[None]:
    """Turn refusals into sentences, and leave no clip behind whatever happens."""
    try:
        yield
    except ResultGoneError as error:
        raise gr.Error(str(GONE), print_exception=False) from error
    except ViralError as error:
        raise gr.Error(str(error), print_exception=False) from error
    finally:
        for clip in clips:
            with suppress(MediaError):
                path, demo = clip_path(clip)
                if demo is None:
                    delete_upload(path)


def _changes(given: Mapping[str, Any], without: list[str] | None) -> dict[str, Any]:
    changes = {name: UNCHANGED if value is None else value for name, value in given.items()}
    for name in without or []:
        if name not in DETAILS:
            known = ", ".join(DETAILS)
            raise DetailsError(Message("api.cannot_remove", name=repr(name), known=known))
        changes[name] = None
    if changes.get("account") not in (None, UNCHANGED):
        changes["account"] = account_from_json(changes["account"])
    return changes


def _pictures(clip: Any, found: Covers) -> list[bytes]:
    return jpegs(clip_path(clip)[0], found)


def register(runner: Runner, sessions: Sessions) -> None:
    """Add the endpoints to the current Blocks.

    Parameters
    ----------
    runner
        What looks at clips.
    sessions
        Where results are kept for `what_if`; not the pages', so that neither crowds the other out.
    """

    def analysed(clip: Any, details: PostDetails) -> Analysis:
        path, demo = clip_path(clip)
        return runner.run(path, details, demo)

    @takes_post()
    def predict(
        clip: gr.FileData,
        post: Post,
    ) -> PredictionJson:
        """Predict how far a short clip is likely to travel for an account, and why.

        Args:
            clip: The video file. It is deleted once it has been looked at.
            {post}

        Returns:
            The prediction: score 0 to 100, 80 % ranges of views, likes, comments, shares and
            saves, and an explanation whose parts add up to the prediction in log10 virality.
        """
        with _answering(clip):
            details = details_of(post)
            return prediction_json(analysed(clip, details).prediction)

    @takes_post()
    def explain(
        clip: gr.FileData,
        post: Post,
    ) -> ExplanationJson:
        """Explain the prediction of a short clip: modality by modality, group by group, feature by
        feature.

        Args:
            clip: The video file. It is deleted once it has been looked at.
            {post}

        Returns:
            The way from the account's usual, or from the average post where that is not known, to
            this one in log10 virality, each level adding up to the one above, every feature with a
            sentence, and the id of the result for what_if.
        """
        with _answering(clip):
            details = details_of(post)
            analysis = analysed(clip, details)
            return explanation_json(analysis, sessions.keep(analysis))

    @takes_post(changes=True)
    def what_if(
        result: str,
        post: Post,
        trim_start_s: float | None = None,
        trim_end_s: float | None = None,
        without: list[str] | None = None,
    ) -> WhatIfJson:
        """Predict a clip that was looked at before with another post around it, or trimmed; no clip
        is sent again.

        Args:
            result: The id that explain or compare gave.
            {post}
            trim_start_s: Where the clip would start, in seconds.
            trim_end_s: Where the clip would end, in seconds.
            without: Details to take away, by name: all but horizon_days and the trim.

        Returns:
            The changed prediction, the views without the change, and their factor. The result is
            kept as it was: changes do not pile up.
        """
        with _answering():
            before = sessions.get(result if isinstance(result, str) else None)
            after = predicted_again(
                before,
                **_changes(post, without),
                trim_start_s=trim_start_s,
                trim_end_s=trim_end_s,
            )
            return what_if_json(before, after, result)

    @takes_post()
    def compare(
        clip_a: gr.FileData,
        clip_b: gr.FileData,
        clip_c: gr.FileData | None = None,
        clip_d: gr.FileData | None = None,
        post: Post = NOTHING,
    ) -> ComparisonJson:
        """Compare two to four cuts for one account: which goes further, how surely, and what makes
        the difference.

        Args:
            clip_a: The first video file. All are deleted once they have been looked at.
            clip_b: The second one.
            clip_c: A third one, if there is one.
            clip_d: A fourth one, if there is one.
            {post}

        Returns:
            Each cut with its prediction or with the sentence why there is none, their order, the
            probability that each beats each other, and the differences in log10 virality.
        """
        with _answering(clip_a, clip_b, clip_c, clip_d):
            details = details_of(post)
            clips = [clip_a, clip_b, *(clip for clip in (clip_c, clip_d) if clip)]
            cuts = [
                looked_at(clip, letter, details, runner)
                for clip, letter in zip(clips, LETTERS, strict=False)
            ]
            analyses = [cut.analysis for cut in cuts if cut.analysis is not None]
            kept = [sessions.keep(cut.analysis) if cut.analysis else None for cut in cuts]
            return comparison_json(cuts, kept, comparison_of(analyses))

    def check(clip: gr.FileData, platform: str = "tiktok") -> CheckJson:
        """Check a clip against a platform's limits and the craft of short clips; no forecast.

        Args:
            clip: The video file. It is deleted once it has been looked at.
            platform: "tiktok", "reels" or "shorts".

        Returns:
            Whether all passed, and each check with its measure, threshold, second, reason and
            source.
        """
        with _answering(clip):
            chosen = platform_of(platform).name
            return check_json(check_seen(analysed(clip, PostDetails()), chosen))

    def cover(clip: gr.FileData, platform: str = "tiktok", pictures: bool = False) -> CoversJson:
        """Find the five pictures of a clip that would make the best cover; no forecast.

        Args:
            clip: The video file. It is deleted once it has been looked at.
            platform: "tiktok", "reels" or "shorts".
            pictures: Whether to send the covers too, as JPEG at the platform's size in base64.

        Returns:
            The covers, best first, each with its second and its reasons.
        """
        with _answering(clip):
            found = covers_of(analysed(clip, PostDetails()), platform_of(platform).name)
            return covers_json(found, _pictures(clip, found) if pictures else ())

    gr.api(predict, api_name="predict", **BUSY)
    gr.api(explain, api_name="explain", **BUSY)
    gr.api(what_if, api_name="what_if", **QUICK)
    gr.api(compare, api_name="compare", **BUSY)
    gr.api(check, api_name="check", **BUSY)
    gr.api(cover, api_name="cover", **BUSY)
