"""Clips measured by a cluster: the same rows, whatever happens to its workers and nodes."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from cluster_nodes import Nodes, running_nodes
from synthesis import BLUE, sine, solid_frames, write_clip

from viral.batch import extract
from viral.batch.shards import shards_folder
from viral.messages import Message

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent

# Other tests may share the cores, and each cluster is three starts of Ray.
pytestmark = pytest.mark.timeout(900)

CLIPS = 48

DRIVER = """
import os, sys
from pathlib import Path
import viral.cluster.clips as clips

class Noted(clips.ClipMeasurer):
    # Writes down each clip that a worker begins with, and how often it has loaded a network.
    def __init__(self, *given):
        super().__init__(*given)
        self.note(f"begun {{os.getpid()}}")

    def note(self, words):
        with open({ledger!r} + ".loads", "a") as file:
            file.write(words + "\\n")

    def __call__(self, block):
        from viral.modalities.networks import imagenet
        with open({ledger!r}, "a") as file:
            file.write("".join(path + "\\n" for path in block.column("path").to_pylist()))
        measured = super().__call__(block)
        self.note(f"loads {{imagenet._loaded.cache_info().misses}}")
        return measured

Noted.__module__ = "__main__"
clips.ClipMeasurer = Noted
from viral.batch import extract

done = extract(
    Path(sys.argv[1]), Path(sys.argv[2]), measured_by=clips.measured_by(sys.argv[3]),
    on_progress=lambda what, done, total: print(what, done, total, flush=True),
)
print("measured", done.measured, "failed", len(done.failures))
"""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for number in range(CLIPS):
        write_clip(
            folder / f"{number:02}.mp4",
            frames=solid_frames([(40 + 4 * number, 30, 30), BLUE], cuts_s=[0.5], duration_s=1.0),
            waveform=sine(1.0, frequency_hz=200.0 + 10.0 * number),
        )
    (folder / "broken.mp4").write_bytes(b"words")
    return folder


@pytest.fixture(scope="module")
def one_machine(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table that one machine writes."""
    out = tmp_path_factory.mktemp("out") / "features.parquet"
    extract(clips, out, processes=2)
    return out


def differing(table: Path, other: Path) -> list[tuple[str, int]]:
    """Return the cells in which two tables differ, by column and row."""
    first, second = pq.read_table(table), pq.read_table(other)
    assert first.schema == second.schema
    assert first.num_rows == second.num_rows
    return [
        (name, row)
        for name in first.column_names
        for row, (one, two) in enumerate(
            zip(first[name].to_pylist(), second[name].to_pylist(), strict=True)
        )
        if one != two and not (one != one and two != two)  # NaN is the same as NaN
    ]


@pytest.fixture
def nodes() -> Iterator[Nodes]:
    with running_nodes() as started:
        yield started


@pytest.mark.cluster
def test_a_worker_and_a_node_that_die_lose_nothing_and_repeat_little(
    clips: Path, one_machine: Path, nodes: Nodes, tmp_path: Path
) -> None:
    out, ledger = tmp_path / "features.parquet", tmp_path / "ledger"
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER.format(ledger=str(ledger)), clips, out, nodes.address],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert driver.stdout is not None
    lost: list[str] = []
    last = ""
    with driver.stdout:
        for line in driver.stdout:
            # Ray says what died on the same stream.
            last = line.strip() if line.startswith(("Clips", "measured")) else last
            if not line.startswith("Clips"):
                continue
            for what, after in (("worker", 8), ("node", 24)):
                if int(line.split()[1]) >= after and what not in lost:
                    lost.append(what)
                    nodes.lose(what)
    assert driver.wait() == 0
    assert lost == ["worker", "node"]
    assert last == f"measured {CLIPS} failed 1"
    assert differing(out, one_machine) == []
    begun = Counter(ledger.read_text().splitlines())
    assert set(begun) == {str(path) for path in clips.iterdir()}
    # Each loss costs the block in hand and those whose rows were still on the node.
    assert begun.total() - len(begun) <= 4 * 4
    notes = Counter(ledger.with_name("ledger.loads").read_text().splitlines())
    # The clip that is none needs no network, and may be all that a worker was given.
    assert {note for note in notes if note.startswith("loads")} <= {"loads 0", "loads 1"}
    assert "loads 1" in notes
    actors = {note: times for note, times in notes.items() if note.startswith("begun")}
    # Two workers, and one for each that died; on a busy machine Ray begins a second one for it.
    assert set(actors.values()) == {1}
    assert 2 <= len(actors) <= 2 + 2 * len(lost)


@pytest.mark.cluster
def test_the_command_measures_over_a_cluster_what_one_machine_does(
    clips: Path, one_machine: Path, nodes: Nodes, tmp_path: Path
) -> None:
    out = tmp_path / "features.parquet"

    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "viral.commands.cli", *map(str, words), "--ray", nodes.address],
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )

    done = run("extract", clips, "-o", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{CLIPS} clips measured at ")
    assert done.stderr.splitlines()[0].startswith("broken.mp4 was passed over: ")
    assert differing(out, one_machine) == []
    again = run("extract", clips, "-o", out)
    assert again.stdout.startswith("0 clips measured, "), again.stderr
    assert differing(out, one_machine) == []

    posts = tmp_path / "posts.csv"
    paths = [*sorted(clips.glob("0[0-3].mp4")), clips / "broken.mp4"]
    rows = [f"{path.stem},1000,{path}" for path in paths]
    posts.write_text("\n".join(["video_id,followers,video_path", *rows, "none,5,"]) + "\n")
    over, alone = tmp_path / "over.parquet", tmp_path / "alone.parquet"
    done = run("predict-table", posts, "-o", over)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("broken is predicted without its clip: ")
    subprocess.run(
        [sys.executable, "-m", "viral.commands.cli", "predict-table", posts, "-o", alone],
        capture_output=True,
        check=True,
    )
    pd.testing.assert_frame_equal(pd.read_parquet(over), pd.read_parquet(alone), check_exact=True)


@pytest.mark.cluster
def test_a_head_that_goes_ends_the_command_with_one_line_and_keeps_what_was_measured(
    clips: Path, nodes: Nodes, tmp_path: Path
) -> None:
    many, out = tmp_path / "many", tmp_path / "features.parquet"
    many.mkdir()
    # A folder of this name lies in the way of the package where the command is run.
    (tmp_path / "viral").mkdir()
    one = (clips / "00.mp4").read_bytes()
    for number in range(240):
        (many / f"{number}.mp4").write_bytes(one + struct.pack(">I4sQ", 16, b"free", number))
    words = ["extract", str(many), "-o", str(out), "--ray", nodes.address]
    with subprocess.Popen(
        [sys.executable, "-c", f"from viral.commands.cli import main; main({words!r})"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # As an installed command: the folder it is run in is no place of modules.
        env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": str(PROJECT_ROOT)},
    ) as command:
        until_s = time.monotonic() + 200
        while not list(shards_folder(out).glob("[!.]*.parquet")) and time.monotonic() < until_s:
            assert command.poll() is None, command.communicate()
            time.sleep(0.05)
        nodes.lose("head")
        printed, said = command.communicate(timeout=100)
    assert (command.returncode, printed) == (2, ""), said
    assert said.splitlines() == [f"viral: {Message('cluster.gone')}"]
    kept = [pq.read_metadata(shard).num_rows for shard in shards_folder(out).glob("[!.]*.parquet")]
    assert sum(kept) >= 32
    assert not out.exists()
