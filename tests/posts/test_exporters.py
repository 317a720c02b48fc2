"""Exports are recognised by what they are, and every column means what its exporter means by it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from export_samples import ID, Sample, as_csv, written
from hypothesis import given
from hypothesis import strategies as st
from project_root import PROJECT_ROOT
from scraper_samples import SAMPLES

from viral.commands.cli import main
from viral.errors import TableError
from viral.posts.exporters import EXPORTERS, recognised
from viral.posts.exporters.exporter import Exporter, Reader, flat, key
from viral.posts.importing import Imported, import_posts
from viral.posts.schema import COLUMNS, in_schema
from viral.posts.user_table import read_posts

BY_TITLE = {exporter.title: exporter for exporter in EXPORTERS}


def _imported(path: Path, **options: Any) -> tuple[pd.DataFrame, Imported]:
    out = path.parent / "out.parquet"
    found = import_posts(path, out, **options)
    return pd.read_parquet(out), found


def _is(cell: Any, meant: Any) -> bool:
    if meant is None:
        return bool(pd.isna(cell))
    if isinstance(meant, list):
        return list(cell) == meant
    return bool(cell == meant)


def _assert_golden(row: Mapping[str, Any], sample: Sample) -> None:
    for column, meant in sample.golden.items():
        wanted = pd.Timestamp(meant, tz="UTC") if column == "posted_at" else meant
        assert _is(row[column], wanted), (column, row[column], wanted)
    for column in sample.missing:
        cell = row[column]
        assert cell is None or (not hasattr(cell, "__len__") and pd.isna(cell)), (column, cell)


def test_every_exporter_has_a_sample() -> None:
    assert set(SAMPLES) == set(BY_TITLE)


@pytest.mark.parametrize("title", SAMPLES)
def test_a_sample_is_recognised_and_read_as_its_exporter_means_it(
    tmp_path: Path, title: str
) -> None:
    path = written(SAMPLES[title], tmp_path / "sample")
    table, found = _imported(path)
    assert found.exporters == (title,)
    assert len(table) == 1
    _assert_golden(table.iloc[0], SAMPLES[title])
    # predict-table, explore and extract read the same from the same file.
    posts, rejected = read_posts(path)
    assert rejected == ()
    for column in ("views", "likes", "duration_s", "followers", "caption"):
        both = (posts[column].iloc[0], table[column].iloc[0])
        assert both[0] == both[1] or all(pd.isna(cell) for cell in both), column


def test_posts_say_which_platform_they_were_for(tmp_path: Path) -> None:
    meant = {"tiktok": "tiktok", "instagram": "reels", "facebook": "reels", "youtube": "shorts"}
    for title, sample in SAMPLES.items():
        table, _ = _imported(written(sample, tmp_path / "sample"))
        said = table["platform"].dropna().tolist()
        expected = meant.get(BY_TITLE[title].platform or "")
        assert said == [name for name in [expected] if name], title
    own = _csv(
        tmp_path,
        "own.csv",
        "video_id,views,platform\n1,900,Instagram Reels\n2,800,TikTok\n3,700,\n",
    )
    assert _imported(own)[0]["platform"].fillna("").tolist() == ["reels", "tiktok", ""]


@pytest.mark.parametrize(("length", "platform"), [("PT3M", "shorts"), ("PT3M1S", None)])
def test_what_is_longer_than_a_short_is_none(length: str, platform: str | None) -> None:
    record = {
        "id": "abcdefghijk",
        "snippet/title": "walk",
        "snippet/channelId": "UCx",
        "snippet/publishedAt": "2025-09-03T11:46:40Z",
        "statistics/viewCount": "9898",
        "contentDetails/duration": length,
    }
    assert _row(record)[1].get("platform") == platform


def _row(names_and_cells: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = recognised(names_and_cells, (names_and_cells,))
    assert isinstance(kind, Exporter), list(names_and_cells)
    row = Reader(kind).row(names_and_cells)
    assert row is not None
    return kind.title, row


def _nested_by(mark: str, record: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("/", mark): value for name, value in flat(record).items()}


@pytest.mark.parametrize("title", SAMPLES)
@given(mark=st.sampled_from("/._"), seed=st.integers(0, 1000), shout=st.booleans())
def test_flattening_and_ordering_change_nothing(
    title: str, mark: str, seed: int, shout: bool
) -> None:
    record = SAMPLES[title].record
    plain = _row(flat(record))
    assert plain[0] == title
    cells = list(_nested_by(mark, record).items())
    random.Random(seed).shuffle(cells)
    again = {name.upper() if shout and mark == "_" else name: value for name, value in cells}
    assert _row(flat(again)) == plain
    # A record within a record that a table holds as JSON is the same record.
    packed = {n: json.dumps(v) if isinstance(v, dict) else v for n, v in record.items()}
    assert _row(flat(packed)) == plain


LOCALISED = [
    (title, language)
    for title, exporter in BY_TITLE.items()
    if SAMPLES[title].table
    for language in range(max((len(column.also) for column in exporter.columns), default=0))
]


@pytest.mark.parametrize(("title", "language"), LOCALISED)
def test_another_language_of_the_headers_changes_nothing(title: str, language: int) -> None:
    record, exporter = SAMPLES[title].record, BY_TITLE[title]
    by_name = {key(column.name): column for column in exporter.columns}

    def said(name: str) -> str:
        column = by_name.get(key(name))
        also = column.also if column is not None else ()
        return also[language] if language < len(also) else name

    read = _row({said(name): cell for name, cell in record.items()})
    assert read == _row(record)
    assert read[0] == title


def _csv(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_headers_of_a_language_that_is_not_known_word_for_word(tmp_path: Path) -> None:
    path = _csv(
        tmp_path,
        "innehall.csv",
        "Videotitel,Videolänk,Publiceringstid,Gilla-markeringar,Kommentarer,Delningar,Visningar\n"
        f"walk,https://www.tiktok.com/@x/video/{ID},2025-09-03,694,10,38,9898\n",
    )
    table, found = _imported(path)
    assert "localised" in found.exporters[0]
    row = table.iloc[0]
    assert row["video_id"] == ID
    assert [row[n] for n in ("likes", "comments", "shares", "views")] == [694, 10, 38, 9898]


OVERVIEW = "Date,Video Views,Profile Views,Likes,Comments,Shares,Unique Viewers\n" + "".join(
    f"2026-08-{day:02d},{day}00,9,8,7,6,5\n" for day in range(1, 29)
)
REFUSED = {
    "overview.csv": (OVERVIEW, "totals of days", "TikTok Studio"),
    "geo.csv": ("Geography,Views\nTotal,9\nUS,5\n", "countries", "YouTube Studio"),
    "Totals.csv": ("Date,Views\n2026-09-08,100\n", "totals of days", "Table data.csv"),
    "Chart data.csv": (
        "Date,Content,Video title,Views\n2026-09-08,aB3dE5gH7jK,x,9\n",
        "each video by day",
        "Table data.csv",
    ),
    "days.csv": ("day,plays\n2026-09-08,9\n", "totals of days", "a row for each post"),
    "meta.csv": (
        "Post ID,Account ID,Publish time,Permalink,Date,Views\n"
        "1,2,09/03/2025 11:46,https://www.instagram.com/reel/DAbc1xyz/,09/04/2025,5\n",
        "each post by day",
        "Lifetime",
    ),
    "watched.json": (
        json.dumps([{"Date": "2026-01-01", "Link": f"https://x/share/video/{ID}/"}]),
        "what was watched",
        "JSON",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_without_posts_is_refused_with_what_to_take(tmp_path: Path, name: str) -> None:
    content, what, take = REFUSED[name]
    path = _csv(tmp_path, name, content)
    for read in (lambda: _imported(path), lambda: read_posts(path)):
        with pytest.raises(TableError) as caught:
            read()
        assert what in str(caught.value)
        assert take in str(caught.value)
        assert caught.value.message.said("es") != str(caught.value)


YOUTUBE = (
    "Content,Video title,Video publish time,Duration,Likes,Views,Subscribers\n"
    "Total,,,,840,52000,87\n"
    'aB3dE5gH7jK,Race,"Sep 8, 2026",30,700,50000,80\n-q9Zx_k2LmN,Two,"Sep 14, 2026",59,140,2000,7\n'
)


def test_in_a_zip_the_file_of_posts_is_found(tmp_path: Path) -> None:
    packed = tmp_path / "Content.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Chart data.csv", REFUSED["Chart data.csv"][0] + "# " + "x" * 5000)
        archive.writestr("Totals.csv", REFUSED["Totals.csv"][0])
        archive.writestr("Table data.csv", YOUTUBE)
    table, found = _imported(packed)
    assert table["video_id"].tolist() == ["aB3dE5gH7jK", "-q9Zx_k2LmN"]
    assert table["followers"].isna().all()
    assert "total" in str(found.notes[0])
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Totals.csv", REFUSED["Totals.csv"][0])
        archive.writestr("overview.csv", OVERVIEW)
    with pytest.raises(TableError, match=r"Totals\.csv: totals of days"):
        _imported(packed)


def test_tiktoks_export_as_text(tmp_path: Path) -> None:
    packed = tmp_path / "TikTok_Data.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "TikTok/Your Activity/Watch History.txt",
            "Date: 2026-01-01 00:00:00\nLink: https://www.tiktokv.com/share/video/7/\n\n" * 60,
        )
        archive.writestr(
            "TikTok/Post/Posts.txt",
            "Date: 2026-03-01 18:30:00\nLink: https://www.tiktokv.com/share/video/7341111111/\n"
            "Like(s): 12\nTitle: first\n\nof two lines\n\nDate: 2026-03-02 18:30:00\n"
            "Link: https://www.tiktokv.com/share/video/7342222222/\nLike(s): 7\nTitle: second\n\n",
        )
    table, _ = _imported(packed)
    assert table["video_id"].tolist() == ["7341111111", "7342222222"]
    assert table["likes"].tolist() == [12, 7]
    assert table["caption"].tolist() == ["first\nof two lines", "second"]


def test_playlists_within_playlists_and_one_line_records(tmp_path: Path) -> None:
    info = SAMPLES["yt-dlp, .info.json or --dump-json"].record
    inner = {"_type": "playlist", "entries": [info, {**info, "id": "-q9Zx_k2LmN"}]}
    path = _csv(tmp_path, "all.json", json.dumps({"_type": "playlist", "entries": [inner]}))
    assert _imported(path)[0]["video_id"].tolist() == ["aB3dE5gH7jK", "-q9Zx_k2LmN"]
    lines = _csv(tmp_path, "dump.json", f"{json.dumps(info)}\n{json.dumps({**info, 'id': 'b2'})}\n")
    from_lines, _ = _imported(lines)
    alone = _csv(tmp_path, "one.info.json", json.dumps(info))
    from_info, _ = _imported(alone)
    columns = [name for name in COLUMNS if name not in ("source", "video_path")]
    assert from_lines[columns].iloc[0].astype(str).equals(from_info[columns].iloc[0].astype(str))


def _photo_of_yt_dlp(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "vcodec": "none", "duration": 61}


PHOTOS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "yt-dlp, .info.json or --dump-json": _photo_of_yt_dlp,
    "Apify, TikTok scrapers (authorMeta, videoMeta)": lambda r: {**r, "isSlideshow": True},
    "Apify, Instagram scrapers": lambda r: {**r, "type": "Sidecar"},
    "TikTok website, item records (Zeeschuimer, TikTok-Api, item_list)": lambda r: {
        **r,
        "imagePost": {"images": [{"imageURL": {}}], "title": ""},
    },
}


@pytest.mark.parametrize("title", PHOTOS)
def test_a_photo_post_is_a_post_without_the_length_of_its_song(tmp_path: Path, title: str) -> None:
    record = PHOTOS[title](SAMPLES[title].record)
    path = _csv(tmp_path, "photo.json", json.dumps([record]))
    table, found = _imported(path)
    assert table["duration_s"].isna().all()
    assert table["comments"].tolist() == [10]
    assert any(note.code == "posts.note.photos" for note in found.notes)


def test_unknown_is_not_none(tmp_path: Path) -> None:
    rows = [
        {"video_id": "a", "views": 9, "likes": -1, "caption": "x", "hashtags": [{"no": "name"}]},
        {"video_id": "b", "views": -1, "likes": 3, "caption": "x", "hashtags": []},
    ]
    table, found = _imported(_csv(tmp_path, "own.json", json.dumps(rows)))
    assert table["video_id"].tolist() == ["a", "b"]
    assert table["likes"].isna().tolist() == [True, False]
    assert table["views"].isna().tolist() == [False, True]
    assert table["hashtags"].iloc[0] is None
    assert list(table["hashtags"].iloc[1]) == []
    assert [note.values["count"] for note in found.notes] == [2]


def test_what_means_one_thing_here_and_another_there_is_left_out_and_named(tmp_path: Path) -> None:
    path = _csv(tmp_path, "own.csv", "id,views,Total likes,Subscribers\na,9,5,7\n")
    table, found = _imported(path)
    assert table[["likes", "followers", "creator_total_likes"]].isna().all(axis=None)
    assert found.not_read == ("Total likes", "Subscribers")
    mapped, _ = _imported(path, mapping={"likes": "Total likes"})
    assert mapped["likes"].tolist() == [5]


def test_the_mapping_that_an_error_names_is_taken(tmp_path: Path) -> None:
    path = _csv(tmp_path, "mine.csv", "Wann,Aufrufzahl\nheute,1.234\nmorgen,99\n")
    with pytest.raises(TableError, match="no column of a known name") as caught:
        _imported(path)
    advised = str(caught.value).split("--map ")[1].rstrip(".").replace("'", "").split("=")
    table, _ = _imported(path, mapping=dict([advised]))
    assert table["views"].tolist() == [1234, 99]


NO_YEAR = "Video title,Video link,Post time,Total views\n" + "".join(
    f"{day},https://www.tiktok.com/@x/video/{ID[:-1]}{at},{day},9\n"
    for at, day in enumerate(["September 19", "December 30", "3 de marzo"])
)


def test_dates_without_a_year(tmp_path: Path) -> None:
    path = _csv(tmp_path, "Content.csv", NO_YEAR)
    table, found = _imported(path, counted_at="2026-09-21")
    assert table["posted_at"].dt.strftime("%Y-%m-%d").tolist() == [
        *("2026-09-19", "2025-12-30", "2026-03-03")
    ]
    assert [note.code for note in found.notes] == ["posts.note.years"]
    # The way out that the note names.
    settled, found = _imported(path, year=2024)
    assert settled["posted_at"].dt.year.tolist() == [2024, 2024, 2024]
    assert found.notes == ()


def test_days_and_months_of_meta_are_told_apart_by_the_exporter(tmp_path: Path) -> None:
    title = "Meta Business Suite, Instagram posts, lifetime"
    record = {**SAMPLES[title].record, "Publish time": "04/03/2025 11:46"}
    table, _ = _imported(_csv(tmp_path, "a.csv", as_csv(record)))
    assert table["posted_at"].dt.month.tolist() == [4]
    table, _ = _imported(_csv(tmp_path, "a.csv", as_csv(record)), day_first=True)
    assert table["posted_at"].dt.month.tolist() == [3]


def test_hashtags_of_every_form_are_read_or_missing() -> None:
    forms: list[Any] = [
        [{"name": "dog"}],
        [{"hashtagName": "dog"}],
        [{"hashtag_name": "dog"}],
        [{"title": "dog"}],
        ["#dog"],
        "#dog",
        '[{"name": "dog"}]',
        [{"id": 1}],
    ]
    table, problems = in_schema(pd.DataFrame({"hashtags": pd.Series(forms, dtype=object)}))
    assert problems == {}
    assert table["hashtags"].tolist() == [("dog",)] * 7 + [None]


def test_the_document_lists_every_exporter_with_its_columns() -> None:
    script = PROJECT_ROOT / "scripts" / "export_documents.py"
    done = subprocess.run([sys.executable, str(script), "--check"], check=False)
    assert done.returncode == 0, "run python scripts/export_documents.py"
    for exporter in EXPORTERS:
        assert all((exporter.steps, exporter.steps_es, exporter.taken_from)), exporter.title


def test_the_command_says_whose_file_it_is_and_writes_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = _csv(tmp_path, "Table data.csv", YOUTUBE)
    with pytest.raises(SystemExit) as ended:
        main(["posts", "import", str(path), "--check"])
    assert ended.value.code == 0
    said = capfd.readouterr().out
    assert "2 posts can be read." in said
    assert "taken for: YouTube Studio, Table data" in said
    assert "Content as video_id" in said
    assert "not read: Subscribers" in said
    assert "1 row is a total" in said
    assert "--counted-at" in said
    assert [file.name for file in tmp_path.iterdir()] == ["Table data.csv"]
