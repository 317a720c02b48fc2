"""Time and memory of growing the trees of one regressor, from ten thousand to five million rows.

The rows are made up, as wide as the context's and with the shipped model's parameters; each size
runs in a process of its own. With --ray they are grown by two workers of a local cluster too, which
on one machine can only cost: it shows what the cluster adds. Run it with:

    python benchmarks/bench_training.py
    python benchmarks/bench_training.py --rows 10000 100000 --ray
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from busy import Others
from results import add_out, keep

ROWS = (10_000, 100_000, 500_000, 1_000_000, 2_000_000, 5_000_000)
MISSING_SHARE = 0.2
"""Of the cells; about what a table of posts has."""


def made_up(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a matrix with missing cells and a target that depends on a few of its columns."""
    generator = np.random.default_rng(0)
    matrix = np.empty((rows, columns))
    for column in range(columns):
        values = generator.standard_normal(rows)
        values[generator.random(rows) < MISSING_SHARE] = np.nan
        matrix[:, column] = values
    known = np.nan_to_num(matrix[:, :4])
    target = known[:, 0] + np.sin(2 * known[:, 1]) * known[:, 2] + 0.3 * known[:, 3] ** 2
    return matrix, target + generator.normal(scale=0.5, size=rows)


def measure(rows: int, ray: bool) -> dict[str, Any]:
    """Grow trees once in this process."""
    from viral.modalities.context import FEATURES
    from viral.model.regressors import Regressor
    from viral.training.baseline_parameters import HISTORY_PARAMETERS

    columns = [feature.name for feature in FEATURES]
    matrix, target = made_up(rows, len(columns))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    def fit() -> float:
        start = time.perf_counter()
        Regressor.fit(matrix, columns, target, parameters=HISTORY_PARAMETERS)
        return time.perf_counter() - start

    if ray:
        from viral.cluster.training import growing_on

        with (
            tempfile.TemporaryDirectory() as storage,
            growing_on("local", Path(storage), fewest_rows=1),
        ):
            seconds = fit()
    else:
        seconds = fit()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "table_bytes": matrix.nbytes, "before": before, "most": most}


def main(arguments: list[str] | None = None) -> int:
    """Print a row for each size and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=list(ROWS))
    parser.add_argument("--ray", action="store_true", help="by two workers of a local cluster too")
    add_out(parser)
    parser.add_argument("--one", choices=("here", "ray"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(measure(options.rows[0], options.one == "ray")))
        return 0
    figures = []
    for rows in options.rows:
        for way in ("here", "ray") if options.ray else ("here",):
            others = Others()
            done = subprocess.run(
                [sys.executable, __file__, "--rows", str(rows), "--one", way],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(done.stderr)
            found = json.loads(done.stdout.splitlines()[-1])
            figures.append({"rows": rows, "way": way, **found, "others_cores": others.cores()})
            print(
                f"{rows:>9,} rows, {'two workers' if way == 'ray' else 'one process'}: "
                f"{found['seconds']:.1f} s, {found['most'] / 1e9:.2f} GB at most, of which the "
                f"table is {found['table_bytes'] / 1e9:.2f} GB; {others}",
                flush=True,
            )
    keep(options.out, "training", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
