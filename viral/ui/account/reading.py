"""What the editor of "Your account" asks the server to read: an export, a pasted list, what was
typed.

Plain functions, without Gradio. A file is read and deleted, a text is read and forgotten: what was
found goes back to the browser, which alone keeps it.
"""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from viral.errors import DetailsError, ViralError
from viral.messages import DEFAULT_LANGUAGE, LANGUAGES, Message
from viral.posts.accounts.account import COUNTS, Account, AccountPost
from viral.posts.accounts.account_json import account_from_json, account_to_json
from viral.posts.accounts.reading import ReadAccount, account_of
from viral.posts.details import PLATFORMS, post_details
from viral.ui.uploads import delete_upload, upload_path
from viral.ui.widgets.typed_values import on_the_clock

LOG = logging.getLogger(__name__)

COLUMNS = (*COUNTS, "posted_at", "duration_s", "caption")
"""Of the editor's table."""
MOST_BYTES = 400_000
"""Of an account: the gate takes calls of `viral.hosting.gate.MAX_CALL_BYTES`, and the editor sends
what is typed beside what was read."""
POST_BYTES = 200
"""Of a post without its caption, as JSON."""
MOST_TYPED = 500_000
"""Characters of a pasted text."""


class SlipError(DetailsError):
    """Something typed makes no sense, and where it stands: a row of the table, or None."""

    def __init__(self, message: Message, field: str, row: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.row = row


def answer(value: Any) -> dict[str, Any]:
    """Return what the editor is told, in its language.

    Parameters
    ----------
    value
        The panel's value: `{"ask": {"n": ..., "lang": ..., "kind": "file", "text" or "check"}}`.

    Returns
    -------
    dict
        `n` of what was asked, and `problem` with its `slip`, or `posts` that were read with what
        else the file says, or the whole `account`.
    """
    ask = value.get("ask") if isinstance(value, Mapping) else None
    if not isinstance(ask, Mapping):
        return {"n": 0}
    lang = str(ask.get("lang"))
    lang = lang if lang in LANGUAGES else DEFAULT_LANGUAGE
    reply: dict[str, Any] = {"n": ask.get("n", 0)}
    try:
        if ask.get("kind") == "check":
            return {**reply, "account": account_to_json(fitting(checked(ask.get("draft"))))}
        found = _read(ask)
        # What its file is called is not what the account is called.
        account = fitting(replace(found.account, name=""))
        told = (Message("your_account.read", count=len(account.posts)), *found.notes)
        said = " ".join(one.said(lang) for one in told)
        return {**reply, **account_to_json(account), "said": said}
    except SlipError as error:
        slip = {"field": error.field, "row": error.row}
        return {**reply, "problem": error.message.said(lang), "slip": slip}
    except ViralError as error:
        return {**reply, "problem": error.message.said(lang)}
    except Exception:
        # The host finds the traceback in the log; the reader gets a sentence without paths in it.
        LOG.exception("An account could not be read")
        return {**reply, "problem": Message("your_account.bug").said(lang)}


def _read(ask: Mapping[str, Any]) -> ReadAccount:
    if ask.get("kind") == "text":
        return pasted(str(ask.get("text") or ""))
    path = upload_path(ask.get("path"))
    platform = ask.get("platform")
    try:
        return account_of(path, platform=platform if platform in PLATFORMS else None)
    finally:
        delete_upload(path)


def fitting(account: Account) -> Account:
    """Return an account with as many of its most recent posts as go along with a prediction."""
    size, kept = 0, 0
    for post in reversed(account.posts):
        size += POST_BYTES + len((post.caption or "").encode()) + len((post.sound or "").encode())
        if size > MOST_BYTES:
            break
        kept += 1
    return replace(account, posts=account.posts[len(account.posts) - kept :])


def pasted(text: str) -> ReadAccount:
    """Return the posts of a pasted list of views, oldest first, or of a pasted table.

    Raises
    ------
    ViralError
        It is neither.
    """
    text = text[:MOST_TYPED]
    if not text.strip():
        raise DetailsError(Message("your_account.paste_empty"))
    if _is_table(text):
        # Never by its words: they could be the name of a file of the server's.
        with tempfile.TemporaryDirectory(prefix="viral-pasted-") as folder:
            path = Path(folder) / ("pasted.tsv" if "\t" in text else "pasted.csv")
            path.write_text(text, encoding="utf-8", errors="replace")
            return account_of(path)
    try:
        views = post_details(recent_views=text).recent_views
    except DetailsError as error:
        if error.message.code == "details.two_readings":
            raise
        raise DetailsError(Message("your_account.paste_unread")) from error
    return ReadAccount(Account(posts=tuple(map(AccountPost, views))))


def _is_table(text: str) -> bool:
    """Return whether a text has several lines and cells with letters in the first of them."""
    first, *rest = [line for line in text.splitlines() if line.strip()]
    cells = [cell for cell in re.split("[\t;,]", first) if any(map(str.isalpha, cell))]
    return bool(rest) and len(cells) > 1


def checked(draft: Any) -> Account:
    """Return what was typed in the editor as an account.

    Parameters
    ----------
    draft
        `name`, `platform`, `followers`, `time_zone`, and `rows`, the newest first, with a text in
        each of `COLUMNS`; empty rows are passed over.

    Raises
    ------
    SlipError
        A field or a cell makes no sense.
    """
    if not isinstance(draft, Mapping) or not isinstance(draft.get("rows"), list):
        raise DetailsError(Message("your_account.bug"))
    name = str(draft.get("name") or "").strip()
    if not name:
        raise SlipError(Message("your_account.no_name"), "name")
    zone = draft.get("time_zone")
    head: dict[str, Any] = {"name": name}
    for field in ("time_zone", "followers", "platform"):
        head[field] = draft.get(field) or None
        try:
            account_from_json(head)
        except DetailsError as error:
            told = _told(error.message, field)
            if told is not error.message:
                told = Message("your_account.slip_field", problem=told)
            raise SlipError(told, field) from error
    rows = [
        (place, row)
        for place, row in enumerate(draft["rows"])
        if isinstance(row, Mapping) and any(str(row.get(name) or "").strip() for name in COLUMNS)
    ][::-1]
    posts = [_post(row, place, zone) for place, row in rows]
    try:
        return account_from_json({**head, "posts": posts})
    except DetailsError as error:
        raise _placed(error.message, rows) from error


def _post(row: Mapping[str, Any], place: int, zone: Any) -> dict[str, Any]:
    post = {name: row.get(name) for name in COLUMNS if str(row.get(name) or "").strip()}
    rest = row.get("rest")
    if isinstance(rest, Mapping) and rest.get("sound"):
        post["sound"] = rest["sound"]
    if "posted_at" in post:
        try:
            moment = on_the_clock(str(post["posted_at"]), zone, DEFAULT_LANGUAGE)
        except DetailsError as error:
            said = Message("your_account.slip", n=place + 1, problem=error.message)
            raise SlipError(said, "posted_at", place) from error
        post["posted_at"] = moment.isoformat() if moment else None
    return post


def _placed(message: Message, rows: Sequence[tuple[int, Any]]) -> DetailsError:
    """Return the error with the row of the table, where it is about one."""
    place = message.values.get("place")
    if not isinstance(place, int) or not 1 <= place <= len(rows):
        return DetailsError(message)
    row = rows[place - 1][0]
    problem = message.values.get("problem")
    if not isinstance(problem, Message):
        said = Message("your_account.slip", n=row + 1, problem=Message("your_account.no_views"))
        return SlipError(said, "views", row)
    column = str(problem.values.get("column"))
    said = Message("your_account.slip", n=row + 1, problem=_told(message, column))
    return SlipError(said, column, row)


def _told(message: Message, column: str) -> Message:
    """Return what is wrong with a cell, with its column as the page calls it."""
    problem = message.values.get("problem")
    inner = problem.values.get("problem") if isinstance(problem, Message) else None
    if inner is None:
        return message
    return Message("cell.of", column=Message(f"your_account.{column}"), problem=inner)
