"""The pictures of the demo clips: a kitchen tutorial, a montage of landscapes, a text card.

Each shot is a function of the time since the shot began, in seconds; a clip is a list of shots.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from demo_canvas import HEIGHT, WIDTH, Canvas, eased

INK = "#1f2a24"
PAPER = "#fffaf0"
LEAF, STALK, ROOT = "#3f9b4f", "#a9d68c", "#d8c7a2"
CARD_LINES = (
    "Start slower than feels right.",
    "Lay out your kit the night before.",
    "The last kilometre is in your head.",
)
CARD_LINE_AT_S = (1.4, 3.4, 5.4)


def _onion(canvas: Canvas, x: float, base: float, leaves: float, sway: float = 0.0) -> None:
    """Draw a spring onion whose white end stands at (x, base) with leaves that high."""
    for angle in (-0.5, -0.2, 0.15, 0.45):
        end = (x + 40 * math.sin(angle), base + 34 + 6 * math.cos(9 * angle))
        canvas.line([(x, base), end], 3, ROOT)
    for lean, tone in ((-0.22, LEAF), (0.2, "#4fae5b"), (0.02, "#5fba63")):
        if leaves > 2:
            steps = np.linspace(0.0, 1.0, 12)
            bend = [(lean + sway) * leaves * s**1.6 for s in steps]
            widths = [9 * (1 - s**2) for s in steps]
            heights = [base - 88 - leaves * s for s in steps]
            edges = list(zip(bend, widths, heights, strict=True))
            left = [(x + b - w, y) for b, w, y in edges]
            right = [(x + b + w, y) for b, w, y in edges]
            canvas.polygon(left + right[::-1], tone)
    canvas.polygon(
        [(x - 13, base - 20), (x - 10, base - 100), (x + 10, base - 100), (x + 13, base - 20)],
        STALK,
    )
    canvas.polygon(
        [(x - 14, base), (x - 12, base - 55), (x + 12, base - 55), (x + 14, base)], "#eef5dd"
    )
    canvas.ellipse(x, base - 4, 17, 15, PAPER)


def _glass(canvas: Canvas, x: float, floor: float, fill: float, ripple: float = 0.0) -> None:
    """Draw a glass of water in front of what stands in it; `fill` is 0 to 1."""
    top, half = floor - 230, 92
    canvas.polygon(
        [(x - half, top), (x + half, top), (x + half - 14, floor), (x - half + 14, floor)],
        "#ffffff",
        0.28,
    )
    level = floor - 8 - 120 * fill
    if fill > 0:
        edge = half - 14 * (level - top) / 230 - 5
        surface = [
            (x + edge * (k / 12 * 2 - 1), level + 4 * ripple * math.sin(k * 1.3 + 9 * ripple))
            for k in range(13)
        ]
        canvas.polygon([*surface, (x + 74, floor - 6), (x - 74, floor - 6)], "#5bb8d4", 0.5)
    for side in (-1, 1):
        rim = (x + side * half, top)
        canvas.line([rim, (x + side * (half - 14), floor)], 4, "#ffffff", 0.9)
    canvas.line([(x - half + 14, floor), (x + half - 14, floor)], 7, "#ffffff", 0.9)
    canvas.line([(x - half + 22, top + 30), (x - half + 30, floor - 60)], 6, "#ffffff", 0.5)


def _kitchen() -> Canvas:
    canvas = Canvas("#ffe9c7", "#f9c9a1")
    canvas.circle(470, 250, 210, "#fff3da", 0.75)
    canvas.box((0, 800, WIDTH, HEIGHT), "#b9774a")
    canvas.box((0, 800, WIDTH, 816), "#d18f5e")
    return canvas


def _heading(canvas: Canvas, number: int, words: str, time_s: float) -> None:
    slide = eased(time_s / 0.3)
    top = 112 - 24 * (1 - slide)
    canvas.box((36, top, 540, top + 104), PAPER, radius=30, opacity=0.96 * slide)
    canvas.circle(92, top + 52, 34, "#e4572e", slide)
    canvas.text(str(number), 92, top + 51, 40, "#ffffff", opacity=slide)
    canvas.paragraph(words, 146, top + 51, 32, INK, width=370, anchor="lm", opacity=slide)


def _hook(canvas: Canvas, time_s: float, length_s: float) -> None:
    del length_s
    canvas.paragraph("Stop throwing these away", WIDTH / 2, 196, 62, "#7a2e14", width=480)
    shake = 5 * math.sin(time_s * 16) * math.exp(-1.6 * time_s)
    canvas.ellipse(288, 812, 250, 26, "#8d5631", 0.45)
    with canvas.magnified(1.7, 288, 806):
        for offset in (-96, -32, 32, 96):
            _onion(canvas, 288 + offset + shake, 770, 0)
    arrow = 400 + 14 * math.sin(time_s * 7)
    canvas.polygon([(248, arrow), (328, arrow), (288, arrow + 62)], "#e4572e")
    canvas.box((272, arrow - 90, 304, arrow + 4), "#e4572e", radius=6)


def _cut(canvas: Canvas, time_s: float, length_s: float) -> None:
    _heading(canvas, 1, "Keep the white ends", time_s)
    canvas.box((36, 735, 540, 800), "#e8bf8d", radius=18)
    apart = eased((time_s - 0.35 * length_s) / 0.5)
    with canvas.magnified(1.45, 288, 742):
        for offset in (-64, 0, 64):
            x = 288 + offset
            _onion(canvas, x, 742, 0)
            stalk = 642 - 46 * apart
            canvas.polygon(
                [(x - 10, stalk), (x - 12, stalk - 190), (x + 14, stalk - 214), (x + 10, stalk)],
                LEAF,
            )
        knife = 80 + 360 * eased(time_s / (0.4 * length_s))
        canvas.polygon([(knife, 640), (knife - 170, 628), (knife - 170, 656)], "#eceff1")
        canvas.box((knife - 260, 626, knife - 165, 652), "#37474f", radius=10)


def _stand(canvas: Canvas, time_s: float, length_s: float) -> None:
    _heading(canvas, 2, "Stand them in a little water", time_s)
    fall = eased(time_s / (0.35 * length_s))
    filled = eased((time_s - 0.3 * length_s) / (0.5 * length_s))
    with canvas.magnified(1.6, 288, 812):
        for offset in (-40, 0, 40):
            _onion(canvas, 288 + offset, 560 + 215 * fall, 0)
        _glass(canvas, 288, 812, filled, 1 - fall)


def _refresh(canvas: Canvas, time_s: float, length_s: float) -> None:
    _heading(canvas, 3, "Fresh water every two days", time_s)
    with canvas.magnified(1.6, 288, 812):
        for offset in (-40, 0, 40):
            _onion(canvas, 288 + offset, 775, 30 + 50 * time_s / length_s)
        _glass(canvas, 288, 812, 0.8 + 0.2 * math.sin(5 * time_s), math.sin(6 * time_s))
    for drop in range(3):
        y = 270 + ((time_s * 380 + drop * 110) % 240)
        canvas.circle(212 + 76 * drop, y, 15, "#4aa9cc")
        edge = [(198 + 76 * drop, y - 5), (226 + 76 * drop, y - 5), (212 + 76 * drop, y - 38)]
        canvas.polygon(edge, "#4aa9cc")


def _grow(canvas: Canvas, time_s: float, length_s: float) -> None:
    grown = eased(time_s / (0.75 * length_s))
    with canvas.magnified(1.35, 288, 812):
        for offset in (-44, 0, 44):
            sway = 0.03 * math.sin(4 * time_s + offset)
            _onion(canvas, 288 + offset, 775, 60 + 215 * grown, sway)
        _glass(canvas, 288, 812, 1.0)
    canvas.box((178, 96, 398, 176), "#e4572e", radius=40)
    canvas.text(f"Day {1 + round(6 * grown)}", 288, 135, 44, "#ffffff")
    if grown >= 1:
        canvas.text("free, again and again", 288, 218, 36, "#7a2e14")


TUTORIAL_SHOTS: Sequence[Callable[[Canvas, float, float], None]] = (
    _hook,
    _cut,
    _stand,
    _refresh,
    _grow,
)


def tutorial_picture(
    now_s: float, spans: Sequence[tuple[float, float]], sentences: Sequence[str], total_s: float
) -> np.ndarray:
    """Return the tutorial's picture at a time; each sentence has its shot."""
    starts = [0.0, *(start for start, _ in spans[1:]), total_s]
    shot = max(k for k in range(len(spans)) if now_s >= starts[k] - 1e-9)
    canvas = _kitchen()
    TUTORIAL_SHOTS[shot](canvas, now_s - starts[shot], starts[shot + 1] - starts[shot])
    for part in range(len(spans)):
        left = 36 + part * 102
        canvas.box((left, 60, left + 94, 68), "#ffffff", radius=4, opacity=0.55)
        done = (now_s - starts[part]) / (starts[part + 1] - starts[part])
        canvas.box((left, 60, left + 94 * min(max(done, 0), 1), 68), "#e4572e", radius=4)
    canvas.box((40, 862, 536, 962), INK, radius=24, opacity=0.86)
    canvas.paragraph(sentences[shot], 288, 911, 29, PAPER, width=450)
    return canvas.pixels()


def _waves(canvas: Canvas, time_s: float, tones: Sequence[str], top: float, speed: float) -> None:
    """Draw rows of hills or waves, the nearest lowest and fastest."""
    for row, tone in enumerate(tones):
        base = top + row * (HEIGHT - top) / len(tones)
        drift = time_s * speed * (1 + row)
        edge = [
            (
                x,
                base
                + 26 * math.sin(x / (120 - 14 * row) + drift + 2 * row)
                + 12 * math.sin(x / 37),
            )
            for x in range(0, WIDTH + 16, 16)
        ]
        canvas.polygon([*edge, (WIDTH, HEIGHT), (0, HEIGHT)], tone)


def _sunset(time_s: float, beat: float) -> Canvas:
    canvas = Canvas("#ff7a59", "#ffd27d")
    sun = 420 + 90 * time_s
    for halo in (2.2, 1.6, 1.25):
        canvas.circle(288, sun, 105 * halo + 14 * beat, "#fff1c9", 0.16)
    canvas.circle(288, sun, 105, "#fff3d1")
    _waves(canvas, time_s, ("#c8553d", "#8f3b44", "#5c2a4a", "#2f1b3d"), 560, 0.35)
    return canvas


def _sea(time_s: float, beat: float) -> Canvas:
    canvas = Canvas("#bdf0ff", "#7fd8f0")
    canvas.circle(440, 210, 70 + 8 * beat, "#fff7d6")
    rock = 0.16 * math.sin(5 * time_s)
    x, y = 180 + 90 * time_s, 500 + 14 * math.sin(5 * time_s)
    mast = (x + 170 * math.sin(rock), y - 210)
    canvas.polygon([(x, y - 10), mast, (x + 118, y - 24)], "#ffffff")
    canvas.polygon([(x - 10, y - 10), mast, (x - 82, y - 18)], "#ff8b66")
    canvas.polygon([(x - 110, y), (x + 130, y), (x + 84, y + 52), (x - 70, y + 52)], "#12355b")
    _waves(canvas, time_s, ("#3fa7d6", "#2b87bd", "#1c6398", "#123f6d"), 540, 1.6)
    return canvas


def _city(time_s: float, beat: float) -> Canvas:
    canvas = Canvas("#0b1136", "#43307a")
    canvas.circle(430, 190, 62, "#f9f3d0")
    canvas.circle(404, 176, 54, "#141a45")
    lights = np.random.default_rng(7)
    for star in range(40):
        x, y = lights.uniform(0, WIDTH), lights.uniform(40, 460)
        canvas.circle(x, y, 1.6 + (star % 3) * 0.7 * (1 + beat), "#ffffff", 0.8)
    for tower in range(9):
        left = tower * 76 - 40 - 34 * time_s
        height = 260 + 250 * lights.uniform()
        canvas.box((left, HEIGHT - height, left + 70, HEIGHT), "#0a0d24")
        for floor in range(int(height // 34)):
            for window in range(3):
                if lights.uniform() < 0.45:
                    y = HEIGHT - height + 16 + 34 * floor
                    x = left + 9 + 20 * window
                    warm = "#ffd166" if (tower + floor) % 3 else "#ff9f6b"
                    canvas.box((x, y, x + 12, y + 18), warm, opacity=0.65 + 0.35 * beat)
    return canvas


def _balloons(time_s: float, beat: float) -> Canvas:
    canvas = Canvas("#8fd3ff", "#fef3e2")
    for x, y, size in ((110, 260, 1.0), (430, 430, 1.3), (180, 720, 0.9)):
        shift = 40 * time_s
        for dx, dy, radius in ((-46, 8, 34), (0, -8, 48), (48, 8, 36)):
            canvas.circle(x + dx * size + shift, y + dy * size, radius * size, "#ffffff", 0.8)
    for x, y, size, body, stripe in (
        (190, 560, 1.25, "#ef476f", "#ffd166"),
        (420, 720, 0.85, "#118ab2", "#e9fbff"),
        (400, 330, 0.6, "#06a77d", "#f1faee"),
    ):
        top = y - 130 * time_s * size
        radius = (104 + 5 * beat) * size
        skirt = [(x - radius * 0.8, top + 60 * size), (x + radius * 0.8, top + 60 * size)]
        basket = [(x + 24 * size, top + 172 * size), (x - 24 * size, top + 172 * size)]
        canvas.polygon([*skirt, *basket], body)
        canvas.circle(x, top, radius, body)
        canvas.ellipse(x, top, radius * 0.55, radius, stripe)
        canvas.ellipse(x, top, radius * 0.26, radius, body)
        canvas.box((x - 24 * size, top + 190 * size, x + 24 * size, top + 230 * size), "#7f4f24")
    return canvas


def _rings(time_s: float, beat: float) -> Canvas:
    canvas = Canvas("#2b2d6e", "#e0457b")
    for number in range(9, 0, -1):
        radius = (number * 62 + 120 * time_s) % 560 + 10
        canvas.ring(288, 512, radius, 12 + 10 * beat, "#ffd9a0")
    for spoke in range(12):
        angle = spoke * math.pi / 6 + time_s
        x, y = 288 + 210 * math.cos(angle), 512 + 210 * math.sin(angle)
        canvas.circle(x, y, 22 + 12 * beat, ("#7bdff2", "#f7d6e0", "#b2f7ef")[spoke % 3])
    return canvas


def _road(time_s: float, beat: float) -> Canvas:
    canvas = Canvas("#f72585", "#ffba08")
    canvas.circle(288, 470, 150 + 10 * beat, "#ffe566")
    for bar in range(5):
        canvas.box((120, 500 + bar * 26, 456, 506 + bar * 28), "#f9844a")
    canvas.box((0, 560, WIDTH, HEIGHT), "#240046")
    canvas.polygon([(258, 560), (318, 560), (640, HEIGHT), (-64, HEIGHT)], "#10002b")
    for dash in range(8):
        depth = ((dash + 2.2 * time_s) % 8) / 8
        near, far = depth**2.4, (depth + 0.05) ** 2.4
        y, bottom = 560 + 464 * near, 560 + 464 * far
        wide = 2 + 16 * near
        canvas.polygon(
            [(288 - wide, bottom), (288 + wide, bottom), (288 + wide, y), (288 - wide, y)],
            "#ffd60a",
        )
    return canvas


MONTAGE_SHOTS = (_sunset, _sea, _city, _balloons, _rings, _road)


def montage_picture(now_s: float, beat_s: float, beats: int) -> np.ndarray:
    """Return the montage's picture: a cut every two beats, in the last bar on each beat."""
    beat = min(int(now_s / beat_s + 1e-6), beats - 1)
    within = now_s / beat_s - beat
    last_bar = beats - 4
    shot = beat // 2 if beat < last_bar else last_bar // 2 + beat - last_bar
    began = 2 * shot if beat < last_bar else beat
    pulse = math.exp(-5 * within)
    canvas = MONTAGE_SHOTS[shot % len(MONTAGE_SHOTS)](now_s - began * beat_s, pulse)
    if beat < 4:
        canvas.text("one week", 288, 838, 70, "#ffffff")
        canvas.text("no plans", 288, 916, 70, "#ffffff")
    elif beat >= beats - 2:
        canvas.text("go.", 288, 860, 110, "#ffffff")
    return canvas.pixels(zoom=1.002 + 0.05 * pulse)


def card_picture(now_s: float) -> np.ndarray:
    """Return the text card's picture: a title, then one line after the other."""
    canvas = Canvas("#101a3c", "#3b1d5e")
    for number, (tone, reach) in enumerate((("#5b3fd6", 190), ("#d63f8c", 150), ("#2aa7c9", 170))):
        x = 288 + 220 * math.sin(0.35 * now_s + 2.1 * number)
        y = 512 + 380 * math.cos(0.27 * now_s + 2.1 * number)
        for step in range(10):
            canvas.circle(x, y, reach * (1.6 - 0.14 * step), tone, 0.035)
    canvas.paragraph(
        "3 things nobody tells you before your first 10K", 288, 236, 54, "#ffffff", width=490
    )
    for number, (line, at_s) in enumerate(zip(CARD_LINES, CARD_LINE_AT_S, strict=True)):
        shown = eased((now_s - at_s) / 0.5)
        top = 408 + 156 * number + 30 * (1 - shown)
        if shown > 0:
            canvas.box((44, top, 532, top + 132), "#ffffff", radius=28, opacity=0.12 * shown)
            canvas.text(str(number + 1), 94, top + 65, 56, "#ffcf6b", opacity=shown)
            canvas.paragraph(
                line, 138, top + 65, 33, "#ffffff", width=370, anchor="lm", opacity=shown
            )
    canvas.text("save this for race day", 288, 940, 32, "#ffcf6b", opacity=eased(now_s - 7.2))
    return canvas.pixels()
