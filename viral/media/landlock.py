"""Landlock: no file, folder, socket or signal of the system, for this process and what it starts.

A process may give up rights on files, TCP ports, abstract sockets and signals for good, whatever
user it runs as, on Linux 5.13 and later. The rules are those of linux/landlock.h; which rights a
kernel knows depends on its version (`docs.kernel.org/userspace-api/landlock.html`), so that a right
of a newer kernel is given up where it is known. Descriptors that are already open stay usable.
Standard library alone, because the decoding child imports it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""Numbers of the calls, the same on all machines but Alpha."""
_ASK_VERSION = 1
_PATH_BENEATH, _NET_PORT = 1, 2
_PR_SET_NO_NEW_PRIVS = 38

_FILE_RIGHTS = {1: 0x1FFF, 2: 0x2000, 3: 0x4000, 5: 0x8000}
"""Version -> what it added: all of the first version, linking across folders, cutting files short,
commands to devices."""
_NET_RIGHTS = {4: 0x3}
"""Binding and connecting TCP sockets."""
_SCOPES = {6: 0x3}
"""Abstract Unix sockets of others, and signals to others."""
_CONNECT_TCP = 0x2
_READ = 0x4 | 0x8
"""Reading a file, listing a folder."""
_READ_A_FILE = 0x4
_WRITE = 0x2 | 0x4 | 0x8 | 0x20 | 0x100 | 0x4000
"""Writing, reading, listing, removing and making ordinary files, cutting them short."""


def version() -> int:
    """Return the version of Landlock that this kernel has, 0 for none."""
    if not sys.platform.startswith("linux"):
        return 0
    found = _call(_CREATE_RULESET, ctypes.c_void_p(0), ctypes.c_size_t(0), _ASK_VERSION)
    return max(found, 0)


def _call(number: int, *arguments: object) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return int(library.syscall(ctypes.c_long(number), *arguments))


def _until(known: int, rights: dict[int, int]) -> int:
    return sum(bits for since, bits in rights.items() if since <= known)


def give_up(
    *,
    readable: Iterable[str | Path] = (),
    writable: Iterable[str | Path] = (),
    ports: Iterable[int] | None = (),
) -> bool:
    """Give up every file and every connection but those named, for good.

    Call it while this process has one thread: it holds for that and for those it starts.

    Parameters
    ----------
    readable, writable : iterable of path
        Files and folders, with all beneath, that may still be read, or read and written. What is
        not there is passed over.
    ports : iterable of int, or None
        TCP ports that may still be connected to; None leaves the network alone.

    Returns
    -------
    bool
        Whether it holds. False on systems and kernels without Landlock.
    """
    known = version()
    if not known:
        return False
    files = _until(known, _FILE_RIGHTS)
    net = _until(known, _NET_RIGHTS) if ports is not None else 0
    asked = struct.pack("=QQQ", files, net, _until(known, _SCOPES))
    # A kernel takes no more of the structure than it knows, unless the rest is zero.
    size = 8 if known < 4 else 16 if known < 6 else 24
    attributes = ctypes.create_string_buffer(asked, len(asked))
    rules = _call(_CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), 0)
    if rules < 0:
        return False
    try:
        for rights, places in ((_READ, readable), (_WRITE, writable)):
            for place in places:
                _allow_beneath(rules, place, rights & files)
        for port in (ports or ()) if net else ():
            _allow(rules, _NET_PORT, struct.pack("=QQ", _CONNECT_TCP, port))
        library = ctypes.CDLL(None, use_errno=True)
        zero = ctypes.c_ulong(0)
        if library.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero) != 0:
            return False
        return _call(_RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def _allow_beneath(rules: int, place: str | Path, rights: int) -> None:
    with contextlib.suppress(OSError):
        place = Path(place)
        if not place.is_dir():
            rights &= _READ_A_FILE | 0x2 | 0x4000
        descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
        try:
            _allow(rules, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor))
        finally:
            os.close(descriptor)


def _allow(rules: int, kind: int, rule: bytes) -> None:
    attributes = ctypes.create_string_buffer(rule, len(rule))
    _call(_ADD_RULE, rules, kind, ctypes.byref(attributes), 0)
