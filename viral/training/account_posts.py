"""The past posts of one account, out of whatever there is: a folder of clips, or a table.

A folder has beside its clips what a downloader wrote of each (`.info.json`), or one table such as
`labels.csv` whose ids are the names of the clips. A table may be in any form that `viral posts
import` reads. Everything is brought into the one schema, with what was known before each post.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from viral.errors import TableError
from viral.messages import Message
from viral.modalities.features import Features
from viral.posts.earlier_posts import with_compared_past
from viral.posts.hashtags import of_posts
from viral.posts.history import with_past
from viral.posts.importing import import_posts
from viral.posts.published_sets import read_parquet_posts
from viral.posts.rows import CLIP_SUFFIXES
from viral.settings import settings
from viral.training.clip_features import clips_at

FEWEST_POSTS = 20
"""Below it nothing is learnt of an account but chance."""
MOST_POSTS = 1000
"""The newest; what lifted posts before these says little of the next one."""
TABLES = (".csv", ".tsv", ".json", ".jsonl", ".parquet", ".zip")
INFO = ".info.json"
OWN = "own"
"""What the account is called; its name is not kept."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class AccountPosts:
    """What an account has posted, the oldest first."""

    posts: pd.DataFrame
    """In the schema and `viral.posts.earlier_posts.PAST`; views and time are known in all."""
    clips: Mapping[int, Mapping[str, Features]]
    """Row position -> what was measured in the clip."""
    left_out: tuple[str, ...]
    """One sentence for each post that could not be used."""
    without_clip: tuple[str, ...]
    """One sentence for each clip that could not be read; its post is learnt from without it."""


def table_of(source: Path) -> Path:
    """Return what holds the counts: the table itself, the one in a folder, or the folder.

    Raises
    ------
    TableError
        A folder has neither what a downloader wrote nor one table.
    """
    if not source.is_dir():
        return source
    if any(source.rglob(f"*{INFO}")):
        return source
    tables = sorted(p for p in source.iterdir() if p.suffix.lower() in TABLES and p.is_file())
    if len(tables) != 1:
        if not tables:
            raise TableError(Message("account_model.no_counts", file=source.name))
        names = [path.name for path in tables[:5]]
        raise TableError(Message("account_model.many_tables", file=source.name, tables=names))
    return tables[0]


def account_posts(source: Path, cache_dir: Path, say: Say = lambda _: None) -> AccountPosts:
    """Read the posts of one account and measure their clips.

    Parameters
    ----------
    source : Path
        A folder or a table.
    cache_dir : Path
        Where what is measured in clips is kept, so that it is measured once.
    say : callable
        Told what is being done.

    Raises
    ------
    TableError
        It cannot be read, is of several accounts, or holds fewer than `FEWEST_POSTS` usable posts.
    """
    table = table_of(source)
    if not table.exists():
        raise TableError(Message("account_model.no_source", file=source.name))
    with tempfile.TemporaryDirectory(prefix="viral-account-") as folder:
        imported = Path(folder) / "posts.parquet"
        found = import_posts(table, imported, mappings_dir=settings().data_dir, source=OWN)
        posts = read_parquet_posts(imported)
    left_out = [str(rejection) for rejection in found.rejections]
    accounts = posts["creator"].dropna().nunique()
    if accounts > 1:
        raise TableError(
            Message("account_model.many_accounts", file=source.name, count=int(accounts))
        )
    usable = posts["views"].notna() & posts["posted_at"].notna()
    for video_id, views in posts.loc[~usable, ["video_id", "views"]].itertuples(index=False):
        code = "account_model.no_views" if pd.isna(views) else "account_model.no_time"
        left_out.append(Message(code, id=str(video_id)))
    posts = posts[usable].sort_values("posted_at", kind="stable").reset_index(drop=True)
    if len(posts) < FEWEST_POSTS:
        raise TableError(Message("account_model.few_posts", fewest=FEWEST_POSTS, count=len(posts)))
    # As in a table to predict, so that what is learnt is what is asked.
    posts["hashtags"] = pd.Series(of_posts(posts["hashtags"], posts["caption"]), dtype=object)
    given = posts["recent_views"].tolist()
    posts = with_past(posts.assign(source=OWN, creator=OWN))
    # A table may tell of views before its first post.
    longer = [
        told if len(told) > len(derived) else derived
        for told, derived in zip(given, posts["recent_views"], strict=True)
    ]
    posts["recent_views"] = pd.Series(longer, dtype=object)
    posts = with_compared_past(posts).tail(MOST_POSTS).reset_index(drop=True)
    home = source if source.is_dir() else source.parent
    clips, failures = clips_at(_clip_paths(posts, home), cache_dir, say)
    ids = posts["video_id"]
    return AccountPosts(
        posts=posts,
        clips=clips,
        left_out=tuple(left_out),
        without_clip=tuple(
            Message("account_model.without_clip", id=str(ids.iloc[row]), reason=why)
            for row, why in failures.items()
        ),
    )


def _clip_paths(posts: pd.DataFrame, home: Path) -> dict[int, Path]:
    """Return where the clips are: as the rows say, else under the post's own name."""
    by_name = {
        path.stem: path
        for path in sorted(home.iterdir())
        if path.suffix.lower() in CLIP_SUFFIXES and not path.name.startswith(".")
    }
    paths: dict[int, Path] = {}
    for row, (video_id, given) in enumerate(
        zip(posts["video_id"], posts["video_path"], strict=True)
    ):
        if isinstance(given, str):
            path = Path(given).expanduser()
            paths[row] = path if path.is_absolute() else home / path
        elif str(video_id) in by_name:
            paths[row] = by_name[str(video_id)]
    return paths
