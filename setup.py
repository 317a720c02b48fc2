"""What pyproject.toml cannot say: files from beside the package, and requirements with their why.

The model, what the page shows and the documents that it shows lie at the top of the repository and
travel in the wheel as `viral/_data`, where `viral.shipped` finds them. requirements.txt stays the
one list of what is needed; what stands there below a heading in brackets becomes an extra.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
DATA = ("models/*", "assets/*", "docs/*.md", "docs/schemas/*.json", "docs/pictures/*.jpg")
"""What the wheel takes along, as patterns below the top of the repository."""
HEADING = re.compile(r"# \[(?P<extra>[a-z]+)\]")


def requirements(*names: str) -> dict[str, list[str]]:
    """Return extra -> requirements, those that are always needed below the empty name."""
    found: dict[str, list[str]] = {"": []}
    for name in names:
        extra = ""
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            heading = HEADING.match(line)
            if heading is not None:
                extra = heading["extra"]
            stated = line.partition("#")[0].strip()
            if stated and not stated.startswith("-"):
                found.setdefault(extra, []).append(stated)
    return found


class WithData(build_py):
    """Builds the package as ever, then adds the files from beside it."""

    def run(self) -> None:
        """Build; an editable installation finds the files where they lie."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "viral" / "_data"
        shutil.rmtree(target, ignore_errors=True)
        for pattern in DATA:
            for path in sorted(ROOT.glob(pattern)):
                place = target / path.relative_to(ROOT)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)


# A Space's settings come first in that file, and mean nothing elsewhere.
told = (ROOT / "README.md").read_text(encoding="utf-8").split("\n---\n", 1)[1].lstrip()
needed = requirements("requirements.txt", "requirements-cluster.txt")
setup(
    cmdclass={"build_py": WithData},
    long_description=told,
    long_description_content_type="text/markdown",
    install_requires=needed.pop(""),
    extras_require=needed,
)
