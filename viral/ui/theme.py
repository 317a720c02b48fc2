"""The app's look: a Gradio theme and the style sheet's custom properties, both from `STYLE`.

Fonts are two that Gradio carries itself, so that no page asks another machine for anything:
Montserrat Bold for headings and figures, IBM Plex Sans for text. Gradio's files of their other
weights hold only a part of the alphabet and would mix with the system's font.
"""

from __future__ import annotations

from dataclasses import asdict, fields

from gradio.themes import Base
from gradio.themes.utils import colors, fonts, sizes

from viral.figures.style import STYLE, Palette
from viral.shipped import shipped_path

ASSETS_DIR = shipped_path("assets")
"""Demo clips, the style sheet and the browser's scripts."""

STYLE_SHEETS = (
    "app.css",
    "compare.css",
    "skills.css",
    "share.css",
    "explain.css",
    "after.css",
    "explore.css",
    "answer.css",
    "craft.css",
    "account.css",
    "clips.css",
)
"""In `ASSETS_DIR`, later ones over earlier ones."""
REPORT_SHEETS = ("app.css", "skills.css", "share.css", "answer.css", "report.css")

# Gradio derives shades that are not set below from hues; these keep them near the palette.
_HUE = colors.Color(
    name="petrol",
    c50="#eef6f4",
    c100="#d6ece8",
    c200="#aedbd3",
    c300="#7fc5ba",
    c400="#46a899",
    c500="#14887b",
    c600="#0a5c56",
    c700="#06423d",
    c800="#06332f",
    c900="#062724",
    c950="#041a18",
)


class ViralTheme(Base):
    """Cards on a cool ground, petrol for what can be pressed, one spark for the prediction."""

    def __init__(self) -> None:
        """Set every variable that differs from Gradio's base."""
        super().__init__(
            primary_hue=_HUE,
            secondary_hue=_HUE,
            neutral_hue=colors.gray,
            spacing_size=sizes.spacing_md,
            radius_size=sizes.radius_lg,
            text_size=sizes.text_md,
            font=(
                fonts.LocalFont("IBM Plex Sans", weights=(400, 700)),
                fonts.LocalFont("Montserrat", weights=(700,)),
                "system-ui",
                "sans-serif",
            ),
            font_mono=("ui-monospace", "monospace"),
        )
        self.name = "viral"
        for suffix, palette in (("", STYLE.light), ("_dark", STYLE.dark)):
            values = {
                "body_background_fill": palette.ground,
                "body_text_color": palette.ink,
                "body_text_color_subdued": palette.ink_soft,
                "background_fill_primary": palette.surface,
                "background_fill_secondary": palette.ground,
                "border_color_primary": palette.line,
                "border_color_accent": palette.accent,
                "border_color_accent_subdued": palette.line,
                "color_accent_soft": palette.accent_soft,
                "link_text_color": palette.accent,
                "link_text_color_hover": palette.accent_strong,
                "link_text_color_active": palette.accent_strong,
                "link_text_color_visited": palette.accent,
                "block_background_fill": "transparent",
                "block_border_color": palette.line,
                "block_border_width": "0px",
                "block_shadow": "none",
                "block_label_background_fill": "transparent",
                "block_label_text_color": palette.ink_soft,
                "block_label_border_width": "0px",
                "block_title_text_color": palette.ink,
                "block_title_background_fill": "transparent",
                "block_info_text_color": palette.ink_soft,
                "panel_background_fill": "transparent",
                "accordion_text_color": palette.ink,
                "input_background_fill": palette.surface,
                "input_background_fill_focus": palette.surface,
                "input_border_color": palette.line_strong,
                "input_border_color_focus": palette.accent,
                "input_placeholder_color": palette.ink_soft,
                "input_shadow": "none",
                "input_shadow_focus": f"0 0 0 1px {palette.accent}",
                "button_primary_background_fill": palette.accent,
                "button_primary_background_fill_hover": palette.accent_strong,
                "button_primary_text_color": palette.on_accent,
                "button_primary_text_color_hover": palette.on_accent,
                "button_secondary_background_fill": palette.surface,
                "button_secondary_background_fill_hover": palette.accent_soft,
                "button_secondary_border_color": palette.line_strong,
                "button_secondary_text_color": palette.ink,
                "button_secondary_text_color_hover": palette.ink,
                "checkbox_background_color": palette.surface,
                "checkbox_background_color_selected": palette.accent,
                "checkbox_border_color": palette.line_strong,
                "checkbox_border_color_selected": palette.accent,
                "checkbox_label_background_fill": palette.surface,
                "checkbox_label_background_fill_hover": palette.accent_soft,
                "checkbox_label_background_fill_selected": palette.accent_soft,
                "checkbox_label_border_color": palette.line_strong,
                "checkbox_label_text_color": palette.ink,
                "checkbox_label_text_color_selected": palette.ink,
                "error_background_fill": palette.error_soft,
                "error_text_color": palette.ink,
                "error_border_color": palette.down,
                "loader_color": palette.accent,
                "slider_color": palette.accent,
            }
            self.set(**{f"{name}{suffix}": value for name, value in values.items()})
        self.set(
            color_accent=STYLE.light.accent,
            input_border_width="1px",
            input_radius="10px",
            block_radius="14px",
            block_title_text_size="*text_sm",
            block_title_text_weight="600",
            block_info_text_size="*text_sm",
            checkbox_label_border_width="1px",
            button_large_radius="12px",
            button_large_text_weight="600",
            button_secondary_border_color_hover="*button_secondary_border_color",
            button_transition="background-color .15s, border-color .15s",
            button_primary_shadow="none",
        )


def _properties(palette: Palette) -> str:
    names = {field.name: field.name.replace("_", "-") for field in fields(palette)}
    return "".join(f"--v-{names[name]}:{value};" for name, value in asdict(palette).items())


def _figures() -> str:
    return (
        f"--v-figure-up:{STYLE.figure_up};--v-figure-down:{STYLE.figure_down};"
        f"--v-font:{STYLE.font};--v-display:{STYLE.font_display}"
    )


def _sheets(names: tuple[str, ...]) -> str:
    return "\n".join((ASSETS_DIR / name).read_text(encoding="utf-8") for name in names)


def scripts(*names: str) -> str:
    """Return scripts of `ASSETS_DIR` as one, each before those that use it."""
    return _sheets(names)


def report_style() -> str:
    """Return the CSS of a file of its own, light or dark as its reader's system is."""
    return (
        f":root{{{_properties(STYLE.light)}{_figures()}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{_properties(STYLE.dark)}}}}}\n"
        + _sheets(REPORT_SHEETS)
    )


def style_sheet() -> str:
    """Return the page's CSS: the palette as custom properties, then the style sheets."""
    return (
        f":root{{{_properties(STYLE.light)}{_figures()}}}\n"
        f":root.dark,:root .dark{{{_properties(STYLE.dark)}}}\n" + _sheets(STYLE_SHEETS)
    )
