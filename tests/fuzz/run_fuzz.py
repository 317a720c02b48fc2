"""Fuzz for as long as asked: what `make fuzz` does.

    python tests/fuzz/run_fuzz.py [--seconds 3600] [--seed N] [--kind media]

Every round has a seed of its own, which is printed: `--seed` with that number and a short time does
the same round again. Inputs that failed are kept in `test-artefacts/fuzz`.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from fuzz_supervisor import PROJECT_ROOT, Report, fuzz

FAILURES = PROJECT_ROOT / "test-artefacts" / "fuzz"
ROUND = {"media": 1500, "details": 600, "tables": 600}
"""Inputs of a round; the kinds take turns on two cores."""


def main() -> None:
    """Run rounds until the time is over; exit with 1 when anything failed."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--seconds", type=float, default=3600.0)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--kind", choices=sorted(ROUND), action="append")
    given = options.parse_args()
    until = time.monotonic() + given.seconds
    reports: list[Report] = []
    seed = given.seed
    while time.monotonic() < until:
        print(f"seed {seed}", flush=True)
        with ThreadPoolExecutor(2) as pool:
            rounds = [
                pool.submit(fuzz, kind, seed=seed, count=ROUND[kind], failures=FAILURES)
                for kind in (given.kind or ROUND)
            ]
            for done in rounds:
                report = done.result()
                reports.append(report)
                print(f"  {report}", flush=True)
                for failure in report.wrong:
                    print(f"    {failure}", flush=True)
        seed += 1
    total = sum(report.inputs for report in reports)
    wrong = sum(len(report.wrong) for report in reports)
    print(f"{total:,} inputs, {wrong} failures; inputs that failed are in {FAILURES}.")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
