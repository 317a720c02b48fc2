"""Build the wheel from a copy of this checkout: `make wheel`, or with a FOLDER to put it into.

A build leaves folders behind, and takes what an earlier one left there into the wheel; in a copy it
can do neither. The build backend is this environment's, so that no index is asked.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "dist"
NOT_BUILT_FROM = ("tests", "benchmarks", "experiments", "findings", ".ci")


def project_files() -> list[str]:
    """Return the files that belong to the project, those not yet committed among them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = sorted(filter(None, listed.stdout.decode().split("\0")))
    return [name for name in names if (ROOT / name).is_file()]


def build(out: Path) -> Path:
    """Build the wheel into a folder and return its path."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "source", Path(folder) / "made"
        for name in project_files():
            if Path(name).parts[0] not in NOT_BUILT_FROM:
                place = source / name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, place)
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
        options = ["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(made)]
        subprocess.run([*pip, *options, str(source)], check=True)
        (wheel,) = made.glob("*.whl")
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copyfile(wheel, out / wheel.name))


def main() -> int:
    """Build, and say where the wheel is and how large."""
    wheel = build(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
    print(f"{wheel}: {wheel.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
