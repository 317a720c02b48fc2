from __future__ import annotations

import math
from dataclasses import asdict

import pytest
from fabricated import explanation, prediction
from hypothesis import given
from hypothesis import strategies as st

from viral.figures.waterfall import STYLE, Palette, round_ticks, waterfall
from viral.ui.predict.result import waterfall_words


def contrast(one: str, other: str) -> float:
    """Return WCAG 2's contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [STYLE.light, STYLE.dark], ids=["light", "dark"])
def test_text_can_be_read(palette: Palette) -> None:
    for ground in (palette.ground, palette.surface):
        for ink in (palette.ink, palette.ink_soft, palette.accent, palette.up, palette.down):
            assert contrast(ink, ground) >= 4.5
        assert contrast(palette.line_strong, ground) >= 3.0
        for bar in (STYLE.figure_up, STYLE.figure_down):
            assert contrast(bar, ground) >= 3.0
    assert contrast(palette.on_accent, palette.accent) >= 4.5
    assert contrast(palette.on_accent, palette.accent_strong) >= 4.5
    for tint in (palette.accent_soft, palette.warn_soft, palette.error_soft, palette.sunken):
        assert contrast(palette.ink, tint) >= 4.5
    assert contrast(palette.ink_soft, palette.sunken) >= 4.5
    assert contrast(palette.ink_soft, palette.error_soft) >= 4.5
    assert all(len(colour) == 7 for colour in asdict(palette).values())


def test_the_steps_lead_from_the_average_to_the_prediction() -> None:
    made = prediction()
    figure = waterfall(explanation(), made.views.median, waterfall_words(made, "en"))
    bars, _, ends = figure.data
    reached = [base + step for base, step in zip(bars.base, bars.x, strict=True)]
    assert list(bars.base[1:]) == pytest.approx(reached[:-1])
    assert ends.x[0] == pytest.approx(bars.base[0])
    assert ends.x[1] == pytest.approx(reached[-1])
    assert 10 ** ends.x[1] == pytest.approx(made.views.median)
    assert list(figure.layout.yaxis.ticktext) == [
        "Average post",
        "Account and timing",
        "Picture",
        "Sound",
        "Speech",
        "Caption",
        "This clip",
    ]


def test_down_differs_from_up_by_more_than_colour() -> None:
    made = prediction()
    figure = waterfall(explanation(), made.views.median, waterfall_words(made, "en"))
    bars, factors, _ = figure.data
    for value, pattern, text in zip(bars.x, bars.marker.pattern.shape, factors.text, strict=True):
        assert pattern == ("" if value >= 0 else "/")
        assert ("▲" in text) == (value > 0)
        assert ("▼" in text) == (value < 0)


def test_what_was_not_measured_has_no_factor() -> None:
    made = prediction(missing=("speech",))
    figure = waterfall(explanation(), made.views.median, waterfall_words(made, "en"))
    assert [text.strip() for text in figure.data[1].text].count("not measured") == 1


def test_the_figure_follows_the_page() -> None:
    made = prediction()
    layout = waterfall(explanation(), made.views.median, waterfall_words(made, "es")).layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.height > 200
    assert layout.xaxis.fixedrange
    assert layout.yaxis.fixedrange


@given(st.floats(1e-3, 1e9), st.floats(1.5, 1e9))
def test_ticks_are_round_few_and_inside(low: float, factor: float) -> None:
    high = low * factor
    ticks = round_ticks(low, high)
    assert len(ticks) <= 4
    for tick in ticks:
        assert low <= tick <= high
        first = tick / 10 ** math.floor(math.log10(tick * 1.0000001))
        assert round(first, 6) in (1, 2, 3, 5)
