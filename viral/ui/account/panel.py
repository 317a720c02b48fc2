"""Where "Your account" stands on the page: a strip above the pages, which opens into an editor.

The browser keeps the accounts, see `assets/account_kept.js`; the account in use is sent along with
each prediction and is kept nowhere on the server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from viral.messages import DEFAULT_LANGUAGE, text
from viral.ui.account.reading import answer
from viral.ui.templates import rendered
from viral.ui.text.translation import Translations
from viral.ui.theme import scripts
from viral.ui.widgets.numbers import short_sizes
from viral.ui.widgets.post_fields import platforms

QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
SUFFIXES = ".json,.zip,.csv,.tsv,.txt,.jsonl,.ndjson,.xlsx,.parquet,.gz"
"""Of files that posts are read from."""
MANY = 77
"""A number that the script puts the real one in the place of: it chooses the form for many."""
COUNTED = ("some_posts", "using")
"""Words in two forms, for one post and for more."""
PLACES = {
    "cell": ("column", "n"),
    "remove_one": ("n",),
    "name_taken": ("name",),
    "some_followers": ("n",),
    "usual": ("n",),
    "using": ("name",),
    "using_none": ("name",),
    "all": ("n",),
}
"""What the script fills in, by key."""
WORDS = (
    *("heading", "lead", "unused", "choose", "without", "add", "add_another", "edit", "change"),
    *("name", "name_hint", "platform", "followers", "followers_hint", "time_zone"),
    *("posts", "posts_lead", "file", "paste", "paste_label", "paste_info", "paste_read", "row"),
    *("views", "likes", "comments", "shares", "saves", "posted_at", "duration_s", "caption"),
    *("cell", "remove_post", "remove_one", "save", "cancel", "to_file", "remove", "remove_sure"),
    *("privacy", "unread", "unread_save", "unread_drop", "storage_full", "storage_blocked"),
    *("reading", "upload_failed", "name_taken", "some_followers", "usual", "using_none", "all"),
)
"""Keys of what the script says, without `your_account.`."""


def words(lang: str) -> dict[str, Any]:
    """Return what the script says in a language."""
    said: dict[str, Any] = {}
    for key in (*WORDS, *COUNTED):
        places = {place: f"{{{place}}}" for place in PLACES.get(key, ())}
        if key in COUNTED:
            forms = [
                text(f"your_account.{key}", lang, count=count, **places) for count in (1, MANY)
            ]
            said[key] = forms
        else:
            said[key] = text(f"your_account.{key}", lang, **places)
    return {**said, "lang": lang, "sizes": short_sizes(lang), "platforms": platforms(lang)}


def build(translations: Translations) -> gr.HTML:
    """Lay the strip out inside the current Blocks and connect it.

    Returns
    -------
    gr.HTML
        Its value is `{"account": ..., "ask": ...}`, the account in use as
        `viral.posts.accounts.account_json` writes it, or None. It sends `input` when another
        account is in use.
    """
    panel = translations.scripted(
        rendered("account/panel", DEFAULT_LANGUAGE, suffixes=SUFFIXES),
        ("numbers.js", "account_kept.js", "account.js"),
        words,
        elem_id="account",
        reply={"n": 0},
    )
    panel.submit(
        lambda value: gr.update(reply=answer(value)),
        panel,
        panel,
        **QUIET,
    )
    return panel


def zone_of(value: Any) -> Any:
    """Return the time zone of the account in use for the form's field; as it is without one."""
    account = value.get("account") if isinstance(value, Mapping) else None
    zone = account.get("time_zone") if isinstance(account, Mapping) else None
    return str(zone) if zone else gr.skip()


def line() -> gr.HTML:
    """Put a line into a form that says which account is used in the place of its fields."""
    return gr.HTML(
        None,
        html_template=rendered("account/line", DEFAULT_LANGUAGE),
        js_on_load=scripts("account_line.js"),
        apply_default_css=False,
    )
