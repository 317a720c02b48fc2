"""What an installation takes: seconds, bytes, and whether something needs each package in it.

Looks at the environment that runs it. With --fresh it also makes one in a new folder as `make app`
does; the second run finds everything in pip's cache. Run it with:

    python benchmarks/bench_install.py
    python benchmarks/bench_install.py --fresh
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from busy import Others
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from results import add_out, keep

ROOT = Path(__file__).resolve().parent.parent
KINDS = {
    "runtime": "requirements.txt",
    "dev": "requirements-dev.txt",
    "cluster": "requirements-cluster.txt",
}
TOOLS = ("pip", "setuptools", "viral")
"""There without being asked for: the installer, and the project itself."""
UNUSED = ("triton",)
"""Asked for by openai-whisper and taken out again by scripts/install.sh: it compiles for graphics
cards, which nothing here uses, and takes a gigabyte."""
LARGEST = 8
NOT_INSTALLED = "NOT INSTALLED"


def requirements_of(path: Path) -> list[Requirement]:
    """Return what a file asks for, without what the files that it names ask for."""
    lines = (re.sub(r"\s#.*", "", line).strip() for line in path.read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def needed_by(wanted: Iterable[Requirement]) -> dict[str, str]:
    """Return every package that some requirements lead to, with who asks for it first."""
    environment = {key: str(value) for key, value in default_environment().items()}
    waiting = deque((requirement, "") for requirement in wanted)
    found: dict[str, str] = {}
    asked: set[tuple[str, str]] = set()
    while waiting:
        requirement, asker = waiting.popleft()
        name = canonicalize_name(requirement.name)
        if name in UNUSED:
            continue
        found.setdefault(name, asker)
        for extra in ("", *requirement.extras):
            if (name, extra) in asked:
                continue
            asked.add((name, extra))
            try:
                lines = metadata.requires(name) or []
            except metadata.PackageNotFoundError:
                found[name] = NOT_INSTALLED
                continue
            for line in lines:
                below = Requirement(line)
                if below.marker is None or below.marker.evaluate({**environment, "extra": extra}):
                    waiting.append((below, name))
    return found


def package_bytes(name: str) -> int:
    """Return what the files of an installed package take."""
    try:
        files = metadata.files(name) or []
    except metadata.PackageNotFoundError:
        return 0
    paths = (Path(str(file.locate())) for file in files)
    return sum(path.stat().st_size for path in paths if path.is_file())


def contents() -> dict[str, Any]:
    """Return the packages of this environment: their number, bytes, and which nothing needs."""
    installed = {canonicalize_name(each.metadata["Name"]) for each in metadata.distributions()}
    sizes = {name: package_bytes(name) for name in installed}
    left = installed - set(TOOLS)
    kinds: dict[str, Any] = {}
    missing: list[str] = []
    for kind, file in KINDS.items():
        needed = needed_by(requirements_of(ROOT / file))
        if kind != "cluster" or "ray" in installed:
            missing += [name for name, asker in needed.items() if asker == NOT_INSTALLED]
        own = left & set(needed)
        left -= own
        kinds[kind] = {"packages": len(own), "bytes": sum(sizes[name] for name in own)}
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "viral").rglob("*.py"))
    modules: dict[str, list[str]] = {}
    for module, owners in metadata.packages_distributions().items():
        for owner in owners:
            modules.setdefault(canonicalize_name(owner), []).append(module)
    direct = [canonicalize_name(each.name) for each in requirements_of(ROOT / KINDS["runtime"])]
    unnamed = [
        name
        for name in direct
        if not any(
            re.search(rf"\b{re.escape(module)}\b", source) for module in modules.get(name, ())
        )
    ]
    largest = sorted(sizes, key=lambda name: -sizes[name])[:LARGEST]
    return {
        "kinds": kinds,
        "largest": {name: sizes[name] for name in largest},
        "not_needed": sorted(left),
        "unnamed": sorted(unnamed),
        "missing": sorted(set(missing)),
    }


def tree_size(folder: Path) -> int:
    """Return the bytes of the files in a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def succeeded(words: Sequence[str | Path]) -> str:
    """Run a command in the project's folder and return what it prints.

    Raises
    ------
    RuntimeError
        It fails; the message is the last line of what it complains.
    """
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return done.stdout


def fresh() -> dict[str, Any]:
    """Make an environment in a new folder, with what pip has kept from the last time.

    Raises
    ------
    RuntimeError
        It cannot be made, for instance without a package index.
    """
    with tempfile.TemporaryDirectory() as name:
        venv = Path(name) / "venv"
        others = Others()
        start = time.perf_counter()
        succeeded(["make", "install", f"VENV={venv}", f"PYTHON={sys.executable}"])
        seconds = time.perf_counter() - start
        listed = succeeded([venv / "bin" / "python", __file__, "--names"])
        return {
            "seconds": seconds,
            "bytes": tree_size(venv),
            "not_needed": listed.split(),
            "others_cores": others.cores(),
        }


def show(found: dict[str, Any]) -> None:
    """Print what was found."""
    for kind, part in found["kinds"].items():
        more = "" if kind == "runtime" else " more"
        print(f"  {kind}: {part['packages']} packages{more}, {part['bytes'] / 1e6:.0f} MB")
    largest = ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in found["largest"].items())
    print(f"  largest: {largest}")
    print(f"  needed by nothing: {', '.join(found['not_needed']) or 'none'}")
    print(f"  asked for, but not named in viral/: {', '.join(found['unnamed']) or 'none'}")
    if found["missing"]:
        print(f"  MISSING: {', '.join(found['missing'])}")
    if "fresh" in found:
        made = found["fresh"]
        print(
            f"  make install in a new folder with a warm cache: {made['seconds']:.0f} s, "
            f"{made['bytes'] / 1e6:.0f} MB, needed by nothing in it: "
            f"{', '.join(made['not_needed']) or 'none'}; "
            f"others used {made['others_cores']:.1f} cores"
        )


def main(arguments: list[str] | None = None) -> int:
    """Print what is in the environment; return 1 if something is missing or needed by nothing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fresh", action="store_true", help="time an installation too")
    parser.add_argument("--names", action="store_true", help="print what nothing needs, no more")
    add_out(parser)
    options = parser.parse_args(arguments)
    if options.names:
        print("\n".join(contents()["not_needed"]))
        return 0
    print(f"\nThe environment {sys.prefix}")
    found = contents()
    if options.fresh:
        found["fresh"] = fresh()
    show(found)
    keep(options.out, "install", found)
    return int(bool(found["not_needed"] or found["missing"]))


if __name__ == "__main__":
    sys.exit(main())
