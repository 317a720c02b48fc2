"""Many clips to one table: what is in it, what is passed over, and what survives."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from synthesis import BLUE, sine, solid_frames, write_clip

from viral.batch import extract
from viral.batch.shards import shards_folder
from viral.batch.sources import sources_of
from viral.errors import TableError
from viral.media.reader import read_clip
from viral.pipeline import measured, pooled
from viral.posts.details import PostDetails


def write(path: Path, *, number: int) -> Path:
    """Write a clip whose content is another one for each number."""
    return write_clip(
        path,
        frames=solid_frames([(40 + 4 * number, 30, 30), BLUE], cuts_s=[0.5], duration_s=1.0),
        waveform=sine(1.0, frequency_hz=200.0 + 10.0 * number),
    )


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six contents in eight files, one of them no clip."""
    folder = tmp_path_factory.mktemp("clips")
    (folder / "inner").mkdir()
    for number in range(5):
        write(folder / f"clip {number}.mp4", number=number)
    shutil.copy(folder / "clip 3.mp4", folder / "inner" / "the same.mov")
    (folder / "broken.mp4").write_bytes(b"words")
    (folder / "notes.txt").write_text("no clip")
    (folder / ".hidden.mp4").write_bytes(b"no clip")
    return folder


def command(*words: str | Path, file_bytes: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run `viral extract` as a user does, with a limit on the size of files where one is given."""

    def limited() -> None:
        if file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    return subprocess.run(
        [sys.executable, "-m", "viral.commands.cli", "extract", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=240,
        preexec_fn=limited,
    )


def test_a_folder_is_listed_by_name_without_what_is_no_clip(clips: Path) -> None:
    listed = sources_of(clips)
    assert listed.given == (
        "broken.mp4",
        *(f"clip {number}.mp4" for number in range(5)),
        "inner/the same.mov",
    )
    assert listed.video_ids[-1] == "inner/the same"


@pytest.mark.slow
def test_each_clip_has_its_row_whatever_the_number_of_processes(
    clips: Path, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.parquet", tmp_path / "two.parquet"
    seen: list[tuple[str, int, int]] = []
    done = extract(clips, one, processes=1, on_progress=lambda *news: seen.append(news))
    assert (done.rows, done.measured, done.kept) == (7, 5, 1)
    assert [name for name, _ in done.failures] == ["broken.mp4"]
    assert seen[0] == ("Clips", 0, 7)
    assert ("Clips", 7, 7) in seen
    extract(clips, two, processes=2)
    assert one.read_bytes() == two.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.parquet", "two.parquet"]

    table = pd.read_parquet(one).set_index("path")
    assert "not a video" in table["error"]["broken.mp4"]
    assert np.isnan(table["visual.brightness"]["broken.mp4"])
    same = table.loc[["clip 3.mp4", "inner/the same.mov"]].drop(columns="video_id")
    assert same["key"].nunique() == 1
    assert same["visual.saturation"].nunique() == 1
    assert table["key"].dropna().nunique() == 5
    clip = read_clip(clips / "clip 2.mp4")
    reference = pooled(measured(clip), clip.facts, PostDetails())
    for modality in ("visual", "audio"):
        for name, value in reference[modality].values.items():
            cell = table[f"{modality}.{name}"]["clip 2.mp4"]
            assert cell == pytest.approx(value, rel=1e-4, abs=1e-6, nan_ok=True), name
        assert pd.isna(table[f"{modality}_missing"]["clip 2.mp4"])
    assert "Nobody speaks" in table["speech_missing"]["clip 2.mp4"]
    assert len(table["visual.embedding"]["clip 2.mp4"]) == 1280


@pytest.mark.slow
def test_a_second_run_measures_only_what_is_new(clips: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for number in range(2):
        shutil.copy(clips / f"clip {number}.mp4", folder)
    out = tmp_path / "features.parquet"
    assert extract(folder, out, processes=2).measured == 2
    before = out.read_bytes()
    again = extract(folder, out, processes=2)
    assert (again.measured, again.kept) == (0, 2)
    assert out.read_bytes() == before
    (folder / "clip 0.mp4").rename(folder / "another name.mp4")
    shutil.copy(clips / "clip 2.mp4", folder)
    third = extract(folder, out, processes=1)
    assert (third.measured, third.kept) == (1, 2)
    assert list(pd.read_parquet(out)["video_id"]) == ["another name", "clip 1", "clip 2"]


@pytest.mark.slow
def test_posts_keep_their_order_and_bring_caption_and_account(clips: Path, tmp_path: Path) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text(
        "video_id,caption,followers,video_path\n"
        f"z,Three knots #climbing,1000,{clips}/clip 4.mp4\n"
        "y,No clip here,10,\n"
        f"x,,,{clips}/none.mp4\n"
        f"w,,-5,{clips}/clip 1.mp4\n"
        f"v,,100,{clips}/clip 0.mp4\n",
        encoding="utf-8",
    )
    out = tmp_path / "features.parquet"
    done = extract(posts, out, processes=2)
    table = pd.read_parquet(out)
    assert list(table["video_id"]) == ["z", "y", "x", "v"]
    assert (done.measured, len(done.failures), len(done.left_out)) == (2, 1, 1)
    assert "no such file" in table["error"][2]
    assert table["error"].isna().tolist() == [True, True, False, True]
    assert table["text.hashtag_count"][0] == 1.0
    assert table["context.followers"][0] == pytest.approx(3.0, abs=0.01)
    assert len(table["text.embedding"][0]) == 512
    assert table["visual.brightness"].notna().tolist() == [True, False, False, True]


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for number in range(48):
        write(folder / f"{number:02}.mp4", number=number)
    whole, out = tmp_path / "whole.parquet", tmp_path / "features.parquet"
    process = subprocess.Popen(
        [sys.executable, "-m", "viral.commands.cli", "extract", str(folder), "-o", str(out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline_s = time.monotonic() + 120
    while not list(shards_folder(out).glob("[!.]*.parquet")) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not out.exists()
    finished = list(shards_folder(out).glob("[!.]*.parquet"))
    kept = sum(pq.read_metadata(shard).num_rows for shard in finished)
    assert kept > 0
    again = extract(folder, out, processes=2)
    assert again.kept == kept
    assert again.measured == 48 - kept
    extract(folder, whole, processes=2)
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.slow
def test_a_worker_that_dies_costs_nothing_but_time(clips: Path, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_one(what: str, done: int, total: int) -> None:
        del what, total
        if done == 2 and not killed:
            victim = multiprocessing.active_children()[0].pid
            assert victim is not None
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    out, whole = tmp_path / "features.parquet", tmp_path / "whole.parquet"
    done = extract(clips, out, processes=1, on_progress=kill_one)
    assert killed
    assert done.restarts == 1
    assert (done.measured, len(done.failures)) == (5, 1)
    extract(clips, whole, processes=1)
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_what_is_measured_is_kept(clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    shutil.copytree(clips, tmp_path / "clips")
    extract(tmp_path / "clips", out, processes=2)
    write(tmp_path / "clips" / "new.mp4", number=11)
    before = out.read_bytes()
    done = command(tmp_path / "clips", "-o", out, file_bytes=20_000)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "make room" in done.stderr
    assert out.read_bytes() == before
    assert extract(tmp_path / "clips", out, processes=2).measured == 1


@pytest.mark.slow
def test_the_command_names_what_it_passed_over_and_counts(clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    done = command(clips, "-o", out, "--processes", "2")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("5 clips measured at ")
    assert "1 known already, 1 passed over; 7 rows written to" in done.stdout
    assert done.stderr.startswith("broken.mp4 was passed over: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("empty", "-o", "features.parquet"), "no clips in"),
        (("none", "-o", "features.parquet"), "none"),
        (("posts.csv", "-o", "features.parquet"), "video_path"),
        (("clips", "-o", "features.csv"), "must end in .parquet"),
        (("clips", "-o", "none/features.parquet"), "not there"),
    ],
)
def test_what_cannot_be_done_is_refused_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: Sequence[str], match: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "a.mp4").write_bytes(b"words")
    (tmp_path / "posts.csv").write_text("video_id,followers\na,5\n")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(TableError, match=match):
        extract(Path(words[0]), Path(words[2]), processes=1)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_no_clip_at_all_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"words")
    out = tmp_path / "features.parquet"
    with pytest.raises(TableError, match="None of the 1 clips"):
        extract(tmp_path, out, processes=1)
    assert not out.exists()
