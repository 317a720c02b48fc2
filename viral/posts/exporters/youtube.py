"""YouTube Studio's table of videos, in the languages whose headers are known from real files.

`Subscribers` are those that a video gained, not those of the channel. The first row, "Total", is
no video. `Chart data` has a row for each video and day, `Totals` one for each day.
"""

from __future__ import annotations

import re

from viral.posts.exporters.exporter import Cells, Column, Exporter, Row, columns

TOTAL_WORDS = frozenset(
    {"total", "gesamt", "gesamtwert", "totale", "totaal", "合計", "총계", "합계", "总计", "總計"}
    | {"toplam", "łącznie", "suma", "итого", "tổng", "tổng số", "insgesamt", "totalt", "всего"}
)
_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")


def _no_total(cells: Cells, row: Row) -> Row | None:
    content = str(row.get("video_id") or "").strip()
    if content.casefold() in TOTAL_WORDS or (
        not row.get("caption") and not row.get("posted_at") and not _VIDEO_ID.fullmatch(content)
    ):
        return None
    row["video_id"] = content
    return row


STUDIO = Exporter(
    name="YouTube Studio",
    generation="Table data",
    platform="youtube",
    needs=(
        ("Content",),
        ("Video title", "Video publish time"),
        ("Views", "Engaged views", "Likes", "Watch time (hours)"),
    ),
    refuses=(
        *("Date", "Datum", "Fecha", "Data", "日付", "Permalink", "Date of view"),
        *("Geography", "Traffic source", "Viewer age", "Device type"),
    ),
    columns=(
        Column(
            "Content",
            "video_id",
            (
                "Video",
                "Contenido",
                "Conteúdo",
                "Contenu",
                "Contenuti",
                "Videos",
                "Inhalte",
                "コンテンツ",
                "콘텐츠",
                "内容",
                "內容",
                "İçerik",
                "Контент",
                "Treść",
                "Konten",
                "Nội dung",
            ),
        ),
        Column(
            "Video title",
            "caption",
            (
                "Título del video",
                "Título del vídeo",
                "Título do vídeo",
                "Titre de la vidéo",
                "Videotitel",
                "Titolo video",
                "Titolo del video",
                "動画のタイトル",
                "동영상 제목",
                "视频标题",
                "影片標題",
                "Video başlığı",
                "Название видео",
                "Tytuł filmu",
            ),
        ),
        Column(
            "Video publish time",
            "posted_at",
            (
                "Tiempo de publicación del video",
                "Hora de publicación del vídeo",
                "Hora de publicación del video",
                "Horário de publicação do vídeo",
                "Heure de publication de la vidéo",
                "Veröffentlichungszeitpunkt des Videos",
                "Ora di pubblicazione del video",
                "動画公開時刻",
                "동영상 게시 시간",
                "视频发布时间",
                "影片發布時間",
                "Video yayınlanma zamanı",
                "Время публикации видео",
            ),
        ),
        Column(
            "Duration",
            "duration_s",
            (
                "Duración",
                "Duração",
                "Durée",
                "Dauer",
                "Durata",
                "長さ",
                "길이",
                "时长",
                "時長",
                "Süre",
                "Продолжительность",
                "Czas trwania",
                "Durasi",
                "Thời lượng",
                "Duur",
            ),
        ),
        Column(
            "Views",
            "views",
            (
                "Vistas",
                "Visualizaciones",
                "Visualizações",
                "Vues",
                "Aufrufe",
                "Visualizzazioni",
                "視聴回数",
                "조회수",
                "观看次数",
                "觀看次數",
                "Görüntüleme",
                "Просмотры",
                "Weergaven",
                "Wyświetlenia",
                "Penayangan",
                "Số lượt xem",
            ),
        ),
        Column(
            "Likes",
            "likes",
            (
                "Me gusta",
                "Curtidas",
                "Gostei",
                "J'aime",
                '"Mag ich"-Bewertungen',
                "Mi piace",
                "高評価",
                "高評価数",
                "좋아요",
                "赞",
                "喜歡",
                "Beğenmeler",
                "Отметки «Нравится»",
            ),
        ),
        Column(
            "Comments added",
            "comments",
            (
                "Comments",
                "Comentarios agregados",
                "Comentarios añadidos",
                "Comentarios",
                "Comentários adicionados",
                "Comentários",
                "Commentaires ajoutés",
                "Hinzugefügte Kommentare",
                "Kommentare hinzugefügt",
                "Commenti aggiunti",
                "コメント",
                "コメント追加回数",
                "추가된 댓글",
                "댓글",
            ),
        ),
        Column(
            "Shares",
            "shares",
            (
                "Veces compartido",
                "Contenido compartido",
                "Compartilhamentos",
                "Partages",
                "Geteilte Inhalte",
                "Condivisioni",
                "共有",
                "共有数",
                "공유",
            ),
        ),
        *columns(
            None,
            *("Subscribers", "Subscribers gained", "Subscribers lost", "Watch time (hours)"),
            *("Impressions", "Impressions click-through rate (%)", "Average view duration"),
            *("Average percentage viewed (%)", "Engaged views", "Stayed to watch (%)"),
            *("Unique viewers", "Estimated revenue (USD)", "Dislikes", "Suscriptores"),
        ),
    ),
    finish=_no_total,
    taken_from="public code and samples: English, Spanish, Portuguese, French, German, Japanese",
    steps="studio.youtube.com, Analytics, Advanced mode, Content, Export (arrow), CSV; take the "
    "zip as it is",
    steps_es="studio.youtube.com, Analytics, Modo avanzado, Contenido, Exportar (flecha), CSV; usa "
    "el zip tal cual",
)

EXPORTERS = (STUDIO,)
