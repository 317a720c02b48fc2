"""Spaces entry point: builds the app and launches it."""

import sys

from viral.errors import ViralError
from viral.settings import settings
from viral.ui import build, launch, prepare

try:
    prepare(settings())
    demo = build(settings())
    if __name__ == "__main__":
        launch(demo, settings())
except ViralError as error:
    print(f"viral: {error}", file=sys.stderr)
    sys.exit(2)
