"""Fetching the clip behind a link: what the app sees of it.

The work is done by a child process (`viral.links.child`) that is killed when its time is up.
Nothing that it or a site says reaches a person but the clip, and the caption as text.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viral.errors import ViralError
from viral.links.addresses import checked_link, host_names
from viral.messages import Message
from viral.settings import Settings

LOG = logging.getLogger(__name__)

CHILD = (sys.executable, "-m", "viral.links.child")
CLIP_SUFFIXES = (".mp4", ".mov", ".webm", ".mkv", ".m4v")
PASSED_ON = ("LANG", "LC_ALL", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "SYSTEMROOT")
"""What the child has of the app's environment: no key, no address of a database, no proxy. Without
`PATH` it finds no other program."""
LONGEST_ANSWER = 100_000
PROBLEMS = frozenset(
    {
        "address",
        "busy",
        "full",
        "gone",
        "host",
        "large",
        "link",
        "list",
        "long",
        "network",
        "none",
        "rate",
        "slow",
    }
)
"""Words that say why a clip does not come; the sentence of each is `link.problem_` and the word."""


class LinkError(ViralError):
    """A link that cannot be followed; `problem` is a word of `PROBLEMS`."""

    def __init__(self, problem: str, values: Mapping[str, Any]) -> None:
        """Take the word, and what fills the places of its sentence."""
        super().__init__(Message(f"link.problem_{problem}", **values))
        self.problem = problem
        self.values = values


@dataclass(frozen=True)
class Fetched:
    """A clip that was fetched."""

    path: Path
    caption: str | None
    """What stands with the post, or None."""


class Fetcher:
    """Fetches clips for one app."""

    def __init__(self, settings: Settings, child: Sequence[str] = CHILD) -> None:
        """Take the limits; tests may give another child.

        Raises
        ------
        ViralError
            The list of hosts cannot be read.
        """
        self.hosts = host_names(settings.link_hosts)
        self._settings = settings
        self._child = tuple(child)
        self._values = {
            "hosts": ", ".join(self.hosts[:3]),
            "minutes": settings.max_clip_duration_s / 60,
            "megabytes": settings.max_clip_bytes / 1e6,
            "seconds": settings.link_timeout_s,
        }

    def problem(self, word: str) -> LinkError:
        """Return the error for a word of `PROBLEMS`."""
        return LinkError(word, self._values)

    def fetch(self, given: str, parent: Path) -> Fetched:
        """Fetch the clip behind a link into a new folder.

        Parameters
        ----------
        given : str
            What was pasted.
        parent : Path
            The folder of uploads; nothing is left in it when the clip does not come.

        Raises
        ------
        LinkError
            The link is refused, or its clip does not come.
        """
        link = checked_link(given, self.hosts)
        if link is None:
            raise self.problem("link")
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="link-", dir=parent))
        try:
            told = self._asked(link, folder)
            clip = self._clip(told, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        caption = told.get("caption")
        return Fetched(clip, caption if isinstance(caption, str) and caption.strip() else None)

    def _asked(self, link: str, folder: Path) -> Mapping[str, Any]:
        request = {
            "link": link,
            "folder": str(folder),
            "hosts": self.hosts,
            "most_bytes": self._settings.max_clip_bytes,
            "longest_s": self._settings.max_clip_duration_s,
            "seconds": self._settings.link_timeout_s,
        }
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        # yt-dlp looks for plugins and settings in the user's folders; here there are none.
        environment |= {
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "YTDLP_NO_PLUGINS": "1",
            "PYTHONWARNINGS": "ignore",
        }
        try:
            done = subprocess.run(
                self._child,
                input=json.dumps(request).encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                timeout=self._settings.link_timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise self.problem("slow") from None
        try:
            told = json.loads(done.stdout[:LONGEST_ANSWER])
        except ValueError:
            told = None
        if not isinstance(told, dict):
            LOG.error("The process that fetches links ended with code %s.", done.returncode)
            raise self.problem("network")
        if told.get("problem"):
            word = str(told["problem"])
            raise self.problem(word if word in PROBLEMS else "gone")
        return told

    def _clip(self, told: Mapping[str, Any], folder: Path) -> Path:
        path = folder / Path(str(told.get("clip"))).name
        if path.is_symlink() or not path.is_file() or path.stat().st_size == 0:
            raise self.problem("none")
        if path.stat().st_size > self._settings.max_clip_bytes:
            raise self.problem("large")
        suffix = path.suffix.lower()
        clip = path.with_name(f"clip{suffix if suffix in CLIP_SUFFIXES else '.mp4'}")
        path.rename(clip)
        for other in folder.iterdir():
            if other != clip and other.is_file():
                other.unlink()
        return clip


def fetcher_for(settings: Settings) -> Fetcher | None:
    """Return what follows links, or None where the host does not allow it.

    Raises
    ------
    ViralError
        It is allowed, and yt-dlp is not installed.
    """
    if not settings.accept_links:
        return None
    if importlib.util.find_spec("yt_dlp") is None:
        raise ViralError(Message("package.missing", package="yt-dlp"))
    return Fetcher(settings)
