"""yt-dlp, asked for one post at a time.

Everything that knows a platform is yt-dlp's. Here stand the options under which it runs (no other
program, nothing of the user's own configuration, no more than a request in `pause_s`), and what its
errors mean for a person.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from viral.errors import CollectError
from viral.messages import Message
from viral.posts.exporters.scrapers import is_playlist

LOG = logging.getLogger(__name__)

FORMAT = "b[height<=1920]/b"
"""One file with pictures and sound; anything else needs a program that joins them."""
TIMEOUT_S = 20.0
RETRIES = 2
"""yt-dlp's own, for each request; more is impolite."""
LONGEST_REASON = 200
MOST_NESTED = 3
"""Lists within lists: an account, its tabs, a series."""
GONE, REFUSED, BUSY = {404, 410}, {401, 403, 451}, {429}


class TroubleError(CollectError):
    """What kept a post or a list from being read."""

    def __init__(self, reason: Message, kind: Literal["post", "network", "busy"] = "post") -> None:
        """Take a reason that completes "...: it is not there".

        `kind` says whose trouble it is: the post's alone, the network's, or the site's with us.
        """
        super().__init__(reason)
        self.kind = kind


@dataclass(frozen=True)
class Entry:
    """A post of a list that has not been looked at yet."""

    link: str
    raw: Mapping[str, Any]
    """What the list says of it, in yt-dlp's words."""
    depth: int = 0

    @property
    def asks(self) -> bool:
        """Whether looking at it takes a request."""
        return self.raw.get("_type") in ("url", "url_transparent")


class Site(Protocol):
    """What the collector needs of a site."""

    def entries(self, link: str) -> Iterator[Entry]:
        """Yield the posts behind a link, without looking at them."""

    def info(self, entry: Entry) -> Mapping[str, Any] | list[Entry]:
        """Look at a post; a list where the entry turns out to be one."""

    def clip(self, info: Mapping[str, Any]) -> Path | None:
        """Download the clip of a post; None where it has none of a size that is wanted."""


class _Silent:
    """Takes what yt-dlp would print; the host's log gets it at the level of a detail."""

    def debug(self, message: str) -> None:
        LOG.debug("%s", message)

    info = warning = error = debug


def options(
    folder: Path,
    *,
    pause_s: float,
    most_posts: int,
    most_bytes: int,
    cookies: Path | None = None,
) -> dict[str, Any]:
    """Return what yt-dlp is told.

    Parameters
    ----------
    folder : Path
        Where clips go, named by site and post.
    pause_s : float
        Seconds between two requests.
    most_posts : int
        Of a list, the newest first as sites give them.
    most_bytes : int
        Of a clip; a larger one is not fetched.
    cookies : Path, optional
        A file of cookies for what is shown after a login only.
    """
    return {
        "quiet": True,
        "no_warnings": True,
        "noprogress": True,
        "color": "never",
        "logger": _Silent(),
        "cachedir": False,
        "cookiefile": None if cookies is None else str(cookies),
        "format": FORMAT,
        "outtmpl": {"default": str(folder / "%(extractor_key)s-%(id).60B.%(ext)s")},
        "restrictfilenames": True,
        "overwrites": False,
        "continuedl": True,
        "max_filesize": most_bytes,
        "playlistend": most_posts,
        "extract_flat": "in_playlist",
        "ignore_no_formats_error": True,
        "sleep_interval_requests": pause_s,
        "socket_timeout": TIMEOUT_S,
        "retries": RETRIES,
        "extractor_retries": RETRIES,
        "fragment_retries": RETRIES,
        # No other program is started: neither ffmpeg to repair a file nor one that runs scripts.
        "fixup": "never",
        "hls_prefer_native": True,
        "js_runtimes": {},
    }


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it says was behind it, the outermost first."""
    waiting: list[Any] = [error]
    seen: set[int] = set()
    while waiting:
        now = waiting.pop(0)
        if not isinstance(now, BaseException) or id(now) in seen:
            continue
        seen.add(id(now))
        yield now
        inside = getattr(now, "exc_info", None)
        waiting += [
            getattr(now, "cause", None),
            inside[1] if isinstance(inside, tuple) and len(inside) > 1 else None,
            now.__cause__,
        ]


def trouble(error: BaseException, *, tired: bool = False) -> TroubleError:
    """Return what an error of yt-dlp means, in words for a person.

    Parameters
    ----------
    error : BaseException
        What yt-dlp raised.
    tired : bool
        Whether a download was begun again as often as it may be. What broke it off last is no
        cause of the error then, so that the error alone does not tell.
    """
    from yt_dlp.networking.exceptions import HTTPError, TransportError
    from yt_dlp.utils import ContentTooShortError, ExtractorError, UnsupportedError

    causes = list(_causes(error))
    status = next((int(cause.status) for cause in causes if isinstance(cause, HTTPError)), 0)
    if status in BUSY:
        return TroubleError(Message("collect.why.busy"), "busy")
    if status in GONE:
        return TroubleError(Message("collect.why.gone"))
    if status in REFUSED:
        return TroubleError(Message("collect.why.login"))
    if status:
        return TroubleError(Message("collect.why.status", status=status))
    silent = (TransportError, ContentTooShortError, TimeoutError, ConnectionError)
    if tired or any(isinstance(cause, silent) for cause in causes):
        return TroubleError(Message("collect.why.silent"), "network")
    if any(isinstance(cause, UnsupportedError) for cause in causes):
        return TroubleError(Message("collect.why.no_clip"))
    words = next((c.orig_msg for c in causes if isinstance(c, ExtractorError)), str(error))
    first = " ".join(str(words).split()).split(". ")[0].rstrip(".")
    words = first[:LONGEST_REASON] or type(error).__name__
    return TroubleError(Message("collect.why.yt_dlp", words=words))


class _Attempts:
    """How often the download under way was begun again; yt-dlp tells it before each time."""

    def __init__(self) -> None:
        self._last = -1

    def begin(self) -> None:
        """Start with another download."""
        self._last = -1

    def __call__(self, n: int) -> float:
        """Take the number of the attempt, from 0, and return the seconds to wait before it."""
        self._last = max(self._last, n)
        return 0.0

    @property
    def spent(self) -> bool:
        """Whether none is left."""
        return self._last >= RETRIES - 1


@contextmanager
def _told(attempts: _Attempts | None = None) -> Iterator[None]:
    from yt_dlp.utils import YoutubeDLError

    try:
        yield
    except (YoutubeDLError, OSError, UnicodeError) as error:
        raise trouble(error, tired=attempts is not None and attempts.spent) from error


class YtDlp:
    """A site as yt-dlp sees it; to be closed after use."""

    def __init__(self, chosen: Mapping[str, Any]) -> None:
        """Take the options; see `options`."""
        import yt_dlp

        self._attempts = _Attempts()
        waits = {"http": self._attempts, "fragment": self._attempts}
        self._library = yt_dlp.YoutubeDL({**chosen, "retry_sleep_functions": waits})
        self._most_posts = int(chosen["playlistend"])

    def close(self) -> None:
        """Close what is open, and write cookies back where a file of them was given."""
        self._library.close()

    def entries(self, link: str) -> Iterator[Entry]:
        """Yield the posts behind a link, the first `most_posts` of a list, without looking at them.

        Raises
        ------
        TroubleError
            It is not there, is not shown, or the network does not answer.
        """
        with _told():
            raw = self._library.extract_info(link, download=False, process=False)
            yield from self._listed(raw or {}, link, 0)

    def _listed(self, raw: Mapping[str, Any], link: str, depth: int) -> Iterator[Entry]:
        if not is_playlist(raw):
            yield Entry(link, raw, depth)
            return
        if depth >= MOST_NESTED:
            return
        for number, entry in enumerate(raw.get("entries") or ()):
            if number >= self._most_posts:
                return
            if is_playlist(entry):
                yield from self._listed(entry, link, depth + 1)
            elif entry:
                where = entry.get("webpage_url") or entry.get("url")
                yield Entry(str(where or f"{link}#{entry.get('id')}"), entry, depth + 1)

    def info(self, entry: Entry) -> Mapping[str, Any] | list[Entry]:
        """Look at a post; the posts of a list where the entry turns out to be one.

        Raises
        ------
        TroubleError
            See `entries`.
        """
        with _told():
            found = self._library.process_ie_result(dict(entry.raw), download=False)
            if is_playlist(found or {}):
                return list(self._listed(found, entry.link, entry.depth))
            return dict(found or {})

    def clip(self, info: Mapping[str, Any]) -> Path | None:
        """Download the clip of a post, going on where an earlier run broke off.

        Returns
        -------
        Path or None
            None where there is no clip, or only a larger one.

        Raises
        ------
        TroubleError
            See `entries`.
        """
        if not info.get("formats") and not info.get("url"):
            return None
        self._attempts.begin()
        with _told(self._attempts):
            done = self._library.process_ie_result(dict(info), download=True) or {}
        for part in done.get("requested_downloads") or ():
            path = Path(str(part.get("filepath") or ""))
            if path.is_file():
                return path
        return None
