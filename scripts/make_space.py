"""Write the folder that is pushed to a Hugging Face Space: `make space OUT=folder`.

A free account hosts Spaces on ZeroGPU alone, where Python and torch are of few versions. The folder
therefore asks for the Python that ZeroGPU has and for no torch: nothing that serves needs it. What
is in it is what a host runs; tests, benchmarks and the tools of maintainers stay here.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from build_wheel import ROOT, project_files

TAKEN = (
    *("app.py", "packages.txt", "README.md", "SECURITY.md", "CHANGELOG.md", "CITATION.cff"),
    *("LICENSE", "NOTICE", "viral/", "models/", "assets/", "docs/"),
)
FRONT = {"python_version": '"3.12.12"', "suggested_hardware": "zero-a10g"}
"""What differs from README's own settings: the Python of ZeroGPU, and ZeroGPU by its name there."""
EXTRAS = ("postgres", "links")
"""Extras that a host may switch on by a setting; the others are for other machines."""
LFS_BYTES = 10_000_000
"""The hub takes no larger file without Git LFS."""
HEADING = re.compile(r"# \[(?P<extra>[a-z]+)\]")


def requirements() -> str:
    """Return requirements.txt without the extras that a Space has no use for."""
    kept, wanted = [], True
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        heading = HEADING.match(line)
        if heading is not None:
            wanted = heading["extra"] in EXTRAS
        if wanted and not line.startswith("#"):
            kept.append(line)
    head = "# What the app needs where it is served; written from the project's requirements.txt."
    return "\n".join([head, *kept, ""])


def front_matter(readme: str) -> str:
    """Return a README with the settings of a ZeroGPU Space in front."""
    for name, value in FRONT.items():
        readme = re.sub(rf"^{name}: .*$", f"{name}: {value}", readme, count=1, flags=re.M)
    return readme


def write(out: Path) -> list[Path]:
    """Write the folder and return its files.

    Raises
    ------
    SystemExit
        It is there already and is no earlier one, or a file is too large for the hub.
    """
    if out.exists() and any(path.name != ".git" for path in out.iterdir()):
        if not (out / "app.py").is_file() or not (out / "viral").is_dir():
            raise SystemExit(f"{out} holds something else; name a folder that is empty.")
        for path in out.iterdir():
            if path.name not in (".git", ".gitattributes"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    written = []
    for name in project_files():
        if name.startswith(TAKEN):
            place = out / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, place)
            written.append(place)
    told = (out / "README.md").read_text(encoding="utf-8")
    (out / "README.md").write_text(front_matter(told), encoding="utf-8")
    (out / "requirements.txt").write_text(requirements(), encoding="utf-8")
    written.append(out / "requirements.txt")
    for path in written:
        if path.stat().st_size >= LFS_BYTES:
            raise SystemExit(f"{path} is too large for the hub without Git LFS.")
    return written


def main() -> int:
    """Write the folder, and say how large it is and what to do with it."""
    if len(sys.argv) != 2:
        raise SystemExit("Say where to: make space OUT=folder")
    out = Path(sys.argv[1])
    written = write(out)
    size = sum(path.stat().st_size for path in written) / 1e6
    print(f"{out}: {len(written)} files, {size:.1f} MB. To put it on a Space of yours:")
    print(f"  hf upload OWNER/NAME {out} . --repo-type space --delete '*'")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
