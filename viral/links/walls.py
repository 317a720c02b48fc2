"""The sandbox of the process that fetches a link.

It has to reach the network, read its own program and write a clip, so that less can be taken from
it than from the decoding child: Landlock leaves it Python, its packages, what names of hosts and
certificates are looked up in, one folder to write in, and the ports of web servers; the filter on
system calls refuses it other programs, other processes and the kernel's settings.
"""

from __future__ import annotations

import ssl
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from viral.media import landlock, sandbox

NAME_SERVER_PORT = 53
"""Names are asked for over UDP, which Landlock leaves alone, and over TCP for long answers."""
SYSTEM_FILES = (
    "/dev/null",
    "/dev/urandom",
    "/etc/ca-certificates",
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/pki",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl",
    "/lib",
    "/lib64",
    "/run/systemd/resolve",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/share/ca-certificates",
    "/usr/share/ca-certificates",
    "/usr/share/zoneinfo",
)
"""What libraries, names of hosts, certificates and zones of time are looked up in."""

NEEDED = frozenset(
    {"socket", "socketpair", "connect", "bind", "sendto", "sendmsg", "sendmmsg"}
    | {"rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat"}
    | {"utimensat", "ftruncate", "fallocate"}
)
"""Calls of the list of forbidden ones that fetching makes: sockets (one is bound to ask the kernel
which addresses this machine has), and files, which Landlock keeps to one folder."""


def readable() -> list[str]:
    """Return the folders of Python, of its packages and of this project's code."""
    places = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    places |= {str(Path(sys.base_prefix) / "lib"), str(Path(__file__).resolve().parents[1])}
    # Packages may lie elsewhere: those of a user, of a distribution.
    places |= {
        place for place in sys.path if Path(place).name in ("site-packages", "dist-packages")
    }
    certificates = ssl.get_default_verify_paths()
    places |= {certificates.openssl_cafile, certificates.openssl_capath}
    places |= {certificates.cafile or "", certificates.capath or ""}
    return sorted(place for place in places if place)


def wall_in(folder: Path, ports: Sequence[int]) -> None:
    """Put up the walls that this system has, for good, before a site is asked.

    Parameters
    ----------
    folder : Path
        The only one that may be written to.
    ports : sequence of int
        The only ones that may be connected to, beside that of name servers.
    """
    landlock.give_up(
        readable=[*readable(), *SYSTEM_FILES],
        writable=[folder],
        ports=[*ports, NAME_SERVER_PORT],
    )
    sandbox.forbid_system_calls(sandbox.UNREACHING, allowed=NEEDED)
