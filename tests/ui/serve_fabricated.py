"""Serve the app on made-up results, to work on its look.

python tests/ui/serve_fabricated.py 7861
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fabricated import pipeline

from viral.settings import settings
from viral.ui import build, launch
from viral.ui.running import Runner

if __name__ == "__main__":
    chosen = dataclasses.replace(settings(), port=int(sys.argv[1]))
    launch(build(chosen, Runner(pipeline)), chosen, warm_up=False)
