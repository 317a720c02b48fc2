"""Decoding of sound to one mono channel, inside the guarded child.

Surround is mixed down to two channels first: centre and surround channels at -3 dB, without the
low-frequency effects (ITU-R BS.775, annex 4). Left and right are then averaged in floating point,
as `librosa.to_mono` does, and the sample rate stays the file's own. Two kinds of stereo would be
lost in that average: channels that cancel each other, of which the left one is taken, and sound on
one side alone, which is given the level that two loudspeakers play it at. Needs PyAV and the
standard library, no numpy.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from viral.media import codecs
from viral.media.limits import MAX_CHANNELS, MAX_SAMPLE_RATE_HZ, MIN_SAMPLE_RATE_HZ
from viral.media.loudness import LoudnessMeter

SAMPLE_BYTES = 4  # float32

HALF_POWER = 0.5**0.5
"""-3 dB."""

GAIN_OF = {
    "FL": (1.0, 0.0),
    "FR": (0.0, 1.0),
    "FC": (HALF_POWER, HALF_POWER),
    "LFE": (0.0, 0.0),
    "LFE2": (0.0, 0.0),
    "BL": (HALF_POWER, 0.0),
    "BR": (0.0, HALF_POWER),
    "SL": (HALF_POWER, 0.0),
    "SR": (0.0, HALF_POWER),
    "FLC": (HALF_POWER, 0.0),
    "FRC": (0.0, HALF_POWER),
    "BC": (0.5, 0.5),
}
"""Gains of a channel, by FFmpeg's name, in the left and the right of the mix."""

USUAL_ORDERS = {
    6: ("FL", "FR", "FC", "LFE", "BL", "BR"),
    8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}
"""Of so many channels in a file that names none, as players take them: 5.1 and 7.1."""

SHORTEST_HOLE_S = 0.1
"""A jump of the clock between two blocks that is kept as silence; encoders are off by less."""

CANCELS_BELOW = 0.05
"""Power of the average over that of the half difference below which left and right cancel: 13 dB.
Wide stereo has about 1."""

ONE_SIDED_BELOW = 0.001
"""Power of the quieter side over that of the louder below which the sound is on one side: 30 dB."""

SILENT_POWER = 1e-9
"""-90 dBFS: nothing is said of the sides of a sound below."""

STRIDE = 37
"""Samples from one that is looked at to the next when the sides are compared; a prime, so that it
keeps step with no tone."""

MOST_COMPARED_BLOCKS = 2000
"""About 45 s of sound in blocks of 1024 samples."""


@dataclass
class Sound:
    """Mono float32 samples in blocks."""

    sample_rate_hz: int = 0
    start_s: float | None = None
    """Time of the first sample by the file's own clock, or None if it has none."""
    blocks: list[bytes] = field(default_factory=list)
    samples: int = 0
    channels: int = 0
    """In the file."""
    cancels: bool = False
    """Whether left and right cancel each other, so that one loudspeaker plays nothing."""
    gain: float = 1.0
    """Still to be applied to the samples."""
    loudness_lufs: float | None = None
    """Integrated, of all channels; None where nothing is loud enough to measure."""
    true_peak_dbtp: float | None = None
    failures: int = 0
    """Packets that the decoder refused."""
    out_of_time: bool = False


def stereo_gains(layout: Any) -> list[tuple[float, float]]:
    """Return what each channel of a layout adds to the left and the right of a stereo mix.

    A layout of which a channel is not known is averaged whole: nobody can say where it belongs.
    """
    count = layout.nb_channels
    if count == 1:
        return [(1.0, 1.0)]
    if count == 2:
        return [GAIN_OF["FL"], GAIN_OF["FR"]]
    names = [channel.name for channel in layout.channels]
    if set(names) == {"NONE"}:
        names = list(USUAL_ORDERS.get(count, names))
    if len(names) != count or any(name not in GAIN_OF for name in names):
        return [(1.0 / count, 1.0 / count)] * count
    return [GAIN_OF[name] for name in names]


def _terms(gains: Sequence[float]) -> str:
    return "+".join(f"{gain:.12f}*c{channel}" for channel, gain in enumerate(gains)) or "0*c0"


class _Mixer:
    """Turns decoded blocks of one format into the average and the half difference of the sides."""

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
            gains = stereo_gains(frame.layout)
            middle = _terms([(left + right) / 2 for left, right in gains])
            side = "+".join(
                f"{(left - right) / 2:.12f}*c{channel}"
                for channel, (left, right) in enumerate(gains)
            )
            nodes.append(self.graph.add("pan", f"stereo|c0={middle}|c1={side.replace('+-', '-')}"))
        if frame.sample_rate != rate_hz:
            nodes.append(self.graph.add("aresample", str(rate_hz)))
        nodes.append(self.graph.add("abuffersink"))
        self.graph.link_nodes(*nodes).configure()

    def mix(self, frame: Any | None) -> Iterator[tuple[int, bytes, bytes | None]]:
        """Yield samples, middle and side for a decoded block, or what is left for None."""
        import av

        self.graph.push(frame)
        while True:
            try:
                mixed: Any = self.graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            middle, *side = (bytes(p)[: mixed.samples * SAMPLE_BYTES] for p in mixed.planes)
            yield mixed.samples, middle, side[0] if side else None
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


class _Recording:
    """What is decoded, put in its place in time."""

    def __init__(self, max_duration_s: float) -> None:
        self.sound = Sound()
        self.sides: list[bytes] = []
        self._most_s = max_duration_s
        self._mixer: _Mixer | None = None
        self._meter = LoudnessMeter()
        self._ends_s: float | None = None

    def put(self, frame: Any) -> None:
        sound = self.sound
        starts_s = _start_s(frame)
        if sound.sample_rate_hz == 0:
            sound.sample_rate_hz = frame.sample_rate
            sound.channels = frame.layout.nb_channels
            sound.start_s = starts_s
        elif starts_s is not None and self._ends_s is not None:
            self._fill(starts_s - self._ends_s)
        if self._mixer is None or self._mixer.format != _format_of(frame):
            self._flush()
            self._mixer = _Mixer(frame, sound.sample_rate_hz)
        if starts_s is not None:
            self._ends_s = starts_s + frame.samples / frame.sample_rate
        elif self._ends_s is not None:
            self._ends_s += frame.samples / frame.sample_rate
        self._meter.put(frame)
        self._take(frame)

    def _take(self, frame: Any | None) -> None:
        if self._mixer is not None:
            for samples, middle, side in self._mixer.mix(frame):
                self.sound.samples += samples
                self.sound.blocks.append(middle)
                # A mono sound has no sides: both play it.
                self.sides.append(bytes(len(middle)) if side is None else side)

    def _fill(self, hole_s: float) -> None:
        """Keep a hole in the file as silence, so that what comes after it keeps its time."""
        rate_hz = self.sound.sample_rate_hz
        if hole_s < SHORTEST_HOLE_S or self.sound.samples / rate_hz + hole_s > self._most_s:
            return
        self._flush()
        silence = bytes(round(hole_s * rate_hz) * SAMPLE_BYTES)
        self.sound.blocks.append(silence)
        self.sides.append(silence)
        self.sound.samples += len(silence) // SAMPLE_BYTES

    def _flush(self) -> None:
        """Take what a mixer still holds; it takes no more blocks then."""
        self._take(None)
        self._mixer = None

    def finish(self) -> Sound:
        self._flush()
        sound = self.sound
        sound.loudness_lufs, sound.true_peak_dbtp = self._meter.result()
        middle, side = _sampled(sound.blocks), _sampled(self.sides)
        count = max(len(middle), 1)
        both = list(zip(middle, side, strict=True))
        middle_power = sum(m * m for m, _ in both) / count
        side_power = sum(s * s for _, s in both) / count
        if side_power > SILENT_POWER and middle_power < CANCELS_BELOW * side_power:
            sound.cancels = True
            sound.blocks = self.sides
            return sound
        left = sum((m + s) ** 2 for m, s in both) / count
        right = sum((m - s) ** 2 for m, s in both) / count
        louder, quieter = max(left, right), min(left, right)
        if louder > SILENT_POWER and quieter < ONE_SIDED_BELOW * louder:
            sound.gain = 1.0 / HALF_POWER
        return sound


def _start_s(frame: Any) -> float | None:
    if frame.pts is None or not frame.time_base:
        return None
    return float(frame.pts * frame.time_base)


def _sampled(blocks: Sequence[bytes]) -> list[float]:
    """Return every `STRIDE`th sample of each block, of a long sound in some blocks alone."""
    found: list[float] = []
    for block in blocks[:: max(len(blocks) // MOST_COMPARED_BLOCKS, 1)]:
        samples = array("f")
        samples.frombytes(block)
        found.extend(samples[STRIDE // 2 :: STRIDE])
    return found


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

    recording = _Recording(max_duration_s)
    sound = recording.sound
    stream.codec_context.options = {"codec_whitelist": codecs.WHITELIST}
    for packet in (*packets, None):
        if time.monotonic() > deadline_s:
            sound.out_of_time = True
            break
        try:
            for frame in stream.codec_context.decode(packet):
                if not _is_possible(frame):
                    return sound
                recording.put(frame)
        except av.FFmpegError:
            sound.failures += 1
        if sound.samples > max_duration_s * max(sound.sample_rate_hz, 1):
            break
    return recording.finish()
