"""The app: the only place that imports gradio."""

from viral.ui.app import build, launch
from viral.ui.serving import prepare

__all__ = ["build", "launch", "prepare"]
