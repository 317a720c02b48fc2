"""Thousands of spoilt inputs with a fixed seed through the public entry points.

`make fuzz` does the same for an hour with ever new seeds.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fuzz_supervisor import Report, fuzz

SEED = 20_261_124
COUNTS = {"media": 3200, "details": 1100, "tables": 1100}
FEWEST = 5000


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_thousands_of_spoilt_inputs_end_in_a_prediction_or_a_sentence(tmp_path: Path) -> None:
    half = COUNTS["media"] // 2
    failures = tmp_path / "failures"

    def first() -> list[Report]:
        return [fuzz("media", seed=SEED, count=half, failures=failures)]

    def second() -> list[Report]:
        return [
            fuzz("media", seed=SEED, first=half, count=half, failures=failures),
            *(
                fuzz(kind, seed=SEED, count=COUNTS[kind], failures=failures)
                for kind in ("details", "tables")
            ),
        ]

    with ThreadPoolExecutor(2) as pool:
        parts = [pool.submit(first), pool.submit(second)]
        reports = [report for part in parts for report in part.result()]
    for report in reports:
        print(report)
        assert report.wrong == []
        assert report.longest_s < 20
        # Inputs that are all refused would test the first check alone.
        assert report.outcomes["predicted"] > report.inputs / 5
        assert report.outcomes["refused"] > report.inputs / 10
    assert sum(report.inputs for report in reports) >= FEWEST
