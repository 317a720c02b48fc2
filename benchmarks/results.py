"""Figures kept in one file for the documents, a section for each benchmark.

`make bench OUT=benchmarks/measured.json` writes there, and `make readme` makes the tables of
`docs/performance.md` and `docs/scaling.md` from it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path
from typing import Any


def add_out(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the file."""
    parser.add_argument(
        "--out", type=Path, help="keep the figures in this file, beside those of other benchmarks"
    )


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": model or platform.machine(),
        "cores": os.cpu_count(),
        "memory_bytes": memory,
        "python": platform.python_version(),
    }


def keep(path: Path | None, section: str, figures: Any) -> None:
    """Put the figures of one benchmark into the file; nothing without a file."""
    if path is None:
        return
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[section] = figures
    known["machine"] = machine()
    text = json.dumps(_rounded(known), indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    """Return figures with four digits that count."""
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
