"""Which installed packages the app needs: those of requirements.txt and all that they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements.txt"
LEFT_OUT = frozenset({"triton"})
"""openai-whisper asks for it, for graphics cards alone: a gigabyte that nothing here uses."""


def canonical(name: str) -> str:
    """Return a package's name as PEP 503 compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(path: Path) -> Iterator[Requirement]:
    """Yield the requirements of a file, without its options and comments."""
    for line in path.read_text(encoding="utf-8").splitlines():
        stated = line.partition("#")[0].strip()
        if stated and not stated.startswith("-"):
            yield Requirement(stated)


def runtime_packages(path: Path = REQUIREMENTS) -> dict[str, Distribution]:
    """Return canonical name -> installed package, for a requirements file and all that follows.

    Raises
    ------
    PackageNotFoundError
        A package that is needed on this system is not installed.
    """
    found: dict[str, Distribution] = {}
    asked: set[tuple[str, str]] = set()
    waiting = [(needed, "") for needed in requirements(path)]
    while waiting:
        needed, extra = waiting.pop()
        if needed.marker is not None and not needed.marker.evaluate({"extra": extra}):
            continue
        name = canonical(needed.name)
        if name in LEFT_OUT:
            continue
        if name not in found:
            found[name] = distribution(needed.name)
        for wanted in ("", *sorted(needed.extras)):
            if (name, wanted) not in asked:
                asked.add((name, wanted))
                stated = found[name].requires or []
                waiting += [(Requirement(each), wanted) for each in stated]
    return dict(sorted(found.items()))
