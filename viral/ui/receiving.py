"""Uploads as they arrive: each gets a place of its own, and one that fails leaves nothing.

Gradio puts an upload into a folder of its hash and leaves what had come of one that broke off. Its
function is wrapped here, because it has no setting for either.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from gradio import route_utils, routes
from gradio.route_utils import GradioMultiPartParser, MultiPartException
from starlette.datastructures import FormData
from starlette.requests import Request

from viral.hosting.bodies import TooLargeError, TooManyFilesError
from viral.hosting.places import Places

MOST_FILES = 10
"""Of one request; the page and `gradio_client` send them one by one."""
GRADIOS_TOO_LARGE = "maximum allowed size"
"""Words of the error of Gradio's own limit, by which its route tells it from others as well."""


class ClosingParser(GradioMultiPartParser):
    """Gradio's parser, which closes its files whatever goes wrong: open ones stay on the disk."""

    async def parse(self) -> FormData:
        """Read the form."""
        try:
            return await super().parse()
        except BaseException:
            for file in self._files_to_close_on_error:
                # What was not written yet finds no more room on a full disk either.
                with contextlib.suppress(OSError):
                    file.close()
            raise


_gradios_upload = routes.upload_fn


def receive_into(places: Places) -> None:
    """Let Gradio's upload route put each upload into a place of its own."""

    async def received(
        request: Request,
        upload_dir: str,
        max_file_size: float,
        upload_id: str | None,
        force_move: bool = True,
        upload_progress: Any = None,
    ) -> tuple[list[str], list[str], list[str]]:
        place = places.make(Path(upload_dir))
        try:
            files, copied, locations = await _gradios_upload(
                request, place, max_file_size, upload_id, force_move, upload_progress
            )
            if len(files) > MOST_FILES:
                raise TooManyFilesError
            _leave_only(place, {*map(Path, files), *map(Path, copied)})
        except BaseException as error:
            places.remove(place)
            if upload_id and upload_progress is not None:
                upload_progress.stop_tracking(upload_id)
            if isinstance(error, MultiPartException) and GRADIOS_TOO_LARGE in error.message:
                # The gate says it in the app's words.
                raise TooLargeError from error
            raise
        places.settle(place, request.client.host if request.client else "")
        return files, copied, locations

    routes.upload_fn = received
    route_utils.GradioMultiPartParser = ClosingParser  # type: ignore[misc]


def _leave_only(place: Path, wanted: set[Path]) -> None:
    """Delete what came in fields of other names."""
    for path in place.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()
