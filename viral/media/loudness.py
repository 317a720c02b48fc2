"""Loudness of the sound as it is in the file, inside the guarded child.

FFmpeg's `ebur128` filter measures by EBU R 128 (ITU-R BS.1770): all channels count, in the layout
that the file names, and a mono sound as if both loudspeakers played it. Needs PyAV and the standard
library, no numpy.
"""

from __future__ import annotations

import contextlib
import math
from fractions import Fraction
from typing import Any

GATE_LUFS = -70.0
"""BS.1770's absolute gate; the filter says exactly this of a sound that never passes it."""

_INTEGRATED = "lavfi.r128.I"
_TRUE_PEAK = "lavfi.r128.true_peak"


class LoudnessMeter:
    """Measures what is put in, block after block of one format."""

    def __init__(self) -> None:
        self._graph: Any = None
        self._format: tuple[Any, ...] | None = None
        self._said: dict[str, str] = {}
        self._broken = False

    def put(self, frame: Any) -> None:
        """Take in a decoded block; blocks of another format than the first are passed over."""
        import av

        if self._broken:
            return
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        try:
            if self._graph is None:
                self._graph, self._format = _graph(frame), form
            if form == self._format:
                self._graph.push(frame)
                self._pull()
        except (av.FFmpegError, ValueError):
            # A layout that the filter does not know: the loudness is then unknown, no more.
            self._broken = True

    def _pull(self) -> None:
        import av

        with contextlib.suppress(av.BlockingIOError, av.EOFError):
            while True:
                self._said = dict(self._graph.pull().metadata) or self._said

    def result(self) -> tuple[float | None, float | None]:
        """Return the integrated loudness in LUFS and the true peak in dBTP, None where unknown."""
        if self._broken or not self._said:
            return None, None
        with contextlib.suppress(KeyError, ValueError):
            loudness = float(self._said[_INTEGRATED])
            peak = float(self._said[_TRUE_PEAK])
            return (
                loudness if math.isfinite(loudness) and loudness > GATE_LUFS else None,
                20.0 * math.log10(peak) if peak > 0.0 and math.isfinite(peak) else None,
            )
        return None, None


def _graph(frame: Any) -> Any:
    from av.filter import Graph

    graph = Graph()
    nodes = [
        graph.add_abuffer(
            format=frame.format.name,
            sample_rate=frame.sample_rate,
            layout=frame.layout.name,
            time_base=frame.time_base or Fraction(1, frame.sample_rate),
        ),
        graph.add("ebur128", "metadata=1:peak=true:dualmono=true"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    return graph
