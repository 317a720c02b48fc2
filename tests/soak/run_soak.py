"""Soak the app: what `make soak` does.

    python tests/soak/run_soak.py [--requests 2000] [--restarts 5] [--seed N]

It exits with 1 when anything failed: a request without an answer, a file left behind, memory that
grew, a report that was confirmed and is gone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from soaking import soak


def main() -> None:
    """Run it and print what became of it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--requests", type=int, default=2000)
    options.add_argument("--restarts", type=int, default=5)
    options.add_argument("--seed", type=int, default=20_261_125)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="viral-soak-") as folder:
        report = soak(
            Path(folder), requests=given.requests, restarts=given.restarts, seed=given.seed
        )
    print(report)
    for failure in report.wrong:
        print(f"  {failure}")
    sys.exit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
