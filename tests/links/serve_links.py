"""Serve the app on made-up results, with links to a site on the loopback: APP_PORT SITE_PORT."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from fabricated import pipeline  # noqa: E402

from viral.links.fetching import Fetcher  # noqa: E402
from viral.settings import settings  # noqa: E402
from viral.ui import build, launch, prepare  # noqa: E402
from viral.ui.running import Runner  # noqa: E402

if __name__ == "__main__":
    chosen = dataclasses.replace(
        settings(), port=int(sys.argv[1]), accept_links=True, link_hosts="clips.test,videos.test"
    )
    prepare(chosen)
    child = (sys.executable, str(HERE / "loopback_child.py"), sys.argv[2])
    launch(build(chosen, Runner(pipeline), Fetcher(chosen, child)), chosen, warm_up=False)
