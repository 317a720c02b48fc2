"""What was typed on the Predict page, read and echoed: plain functions of the fields."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from viral.errors import ViralError
from viral.messages import text
from viral.posts.details import PostDetails, post_details
from viral.ui.predict.shown import LONGEST_NAME
from viral.ui.sessions import Title
from viral.ui.templates import rendered
from viral.ui.text.labels import sentence
from viral.ui.uploads import demo_of
from viral.ui.widgets.numbers import count
from viral.ui.widgets.typed_values import account_in_use, details_from_page

Fields = tuple[Any, ...]
"""Values of the page's inputs, in the order of `PredictPage.inputs`."""

ECHOED = 10
"""Of a longer list the newest are shown."""


@dataclass(frozen=True)
class Slip:
    """What has to be corrected, and where."""

    sentence: str
    field: str
    """Id of the field on the page."""


PLACES = {"caption": 1, "recent": 2, "followers": 3, "time": 4, "zone": 5, "sound": 6}
"""Field by id -> its place in `Fields`."""
NAMED = {"recent": "recent.label", "followers": "followers.label", "recent-likes": "likes.label"}
NAMED |= {"time": "time.label", "clip": "clip.heading", "caption": "caption.label"}
NAMED |= {"account": "your_account.heading"}
"""Field by id -> key of what it is called."""


def details_of(fields: Fields) -> PostDetails:
    """Return what the fields say of the post; a demo brings its own where nothing was typed.

    Raises
    ------
    DetailsError
        A field makes no sense.
    """
    clip, caption, recent, followers, time, zone, sound, sound_name, *more = fields
    likes, platform, account, lang = more
    used = account_in_use(account)
    demo = demo_of(clip)
    if demo is not None and _brings_its_own(fields):
        caption, recent, followers, sound = (
            demo.caption,
            demo.recent_views,
            demo.followers,
            demo.sound,
        )
        likes = ""
    return details_from_page(
        caption=caption,
        followers=followers,
        recent_views=recent,
        recent_likes=likes,
        time=time,
        zone=zone,
        sound=sound,
        sound_name=sound_name,
        platform=platform,
        account=used,
        lang=lang,
    )


def title_of(fields: Fields) -> Title:
    """Return what the result of the form is called."""
    clip = fields[0]
    name = str(clip.get("name") or "") if isinstance(clip, dict) else ""
    demo = demo_of(clip) is not None
    return Title(Path(name).name[:LONGEST_NAME], demo, demo and _brings_its_own(fields))


def _brings_its_own(fields: Fields) -> bool:
    """Return whether nothing is said of an account, so that a demo brings its made-up one."""
    _, caption, recent, followers, *_, account, _ = fields
    used = isinstance(account, dict) and account.get("account") is not None
    return not (used or caption or recent or followers)


def field_of(fields: Fields) -> str:
    """Return the id of the first field that makes no sense by itself."""
    *_, account, lang = fields
    try:
        account_in_use(account)
    except ViralError:
        return "account"
    for name in ("recent", "followers", "time"):
        alone: list[Any] = [None, "", "", "", None, fields[5], "unknown", "", "", None, None, lang]
        alone[PLACES[name]] = fields[PLACES[name]]
        try:
            details_of(tuple(alone))
        except ViralError:
            return name
    return "recent-likes"


def echo(recent: str | None, lang: str) -> str:
    """Return what was read in the recent views, or what is wrong with them, as HTML."""
    if not (recent or "").strip():
        return ""
    try:
        views = post_details(recent_views=recent).recent_views
    except ViralError as error:
        return _beside(error, lang)
    if not views:
        return ""
    shown = ", ".join(count(one, lang) for one in views[-ECHOED:])
    posts = f"… {shown}" if len(views) > ECHOED else shown
    usual = count(statistics.median(views), lang)
    words = text("echo.posts", lang, count=len(views), posts=posts, usual=usual)
    return rendered("predict/echo", lang, words=words)


def echo_followers(followers: str | None, lang: str) -> str:
    """Return what is wrong with the followers, or how a shortened number was read, as HTML."""
    typed = (followers or "").strip()
    try:
        number = post_details(followers=followers).followers
    except ViralError as error:
        return _beside(error, lang)
    if number is None or typed.isdigit():
        return ""
    words = text("echo.followers", lang, number=number)
    return rendered("predict/echo", lang, words=words)


def _beside(error: ViralError, lang: str) -> Markup:
    words, language = sentence(error.message, lang)
    return rendered("predict/slip", lang, sentence=words, spoken=language)


def problem_beside(slip: Slip, lang: str) -> Markup:
    """Return what has to be corrected as HTML, with the name of its field."""
    words, language = sentence(slip.sentence, lang)
    named = text(NAMED.get(slip.field, "post.heading"), lang)
    return rendered("predict/trouble", lang, field=named, sentence=words, spoken=language)
