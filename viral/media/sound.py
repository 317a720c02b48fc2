"""Decoding of sound to one mono channel, inside the guarded child.

The channels are averaged with equal weights in floating point, as `librosa.to_mono` does, and the
sample rate stays the file's own. Needs PyAV and the standard library, no numpy.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from viral.media import codecs
from viral.media.limits import MAX_CHANNELS, MAX_SAMPLE_RATE_HZ, MIN_SAMPLE_RATE_HZ

SAMPLE_BYTES = 4  # float32


@dataclass
class Sound:
    """Mono float32 samples in blocks."""

    sample_rate_hz: int = 0
    start_s: float | None = None
    """Time of the first sample by the file's own clock, or None if it has none."""
    blocks: list[bytes] = field(default_factory=list)
    samples: int = 0
    failures: int = 0
    """Packets that the decoder refused."""
    impossible: bool = False
    """Whether the sample rate or the number of channels cannot be right."""
    out_of_time: bool = False


class _Mixer:
    """Turns decoded blocks of one format into mono float32, at the rate of the first block."""

    def __init__(self, frame: Any, rate_hz: int) -> None:
        from av.filter import Graph

        self.format = _format_of(frame)
        channels = frame.layout.nb_channels
        self.graph = Graph()
        source = self.graph.add_abuffer(
            format=frame.format.name,
            sample_rate=frame.sample_rate,
            layout=frame.layout.name,
            time_base=frame.time_base or Fraction(1, frame.sample_rate),
        )
        # Floating point first: the mixing filter rounds when it is given integers.
        nodes = [source, self.graph.add("aformat", "sample_fmts=fltp")]
        if channels > 1:
            gains = "+".join(f"{1 / channels:.12f}*c{channel}" for channel in range(channels))
            nodes.append(self.graph.add("pan", f"mono|c0={gains}"))
        if frame.sample_rate != rate_hz:
            nodes.append(self.graph.add("aresample", str(rate_hz)))
        nodes.append(self.graph.add("abuffersink"))
        self.graph.link_nodes(*nodes).configure()

    def mix(self, frame: Any | None) -> Iterator[tuple[int, bytes]]:
        """Yield samples and bytes for a decoded block, or what is left at the end for None."""
        import av

        self.graph.push(frame)
        while True:
            try:
                mixed: Any = self.graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            yield mixed.samples, bytes(mixed.planes[0])[: mixed.samples * SAMPLE_BYTES]
            if frame is not None:
                # One block in is one block out; asking for more each time would take as long as
                # the mixing. What is left comes at the end.
                return


def _format_of(frame: Any) -> tuple[str, str, int, int]:
    return (
        frame.format.name,
        frame.layout.name,
        frame.layout.nb_channels,
        frame.sample_rate,
    )


def _is_possible(frame: Any) -> bool:
    return (
        MIN_SAMPLE_RATE_HZ <= frame.sample_rate <= MAX_SAMPLE_RATE_HZ
        and 1 <= frame.layout.nb_channels <= MAX_CHANNELS
    )


def decode_sound(
    stream: Any, packets: Sequence[Any], *, max_duration_s: float, deadline_s: float
) -> Sound:
    """Decode packets of sound, passing over those that are broken.

    Parameters
    ----------
    stream
        PyAV's audio stream.
    packets
        Its packets in order.
    max_duration_s
        Seconds of sound after which decoding stops.
    deadline_s
        `time.monotonic()` after which decoding stops.
    """
    import av

    sound = Sound()
    mixer: _Mixer | None = None
    stream.codec_context.options = {"codec_whitelist": codecs.WHITELIST}

    def put(frame: Any | None) -> None:
        if mixer is not None:
            for samples, block in mixer.mix(frame):
                sound.samples += samples
                sound.blocks.append(block)

    for packet in (*packets, None):
        if time.monotonic() > deadline_s:
            sound.out_of_time = True
            break
        try:
            for frame in stream.codec_context.decode(packet):
                if not _is_possible(frame):
                    sound.impossible = True
                    return sound
                if mixer is None:
                    sound.sample_rate_hz = frame.sample_rate
                    if frame.pts is not None and frame.time_base:
                        sound.start_s = float(frame.pts * frame.time_base)
                if mixer is None or mixer.format != _format_of(frame):
                    put(None)
                    mixer = _Mixer(frame, sound.sample_rate_hz)
                put(frame)
        except av.FFmpegError:
            sound.failures += 1
        if sound.samples > max_duration_s * max(sound.sample_rate_hz, 1):
            break
    put(None)
    return sound
