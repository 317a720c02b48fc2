from __future__ import annotations

import math
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.figures.style import STYLE, Palette, round_ticks


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


@given(st.floats(1e-3, 1e9), st.floats(1.5, 1e9))
def test_ticks_are_round_few_and_inside(low: float, factor: float) -> None:
    high = low * factor
    ticks = round_ticks(low, high)
    assert len(ticks) <= 4
    for tick in ticks:
        assert low <= tick <= high
        first = tick / 10 ** math.floor(math.log10(tick * 1.0000001))
        assert round(first, 6) in (1, 2, 3, 5)
