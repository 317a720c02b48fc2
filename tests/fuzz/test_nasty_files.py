"""Collected nasty files, and what people type wrongly, through the command `viral predict`."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz_supervisor import fuzz
from synthesis import RED, sine, solid_frames, write_clip

PROTECTED = ("cenc", "cbcs")


@pytest.mark.slow
@pytest.mark.shared
def test_every_nasty_file_gets_a_prediction_or_one_line(nasty_dir: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in nasty_dir.iterdir())
    report = fuzz(
        "commands",
        seed=0,
        count=len(names),
        failures=tmp_path / "failures",
        variables={"FUZZ_FILES": str(nasty_dir)},
    )
    assert report.wrong == []
    assert sorted(report.names) == names
    assert report.longest_s < 20
    refused = {name for name, outcome in report.names.items() if outcome == "refused"}
    assert {name for name in names if any(word in name for word in PROTECTED)} <= refused
    assert {"generated_zero_bytes.mp4", "generated_html_renamed.mp4"} <= refused
    # Odd files that players show are not to be turned away.
    assert len(refused) < len(names) / 3


def viral(*words: str | Path, scratch: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "viral.commands.cli", "predict", *map(os.fsencode, words)],
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, "TMPDIR": str(scratch)},
    )


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(
        tmp_path / "clip.mp4",
        frames=solid_frames([RED], duration_s=0.5, width=48, height=64),
        waveform=sine(0.5),
    )


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "warned"),
    [
        (("--caption", "é" * 12_000), "cut at 10,000 characters"),
        (("--caption", "\U0001f469\u200d\U0001f467 \u202eab\u0301 \U000e0041 #עברית"), ""),
        ((b"--caption", b"not utf-8: \xff\xfe\x80"), ""),
        (("--posted-at", "2019-05-01T10:00"), "in the past"),
        (("--followers", "0", "--recent-views", "0,0,0"), ""),
    ],
)
def test_odd_details_are_taken(
    clip: Path, scratch: Path, options: tuple[str, ...], warned: str
) -> None:
    done = viral(clip, *options, "--json", scratch=scratch)
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    warnings = json.loads(done.stdout)["warnings"]
    assert any(warned in sentence for sentence in warnings) or not warned
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    "options",
    [
        ("--followers", "-1"),
        ("--followers", "1e999"),
        ("--followers", "9" * 5000),
        ("--recent-views", "nan"),
        ("--recent-views", "many, few"),
        ("--posted-at", "0000-13-45T99:99"),
        ("--posted-at", "+0002-01-01"),
        ("--posted-at", "\U0001f4a9"),
        ("--horizon-days", "-7"),
        ("--horizon-days", "inf"),
    ],
)
def test_senseless_details_are_one_line(
    clip: Path, scratch: Path, options: tuple[str, ...]
) -> None:
    done = viral(clip, *options, scratch=scratch)
    assert done.returncode == 2
    assert done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("viral: ")
    assert line.endswith(".")
    assert len(line) < 300
    assert list(scratch.iterdir()) == []


def test_a_header_that_claims_impossible_pictures_is_one_line(
    tmp_path: Path, scratch: Path
) -> None:
    path = write_clip(tmp_path / "clip.gif", frames=solid_frames([RED], duration_s=0.3))
    content = bytearray(path.read_bytes())
    # A GIF names its size in two 16-bit words after the signature.
    content[6:10] = struct.pack("<HH", 65535, 65535)
    path.write_bytes(content)
    done = viral(path, scratch=scratch)
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("viral: ")
