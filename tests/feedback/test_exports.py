"""An export beside kept predictions: what belongs together is found, however long the export is."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from kept_posts import kept

from viral.errors import TableError
from viral.feedback import exports
from viral.feedback.exports import matched_export
from viral.feedback.records import caption_hash

KEY = "a key"
HEADER = "id,text,views,likes,duration,date\n"


def _written(path: Path, posts: int, at: int, padding: int = 0) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(posts):
            words = "My own clip #one" if number == at else f"another {number} {'x' * padding}"
            file.write(f"p{number},{words},{10 * number},{number},12,2026-01-02 10:00\n")
    return path


def test_a_post_is_found_in_any_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "BATCH_ROWS", 10)
    made = kept(1).made_at
    mine = [
        kept(1, caption_hash=caption_hash(KEY, "My own clip #one"), duration_s=12.0),
        kept(2, caption_hash=caption_hash(KEY, "never posted"), duration_s=40.0),
    ]
    path = _written(tmp_path / "export.csv", posts=60, at=45)
    found, matched = matched_export(
        path, mine, KEY, counted_at=(made + timedelta(days=31)).isoformat()
    )
    assert found.posts == 60
    ((one,),) = (matched,)
    assert one.kept.id == "ID-1"
    assert (one.outcome.views, one.outcome.likes, one.outcome.via) == (450, 45, "import")
    assert one.outcome.days == pytest.approx(29.6, abs=0.1)


def test_a_post_without_words_is_found_by_its_length(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HEADER + "a,,700,7,33,2026-01-03\nb,,800,8,90,2026-01-03\n")
    mine = [kept(1, duration_s=33.2), kept(2, duration_s=60.0)]
    _, matched = matched_export(path, mine, KEY, counted_at="2026-01-20")
    assert [(m.kept.id, m.outcome.views) for m in matched] == [("ID-1", 700)]


def test_half_an_export_counts_and_nonsense_is_one_sentence(tmp_path: Path) -> None:
    half = tmp_path / "user_data_tiktok.json"
    half.write_text(
        '{"Post": {"Posts": {"VideoList": [{"Date": "2026-01-02 10:00:00", "Likes": "7", '
        '"Title": "My own clip #one"}, {"Date": "2026-01'
    )
    mine = [kept(1, caption_hash=caption_hash(KEY, "My own clip #one"))]
    found, matched = matched_export(half, mine, KEY)
    assert found.broke_off is not None
    assert [(m.kept.id, m.outcome.likes) for m in matched] == [("ID-1", 7)]
    half.write_text("no JSON")
    with pytest.raises(TableError, match="user_data_tiktok"):
        matched_export(half, mine, KEY)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_export(tmp_path: Path) -> None:
    path = _written(tmp_path / "large.csv", posts=150_000, at=149_999, padding=400)
    code = (
        "import resource, sys; from pathlib import Path; import pandas, pyarrow.parquet\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from kept_posts import kept\n"
        "from viral.feedback.records import caption_hash\n"
        "from viral.feedback.exports import matched_export\n"
        "mine = [kept(1, caption_hash=caption_hash('k', 'My own clip #one'))]\n"
        "start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "_, found = matched_export(Path(sys.argv[1]), mine, 'k')\n"
        "print(len(found), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(Path(__file__).parents[1])],
        capture_output=True,
        text=True,
        check=True,
    )
    matched, grown_kb = map(int, done.stdout.split())
    assert matched == 1
    # It grows by 150 MB; with all rows in memory at once it grew by 525.
    assert grown_kb < 300_000
