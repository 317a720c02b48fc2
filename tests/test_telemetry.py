"""Nothing of the libraries reports to its maker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from project_root import PROJECT_ROOT

QUIET = ("ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI", "XDG_CACHE_HOME")
"""What would keep ONNX Runtime from reporting, or its id from the user's folder, by itself."""


@pytest.mark.parametrize("first", ["import viral", "import viral.modalities.networks.imagenet"])
def test_onnx_runtime_keeps_no_id_and_reports_nothing(tmp_path: Path, first: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in QUIET}
    done = subprocess.run(
        [sys.executable, "-c", f"{first}; import onnxruntime; onnxruntime.SessionOptions()"],
        check=True,
        env={
            **kept,
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
            "PYTHONPATH": str(PROJECT_ROOT),
        },
    )
    assert done.returncode == 0
    assert not (tmp_path / ".cache" / "Microsoft").exists()
    assert not (tmp_path / ".ses").exists()
