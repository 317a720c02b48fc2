"""The `viral` command as a shell sees it: exit codes, one line on error, JSON and nothing else."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from synthesis import BLUE, RED, sine, solid_frames, write_clip

from viral.model.prediction import COUNTS

CONTRACT_KEYS = {
    "model_version",
    "score",
    "breakout_probability",
    "virality",
    "views",
    "likes",
    "comments",
    "shares",
    "explanation",
    "missing",
    "warnings",
}


def viral(
    *words: str | Path, folder: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "viral.commands.cli", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=240,
        cwd=folder,
        env={**os.environ, **variables},
    )


def assert_refused(done: subprocess.CompletedProcess[str], match: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("viral: ")
    assert lines[0].endswith(".")
    assert re.search(match, lines[0]), lines[0]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "red then blue.mp4"
    write_clip(
        path,
        frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0),
        waveform=sine(2.0, frequency_hz=440.0),
    )
    return path


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    path = tmp_path / "posts.parquet"
    table = pd.DataFrame(
        {
            "video_id": ["c", "a", "b"],
            "followers": [12_000.0, 300.0, np.nan],
            "recent_views": [[900.0, 1500.0, 700.0], [], None],
            "caption": ["Three knots #climbing", None, "Tres nudos"],
            "posted_at": ["2026-03-01T18:30:00Z", None, "2026-03-02"],
        }
    )
    table.to_parquet(path)
    return path


def expected_columns() -> list[str]:
    ends = ("low", "median", "high")
    return ["video_id", *(f"{count}_{end}" for count in COUNTS for end in ends)]


@pytest.mark.slow
def test_json_is_the_contract_and_nothing_else(clip: Path) -> None:
    done = viral(
        *("predict", clip, "--caption", "Tres nudos ☕ #climbing", "--followers", "12000"),
        *("--recent-views", "900,1500,700", "--posted-at", "2030-03-01T18:30", "--json"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    answer = json.loads(done.stdout)
    assert set(answer) >= CONTRACT_KEYS
    assert 0 <= answer["score"] <= 100
    assert 0 <= answer["breakout_probability"] <= 1
    for count in COUNTS:
        interval = answer[count]
        assert 0 <= interval["low"] <= interval["median"] <= interval["high"]
    why = answer["explanation"]
    assert why["unit"] == "log10 virality"
    for parts in ("modalities", "features"):
        total = why["base"] + sum(part["value"] for part in why[parts])
        assert total == pytest.approx(why["prediction"], abs=1e-6)
    assert "speech" in answer["missing"]


@pytest.mark.slow
def test_a_person_reads_the_score_the_ranges_and_what_is_missing(clip: Path) -> None:
    done = viral("predict", clip, "--followers", "12000", "--recent-views", "900 1500 700")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert re.search(r"Score \d+ of 100", done.stdout)
    for word in ("Views", "Likes", "Comments", "Shares", "What counts most", "Without speech"):
        assert word in done.stdout


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (("--followers", "-5"), "Followers must lie between"),
        (("--followers", "many"), "Followers 'many' is not a number"),
        (("--recent-views", "a,b"), "Recent views 'a,b' are not numbers"),
        (("--recent-views", "900,-1"), "Recent views must lie between"),
        (("--posted-at", "next week"), "posting time 'next week' is not a date"),
        (("--posted-at", "1850-01-01"), "1850-01-01 is outside"),
        (("--horizon-days", "0"), "horizon"),
        (("--bogus",), "No such option"),
        (("--followers",), "requires an argument"),
    ],
)
def test_senseless_details_are_refused(clip: Path, options: Sequence[str], match: str) -> None:
    assert_refused(viral("predict", clip, *options), match)


def test_a_missing_clip_is_refused(tmp_path: Path) -> None:
    assert_refused(viral("predict", tmp_path / "none.mp4"), "no such file")


@pytest.mark.parametrize(
    "content",
    [b"", b"<!DOCTYPE html><html></html>", b"words " * 100, bytes(5000)],
    ids=["empty", "web page", "text", "zeros"],
)
def test_what_is_no_video_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert_refused(viral("predict", path, "--json", TMPDIR=str(scratch)), ".")
    assert list(scratch.iterdir()) == []


def test_a_truncated_clip_is_refused(clip: Path, tmp_path: Path) -> None:
    content = clip.read_bytes()
    path = tmp_path / "half.mp4"
    path.write_bytes(content[: len(content) // 3])
    assert_refused(viral("predict", path), ".")


def test_limits_are_settings(clip: Path) -> None:
    assert_refused(viral("predict", clip, VIRAL_MAX_CLIP_BYTES="1000"), "(?i)large|big|MB|kB")
    # The reader lets a second pass for padded sound, so the limit lies well below the clip's 2 s.
    assert_refused(viral("predict", clip, VIRAL_MAX_CLIP_DURATION_S="0.5"), "(?i)long|seconds| s")


def test_a_senseless_setting_is_refused(clip: Path) -> None:
    assert_refused(viral("predict", clip, VIRAL_THREADS="none"), "VIRAL_THREADS")


@pytest.mark.slow
def test_without_a_model_the_command_says_so(clip: Path, tmp_path: Path) -> None:
    done = viral("predict", clip, "--json", VIRAL_MODEL_DIR=str(tmp_path))
    assert_refused(done, "model")


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = viral("predict", tmp_path / "none.mp4", "--debug")
    assert done.returncode != 0
    assert "Traceback" in done.stderr


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("nonsense",), "No such command 'nonsense'"),
        (("predict",), "Missing argument 'CLIP'"),
        (("predict-table", "posts.csv"), "Missing option"),
        (("app", "--port", "http"), "--port"),
        (("app", "--port", "99999"), "--port"),
    ],
)
def test_usage_errors_are_one_line(words: Sequence[str], match: str) -> None:
    assert_refused(viral(*words), match)


def test_help_lists_the_commands() -> None:
    done = viral("--help")
    assert done.returncode == 0
    for command in ("predict", "predict-table", "train", "app"):
        assert command in done.stdout
    assert viral().stdout == done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["out.parquet", "out.csv"])
def test_a_table_is_predicted_in_its_own_order(posts: Path, name: str) -> None:
    out = posts.parent / name
    done = viral("predict-table", posts, "-o", out)
    assert done.returncode == 0, done.stderr
    table = pd.read_parquet(out) if out.suffix == ".parquet" else pd.read_csv(out)
    assert list(table.columns) == expected_columns()
    assert list(table["video_id"]) == ["c", "a", "b"]
    for count in COUNTS:
        low, median, high = (table[f"{count}_{end}"] for end in ("low", "median", "high"))
        assert (low >= 0).all()
        assert (low <= median).all()
        assert (median <= high).all()
    assert sorted(path.name for path in posts.parent.iterdir()) == sorted([name, posts.name])


@pytest.mark.slow
def test_unusable_rows_are_named_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("video_id,followers,recent_views\n1,100,\n2,-5,\n1,100,\n4,lots,\n5,,[10 20]\n")
    out = tmp_path / "out.csv"
    done = viral("predict-table", path, "-o", out)
    assert done.returncode == 0, done.stderr
    assert list(pd.read_csv(out)["video_id"]) == [1, 5]
    lines = done.stderr.splitlines()
    assert [line.split()[1] for line in lines[:3]] == ["2", "3", "4"]
    assert lines[-1] == "3 rows were left out."


@pytest.mark.slow
def test_a_row_s_clip_is_looked_at_and_a_broken_one_is_named(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "good.mp4").write_bytes(clip.read_bytes())
    (tmp_path / "bad.mp4").write_bytes(b"words")
    path = tmp_path / "posts.csv"
    path.write_text("video_id,followers,video_path\nx,100,good.mp4\ny,100,bad.mp4\nz,100,\n")
    out = tmp_path / "out.csv"
    done = viral("predict-table", path, "-o", out)
    assert done.returncode == 0, done.stderr
    assert list(pd.read_csv(out)["video_id"]) == ["x", "y", "z"]
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("y is predicted without its clip: ")


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("posts.csv", "video_id,followers\n1,-5\n", "no usable row"),
        ("posts.csv", "", "posts.csv"),
        ("posts.csv", "colour,shape\nred,round\n", "no column of a known name"),
        ("posts.parquet", "not parquet", "cannot be read as parquet"),
        ("posts.json", "{", r"posts\.json is no readable JSON"),
        ("posts.xlsx", "x", r"posts\.xlsx is damaged"),
    ],
)
def test_tables_without_a_usable_row_are_refused(
    tmp_path: Path, name: str, content: str, match: str
) -> None:
    (tmp_path / name).write_text(content)
    assert_refused(viral("predict-table", tmp_path / name, "-o", tmp_path / "out.csv"), match)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("out", "match"),
    [("out.txt", "must end in"), ("none/out.csv", "not there"), ("folder.csv", "is a folder")],
)
def test_an_output_that_cannot_be_written_is_refused_first(
    posts: Path, out: str, match: str
) -> None:
    (posts.parent / "folder.csv").mkdir()
    assert_refused(viral("predict-table", posts, "-o", posts.parent / out), match)


def test_training_leaves_other_peoples_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert_refused(viral("train", "--data", tmp_path, "-o", tmp_path), "not a model folder")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_training_without_data_is_refused(tmp_path: Path) -> None:
    done = viral("train", "--data", tmp_path / "none", "-o", tmp_path / "model")
    assert_refused(done, ".")


def read_until(terminal: int, *words: bytes, timeout_s: float = 120.0) -> bytes:
    """Read what a command writes to a terminal until it has written one of some words."""
    seen = b""
    deadline_s = time.monotonic() + timeout_s
    while not any(word in seen for word in words) and time.monotonic() < deadline_s:
        if select.select([terminal], [], [], 0.5)[0]:
            seen += os.read(terminal, 4096)
    return seen


@pytest.mark.slow
def test_a_terminal_shows_the_stages_and_ctrl_c_stops_them(clip: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "viral.commands.cli", "predict", str(clip)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        # As a shell does it: Ctrl-C reaches the command and its children together.
        process_group=0,
    )
    os.close(theirs)
    try:
        # Where a second thread looks at the pictures, the stages after it show at once.
        stages = (b"Looking", b"Transcribing")
        shown = read_until(ours, *stages)
        assert any(stage in shown for stage in stages)
        os.killpg(process.pid, signal.SIGINT)
        seen = read_until(ours, b"stopped.", timeout_s=60)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
        os.close(ours)
    assert process.returncode == 130
    assert out == b""
    assert b"viral: stopped." in seen
    assert b"Traceback" not in seen


@pytest.mark.parametrize("error", ["RuntimeError", "ViralError", "ImportError"])
def test_ctrl_c_is_no_error_whatever_a_library_makes_of_it(tmp_path: Path, error: str) -> None:
    code = f"""
import os, signal, sys
import viral.pipeline
from viral.commands.cli import main
from viral.errors import ViralError

def analyse(*given, **named):
    try:
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            pass
    except KeyboardInterrupt:
        raise {error}("something else")

viral.pipeline.analyse = analyse
main(["predict", "clip.mp4"])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "viral: stopped.\n")


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_whoever_reads_no_further_is_no_error(clip: Path, options: Sequence[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "viral.commands.cli", "predict", str(clip), *options],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_importing_viral_is_quick_and_light() -> None:
    code = (
        "import sys, viral.commands.cli; heavy = {'torch', 'librosa', 'lightgbm', 'cv2', 'av', "
        "'pandas', 'gradio', 'whisper', 'sentence_transformers'} & set(sys.modules); "
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
