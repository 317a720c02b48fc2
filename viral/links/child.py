"""The process that fetches one clip: `python -m viral.links.child`, a request on standard input.

It runs yt-dlp under the guard of `viral.links.addresses`, behind the walls of `viral.links.walls`
and under limits of its own, with an environment that holds nothing of the app's. The answer is one
line of JSON: what became of the clip, as a word that `viral.links.fetching` has a sentence for.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from viral.collecting.site import TroubleError, YtDlp, options
from viral.links.addresses import Guard
from viral.links.walls import wall_in
from viral.posts.exporters.scrapers import caption_of

MEMORY_BYTES = 1_500_000_000
"""Address space; yt-dlp takes about a third of it."""
FORMAT = "b[protocol^=http][height<=1920]/b[protocol^=http]"
"""One file over plain requests; anything else would want another program."""
LONGEST_CAPTION = 5_000
BUSY_WORDS = {"network": "network", "busy": "busy"}


def limit(seconds: float, most_bytes: int) -> None:
    """Limit this process: processor time, memory, the size of a file, open files, core dumps."""
    for kind, most in (
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, most_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def fetch(request: Mapping[str, Any], guard: Guard) -> dict[str, Any]:
    """Fetch the clip of a post into a folder.

    Parameters
    ----------
    request : mapping
        `link`, `folder`, `most_bytes` and `longest_s`.
    guard : Guard
        Stands while it lasts.

    Returns
    -------
    dict
        `{"clip": name of the file, "caption": words or None}`, or `{"problem": a word}`.
    """
    folder, most_bytes = Path(request["folder"]), int(request["most_bytes"])
    chosen = {
        **options(folder, pause_s=0.0, most_posts=1, most_bytes=most_bytes),
        "format": FORMAT,
        "outtmpl": {"default": str(folder / "clip.%(ext)s")},
        "proxy": "",
        "noplaylist": True,
        "nopart": True,
        "continuedl": False,
    }
    with guard.standing():
        library = YtDlp(chosen)
        try:
            entries = list(library.entries(str(request["link"])))
            if len(entries) != 1 or entries[0].depth:
                return {"problem": "list"}
            info = library.info(entries[0])
            if isinstance(info, list):
                return {"problem": "list"}
            if info.get("is_live") or float(info.get("duration") or 0.0) > request["longest_s"]:
                return {"problem": "long"}
            path = library.clip(info)
        except TroubleError as error:
            if guard.refused:
                return {"problem": guard.refused[0]}
            if any(part.stat().st_size >= most_bytes for part in folder.iterdir()):
                return {"problem": "large"}
            return {"problem": BUSY_WORDS.get(error.kind, "gone")}
        except MemoryError:
            return {"problem": "large"}
        finally:
            library.close()
    if path is None:
        # yt-dlp passes over a file that is announced as too large without a word.
        return {"problem": "large" if info.get("url") or info.get("formats") else "none"}
    caption = caption_of(info)
    return {"clip": path.name, "caption": None if caption is None else caption[:LONGEST_CAPTION]}


def main(guard: Guard | None = None) -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    limit(float(request["seconds"]), int(request["most_bytes"]))
    # Whatever a library prints goes nowhere, the answer to where the app listens.
    answer = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    # It would make connections of its own, past the guard.
    sys.modules["curl_cffi"] = None  # type: ignore[assignment]
    guard = guard or Guard(tuple(request["hosts"]))
    wall_in(Path(request["folder"]), guard.ports)
    told = fetch(request, guard)
    with os.fdopen(answer, "w", encoding="utf-8") as out:
        json.dump(told, out)


if __name__ == "__main__":
    main()
