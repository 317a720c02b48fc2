"""What a stage could not be quicker than on this machine, worked out or measured in the same run.

* Networks: for each layer the time of its multiply-adds at the rate that all cores reach in a large
  product of matrices, or that of reading its weights from memory once, whichever is longer (the
  roofline of Williams, Waterman and Patterson 2009).
* Pictures: the decoder alone on the packets that have to be decoded, one after the other within a
  run from a keyframe, the runs shared by the cores.
* Sound: the Fourier transforms of the spectrogram alone.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from processes import seconds

MATRIX_SIDE = 1536
READ_FLOATS = 48_000_000
"""More than the caches hold."""
TRIES = 8
WINDOW, HOP = 2048, 512
"""Of the spectrogram, in samples; librosa's defaults."""


@dataclass
class Work:
    """What the networks had to do while they were watched."""

    multiply_adds: float = 0.0
    weight_bytes: float = 0.0
    limit_s: float = 0.0


@dataclass(frozen=True)
class Machine:
    """Rates of this machine, all cores together."""

    multiply_adds_per_s: float
    """In 32-bit floating point."""
    read_bytes_per_s: float

    @classmethod
    def measured(cls) -> Machine:
        """Time a large product of matrices and a sum over more than the caches hold."""
        import torch

        from viral.threads import limit_threads

        limit_threads()
        one, other = (torch.rand(MATRIX_SIDE, MATRIX_SIDE) for _ in range(2))
        product_s = min(seconds(lambda: one @ other) for _ in range(TRIES))
        much = torch.rand(READ_FLOATS)
        read_s = min(seconds(much.sum) for _ in range(TRIES))
        return cls(MATRIX_SIDE**3 / product_s, 4 * READ_FLOATS / read_s)

    @contextlib.contextmanager
    def watched(self, weight_bytes: int = 4) -> Iterator[Work]:
        """Count what every layer of torch does meanwhile, in whichever network it is.

        Parameters
        ----------
        weight_bytes : int
            Of one weight. Products count as 32-bit ones also where weights have eight bits.
        """
        from torch import nn
        from torch.nn.modules.module import register_module_forward_hook

        work = Work()

        def note(module: nn.Module, inputs: Any, output: Any) -> None:
            kind = type(module).__name__
            weights: Any = None
            if isinstance(module, (nn.Linear, nn.Conv1d, nn.Conv2d)):
                weights = module.weight
                adds = output.numel() * weights[0].numel()
            elif kind == "TextDecoder":  # Whisper's, which scores all tokens with its embedding
                weights = module.token_embedding.weight
                adds = output.numel() // weights.shape[0] * weights.numel()
            elif kind == "MultiHeadAttention":  # Whisper's
                asked = inputs[0]
                heard = inputs[1] if len(inputs) > 1 and inputs[1] is not None else asked
                adds = 2 * asked.shape[-2] * heard.shape[-2] * asked.shape[-1]
            else:
                return
            size = 0 if weights is None else weights.numel() * weight_bytes
            work.multiply_adds += adds
            work.weight_bytes += size
            work.limit_s += max(adds / self.multiply_adds_per_s, size / self.read_bytes_per_s)

        handle = register_module_forward_hook(note)
        try:
            yield work
        finally:
            handle.remove()


def decode_limit(path: Path, cores: int) -> dict[str, float]:
    """Return what the decoder alone needs for the pictures that `read_clip` asks for.

    Returns
    -------
    dict
        `limit_s`, and the decoder's `pictures_per_s` on one core, of those that others refer to.
    """
    import av

    from viral.media.clip import HOOK_S
    from viral.media.container import Track
    from viral.media.frames import plan

    runs: list[float] = []
    decoded = 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        track = Track(stream)
        for packet in container.demux(stream):
            if packet.size:
                track.add(packet)
        context = stream.codec_context
        context.thread_count = 1
        segments = plan(
            [time_s - track.starts_s for time_s in track.shown_s],
            [packet.is_keyframe for packet in track.packets],
            end_s=track.ends_s - track.starts_s,
            hook_s=HOOK_S,
            pixels=context.width * context.height,
        )
        for segment in segments:
            context.skip_frame = "NONREF" if segment.packets > 1 else "DEFAULT"
            packets = [*track.packets[segment.first : segment.last + 1], None]
            count = 0

            def run(packets: list[Any] = packets) -> None:
                nonlocal count
                for packet in packets:
                    count += len(context.decode(packet))
                context.flush_buffers()

            runs.append(seconds(run))
            decoded += count
    return {
        "limit_s": max(max(runs), sum(runs) / cores),
        "pictures_per_s": decoded / sum(runs),
        "decoded": decoded,
    }


def transform_limit_s(waveform: np.ndarray) -> float:
    """Return the seconds of the Fourier transforms of a sound's spectrogram alone."""
    from scipy import fft

    if len(waveform) < WINDOW:
        return 0.0
    frames = np.lib.stride_tricks.sliding_window_view(waveform, WINDOW)[::HOP].copy()
    return statistics.median(seconds(lambda: fft.rfft(frames)) for _ in range(3))
