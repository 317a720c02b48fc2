"""Exports of the platforms in languages whose headers are not known word for word.

What is in the cells says which exporter it was (addresses of posts, YouTube's eleven letters); the
stems of words in the headers say which column is which. A meaning that two columns could have is
given to neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from viral.posts.exporters import meta, tiktok, youtube
from viral.posts.exporters.exporter import Column, Exporter, key

_SAMPLE = 50
_STEMS = {
    "views": (
        "view vista visualiz visionn vues aufruf wiedergab reproduc weergav wyswietl "
        "izlen goruntulen просмотр просмотры tayang penayangan tonton xem 再生 視聴回 "
        "观看 觀看 播放 조회 مشاهد צפיות vizualiz megtekint zobrazeni katselu visning"
    ),
    "likes": (
        "like gusta aime gefallt curtid gostei piace begen polubie нравит suka thich "
        "いいね 高評価 点赞 點讚 赞 喜歡 좋아요 اعجاب לייק aprecier kedvel libi tykka "
        "gilla"
    ),
    "comments": (
        "comment coment komment kommen коммент yorum koment binhluan コメント 评论 評論 "
        "留言 댓글 تعليق תגוב reacti"
    ),
    "shares": (
        "share compart partag geteilt teilen condivi gedeeld delen udostepn paylas "
        "поделил репост bagi chiase シェア 共有 分享 공유 مشارك שיתופ distribui megoszt "
        "sdilen delning delinger jao"
    ),
    "saves": (
        "favor guardad salv enregistr gespeich saved bookmark 保存 收藏 저장 즐겨찾기 "
        "お気に入り kaydet zapis сохран избран simpan luu المفضل"
    ),
    "caption": (
        "title titul titulo titre titel titolo tytul baslik назван judul tieude タイトル "
        "标题 標題 제목 عنوان כותרת titlu cim nazev descri beschreib deskrip описан"
    ),
    "posted_at": (
        "posttime publi veroffentlich pubbli opublik yayin posting 投稿 公開 发布 發布 "
        "게시 نشر geplaatst postat dang datapostu gonderi"
    ),
    "duration_s": (
        "duration durac duraca duree dauer durata duur czastrwania sure длитель продолжит "
        "durasi thoiluong 長さ 时长 時長 길이 المدة"
    ),
}
"""Meaning -> beginnings and parts of words, without accents and spaces."""
_NOT = (
    "average promedio media medio moyen durchschnitt mittler gemiddel sredn средн ortalama rata "
    "trungbinh 平均 평균 متوسط rate tasa taux taxa quote oran % percent porcentaje unique unic "
    "watched completo full watchtime horas heures stunden hours 完播 时间 時間 시간 reach alcance"
)
"""Words of columns that are neither counts of a post nor its words."""
_TIKTOK = re.compile(r"tiktok(?:v)?\.com/.*(?:video|photo)/\d", re.IGNORECASE)
_INSTAGRAM = re.compile(r"instagram\.com/(?:p|reel|reels|tv)/", re.IGNORECASE)
_YOUTUBE = re.compile(r"[A-Za-z0-9_-]{11}")


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return re.sub(r"[^\w%]", "", letters.replace("ı", "i").replace("ł", "l")).replace("_", "")


def meaning(name: str) -> str | None:
    """Return which column of the schema a header of any language means; None for none or two."""
    plain = _plain(name)
    if any(_plain(word) in plain for word in _NOT.split()):
        return None
    found = {
        means
        for means, stems in _STEMS.items()
        if any(_plain(stem) in plain for stem in stems.split())
    }
    # "Post time" names its post; "Video views" its video.
    return found.pop() if len(found) == 1 else None


def localised(names: Sequence[str], records: Sequence[Mapping[str, Any]]) -> Exporter | None:
    """Return an exporter with the headers of this file, or None where it is not known."""
    rows = list(records)[:_SAMPLE]
    for exporter, pattern, means in (
        (tiktok.STUDIO, _TIKTOK, "link"),
        (meta.SUITE_INSTAGRAM, _INSTAGRAM, "link"),
        (youtube.STUDIO, _YOUTUBE, "video_id"),
    ):
        address = _column_with(names, rows, pattern, whole=means == "video_id")
        if address is None:
            continue
        found = _named(exporter, names, address, means)
        if found is not None:
            return found
    return None


def _column_with(
    names: Sequence[str], rows: Sequence[Mapping[str, Any]], pattern: re.Pattern[str], whole: bool
) -> str | None:
    for name in names:
        cells = [str(row[name]).strip() for row in rows if row.get(name) not in (None, "")]
        look = pattern.fullmatch if whole else pattern.search
        fitting = sum(look(cell) is not None for cell in cells)
        # The row of a total has no address.
        if fitting and fitting >= len(cells) - 1:
            return name
    return None


def _named(
    exporter: Exporter, names: Sequence[str], address: str, address_means: str
) -> Exporter | None:
    by_meaning: dict[str, list[str]] = {}
    for name in names:
        if name == address:
            continue
        known = exporter.index.get(key(name))
        means = known[1].means if known is not None else meaning(name)
        if means is not None and means != address_means:
            by_meaning.setdefault(means, []).append(name)
    clear = {means: found[0] for means, found in by_meaning.items() if len(found) == 1}
    if "views" not in clear or not clear.keys() & {"likes", "posted_at", "caption", "duration_s"}:
        return None
    # A schema of plain names is a table of somebody's own, not a platform's in another language.
    if all(name.isascii() and key(name) == name.replace("_", "") for name in names):
        return None
    own = tuple(Column(name, means) for means, name in clear.items())
    return replace(
        exporter,
        needs=(),
        columns=(Column(address, address_means), *own),
        generation=f"{exporter.generation} (localised)",
    )
