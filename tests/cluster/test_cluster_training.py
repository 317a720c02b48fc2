"""Trees grown by two workers predict as well as trees grown by one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from viral.model.regressors import Regressor
from viral.model.tree_backend import growing_by, grown, grown_here

COMPARE = """
import json, sys
from pathlib import Path
import numpy as np
from viral.cluster.training import growing_on
from viral.model.regressors import Regressor

generator = np.random.default_rng(0)

def rows(count):
    matrix = generator.normal(size=(count, 8))
    matrix[generator.random(matrix.shape) < 0.1] = np.nan
    known = np.nan_to_num(matrix)
    signal = known[:, 0] + np.sin(2 * known[:, 1]) * known[:, 2]
    return matrix, signal + generator.normal(scale=0.5, size=count)

matrix, target = rows(12_000)
seen, truth = rows(4_000)
columns = [f"column_{number}" for number in range(8)]
parameters = {"num_iterations": 60}

def error(seed):
    fitted = Regressor.fit(matrix, columns, target, parameters=parameters, seeds=(seed,))
    return float(np.sqrt(np.mean((fitted.predict(seen) - truth) ** 2)))

here = [error(seed) for seed in range(6)]
with growing_on("local", Path(sys.argv[1]), fewest_rows=10_000) as workers:
    there = [error(seed) for seed in range(2)]
    again = error(0)
with growing_on("local", Path(sys.argv[1]), fewest_rows=20_000):
    small = error(0)
print(json.dumps({"workers": workers, "here": here, "there": there, "again": again,
                  "small": small, "spread": float(np.std(truth))}))
"""


@pytest.mark.cluster
def test_two_workers_are_as_accurate_as_one_within_what_seeds_change(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    done = subprocess.run(
        [sys.executable, "-c", COMPARE, tmp_path],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
        env={**os.environ, "VIRAL_THREADS": "2"},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["workers"] == 2
    here, there = np.array(found["here"]), np.array(found["there"])
    assert here.max() < 0.7 * found["spread"], "the trees have learnt something"
    margin = 3 * here.std(ddof=1)
    assert np.all(np.abs(there - here.mean()) < margin)
    # The same shares give the same trees; a small table does not leave this machine.
    assert found["again"] == there[0]
    assert found["small"] == here[0]
    assert list(tmp_path.iterdir()) == []


def test_trees_come_from_whatever_has_taken_over() -> None:
    generator = np.random.default_rng(1)
    matrix = generator.normal(size=(300, 2))
    target = matrix[:, 0]
    asked = []

    def grow(parameters, rounds, rows, values, columns):  # type: ignore[no-untyped-def]
        asked.append((rounds, len(rows), tuple(columns)))
        return grown_here(parameters, 1, rows, values, columns)

    own = Regressor.fit(matrix, ["one", "two"], target, parameters={"num_iterations": 5})
    with growing_by(grow):
        other = Regressor.fit(matrix, ["one", "two"], target, parameters={"num_iterations": 5})
    assert asked == [(5, 300, ("one", "two"))]
    assert own.boosters[0].num_trees() == 5
    assert other.boosters[0].num_trees() == 1
    after = grown({"verbosity": -1}, 2, matrix, target, ["one", "two"])
    assert after.count("Tree=") == 2
