"""Posts and clips from links and accounts: what `viral collect` does.

Each post is a line in the folder's journal before the next one is asked for, so that whatever stops
a run loses at most the post under way. The same call again passes over what is there.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from viral.collecting.journal import Journal, Record, key_of
from viral.collecting.site import Entry, Site, TroubleError
from viral.errors import CollectError
from viral.messages import Message
from viral.posts.cells import is_missing
from viral.posts.column_names import anonymous
from viral.posts.exporters.exporter import Reader, flat
from viral.posts.exporters.scrapers import YT_DLP
from viral.posts.schema import COLUMNS

JITTER = 0.5
"""A pause is up to half as long again: a steady beat is what sites take for a machine gone wild."""
COUNTED_LATELY = timedelta(hours=1)
"""A recount passes over what was counted within it, so that one that broke off goes on."""
FAILURES_THAT_END = 2
"""Posts in a row to which the network did not answer; one may be the post's own server."""

OnPost = Callable[[int, str], None]
"""Told how many posts have been counted, and what became of the newest."""


@dataclass
class Collected:
    """What became of a run."""

    counted: int = 0
    """Posts that were counted in this run."""
    clips: int = 0
    """Clips that were downloaded in this run."""
    passed_over: int = 0
    """Posts that an earlier run has, or counted lately."""
    posts: int = 0
    """Posts in the folder."""
    failures: list[Message] = field(default_factory=list)
    """A sentence for each post that could not be read."""
    broken_off: Message | None = None
    """A sentence, where the run ended before its end, or a link led nowhere."""


@dataclass(frozen=True)
class Wanted:
    """What is to be collected."""

    clips: bool = True
    longest_clip_s: float = math.inf
    pause_s: float = 5.0
    """Between two posts, besides yt-dlp's own pause between two requests."""


def checked_links(links: Sequence[str]) -> list[str]:
    """Return links without repetitions, `https://` added where it was left out.

    Raises
    ------
    CollectError
        One is no address of a page.
    """
    found = []
    for given in links:
        link = given.strip()
        if not link or link.startswith("#"):
            continue
        if "://" not in link and not link.startswith("@") and "." in link.split("/")[0]:
            link = f"https://{link}"
        try:
            parts = urlsplit(link)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            whole = False
        if not whole or not link.isprintable() or " " in link:
            raise CollectError(Message("collect.no_link", given=given.strip()[:80]))
        found.append(link)
    return list(dict.fromkeys(found))


def record_of(info: Mapping[str, Any], asked: str, counted_at: datetime) -> Record:
    """Return the line for a post as yt-dlp tells of it: columns of the schema, and its link.

    The account's name is replaced by its code; the link, which may hold the name, is kept to count
    the post again and is in neither table.

    Raises
    ------
    TroubleError
        It has no number, or nothing that could be counted.
    """
    row = Reader(YT_DLP).row(flat(info)) or {}
    record: Record = {"source": str(info.get("extractor_key") or "link").lower()}
    for name in COLUMNS:
        value = row.get(name)
        if name in ("source", "collected_at", "video_path", "horizon_days") or is_missing(value):
            continue
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            continue
        record[name] = value if isinstance(value, (int, float, list)) else str(value)
    if "creator" in record:
        record["creator"] = anonymous(record["creator"])
    if "video_id" not in record or not {"views", "likes"} & set(record):
        raise TroubleError(Message("collect.why.no_counts"))
    record["collected_at"] = counted_at.isoformat(timespec="seconds")
    record["link"] = str(info.get("webpage_url") or asked)
    record["asked"] = asked
    return record


class Collector:
    """One run into one folder."""

    def __init__(
        self,
        journal: Journal,
        site: Site,
        wanted: Wanted,
        *,
        on_post: OnPost = lambda count, what: None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(tz=UTC),
    ) -> None:
        """Take what is asked, what is wanted, and where it goes."""
        self._journal = journal
        self._site = site
        self._wanted = wanted
        self._on_post = on_post
        self._sleep = sleep
        self._now = now
        self._asked = 0
        self._silent = 0
        self.result = Collected()

    def collect(self, links: Sequence[str]) -> Collected:
        """Collect what stands behind links, accounts among them.

        What goes wrong with one post is a sentence in the result; what goes wrong with the network
        ends the run, with what was collected until then kept.
        """
        return self._run((link, self._entries_of(link)) for link in links)

    def recount(self) -> Collected:
        """Count every post of the folder again, the one counted longest ago first."""
        old = sorted(self._journal.newest.values(), key=lambda record: str(record["collected_at"]))
        return self._run((str(r["link"]), self._again(r)) for r in old if r.get("link"))

    def _run(self, sources: Iterator[tuple[str, Iterator[Entry]]]) -> Collected:
        result = self.result
        try:
            for link, entries in sources:
                try:
                    for entry in entries:
                        self._post(entry)
                except TroubleError as error:
                    self._link_failed(link, error)
        except _EndError as end:
            result.broken_off = end.message
        result.posts = len(self._journal.newest)
        return result

    def _link_failed(self, link: str, error: TroubleError) -> None:
        if error.kind != "post":
            raise _EndError(self._ended(error)) from error
        if self.result.broken_off is not None:
            self.result.failures.append(self.result.broken_off)
        self.result.broken_off = Message(
            "collect.link_failed", link=_shown(link), reason=error.message
        )

    def _ended(self, error: TroubleError) -> Message:
        if not self.result.counted:
            return Message("collect.nothing_yet", reason=error.message)
        return Message("collect.stopped", count=self.result.counted, reason=error.message)

    def _entries_of(self, link: str) -> Iterator[Entry]:
        if self._there(link):
            self.result.passed_over += 1
            return
        self._wait()
        for entry in self._site.entries(link):
            if self._there(entry.link):
                self.result.passed_over += 1
            else:
                yield entry

    def _there(self, link: str) -> bool:
        record = self._journal.of_link(link)
        if record is None:
            return False
        return bool(
            not self._wanted.clips or record.get("video_path") or record.get("clip_missing")
        )

    def _again(self, record: Record) -> Iterator[Entry]:
        counted = datetime.fromisoformat(str(record["collected_at"]))
        if self._now() - counted < COUNTED_LATELY:
            self.result.passed_over += 1
            return
        link = str(record["link"])
        self._wait()
        try:
            for entry in self._site.entries(link):
                # The line is found again by what was asked for first.
                yield Entry(str(record.get("asked") or link), entry.raw, entry.depth)
        except TroubleError as error:
            self._failed(link, error)

    def _wait(self) -> None:
        if self._asked:
            self._sleep(self._wanted.pause_s * (1.0 + random.uniform(0.0, JITTER)))  # noqa: S311
        self._asked += 1

    def _post(self, entry: Entry) -> None:
        if entry.asks:
            self._wait()
        try:
            info = self._site.info(entry)
            if isinstance(info, list):
                for inner in info:
                    if self._there(inner.link):
                        self.result.passed_over += 1
                    else:
                        self._post(inner)
                return
            record = record_of(info, entry.link, self._now())
        except TroubleError as error:
            self._failed(entry.link, error)
            return
        trouble = self._clip(info, record)
        self._journal.add(record)
        self.result.counted += 1
        self._on_post(self.result.counted, str(record["video_id"]))
        if trouble is not None:
            self._failed(entry.link, trouble)
        else:
            self._silent = 0

    def _clip(self, info: Mapping[str, Any], record: Record) -> TroubleError | None:
        """Download the clip into the record; what goes wrong costs the clip, never the counts."""
        there = self._journal.newest.get(key_of(record), {}).get("video_path")
        if there or not self._wanted.clips:
            return None
        if info.get("is_live") or float(info.get("duration") or 0.0) > self._wanted.longest_clip_s:
            record["clip_missing"] = str(Message("collect.why.too_long"))
            return None
        try:
            path = self._site.clip(info)
        except TroubleError as error:
            if error.kind == "post":
                record["clip_missing"] = str(error)
            return error
        if path is None:
            record["clip_missing"] = str(Message("collect.why.no_size"))
            return None
        record["video_path"] = str(Path(path).relative_to(self._journal.folder))
        self.result.clips += 1
        return None

    def _failed(self, link: str, error: TroubleError) -> None:
        self.result.failures.append(
            Message("collect.left_out", link=_shown(link), reason=error.message)
        )
        self._silent = self._silent + 1 if error.kind == "network" else 0
        if self._silent >= FAILURES_THAT_END or error.kind == "busy":
            raise _EndError(self._ended(error)) from error


class _EndError(CollectError):
    """The run ends here, with a sentence."""


def _shown(link: str) -> str:
    return link if len(link) <= 120 else f"{link[:120]}..."
