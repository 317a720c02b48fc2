"""A table of one's own, or of a tool that is not known: columns with usual names.

Only names with one usual meaning are here. "Total likes", "subscribers" and "impressions" mean one
thing in one export and another in the next, so they are left out and named; a mapping says which is
meant.
"""

from __future__ import annotations

from viral.posts.exporters.exporter import Cells, Exporter, Row, columns
from viral.posts.exporters.reading import post_in_link

NAMES: dict[str, str] = {
    "source": "source",
    "platform": "platform",
    "video_id": "video_id post_id aweme_id item_id media_id id video/id",
    "creator": (
        "creator author/uniqueId author/id authorid channelid uploaderid uploader channel username "
        "ownerusername author user creatorname account"
    ),
    "posted_at": (
        "posted_at createtimeiso createtime timestamp posttime publishtime publishedat publishdate "
        "posteddate dateposted createdat uploaddate date time created fecha fechadepublicación"
    ),
    "collected_at": "collected_at counted_at scrapedat extractedat retrievedat fetchedat epoch",
    "caption": (
        "caption text description videodescription desc fulltitle title videotitle posttext "
        "descripción título"
    ),
    "hashtags": "hashtags hashtagnames challenges textextra tags",
    "sound_name": "sound_name musicname music/title track sound soundtitle song audioname",
    "sound_author": "sound_author musicauthor music/authorname artist",
    "sound_original": "sound_original musicoriginal music/original",
    "duration_s": (
        "duration_s video/duration videoduration duration durationsec durationseconds length "
        "duración"
    ),
    "width": "width video/width",
    "height": "height video/height",
    "followers": (
        "followers authorstats/followercount followercount fans channelfollowercount "
        "followerscount author/followers seguidores"
    ),
    "creator_total_likes": "creator_total_likes authorstats/heartcount",
    "creator_total_videos": "creator_total_videos authorstats/videocount videocount totalvideos",
    "verified": "verified author/verified channelisverified isverified",
    "views": (
        "views playcount stats/playcount viewcount videoviews totalviews videoplaycount plays "
        "statistics/playcount videoviewcount vistas visualizaciones reproducciones"
    ),
    "likes": (
        "likes diggcount stats/diggcount likecount likescount totallikesofpost "
        "statistics/diggcount megusta"
    ),
    "comments": (
        "comments commentcount stats/commentcount commentscount totalcomments "
        "statistics/commentcount comentarios"
    ),
    "shares": (
        "shares sharecount stats/sharecount sharescount totalshares repostcount "
        "statistics/sharecount reposts compartidos"
    ),
    "saves": "saves collectcount stats/collectcount savecount savescount bookmarks guardados",
    "recent_views": "recent_views",
    "recent_likes": "recent_likes",
    "recent_comments": "recent_comments",
    "recent_shares": "recent_shares",
    "recent_saves": "recent_saves",
    "horizon_days": "horizon_days agedays",
    "video_path": "video_path filepath file filename path",
}
"""Column -> what it is usually called, the most telling first."""
LINKS = (
    *("webvideourl", "videourl", "posturl", "shareurl", "link", "url", "permalink", "webpageurl"),
    *("videolink", "enlace"),
)
"""Columns whose address holds the post's number."""


def _of_link(cells: Cells, row: Row) -> Row:
    link = row.pop("link", None)
    if "video_id" not in row and (found := post_in_link(link)) is not None:
        row["video_id"] = found
    return row


OWN_TABLE = Exporter(
    name="a table with usual column names",
    generation="",
    platform=None,
    needs=(),
    columns=(
        *(column for means, names in NAMES.items() for column in columns(means, *names.split())),
        *columns("link", *LINKS),
    ),
    finish=_of_link,
    taken_from="usual names",
    steps="Any CSV, XLSX, JSON or parquet with a row for each post",
    steps_es="Cualquier CSV, XLSX, JSON o parquet con una fila por publicación",
)
IDENTIFYING = frozenset(
    {"video_id", "link", "caption", "duration_s", "video_path", "recent_views", "hashtags"}
    | {"sound_name", "creator", "followers"}
)
"""Columns of which a table of posts has at least one; totals of days have none."""
