"""Gradio's temporary public link: a tunnel to this computer, and what has to be said of it.

Gradio itself goes on without a link where the tunnel cannot be had, and prints why in several
lines. Here that ends the command with one sentence.
"""

from __future__ import annotations

import contextlib
import io
import logging
from dataclasses import dataclass
from urllib.parse import urlparse, urlunparse

from gradio import networking, tunneling

from viral.errors import ViralError
from viral.messages import Message

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Visitors:
    """Who may come to the app."""

    public: bool = False
    """Whether a temporary public link leads to it."""
    user: str = ""
    """The name that has to be given; none is asked for if empty."""
    password: str = ""

    @property
    def login(self) -> tuple[str, str] | None:
        """The name and the password that are asked for, as Gradio takes them."""
        return (self.user, self.password) if self.user else None

    def warning(self) -> Message:
        """Return what whoever makes a link should know first."""
        return Message("tunnel.for_some" if self.user else "tunnel.for_all")


def visitors(public: bool, login: str | None) -> Visitors:
    """Return who may come, from whether there is a link and from `user:password`.

    Raises
    ------
    ViralError
        The name or the password is missing.
    """
    user, _, password = (login or "").partition(":")
    if login is not None and not (user.strip() and password):
        raise ViralError(Message("tunnel.no_password"))
    return Visitors(public, user.strip(), password)


def opened(host: str, port: int, token: str) -> str:
    """Open the tunnel to a port of this computer and return its public address.

    It is closed with the process, or by `closed`.

    Raises
    ------
    ViralError
        The tunnel cannot be had: no network, no program for this system, or it was turned away.
    """
    noise = io.StringIO()
    try:
        with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
            address = networking.setup_tunnel(host, port, token, None, None)
    except Exception as error:
        # Gradio, its HTTP client and the system raise many kinds; they are one to whoever shares.
        LOG.debug("No tunnel.", exc_info=error)
        closed()
        raise ViralError(Message("tunnel.none")) from error
    return urlunparse(("https", *urlparse(address)[1:]))


def closed() -> None:
    """End the tunnels of this process."""
    for each in tunneling.CURRENT_TUNNELS:
        if each.proc is not None:
            each.proc.terminate()
            each.proc.communicate()
            each.proc = None
    tunneling.CURRENT_TUNNELS.clear()
