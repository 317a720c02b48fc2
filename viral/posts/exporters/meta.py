"""What Meta hands out: Business Suite, the download of an account's data, the research interface.

Likes that a creator hides are -1, which says that they are not known. Plays are what Instagram
shows as views since 2024; the older "video views" count a part of them. Reach and impressions count
people and displays, not views. Text in the download is encoded twice.
"""

from __future__ import annotations

from typing import Any

from viral.posts.exporters.exporter import Cells, Column, Exporter, Row, columns
from viral.posts.exporters.reading import decoded_again, post_in_link

_POST_COLUMNS = (
    Column("Post ID", "video_id", ("Identificador de la publicación", "ID de la publicación")),
    Column("Permalink", "link", ("Enlace permanente", "Link permanente", "Lien permanent")),
    Column("Description", "caption", ("Descripción", "Descrição", "Beschreibung", "Descrizione")),
    Column("Title", "caption", ("Título", "Titre", "Titel", "Titolo")),
    Column(
        "Duration (sec)",
        "duration_s",
        ("Duración (segundos)", "Duración (s)", "Duração (s)", "Durée (s)", "Dauer (Sek.)"),
    ),
    Column(
        "Publish time",
        "posted_at",
        (
            "Hora de publicación",
            "Horário de publicação",
            "Heure de publication",
            "Veröffentlichungszeit",
            "Veröffentlichungszeitpunkt",
            "Ora di pubblicazione",
        ),
    ),
    Column("Views", "views", ("Visualizaciones", "Visualizações", "Vues", "Aufrufe", "Plays")),
    Column("Likes", "likes", ("Me gusta", "Curtidas", "J'aime", "„Gefällt mir“-Angaben")),
    Column("Reactions", "likes", ("Reacciones", "Reações", "Réactions", "Reaktionen")),
    Column("Comments", "comments", ("Comentarios", "Comentários", "Commentaires", "Kommentare")),
    Column(
        "Shares",
        "shares",
        (
            "Veces que se compartió",
            "Veces compartido",
            "Compartilhamentos",
            "Partages",
            "Geteilte Inhalte",
            "Mal geteilt",
            "Condivisioni",
        ),
    ),
    Column(
        "Saves",
        "saves",
        ("Veces que se guardó", "Guardados", "Salvamentos", "Enregistrements", "Gespeichert"),
    ),
)


def _of_suite(cells: Cells, row: Row) -> Row:
    link = row.pop("link", None)
    kind = str(cells.get("posttype") or "").lower()
    row.setdefault("video_id", post_in_link(link))
    if any(word in kind for word in ("image", "photo", "carousel", "text", "link")):
        row.pop("duration_s", None)
        row["is_photos"] = True
    return row


SUITE_INSTAGRAM = Exporter(
    name="Meta Business Suite",
    generation="Instagram posts, lifetime",
    platform="instagram",
    needs=(("Post ID",), ("Permalink",), ("Publish time",), ("Account username", "Account ID")),
    columns=(
        *_POST_COLUMNS,
        *columns("creator", "Account ID", "Account username", "Account name"),
        *columns(
            None,
            *("Post type", "Data comment", "Date", "Reach", "Follows", "Impressions"),
            *("Replies", "Navigation", "Profile visits", "Link clicks", "Sticker taps"),
        ),
    ),
    finish=_of_suite,
    day_first=False,
    taken_from="public code and samples of 2025 and 2026, English headers",
    steps="business.facebook.com, Insights, Content, Export, Lifetime, CSV",
    steps_es="business.facebook.com, Estadísticas, Contenido, Exportar, Desde siempre, CSV",
)

SUITE_FACEBOOK = Exporter(
    name="Meta Business Suite",
    generation="Facebook posts, lifetime",
    platform="facebook",
    needs=(("Post ID",), ("Permalink",), ("Publish time",), ("Page ID", "Page name")),
    columns=(
        *_POST_COLUMNS,
        *columns("creator", "Page ID", "Page name"),
        *columns(
            None,
            *("Post type", "Data comment", "Date", "Reach", "Impressions", "Caption type"),
            *("Is crosspost", "Is share", "Languages", "Custom labels", "Total clicks"),
            *("Funded content status", "Reactions, Comments and Shares", "Other Clicks"),
            *("3-second video views", "1-minute video views", "Seconds viewed"),
            *("Average Seconds viewed", "Estimated earnings (USD)", "Ad CPM (USD)"),
        ),
    ),
    finish=_of_suite,
    day_first=False,
    taken_from="public code and samples of 2025 and 2026, English headers",
    steps="business.facebook.com, Insights, Content, Export, Lifetime, CSV",
    steps_es="business.facebook.com, Estadísticas, Contenido, Exportar, Desde siempre, CSV",
)


def _string(*labels: str) -> tuple[str, ...]:
    return tuple(f"string_map_data/{label}/value" for label in labels)


INSIGHTS = Exporter(
    name="Instagram download",
    generation="past insights (reels.json, posts.json)",
    platform="instagram",
    needs=(
        ("media_map_data/Media Thumbnail/creation_timestamp", "media_map_data/Media Thumbnail/uri"),
        _string("Instagram Likes", "Accounts reached", "Instagram Plays", "Impressions"),
    ),
    columns=(
        Column("media_map_data/Media Thumbnail/title", "caption", read=decoded_again),
        *columns("caption", *_string("Caption"), read=decoded_again),
        *columns(
            "posted_at",
            "string_map_data/Upload Timestamp/timestamp",
            "string_map_data/Creation Timestamp/timestamp",
            "media_map_data/Media Thumbnail/creation_timestamp",
        ),
        Column(
            "string_map_data/Duration/value", "duration_s", _string("Duración", "Duração", "Dauer")
        ),
        *columns("views", *_string("Instagram Plays", "Plays", "Views", "Instagram Views")),
        Column(
            "string_map_data/Instagram Likes/value",
            "likes",
            _string("Likes", "Me gusta", "Me gusta de Instagram", "„Gefällt mir“-Angaben"),
        ),
        Column(
            "string_map_data/Instagram Comments/value",
            "comments",
            _string("Comments", "Comentarios", "Kommentare", "Comentários"),
        ),
        Column(
            "string_map_data/Instagram Shares/value",
            "shares",
            _string("Shares", "Veces compartido", "Compartilhamentos", "Geteilte Inhalte"),
        ),
        Column(
            "string_map_data/Instagram Saves/value",
            "saves",
            _string("Saves", "Guardados", "Gespeichert", "Salvamentos"),
        ),
        Column("string_map_data/Accounts reached/value", None, _string("Erreichte Konten")),
        *columns(None, *_string("Impressions", "Profile visits", "Follows", "Interactions")),
    ),
    account="own account",
    taken_from="public code and samples of 2022 to 2025",
    steps="Instagram app, Accounts Center, Your information, Download, JSON, with Insights",
    steps_es="App de Instagram, Centro de cuentas, Tu información, Descargar, JSON, con "
    "Estadísticas",
)


def _of_media(cells: Cells, row: Row) -> Row | None:
    media = cells.get("media")
    first = media[0] if isinstance(media, list) and media else cells
    if not isinstance(first, dict):
        return None
    title = cells.get("title") or first.get("title")
    moment = cells.get("creationtimestamp") or first.get("creation_timestamp")
    if moment is None and title is None:
        return None
    row["caption"], row["posted_at"] = decoded_again(title), moment
    if str(first.get("uri", "")).lower().endswith((".jpg", ".jpeg", ".png", ".webp", ".heic")):
        row["is_photos"] = True
    return row


DOWNLOAD = Exporter(
    name="Instagram download",
    generation="media (posts_1.json, reels.json), without counts",
    platform="instagram",
    needs=(("media",),),
    refuses=("media_map_data", "statistics/views", "likes", "permalink", "id", "tags", "views"),
    columns=(
        Column("media", None),
        Column("title", "caption", read=decoded_again),
        Column("creation_timestamp", "posted_at"),
    ),
    finish=_of_media,
    account="own account",
    taken_from="public code and samples of 2022 to 2025",
    steps="Instagram app, Accounts Center, Your information, Download, JSON",
    steps_es="App de Instagram, Centro de cuentas, Tu información, Descargar, JSON",
)

CONTENT_LIBRARY = Exporter(
    name="Meta Content Library",
    generation="posts",
    platform=None,
    needs=(
        ("creation_time",),
        ("statistics/views", "statistics/like_count", "statistics/reaction_count"),
        ("text", "post_owner/id", "post_owner/username", "mcl_url"),
    ),
    columns=(
        Column("id", "video_id"),
        Column("creation_time", "posted_at"),
        Column("text", "caption"),
        Column("hashtags", "hashtags"),
        *columns("creator", "post_owner/id", "post_owner/username", "post_owner/name"),
        Column("statistics/views", "views", ("statistics/view_count",)),
        *columns("likes", "statistics/like_count", "statistics/reaction_count"),
        Column("statistics/comment_count", "comments"),
        Column("statistics/share_count", "shares"),
        *columns(None, "mcl_url", "lang", "modified_time", "media_type", "content_type"),
    ),
    taken_from="Meta's documentation of the fields, and public code that reads them",
    steps="Meta Content Library, for researchers who were admitted",
    steps_es="Meta Content Library, para quienes tienen acceso de investigación",
)

GRAPH = Exporter(
    name="Instagram Graph API",
    generation="media",
    platform="instagram",
    needs=(("permalink",), ("timestamp",), ("media_type", "media_product_type")),
    columns=(
        Column("id", "video_id"),
        Column("permalink", "link"),
        Column("timestamp", "posted_at"),
        Column("caption", "caption"),
        *columns("creator", "owner/id", "username"),
        *columns("views", "view_count", "views", "plays", "video_views"),
        Column("like_count", "likes"),
        Column("comments_count", "comments"),
        *columns("shares", "shares_count", "shares"),
        *columns("saves", "saved", "saves"),
        *columns(None, "media_type", "media_product_type", "media_url", "thumbnail_url"),
    ),
    finish=lambda cells, row: _of_suite({"posttype": _graph_kind(cells)}, row),
    taken_from="Meta's documentation of the fields",
    steps="graph.instagram.com/me/media?fields=...",
    steps_es="graph.instagram.com/me/media?fields=...",
)


def _graph_kind(cells: Cells) -> Any:
    kind = str(cells.get("mediatype") or "").lower()
    return "" if kind == "video" else kind.replace("carousel_album", "carousel")


EXPORTERS = (SUITE_INSTAGRAM, SUITE_FACEBOOK, INSIGHTS, CONTENT_LIBRARY, GRAPH, DOWNLOAD)
