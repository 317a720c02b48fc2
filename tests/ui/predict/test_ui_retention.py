"""Own retention on the page: a file is read once and deleted, and told in every language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from fabricated import NASTY, analysis
from parsed_page import parsed

from viral.messages import LANGUAGES
from viral.modalities.onscreen_text import ScreenLine
from viral.pipeline import Analysis
from viral.ui.predict.retention import told, with_file


def posted() -> Analysis:
    """Return a result in which something nasty is written throughout."""
    made = analysis()
    line = ScreenLine(NASTY, 0.1, 0.4, 0.5, 0.05, 0.0, made.facts.duration_s, 0.9, 9.0)
    return replace(made, measurements={"onscreen_text": SimpleNamespace(lines=(line,))})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    return tmp_path


def upload(folder: Path, rows: list[tuple[float, float]], name: str = "All.csv") -> Path:
    path = folder / "0" / name
    path.parent.mkdir(exist_ok=True)
    lines = [f"{at},{kept}" for at, kept in rows]
    path.write_text("\n".join(["second,retention (%)", *lines]), encoding="utf-8")
    return path


def test_a_curve_is_told_and_its_file_is_gone(folder: Path) -> None:
    result = posted()
    path = upload(folder, [(second, 100 if second < 6 else 70) for second in range(15)])
    posts, problem = with_file({}, str(path), lambda: result)
    assert (problem, path.exists()) == (None, False)
    for lang in LANGUAGES:
        page = parsed(told(posts, result, lang))
        assert "img" not in page.tags
        assert NASTY in page.words
        assert ("data-jump", "5.0") in page.attributes
        assert "70" in page.words


@pytest.mark.parametrize("length", [4, 40])
def test_a_curve_of_another_clip_is_one_sentence_and_keeps_the_others(
    folder: Path, length: int
) -> None:
    result = posted()
    good = upload(folder, [(second, 100 - second) for second in range(15)])
    posts, _ = with_file({}, str(good), lambda: result)
    other = upload(folder, [(second, 50) for second in range(max(length, 6))])
    again, problem = with_file(posts, str(other), lambda: result)
    assert again == posts
    assert problem is not None
    assert (problem.code, other.exists()) == ("retention.other_length", False)
    assert problem in parsed(told(again, result, "en", problem)).words


def test_files_outside_the_uploads_are_not_opened(folder: Path) -> None:
    posts, problem = with_file({}, "/etc/passwd", posted)
    assert (posts, problem and problem.code) == ({}, "upload.gone")


def test_several_posts_are_summed_up(folder: Path) -> None:
    posts = {}
    for number in range(2):
        result = posted()
        result = replace(result, facts=replace(result.facts, sha256=str(number + 1) * 64))
        path = upload(folder, [(second, 100 - 2 * second) for second in range(15)])
        posts, _ = with_file(posts, str(path), lambda result=result: result)
    assert len(posts) == 2
    page = parsed(told(posts, result, "en"))
    assert "in 2 posts" in page.words
    assert "too few" in page.words
    assert told(posts, posted(), "en").strip() == ""
