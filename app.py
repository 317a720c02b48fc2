"""Spaces entry point: builds the app and launches it."""

from viral.settings import settings
from viral.ui import build, launch, prepare

prepare(settings())
demo = build(settings())

if __name__ == "__main__":
    launch(demo, settings())
