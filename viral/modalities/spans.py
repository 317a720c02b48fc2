"""Which parts of a clip count, and how much of them each measurement stands for.

Conventions: times are seconds from the start of the clip. Spans are a float64 array
`[spans, 2]` of (start_s, end_s), in order and apart; an empty array keeps nothing. A *cell* is the
stretch of time that one measurement stands for: pictures are taken closer together in the opening
than later, and a mean over pictures would count the opening five times.
"""

from __future__ import annotations

import numpy as np

from viral.modalities.features import Spans

Cells = tuple[np.ndarray, np.ndarray]
"""Starts and ends in seconds, float64 `[cells]` each."""


def kept_spans(keep: Spans | None, duration_s: float) -> np.ndarray:
    """Return what is kept of a clip: all of it for None, otherwise `keep` within the clip.

    Parameters
    ----------
    keep : Spans, optional
        In any order; parts that overlap count once, what lies outside the clip counts nothing.
    duration_s : float
        Length of the clip.
    """
    if keep is None:
        return np.array([[0.0, max(duration_s, 0.0)]])
    joined: list[list[float]] = []
    for start_s, end_s in sorted((float(start), float(end)) for start, end in keep):
        start_s, end_s = max(start_s, 0.0), min(end_s, duration_s)
        if not start_s < end_s:
            continue
        if joined and start_s <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end_s)
        else:
            joined.append([start_s, end_s])
    return np.array(joined, dtype=np.float64).reshape(-1, 2)


def length_s(spans: np.ndarray) -> float:
    """Return the seconds that are kept."""
    return float((spans[:, 1] - spans[:, 0]).sum())


def opening(spans: np.ndarray, seconds: float) -> np.ndarray:
    """Return the first `seconds` of what is kept, played back to back."""
    lengths = spans[:, 1] - spans[:, 0]
    played_before = np.concatenate([[0.0], np.cumsum(lengths)[:-1]]) if len(spans) else lengths
    ends = np.minimum(spans[:, 1], spans[:, 0] + (seconds - played_before))
    return np.column_stack([spans[:, 0], ends])[ends > spans[:, 0]]


def overlap_s(cells: Cells, spans: np.ndarray) -> np.ndarray:
    """Return how many seconds of each cell are kept, float64 `[cells]`."""
    total = np.zeros(len(cells[0]))
    for start_s, end_s in spans:
        total += np.clip(np.minimum(cells[1], end_s) - np.maximum(cells[0], start_s), 0.0, None)
    return total


def inside(times_s: np.ndarray, spans: np.ndarray, duration_s: float) -> np.ndarray:
    """Return which moments are kept, bool `[times]`.

    A span holds its start and not its end, so that two spans that meet count no moment twice. The
    end of the clip belongs to the span that reaches it, with whatever sounds after it: a waveform
    may be some milliseconds longer than its container says.
    """
    kept = np.zeros(len(times_s), dtype=bool)
    for start_s, end_s in spans:
        kept |= (times_s >= start_s) & ((times_s < end_s) | (end_s >= duration_s))
    return kept


def cells_around(times_s: np.ndarray, duration_s: float) -> Cells:
    """Return the cell of each moment: what is nearer to it than to any other.

    Parameters
    ----------
    times_s : np.ndarray [shape=(n,)]
        Increasing.
    duration_s : float
        Where the last cell ends; the first begins at 0.
    """
    if len(times_s) == 0:
        return np.empty(0), np.empty(0)
    middles = (times_s[1:] + times_s[:-1]) / 2
    starts = np.concatenate([[0.0], middles])
    return starts, np.concatenate([middles, [max(duration_s, float(starts[-1]))]])


def weighted_mean(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the mean of what could be measured (not NaN), or NaN where nothing of weight could."""
    counted = (weights > 0) & np.isfinite(values)
    if not counted.any():
        return float("nan")
    return float(np.average(values[counted], weights=weights[counted]))
