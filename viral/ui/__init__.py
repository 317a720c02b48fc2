"""The app: the only place that imports gradio."""

from viral.ui.app import build, launch

__all__ = ["build", "launch"]
