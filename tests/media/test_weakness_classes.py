"""One harmless clip for each class of weakness that media services have had, and what holds.

The classes are those of advisories on decoders and on services that take uploads: reading past the
end, integers that overflow, unpacking without end, lists that lead elsewhere, names and paths,
requests made by the server, stored markup. Each input is made here, in the shape of its class; none
makes other software fail. Links are held in `tests/links`, tables and archives in `tests/posts`.
"""

from __future__ import annotations

import resource
import socket
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from synthesis import RED, noise_frames, sine, solid_frames, write_clip

from viral.errors import MediaError
from viral.media.reader import read_clip

MOST_MEMORY_BYTES = 300_000_000
"""More than this process may grow by, whatever a clip says of its own size."""


@pytest.fixture
def clip(tmp_path: Path) -> bytearray:
    path = write_clip(
        tmp_path / "sound.mp4",
        frames=noise_frames(duration_s=1.0, frame_rate_hz=10.0),
        waveform=sine(1.0),
    )
    return bytearray(path.read_bytes())


def outcome(path: Path) -> str:
    """Return the code of the refusal, or `read`; this process grows by little either way."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        read_clip(path)
        found = "read"
    except MediaError as error:
        found = error.message.code
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    assert grown < MOST_MEMORY_BYTES
    return found


def box(content: bytearray, name: bytes) -> int:
    """Return where the payload of a box begins, behind its version and flags."""
    return content.index(name) + 8


def test_sizes_that_lead_past_the_end(tmp_path: Path, clip: bytearray) -> None:
    at = box(clip, b"stsz") + 8  # one size for each sample follows
    struct.pack_into(">I", clip, at, 0x00FFFFFF)
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip)
    assert outcome(path) in {"read", "media.cut_short", "media.undecodable", "media.nothing"}


def test_places_that_lead_past_the_end(tmp_path: Path, clip: bytearray) -> None:
    at = box(clip, b"stco")
    (count,) = struct.unpack_from(">I", clip, at)
    for place in range(count):
        struct.pack_into(">I", clip, at + 4 + 4 * place, 0x7FFFFFF0)
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip)
    assert outcome(path) in {"read", "media.cut_short", "media.nothing"}


@pytest.mark.parametrize("count", [0x7FFFFFFF, 0xFFFFFFFF, 0x40000001])
def test_counts_whose_product_overflows(tmp_path: Path, clip: bytearray, count: int) -> None:
    # 0x40000001 entries of four bytes are four bytes again in 32 bits.
    struct.pack_into(">I", clip, box(clip, b"stco"), count)
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip)
    assert outcome(path).startswith(("read", "media."))


def test_a_box_of_more_bytes_than_there_are_numbers(tmp_path: Path, clip: bytearray) -> None:
    end = struct.pack(">I4sQ", 1, b"free", 0xFFFFFFFFFFFFFFF0)
    path = tmp_path / "clip.mp4"
    path.write_bytes(bytes(clip) + end)
    assert outcome(path) == "read"


@pytest.mark.parametrize("rate_hz", [0, 1, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_sound_whose_rate_overflows(tmp_path: Path, rate_hz: int) -> None:
    samples = bytes(8000)
    head = struct.pack("<HHIIHH", 1, 2, rate_hz, (4 * rate_hz) & 0xFFFFFFFF, 4, 16)
    chunks = b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", 0xFFFFFFFF)
    path = tmp_path / "clip.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE" + chunks + samples)
    assert outcome(path) in {
        "media.nothing",
        "media.unreadable",
        "media.cut_short",
        "media.too_long",
    }


def test_pictures_that_unpack_to_more_than_is_allowed(tmp_path: Path) -> None:
    # A PNG of one colour in a movie: a few kilobytes that stand for 3.6 billion pixels.
    path = write_clip(
        tmp_path / "clip.mov",
        frames=solid_frames([RED], duration_s=0.3, width=64, height=64),
        video_codec="png",
        pixel_format="rgb24",
    )
    content = bytearray(path.read_bytes())
    start = 0
    while (at := content.find(b"IHDR", start)) >= 0:
        struct.pack_into(">II", content, at + 4, 60_000, 60_000)
        struct.pack_into(">I", content, at + 17, zlib.crc32(content[at : at + 17]))
        start = at + 4
    path.write_bytes(content)
    assert outcome(path) in {"media.nothing", "media.too_hard", "media.too_many_pixels"}


@pytest.fixture
def asked() -> Iterator[tuple[int, list[bytes]]]:
    """Yield the port of a listener and what it was asked."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    heard.append(connection.recv(100))

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], heard
        over.set()
        thread.join()


LISTS = {
    "HLS": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}\n#EXT-X-ENDLIST\n",
    "HLS with a key": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:9,\n{url}\n',
    "DASH": '<?xml version="1.0"?><MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>',
    "concat": "ffconcat version 1.0\nfile '{url}'\n",
    "SDP": (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n"
    ),
    "a reference": "RTSPtext\n{url}\n",
    "SMIL": '<smil><body><video src="{url}"/></body></smil>',
    "XSPF": "<playlist><trackList><track><location>{url}</location></track></trackList></playlist>",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("suffix", [".mp4", ".m3u8"])
def test_lists_lead_nowhere(
    tmp_path: Path, asked: tuple[int, list[bytes]], text: str, suffix: str
) -> None:
    port, heard = asked
    for url in (f"http://127.0.0.1:{port}/x.ts", "file:///etc/hostname"):
        path = tmp_path / f"clip{suffix}"
        path.write_text(text.format(url=url, port=port))
        assert outcome(path) == "media.unreadable"
    assert heard == []


def test_a_movie_whose_data_lie_elsewhere(
    tmp_path: Path, clip: bytearray, asked: tuple[int, list[bytes]]
) -> None:
    port, heard = asked
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret " * 1000)
    for address in (f"http://127.0.0.1:{port}/", secret.as_uri(), str(secret)):
        content = bytearray(clip)
        text = address.encode() + b"\0"
        # The data reference of the first track says "in this file"; now it names an address.
        at = content.index(b"url \0\0\0\x01")
        content[at + 4 : at + 8] = bytes(4)
        content[at + 8 : at + 8] = text
        for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref", b"url "):
            place = content.index(name) - 4
            (size,) = struct.unpack_from(">I", content, place)
            struct.pack_into(">I", content, place, size + len(text))
        path = tmp_path / "clip.mp4"
        path.write_bytes(content)
        assert content.index(b"mdat") < content.index(b"moov"), "else places would have moved"
        assert outcome(path).startswith(("read", "media."))
    assert heard == []


@pytest.mark.parametrize(
    "name",
    ["-i http:.mp4", "file:passwd.mp4", "concat:a|b.mp4", "%d.mp4", "a\nb.mp4", "$(id);`id`.mp4"],
)
def test_what_a_clip_is_called_decides_nothing(tmp_path: Path, clip: bytearray, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(clip)
    assert outcome(path) == "read"
    assert [each.name for each in tmp_path.iterdir() if each.suffix != ".mp4"] == []


MARKUP = "<img src=x onerror=alert(1)>"


def test_markup_in_a_clip_gets_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        for field in ("title", "comment", "artist", "encoder", "language"):
            container.metadata[field] = MARKUP
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.metadata["title"] = MARKUP
        for picture in solid_frames([RED], duration_s=0.5, width=64, height=64):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    assert MARKUP.encode() in path.read_bytes()
    clip = read_clip(path)
    assert MARKUP not in repr((clip.facts, clip.warnings))
