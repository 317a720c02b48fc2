"""What `viral.modalities.onscreen_text` measures: labels, units, and how each is computed."""

from __future__ import annotations

from viral.media.clip import HOOK_S
from viral.modalities.features import Feature, ShownAs

FEATURES: tuple[Feature, ...] = (
    Feature(
        "first_text_s",
        "First text on screen",
        "s",
        "Opening",
        "Time until the first text is on screen, from 0; not measured without text.",
    ),
    Feature(
        "hook_word_count",
        "Words to read in the opening",
        "",
        "Opening",
        f"Words that are on screen in the first {HOOK_S:.0f} s.",
    ),
    Feature("word_count", "Words on screen", "", "Amount", "Words of all lines that were read."),
    Feature(
        "time_share",
        "Time with text",
        "",
        "Amount",
        "Share of the time with any text, 0..1.",
        shown_as=ShownAs.SHARE,
    ),
    Feature(
        "area_share",
        "Picture under text",
        "",
        "Amount",
        "Mean share of the picture that lines of text cover while there are any, 0..1.",
        shown_as=ShownAs.SHARE,
    ),
    Feature(
        "line_height",
        "Height of the text",
        "%",
        "Legibility",
        "Height of the lines in per cent of the picture's, the mean by the time that they stay.",
    ),
    Feature(
        "contrast",
        "Contrast of the text",
        "",
        "Legibility",
        "Luminance of the lighter of letters and ground over that of the darker, 1..21 (W3C, Web "
        "Content Accessibility Guidelines 2.2, contrast ratio), the mean by the time of the lines.",
    ),
    Feature(
        "words_per_second",
        "Reading pace",
        "1/s",
        "Legibility",
        "Words over the seconds with text on screen; people read three to four a second.",
    ),
    Feature(
        "centre_height",
        "Place of the text",
        "%",
        "Place",
        "How far down the middle of the lines is, from 0 at the top to 100 at the bottom.",
    ),
)
"""What is measured, in order."""
