"""Figures of the evaluation: well-formed pictures that say in words what they show."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from viral.evaluation.charts import coverage_figure, growth_figure, reliability_figure

SVG = "{http://www.w3.org/2000/svg}"
CURVE = [{"said": 0.05, "happened": 0.04, "posts": 90}, {"said": 0.4, "happened": 0.5, "posts": 9}]
GROWTH = [
    {"ages": "0-1", "posts": 40, "happened": -0.4, "predicted": -0.3},
    {"ages": "1-7", "posts": 80, "happened": -0.1, "predicted": -0.1},
]
COVERED = {"history": {"all": {"coverage": 0.8}}, "nothing": {"all": {"coverage": 0.7}}}


@pytest.mark.parametrize(
    ("picture", "points", "words"),
    [
        (reliability_figure({"history": {"curve": CURVE}, "a & b": {"curve": CURVE}}), 4, "a & b"),
        (growth_figure(GROWTH), 4, "0-1"),
        (coverage_figure({"unseen creators": COVERED}), 2, "unseen creators"),
    ],
)
def test_a_figure_has_its_points_and_its_words(picture: str, points: int, words: str) -> None:
    root = ElementTree.fromstring(picture)
    assert root.findtext(f"{SVG}title")
    circles = root.findall(f".//{SVG}circle")
    assert len(circles) == points
    width, height = (float(side) for side in root.attrib["viewBox"].split()[2:])
    assert all(0 <= float(circle.attrib["cx"]) <= width for circle in circles)
    assert all(0 <= float(circle.attrib["cy"]) <= height for circle in circles)
    assert words in [text.text for text in root.iter(f"{SVG}text")]
