"""What an assistant can read beside the tools, and the questions it can be handed.

Resources are the model's card, its measured accuracy, the limits of each platform and the card that
shows an answer; prompts are what creators ask most. Gradio serves them to MCP clients. They are no
calls of the API: `viral.ui.api.mcp_server` lists them.

Gradio reads the signatures and docstrings here, which is why annotations are not postponed.
"""

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_space

from viral.explain.platforms import CHECKED_ON, PLATFORMS, platform_of
from viral.messages import DEFAULT_LANGUAGE, LANGUAGES, text
from viral.modalities import NAMES
from viral.settings import Settings
from viral.ui.about.model import EVALUATION, KNOWN, PROTOCOLS, SIMPLE_RULES, read_json
from viral.ui.templates import ours, rendered
from viral.ui.text.labels import modality_label
from viral.version import __version__

CARD_URI = "ui://viral/answer"
"""Of the card that hosts of MCP Apps show a tool's answer in."""
CARD_TYPE = "text/html;profile=mcp-app"
"""Media type of the MCP Apps specification of 2026-01-26."""
MODEL_CARD = "README.md"
"""In the model's folder."""
FRONT = "---\n"
PROMISED = 0.8
CARD_WORDS = (
    "card.after", "card.before", "card.best", "card.chance", "card.comments", "card.failed",
    "card.likes", "card.middle", "card.none_failed", "card.range", "card.shares",
    "card.unreadable", "card.usual", "card.waiting",
)  # fmt: skip
PLACES = ("low", "high", "median", "days", "chance", "cut", "other", "count", "factor", "usual")
"""Of the card's sentences, filled in the browser."""


def model_card(folder: Path) -> str:
    """Return the model's card without the lines that only the hub reads."""
    words = (folder / MODEL_CARD).read_text(encoding="utf-8")
    if words.startswith(FRONT):
        words = words.split(FRONT, 2)[2]
    return words.strip() + "\n"


def accuracy(folder: Path) -> dict[str, Any]:
    """Return what was measured on posts that the model had not seen, by what is told of the
    account; see docs/model.md for the figures."""
    found = read_json(folder / EVALUATION)
    rows = [
        {
            "tried_on": protocol,
            "told": told,
            "posts": row["model"]["posts"],
            "typical_miss_factor": round(10.0 ** row["model"]["mae"], 3),
            "inside_the_range": round(row["model"]["coverage"], 4),
            "spearman": round(row["model"]["spearman"], 4),
            "r2": round(row["model"]["r2"], 4),
            "typical_miss_factor_of_a_simple_rule": round(10.0 ** row["others"][rule]["mae"], 3),
            "simple_rule": rule,
        }
        for protocol in PROTOCOLS
        for told in KNOWN
        if (row := found.get(protocol, {}).get(told)) is not None
        for rule in [name for name in SIMPLE_RULES if name in row["others"]][:1]
    ]
    return {"promised_inside_the_range": PROMISED, "measured": rows}


def limits(name: str) -> dict[str, Any]:
    """Return what a platform takes, with the sources of each number and the day of a look.

    Raises
    ------
    DetailsError
        There is no such platform.
    """
    return {"checked_on": CHECKED_ON, **asdict(platform_of(name))}


def card_words() -> dict[str, dict[str, str]]:
    """Return language -> code -> sentence of the card, its places still open."""
    places = {name: f"{{{name}}}" for name in PLACES}
    return {
        lang: {
            **{code.removeprefix("card."): text(code, lang, **places) for code in CARD_WORDS},
            **{name: modality_label(name, lang) for name in NAMES},
        }
        for lang in LANGUAGES
    }


def answer_page() -> str:
    """Return the card: one page without anything from elsewhere, which waits for an answer."""
    words = json.dumps(card_words(), ensure_ascii=True).replace("<", "\\u003c")
    return str(rendered("api/card", DEFAULT_LANGUAGE, words=ours(words), version=__version__))


def prompt_prefix() -> str:
    """Return what Gradio puts before the names of tools and prompts on a Space: without it there,
    it would hand out another prompt than the one that was asked for."""
    space = get_space() or ""
    return re.sub(r"[^a-zA-Z0-9]", "_", space.split("/")[-1]) + "_" if space else ""


def register(settings: Settings) -> None:
    """Add the resources and prompts to the current Blocks.

    Parameters
    ----------
    settings
        Where the model lies.
    """
    prefix = prompt_prefix()
    hidden: dict[str, Any] = {"api_visibility": "undocumented"}
    folder = settings.model_dir

    @gr.mcp.resource("viral://model-card", mime_type="text/markdown")
    def model_card_of_viral() -> str:
        """What the model is, what it learnt from, how well it predicts and where it is weak."""
        return model_card(folder)

    @gr.mcp.resource("viral://accuracy", mime_type="text/plain")
    def accuracy_of_viral() -> str:
        """How well posts were predicted that the model had not seen, as JSON: typical miss, share
        inside the 80 % range, and a simple rule beside it, by what is told of the account."""
        return json.dumps(accuracy(folder), indent=1)

    @gr.mcp.resource("viral://platforms", mime_type="text/plain")
    def platforms_known() -> str:
        """The platforms whose limits are known, as JSON: name and title."""
        return json.dumps({name: one.title for name, one in PLATFORMS.items()}, indent=1)

    @gr.mcp.resource("viral://platforms/{platform}", mime_type="text/plain")
    def platform_limits(platform: str) -> str:
        """What a platform takes, as JSON: length, size, frame rates, codecs, safe zone, loudness,
        each with its source.

        Args:
            platform: tiktok, reels or shorts.
        """
        return json.dumps(limits(platform), indent=1)

    @gr.mcp.resource(CARD_URI, mime_type=CARD_TYPE)
    def answer_card() -> str:
        """The card that shows a tool's answer: the range with the account's usual on it, cuts side
        by side, a change, or what a check found."""
        return answer_page()

    @gr.mcp.prompt(name=f"{prefix}which_cut")
    def which_cut(clips: str, recent_views: str = "", followers: str = "") -> str:
        """Which of these cuts should I post?

        Args:
            clips: Paths or addresses of two to four clips.
            recent_views: Views of the account's last posts, oldest first.
            followers: Followers of the account.
        """
        return which_cut_text(clips, recent_views, followers)

    @gr.mcp.prompt(name=f"{prefix}ready_to_post")
    def ready_to_post(clip: str, platform: str = "tiktok", recent_views: str = "") -> str:
        """Is this clip ready to post, and what would help it?

        Args:
            clip: Path or address of the clip.
            platform: tiktok, reels or shorts.
            recent_views: Views of the account's last posts, oldest first.
        """
        return ready_to_post_text(clip, platform, recent_views)

    @gr.mcp.prompt(name=f"{prefix}what_moves_it")
    def what_moves_it(clip: str, recent_views: str = "") -> str:
        """What decides how far this clip travels, and what can I still change?

        Args:
            clip: Path or address of the clip.
            recent_views: Views of the account's last posts, oldest first.
        """
        return what_moves_it_text(clip, recent_views)

    for function in (
        *(model_card_of_viral, accuracy_of_viral, platforms_known, platform_limits, answer_card),
        *(which_cut, ready_to_post, what_moves_it),
    ):
        gr.api(function, api_name=function.__name__, **hidden)


HONESTY = (
    "Say the range before the middle number. Do not read more into a difference than the answer "
    "does: most of what decides the views of a post is the account, not the clip, and 1 in 5 posts "
    "ends outside of its range. Nothing here proves that a change causes more views."
)
"""What each prompt asks of whoever answers."""


def _account(recent_views: str, followers: str = "") -> str:
    said = [
        f"{name}: {value.strip()}."
        for name, value in (("Recent views, oldest first", recent_views), ("Followers", followers))
        if value.strip()
    ]
    ask = (
        "Ask me for the views of my last five or more posts first, oldest first: they narrow the "
        "range most. Go on without them if I do not have them."
    )
    return " ".join(said) if said else ask


def which_cut_text(clips: str, recent_views: str, followers: str) -> str:
    """Return the prompt that compares cuts."""
    return (
        f"Which of these cuts should I post? {clips.strip()}\n\n"
        f"{_account(recent_views, followers)}\n\n"
        "Upload each clip, then call compare once with all of them. Name the cut that is predicted "
        "to go furthest, the probability that it beats each other one, and the three largest "
        "differences as factors. If that probability is under 0.6 or not told, say that the "
        f"numbers do not decide it and that I should post the cut I like. {HONESTY}"
    )


def ready_to_post_text(clip: str, platform: str, recent_views: str) -> str:
    """Return the prompt that checks and predicts a clip."""
    return (
        f"Is this clip ready to post on {platform.strip() or 'tiktok'}? {clip.strip()}\n\n"
        f"{_account(recent_views)}\n\n"
        "Upload the clip and call check; list what did not pass with its second and what to do. "
        "Upload it again and call predict; say the range of views and the chance to triple my "
        f"usual. {HONESTY}"
    )


def what_moves_it_text(clip: str, recent_views: str) -> str:
    """Return the prompt that explains a prediction and tries changes."""
    return (
        f"What decides how far this clip travels? {clip.strip()}\n\n"
        f"{_account(recent_views)}\n\n"
        "Upload the clip and call explain. Tell me the modalities and the five features that move "
        "the prediction most, as factors, in plain words. Then call what_if with the result's id "
        "for up to three changes that I could make, such as another caption, another hour or a "
        "trim, one at a time, and say which moved the views and which did not. "
        f"{HONESTY}"
    )
