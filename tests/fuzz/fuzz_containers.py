"""Real containers, and what a stranger might do to their bytes.

`seeds` writes a small clip in each container; `mutated` spoils one of them in a way that depends on
the generator alone, so that an input is known by its seed and its number.
"""

from __future__ import annotations

import random
import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from codec_clips import PICTURES, SOUNDS, write_in
from synthesis import noise_frames, sine, write_clip

WIDTH, HEIGHT = 64, 64
DURATION_S = 0.4
"""Tiny clips: most of the time of an input goes into what is done with it, not into pictures. Below
64 x 64 the encoder libx265 writes over memory that is not its own."""

SIZE_WORDS = (0, 1, 7, 8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF8)
"""Lengths that parsers have tripped over: none, too short for a header, signed and unsigned
ends."""

PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"edts", b"moof", b"traf", b"mvex")
"""Boxes of ISO/IEC 14496-12 that hold boxes."""

DEEPEST = 12
"""How deep boxes are looked for; `nest_deeply` goes much further."""

TABLES = (b"stts", b"stsz", b"stsc", b"stco", b"ctts", b"stss", b"elst", b"mvhd", b"tkhd", b"mdhd")
"""Boxes that hold counts, sizes, offsets, times and dimensions."""

FOREIGN_STARTS = (
    b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    b"PK\x03\x04" + bytes(26),
    b"%PDF-1.7\n",
    b"\x7fELF\x02\x01\x01" + bytes(9),
    b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    b"ffconcat version 1.0\nfile /etc/passwd\n",
    b"GIF89a",
    b"\x1a\x45\xdf\xa3",
    b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
)
"""Beginnings of other kinds of files, for files that are two kinds at once."""

OTHER_CODECS = (
    (".asf", "wmv2", "wmav2"),
    (".3gp", "h263", "amrnb"),
    (".mov", "prores", "adpcm_ima_qt"),
    (".avi", "mjpeg", "mp3float"),
    (".mkv", "ffv1", "flac"),
    (".webm", "vp8", "opus"),
    (".mpg", "mpeg1video", None),
    (".ts", "mpeg2video", "ac3"),
    (".ogg", None, "vorbis"),
    (".m4a", None, "alac"),
    (".aiff", None, "pcm_s16be"),
)
"""Container, pictures and sound of clips as older phones, cameras and editors write them."""

Mutation = Callable[[random.Random, bytearray], bytearray]


def seeds() -> list[bytes]:
    """Return small clips, one for each container and way of writing it."""
    kinds: Sequence[tuple[str, dict[str, object]]] = (
        (".mp4", {}),
        (".mp4", {"container_options": {"movflags": "faststart"}}),
        (".mp4", {"container_options": {"movflags": "frag_keyframe+empty_moov"}, "gop": 2}),
        (".mov", {"rotation_deg": 90}),
        (".webm", {"sample_rate_hz": 48_000}),
        (".mkv", {"video_codec": "libx265"}),
        (".mkv", {"video_codec": "libsvtav1"}),
        (".avi", {}),
        (".gif", {"waveform": None}),
        (".ts", {"container_format": "mpegts"}),
        (".flv", {"container_format": "flv"}),
        (".wav", {"frames": None}),
        (".mp3", {"frames": None}),
        (".flac", {"frames": None}),
    )
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for place, (suffix, options) in enumerate(kinds):
            given: dict[str, object] = {
                "frames": noise_frames(duration_s=DURATION_S, width=WIDTH, height=HEIGHT),
                "frame_rate_hz": 10.0,
                "waveform": sine(DURATION_S),
            }
            path = Path(folder) / f"{place}{suffix}"
            found.append(write_clip(path, **{**given, **options}).read_bytes())  # type: ignore[arg-type]
        for suffix, pictures, sound in OTHER_CODECS:
            path = Path(folder) / f"{pictures}-{sound}{suffix}"
            ways = (PICTURES[pictures] if pictures else None, SOUNDS[sound] if sound else None)
            found.append(write_in(path, *ways).read_bytes())
    return found


def boxes(
    data: bytes, start: int = 0, end: int | None = None, depth: int = 0
) -> Iterator[tuple[int, bytes]]:
    """Yield the place and the name of each box of an MP4, going into those that hold others."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, start)
        size = min(size, end - start) if size >= 8 else end - start
        yield start, name
        if name in PARENTS and depth < DEEPEST:
            yield from boxes(data, start + 8, start + size, depth + 1)
        start += size


def _span(generator: random.Random, data: bytearray) -> tuple[int, int]:
    first = generator.randrange(len(data))
    return first, min(len(data), first + int(generator.paretovariate(0.6)))


def flip_bits(generator: random.Random, data: bytearray) -> bytearray:
    """Flip some bits anywhere."""
    for _ in range(min(int(generator.paretovariate(0.5)), 4096)):
        data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
    return data


def overwrite_word(generator: random.Random, data: bytearray) -> bytearray:
    """Write a telling 32-bit number, in either byte order, near the start or anywhere."""
    reach = len(data) if generator.random() < 0.5 else min(len(data), 512)
    place = generator.randrange(reach)
    word = struct.pack(generator.choice("<>") + "I", generator.choice(SIZE_WORDS))
    data[place : place + 4] = word
    return data


def cut_end(generator: random.Random, data: bytearray) -> bytearray:
    """Leave the end out."""
    return data[: generator.randrange(len(data))]


def cut_middle(generator: random.Random, data: bytearray) -> bytearray:
    """Leave a part out."""
    first, last = _span(generator, data)
    return data[:first] + data[last:]


def repeat_part(generator: random.Random, data: bytearray) -> bytearray:
    """Put a part in again, up to a few hundred times."""
    first, last = _span(generator, data)
    times = min(int(generator.paretovariate(0.7)), 300)
    return data[:last] + data[first:last][:4096] * times + data[last:]


def blank_part(generator: random.Random, data: bytearray) -> bytearray:
    """Overwrite a part with zeros, ones or noise."""
    first, last = _span(generator, data)
    filled = generator.choice((b"\0", b"\xff", generator.randbytes(1)))
    data[first:last] = filled * (last - first)
    return data


def put_in_noise(generator: random.Random, data: bytearray) -> bytearray:
    """Put noise in."""
    place = generator.randrange(len(data))
    return data[:place] + generator.randbytes(generator.randrange(1, 2000)) + data[place:]


def _boxes(data: bytearray) -> list[tuple[int, bytes]]:
    return list(boxes(bytes(data)))[:500]


def lie_about_length(generator: random.Random, data: bytearray) -> bytearray:
    """Let a box claim another length, 64-bit ones included."""
    place, _ = generator.choice(_boxes(data) or [(0, b"")])
    if place + 16 > len(data):
        return data
    (size,) = struct.unpack_from(">I", data, place)
    wrong = generator.choice((*SIZE_WORDS, size + 1, max(size - 1, 0), size * 2, size // 2))
    struct.pack_into(">I", data, place, wrong & 0xFFFFFFFF)
    return data


def lie_in_table(generator: random.Random, data: bytearray) -> bytearray:
    """Change a number in a box of counts, sizes, times or dimensions."""
    tables = [place for place, name in _boxes(data) if name in TABLES]
    if not tables:
        return overwrite_word(generator, data)
    place = generator.choice(tables) + 8 + 4 * generator.randrange(24)
    if place + 4 <= len(data):
        number = generator.choice((*SIZE_WORDS, generator.randrange(1 << 16)))
        struct.pack_into(">I", data, place, number)
    return data


def rename_box(generator: random.Random, data: bytearray) -> bytearray:
    """Give a box the name of another."""
    found = _boxes(data)
    if len(found) < 2:
        return flip_bits(generator, data)
    place, _ = generator.choice(found)
    data[place + 4 : place + 8] = generator.choice(found)[1]
    return data


def repeat_box(generator: random.Random, data: bytearray) -> bytearray:
    """Put a box in a second time somewhere else."""
    found = _boxes(data)
    if not found:
        return repeat_part(generator, data)
    place, _ = generator.choice(found)
    target, _ = generator.choice(found)
    (size,) = struct.unpack_from(">I", data, place)
    return data[:target] + data[place : place + min(size, 100_000)] + data[target:]


def nest_deeply(generator: random.Random, data: bytearray) -> bytearray:
    """Wrap the whole file, or nothing, in thousands of boxes that hold each other."""
    inner = bytes(data) if generator.random() < 0.5 else b""
    name = generator.choice(PARENTS)
    depth = generator.choice((10, 100, 1000, 8000))
    heads = [struct.pack(">I4s", len(inner) + 8 * (depth - n), name) for n in range(depth)]
    start = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"isom")
    return bytearray(start + b"".join(heads) + inner)


def two_kinds_at_once(generator: random.Random, data: bytearray) -> bytearray:
    """Put the beginning of another kind of file before it, over it or behind it."""
    foreign = generator.choice(FOREIGN_STARTS)
    way = generator.randrange(3)
    if way == 0:
        return bytearray(foreign) + data
    if way == 1:
        data[: len(foreign)] = foreign
        return data
    return data + foreign


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits,
    overwrite_word,
    cut_end,
    cut_middle,
    repeat_part,
    blank_part,
    put_in_noise,
    lie_about_length,
    lie_in_table,
    rename_box,
    repeat_box,
    nest_deeply,
    two_kinds_at_once,
)


def mutated(generator: random.Random, clips: Sequence[bytes]) -> bytes:
    """Return one of the clips after one to three mutations, now and then joined to another."""
    data = bytearray(generator.choice(clips))
    for _ in range(generator.choice((1, 1, 2, 3))):
        if not data:
            break
        data = generator.choice(MUTATIONS)(generator, data)
    if generator.random() < 0.05:
        other = generator.choice(clips)
        data = data[: len(data) // 2] + other[len(other) // 2 :]
    return bytes(data)
