"""An account out of whatever a creator has: an export, its own JSON, or a pasted list of views."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from viral.errors import DetailsError, TableError
from viral.messages import Message
from viral.posts.accounts.account import MOST_POSTS, Account, AccountPost, in_order
from viral.posts.accounts.account_json import (
    MAX_JSON_BYTES,
    MAX_NAME_CHARACTERS,
    account_from_json,
    most_recent,
    shown,
)
from viral.posts.cells import LARGEST_COUNT
from viral.posts.details import MAX_CAPTION_CHARACTERS, MAX_SOUND_CHARACTERS
from viral.posts.engagement_ratios import COUNTED
from viral.posts.hashtags import hashtags_in
from viral.posts.importing import Imported, import_posts
from viral.posts.parsing import TwoReadingsError, number_list
from viral.posts.published_sets import read_parquet_posts
from viral.settings import settings

OWN = "own"
"""What the collection is called while it is read."""
ORIGINAL = "original"


@dataclass(frozen=True)
class ReadAccount:
    """An account, and what was said of its file."""

    account: Account
    notes: tuple[Message, ...] = ()
    """Sentences about what was left out or taken for something."""


def account_of(table: str | Path, *, platform: str | None = None) -> ReadAccount:
    """Read an account from a file, or from a pasted list of views.

    Parameters
    ----------
    table : str or Path
        Any file that `viral.posts.importing.import_posts` reads, with the posts of one account; an
        account that was saved as JSON; or views as text, oldest first: `900, 1500, 700`. Of more
        than `MOST_POSTS` posts the most recent are kept.
    platform : str, optional
        One of `viral.posts.details.PLATFORMS`: what the account is on. It is the file's own where
        it says one.

    Raises
    ------
    TableError
        It cannot be read, has no post with views, is of several accounts or platforms, or of
        another platform than was said; the sentence says what to do.
    DetailsError
        It is a saved account that was changed so that it makes no sense.
    """
    path = Path(table)
    if isinstance(table, str) and not (table.strip() and _is_there(path)):
        pasted = _pasted(table)
        if pasted is not None:
            return _kept(Account(platform=platform, posts=pasted))
        if not path.suffix:
            raise TableError(Message("account.nothing", given=shown(table.strip())))
    saved = _saved(path)
    read = _kept(saved) if saved is not None else _imported(path)
    account = read.account
    if account.platform is None:
        return replace(read, account=replace(account, platform=platform))
    if platform is not None and platform != account.platform:
        raise TableError(
            Message(
                "account.other_platform",
                file=path.name,
                found=account.platform,
                platform=platform,
            )
        )
    return read


def read_account(given: Account | ReadAccount | str | Path | None) -> ReadAccount | None:
    """Return an account that is given in any form; None where none is.

    Raises
    ------
    TableError, DetailsError
        See `account_of`.
    """
    if given is None or isinstance(given, ReadAccount):
        return given
    return ReadAccount(given) if isinstance(given, Account) else account_of(given)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        # A pasted list may be longer than a name can be.
        return False


def _pasted(written: str) -> tuple[AccountPost, ...] | None:
    try:
        views = number_list(written)
    except TwoReadingsError as error:
        raise DetailsError(
            Message(
                "details.two_readings",
                what=Message("field.recent_views"),
                value=shown(written),
                joined=error.joined,
                apart=error.apart,
            )
        ) from error
    except ValueError:
        return None
    if not views or not all(0 <= each <= LARGEST_COUNT for each in views):
        return None
    return tuple(map(AccountPost, views))


def _saved(path: Path) -> Account | None:
    """Return the account that was saved in a file; None where it holds something else."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return None
    if path.stat().st_size > MAX_JSON_BYTES:
        return None
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(said, Mapping) or not {"version", "posts"} <= said.keys():
        return None
    return account_from_json(said)


def _kept(account: Account) -> ReadAccount:
    kept = most_recent(account)
    return ReadAccount(kept, tuple(_cut(len(account.posts))))


def _cut(count: int) -> Iterator[Message]:
    if count > MOST_POSTS:
        yield Message("account.most_recent", most=MOST_POSTS, count=count)


def _imported(path: Path) -> ReadAccount:
    with tempfile.TemporaryDirectory(prefix="viral-account-") as folder:
        out = Path(folder) / "posts.parquet"
        found = import_posts(path, out, mappings_dir=settings().data_dir, source=OWN)
        if found.creators > 1:
            raise TableError(
                Message("account_model.many_accounts", file=path.name, count=found.creators)
            )
        posts = read_parquet_posts(out)
    platforms = sorted(posts["platform"].dropna().unique())
    if len(platforms) > 1:
        raise TableError(Message("account.many_platforms", file=path.name, platforms=platforms))
    counted = posts[posts["views"].notna()]
    if not len(counted):
        raise TableError(Message("account.no_views", file=path.name))
    ordered = in_order([_post(row) for _, row in counted.iterrows()])
    account = Account(
        name=path.name.split(".")[0][:MAX_NAME_CHARACTERS],
        platform=platforms[0] if platforms else None,
        followers=_followers(counted),
        posts=ordered[-MOST_POSTS:],
    )
    return ReadAccount(account, tuple(_notes(found, len(posts) - len(counted), len(counted))))


def _notes(found: Imported, without_views: int, count: int) -> Iterator[Message]:
    if found.rejections:
        first = found.rejections[0].message
        yield (
            first
            if found.rejected == 1
            else Message("account.left_out", count=found.rejected, first=first)
        )
    if found.broke_off is not None:
        yield found.broke_off
    if without_views:
        yield Message("account.without_views", count=without_views)
    yield from found.notes
    yield from _cut(count)


def _followers(posts: pd.DataFrame) -> float | None:
    """Return the followers beside the newest post that has them."""
    known = posts[posts["followers"].notna()].sort_values("posted_at", kind="stable")
    return float(known["followers"].iloc[-1]) if len(known) else None


def _post(row: pd.Series) -> AccountPost:
    counts = {name: None if pd.isna(row[name]) else float(row[name]) for name in COUNTED}
    sound = row["sound_name"]
    if sound is None and row["sound_original"] == 1.0:
        sound = ORIGINAL
    caption = row["caption"]
    # Where an export lists hashtags apart they belong behind the caption that lacks them.
    if row["hashtags"]:
        written = hashtags_in(caption or "")
        lacking = [f"#{tag}" for tag in row["hashtags"] if tag not in written]
        caption = " ".join(part for part in (caption, *lacking) if part) or None
    return AccountPost(
        views=float(row["views"]),
        **counts,
        posted_at=None if pd.isna(row["posted_at"]) else row["posted_at"].to_pydatetime(),
        duration_s=None if pd.isna(row["duration_s"]) else float(row["duration_s"]),
        caption=None if caption is None else caption[:MAX_CAPTION_CHARACTERS],
        sound=None if sound is None else sound[:MAX_SOUND_CHARACTERS],
    )
