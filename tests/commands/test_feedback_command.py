"""`viral feedback` from keeping a prediction to deleting it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from viral.commands.cli import main
from viral.feedback.opening import shipped_store
from viral.settings import settings

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo_text_card.mp4"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    monkeypatch.setenv("VIRAL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VIRAL_SPEECH_BACKEND", "off")
    settings.cache_clear()
    shipped_store.cache_clear()

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    yield run
    if shipped_store.cache_info().currsize:
        shipped_store().database.close()
    shipped_store.cache_clear()
    settings.cache_clear()


def test_nothing_is_there_before_something_is_kept(run: Run) -> None:
    code, out, err = run("feedback", "show")
    assert (code, out) == (2, "")
    assert "`viral feedback keep CLIP` makes one" in err
    code, _, err = run("retrain", "--data", "/nowhere")
    assert code == 2
    assert len(err.strip().splitlines()) == 1


def test_the_whole_way(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("feedback", "keep", str(DEMO), "--recent-views", "900,1500,700")
    assert code == 0
    shown = out.split(":")[0]
    key_file = tmp_path / "data" / "key"
    assert key_file.stat().st_mode & 0o077 == 0
    code, out, _ = run("feedback", "report", shown.lower(), "--views", "1.1K", "--days", "7")
    assert code == 0
    assert "1,100 views" in out
    assert "in the range" in out
    code, out, _ = run("feedback", "report", shown, "--views", "5", "--likes", "9", "--days", "7")
    assert "Set apart: more likes than views." in out
    code, out, _ = run("feedback", "counts")
    assert "quarantined: 1" in out
    assert "more likes than views: 1" in out
    assert run("feedback", "report", "NOPE", "--views", "5", "--days", "7")[0] == 2
    code, out, _ = run("feedback", "export", "-o", str(tmp_path / "mine.json"))
    assert json.loads((tmp_path / "mine.json").read_text())["predictions"][0]["id"] == shown
    code, out, _ = run("feedback", "delete", "--yes")
    assert "1 predictions" in out
    assert not key_file.exists()


def test_an_export_is_matched(run: Run, tmp_path: Path) -> None:
    run("feedback", "keep", str(DEMO), "--caption", "Tea in 5 steps #tea", "--followers", "5000")
    path = tmp_path / "posts.csv"
    path.write_text(
        "id,caption,views,date\n1,tea in 5 steps! #Tea,4.1K,2026-01-01\n2,x,9,2026-01-01\n"
    )
    code, out, _ = run("feedback", "import", str(path), "--counted-at", "2026-01-20")
    assert code == 0
    assert "4,100 views" in out
    assert "1 of 2 posts belong" in out
    code, _, err = run("retrain", "--data", str(tmp_path))
    assert code == 2
    assert "missing" in err
