"""The app's own clips and pictures at addresses of their own, which say nothing of the server.

Gradio serves a file at an address that holds its whole path: the names of the host's folders, for
every visitor to read.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from viral.shipped import shipped_path
from viral.ui.uploads import demos

PREFIX = "own"
PICTURES = shipped_path("docs/pictures")
"""Of the tutorial."""
KEPT = {"cache-control": "public, max-age=3600"}


def address_of(path: Path) -> str:
    """Return where the page finds one of the files, relative to the page."""
    return f"{PREFIX}/{path.name}"


@cache
def _files() -> dict[str, Path]:
    paths = [path for demo in demos() for path in (demo.path, demo.poster)]
    paths += sorted(PICTURES.glob("*.jpg"))
    return {path.name: path for path in paths if path.is_file()}


async def _answer(request: Request) -> FileResponse:
    path = _files().get(request.path_params["name"])
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, headers=KEPT)


def routes() -> list[Route]:
    """Return what the app serves besides Gradio's own."""
    return [Route(f"/{PREFIX}/{{name}}", _answer)]
