"""What yt-dlp tells of posts on three sites becomes lines and tables, and the lines are safe."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded_info import INSTAGRAM, NAMES, TIKTOK, YOUTUBE

from viral.collecting.collector import Collector, Wanted, checked_links, record_of
from viral.collecting.journal import GROWTH, JOURNAL, POSTS, Journal
from viral.collecting.site import Entry, TroubleError, trouble
from viral.commands.cli import main
from viral.errors import CollectError
from viral.posts.importing import import_posts

NOW = datetime(2026, 1, 12, 18, 30, tzinfo=UTC)


class RecordedSite:
    """Shows what was recorded: link -> what yt-dlp tells, or a list of links."""

    def __init__(self, shown: Mapping[str, Any]) -> None:
        self.shown = shown
        self.asked: list[str] = []

    def entries(self, link: str) -> Iterator[Entry]:
        self.asked.append(link)
        found = self.shown[link]
        if isinstance(found, list):
            yield from (Entry(inner, {"_type": "url", "url": inner}, 1) for inner in found)
        else:
            yield Entry(link, found)

    def info(self, entry: Entry) -> Mapping[str, Any] | list[Entry]:
        if not entry.asks:
            return copy.deepcopy(entry.raw)
        self.asked.append(entry.link)
        found = self.shown[entry.link]
        if isinstance(found, list):
            return [Entry(inner, {"_type": "url", "url": inner}, 2) for inner in found]
        return copy.deepcopy(found)

    def clip(self, info: Mapping[str, Any]) -> Path | None:
        del info
        return None


def gathered(folder: Path, shown: Mapping[str, Any], *links: str) -> Collector:
    journal = Journal(folder)
    try:
        run = Collector(
            journal,
            RecordedSite(shown),
            Wanted(clips=False),
            sleep=lambda seconds: None,
            now=lambda: NOW,
        )
        run.collect(links)
        journal.tables()
    finally:
        journal.close()
    return run


def test_three_sites_in_one_table(tmp_path: Path) -> None:
    shown = {info["webpage_url"]: info for info in (TIKTOK, INSTAGRAM, YOUTUBE)}
    gathered(tmp_path / "out", shown, *shown)
    table = pd.read_parquet(tmp_path / "out" / POSTS).set_index("source")
    tiktok, instagram, youtube = (table.loc[name] for name in ("tiktok", "instagram", "youtube"))
    assert tiktok["video_id"] == "7412345678901234567"
    counts = ["views", "likes", "comments", "shares", "saves"]
    assert tiktok[counts].tolist() == [541_200, 21_900, 454, 742, 1_098]
    assert tiktok["caption"] == "Three knots every climber needs #climbing #knots"
    assert (tiktok["sound_name"], tiktok["duration_s"]) == ("original sound", 31)
    assert (tiktok["width"], tiktok["height"]) == (576, 1024)
    assert instagram["caption"] == "Sourdough, day 12 🍞 #bread"
    assert (instagram["likes"], instagram["comments"]) == (812, 2)
    assert pd.isna(instagram["views"])
    assert youtube["caption"] == "I built a raft from bottles #shorts\nIt floated for an hour. #diy"
    assert (youtube["followers"], youtube["verified"]) == (5_000, 1.0)
    assert table["hashtags"].isna().all()
    assert (table["posted_at"] == pd.Timestamp("2026-01-02 18:30", tz="UTC")).all()
    assert (table["collected_at"] == pd.Timestamp(NOW)).all()
    assert table["horizon_days"].tolist() == [pytest.approx(10)] * 3
    assert table["creator"].nunique() == 3
    written = table.drop(columns="sound_author").to_csv()
    written += pd.read_parquet(tmp_path / "out" / GROWTH).to_csv()
    assert not any(name in written for name in NAMES)
    lines = (tmp_path / "out" / JOURNAL).read_text(encoding="utf-8")
    assert "a stranger's words" not in lines
    assert "v16.example" not in lines


def test_what_yt_dlp_writes_beside_clips_reads_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for info in (TIKTOK, INSTAGRAM, YOUTUBE):
        (folder / f"{info['id']}.info.json").write_text(json.dumps(info), encoding="utf-8")
    import_posts(folder, tmp_path / "posts.parquet")
    beside = pd.read_parquet(tmp_path / "posts.parquet").set_index("video_id")
    shown = {info["webpage_url"]: info for info in (TIKTOK, INSTAGRAM, YOUTUBE)}
    gathered(tmp_path / "out", shown, *shown)
    ours = pd.read_parquet(tmp_path / "out" / POSTS).set_index("video_id").loc[beside.index]
    own = ["source", "collected_at", "horizon_days"]
    pd.testing.assert_frame_equal(beside.drop(columns=own), ours.drop(columns=own))


def test_an_account_with_tabs_and_a_post_that_tells_nothing(tmp_path: Path) -> None:
    silent = {**INSTAGRAM, "like_count": None, "id": "silent"}
    shown = {
        "https://y/@maker": ["https://y/@maker/videos", "https://y/@maker/shorts"],
        "https://y/@maker/videos": [],
        "https://y/@maker/shorts": ["https://y/1", "https://y/2"],
        "https://y/1": YOUTUBE,
        "https://y/2": silent,
    }
    run = gathered(tmp_path / "out", shown, "https://y/@maker")
    assert run.result.counted == 1
    assert run.result.failures == [
        "https://y/2 was left out: the site tells neither views nor likes."
    ]


def test_one_number_on_two_sites_is_two_posts(tmp_path: Path) -> None:
    other = {**TIKTOK, "extractor_key": "Instagram", "webpage_url": "https://i/1", "view_count": 5}
    shown = {TIKTOK["webpage_url"]: TIKTOK, "https://i/1": other}
    gathered(tmp_path / "out", shown, *shown)
    table = pd.read_parquet(tmp_path / "out" / POSTS)
    number = TIKTOK["id"]
    assert table["video_id"].tolist() == [f"tiktok:{number}", f"instagram:{number}"]


def test_captions_are_words_and_nothing_else(tmp_path: Path) -> None:
    caption = "=1+1'); DROP TABLE posts;-- <script>alert(1)</script> \ud800\x00 {{7*7}}"
    shown = {"https://t/1": {**TIKTOK, "description": caption}}
    gathered(tmp_path / "out", shown, "https://t/1")
    kept = pd.read_parquet(tmp_path / "out" / POSTS)["caption"].iloc[0]
    assert kept.startswith("=1+1'); DROP TABLE posts;-- <script>alert(1)</script>")
    kept.encode("utf-8")


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.lists(st.text())
)


@given(
    changes=st.dictionaries(
        st.sampled_from([name for name in TIKTOK if name not in ("id", "like_count")]), VALUES
    )
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_odd_value_is_a_line_of_json(changes: dict[str, Any]) -> None:
    record = record_of({**TIKTOK, **changes}, "https://asked", NOW)
    line = json.dumps(record, allow_nan=False)
    assert json.loads(line)["likes"] == 21_900


def test_a_line_half_written_is_cut_off_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    shown = {"https://t/1": TIKTOK, "https://y/1": YOUTUBE}
    gathered(tmp_path, shown, "https://t/1", "https://y/1")
    path = tmp_path / JOURNAL
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    run = gathered(tmp_path, shown, "https://t/1", "https://y/1")
    assert (run.result.counted, run.result.passed_over) == (1, 1)
    assert path.read_bytes() == whole
    path.write_bytes(b"{broken\n" + whole)
    with pytest.raises(CollectError, match=r"Line 1 of .* is damaged"):
        Journal(tmp_path)


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    with pytest.raises(CollectError, match="Another run"):
        Journal(tmp_path)
    first.close()
    Journal(tmp_path).close()
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(CollectError, match="cannot be written to"):
        Journal(blocked / "inside")


def test_links_are_whole_addresses() -> None:
    assert checked_links(["tiktok.com/@a", " https://x.y/1 ", "# note", "", "https://x.y/1"]) == [
        "https://tiktok.com/@a",
        "https://x.y/1",
    ]
    for bad in ("@somebody", "file:///etc/passwd", "ftp://x.y/1", "https://", "https://x y/", "x"):
        with pytest.raises(CollectError, match="is no link"):
            checked_links([bad])


def test_an_error_of_ours_or_of_yt_dlp_is_one_short_sentence() -> None:
    from yt_dlp.utils import DownloadError, ExtractorError, UnsupportedError

    private = ExtractorError("This account is private. Log in. " + "x" * 900, expected=True)
    assert str(trouble(private)) == "yt-dlp says: This account is private"
    assert str(trouble(UnsupportedError("https://x.y"))) == "yt-dlp finds no clip there"
    assert len(str(trouble(DownloadError("y" * 5000)))) < 250
    assert isinstance(trouble(ValueError("odd")), TroubleError)


def test_the_help_names_terms_and_robots(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["collect", "--help"])
    words = " ".join(capsys.readouterr().out.split())
    for needed in ("terms of use", "robots.txt", "--recount", "--pause", "goes on"):
        assert needed in words


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "Give links or accounts"),
        (["https://x.y/1", "--recount"], "Give links or accounts"),
        (["--from", "nowhere.txt"], "cannot be read as a text"),
        (["https://x.y/1", "--cookies", "nowhere.txt"], "There is no file nowhere.txt"),
        (["@name"], "is no link"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: list[str], reason: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["collect", *arguments, "-o", str(tmp_path / "out")])
    assert ended.value.code == 2
    said = capfd.readouterr().err
    assert reason in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()
