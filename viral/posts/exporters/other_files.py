"""Files that platforms hand out beside those of posts, and which to take instead."""

from __future__ import annotations

from viral.posts.exporters.exporter import OtherFile

DATE = {
    "Date": ("Datum", "Fecha", "Data", "日付", "날짜", "日期", "Tarih", "Дата", "Tanggal", "Ngày")
}
_VIEWS = (
    *("Views", "Video Views", "Engaged views", "Vistas", "Visualizaciones", "Visualizações"),
    *("Vues", "Aufrufe", "Visualizzazioni", "視聴回数", "조회수", "观看次数"),
)
_OF_A_POST = (
    *("Video link", "Video title", "Title", "Content", "Permalink", "Post ID", "id", "Link", "url"),
    *("caption", "Description", "video_id", "Duration", "recent_views", "text", "Video ID"),
)

CHART_DATA = OtherFile(
    what="video_days",
    take="youtube_table",
    needs=(
        ("Date",),
        ("Content", "Videos", "Contenido", "Conteúdo", "Contenu", "コンテンツ"),
        (
            "Video title",
            "Videotitel",
            "Título del video",
            "Título del vídeo",
            "Título do vídeo",
            "Titre de la vidéo",
            "動画のタイトル",
        ),
    ),
    also=DATE,
)
TIKTOK_DAYS = OtherFile(
    what="days",
    take="tiktok_content",
    needs=(("Date",), ("Profile Views", "Unique Viewers", "Reached audience", "Video Views")),
    refuses=_OF_A_POST,
    also=DATE,
)
TIKTOK_FOLLOWERS = OtherFile(
    what="follower_days",
    take="tiktok_content",
    needs=(
        (
            "Followers",
            "Active followers",
            "Total Viewers",
            "New Viewers",
            "Gender",
            "Top territories",
        ),
        ("Difference in followers from previous day", "Hour", "Distribution", "Returning Viewers"),
    ),
    refuses=_OF_A_POST,
)
YOUTUBE_TOTALS = OtherFile(
    what="days",
    take="youtube_table",
    needs=(("Date",), _VIEWS),
    refuses=(*_OF_A_POST, "Likes", "Comments", "Shares", "creator", "followers", "plays"),
    also=DATE,
)
YOUTUBE_GROUPS = OtherFile(
    what="groups",
    take="youtube_table",
    needs=(
        (
            "Geography",
            "Country",
            "Traffic source",
            "Device type",
            "Operating system",
            "Cities",
            "Viewer age",
            "Viewer gender",
            "Subscription status",
            "Subtitles",
            "Ubicación geográfica",
            "Ubicación",
            "Fuente de tráfico",
            "Edad del usuario",
            "Género del usuario",
            "Geografía",
            "Geografia",
            "Origem do tráfego",
            "Geografie",
            "Zugriffsquelle",
            "地域",
            "Playlist",
        ),
        _VIEWS,
    ),
    refuses=("Content", "Video link", "Post ID", "video_id", "id", "caption"),
)
WATCH_HISTORY = OtherFile(
    what="watched",
    take="tiktok_json",
    needs=(("Date",), ("Link", "VideoLink")),
    refuses=("Likes", "Like(s)", "views", "Title", "plays", "likes", "followers", "caption", "id"),
)
TIKTOK_LISTS = OtherFile(
    what="activity",
    take="tiktok_json",
    needs=(("Date",), ("SearchTerm", "UserName", "Comment", "Method", "IP", "DeviceModel")),
    refuses=("Likes", "views", "plays", "caption", "id", "video_id"),
)
INSTAGRAM_LISTS = OtherFile(
    what="activity",
    take="instagram_json",
    needs=(("string_list_data",), ("title", "media_list_data")),
)
META_DAYS = OtherFile(
    what="days",
    take="meta_content",
    needs=(("Date",), ("Primary", "Reach", "Instagram reach", "Facebook reach")),
    refuses=_OF_A_POST,
    also=DATE,
)
META_POST_DAYS = OtherFile(
    what="post_days",
    take="meta_lifetime",
    needs=(),
)
"""Posts by day; its columns are those of the lifetime export, so it is told by what stands in
"Date"."""
DAYS = OtherFile(what="days", take="any_posts", needs=())
"""Days and counts, and nothing that says which post."""

OTHER_FILES = (
    CHART_DATA,
    TIKTOK_FOLLOWERS,
    TIKTOK_DAYS,
    META_DAYS,
    YOUTUBE_TOTALS,
    YOUTUBE_GROUPS,
    WATCH_HISTORY,
    TIKTOK_LISTS,
    INSTAGRAM_LISTS,
)
