"""A waveform at another rate, as librosa would give it.

Conventions: a waveform is a 1-dimensional float32 array in -1..1, mono; a rate is in Hz.
"""

from __future__ import annotations

import math

import numpy as np

QUALITY = "HQ"
"""`soxr_hq`, librosa's default: 100 dB of stop band."""


def resampled(waveform: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """Return a waveform at another rate, equal to `librosa.resample(..., res_type="soxr_hq")`.

    Parameters
    ----------
    waveform : np.ndarray [shape=(samples,)]
        Mono, any float type.
    from_hz, to_hz : int
        Rates, above 0.

    Returns
    -------
    np.ndarray [shape=(ceil(samples * to_hz / from_hz),)], float32
    """
    samples = np.ascontiguousarray(waveform, dtype=np.float32)
    if from_hz == to_hz or samples.size == 0:
        return samples
    import soxr

    wanted = math.ceil(samples.size * float(to_hz) / from_hz)
    result = np.asarray(soxr.resample(samples, from_hz, to_hz, quality=QUALITY), dtype=np.float32)
    # soxr's own rounding of the length may be one sample off.
    if result.size >= wanted:
        return result[:wanted]
    return np.pad(result, (0, wanted - result.size))
