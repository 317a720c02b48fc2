"""Curves of viewers out of the files that are known: what they say, and what is refused."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import xlsx

from viral.errors import TableError, ViralError
from viral.posts.exporters.retention import FEWEST, Retention, read_retention

POSITION, KEPT = "Video position (%)", "Absolute audience retention (%)"
CURVE = [102.65, *(80 - 0.7 * place for place in range(1, 99)), 10.62]


def table(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]], sep: str = ",") -> Path:
    lines = [sep.join(header), *(sep.join(str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


def youtube(path: Path) -> Path:
    return table(path, (POSITION, KEPT), list(enumerate(CURVE)))


def is_the_curve(found: Retention) -> None:
    assert (found.unit, found.source) == ("share", "youtube")
    assert found.at == pytest.approx(np.arange(100) / 100)
    assert found.kept == pytest.approx(np.array(CURVE) / 100)


def test_youtubes_curve_in_every_form_it_comes_in(tmp_path: Path) -> None:
    plain = youtube(tmp_path / "All.csv")
    is_the_curve(read_retention(plain))
    frame = pd.DataFrame({POSITION: range(100), KEPT: CURVE})
    frame.to_csv(tmp_path / "wide.csv", sep=";", index=False, encoding="utf-16")
    is_the_curve(read_retention(tmp_path / "wide.csv"))
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        packed.writestr("Detailed activity.csv", f"{POSITION},Stopped watching\n0,1\n1,2\n")
        packed.writestr("Totals.csv", "Date,Views\n2026-01-01,3\n")
        packed.write(plain, "All.csv")
    is_the_curve(read_retention(tmp_path / "export.zip"))
    rows = [(f"{place}", f"{value:.2f}%".replace(".", ",")) for place, value in enumerate(CURVE)]
    header = ("Posição do vídeo (%)", "Retenção absoluta do público (%)")
    is_the_curve(read_retention(table(tmp_path / "pt.csv", header, rows, sep=";")))
    other = ("Position dans la vidéo (%)", "Fidélisation absolue de l'audience (%)")
    is_the_curve(read_retention(table(tmp_path / "fr.csv", other, list(enumerate(CURVE)))))


def test_a_sheet_behind_others_is_found(tmp_path: Path) -> None:
    header = [POSITION, "Relative audience retention (%)", KEPT]
    rows = [[place, 50, value] for place, value in enumerate(CURVE)]
    sheets = (("Summary", [["Views"], [12]]), ("表データ", [header, *rows]))
    is_the_curve(read_retention(xlsx(tmp_path / "retention.xlsx", *sheets)))


def test_tiktoks_answer_and_a_table_of_ones_own_are_read_in_seconds(tmp_path: Path) -> None:
    points = [{"timestamp": str(1000 * second), "value": 1 - second / 20} for second in range(11)]
    answer = {"data": [{"video_retention_rate_realtime": {"value": {"status": 0, "list": points}}}]}
    path = tmp_path / "insight.json"
    path.write_text(json.dumps(answer), encoding="utf-8")
    found = read_retention(path)
    assert (found.unit, found.source) == ("seconds", "tiktok")
    assert found.at == pytest.approx(np.arange(11.0))
    assert found.kept == pytest.approx(1 - np.arange(11) / 20)
    rows = [(f"0:{second:02d}", f"{100 - 5 * second}%") for second in range(11)]
    own = read_retention(table(tmp_path / "own.csv", ("Time", "Retention"), rows))
    assert (own.unit, own.source) == ("seconds", "table")
    assert own.at == pytest.approx(found.at)
    assert own.kept == pytest.approx(found.kept)


@pytest.mark.parametrize(
    ("header", "rows", "code"),
    [
        (("Date", "Views"), [(1, 2)] * 9, "retention.no_curve"),
        ((POSITION, "Started watching", "Stopped watching"), [(1, 2, 3)] * 9, "retention.counts"),
        ((POSITION, KEPT), [(0, 100), (50, 40), (99, 10)], "retention.few_points"),
        ((POSITION, KEPT), [(place // 2, 50) for place in range(20)], "retention.groups"),
        ((POSITION, KEPT), [(place * 20, 50) for place in range(20)], "retention.no_curve"),
        ((POSITION, KEPT), [(place, -1) for place in range(20)], "retention.no_curve"),
        ((POSITION, KEPT), [(place, 0) for place in range(20)], "retention.no_curve"),
    ],
)
def test_what_is_no_curve_is_one_sentence(
    tmp_path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]], code: str
) -> None:
    with pytest.raises(TableError) as refused:
        read_retention(table(tmp_path / "file.csv", header, rows))
    assert refused.value.message.code == code


def test_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    (tmp_path / "other.json").write_text('{"a": [1, 2]}', encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    (tmp_path / "clip.mp4").write_bytes(b"\0" * 99)
    for name in ("broken.json", "other.json", "empty.csv", "clip.mp4", "none.csv"):
        with pytest.raises(ViralError) as refused:
            read_retention(tmp_path / name)
        assert name in str(refused.value)


@given(st.lists(st.floats(0.0, 19.0), min_size=FEWEST, max_size=40), st.sampled_from(",;\t"))
@settings(max_examples=40)
def test_what_is_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, kept: list[float], sep: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.csv"
    rows = [(second, f"{100 * value:.6f}") for second, value in enumerate(kept)]
    table(path, ("second", "retention (%)"), rows, sep)
    if not any(float(row[1]) for row in rows):
        return
    found = read_retention(path)
    assert found.at == pytest.approx(np.arange(len(kept)))
    assert found.kept == pytest.approx(np.array(kept), abs=1e-7)
