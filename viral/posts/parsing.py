"""Numbers and lengths as people and platforms write them: `541.2K`, `1.234,5`, `1,7 mil`, `1:05`.

The one grammar for what is typed on the page, given to the command, to Python or the API, and what
stands in tables. Dates are in `viral.posts.dates`.

Conventions
-----------
Everything here takes a text and returns a number, or raises `ValueError` with words that complete a
sentence such as "views ...".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

_SUFFIX_WORDS = (
    (1e3, "k n tsd tys тыс тис tis rb ribu bin tn thousand mil mila miles mille 千 천 พัน हज़ार ألف"),
    (1e4, "w 万 萬 만 หมื่น"),
    (1e5, "l lac lakh लाख แสน"),
    (1e6, "m mi mio mill mln mn jt juta tr млн ล้าน مليون millón millon millones milhão milhões"),
    (1e6, "milioni million millions millionen milyon"),
    (1e7, "cr crore करोड़"),
    (1e8, "亿 億 억"),
    (1e9, "b bi bn billion md mld mrd млрд مليار"),
)
SUFFIXES = {word: factor for factor, words in _SUFFIX_WORDS for word in words.split()}
"""Letters behind a shortened count, as platforms show them in several languages; a dot after them
says nothing. Turkish B for "bin" is not among them: everywhere else it is a billion."""
_MARKS = "'’_"
_SPACES = "\u0020\u00a0\u202f\u2009"
_NUMBER = re.compile(rf"([+-]?)(\d[\d.,{_MARKS}{_SPACES}]*)([^\d.,]*)\.?")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")
_SET_APART = re.compile(rf"[1-9]\d{{0,2}}(?:([{_MARKS}{_SPACES}])\d{{3}})(?:\1\d{{3}})*(?=[.,]|$)")
_LENGTH = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")
_ISO_LENGTH = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


class NoNumberError(ValueError):
    """An entry of a list is no number; `written` is the entry."""

    def __init__(self, written: str) -> None:
        """Keep the entry."""
        super().__init__("is not a number")
        self.written = written


class TwoReadingsError(ValueError):
    """A list of numbers that can be read in two ways, and nothing says which is meant."""

    def __init__(self, joined: str, apart: str) -> None:
        """Keep both readings, each as `canonical` writes it."""
        super().__init__("can be read in two ways")
        self.joined = joined
        self.apart = apart


def _plain_text(written: str) -> str:
    # Full-width forms, and digits of other scripts with their own marks.
    text = unicodedata.normalize("NFKC", written).replace("٫", ".").replace("٬", ",")
    if text.isascii():
        return text.strip()
    return "".join(
        str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text
    ).strip()


@lru_cache(maxsize=50_000)
def plain_number(written: str, *, whole: bool = False) -> float:
    """Return a number that a person or a platform wrote.

    Parameters
    ----------
    written : str
        `1,234`, `1.234.567`, `12 000`, `541.2K`, `1,2M`, `12 mil`, `3.5万`, `12,34,567`, `1e5`.
    whole : bool
        The number counts something, so that `1.234` is one thousand and some, not one and a bit.

    Raises
    ------
    ValueError
        It is no number.
    """
    text = _plain_text(written)
    try:
        # What Python reads, except where a lone dot before three digits can only group a count.
        if not (whole and re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", text)):
            return float(text)
    except ValueError:
        pass
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ValueError("is not a number")
    sign, digits, letters = found.groups()
    letters = letters.strip().lower()
    factor = SUFFIXES.get(letters) if letters else 1.0
    if factor is None:
        raise ValueError("is not a number")
    return (-1.0 if sign == "-" else 1.0) * _digits(digits, whole=whole and not letters) * factor


def _digits(written: str, *, whole: bool) -> float:
    digits = written.strip(_SPACES)
    apart = _SET_APART.match(digits)
    if apart is not None:
        digits = digits[: apart.end()].replace(apart[1], "") + digits[apart.end() :]
    if not re.fullmatch(r"[\d.,]*\d[.,]?", digits):
        raise ValueError("is not a number")
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return float(digits)
    mark = digits[last]
    other = "." if mark == "," else ","
    if other in digits and digits.count(mark) == 1:
        head = digits[:last]
        if re.fullmatch(rf"\d{{1,3}}(?:\{other}\d{{3}})+", head) is None and not (
            other == "," and _INDIAN.fullmatch(head)
        ):
            raise ValueError("is not a number")
        return float(f"{head.replace(other, '')}.{digits[last + 1 :] or '0'}")
    grouped = apart is None and _GROUPED.fullmatch(digits)
    if grouped and (digits.count(mark) > 1 or mark == "," or whole):
        return float(digits.replace(mark, ""))
    if _INDIAN.fullmatch(digits):
        return float(digits.replace(",", ""))
    if digits.count(mark) > 1 or (whole and len(digits) - last > 3):
        raise ValueError("is not a number")
    return float(digits.replace(mark, "."))


def canonical(numbers: float | Sequence[float]) -> str:
    """Return a number, or a list of them, the way that can be read in one way only.

    This is what is shown to a person who typed it in another way: `12400; 9800`.
    """
    if isinstance(numbers, Sequence):
        return "; ".join(map(canonical, numbers))
    return str(int(numbers)) if numbers == int(numbers) else repr(float(numbers))


def length_seconds(written: str) -> float | None:
    """Return a length written `1:05`, `1:02:03` or `PT1M5S` in seconds; None for another form."""
    found = _LENGTH.fullmatch(written.strip())
    if found is None:
        found = _ISO_LENGTH.fullmatch(written.strip())
        if found is None or not any(found.groups()):
            return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


_NOTHING = {"nan", "none", "null", "na", "<na>"}
_STRONG = re.compile(r"\s*[;|\n\r\t、]+\s*")
_COMMA_AND_SPACE = re.compile(r"\s*,\s+|\s+,\s*")
_BEFORE_DIGITS = re.compile(r"\s+(?=[+-]?\d)")
_QUOTES = re.compile(r"""(?:(?<=[\s,;])|^)['"]|['"](?=[\s,;]|$)""")
_GROUPS = re.compile(r"(?:[1-9]\d?(?:X\d{3})+)(?:X[1-9]\d?(?:X\d{3})+)*")
"""Pieces, set apart by X, that can all be read as thousands: a short one, then three digits."""
_PAIRS = re.compile(r"[1-9]\d?X\d{3}(?:X[1-9]\d?X\d{3})*|[1-9]\d?X\d{3}X0\d\d")
"""Of these, the ones where no group can as well be a number of its own."""
_SHORT_DECIMALS = re.compile(r"(?:\d{1,2}X\d[^\W\d_]+)(?:X\d{1,2}X\d[^\W\d_]+)*")


def number_list(written: str) -> list[float]:
    """Return the counts of a list that a person or a program wrote, in its order.

    Numbers are set apart by line ends, semicolons or tabs; without these by a comma and a space;
    without these by spaces or bare commas. So `12,400, 9,800` and `1,200; 3,400` are two numbers
    each, and `900,1500,700` and `900 1500 700` three. In `12 000 15 000 9 000` the groups of zeros
    can only belong to what is before them.

    Raises
    ------
    TwoReadingsError
        `12,400,9,800`: two numbers or four.
    ValueError
        An entry is no number.
    """
    text = unicodedata.normalize("NFKC", written).replace("،", ",").strip().strip("[](){}")
    text = _QUOTES.sub("", text.strip()).strip(" ,")
    for mark in (_STRONG, _COMMA_AND_SPACE):
        parts = [part for part in mark.split(text) if part]
        if len(parts) > 1:
            return [number for part in parts for number in _part(part)]
    if _BEFORE_DIGITS.search(text):
        return _by_space(text)
    return _by_comma(text) if text else []


def _entry(text: str) -> float:
    try:
        return float("nan") if text.lower() in _NOTHING else plain_number(text, whole=True)
    except ValueError:
        raise NoNumberError(text) from None


def _part(part: str) -> list[float]:
    try:
        return [_entry(part)]
    except ValueError:
        return _by_space(part)


def _by_space(part: str) -> list[float]:
    """Return the numbers of a part in which commas belong to the numbers, if they can."""
    numbers: list[float] = []
    digits: list[str] = []
    for piece in _BEFORE_DIGITS.split(part):
        if piece.isdecimal():
            digits.append(piece)
            continue
        numbers += _of_digits(digits)
        digits = []
        try:
            numbers.append(_entry(piece))
        except ValueError:
            numbers += [_entry(inner) for inner in piece.split(",") if inner]
    return numbers + _of_digits(digits)


def _of_digits(pieces: Sequence[str]) -> list[float]:
    """Return the numbers of pieces of digits alone that spaces set apart."""
    marked = "X".join(pieces)
    if _PAIRS.fullmatch(marked):
        return _joined(pieces)
    zeros = any(len(piece) == 3 and piece[0] == "0" for piece in pieces)
    if not zeros and not _GROUPS.fullmatch(marked):
        return [float(piece) for piece in pieces]
    # Thousands are written apart here; whether `950` after `000` is a number of its own is open.
    before = pieces[0]
    for piece in pieces[1:]:
        if len(piece) == 3 and piece[0] != "0" and len(before) == 3:
            parted = _joined(pieces, "0") if zeros else [float(each) for each in pieces]
            raise TwoReadingsError(canonical(_joined(pieces)), canonical(parted))
        before = piece
    return _joined(pieces)


def _joined(pieces: Sequence[str], starting: str = "0123456789") -> list[float]:
    """Return numbers to which pieces of three digits, of these first digits, are added."""
    joined: list[str] = []
    for piece in pieces:
        if joined and len(piece) == 3 and piece[0] in starting:
            joined[-1] += piece
        else:
            joined.append(piece)
    return [float(number) for number in joined]


def _by_comma(text: str) -> list[float]:
    """Return the numbers of a text with bare commas and no space."""
    pieces = [piece for piece in text.split(",") if piece]
    if len(pieces) < 2 or not all(piece[0].isdecimal() for piece in pieces):
        return [_entry(piece) for piece in pieces]
    marked = "X".join(pieces)
    if _GROUPS.fullmatch(marked) or any(p[0] == "0" and len(p) == 3 for p in pieces[1:]):
        apart = [float(piece) for piece in pieces if piece.isdecimal()]
        raise TwoReadingsError(canonical(_joined(pieces)), canonical(apart))
    if _SHORT_DECIMALS.fullmatch(marked):
        pairs = zip(pieces[::2], pieces[1::2], strict=True)
        return [_entry(f"{whole}.{rest}") for whole, rest in pairs]
    for before, piece in pairwise(pieces):
        if before.isdecimal() and len(before) <= 3 and re.fullmatch(r"\d{1,2}[^\W\d_]+", piece):
            joined = text.replace(f"{before},{piece}", f"{before}.{piece}")
            both = [canonical([_entry(p) for p in t.split(",")]) for t in (joined, text)]
            raise TwoReadingsError(*both)
    return [_entry(piece) for piece in pieces]
