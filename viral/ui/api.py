"""What other programs may call: typed functions, shown in the API page, to gradio_client and to
MCP."""

from __future__ import annotations

from typing import Any, TypedDict

import gradio as gr

from viral.errors import ViralError
from viral.posts.details import post_details
from viral.ui.running import Runner
from viral.ui.uploads import clip_path, delete_upload


class Range(TypedDict):
    """An 80 % range with its median."""

    low: float
    median: float
    high: float


class PredictionJson(TypedDict):
    """A prediction, as `viral predict --json` prints it."""

    model_version: str
    score: float
    score_among: str
    breakout_probability: float
    horizon_days: float
    usual_views: float | None
    virality: Range
    views: Range
    likes: Range
    comments: Range
    shares: Range
    explanation: dict[str, Any]
    missing: list[str]
    warnings: list[str]


def register(runner: Runner) -> None:
    """Add the endpoints to the current Blocks."""

    def predict(
        clip: gr.FileData,
        caption: str | None = None,
        followers: float | None = None,
        recent_views: list[float] | None = None,
        posted_at: str | None = None,
        sound: str | None = None,
        horizon_days: float = 30.0,
    ) -> PredictionJson:
        """Predict how far a short clip is likely to travel for an account, and why.

        Args:
            clip: The video file. It is deleted once it has been looked at. caption: The text of the
            post, hashtags included. followers: Followers of the account. recent_views: Views of the
            account's last posts, oldest first. posted_at: When it will be posted, ISO 8601; UTC
            where no zone is given. sound: "original", or the name of the sound. horizon_days: Days
            after posting at which the counts are wanted, 1 to 365.

        Returns:
            The prediction: score 0 to 100, 80 % ranges of views, likes, comments and shares, and
            an explanation whose parts add up to the prediction in log10 virality.
        """
        try:
            path, demo = clip_path(clip)  # type: ignore[arg-type]
            try:
                details = post_details(
                    caption=caption,
                    followers=followers,
                    recent_views=recent_views,
                    posted_at=posted_at,
                    sound=sound,
                    horizon_days=horizon_days,
                )
                analysis = runner.run(path, details, demo)
            finally:
                if demo is None:
                    delete_upload(path)
        except ViralError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return analysis.prediction.to_dict()  # type: ignore[return-value]

    gr.api(predict, api_name="predict", concurrency_limit=1, concurrency_id="model")
