"""Getting to a Ray cluster, one that is there or one made for the occasion on this machine."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from viral.errors import ViralError
from viral.settings import settings

LOGGERS = ("ray", "ray.data", "ray.train", "ray.tune")
"""Of Ray; what goes wrong is an exception as well."""
LOCAL = "local"
"""Instead of an address: a cluster of this machine alone, for as long as the command runs."""
ANSWER_S = 5.0
"""Seconds that the other end may take to accept a connection."""
CONNECT_TRIES = ("RAY_gcs_server_port_wait_time_s", "2")
"""How often Ray tries to connect, each time for some ten seconds, where something has answered."""
HTTP2_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
"""What a client of HTTP/2, which Ray speaks, says first, with empty settings (RFC 9113, 3.4)."""
FRAME_HEADER_BYTES = 9
SETTINGS_FRAME = 4
"""Kind of the frame that the other end has to answer with, in the header's fourth byte."""
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
        raise ClusterError(
            "Ray is not installed; run `pip install -r requirements-cluster.txt`."
        ) from error
    return ray


def _checked(address: str) -> None:
    """Refuse an address that nobody answers at; Ray itself would try for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or "/" in address:
        raise ClusterError(
            f"{address!r} is no address of a cluster; give HOST:PORT as `ray start --head` shows "
            f"it, or {LOCAL}."
        )
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWER_S) as line:
            line.settimeout(ANSWER_S)
            line.sendall(HTTP2_GREETING)
            answer = line.recv(FRAME_HEADER_BYTES, socket.MSG_WAITALL)
    except (OSError, OverflowError) as error:
        raise ClusterError(
            f"No cluster answers at {address}; check the address, or start one with "
            "`ray start --head`."
        ) from error
    if len(answer) < FRAME_HEADER_BYTES or answer[3] != SETTINGS_FRAME:
        raise ClusterError(
            f"What answers at {address} is no cluster; give HOST:PORT as `ray start --head` shows "
            "it."
        )


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
    cluster = ray()
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address == LOCAL:
        options |= {
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
            with _nothing_on_stderr():
                cluster.init(**options)
        # Ray raises errors of many kinds where something other than it answers, or another version.
        except Exception as error:
            raise ClusterError(
                f"The cluster at {address} cannot be used ({_first_line(error)}); check that it "
                "runs the same version of Ray and Python."
            ) from error
        try:
            cores = int(cluster.cluster_resources().get("CPU", 0))
            if cores < 1:
                raise ClusterError(f"The cluster at {address} has no free core; add a node to it.")
            yield min(cores, processes) if processes else cores
        finally:
            cluster.shutdown()


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
