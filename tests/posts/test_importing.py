"""`viral posts import`: what people have becomes one table, and what could not be read is named."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viral.commands.cli import main
from viral.errors import TableError
from viral.posts.importing import Imported, import_posts
from viral.posts.schema import COLUMNS
from viral.posts.user_table import read_posts

OUT = "posts.parquet"


def _imported(path: Path, **options: Any) -> tuple[pd.DataFrame, Imported]:
    out = path.parent / OUT
    found = import_posts(path, out, **options)
    return pd.read_parquet(out), found


def _written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


APIFY = (
    "id,text,createTimeISO,authorMeta/name,authorMeta/fans,authorMeta/heart,diggCount,playCount,"
    "shareCount,commentCount,collectCount,videoMeta/duration,musicMeta/musicName,"
    "hashtags/0/name,hashtags/1/name,webVideoUrl\n"
)


def test_apify_table(tmp_path: Path) -> None:
    path = _written(
        tmp_path / "dataset.csv",
        APIFY
        + '7506832682593094928,"hi, ""you""\nthere #a",2025-05-21T09:44:45.000Z,some.body,304900,'
        "12M,21900,541.2K,742,454,1098,31,tune,Cats,dogs,https://www.tiktok.com/@x/video/75\n",
    )
    table, found = _imported(path)
    assert list(table.columns) == list(COLUMNS)
    row = table.iloc[0]
    assert row["video_id"] == "7506832682593094928"
    assert row["caption"] == 'hi, "you"\nthere #a'
    assert (row["views"], row["likes"], row["saves"]) == (541_200, 21_900, 1098)
    assert (row["followers"], row["creator_total_likes"]) == (304_900, 12e6)
    assert row["duration_s"] == 31
    assert list(row["hashtags"]) == ["cats", "dogs"]
    assert row["posted_at"] == datetime(2025, 5, 21, 9, 44, 45, tzinfo=UTC)
    assert "some.body" not in table.to_csv()
    assert (found.posts, found.rejected, found.creators) == (1, 0, 1)


def test_kaggle_collection(tmp_path: Path) -> None:
    post = {
        "id": "1",
        "text": "look #Cats",
        "createTime": 1_600_000_000,
        "authorMeta": {"id": "77", "name": "somebody"},
        "musicMeta": {"musicName": "tune", "musicOriginal": False},
        "videoMeta": {"height": 1024, "width": 576, "duration": 15},
        "hashtags": [{"id": "1", "name": "Cats"}],
        "playCount": 1000,
        "diggCount": 100,
        "commentCount": 10,
        "shareCount": 1,
    }
    path = _written(tmp_path / "trending.json", json.dumps({"collector": [post]}, indent=1))
    table, _ = _imported(path, counted_at="2020-12-31")
    row = table.iloc[0]
    assert (row["views"], row["likes"], row["comments"], row["shares"]) == (1000, 100, 10, 1)
    assert (row["duration_s"], row["width"], row["sound_name"]) == (15, 576, "tune")
    assert list(row["hashtags"]) == ["cats"]
    assert row["horizon_days"] == pytest.approx(108.5, abs=1)
    assert "somebody" not in table.to_csv()


def _tiktok_export(section: str, group: str) -> dict[str, Any]:
    posts = [
        {
            "Date": "2024-03-01 18:30:00",
            "Link": "https://www.tiktokv.com/share/video/7341/",
            "Likes": "1.2K",
            "Title": "first #one",
            "Sound": "original sound",
        },
        {"Date": "2024-03-02 18:30:00", "Link": "https://cdn.example/x.mp4", "Likes": "7"},
    ]
    return {
        "Activity": {
            "Video Browsing History": {
                "VideoList": [{"Date": "2024-01-01 00:00:00", "Link": "https://x/video/999999/"}]
            },
            "Like List": {"ItemFavoriteList": [{"Date": "2024-01-01", "Link": "x"}]},
        },
        section: {group: {"VideoList": posts}},
    }


@pytest.mark.parametrize(("section", "group"), [("Video", "Videos"), ("Post", "Posts")])
def test_tiktoks_own_export_gives_own_posts_alone(tmp_path: Path, section: str, group: str) -> None:
    content = json.dumps(_tiktok_export(section, group))
    plain = _written(tmp_path / "user_data_tiktok.json", content)
    table, _ = _imported(plain)
    assert table["likes"].tolist() == [1200, 7]
    assert table["views"].isna().all()
    assert table["caption"].tolist()[0] == "first #one"
    assert table["creator"].nunique() == 1
    # A post without a number of its own keeps one name over several imports.
    packed = tmp_path / "TikTok_Data.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("user_data_tiktok.json", content)
    again, _ = _imported(packed)
    assert again["video_id"].tolist() == table["video_id"].tolist()


def test_a_folder_as_yt_dlp_leaves_it(tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    info = {
        "id": "abc",
        "description": "a walk #dog",
        "title": "a walk",
        "timestamp": 1_700_000_000,
        "epoch": 1_700_864_000,
        "uploader_id": "somebody",
        "channel_follower_count": 5000,
        "view_count": 900,
        "like_count": 80,
        "comment_count": 7,
        "repost_count": 2,
        "duration": 12.5,
        "track": "tune",
        "formats": [{"id": "not a post", "view_count": 3}],
        "comments": [{"text": "private"}],
    }
    _written(folder / "abc.info.json", json.dumps(info))
    _written(folder / "abc.mp4", b"clip")
    _written(folder / "list.info.json", json.dumps({"id": "list", "_type": "playlist"}))
    _written(folder / "half.info.json", json.dumps(info)[:50])
    table, found = _imported(folder)
    assert table["video_id"].tolist() == ["abc"]
    row = table.iloc[0]
    assert (row["views"], row["likes"], row["comments"], row["shares"]) == (900, 80, 7, 2)
    assert row["horizon_days"] == pytest.approx(10)
    assert row["followers"] == 5000
    assert Path(row["video_path"]).name == "abc.mp4"
    assert [str(r) for r in found.rejections] == [
        "Line 2 was left out: half.info.json cannot be read as JSON."
    ]
    one, _ = _imported(folder / "abc.info.json")
    assert one["views"].tolist() == [900]


def test_a_mapping_is_given_once(tmp_path: Path) -> None:
    path = _written(tmp_path / "mine.csv", "Nr;Aufrufe gesamt;Am\na1;1.234;02.01.2024\n")
    folder = tmp_path / "kept"
    with pytest.raises(TableError, match="no column of a known name"):
        import_posts(path, tmp_path / OUT, mappings_dir=folder)
    mapping = {"views": "Aufrufe gesamt", "posted_at": "Am", "video_id": "Nr"}
    table, _ = _imported(path, mapping=mapping, mappings_dir=folder)
    assert table["views"].tolist() == [1234]
    other = _written(tmp_path / "next.csv", "Nr;Aufrufe gesamt;Am\nb2;99;03.01.2024\n")
    table, _ = _imported(other, mappings_dir=folder)
    assert table["views"].tolist() == [99]
    assert table["video_id"].tolist() == ["b2"]
    with pytest.raises(TableError, match="no column 'Klicks'"):
        import_posts(path, tmp_path / OUT, mapping={"views": "Klicks"})


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"]
)
def test_any_encoding(tmp_path: Path, encoding: str) -> None:
    # The first accents come after more than a megabyte of plain letters.
    head = "video_id,caption,views\n"
    plain = "".join(f"p{row},plain,{row}\n" for row in range(70_000 if encoding == "cp1252" else 9))
    line = "z,Crème brûlée à l’hôtel à côté d’une fenêtre où l’été s’achève,5\n"
    if encoding == "latin-1":
        line = line.replace("’", "'")
    path = _written(tmp_path / "t.csv", (head + plain + line).encode(encoding))
    table, _ = _imported(path)
    assert table["caption"].iloc[-1] == line.split(",")[1]


def test_cyrillic_of_windows(tmp_path: Path) -> None:
    line = "1,Сегодня мы готовим вкусный борщ и показываем всем друзьям наш новый дом,5\n"
    path = _written(tmp_path / "t.csv", ("video_id,caption,views\n" + line).encode("cp1251"))
    table, _ = _imported(path)
    assert table["caption"].iloc[0] == line.split(",")[1]


def test_each_rejected_row_has_its_line_and_reason(tmp_path: Path) -> None:
    path = _written(
        tmp_path / "t.csv",
        'id,views,date,text\na,5,2024-01-01,"two\nlines"\nb,many,2024-01-01,x\nc,-3,2024-01-01,x\n'
        "d,1,soon,x\na,7,2024-01-01,again\n,,,\n,4\n7.56425E+18,9,2024-01-01,x\nlone,,,\n"
        "e,1,2024-02-01,Robert'); DROP TABLE posts;--\n",
    )
    rejects = tmp_path / "left.csv"
    table, found = _imported(path, rejects=rejects)
    assert table["video_id"].tolist() == ["a", "e"]
    assert table["caption"].tolist()[1] == "Robert'); DROP TABLE posts;--"
    assert [(r.line, r.reason.split(",")[0]) for r in found.rejections] == [
        (4, "views is 'many'"),
        (5, "views is -3"),
        (6, "posted_at is 'soon'"),
        (7, "its video_id appears in an earlier row"),
        (9, "it has 2 cells"),
        (10, "its video_id was cut short by a spreadsheet; format that column as text"),
        (11, "it has neither a count nor a caption nor a date"),
    ]
    written = pd.read_csv(rejects)
    assert written["line"].tolist() == [4, 5, 6, 7, 9, 10, 11]


def test_slashed_dates_follow_the_rest_of_the_file(tmp_path: Path) -> None:
    path = _written(tmp_path / "t.csv", "id,views,date\na,1,03/04/2024\nb,2,31/01/2024\n")
    table, _ = _imported(path)
    assert table["posted_at"].dt.month.tolist() == [4, 1]
    alone = _written(tmp_path / "one.csv", "id,views,date\na,1,03/04/2024\n")
    with pytest.raises(TableError, match="day first or month first"):
        _imported(alone)
    table, _ = _imported(alone, day_first=False)
    assert table["posted_at"].dt.month.tolist() == [3]


def test_half_a_json_keeps_what_stands_before(tmp_path: Path) -> None:
    posts = [{"id": str(n), "playCount": n, "text": "x" * 50} for n in range(2000)]
    whole = json.dumps({"collector": posts}, indent=0)
    path = _written(tmp_path / "trending.json", whole[: len(whole) // 2])
    table, found = _imported(path)
    assert 950 < len(table) < 1050
    assert table["views"].tolist() == list(range(len(table)))
    assert found.broke_off is not None
    line = int(found.broke_off.split("line ")[1].split(":")[0].replace(",", ""))
    assert abs(line - whole[: len(whole) // 2].count("\n")) <= 6


@pytest.mark.parametrize("content", ["", "{", "[", "nonsense", '{"a": [1, 2]}', "[]", "\x00" * 50])
def test_a_json_without_posts_is_one_sentence(tmp_path: Path, content: str) -> None:
    path = _written(tmp_path / "t.json", content)
    with pytest.raises(TableError, match=r"t\.json"):
        _imported(path)
    assert [file.name for file in tmp_path.iterdir()] == ["t.json"]


def test_an_open_quote_does_not_swallow_the_file(tmp_path: Path) -> None:
    rows = "".join(f"p{n},{n},{'x' * 80}\n" for n in range(30_000))
    path = _written(tmp_path / "t.csv", f'id,views,text\nbad,1,"never closed\n{rows}')
    table, found = _imported(path)
    assert found.rejections[0].line == 2
    assert "quote" in found.rejections[0].reason
    assert len(table) > 15_000


def test_records_a_line_and_deep_nesting(tmp_path: Path) -> None:
    path = _written(
        tmp_path / "t.jsonl", '{"id": "a", "views": 3}\nnot json\n\n' + "[" * 5000 + "\n[]\n"
    )
    table, found = _imported(path)
    assert table["views"].tolist() == [3]
    assert [r.line for r in found.rejections] == [2, 4, 5]
    deep = _written(tmp_path / "deep.json", '[{"id": "a", "views": 1},' + '{"x":' * 100_000)
    table, found = _imported(deep)
    assert table["views"].tolist() == [1]
    assert found.broke_off is not None


def test_a_table_by_columns_and_a_parquet(tmp_path: Path) -> None:
    frame = pd.DataFrame({"video_id": ["a", "b"], "views": [1, 2], "creator": ["x", None]})
    path = tmp_path / "t.json"
    frame.to_json(path)
    assert _imported(path)[0]["views"].tolist() == [1, 2]
    parquet = tmp_path / "in.parquet"
    frame.to_parquet(parquet)
    table, found = _imported(parquet)
    assert table["video_id"].tolist() == ["a", "b"]
    assert found.creators == 1
    # What was written is read by everything else that reads tables.
    assert read_posts(tmp_path / OUT)[0]["views"].tolist() == [1, 2]
    parquet.write_bytes(parquet.read_bytes()[:100])
    with pytest.raises(TableError, match="cannot be read as parquet"):
        _imported(parquet)


@given(content=st.binary(max_size=300), ending=st.sampled_from([".csv", ".json", ".jsonl", ".zip"]))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_posts_or_one_sentence(tmp_path: Path, content: bytes, ending: str) -> None:
    path = _written(tmp_path / f"any{ending}", content)
    problem = ""
    try:
        posts = len(_imported(path)[0])
    except TableError as error:
        posts, problem = 0, str(error)
    assert posts or ("any" in problem and "\n" not in problem)


def test_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    from viral.settings import settings as chosen

    monkeypatch.setenv("VIRAL_DATA_DIR", str(tmp_path / "data"))
    chosen.cache_clear()
    path = _written(tmp_path / "t.csv", "id,Total,date\na,541.2K,2024-01-01\nb,x,2024-01-01\n")
    out = tmp_path / OUT
    arguments = ["posts", "import", str(path), "-o", str(out)]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--map", "views=Total", "--counted-at", "2024-02-01"])
    assert ended.value.code == 0
    said = capfd.readouterr()
    assert "1 post written" in said.out
    assert "1 row left out" in said.out
    assert "Line 3 (b) was left out: views is 'x', which is not a number." in said.err
    assert pd.read_parquet(out)["horizon_days"].tolist() == [31]
    for wrong in (["--map", "plays=Total"], ["--counted-at", "soon"]):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, *wrong])
        assert ended.value.code == 2
        assert capfd.readouterr().err.startswith("viral: ")
    chosen.cache_clear()


def test_unknown_columns_are_named_in_a_sentence_of_sane_length(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(",".join(f"wo\x06rd\xad{n}" + "so" * 200 for n in range(30)) + "\n" + "1," * 30)
    with pytest.raises(TableError, match="no column of a known name") as caught:
        import_posts(path, tmp_path / OUT)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 620
