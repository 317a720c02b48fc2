"""Runs a program as a host runs the app: in a root of its own, without a network, as user 1000.

    unshare --mount --net python clean_root.py ROOT CODE HOME [NAME=VALUE ...] -- PROGRAM ...

It has the loopback and nothing else of a network. The system, this interpreter and CODE are there
to be read; HOME and /tmp alone can be written to. It needs root, and a kernel that gives
namespaces.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

USER = 1000
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/dev", "/proc")
_SET_FLAGS, _UP_AND_RUNNING = 0x8914, 0x41  # SIOCSIFFLAGS; IFF_UP | IFF_RUNNING of net/if.h


def why_not() -> str | None:
    """Say why no such root can be had here, or None."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return "a root of its own needs root and unshare"
    tried = subprocess.run(
        ["unshare", "--mount", "--net", "sh", "-c", "mount -t tmpfs none /mnt"],
        capture_output=True,
        check=False,
    )
    return None if tried.returncode == 0 else "namespaces or mounts are not permitted here"


def command(root: Path, code: Path, home: Path, *program: str, **variables: str) -> list[str]:
    """Return the command that runs a program in a clean root whose files lie in `root`."""
    given = [f"{name}={value}" for name, value in variables.items()]
    start = ["unshare", "--mount", "--net", sys.executable, "-I", __file__]
    return [*start, str(root), str(code), str(home), *given, "--", *program]


def _mount(*words: str | Path) -> None:
    subprocess.run(["mount", *map(str, words)], check=True)


def _bound(root: Path, source: Path, *, at: Path | None = None, writable: bool = False) -> None:
    place = root / str(at or source).lstrip("/")
    if source.is_symlink() and at is None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(source.readlink())
        return
    place.mkdir(parents=True, exist_ok=True)
    _mount("--rbind", source, place)
    if not writable:
        _mount("-o", "remount,bind,ro", place)


def _interpreter() -> set[Path]:
    """Return the folders that this interpreter, its packages and those of the tests lie in."""
    own = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent}
    own |= {path.resolve() for path in own}
    return {path for path in own if not str(path).startswith("/usr")}


def _loopback_up() -> None:
    with socket.socket() as any_socket:
        request = struct.pack("16sH14x", b"lo", _UP_AND_RUNNING)
        fcntl.ioctl(any_socket, _SET_FLAGS, request)


def main(words: list[str]) -> None:
    """Make the root, give up all rights and become the program."""
    root, code, home = (Path(word) for word in words[:3])
    cut = words.index("--")
    variables, program = words[3:cut], words[cut + 1 :]
    _mount("--make-rprivate", "/")
    _loopback_up()
    for name in SYSTEM:
        if Path(name).exists():
            _bound(root, Path(name), writable=name in {"/dev", "/proc"})
    for folder in sorted(_interpreter()):
        _bound(root, folder)
    for installed in Path(sys.prefix).glob("lib/python*/site-packages/viral*.dist-info"):
        # A host has a folder of code and no package of it.
        _mount("-t", "tmpfs", "-o", "ro", "none", root / str(installed).lstrip("/"))
    inside = Path("/home/user")
    _bound(root, home, at=inside, writable=True)
    # As Spaces lays it out; the folder is a part of the home, but nothing in it may be changed.
    _bound(root, code, at=inside / "app")
    temporary = root / "tmp"
    temporary.mkdir(exist_ok=True)
    temporary.chmod(0o1777)
    os.chroot(root)
    os.chdir(inside / "app")
    os.setgroups([])
    os.setgid(USER)
    os.setuid(USER)
    environment = dict(variable.split("=", 1) for variable in variables)
    os.execvpe(program[0], program, environment)


if __name__ == "__main__":
    main(sys.argv[1:])
