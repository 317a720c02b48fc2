"""How the app is served to others: its own folder for clips, the gate in front, and a soft end.

`prepare` comes before the app is built, because Gradio notes its folder then.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import processing_utils
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware

from viral.errors import ViralError
from viral.hosting.gate import Gate, HostState, Limits
from viral.hosting.logs import use_json_lines
from viral.hosting.memory import keep_little
from viral.hosting.metrics import METRICS
from viral.hosting.places import Places
from viral.hosting.refusals import Refusal, ticket
from viral.hosting.scratch import Scratch, base_folder, place_for_compiled_code
from viral.media import walls
from viral.messages import Message
from viral.settings import Settings
from viral.ui import tunnel
from viral.ui.queueing import SayingQueue
from viral.ui.receiving import receive_into
from viral.version import __version__

LOG = logging.getLogger(__name__)

WAIT_STEP_S = 0.1
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass
class Host:
    """What belongs to the process that serves the app."""

    scratch: Scratch
    places: Places


_hosts: list[Host] = []
"""The one of this process, or none."""


def prepare(settings: Settings) -> Host:
    """Make this process one that serves: private files, in one folder that goes with it.

    Harmless when called again.

    Raises
    ------
    ViralError
        The folder for clips cannot be made.
    """
    if _hosts:
        return _hosts[0]
    ask_for_no_card()
    os.umask(0o077)
    keep_little()
    base = base_folder()
    try:
        scratch = Scratch(base)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ViralError(Message("host.no_folder", path=str(base), reason=reason)) from error
    os.environ["GRADIO_TEMP_DIR"] = str(scratch.folder)
    # Whatever a library puts into the temporary folder meanwhile goes with the clips.
    tempfile.tempdir = str(scratch.folder)
    place_for_compiled_code(scratch.folder)
    atexit.register(scratch.release)
    scratch.keep_sweeping(settings.upload_lifetime_s)
    places = Places()
    receive_into(places)
    _hosts.append(Host(scratch, places))
    return _hosts[0]


def ask_for_no_card() -> None:
    """Tell ZeroGPU, where the app runs on it, that there is a function that may use its card.

    It ends an app without one. This one is never called: clips are looked at on the processor.
    """
    if os.environ.get("SPACES_ZERO_GPU", "").lower() not in ("1", "t", "true"):
        return
    import spaces  # the host brings it

    spaces.GPU(lambda: None)


def forbid_fetching() -> None:
    """Let Gradio fetch nothing that a visitor names by a link, whatever the route.

    Gradio downloads a file that is given as a public address. Here that would make the server ask
    other machines for whatever a stranger wants.
    """

    async def refused(url: str, cache_dir: str) -> str:
        del url, cache_dir
        raise gr.Error(str(Message("host.no_links")), print_exception=False)

    def refused_at_once(url: str, cache_dir: str) -> str:
        del url, cache_dir
        raise gr.Error(str(Message("host.no_links")), print_exception=False)

    processing_utils.async_ssrf_protected_download = refused
    processing_utils.ssrf_protected_download = refused_at_once
    processing_utils.save_url_to_cache = refused_at_once


def believe_no_header() -> None:
    """Let the server tell the gate who really opened a connection.

    Uvicorn puts what `X-Forwarded-For` says in the place of a peer that it trusts: by default of
    whoever is on this machine, and of everybody where a host sets `FORWARDED_ALLOW_IPS=*`. The
    gate reads that header itself, as far as `VIRAL_TRUSTED_PROXIES` says.
    """
    os.environ["FORWARDED_ALLOW_IPS"] = ""


def reach_this_machine_directly() -> None:
    """Let no proxy of the environment stand between the app and itself.

    Gradio asks the app for its own pages as it starts, by a client that would send even that to
    `HTTP_PROXY`. What else the environment says of proxies stays.
    """
    for name in ("NO_PROXY", "no_proxy"):
        listed = [place for place in os.environ.get(name, "").split(",") if place.strip()]
        missing = [place for place in LOOPBACK if place not in listed]
        os.environ[name] = ",".join([*listed, *missing])


def stored_bytes() -> int:
    """Return how many bytes of clips this process has on disk."""
    return _hosts[0].scratch.stored_bytes() if _hosts else 0


def held_bytes(client: str) -> int:
    """Return how many bytes of a client's uploads are on disk."""
    return _hosts[0].places.held_bytes(client) if _hosts else 0


def refused_upload(refusal: Refusal) -> str:
    """Return the name of an upload that stands for a refusal."""
    return ticket(refusal, Path(get_upload_folder()))


def _walls() -> dict[str, Any] | None:
    found = walls.found()
    return None if found is None else found.to_dict()


def gate_for(settings: Settings, warm: Callable[[], bool]) -> tuple[HostState, dict[str, Any]]:
    """Return the state that the gate shows and the arguments that put it in front of the app."""
    state = HostState(
        # Not the installed package's: hosts such as Spaces run a folder of code.
        version=__version__,
        warm=warm,
        stored_bytes=stored_bytes,
        held_bytes=held_bytes,
        ticket=refused_upload,
        walls=_walls,
    )
    limits = Limits(
        max_clip_bytes=settings.max_clip_bytes,
        calls_per_minute=settings.calls_per_minute,
        upload_bytes_per_minute=settings.upload_bytes_per_minute,
        max_stored_bytes=settings.max_stored_bytes,
        trusted_proxies=settings.trusted_proxies,
    )
    layer = Middleware(Gate, limits=limits, metrics=METRICS, state=state)
    return state, {"middleware": [layer]}


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """Yield what is set by SIGTERM or SIGINT, from before the port is open until the end."""
    told = threading.Event()

    def stop(number: int, frame: Any) -> None:
        del frame
        if told.is_set():
            # Whoever asks twice means now.
            raise SystemExit(128 + number)
        told.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def serve_until_told(
    app: gr.Blocks,
    state: HostState,
    told: threading.Event,
    busy: Callable[[], bool],
    grace_s: float,
    queue: SayingQueue,
) -> None:
    """Wait until told to stop, let what is under way end, and close.

    Parameters
    ----------
    app
        That is being served.
    state
        Told that the app is stopping: newcomers are turned away with a sentence.
    told
        From `stop_signals`.
    busy
        Whether a clip is being looked at.
    grace_s
        Seconds that what is under way is given.
    queue
        Tells those who wait, and those whose clip takes longer than that.
    """
    # Not before: what goes wrong on the way here is told to whoever started the app.
    use_json_lines()
    told.wait()
    state.stopping = True
    LOG.info("Stopping.")
    stopping = Refusal("stopping")
    queue.dismiss(stopping, under_way=False)
    until_s = time.monotonic() + grace_s
    while busy() and time.monotonic() < until_s:
        time.sleep(WAIT_STEP_S)
    if busy():
        queue.dismiss(stopping, under_way=True)
    queue.flush()
    tunnel.closed()
    app.close(verbose=False)
    for host in _hosts:
        host.scratch.release()
    LOG.info("Stopped.")
