"""Lock every package, down to the hash of each of its files: `make lock`.

    python scripts/lock.py            # write requirements.lock and its two fellows
    python scripts/lock.py --check    # say whether they still answer the requirements

The versions of a lock that is there are kept where they still answer requirements.txt; delete it to
have the newest. The locks are for Linux and for Macs with Apple's chips (torch has no wheels for
others), for Python 3.11 and 3.12, and name no index.

torch stands apart. Its CPU build has an index of its own, PyPI's build of the same version another
hash and gigabytes of CUDA, so that no list of hashes answers both. It is pinned by version in
pre-requirements.txt and fetched over TLS; what it asks for is in the locks, CUDA left out.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from runtime_packages import LEFT_OUT, ROOT

LOCKS = {
    "requirements.txt": "requirements.lock",
    "requirements-dev.txt": "requirements-dev.lock",
    "requirements-cluster.txt": "requirements-cluster.lock",
}
APART = "torch"
CUDA = (
    "cuda-bindings",
    "cuda-toolkit",
    "nvidia-cudnn-cu13",
    "nvidia-cusparselt-cu13",
    "nvidia-nccl-cu13",
    "nvidia-nvshmem-cu13",
)
"""What PyPI's build of torch asks for and the CPU build does not."""
OLDEST_PYTHON = "3.11"
ENVIRONMENTS = (
    "sys_platform == 'linux' and python_version < '3.13'",
    "sys_platform == 'darwin' and platform_machine == 'arm64' and python_version < '3.13'",
)
EVERYWHERE = re.compile(
    r" ; python_full_version < '3\.13' and \(\(platform_machine == 'arm64' and "
    r"sys_platform == 'darwin'\) or sys_platform == 'linux'\)(?= \\$)",
    re.MULTILINE,
)
"""What uv writes beside each pin that holds in all of them."""
PROJECT = """\
[project]
name = "viral-lock"
version = "0"
requires-python = ">=3.11,<3.13"

[tool.uv]
environments = {environments}
"""
HEADER = """\
# All that {requirements} asks for, with the hashes of its files: `make lock` writes this.
# torch is not in it, see scripts/lock.py. To install: scripts/install.sh, or
#   pip install --no-deps --require-hashes --requirement {lock}
#   pip install --requirement pre-requirements.txt
"""


def locked(requirements: str, lock: Path) -> str:
    """Return the lock of a requirements file, keeping the versions of the lock that is there."""
    with tempfile.TemporaryDirectory() as folder:
        left_out = Path(folder) / "cuda.txt"
        left_out.write_text("\n".join([*CUDA, *sorted(LEFT_OUT)]), encoding="utf-8")
        out = Path(folder) / "lock.txt"
        # uv takes the systems that are meant from a project's file alone.
        project = Path(folder) / "pyproject.toml"
        project.write_text(PROJECT.format(environments=list(ENVIRONMENTS)), encoding="utf-8")
        if lock.is_file():
            shutil.copy(lock, out)
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
        command += ["--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-annotate"]
        command += ["--no-header", "--no-emit-package", APART, "--excludes", str(left_out)]
        command += ["--output-file", str(out), str(ROOT / requirements)]
        subprocess.run(command, cwd=folder, check=True)
        pins = re.sub(EVERYWHERE, "", out.read_text(encoding="utf-8"))
        return HEADER.format(requirements=requirements, lock=lock.name) + pins


def main() -> int:
    """Write the locks, or return 1 if one is out of date."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--check", action="store_true")
    only_check = options.parse_args().check
    stale = []
    for requirements, name in LOCKS.items():
        lock = ROOT / name
        made = locked(requirements, lock)
        if not only_check:
            lock.write_text(made, encoding="utf-8")
        elif not lock.is_file() or lock.read_text(encoding="utf-8") != made:
            stale.append(name)
    if stale:
        print(f"{' and '.join(stale)} do not answer the requirements; run `make lock`.")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
