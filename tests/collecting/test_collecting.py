"""`viral collect`: what a site shows becomes posts, clips and counts, whatever breaks on the
way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from loopback_site import LoopbackSite, served

from viral.collecting.collector import Collected, Collector, Wanted
from viral.collecting.journal import CLIPS, GROWTH, JOURNAL, POSTS, Journal
from viral.collecting.site import YtDlp, options
from viral.commands.cli import main
from viral.posts.importing import import_posts
from viral.posts.user_table import read_posts

START = datetime(2026, 2, 1, 12, tzinfo=UTC)
CLIP = bytes(range(256)) * 400
"""yt-dlp does not look into what it downloads."""


@pytest.fixture
def site() -> LoopbackSite:
    posts = {
        f"v{n}": {"views": 1000 * n, "likes": 10 * n, "comments": n, "caption": f"clip {n} #tag{n}"}
        for n in range(1, 6)
    }
    return LoopbackSite(CLIP, posts=posts, accounts={"ann": [f"v{n}" for n in range(1, 5)]})


class Clock:
    """Time that passes only where the collector sleeps."""

    def __init__(self) -> None:
        self.now = START
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)


def collected(
    folder: Path,
    *links: str,
    clock: Clock | None = None,
    clips: bool = True,
    most: int = 100,
    most_bytes: int = 10_000_000,
    longest_s: float = 600.0,
) -> Collected:
    """Run once as the command does; without links, count again."""
    clock = clock or Clock()
    journal = Journal(folder)
    chosen = options(folder / CLIPS, pause_s=0.0, most_posts=most, most_bytes=most_bytes)
    library = YtDlp(chosen)
    wanted = Wanted(clips=clips and bool(links), longest_clip_s=longest_s, pause_s=5.0)
    try:
        run = Collector(journal, library, wanted, sleep=clock.sleep, now=lambda: clock.now)
        found = run.collect(links) if links else run.recount()
        journal.tables()
    finally:
        library.close()
        journal.close()
    return found


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / JOURNAL).read_text("utf-8").splitlines()]


@pytest.fixture
def running(site: LoopbackSite) -> Iterator[LoopbackSite]:
    with served(site):
        yield site


def test_an_account_becomes_posts_clips_and_counts(running: LoopbackSite, tmp_path: Path) -> None:
    folder, clock = tmp_path / "ann", Clock()
    found = collected(folder, f"{running.url}/account/ann", clock=clock)
    assert (found.counted, found.clips, found.failures, found.broken_off) == (4, 4, [], None)
    table, rejected = read_posts(folder / POSTS)
    assert rejected == ()
    table = table.set_index("video_id").loc[["v1", "v2", "v3", "v4"]]
    assert table["views"].tolist() == [1000, 2000, 3000, 4000]
    assert table["likes"].tolist() == [10, 20, 30, 40]
    assert table["caption"].tolist()[0] == "clip 1 #tag1"
    assert table["duration_s"].tolist() == [2] * 4
    counted_at = [moment - START for moment in table["collected_at"]]
    assert [round(passed.total_seconds()) for passed in counted_at] == [
        pytest.approx(sum(clock.pauses[:n]), abs=1) for n in range(1, 5)
    ]
    assert table["horizon_days"].iloc[0] == pytest.approx(29.7, abs=0.1)
    for path in table["video_path"]:
        assert (folder / path).read_bytes() == CLIP
    again = import_posts(folder / JOURNAL, tmp_path / "again.parquet")
    assert (again.posts, again.rejected) == (4, 0)


def test_requests_keep_their_distance(running: LoopbackSite, tmp_path: Path) -> None:
    clock = Clock()
    collected(tmp_path / "out", f"{running.url}/account/ann", clock=clock)
    assert len(clock.pauses) == 4
    assert all(5.0 <= pause <= 7.5 for pause in clock.pauses)
    assert options(tmp_path, pause_s=3.0, most_posts=1, most_bytes=1)[
        "sleep_interval_requests"
    ] == pytest.approx(3.0)


def test_what_is_there_is_not_asked_for_again(running: LoopbackSite, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    collected(folder, f"{running.url}/account/ann", most=2)
    assert running.asked["/post/v3"] == 0
    found = collected(folder, f"{running.url}/account/ann", f"{running.url}/post/v5")
    assert (found.counted, found.passed_over, found.posts) == (3, 2, 5)
    assert running.asked["/post/v1"] == 1
    assert sum(running.asked[f"/clips/v{n}.mp4"] > 0 for n in range(1, 6)) == 5
    assert len(lines(folder)) == 5


def test_a_network_that_drops_keeps_what_was_there_and_goes_on_later(
    site: LoopbackSite, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    with served(site):
        port = int(site.url.rsplit(":", 1)[1])
        # The feed, two posts with their clips, and a bit of the third.
        site.drops_after = 8
        found = collected(folder, f"{site.url}/account/ann")
    assert found.counted == 2
    assert found.broken_off == (
        "Stopped after 2 posts, because the network does not answer. They are kept; run the same "
        "command to go on."
    )
    assert found.broken_off.said("es").startswith("Se detuvo tras 2 publicaciones porque la red ")
    assert pd.read_parquet(folder / POSTS)["views"].tolist() == [1000, 2000]
    site.drops_after = None
    before = (folder / JOURNAL).read_bytes()
    with served(site, port):
        found = collected(folder, f"{site.url}/account/ann")
    assert (found.counted, found.passed_over, found.broken_off) == (2, 2, None)
    assert sorted(pd.read_parquet(folder / POSTS)["views"]) == [1000, 2000, 3000, 4000]
    assert (folder / JOURNAL).read_bytes().startswith(before)
    assert site.asked["/post/v1"] == 1


def test_no_network_at_all_is_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["collect", "http://127.0.0.1:9/account/x", "-o", str(tmp_path / "o"), "--pause", "1"])
    assert ended.value.code == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "the network does not answer" in said.err


def test_a_clip_that_broke_off_goes_on_where_it_was(running: LoopbackSite, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    running.cut_clip_at = 60_000
    found = collected(folder, f"{running.url}/post/v1")
    assert (found.counted, found.clips, len(found.failures)) == (1, 0, 1)
    assert found.failures[0].values["reason"].code == "collect.why.silent"
    assert pd.read_parquet(folder / POSTS)["views"].tolist() == [1000]
    parts = list((folder / CLIPS).iterdir())
    assert [part.suffix for part in parts] == [".part"]
    # Had it begun anew, the clip would not start with what is in the part.
    kept = bytearray(parts[0].read_bytes())
    assert len(kept) > 0
    kept[:4] = b"kept"
    parts[0].write_bytes(kept)
    running.cut_clip_at = None
    found = collected(folder, f"{running.url}/post/v1")
    assert found.clips == 1
    clip = folder / str(pd.read_parquet(folder / POSTS)["video_path"].iloc[0])
    assert clip.read_bytes() == b"kept" + CLIP[4:]


def test_a_recount_follows_growth_and_overwrites_nothing(
    running: LoopbackSite, tmp_path: Path
) -> None:
    folder, clock = tmp_path / "out", Clock()
    collected(folder, f"{running.url}/account/ann", clock=clock)
    first = (folder / JOURNAL).read_bytes()
    assert collected(folder, clock=clock).counted == 0
    clock.now += timedelta(days=3)
    for post in running.posts.values():
        post["views"] *= 2
    del running.posts["v3"]
    found = collected(folder, clock=clock)
    assert (found.counted, found.clips) == (3, 0)
    assert len(found.failures) == 1
    assert "/post/v3 was left out: it is not there, or no longer." in found.failures[0]
    assert (folder / JOURNAL).read_bytes().startswith(first)
    growth = pd.read_parquet(folder / GROWTH)
    of_first = growth[growth["video_id"] == "v1"]
    assert of_first["views"].tolist() == [1000, 2000]
    assert of_first["horizon_days"].diff().iloc[1] == pytest.approx(3.0, abs=0.01)
    newest = pd.read_parquet(folder / POSTS).set_index("video_id")
    assert newest["views"].to_dict() == {"v1": 2000, "v2": 4000, "v3": 3000, "v4": 8000}
    assert newest["video_path"].notna().all()


def test_a_recount_that_broke_off_goes_on(running: LoopbackSite, tmp_path: Path) -> None:
    folder, clock = tmp_path / "out", Clock()
    collected(folder, f"{running.url}/account/ann", clock=clock)
    clock.now += timedelta(days=1)
    running.drops_after = sum(running.asked.values()) + 4
    found = collected(folder, clock=clock)
    assert found.counted == 2
    assert found.broken_off is not None
    running.drops_after = None
    found = collected(folder, clock=clock)
    assert (found.counted, found.passed_over) == (2, 2)


def test_an_account_that_does_not_exist(
    running: LoopbackSite, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    links = tmp_path / "links.txt"
    links.write_text(f"# mine\n{running.url}/post/v1\n\n{running.url}/account/nobody\n")
    out = tmp_path / "out"
    with pytest.raises(SystemExit) as ended:
        main(["collect", "--from", str(links), "-o", str(out), "--pause", "1"])
    assert ended.value.code == 2
    said = capfd.readouterr()
    assert said.err.splitlines() == [
        f"viral: {running.url}/account/nobody cannot be collected: it is not there, or no longer."
    ]
    assert said.out.startswith("1 post counted, 1 clip downloaded.")
    assert pd.read_parquet(out / POSTS)["video_id"].tolist() == ["v1"]


def test_a_site_that_asks_for_fewer_requests_is_left_alone(
    running: LoopbackSite, tmp_path: Path
) -> None:
    running.busy = True
    found = collected(tmp_path / "out", f"{running.url}/account/ann", f"{running.url}/post/v1")
    assert "asks for fewer requests" in str(found.broken_off)
    assert running.asked["/post/v1"] == 0


def test_what_is_too_large_or_too_long_is_counted_without_its_clip(
    running: LoopbackSite, tmp_path: Path
) -> None:
    small = collected(tmp_path / "small", f"{running.url}/post/v1", most_bytes=1000)
    short = collected(tmp_path / "short", f"{running.url}/post/v1", longest_s=1.0)
    assert (small.counted, small.clips, short.counted, short.clips) == (1, 0, 1, 0)
    for name in ("small", "short"):
        assert pd.read_parquet(tmp_path / name / POSTS)["video_path"].isna().all()
        assert list((tmp_path / name / CLIPS).iterdir()) == []
    # It is not tried again.
    assert collected(tmp_path / "small", f"{running.url}/post/v1").passed_over == 1


def test_counting_alone_downloads_nothing(running: LoopbackSite, tmp_path: Path) -> None:
    found = collected(tmp_path / "out", f"{running.url}/account/ann", clips=False)
    assert (found.counted, found.clips) == (4, 0)
    assert list((tmp_path / "out" / CLIPS).iterdir()) == []
