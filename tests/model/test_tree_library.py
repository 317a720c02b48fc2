"""LightGBM is imported without scikit-learn, which stays there for everybody else."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from viral.model.tree_library import lightgbm
library = lightgbm()
assert lightgbm() is library
assert "sklearn" not in sys.modules
import numpy as np
matrix = np.random.default_rng(0).normal(size=(500, 3))
grown = library.train({"verbosity": -1, "num_threads": 1}, library.Dataset(matrix, matrix[:, 0]), 5)
found = library.Booster(model_str=grown.model_to_string()).predict(matrix)
assert np.corrcoef(found, matrix[:, 0])[0, 1] > 0.8
from sklearn.isotonic import IsotonicRegression
assert IsotonicRegression().fit_transform([1, 2, 3], [3, 1, 2])[2] == 2
print("done")
"""


@pytest.mark.skipif(platform.machine() != "x86_64", reason="it is let on other processors")
def test_trees_grow_and_predict_without_scikit_learn() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("done", 0), done.stderr
