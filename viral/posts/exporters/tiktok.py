"""What TikTok itself hands out: TikTok Studio, the data export, its web and app records, research.

`Total likes` of TikTok Studio are those of the post. Lengths in the app's records are milliseconds,
in the web's seconds. A photo post has no length: what stands there is that of its song.
"""

from __future__ import annotations

from typing import Any

from viral.posts.exporters.exporter import Cells, Column, Exporter, Row, columns
from viral.posts.exporters.reading import (
    ACCOUNT_IN_LINK,
    PHOTO_LINK,
    from_milliseconds,
    milliseconds,
    post_in_link,
)

HASHTAGS_OF_WEB = ("challenges", "textExtra", "text_extra", "cha_list", "hashtags")


def _of_link(cells: Cells, row: Row) -> Row:
    """Take number and account from the post's address, and no length where it is of photos."""
    link = row.pop("link", None)
    row.setdefault("video_id", post_in_link(link))
    if isinstance(link, str):
        found = ACCOUNT_IN_LINK.search(link)
        if found is not None:
            row.setdefault("creator", found[1])
        if PHOTO_LINK.search(link):
            row.pop("duration_s", None)
            row["is_photos"] = True
    return row


def _of_record(cells: Cells, row: Row) -> Row:
    """Take no length from a photo post: it would be that of its song."""
    pictured = cells.get("imageposttitle") or any(
        name.startswith("imagepost") and name.endswith(("images", "imagepost")) for name in cells
    )
    if pictured or str(cells.get("awemetype")) in ("2", "150") or _is_yes(cells.get("isslideshow")):
        row.pop("duration_s", None)
        row["is_photos"] = True
    return _of_link(cells, row)


def _is_yes(value: Any) -> bool:
    return str(value).lower() in ("true", "1", "yes")


STUDIO = Exporter(
    name="TikTok Studio",
    generation="Content",
    platform="tiktok",
    needs=(
        ("Video link",),
        ("Post time", "Video title"),
        ("Total views", "Total likes", "Total comments", "Total shares"),
    ),
    refuses=("Video ID", "Permalink", "Content", "Video publish time"),
    columns=(
        Column(
            "Video title",
            "caption",
            (
                "Video description",
                "Título del video",
                "Título del vídeo",
                "Título do vídeo",
                "Titre de la vidéo",
                "Videotitel",
                "Titolo del video",
                "Judul video",
                "Tiêu đề",
            ),
        ),
        Column(
            "Video link",
            "link",
            (
                "Enlace del video",
                "Enlace del vídeo",
                "Link do vídeo",
                "Lien de la vidéo",
                "Videolink",
                "Video-Link",
                "Link del video",
                "Link video",
                "Liên kết video",
            ),
        ),
        Column(
            "Post time",
            "posted_at",
            (
                "Posted",
                "Hora de publicación",
                "Fecha de publicación",
                "Horário da publicação",
                "Heure de publication",
                "Beitragszeit",
                "Veröffentlichungszeit",
                "Ora del post",
            ),
        ),
        Column("Time", "collected_at", ("Hora", "Zeit")),
        Column(
            "Total likes",
            "likes",
            (
                "Likes",
                "Total de Me gusta",
                "Me gusta totales",
                "Total de curtidas",
                "Total des J'aime",
                "Likes insgesamt",
                "Totale Mi piace",
                "Lượt thích",
            ),
        ),
        Column(
            "Total comments",
            "comments",
            (
                "Comments",
                "Total de comentarios",
                "Comentarios totales",
                "Total de comentários",
                "Total des commentaires",
                "Kommentare insgesamt",
                "Totale commenti",
            ),
        ),
        Column(
            "Total shares",
            "shares",
            (
                "Shares",
                "Total de compartidos",
                "Veces compartido",
                "Total de compartilhamentos",
                "Total des partages",
                "Insgesamt geteilt",
                "Totale condivisioni",
            ),
        ),
        Column(
            "Total views",
            "views",
            (
                "Views",
                "Video views",
                "Total de visualizaciones",
                "Visualizaciones totales",
                "Visualizaciones",
                "Total de visualizações",
                "Total des vues",
                "Vues totales",
                "Aufrufe insgesamt",
                "Gesamtaufrufe",
                "Totale visualizzazioni",
                "Lượt xem",
            ),
        ),
        Column(
            "Add to favorites",
            "saves",
            (
                "Total favorites",
                "Favorites",
                "Saves",
                "Total bookmarks",
                "Añadido a favoritos",
                "Agregado a favoritos",
                "Adicionado aos favoritos",
                "Ajouté aux favoris",
            ),
        ),
        *columns(
            None,
            *("Average watch time", "Watched full video", "Total play time", "New followers"),
            *("Full video watched rate", "Reached audience", "Watched full video (%)"),
        ),
    ),
    finish=_of_link,
    taken_from="public code that reads it (English headers, dates with and without a year), 2026",
    steps="tiktok.com/tiktokstudio, Analytics, Content, Download data, CSV or XLSX",
    steps_es="tiktok.com/tiktokstudio, Estadísticas, Contenido, Descargar datos, CSV o XLSX",
)

DATA_EXPORT = Exporter(
    name="TikTok data export",
    generation="posts of user_data_tiktok.json",
    platform="tiktok",
    needs=(("Date",), ("Link", "VideoLink"), ("Likes",)),
    refuses=("Video title", "views", "Comment", "Permalink", "Post time"),
    columns=(
        Column("Date", "posted_at"),
        Column("Link", "link", ("VideoLink", "Video Link")),
        Column("Likes", "likes", ("Like(s)",)),
        Column("Title", "caption"),
        Column("Sound", "sound_name"),
        *columns(
            None,
            *("WhoCanView", "AllowComments", "AllowStitches", "AllowDuets", "Location"),
            *("AllowSharingToStory", "ContentDisclosure", "AIGeneratedContent", "AddYoursText"),
            *("CoverImage", "AlternateText"),
        ),
    ),
    finish=_of_link,
    account="own account",
    taken_from="public code and samples of 2022 (Activity, Video) and 2024 (Post, Your Activity)",
    steps="TikTok app, Settings and privacy, Account, Download your data, All data, JSON",
    steps_es="App de TikTok, Ajustes y privacidad, Cuenta, Descargar tus datos, Todos, JSON",
)

WEB = Exporter(
    name="TikTok website",
    generation="item records (Zeeschuimer, TikTok-Api, item_list)",
    platform="tiktok",
    needs=(
        ("createTime",),
        ("stats/playCount", "statsV2/playCount", "stats/diggCount", "statsV2/diggCount"),
    ),
    refuses=("aweme_id",),
    within=("data", "itemStruct", "itemInfo/itemStruct", "item"),
    columns=(
        Column("id", "video_id", ("item_id",)),
        Column("desc", "caption"),
        Column("createTime", "posted_at"),
        Column("timestamp_collected", "collected_at", read=from_milliseconds, unit="milliseconds"),
        Column("author/uniqueId", "creator"),
        Column("author/id", "creator"),
        Column("author", "creator"),
        *columns(
            "followers",
            *("authorStats/followerCount", "authorStatsV2/followerCount", "author/followerCount"),
        ),
        *columns("creator_total_likes", "authorStats/heartCount", "authorStatsV2/heartCount"),
        *columns("creator_total_likes", "authorStats/heart"),
        *columns("creator_total_videos", "authorStats/videoCount", "authorStatsV2/videoCount"),
        *columns("verified", "author/verified"),
        *columns("hashtags", *HASHTAGS_OF_WEB),
        *columns("sound_name", "music/title"),
        *columns("sound_author", "music/authorName"),
        *columns("sound_original", "music/original"),
        Column("video/duration", "duration_s"),
        Column("video/width", "width"),
        Column("video/height", "height"),
        *columns("views", "statsV2/playCount", "stats/playCount"),
        *columns("likes", "statsV2/diggCount", "stats/diggCount"),
        *columns("comments", "statsV2/commentCount", "stats/commentCount"),
        *columns("shares", "statsV2/shareCount", "stats/shareCount"),
        *columns("saves", "statsV2/collectCount", "stats/collectCount"),
    ),
    finish=_of_record,
    taken_from="public code: TikTok-Api, 4CAT and Zeeschuimer 1.13, yt-dlp 2026.10.26",
    steps="Zeeschuimer (Firefox): switch TikTok on, scroll through the profile, download NDJSON",
    steps_es="Zeeschuimer (Firefox): activa TikTok, recorre el perfil y descarga el NDJSON",
)

APP = Exporter(
    name="TikTok app",
    generation="aweme records",
    platform="tiktok",
    needs=(("aweme_id", "statistics/aweme_id"), ("statistics/digg_count", "statistics/play_count")),
    within=("aweme_detail", "aweme_info", "data"),
    columns=(
        *columns("video_id", "aweme_id", "statistics/aweme_id"),
        Column("desc", "caption"),
        Column("create_time", "posted_at"),
        *columns("creator", "author/unique_id", "author/uid", "author_user_id"),
        Column("author/follower_count", "followers"),
        Column("author/total_favorited", "creator_total_likes"),
        Column("author/aweme_count", "creator_total_videos"),
        *columns("hashtags", "cha_list", "text_extra"),
        Column("music/title", "sound_name"),
        Column("music/author", "sound_author"),
        *columns("sound_original", "music/is_original_sound", "music/is_original"),
        Column("video/duration", "duration_s", read=milliseconds, unit="milliseconds"),
        Column("video/width", "width"),
        Column("video/height", "height"),
        Column("statistics/play_count", "views"),
        Column("statistics/digg_count", "likes"),
        Column("statistics/comment_count", "comments"),
        Column("statistics/share_count", "shares"),
        Column("statistics/collect_count", "saves"),
        Column("share_url", "link"),
        *columns(None, "statistics/download_count", "statistics/forward_count"),
    ),
    # An account always has followers once it has views: the app leaves the field at 0.
    finish=lambda cells, row: _of_record(cells, _without_zero_followers(row)),
    taken_from="public code: yt-dlp 2026.10.26, f2, Evil0ctal's API",
    steps="Tools that ask the app's interface write these",
    steps_es="Los escriben las herramientas que consultan la interfaz de la app",
)


def _without_zero_followers(row: Row) -> Row:
    if row.get("followers") in (0, "0"):
        del row["followers"]
    return row


PYKTOK = Exporter(
    name="Pyktok",
    generation="CSV",
    platform="tiktok",
    needs=(("video_id",), ("video_timestamp",), ("video_diggcount", "video_playcount")),
    columns=(
        Column("video_id", "video_id"),
        Column("video_timestamp", "posted_at"),
        Column("video_duration", "duration_s"),
        Column("video_description", "caption"),
        Column("video_diggcount", "likes"),
        Column("video_sharecount", "shares"),
        Column("video_commentcount", "comments"),
        Column("video_playcount", "views"),
        Column("video_savecount", "saves", ("video_collectcount",)),
        Column("author_username", "creator"),
        Column("author_followercount", "followers"),
        Column("author_heartcount", "creator_total_likes"),
        Column("author_videocount", "creator_total_videos"),
        Column("author_verified", "verified"),
        *columns(None, "author_name", "author_followingcount", "author_diggcount"),
        *columns(None, "video_is_ad", "video_stickers", "video_locationcreated", "poi_name"),
    ),
    taken_from="public code: Pyktok 0.0.31",
    steps="pyktok.save_tiktok(..., metadata_fn='posts.csv')",
    steps_es="pyktok.save_tiktok(..., metadata_fn='posts.csv')",
)

RESEARCH = Exporter(
    name="TikTok Research API",
    generation="video/query",
    platform="tiktok",
    needs=(
        ("view_count",),
        ("create_time",),
        ("video_description", "hashtag_names", "region_code"),
    ),
    refuses=("aweme_id", "extractor_key", "extractor"),
    columns=(
        Column("id", "video_id", ("video_id",)),
        Column("create_time", "posted_at"),
        Column("username", "creator"),
        Column("video_description", "caption"),
        Column("hashtag_names", "hashtags"),
        Column("hashtag_info_list", "hashtags"),
        Column("video_duration", "duration_s"),
        Column("view_count", "views"),
        Column("like_count", "likes"),
        Column("comment_count", "comments"),
        Column("share_count", "shares"),
        Column("favorites_count", "saves", ("favourites_count",)),
        *columns(None, "region_code", "music_id", "effect_ids", "playlist_id", "voice_to_text"),
        *columns(None, "is_stem_verified", "video_mention_list", "video_label", "video_tag"),
    ),
    taken_from="TikTok's documentation of the fields, and public code that asks for them",
    steps="research.tiktok.com, for researchers who were admitted",
    steps_es="research.tiktok.com, para quienes tienen acceso de investigación",
)

EXPORTERS = (STUDIO, PYKTOK, APP, WEB, RESEARCH, DATA_EXPORT)
