"""What is measured: visual, audio, speech, onscreen_text, text and context, one module each.

A new modality is one module with the verbs of `viral.modalities.features`, and its name in `NAMES`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

NAMES = ("visual", "audio", "speech", "onscreen_text", "text", "context")
"""Order in which modalities are listed everywhere."""
FROM_POST = ("text", "context")
"""What is measured in what the creator says of the post."""
FROM_CLIP = tuple(name for name in NAMES if name not in FROM_POST)
"""What is measured in the clip itself."""


def module_of(modality: str) -> Any:
    """Return the module of a modality, imported when it is first asked for."""
    return import_module(f"{__name__}.{modality}")
