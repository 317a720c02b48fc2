"""Run the steps of the Dockerfile in a clean root, where there is no container engine.

    debootstrap --variant=minbase --include=python3,python3-pip,ca-certificates bookworm ROOT
    python scripts/run_dockerfile.py ROOT            # the steps, then what CMD starts
    python scripts/run_dockerfile.py ROOT --check    # the steps, start, ask /healthz, stop

ROOT stands for the base image: Debian's Python 3.11 is made to look like that of
`python:3.11-slim`. FROM, COPY, RUN, WORKDIR, USER, ENV, HEALTHCHECK and CMD do what Docker's
reference says of them; any other instruction but EXPOSE and STOPSIGNAL ends the run. pip's settings
of this machine are taken along, as an image's build arguments would be. It needs root, and changes
nothing outside ROOT but for the mounts of a namespace of its own.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
IN_NAMESPACE = "VIRAL_RUN_DOCKERFILE"
LONGEST_START_S = 300.0
PASSED_OVER = {"FROM", "EXPOSE", "STOPSIGNAL"}
PIP_SETTINGS = ("/etc/pip.conf", "/etc/xdg/pip", "/opt/wheels", "/opt/pypi", "/opt/pypi-more")
"""Where a machine may keep its choice of indexes, files of packages among them."""


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile with their arguments, continued lines joined."""
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", kept)
    return [
        (line.split(maxsplit=1)[0].upper(), line.split(maxsplit=1)[1].strip())
        for line in joined.splitlines()
        if line.strip()
    ]


def ignored(name: str, patterns: list[str]) -> bool:
    """Say whether .dockerignore leaves out a path that is relative to the folder."""
    parts = name.split("/")
    heads = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    for pattern in patterns:
        deep = pattern.removeprefix("**/")
        tried = [*heads, *parts] if deep != pattern else heads
        if any(fnmatch.fnmatch(each, deep) for each in tried):
            return True
    return False


@dataclass
class Image:
    """The root as far as it is made."""

    root: Path
    folder: str = "/"
    user: str = "root"
    variables: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def inside(self, words: list[str]) -> list[str]:
        """Return the command that runs words in the root, as the user and in the folder."""
        given = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            # Debian marks its Python as its own; the base image's is not.
            "PIP_BREAK_SYSTEM_PACKAGES": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
            **self.variables,
        }
        environment = [f"{name}={value}" for name, value in given.items()]
        enter = f'cd {shlex.quote(self.folder)} && exec "$@"'
        change = ["chroot", f"--userspec={self.user}:{self.user}", str(self.root)]
        return [*change, "env", "-i", *environment, "sh", "-c", enter, "sh", *words]

    def run(self, step: str) -> None:
        """RUN: in a shell."""
        subprocess.run(self.inside(["sh", "-c", step]), check=True)

    def copy(self, rest: str) -> None:
        """COPY: files of this checkout that .dockerignore lets through, owned by root."""
        words = [word for word in rest.split() if not word.startswith("--")]
        target = self.root / os.path.join(self.folder, words[-1]).lstrip("/")  # noqa: PTH118
        patterns = (SOURCE / ".dockerignore").read_text(encoding="utf-8").split()
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--", *words[:-1]],
            cwd=SOURCE,
            capture_output=True,
            check=True,
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            if not ignored(name, patterns):
                place = target / name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(SOURCE / name, place)

    def take(self, instruction: str, rest: str) -> None:
        """Carry out one instruction."""
        if instruction == "RUN":
            self.run(rest)
        elif instruction == "COPY":
            self.copy(rest)
        elif instruction == "WORKDIR":
            self.folder = rest
            (self.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif instruction == "USER":
            self.user = rest
        elif instruction == "ENV":
            self.variables |= dict(word.split("=", 1) for word in shlex.split(rest))
        elif instruction == "HEALTHCHECK":
            self.health = json.loads(rest.partition("CMD")[2])
        elif instruction == "CMD":
            self.command = json.loads(rest)
        elif instruction not in PASSED_OVER:
            raise SystemExit(f"{instruction} is not known here; write what it does first.")


def prepared(root: Path) -> None:
    """Give the root what an engine would: devices, names, and the base image's Python."""
    for name in ("proc", "dev", "sys"):
        subprocess.run(["mount", "--rbind", f"/{name}", root / name], check=True)
    for name in ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs", *PIP_SETTINGS):
        source, place = Path(name), root / name.lstrip("/")
        if source.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", "--bind", source, place], check=True)
        elif source.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)
    python = root / "usr/local/bin/python"
    if not python.exists():
        python.symlink_to("/usr/bin/python3")


def check(image: Image) -> int:
    """Start what CMD says, wait until HEALTHCHECK passes, and stop it as an engine would."""
    app = subprocess.Popen(image.inside(image.command))
    until = time.monotonic() + LONGEST_START_S
    healthy = False
    while not healthy and time.monotonic() < until and app.poll() is None:
        time.sleep(1)
        tried = subprocess.run(image.inside(image.health), capture_output=True, check=False)
        healthy = tried.returncode == 0
    app.send_signal(signal.SIGTERM)
    code = app.wait(timeout=60)
    print(f"healthy: {healthy}; ended with {code} when told to stop")
    return 0 if healthy and code == 0 else 1


def main() -> int:
    """Run the steps; return what the app returned, or whether it was healthy."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("root", type=Path)
    options.add_argument("--check", action="store_true")
    given = options.parse_args()
    if IN_NAMESPACE not in os.environ:
        again = ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv]
        return subprocess.run(again, env={**os.environ, IN_NAMESPACE: "1"}, check=False).returncode
    image = Image(given.root.resolve())
    prepared(image.root)
    for instruction, rest in instructions((SOURCE / "Dockerfile").read_text(encoding="utf-8")):
        print(f"{instruction} {rest}", flush=True)
        image.take(instruction, rest)
    if given.check:
        return check(image)
    return subprocess.run(image.inside(image.command), check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
