"""Pictures in high dynamic range as an ordinary screen shows them.

Phones record HLG or PQ with the primaries of BT.2020. Read as they are, such pictures look flat and
pale, and every measure of colour and light is off. Here the signal becomes light (ITU-R BT.2100,
tables 4 and 5), the primaries become those of BT.709 (ITU-R BT.2087), white is found, what is
brighter is rolled off, and the light becomes an ordinary signal: HLG, which describes the scene, by
the camera's curve of BT.709, and PQ, which describes the screen, by the gamma 2.4 of BT.1886.

White is that of ITU-R BT.2408 where little of the clip is brighter. A clip of which much is
brighter was not graded for that white: it is an ordinary clip that a converter stretched over the
whole range, and its own brightest light is its white. In between, the share of brighter pixels
decides. Players differ here, so that a clip may look a little lighter or darker elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PEAK_PERCENTILE = 99.9
FEW_BRIGHTER, MANY_BRIGHTER = 0.02, 0.10
"""Shares of pixels brighter than the reference white, from highlights to a stretched clip."""
CLEARLY_BRIGHTER = 1.1
"""Light over the reference white that counts as brighter: white itself is not."""
KNEE = 0.75
"""Light over white from which it is rolled off, where the clip is brighter than its white."""

_TO_709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    np.float32,
)
"""Linear BT.2020 to linear BT.709, BT.2087."""
_STEPS = 4096
"""Entries of the table from light to signal, in square roots of light: fine where the eye is."""


@dataclass(frozen=True)
class Transfer:
    """How a signal stands for light."""

    light_of_code: np.ndarray
    """float32 `[256]`; HLG's in light of the scene, 0..1, PQ's in nits."""
    reference_white: float
    """BT.2408: 75 % of HLG's signal, 203 nits of PQ's."""
    lowest_white: float
    """A clip whose brightest light lies below this is a dark one."""
    signal_of_root: np.ndarray
    """uint8 `[_STEPS]`, the ordinary signal of square roots of light over white."""


def _hlg_light(code: np.ndarray) -> np.ndarray:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(code <= 0.5, code**2 / 3.0, (np.exp((code - c) / a) + b) / 12.0)


def _pq_nits(code: np.ndarray) -> np.ndarray:
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    root = code ** (1 / m2)
    return 10_000.0 * (np.maximum(root - c1, 0.0) / (c2 - c3 * root)) ** (1 / m1)


def _transfers() -> dict[str, Transfer]:
    code = np.arange(256) / 255.0
    light = np.linspace(0.0, 1.0, _STEPS) ** 2
    camera = np.where(light < 0.018, 4.5 * light, 1.099 * light**0.45 - 0.099)
    hlg_white = float(_hlg_light(np.array(0.75)))
    return {
        "hlg": Transfer(
            light_of_code=_hlg_light(code).astype(np.float32),
            reference_white=hlg_white,
            lowest_white=hlg_white,
            signal_of_root=np.rint(255.0 * camera).astype(np.uint8),
        ),
        "pq": Transfer(
            light_of_code=_pq_nits(code).astype(np.float32),
            reference_white=203.0,
            # What converters often take for white: that of the screens of BT.1886.
            lowest_white=100.0,
            signal_of_root=np.rint(255.0 * light ** (1 / 2.4)).astype(np.uint8),
        ),
    }


TRANSFERS = _transfers()
"""By the names of `ClipFacts.dynamic_range`."""


def _light(frames: np.ndarray, transfer: Transfer, *, wide_gamut: bool) -> np.ndarray:
    """Return the light of pictures, float32, in the primaries of BT.709 and no less than none."""
    light = transfer.light_of_code[frames]
    if wide_gamut:
        light = light @ _TO_709.T
    return np.maximum(light, 0.0, out=light)


def white_and_peak(brightest: np.ndarray, transfer: Transfer) -> tuple[float, float]:
    """Return which light is white on an ordinary screen, and the brightest light.

    Parameters
    ----------
    brightest
        Light of the brightest channel of each pixel, any shape.
    transfer
        How its signal stood for light.
    """
    # Colours beyond BT.709 have channels beyond the brightest white there is.
    peak = min(float(np.percentile(brightest, PEAK_PERCENTILE)), transfer.light_of_code[-1])
    if peak <= transfer.reference_white:
        white = max(peak, transfer.lowest_white)
        return white, white
    brighter = float(np.mean(brightest > CLEARLY_BRIGHTER * transfer.reference_white))
    stretched = np.clip((brighter - FEW_BRIGHTER) / (MANY_BRIGHTER - FEW_BRIGHTER), 0.0, 1.0)
    return float(transfer.reference_white ** (1.0 - stretched) * peak**stretched), peak


def _rolled_off(light: np.ndarray, peak: float) -> np.ndarray:
    """Bend light over white (1.0) so that `peak` comes to 1.0, with no corner at the knee."""
    steepness = (peak - KNEE) / (1.0 - KNEE)
    place = np.clip((light - KNEE) / (peak - KNEE), 0.0, 1.0)
    bent = KNEE + (1.0 - KNEE) * steepness * place / (1.0 + (steepness - 1.0) * place)
    return np.where(light <= KNEE, light, bent)


def on_an_ordinary_screen(frames: np.ndarray, transfer: str, *, wide_gamut: bool) -> np.ndarray:
    """Bring the pictures of one clip from high dynamic range to BT.709.

    Parameters
    ----------
    frames : np.ndarray [shape=(frames, height, width, 3)], uint8
        The signal as stored.
    transfer : str
        One of `TRANSFERS`.
    wide_gamut : bool
        Whether the primaries are those of BT.2020.

    Returns
    -------
    np.ndarray [shape=(frames, height, width, 3)], uint8
    """
    if frames.size == 0:
        return frames
    curve = TRANSFERS[transfer]
    # White is one for the whole clip, so that light which changes goes on changing.
    glance = _light(frames[:, ::4, ::4], curve, wide_gamut=wide_gamut).max(axis=-1)
    white, peak = white_and_peak(glance, curve)
    shown = np.empty(frames.shape, np.uint8)
    for frame, out in zip(frames, shown, strict=True):
        light = _light(frame, curve, wide_gamut=wide_gamut) / np.float32(white)
        if peak > white:
            brightest = np.maximum(light.max(axis=-1, keepdims=True), 1e-6)
            light *= _rolled_off(brightest, peak / white) / brightest
        root = np.sqrt(np.minimum(light, 1.0)) * np.float32(_STEPS - 1)
        out[:] = curve.signal_of_root[root.astype(np.int32)]
    return shown
