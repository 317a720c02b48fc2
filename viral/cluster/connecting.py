"""Getting to a Ray cluster, one that is there or one made for the occasion on this machine."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import queue
import secrets
import socket
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from viral.errors import ViralError
from viral.messages import Message
from viral.settings import settings

Item = TypeVar("Item")

LOGGERS = ("ray", "ray.data", "ray.train", "ray.tune")
"""Of Ray; what goes wrong is an exception as well."""
LOCAL = "local"
"""Instead of an address: a cluster of this machine alone, for as long as the command runs."""
ANSWER_S = 5.0
"""Seconds that the other end may take to accept a connection."""
GREET_EVERY_S = 2.0
MOST_MISSED = 4
"""Greetings without an answer after which the head is taken to be gone: well before the minute
after which Ray ends the process."""
HEAD_GONE = threading.Event()
"""Set once a head has gone: Ray's own code then aborts a process that winds up as usual."""
MOST_UNREAD = 64
"""Rows that wait to be written; more of them stay with the workers."""
CONNECT_TRIES = ("RAY_gcs_server_port_wait_time_s", "2")
"""How often Ray tries to connect, each time for some ten seconds, where something has answered."""
HTTP2_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
"""What a client of HTTP/2, which Ray speaks, says first, with empty settings (RFC 9113, 3.4)."""
FRAME_HEADER_BYTES = 9
SETTINGS_FRAME = 4
"""Kind of the frame that the other end has to answer with, in the header's fourth byte."""
TOKEN_MODE, TOKEN, TOKEN_PATH = "RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"
"""Environment variables by which Ray, from 2.52 on, is told to use a token, and which."""
TOKEN_BYTES = 32
PACKAGE_ROOT = Path(__file__).resolve().parent.parent.parent
"""Workers look for modules in the folder that Ray is started from, before anything that is
installed: a folder `viral` of somebody's clips would be taken for the package."""
OBJECT_STORE_BYTES = 200_000_000
"""Shared memory of a local cluster. What passes through it are rows of numbers, 8 kB a clip."""
SWITCHES = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DEDUP_LOGS": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
"""What keeps Ray from reporting on its users and from writing to the terminal; set before it is
imported."""


class ClusterError(ViralError):
    """Ray is not installed, or no cluster answers."""


class ClusterGoneError(ClusterError):
    """The head of the cluster has gone on the way."""


def ray() -> Any:
    """Return Ray.

    Raises
    ------
    ClusterError
        It is not installed.
    """
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import ray
    except ImportError as error:
        raise ClusterError(Message("cluster.not_installed")) from error
    return ray


def _checked(address: str) -> None:
    """Refuse an address that nobody answers at; Ray itself would try for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or "/" in address:
        raise ClusterError(Message("cluster.no_address", address=address))
    try:
        answer = _greeted(address)
    except (OSError, OverflowError) as error:
        raise ClusterError(Message("cluster.no_answer", address=address)) from error
    if len(answer) < FRAME_HEADER_BYTES or answer[3] != SETTINGS_FRAME:
        raise ClusterError(Message("cluster.not_one", address=address))


def _greeted(address: str) -> bytes:
    """Greet whoever listens at an address and return the beginning of the answer."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWER_S) as line:
        line.settimeout(ANSWER_S)
        line.sendall(HTTP2_GREETING)
        return line.recv(FRAME_HEADER_BYTES, socket.MSG_WAITALL)


def while_it_answers(work: Iterator[Item]) -> Iterator[Item]:
    """Yield what comes of work on the cluster, and stop waiting for it when the head is gone.

    Ray itself waits for its head for a minute and then ends the process without a word. So the work
    is done in a thread of its own, and meanwhile the head is greeted every few seconds.

    Raises
    ------
    ClusterGoneError
        The head has answered none of several greetings.
    """
    address = str(ray().get_runtime_context().gcs_address)
    items: queue.Queue[tuple[bool, Any]] = queue.Queue(MOST_UNREAD)

    def run() -> None:
        try:
            for item in work:
                items.put((False, item))
            items.put((True, None))
        except BaseException as error:  # handed to the waiting thread, which raises it
            items.put((True, error))

    threading.Thread(target=run, daemon=True, name="viral-cluster").start()
    missed, next_s = 0, time.monotonic() + GREET_EVERY_S
    failure: BaseException | None = None
    while True:
        with contextlib.suppress(queue.Empty):
            is_last, item = items.get(timeout=GREET_EVERY_S)
            if not is_last:
                yield item
            elif item is None:
                return
            else:
                # Whether it is the head's fault is known once that has been greeted.
                failure, next_s = item, 0.0
        if time.monotonic() >= next_s:
            missed = 0 if _answers(address) else missed + 1
            next_s = time.monotonic() + GREET_EVERY_S
            if missed >= MOST_MISSED:
                raise ClusterGoneError(Message("cluster.gone"))
        if failure is not None and missed == 0:
            raise failure


def _answers(address: str) -> bool:
    try:
        return bool(_greeted(address))
    except (OSError, OverflowError):
        return False


@contextlib.contextmanager
def connected(address: str, processes: int | None = None) -> Iterator[int]:
    """Connect for as long as the block runs, and yield how many clips can be looked at at a time.

    Parameters
    ----------
    address : str
        `HOST:PORT` of a cluster, or `local`.
    processes : int, optional
        Of a local cluster, `settings().threads` by default; of another one as many as it has cores.

    Raises
    ------
    ClusterError
        Ray is not installed, or no cluster answers.
    """
    _take_token(address)
    cluster = ray()
    if TOKEN_MODE in os.environ:
        # Where Ray was imported before, it has read the variable already.
        cluster._raylet.Config.initialize("")
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address == LOCAL:
        options |= {
            # Without it Ray would join a cluster that happens to run on this machine.
            "address": LOCAL,
            "num_cpus": processes or settings().threads,
            "include_dashboard": False,
            "object_store_memory": OBJECT_STORE_BYTES,
        }
    else:
        _checked(address)
        os.environ.setdefault(*CONNECT_TRIES)
        options["address"] = address
    with _quiet():
        try:
            with _nothing_on_stderr(), contextlib.chdir(PACKAGE_ROOT):
                cluster.init(**options)
        # Ray raises errors of many kinds where something other than it answers, or another version.
        except Exception as error:
            reason = _first_line(error)
            raise ClusterError(
                Message("cluster.unusable", address=address, reason=reason)
            ) from error
        try:
            cores = int(cluster.cluster_resources().get("CPU", 0))
            if cores < 1:
                raise ClusterError(Message("cluster.no_core", address=address))
            yield min(cores, processes) if processes else cores
        except ClusterGoneError:
            # Nobody is left to say goodbye to; Ray would wait for an answer until it gives up.
            atexit.unregister(cluster.shutdown)
            HEAD_GONE.set()
            raise
        except BaseException:
            cluster.shutdown()
            raise
        cluster.shutdown()


def _take_token(address: str) -> None:
    """Show a cluster the token that is there, as those that were started with one ask for it.

    Ray does so by itself for the cluster that `ray start` makes, and not for who connects to it. A
    cluster without a token takes no offence. One of this machine alone gets a token of its own for
    as long as it runs, so that none is left in the home folder for the next `ray start` to use.
    """
    if TOKEN_MODE in os.environ:
        return
    if address == LOCAL:
        os.environ.setdefault(TOKEN, secrets.token_hex(TOKEN_BYTES))
    elif not (os.environ.get(TOKEN) or os.environ.get(TOKEN_PATH) or _token_file().is_file()):
        return
    os.environ[TOKEN_MODE] = "token"


def _token_file() -> Path:
    return Path("~/.ray/auth_token").expanduser()


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return (text.splitlines()[0] if text else type(error).__name__).rstrip(".")[:200]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        yield


@contextlib.contextmanager
def _nothing_on_stderr() -> Iterator[None]:
    """Keep what Ray's own code writes past Python's logging away from the terminal."""
    sys.stderr.flush()
    saved, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nothing)
