"""What downloaders and scrapers write: yt-dlp, gallery-dl, instaloader, Apify's actors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from viral.posts.exporters.exporter import Cells, Column, Exporter, Row, columns
from viral.posts.exporters.reading import (
    joined_names,
    post_in_link,
    title_and_description,
)

TITLED = {"youtube"}
"""Extractors of yt-dlp, in lower case, whose title is part of what people read."""


def is_playlist(info: Mapping[str, Any]) -> bool:
    """Return whether yt-dlp describes a list of posts rather than one."""
    return info.get("_type") in ("playlist", "multi_video")


def caption_of(info: Mapping[str, Any]) -> str | None:
    """Return the words that stand with a post that yt-dlp describes, or None without any.

    On YouTube the title is what people read; elsewhere it is the description again, cut short or
    with the account's name in it.
    """
    title, description = info.get("title"), info.get("description")
    extractor = info.get("extractor_key") or info.get("extractorkey") or info.get("extractor")
    if str(extractor or "").lower() in TITLED:
        return title_and_description(title, description)
    return str(description or "").strip() or str(title or "").strip() or None


def _of_ytdlp(cells: Cells, row: Row) -> Row | None:
    caption = caption_of(cells)
    row.pop("caption", None)
    if caption is not None:
        row["caption"] = caption
    # A photo post has a song and no picture that moves: the length is the song's.
    if cells.get("vcodec") == "none" or cells.get("resolution") == "audio only":
        row.pop("duration_s", None)
        row["is_photos"] = True
    return row


def _number_alone(value: Any) -> Any:
    # Some extractors write the comments themselves here.
    return value if isinstance(value, (int, float)) else None


YT_DLP = Exporter(
    name="yt-dlp",
    generation=".info.json or --dump-json",
    platform=None,
    needs=(("extractor_key", "extractor", "ie_key"), ("id",), ("title", "webpage_url", "duration")),
    columns=(
        Column("id", "video_id"),
        *columns(None, "extractor_key", "extractor"),
        *columns("caption", "description", "fulltitle", "title"),
        *columns("posted_at", "timestamp", "upload_date"),
        Column("epoch", "collected_at"),
        *columns("creator", "channel_id", "uploader_id", "uploader", "channel"),
        Column("channel_follower_count", "followers"),
        Column("channel_is_verified", "verified"),
        Column("duration", "duration_s"),
        Column("width", "width"),
        Column("height", "height"),
        Column("view_count", "views"),
        Column("like_count", "likes"),
        Column("comment_count", "comments"),
        Column("comments", "comments", read=_number_alone),
        *columns("shares", "repost_count", "share_count"),
        Column("save_count", "saves"),
        Column("track", "sound_name"),
        Column("artist", "sound_author"),
        Column("artists", "sound_author", read=joined_names),
        Column("video_path", "video_path"),
        *columns(None, "tags", "categories", "formats", "thumbnails", "webpage_url", "vcodec"),
    ),
    finish=_of_ytdlp,
    taken_from="yt-dlp 2026.10.26, the fields it documents",
    steps="yt-dlp --write-info-json --skip-download ADDRESS, or yt-dlp --dump-json ADDRESS",
    steps_es="yt-dlp --write-info-json --skip-download DIRECCIÓN, o yt-dlp --dump-json DIRECCIÓN",
)


def _of_gallery(cells: Cells, row: Row) -> Row:
    if not cells.get("videourl") and str(cells.get("type") or "") in ("post", "image", "photo"):
        row["is_photos"] = True
    return row


GALLERY_DL_INSTAGRAM = Exporter(
    name="gallery-dl",
    generation="Instagram metadata",
    platform="instagram",
    needs=(("post_shortcode",), ("post_id",), ("likes", "description")),
    columns=(
        Column("post_id", "video_id"),
        *columns("posted_at", "post_date", "date"),
        Column("description", "caption"),
        Column("tags", "hashtags"),
        *columns("creator", "owner_id", "username"),
        Column("likes", "likes"),
        *columns(None, "category", "subcategory", "media_id", "shortcode", "post_url", "video_url"),
        Column("post_shortcode", None),
        *columns(None, "width", "height", "num", "count", "fullname", "extension", "filename"),
    ),
    finish=_of_gallery,
    taken_from="public code: gallery-dl 1.30",
    steps="gallery-dl --write-metadata --no-download ADDRESS",
    steps_es="gallery-dl --write-metadata --no-download DIRECCIÓN",
)


def _caption_of_edges(value: Any) -> Any:
    try:
        return value[0]["node"]["text"]
    except (TypeError, KeyError, IndexError):
        return None


def _of_instaloader(cells: Cells, row: Row) -> Row:
    if _is_false(cells.get("nodeisvideo", cells.get("isvideo"))):
        row["is_photos"] = True
        row.pop("duration_s", None)
    row.pop("link", None)
    return row


def _is_false(value: Any) -> bool:
    return str(value).lower() in ("false", "0", "no")


INSTALOADER = Exporter(
    name="instaloader",
    generation="post metadata (.json, .json.xz)",
    platform="instagram",
    needs=(("shortcode",), ("taken_at_timestamp", "date")),
    within=("node",),
    columns=(
        *columns("video_id", "id", "shortcode"),
        *columns("posted_at", "taken_at_timestamp", "date"),
        Column("edge_media_to_caption/edges", "caption", read=_caption_of_edges),
        Column("caption", "caption"),
        *columns("creator", "owner/id", "owner/username"),
        Column("owner/edge_followed_by/count", "followers"),
        *columns("views", "iphone_struct/play_count", "video_play_count", "video_view_count"),
        *columns(
            "likes",
            *("edge_media_preview_like/count", "edge_liked_by/count", "iphone_struct/like_count"),
        ),
        *columns(
            "comments",
            *("edge_media_to_parent_comment/count", "edge_media_to_comment/count", "comments"),
        ),
        Column("video_duration", "duration_s", ("iphone_struct/video_duration",)),
        Column("dimensions/width", "width"),
        Column("dimensions/height", "height"),
        *columns(None, "is_video", "instaloader/version", "instaloader/node_type", "__typename"),
    ),
    finish=_of_instaloader,
    taken_from="public code: instaloader 4.14",
    steps="instaloader --no-videos --no-pictures ACCOUNT, and give the folder",
    steps_es="instaloader --no-videos --no-pictures CUENTA, y usa la carpeta",
)


def _of_apify_tiktok(cells: Cells, row: Row) -> Row:
    link = row.pop("link", None)
    row.setdefault("video_id", post_in_link(link))
    slides = cells.get("isslideshow")
    if str(slides).lower() in ("true", "1") or (isinstance(link, str) and "/photo/" in link):
        row["is_photos"] = True
        row.pop("duration_s", None)
    return row


APIFY_TIKTOK = Exporter(
    name="Apify",
    generation="TikTok scrapers (authorMeta, videoMeta)",
    platform="tiktok",
    needs=(
        ("authorMeta/name", "authorMeta/id", "authorMeta/fans", "authorMeta/nickName"),
        ("playCount", "diggCount", "commentCount", "shareCount"),
    ),
    columns=(
        Column("id", "video_id"),
        Column("text", "caption"),
        *columns("posted_at", "createTimeISO", "createTime"),
        Column("scrapedAt", "collected_at"),
        *columns("creator", "authorMeta/id", "authorMeta/name", "authorMeta/nickName"),
        Column("authorMeta/fans", "followers"),
        *columns("creator_total_likes", "authorMeta/heart", "authorMeta/hearts"),
        Column("authorMeta/video", "creator_total_videos"),
        Column("authorMeta/verified", "verified"),
        Column("hashtags", "hashtags"),
        Column("musicMeta/musicName", "sound_name"),
        Column("musicMeta/musicAuthor", "sound_author"),
        Column("musicMeta/musicOriginal", "sound_original"),
        Column("videoMeta/duration", "duration_s"),
        Column("videoMeta/width", "width"),
        Column("videoMeta/height", "height"),
        Column("playCount", "views"),
        Column("diggCount", "likes"),
        Column("commentCount", "comments"),
        Column("shareCount", "shares"),
        Column("collectCount", "saves"),
        Column("webVideoUrl", "link"),
        *columns(None, "isSlideshow", "isPinned", "isAd", "isMuted", "isSponsored", "locationMeta"),
    ),
    finish=_of_apify_tiktok,
    taken_from="public samples of clockworks/tiktok-scraper, tiktok-scraper 1.4 and the Kaggle set",
    steps="apify.com, TikTok Scraper, Export results, JSON or CSV",
    steps_es="apify.com, TikTok Scraper, Export results, JSON o CSV",
)

APIFY_TIKTOK_CHANNEL = Exporter(
    name="Apify",
    generation="TikTok scrapers (channel, postPage)",
    platform="tiktok",
    needs=(("postPage", "uploadedAt", "uploadedAtFormatted"), ("channel/username", "channel/id")),
    columns=(
        Column("id", "video_id"),
        Column("title", "caption"),
        *columns("posted_at", "uploadedAtFormatted", "uploadedAt"),
        *columns("creator", "channel/id", "channel/username", "channel/name"),
        Column("channel/followers", "followers"),
        Column("channel/videos", "creator_total_videos"),
        Column("channel/verified", "verified"),
        Column("hashtags", "hashtags"),
        Column("song/title", "sound_name"),
        Column("song/artist", "sound_author"),
        Column("video/duration", "duration_s"),
        Column("video/width", "width"),
        Column("video/height", "height"),
        Column("views", "views"),
        Column("likes", "likes"),
        Column("comments", "comments"),
        Column("shares", "shares"),
        Column("bookmarks", "saves"),
        Column("postPage", "link"),
    ),
    finish=_of_apify_tiktok,
    taken_from="public samples of apidojo/tiktok-scraper",
    steps="apify.com, TikTok Scraper, Export results, JSON or CSV",
    steps_es="apify.com, TikTok Scraper, Export results, JSON o CSV",
)


def _of_apify_instagram(cells: Cells, row: Row) -> Row:
    row.pop("link", None)
    if str(cells.get("type") or "").lower() in ("image", "sidecar"):
        row["is_photos"] = True
        row.pop("duration_s", None)
    return row


APIFY_INSTAGRAM = Exporter(
    name="Apify",
    generation="Instagram scrapers",
    platform="instagram",
    needs=(("shortCode",), ("ownerUsername", "ownerId", "ownerFullName")),
    columns=(
        *columns("video_id", "id", "shortCode"),
        Column("caption", "caption"),
        Column("hashtags", "hashtags"),
        Column("timestamp", "posted_at"),
        *columns("creator", "ownerId", "ownerUsername"),
        Column("videoDuration", "duration_s"),
        Column("dimensionsWidth", "width"),
        Column("dimensionsHeight", "height"),
        *columns("views", "videoPlayCount", "igPlayCount", "playCount", "videoViewCount"),
        Column("likesCount", "likes"),
        Column("commentsCount", "comments"),
        *columns("shares", "sharesCount", "reshareCount"),
        Column("musicInfo/song_name", "sound_name"),
        Column("musicInfo/artist_name", "sound_author"),
        Column("musicInfo/uses_original_audio", "sound_original"),
        Column("url", "link"),
        *columns(None, "inputUrl", "type", "productType", "firstComment", "latestComments"),
        *columns(None, "displayUrl", "images", "videoUrl", "alt", "childPosts", "mentions"),
    ),
    finish=_of_apify_instagram,
    taken_from="public samples of apify/instagram-scraper and instagram-reel-scraper",
    steps="apify.com, Instagram Scraper, Export results, JSON or CSV",
    steps_es="apify.com, Instagram Scraper, Export results, JSON o CSV",
)


def _of_titled(cells: Cells, row: Row) -> Row:
    row.pop("link", None)
    caption = title_and_description(
        cells.get("title", cells.get("snippettitle")),
        cells.get("text", cells.get("snippetdescription")),
    )
    if caption is not None:
        row["caption"] = caption
    return row


APIFY_YOUTUBE = Exporter(
    name="Apify",
    generation="YouTube scrapers",
    platform="youtube",
    needs=(("channelName", "channelUrl", "channelId"), ("numberOfSubscribers", "viewCount")),
    refuses=("snippet/channelId", "extractor_key"),
    columns=(
        Column("id", "video_id"),
        *columns("caption", "text", "title"),
        Column("date", "posted_at"),
        *columns("creator", "channelId", "channelUrl", "channelName"),
        Column("numberOfSubscribers", "followers"),
        Column("duration", "duration_s"),
        Column("viewCount", "views"),
        Column("likes", "likes"),
        Column("commentsCount", "comments"),
        Column("url", "link"),
    ),
    finish=_of_titled,
    taken_from="public samples of streamers/youtube-scraper",
    steps="apify.com, YouTube Scraper, Export results, JSON or CSV",
    steps_es="apify.com, YouTube Scraper, Export results, JSON o CSV",
)

YOUTUBE_API = Exporter(
    name="YouTube Data API",
    generation="videos.list",
    platform="youtube",
    needs=(("snippet/publishedAt",), ("statistics/viewCount", "statistics/likeCount")),
    columns=(
        *columns("video_id", "id/videoId", "id"),
        *columns("caption", "snippet/description", "snippet/title"),
        Column("snippet/publishedAt", "posted_at"),
        *columns("creator", "snippet/channelId", "snippet/channelTitle"),
        Column("contentDetails/duration", "duration_s"),
        Column("statistics/viewCount", "views"),
        Column("statistics/likeCount", "likes"),
        Column("statistics/commentCount", "comments"),
        *columns(None, "snippet/tags", "etag", "kind", "snippet/categoryId"),
    ),
    finish=_of_titled,
    taken_from="Google's documentation of the fields",
    steps="youtube.googleapis.com/youtube/v3/videos?part=snippet,statistics,contentDetails",
    steps_es="youtube.googleapis.com/youtube/v3/videos?part=snippet,statistics,contentDetails",
)

EXPORTERS = (
    YT_DLP,
    GALLERY_DL_INSTAGRAM,
    INSTALOADER,
    APIFY_TIKTOK,
    APIFY_TIKTOK_CHANNEL,
    APIFY_INSTAGRAM,
    APIFY_YOUTUBE,
    YOUTUBE_API,
)
