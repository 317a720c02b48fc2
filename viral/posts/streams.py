"""A file of posts as a stream of text: any encoding, packed or not, in bounded memory."""

from __future__ import annotations

import codecs
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from viral.errors import TableError
from viral.messages import Message

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson")
MAX_UNPACKED_BYTES = 8_000_000_000
"""More than any export has; a packed file that holds more is refused."""
MAX_RATIO = 100.0
"""Text packs to a tenth or a twentieth; a file that grows a hundredfold is a trap ..."""
SAFE_UNPACKED_BYTES = 100_000_000
"""... from this size on."""
SAMPLE_BYTES = 65_536
READ_BYTES = 1 << 20
MOST_ACCENTS = 0.6
"""Share of accented letters, in words with any, that no language of Latin letters reaches."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_SIGN_IN_WORD = re.compile(r"[^\W\d_][¡-¿×÷\ufffd][^\W\d_]")
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class _Bounded(io.RawIOBase):
    """Unpacked bytes, up to what a file of this packed size may hold."""

    def __init__(self, inner: IO[bytes], name: str, packed_bytes: int) -> None:
        self._inner = inner
        self._name = name
        self._most = min(
            MAX_UNPACKED_BYTES, int(max(SAFE_UNPACKED_BYTES, packed_bytes * MAX_RATIO))
        )
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            chunk = self._inner.read(len(view))
        except (
            *(OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError),
        ) as error:
            raise TableError(Message("posts.damaged", file=self._name)) from error
        self._read += len(chunk)
        if self._read > self._most:
            raise TableError(
                Message("posts.unpacks_too_large", file=self._name, megabytes=self._most / 1e6)
            )
        view[: len(chunk)] = chunk
        return len(chunk)


def text_members(path: Path) -> list[str]:
    """Return the names of the texts in a `.zip`, TikTok's one JSON first, then the largest.

    Raises
    ------
    TableError
        It is missing, damaged, locked, or holds none.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                member
                for member in archive.infolist()
                if not member.is_dir()
                and member.filename.lower().endswith(TEXT_SUFFIXES)
                and "__MACOSX" not in member.filename
            ]
    except FileNotFoundError as error:
        raise TableError(Message("posts.no_file", file=path.name)) from error
    except zipfile.BadZipFile as error:
        raise TableError(Message("posts.damaged", file=path.name)) from error
    except (OSError, NotImplementedError) as error:
        raise TableError(Message("posts.unreadable", file=path.name, why=str(error))) from error
    if not members:
        raise TableError(Message("posts.zip_without_text", file=path.name))
    if any(member.flag_bits & 0x1 for member in members):
        raise TableError(Message("posts.zip_locked", file=path.name))
    members.sort(key=lambda member: (not member.filename.endswith(".json"), -member.file_size))
    return [member.filename for member in members]


@contextmanager
def opened_bytes(path: Path, member: str | None = None) -> Iterator[tuple[BinaryIO, str]]:
    """Open a file, or a text inside a `.zip`, `.gz` or `.xz`, and yield it with its name.

    Raises
    ------
    TableError
        It is not there, damaged, locked, or grows beyond all measure when unpacked.
    """
    try:
        size = path.stat().st_size
        if path.suffix.lower() == ".zip":
            name = member or text_members(path)[0]
            with zipfile.ZipFile(path) as archive, archive.open(name) as inner:
                raw = _Bounded(inner, path.name, size)
                yield cast(BinaryIO, io.BufferedReader(raw, READ_BYTES)), name
        elif path.suffix.lower() in (".gz", ".xz"):
            opened = gzip.open if path.suffix.lower() == ".gz" else lzma.open
            with opened(path) as unpacked:
                raw = _Bounded(cast(IO[bytes], unpacked), path.name, size)
                yield cast(BinaryIO, io.BufferedReader(raw, READ_BYTES)), path.stem
        else:
            with path.open("rb") as plain:
                yield plain, path.name
    except FileNotFoundError as error:
        raise TableError(Message("posts.no_file", file=path.name)) from error
    except (zipfile.BadZipFile, KeyError) as error:
        raise TableError(Message("posts.damaged", file=path.name)) from error
    except (OSError, NotImplementedError) as error:
        raise TableError(Message("posts.unreadable", file=path.name, why=str(error))) from error


def encoding_of(path: Path, member: str | None = None) -> str:
    """Return the encoding of a text: by its mark, else UTF-8 if all of it is, else by likelihood.

    The whole file is looked at, a megabyte at a time, since the first accent may be in its last
    row.

    Raises
    ------
    TableError
        See `opened_bytes`; or the file is no text.
    """
    with opened_bytes(path, member) as (stream, _):
        head = stream.read(SAMPLE_BYTES)
        for mark, encoding in BOMS:
            if head.startswith(mark):
                return encoding
        # Half of UTF-16 in a European language is zeros, on the same side of each pair.
        if head[:2000].count(0) > len(head[:2000]) // 4:
            return "utf-16-le" if head[1:2000:2].count(0) > head[0:2000:2].count(0) else "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = head
        while chunk:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                around = chunk[max(error.start - SAMPLE_BYTES // 2, 0) :][:SAMPLE_BYTES]
                return _old_encoding(around)
            chunk = stream.read(READ_BYTES)
    return "utf-8"


def _old_encoding(sample: bytes) -> str:
    """Return which one-byte encoding a text is in that is not UTF-8."""
    from charset_normalizer import from_bytes

    western = sample.decode("cp1252", "replace")
    words = [word for word in _WORD.findall(western) if not word.isascii()]
    letters = sum(map(len, words))
    high = sum(not letter.isascii() for word in words for letter in word)
    # Spreadsheets of the West write Windows-1252 and do not say so. In their words accents are few
    # and every sign inside a word is a letter; a statistical guess goes wrong on short texts.
    if high <= MOST_ACCENTS * letters and _SIGN_IN_WORD.search(western) is None:
        return "cp1252"
    best = from_bytes(sample).best()
    return best.encoding if best is not None else "cp1252"


@contextmanager
def opened_text(path: Path, member: str | None = None) -> Iterator[tuple[io.TextIOWrapper, str]]:
    """Open a text of any encoding and yield it with its name; what cannot be decoded is replaced.

    Line ends are left as they are, as CSV needs them.

    Raises
    ------
    TableError
        See `opened_bytes`.
    """
    encoding = encoding_of(path, member)
    with opened_bytes(path, member) as (stream, name):
        yield io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=""), name
