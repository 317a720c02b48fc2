"""What is measured is found again by content, in whatever order and pieces it was written."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viral.batch import extract
from viral.batch.rows import Row, empty_row
from viral.batch.shards import Store, claimed, shards_folder
from viral.batch.sources import Sources
from viral.errors import TableError


def row(number: int) -> Row:
    return {
        **empty_row(),
        "key": f"{number:032x}",
        "sha256": f"{number:064x}",
        "duration_s": float(number),
        "visual.embedding": np.full(3, number, np.float32),
    }


def sources(folder: Path, count: int) -> Sources:
    names = tuple(f"clip {place}" for place in range(count))
    return Sources(names, tuple(f"{name}.mp4" for name in names), folder)


@settings(max_examples=25)
@given(data=st.data())
def test_rows_come_out_in_the_order_of_the_sources(data: st.DataObject) -> None:
    contents = data.draw(st.lists(st.integers(0, 30), min_size=1, max_size=40))
    different = data.draw(st.permutations(sorted(set(contents))))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "features.parquet"
        waiting = list(different)
        while waiting:
            count = data.draw(st.integers(1, len(waiting)))
            Store(out).write([row(number) for number in waiting[:count]])
            waiting = waiting[count:]
        keys = {place: f"{number:032x}" for place, number in enumerate(contents)}
        Store(out).finish(out, sources(folder, len(contents)), keys, {})
        table = pq.read_table(out)
        assert table.column("duration_s").to_pylist() == [float(number) for number in contents]
        assert table.column("visual.embedding").to_pylist() == [[float(n)] * 3 for n in contents]
        assert table.column("video_id").to_pylist()[-1] == f"clip {len(contents) - 1}"
        assert [path.name for path in folder.iterdir()] == [out.name]
        assert Store(out).known_keys() == set(keys.values())


def test_a_shard_that_is_cut_off_costs_only_its_own_rows(tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    store = Store(out)
    store.write([row(1), row(2)])
    store.write([row(3)])
    cut = next(path for path in shards_folder(out).iterdir() if pq.read_table(path).num_rows == 1)
    cut.write_bytes(cut.read_bytes()[:200])
    again = Store(out)
    assert again.known_keys() == {row(1)["key"], row(2)["key"]}
    assert again.damaged == [cut.name]
    assert not cut.exists()


def test_a_half_written_file_is_swept_away(tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    Store(out).write([row(1)])
    left = shards_folder(out) / ".unfinished-x.parquet"
    left.write_bytes(b"PAR1")
    assert len(Store(out)) == 1
    assert not left.exists()


def test_a_table_of_another_kind_holds_nothing(tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    out.write_bytes(b"notes")
    assert len(Store(out)) == 0
    assert out.read_bytes() == b"notes"


def test_a_shard_that_goes_while_the_table_is_written_is_an_error(tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    store = Store(out)
    store.write([row(1)])
    for path in shards_folder(out).iterdir():
        path.write_bytes(b"")
    with pytest.raises(TableError, match="run the same command again"):
        store.finish(out, sources(tmp_path, 1), {0: row(1)["key"]}, {})
    assert not out.exists()


def test_a_clip_that_failed_has_its_reason_and_no_numbers(tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    store = Store(out)
    store.write([row(1)])
    store.finish(out, sources(tmp_path, 2), {1: row(1)["key"]}, {0: "It is empty."})
    first, second = pq.read_table(out).to_pylist()
    assert first["error"] == "It is empty."
    assert first["key"] is None
    assert np.isnan(first["visual.brightness"])
    assert second["error"] is None
    assert second["duration_s"] == 1.0


HOLD = """
import sys, time
from pathlib import Path
from viral.batch.shards import claimed
with claimed(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_two_runs_cannot_write_one_table_and_one_that_was_killed_is_in_nobodys_way(
    tmp_path: Path,
) -> None:
    out = tmp_path / "features.parquet"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(out)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(TableError) as caught, claimed(out):
            pass
        assert caught.value.message.code == "extract.two_runs"
        other.kill()
    with claimed(out):
        assert shards_folder(out).is_dir()
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_before_its_first_clip_leaves_no_folder(tmp_path: Path) -> None:
    clips, out = tmp_path / "clips", tmp_path / "features.parquet"
    clips.mkdir()
    (clips / "broken.mp4").write_bytes(b"words")
    with pytest.raises(TableError):
        extract(clips, out, processes=1)
    assert [path.name for path in tmp_path.iterdir()] == ["clips"]
