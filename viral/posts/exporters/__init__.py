"""Which exporter wrote a file of posts, and what its columns mean: one `Exporter` a generation.

A file is recognised by its columns and, where these do not settle it, by what stands in them;
never by its name or by single columns that happen to fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from viral.posts.exporters import meta, scrapers, tiktok, youtube
from viral.posts.exporters.exporter import Exporter, OtherFile, key, keys_of
from viral.posts.exporters.localised import localised
from viral.posts.exporters.other_files import DAYS, META_POST_DAYS, OTHER_FILES
from viral.posts.exporters.own_table import IDENTIFYING, OWN_TABLE

EXPORTERS: tuple[Exporter, ...] = (
    *tiktok.EXPORTERS,
    *youtube.EXPORTERS,
    *scrapers.EXPORTERS,
    *meta.EXPORTERS,
)
"""All that are known, in the order in which they are tried."""

_SUITE = (meta.SUITE_INSTAGRAM, meta.SUITE_FACEBOOK)


def recognised(
    names: Iterable[str], records: Sequence[Mapping[str, Any]] = ()
) -> Exporter | OtherFile | None:
    """Return whose file has these columns, or what it is instead; None where nothing is known.

    Parameters
    ----------
    names : iterable of str
        Columns of a table, or those of flat records.
    records : sequence of mapping
        Some of its rows.
    """
    names = list(names)
    keys = keys_of(names)
    for exporter in EXPORTERS:
        if exporter.fits(keys) and _holds(exporter, records):
            if exporter in _SUITE and _has_days(records):
                return META_POST_DAYS
            return exporter
    for other in OTHER_FILES:
        if other.fits(keys):
            return other
    found = localised(names, records)
    if found is not None:
        return found
    meant = {OWN_TABLE.index[name][1].means for name in keys if name in OWN_TABLE.index}
    if not meant:
        return None
    return OWN_TABLE if meant & IDENTIFYING else DAYS


def _holds(exporter: Exporter, records: Sequence[Mapping[str, Any]]) -> bool:
    # A column "media" alone says little; that it holds what Instagram's download holds says all.
    if exporter is not meta.DOWNLOAD:
        return True
    return any(
        isinstance(cell, list)
        and any(isinstance(m, dict) and "creation_timestamp" in m for m in cell)
        for record in records
        for name, cell in record.items()
        if key(name) == "media"
    )


def _has_days(records: Sequence[Mapping[str, Any]]) -> bool:
    days = [
        str(cell or "").strip()
        for record in records
        for name, cell in record.items()
        if key(name) == "date"
    ]
    return any(day[:1].isdigit() for day in days)
