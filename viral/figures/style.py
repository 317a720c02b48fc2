"""What all figures share: colours, the layout, round ticks.

A figure draws data and nothing else: `figure_of(data) -> go.Figure`. `STYLE` holds every colour of
the app, for figures and pages alike; `viral.ui.theme` turns it into CSS. Figures have a transparent
ground and an explicit height. Their text and grid take their colour from the page's CSS, so that
they follow light and dark; bars use colours that stand out on both. Up and down differ by sign and
hatching, not only by colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Palette:
    """Colours of one mode, light or dark. Text colours reach 4.5:1 on `ground` and `surface`."""

    ground: str
    """The page."""
    surface: str
    """Cards on the page."""
    sunken: str
    """Wells in cards: tracks of bars, code."""
    line: str
    """Hairlines that only separate."""
    line_strong: str
    """Edges of inputs, 3:1 against `surface`."""
    ink: str
    """Text."""
    ink_soft: str
    """Secondary text."""
    accent: str
    """What can be pressed."""
    accent_strong: str
    """The same under the pointer."""
    on_accent: str
    """Text on `accent`."""
    accent_soft: str
    """Tint behind what is selected."""
    spark: str
    """The prediction itself, wherever it is drawn."""
    up: str
    """What raises the prediction."""
    down: str
    """What lowers it."""
    warn_soft: str
    """Tint behind warnings."""
    error_soft: str
    """Tint behind errors."""


@dataclass(frozen=True)
class Style:
    """Everything that figures and pages share."""

    light: Palette = field(
        default_factory=lambda: Palette(
            ground="#f1f4f3",
            surface="#ffffff",
            sunken="#e6ecea",
            line="#d5dedb",
            line_strong="#768683",
            ink="#0d1f1d",
            ink_soft="#485a57",
            accent="#0a5c56",
            accent_strong="#06423d",
            on_accent="#ffffff",
            accent_soft="#d6ece8",
            spark="#f4b41a",
            up="#08776c",
            down="#b12a57",
            warn_soft="#fdf1d3",
            error_soft="#fbe4eb",
        )
    )
    dark: Palette = field(
        default_factory=lambda: Palette(
            ground="#0a1312",
            surface="#121e1c",
            sunken="#1b2a28",
            line="#273735",
            line_strong="#728682",
            ink="#e8f1ef",
            ink_soft="#a6b9b5",
            accent="#66d6c6",
            accent_strong="#8de6d9",
            on_accent="#05211e",
            accent_soft="#17403b",
            spark="#ffc83a",
            up="#4fcabb",
            down="#ff8fab",
            warn_soft="#33290f",
            error_soft="#3c1824",
        )
    )
    figure_up: str = "#14998b"
    """Bars that raise: at least 3:1 on both grounds."""
    figure_down: str = "#d4557c"
    """Bars that lower: at least 3:1 on both grounds."""
    figure_text: str = "#6f807d"
    """Before the page's CSS takes over, and in exported pictures."""
    font: str = "IBM Plex Sans, system-ui, sans-serif"
    font_display: str = "Montserrat, system-ui, sans-serif"
    font_size_px: int = 14


STYLE = Style()

GREY = "rgba(111,128,125,0.55)"
"""What has little data: visible on both grounds, and unlike any colour that means something."""
GREY_SOFT = "rgba(111,128,125,0.18)"
FILL_UP = "rgba(20,153,139,{alpha})"
"""`STYLE.figure_up` with an opacity, so that the ground shows through on light and dark pages."""

WIDEST_TICK = 5
"""Characters of a tick's label, such as `100 K`, that fit on a phone in one line."""
TICKS_WANTED = 4
"""As many as fit under a figure on a phone."""


def round_ticks(low: float, high: float, wanted: int = TICKS_WANTED) -> list[float]:
    """Return round numbers (1, 2 or 5 times a power of ten) between two positive ones.

    The finest of the ladders 1-2-5, 1-3 and 1 that gives no more than `wanted` ticks is used; over
    very wide spans, every second or third power of ten.
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**power for power in powers for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) <= wanted:
            return ticks
    every = math.ceil(len(ticks) / wanted)
    return ticks[::every]


def side_by_side(labels: Sequence[str]) -> list[str]:
    """Return labels of ticks that stand beside each other also on a phone.

    Where one of them is too wide for that (`100 mil`), the unit of each goes under its number.
    """
    if all(len(label) <= WIDEST_TICK for label in labels):
        return list(labels)
    return [label.replace(" ", "<br>") for label in labels]


def figure_layout(height_px: int, **more: Any) -> dict[str, Any]:
    """Return the layout that the figures of choices share, with more of its own."""
    return {
        "height": height_px,
        "margin": {"l": 8, "r": 10, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": STYLE.font, "size": 12, "color": STYLE.figure_text},
        "showlegend": False,
        "dragmode": False,
        "hoverlabel": {"font": {"family": STYLE.font, "size": STYLE.font_size_px}},
        **more,
    }
