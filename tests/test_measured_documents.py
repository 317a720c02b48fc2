"""docs/performance.md and docs/scaling.md: their tables are what the benchmarks measured."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from types import ModuleType

import pytest
from project_root import PROJECT_ROOT

GENERATOR = PROJECT_ROOT / "scripts" / "update_measured.py"
DOCUMENTS = ("performance.md", "scaling.md")


@pytest.fixture(scope="module")
def scaling() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "scaling", PROJECT_ROOT / "benchmarks" / "scaling.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, GENERATOR, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_of_the_documents_is_there(name: str) -> None:
    text = (PROJECT_ROOT / "docs" / name).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:benchmarks|scripts|tests)/[\w/]+\.(?:py|json)", text))
    assert named
    for path in named:
        assert (PROJECT_ROOT / path).is_file(), path


def test_costs_on_paper_follow_from_those_of_one_clip(scaling: ModuleType) -> None:
    unit = {
        "spoken_core_s": 3.6,
        "row_bytes": 10_000.0,
        "written_per_s": 500.0,
        "finished_per_s": 1000.0,
        "index_bytes": 200.0,
        "shard_rows": 32.0,
    }
    plan = scaling.plan(1_000_000, unit)
    assert plan["core_hours"] == pytest.approx(1000)
    # 32 cores work 768 hours a day.
    assert plan["machines"] == pytest.approx(1000 / 768)
    assert plan["hours"] == pytest.approx(24)
    assert plan["row_bytes"] == pytest.approx(1e10)
    assert plan["writing_hours"] == pytest.approx(1e6 / 500 / 3600)
    assert scaling.most_cores(unit) == pytest.approx(1800)
    hundredfold = scaling.plan(100_000_000, unit)
    for name in ("core_hours", "machines", "read_bytes", "row_bytes", "shards"):
        assert hundredfold[name] == pytest.approx(100 * plan[name])
    assert scaling.plan(1000, unit)["machines"] == 1


def test_sizes_are_written_with_a_unit(scaling: ModuleType) -> None:
    sizes = (12, 14_000, 5_600_000, 1.4e12, 560e12)
    assert [scaling.size(size) for size in sizes] == [
        "12 bytes",
        "14 kB",
        "5.6 MB",
        "1.4 TB",
        "560 TB",
    ]
