"""Serve the app on made-up results, each of which takes a while: python fabricated_host.py SECONDS

As `app.py` does otherwise. A clip that cannot be read any more is an error, as of the pipeline.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fabricated import analysis

from viral.errors import MediaError
from viral.pipeline import STAGES, Analysis
from viral.posts.details import PostDetails
from viral.settings import settings
from viral.ui import build, launch, prepare
from viral.ui.running import Runner


def slow(path: Path, details: PostDetails, on_stage: Callable[[str], None]) -> Analysis:
    """Take the seconds that were given, then look for the clip and make a result up."""
    on_stage(STAGES[0])
    time.sleep(float(sys.argv[1]))
    if not path.is_file():
        raise MediaError("The clip went while it waited.")
    return analysis(details=details)


if __name__ == "__main__":
    prepare(settings())
    launch(build(settings(), Runner(slow, lambda: None)), settings(), warm_up=False)
