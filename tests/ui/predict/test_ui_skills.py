"""Each part on its own, as the result page shows it."""

from __future__ import annotations

import re

import pytest
from fabricated import analysis

from viral.explain.skills import JOINT, Alone, Skill
from viral.ui.predict import result, skills

FOUND = (
    Alone("context", True, None, 1000.0, 1.0, None),
    Alone("visual", True, 0.1, 1259.0, 0.0, 50),
    Alone("audio", True, -0.05, 891.0, 0.3, 1046),
    Alone("speech", True, None, None, 0.0, 21),
    Alone("text", False, None, None, 0.0, 52_019),
)
MEASURED = {
    JOINT: Skill(0.918, 0.9, 0.93, 7627, 330),
    "context": Skill(0.917, None, None, 7627, 330),
    "visual": Skill(0.22, -0.15, 0.57, 29, 15),
    "audio": Skill(0.14, 0.08, 0.2, 1000, 802),
}


def rows(shown: str) -> dict[str, str]:
    found = re.findall(r'<tr[^>]*data-part="(\w+)"[^>]*>(.*?)</tr>', shown)
    return {name: re.sub(r"<[^>]+>", " ", cells) for name, cells in found}


def test_each_part_stands_beside_the_whole_with_its_skill() -> None:
    shown = rows(skills.table(FOUND, MEASURED, 1040.0, "en"))
    assert list(shown) == [JOINT, "context", "visual", "audio", "speech", "text"]
    assert "1 K " in shown[JOINT]
    assert "88 of 100" in shown[JOINT]
    assert "86 to 89 of 100, on 7.6 K posts" in shown[JOINT]
    assert "×0.89 ▼" in shown["audio"]
    assert "55 of 100" in shown["audio"]
    assert shown["audio"].rstrip().endswith("30 %")


def test_a_part_without_skill_says_so_plainly() -> None:
    page = skills.table(FOUND, MEASURED, 1040.0, "en")
    shown = rows(page)
    assert "No measurable skill" in shown["visual"]
    assert "45 to 70 of 100, on 29 posts" in shown["visual"]
    assert shown["visual"].rstrip().endswith("nothing")
    assert "cannot predict yet" in shown["speech"]
    assert "Not measured" in shown["speech"]
    assert "nothing to measure in this clip" in shown["text"]
    weak = set(re.findall(r'data-part="(\w+)" class="v-weak"', page))
    assert weak == {"visual", "speech", "text"}


def test_the_card_is_part_of_every_result() -> None:
    assert 'data-part="skills"' in result.details(analysis(), "en")
    shown = result.details(analysis(), "es")
    assert "Cada parte por su cuenta" in shown
    assert "Adivinar acierta" in shown


def test_a_result_is_shown_also_where_the_model_has_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from viral.errors import ModelError

    def gone() -> None:
        raise ModelError("The model folder is missing; run `make train`.")

    monkeypatch.setattr("viral.model.store.shipped_model", gone)
    shown = result.details(analysis(), "en")
    assert 'data-part="skills"' not in shown
    assert 'data-part="transcript"' in shown
