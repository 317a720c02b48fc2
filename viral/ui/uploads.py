"""Clips that a browser has sent: found safely, and deleted as soon as they have been looked at.

The browser says where its upload is, so what it says is checked: only files in the upload folder
and the demo clips are ever opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder

from viral.errors import MediaError
from viral.hosting.places import delete_up_to
from viral.hosting.refusals import of_ticket
from viral.messages import Message
from viral.ui.theme import ASSETS_DIR


@dataclass(frozen=True)
class Demo:
    """A demo clip and the post it plays, for one click."""

    name: str
    """Stem of its files in `assets/`; also the key of its title in the table of strings."""
    caption: str
    followers: str
    recent_views: str
    sound: str

    @property
    def path(self) -> Path:
        """The clip."""
        return ASSETS_DIR / f"{self.name}.mp4"

    @property
    def poster(self) -> Path:
        """A still of it."""
        return ASSETS_DIR / f"{self.name}.jpg"


DEMOS = (
    Demo(
        name="demo_tutorial",
        caption="Never buy spring onions again #cooking #kitchenhacks #tutorial",
        followers="12000",
        recent_views="900, 1500, 700, 1200, 2100",
        sound="original",
    ),
    Demo(
        name="demo_montage",
        caption="One year outside in twelve seconds #nature #travel",
        followers="48000",
        recent_views="5200, 4100, 8800, 6000, 7400",
        sound="library",
    ),
    Demo(
        name="demo_text_card",
        caption="Save this before your first 10K #running",
        followers="800",
        recent_views="240, 310, 180",
        sound="unknown",
    ),
)
"""Accounts and captions are made up."""


def demos() -> list[Demo]:
    """Return the demo clips whose files are there."""
    return [demo for demo in DEMOS if demo.path.is_file()]


def demo_of(clip: Any) -> Demo | None:
    """Return the demo that the box holds, if it holds one."""
    name = clip.get("demo") if isinstance(clip, dict) else None
    return next((demo for demo in demos() if demo.name == name), None)


def clip_path(clip: Mapping[str, Any] | None) -> tuple[Path, Demo | None]:
    """Return the file that a browser or a client means, and the demo that it is, if it is one.

    Parameters
    ----------
    clip : mapping, optional
        `{"demo": name}`, or `{"path": path}` as the upload returned it.

    Raises
    ------
    MediaError
        No clip was given, it was deleted meanwhile, or the path is not that of an upload.
    """
    if not isinstance(clip, Mapping) or not (clip.get("demo") or clip.get("path")):
        raise MediaError(Message("clip.missing"))
    if clip.get("demo"):
        for demo in demos():
            if demo.name == clip["demo"]:
                return demo.path, demo
        raise MediaError(Message("upload.gone"))
    return upload_path(clip["path"]), None


def upload_path(place: object) -> Path:
    """Return the uploaded file that a browser means by a path.

    Raises
    ------
    MediaError
        It was deleted meanwhile, it was turned away when it was sent, or the path is not that of an
        upload.
    """
    folder = Path(get_upload_folder())
    refusal = of_ticket(str(place), folder)
    if refusal is not None:
        raise MediaError(refusal.message)
    try:
        path = Path(str(place)).resolve()
        there = path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError):  # names too long for the system, NUL in the name
        there = False
    if not there:
        raise MediaError(Message("upload.gone"))
    return path


def delete_upload(path: Path) -> None:
    """Delete an uploaded file and the folders made for it; missing ones are fine."""
    delete_up_to(path, Path(get_upload_folder()))
