"""What a person or a program might say about posts: captions, numbers, dates, whole tables."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

HOSTILE_TEXTS = (
    "",
    " ",
    "\0",
    "\ud800",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "=HYPERLINK('http://example.invalid')",
    "@SUM(1+1)",
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "'; DROP TABLE posts; --",
    "\r\nSet-Cookie: a=b",
    "%s%s%s%n",
    "{0.__class__}",
    "${7*7}",
    "\u202egnp.exe",
    "a" * 10_001,
    "#" * 3000,
    "\u0301" * 2000,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 300,
    "1e999",
    "-0",
    "nan",
    "Infinity",
    "0x10",
    "9" * 400,
    "1_000",
    "१२३",
)
"""Texts that have tripped others; the rest is found by hypothesis."""

texts = st.one_of(st.sampled_from(HOSTILE_TEXTS), st.text(max_size=300))
numbers = st.one_of(
    st.integers(-(10**6), 10**12),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.sampled_from((0, -1, 1e308, -1e-308, float("nan"), float("inf"), True)),
)
junk = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts, st.binary(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
dates = st.one_of(
    st.datetimes(),
    st.datetimes().map(lambda moment: moment.isoformat()),
    texts,
    numbers,
)

_odd: Mapping[str, st.SearchStrategy[Any]] = {
    "caption": st.one_of(texts, junk),
    "followers": st.one_of(numbers, texts, junk),
    "recent_views": st.one_of(
        st.lists(st.one_of(numbers, texts), max_size=200), texts, numbers, junk
    ),
    "posted_at": st.one_of(dates, junk),
    "sound": st.one_of(texts, junk),
    "horizon_days": st.one_of(st.integers(1, 365), numbers, texts, junk),
}
_sensible: Mapping[str, st.SearchStrategy[Any]] = {
    "caption": texts,
    "followers": st.one_of(st.integers(0, 10**9), st.floats(0, 1e9).map(str)),
    "recent_views": st.lists(st.floats(0, 1e10), max_size=120),
    "posted_at": st.datetimes(datetime(2015, 1, 1), datetime(2099, 1, 1)),
    "sound": texts,
    "horizon_days": st.floats(1, 365),
}


@st.composite
def _some_odd(
    draw: st.DrawFn,
    sensible: Mapping[str, st.SearchStrategy[Any]],
    odd: Mapping[str, st.SearchStrategy[Any]],
) -> dict[str, Any]:
    """Draw any of the names, each sensible but for a few: one odd value hides all others."""
    names = draw(st.lists(st.sampled_from(sorted(odd)), unique=True))
    strange = draw(st.lists(st.sampled_from(names), unique=True, max_size=2)) if names else []
    return {
        name: draw(odd[name] if name in strange or name not in sensible else sensible[name])
        for name in names
    }


details = _some_odd(_sensible, _odd)
"""Arguments of `viral.predict`: sensible, odd and of the wrong type."""

_cells: Mapping[str, st.SearchStrategy[Any]] = {
    "video_id": st.one_of(st.integers(0, 10**19), texts, st.none()),
    "followers": st.one_of(numbers, texts),
    "recent_views": st.one_of(st.lists(numbers, max_size=5), texts, st.none()),
    "caption": texts,
    "hashtags": st.one_of(st.lists(texts, max_size=3), texts),
    "posted_at": st.one_of(st.datetimes().map(str), texts, numbers),
    "duration_s": st.one_of(st.floats(), st.integers(0, 600), texts),
    "sound_name": texts,
    "creator_id": st.one_of(st.integers(0, 3), texts),
    "views": st.one_of(numbers, texts),
    "horizon_days": st.one_of(st.integers(1, 365), numbers, texts),
    "video_path": st.one_of(st.none(), st.sampled_from(("missing.mp4", "/dev/zero", "../x", "\0"))),
    "=1+1": junk,
}

_sensible_cells = {
    **{name: _sensible[name] for name in ("followers", "recent_views", "caption", "horizon_days")},
    "video_id": st.uuids().map(str),
    "posted_at": _sensible["posted_at"].map(str),
    "sound_name": texts,
    "duration_s": st.floats(0.5, 600),
    "video_path": st.none(),
}
rows = st.lists(_some_odd(_sensible_cells, _cells), min_size=1, max_size=8)
"""Rows of a table of posts, with columns missing here and there."""

KINDS = (".csv", ".tsv", ".json", ".jsonl", ".parquet")


def table_bytes(kind: str, table: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a table as a file of that kind; cells that the kind cannot hold become text."""

    def plain(cell: Any) -> Any:
        if isinstance(cell, list):
            return [plain(each) for each in cell]
        return cell if isinstance(cell, (str, int, float, type(None))) else repr(cell)

    records = [{name: plain(cell) for name, cell in row.items()} for row in table]
    if kind == ".json":
        return json.dumps(records).encode()
    if kind == ".jsonl":
        return "\n".join(json.dumps(row) for row in records).encode()
    clean = [
        {name: _encodable(cell) for name, cell in row.items() if name != "hashtags"}
        for row in records
    ]
    frame = pd.DataFrame(clean)
    out = io.BytesIO()
    if kind == ".parquet":
        frame = frame.apply(
            lambda column: column.map(_as_text) if column.dtype == object else column
        )
        frame.to_parquet(out)
    else:
        frame.to_csv(out, index=False, sep="\t" if kind == ".tsv" else ",")
    return out.getvalue()


def _encodable(cell: Any) -> Any:
    return cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell


def _as_text(cell: Any) -> Any:
    missing = cell is None or (isinstance(cell, float) and np.isnan(cell))
    return None if missing else str(cell).encode("utf-8", "replace").decode()


def spoilt(generator: random.Random, content: bytes) -> bytes:
    """Return a file after a few random changes to its bytes."""
    data = bytearray(content)
    for _ in range(generator.choice((1, 1, 3, 20))):
        if not data:
            break
        place = generator.randrange(len(data))
        way = generator.randrange(4)
        if way == 0:
            data[place] = generator.randrange(256)
        elif way == 1:
            del data[place : place + generator.randrange(1, 50)]
        elif way == 2:
            data[place:place] = generator.choice(
                (b'"', b",", b"[", b"{", b"\n", b"\0", b"\xff\xfe")
            )
        else:
            data[place:place] = data[place : place + 30] * generator.randrange(1, 20)
    return bytes(data)
