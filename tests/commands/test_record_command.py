"""`viral record` from sealing a prediction of the demo clip to a page that others check."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from viral.commands.cli import main
from viral.feedback.opening import shipped_store
from viral.record import keeping
from viral.settings import settings

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo_text_card.mp4"
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "record.md"
CAPTION = "Peppermint tea in five steps #tea"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    monkeypatch.setenv("VIRAL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VIRAL_SPEECH_BACKEND", "off")
    monkeypatch.chdir(tmp_path)
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


def test_the_whole_way(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = tmp_path / "grandmas_secret.mp4"
    clip.write_bytes(DEMO.read_bytes())
    told = ("--caption", CAPTION, "--recent-views", "900,1500,700", "--followers", "4321")
    code, out, _ = run("feedback", "keep", str(clip), *told)
    assert code == 0
    kept_id = out.split(":")[0]
    code, out, _ = run("record", "add", kept_id.lower())
    assert code == 0
    assert "Sealed as number 1." in out
    head = re.findall(r"[0-9a-f]{64}", out)[-1]  # of line 2, which the guide checks

    code, out, _ = run("predict", str(clip), *told, "--horizon-days", "7", "--json")
    (tmp_path / "week.json").write_text(out)
    assert run("record", "add", "week.json")[0] == 0

    said = (tmp_path / "record.jsonl").read_text()
    kept = (tmp_path / "data" / "key").read_text().strip()
    caption_hash = shipped_store().kept(kept)[0].caption_hash
    assert caption_hash
    digest = hashlib.sha256(clip.read_bytes()).hexdigest()
    for secret in (
        *("grandmas_secret", "mp4", str(tmp_path), "Peppermint", "tea", digest, digest[:12]),
        *(kept_id, json.loads(out)["id"], caption_hash, kept, "4321", "views", "900"),
    ):
        assert secret not in said, secret

    code, out, err = run("record", "reveal", "1", "--views", "1.1K", "--days", "30")
    assert (code, out) == (2, "")
    assert "posted before it was sealed" in err
    later = datetime.now(tz=UTC).replace(microsecond=0) + timedelta(days=31)
    monkeypatch.setattr(keeping.Keeper.__init__, "__defaults__", (lambda: later,))
    code, out, _ = run("record", "reveal", kept_id, "--views", "1.1K", "--days", "30")
    assert code == 0
    assert "Number 1: 1,100 views" in out
    assert "in the range" in out
    assert run("record", "reveal", "2", "--not-posted")[0] == 0

    code, out, _ = run("record", "verify", "--head", head)
    assert code == 0
    assert "1 of 1 revealed in the range: 100 %" in out
    assert "1 said not to have been posted: 2." in out
    commitment = json.loads((tmp_path / "record.jsonl").read_text().splitlines()[1])["commitment"]
    hashes = [
        subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout
        for line in re.findall(r"^.*sha256sum$", GUIDE.read_text(encoding="utf-8"), re.M)
    ]
    assert [found.split()[0] for found in hashes] == [head, commitment]
    code, out, _ = run("record", "report", "--language", "es")
    assert code == 0
    code, out, _ = run("record", "verify", "record.html", "--head", head)
    assert code == 0


def test_what_cannot_be_used_is_said_in_a_sentence(run: Run, tmp_path: Path) -> None:
    prediction = {"id": "A", "model_version": "m", "horizon_days": 1.0}
    prediction["views"] = {"low": 1, "median": 2, "high": 3}
    (tmp_path / "one.json").write_text(json.dumps(prediction))
    (tmp_path / "other.json").write_text("[]")
    assert run("record", "add", "one.json")[0] == 0
    good = (tmp_path / "record.jsonl").read_text()
    (tmp_path / "edited.jsonl").write_text(good.replace('"m"', '"n"'))
    for words in (
        ("add", "other.json"),
        ("add", "one.json"),
        ("add", "gone.json"),
        ("add", "NOPE-NOPE"),
        ("add", "one.json", "--record", "no/such/folder/record.jsonl"),
        ("reveal", "7", "--views", "1", "--days", "1"),
        ("reveal", "1", "--likes", "1", "--days", "1"),
        ("verify", "edited.jsonl"),
        ("verify", "one.json"),
        ("verify", "gone.jsonl"),
        ("verify", "--head", "0" * 64),
        ("verify", "--head", "nonsense"),
        ("report", "-o", "record.pdf"),
        ("report", "--language", "tlh"),
    ):
        code, out, err = run("record", *words)
        assert (code, out) == (2, ""), words
        assert len(err.strip().splitlines()) == 1, words
    assert (tmp_path / "record.jsonl").read_text() == good


def test_counts_that_are_overdue_end_with_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prediction = {"id": "A", "model_version": "m", "horizon_days": 1.0}
    prediction["views"] = {"low": 1, "median": 2, "high": 3}
    (tmp_path / "one.json").write_text(json.dumps(prediction))
    before = datetime.now(tz=UTC).replace(microsecond=0) - timedelta(days=16)
    monkeypatch.setattr(keeping.Keeper.__init__, "__defaults__", (lambda: before,))
    run("record", "add", "one.json")
    code, out, _ = run("record", "verify")
    assert code == 1
    assert "1 past their date without counts: 1." in out
