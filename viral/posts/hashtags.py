"""Hashtags: found in a caption, written one way, and split into topics and bids for reach.

Conventions: a hashtag is a lower-case NFC string without `#`. The order of appearance is kept, and
a tag that is written twice counts once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

_END = r"\s#＃.,;:!?()\[\]{}\"'“”‘’«»<>/\\|@&%$^*+=~`…、。，！？"
_HASHTAG = re.compile(rf"[#＃](?!\ufe0f?\u20e3)([^{_END}]+)")
"""`#` and what follows up to a space or a mark that no platform takes into a tag. Letters with
marks (Thai, Hindi) and emoji stay in; the keycap emoji `#️⃣` is not a tag."""

_SEPARATORS = re.compile(r"[\s,;#＃]+")

_REACH_TAGS_BY_LANGUAGE = """
4u 4upage abcxyz blowup blowthisup explore explorepage f4f famous follow followme followforfollow
forou foru forupage forus fourpage fouryou foyou fpage fup fy fyb fye fyf fyo fypage fyp fypp fyt
goviral hottrend ilovetiktok instagood l4l like likeforlike makemefamous makethisviral makeviral
noticeme myrecommendation recommendation recommendations recommendationpage reels reelsinstagram
shorts shortsvideo tik_tok tiktok tiktoker tiktokers tiktoklover tiktokvideo tiktokviral tranding
trend trending trendingvideo trends trendy upvote vairal videoviral viraal viral virall viralpost
viraltiktok viralvideo viralvideos vrial xybca xyzabc xyzbca xyzcba zyxbca
dlaciebie explorar fuerdich fürdich fürdichseite keşfet keşfetteyiz kesfet öneçıkar paratii parati
parate paravoce parravoce perte perteee pertee pertepage pourtoi prati pravoce vj vjp voorjou
voorjoupagina
thinhhanh thịnhhành xh xhtiktok xhuong xhuongtiktok
beranda berandafyp fypindonesia masukberanda tiktok_india tiktokindia
вреки вирус рек реки рекомендаци рекомендация рекомендации тренд хочуврек хочувреки
추천 추천떠라 추천뜨게해주세요 おすすめ おすすめにのりたい 推薦 推荐 热门 上热门 上熱門
اكسبلور ترند فولو لايك เทรนด์ ฟีด
"""
REACH_TAGS = frozenset(_REACH_TAGS_BY_LANGUAGE.split())
"""Tags that name no topic but ask for reach, in the languages of the training data and more."""

_REACH = re.compile(
    r"f+y+p+([^a-z].*|age.*|viral.*)?|f+p+y+|fo+r+y+o+u+r?(page|pagee+|fyp)?|xh+|x[uư]h[uư][oơớ]ng.*|"
    r"viral(ll*|ity)?|f+y+p+p+[a-z]*"
)
"""The same with letters drawn out (`#fyppppp`, `#xhhhh`) or an ornament (`#fypシ`)."""


def normalise(tag: str) -> str:
    """Return a tag in the one way it is written here: NFC, lower case, without `#`, no spaces."""
    return "".join(unicodedata.normalize("NFC", tag).lower().lstrip("#＃").split())


def hashtags_in(caption: str) -> tuple[str, ...]:
    """Return the different hashtags of a caption, in order of appearance."""
    return tuple(dict.fromkeys(filter(None, map(normalise, _HASHTAG.findall(caption)))))


def without_hashtags(caption: str) -> str:
    """Return the caption without its hashtags, white space folded to single spaces."""
    return " ".join(_HASHTAG.sub(" ", caption).split())


def ending_hashtags(caption: str) -> tuple[str, tuple[str, ...]]:
    """Return a caption without the hashtags that it ends with, and those as they were written.

    Hashtags within a sentence are words of it and stay: "I love #cooking outdoors #nature" is
    ("I love #cooking outdoors", ("#nature",)).
    """
    end, tags = len(caption), []
    for match in reversed(list(_HASHTAG.finditer(caption))):
        if caption[match.end() : end].strip():
            break
        end = match.start()
        tags.append(match.group())
    return (caption[:end].rstrip() if tags else caption), tuple(reversed(tags))


def listed(value: Any) -> tuple[str, ...] | None:
    """Return the hashtags of one cell of a table.

    Parameters
    ----------
    value : sequence of str, str or a missing value
        A list or array of tags, or one string with tags apart by spaces, commas or `#`.

    Returns
    -------
    tuple of str or None
        The different tags, in order; None where the cell is missing, which is not an empty list.
    """
    if isinstance(value, str):
        parts: Iterable[Any] = _SEPARATORS.split(value)
    elif isinstance(value, Iterable):
        parts = value
    else:
        return None
    return tuple(dict.fromkeys(tag for tag in (normalise(str(part)) for part in parts) if tag))


def of_posts(
    lists: Iterable[tuple[str, ...] | None], captions: Iterable[str | None]
) -> list[tuple[str, ...] | None]:
    """Return the hashtags of posts: as listed, out of the caption where they are not."""
    return [
        hashtags_in(caption) if tags is None and caption is not None else tags
        for tags, caption in zip(lists, captions, strict=True)
    ]


def is_reach_tag(tag: str) -> bool:
    """Return whether a normalised tag asks for reach instead of naming a topic, as `fyp` does."""
    return tag in REACH_TAGS or _REACH.fullmatch(tag) is not None
