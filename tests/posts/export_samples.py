"""One small file of each exporter, with invented values and the keys that its source has.

`SAMPLES` is exporter -> `Sample`: a record as the exporter nests it (or the rows of its table), and
what must be read of it, by hand. `python tests/posts/export_samples.py FOLDER` writes them all.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ID = "7412345678901234567"
SECONDS = 1_756_900_000
WHEN = "2025-09-03T11:46:40"


@dataclass(frozen=True)
class Sample:
    """A file of one post."""

    record: dict[str, Any]
    golden: dict[str, Any]
    """Column of the schema -> what it must hold; columns in `missing` must hold nothing."""
    missing: tuple[str, ...] = ()
    table: bool = False
    """Whether the exporter writes a table (CSV) rather than records (JSON)."""


def _counts(views: int | None = 9898, saves: int | None = 255) -> dict[str, Any]:
    counts = {"likes": 694, "comments": 10, "shares": 38}
    if views is not None:
        counts["views"] = views
    if saves is not None:
        counts["saves"] = saves
    return counts


POST = {"video_id": ID, "caption": "walk #dog", "posted_at": WHEN, "duration_s": 15.0}
SAMPLES: dict[str, Sample] = {
    "TikTok Studio, Content": Sample(
        {
            "Video title": "walk #dog",
            "Video link": f"https://www.tiktok.com/@someone/video/{ID}?lang=en",
            "Post time": "2025-09-03 11:46:40",
            "Total likes": "694",
            "Total comments": "10",
            "Total shares": "38",
            "Total views": "9,898",
            "Average watch time": "11.5",
            "Watched full video": "0.31",
            "Add to favorites": "255",
        },
        {**POST, **_counts()} | {"duration_s": None},
        missing=("followers", "creator_total_likes", "duration_s"),
        table=True,
    ),
    "TikTok website, item records (Zeeschuimer, TikTok-Api, item_list)": Sample(
        {
            "id": ID,
            "desc": "walk #dog",
            "createTime": SECONDS,
            "author": {"id": "67", "uniqueId": "someone", "verified": False},
            "authorStats": {"followerCount": 1200, "heartCount": 50_000, "videoCount": 80},
            "challenges": [{"id": "1", "title": "dog", "desc": ""}],
            "textExtra": [{"start": 5, "end": 9, "hashtagName": "dog"}],
            "music": {
                "title": "original sound",
                "authorName": "S",
                "original": True,
                "duration": 61,
            },
            "stats": {
                "collectCount": 255,
                "commentCount": 10,
                "diggCount": 694,
                "playCount": 9898,
                "shareCount": 38,
            },
            "video": {"id": "v", "duration": 15, "width": 576, "height": 1024},
        },
        {
            **POST,
            **_counts(),
            "hashtags": ["dog"],
            "followers": 1200,
            "sound_name": "original sound",
        },
    ),
    "TikTok app, aweme records": Sample(
        {
            "aweme_id": ID,
            "desc": "walk #dog",
            "create_time": SECONDS,
            "author": {"uid": "67", "unique_id": "someone", "follower_count": 0},
            "statistics": {
                "digg_count": 694,
                "play_count": 9898,
                "share_count": 38,
                "comment_count": 10,
                "collect_count": 255,
            },
            "video": {"duration": 15_000, "width": 576, "height": 1024},
            "text_extra": [{"hashtag_name": "dog", "start": 5, "end": 9}],
        },
        {**POST, **_counts(), "hashtags": ["dog"]},
        missing=("followers",),
    ),
    "TikTok Research API, video/query": Sample(
        {
            "id": int(ID),
            "create_time": SECONDS,
            "username": "someone",
            "region_code": "US",
            "video_description": "walk #dog",
            "hashtag_names": ["dog"],
            "video_duration": 15,
            "view_count": 9898,
            "like_count": 694,
            "comment_count": 10,
            "share_count": 38,
            "favorites_count": 255,
        },
        {**POST, **_counts(), "hashtags": ["dog"]},
    ),
    "TikTok data export, posts of user_data_tiktok.json": Sample(
        {
            "Date": "2025-09-03 11:46:40",
            "Link": f"https://www.tiktokv.com/share/video/{ID}/",
            "Likes": "694",
            "Title": "walk #dog",
            "Sound": "original sound",
        },
        {"video_id": ID, "caption": "walk #dog", "posted_at": WHEN, "likes": 694},
        missing=("views",),
    ),
    "Pyktok, CSV": Sample(
        {
            "video_id": ID,
            "video_timestamp": WHEN,
            "video_duration": "15",
            "video_diggcount": "694",
            "video_sharecount": "38",
            "video_commentcount": "10",
            "video_playcount": "9898",
            "video_description": "walk #dog",
            "author_username": "someone",
            "author_followercount": "1200",
        },
        {**POST, **_counts(saves=None), "followers": 1200},
        table=True,
    ),
    "YouTube Studio, Table data": Sample(
        {
            "Content": "aB3dE5gH7jK",
            "Video title": "walk #dog",
            "Video publish time": "Sep 3, 2025",
            "Duration": "15",
            "Likes": "694",
            "Comments added": "10",
            "Shares": "38",
            "Views": "9898",
            "Subscribers": "87",
            "Impressions": "910000",
        },
        {
            **_counts(saves=None),
            "video_id": "aB3dE5gH7jK",
            "caption": "walk #dog",
            "posted_at": "2025-09-03",
            "duration_s": 15.0,
        },
        missing=("followers",),
        table=True,
    ),
    "Meta Business Suite, Instagram posts, lifetime": Sample(
        {
            "Post ID": "18011",
            "Account ID": "1784",
            "Account username": "someone",
            "Description": "walk #dog",
            "Duration (sec)": "15",
            "Publish time": "09/03/2025 11:46",
            "Permalink": "https://www.instagram.com/reel/DAbc1xyz/",
            "Post type": "IG reel",
            "Date": "Lifetime",
            "Views": "9898",
            "Reach": "9100",
            "Likes": "694",
            "Shares": "38",
            "Follows": "41",
            "Comments": "10",
            "Saves": "255",
        },
        {**_counts(), "video_id": "18011", "caption": "walk #dog", "posted_at": "2025-09-03T11:46"},
        missing=("followers",),
        table=True,
    ),
    "Instagram download, past insights (reels.json, posts.json)": Sample(
        {
            "media_map_data": {
                "Media Thumbnail": {
                    "uri": "media/other/1.jpg",
                    "creation_timestamp": SECONDS,
                    "title": "Caf\u00c3\u00a9 #dog",
                }
            },
            "string_map_data": {
                "Upload Timestamp": {"href": "", "value": "", "timestamp": SECONDS},
                "Duration": {"value": "15"},
                "Accounts reached": {"value": "40,210"},
                "Instagram Plays": {"value": "9,898"},
                "Instagram Likes": {"value": "694"},
                "Instagram Comments": {"value": "10"},
                "Instagram Shares": {"value": "38"},
                "Instagram Saves": {"value": "255"},
            },
        },
        {**_counts(), "caption": "Café #dog", "posted_at": WHEN, "duration_s": 15.0},
    ),
    "Meta Content Library, posts": Sample(
        {
            "id": "900",
            "creation_time": WHEN,
            "text": "walk #dog",
            "post_owner": {"id": "67", "username": "someone"},
            "statistics": {
                "views": 9898,
                "like_count": 694,
                "comment_count": 10,
                "share_count": 38,
            },
        },
        {**_counts(saves=None), "video_id": "900", "caption": "walk #dog", "posted_at": WHEN},
    ),
    "yt-dlp, .info.json or --dump-json": Sample(
        {
            "id": "aB3dE5gH7jK",
            "title": "A race",
            "description": "walk #dog",
            "channel_id": "UCx",
            "channel_follower_count": 1200,
            "duration": 15,
            "timestamp": SECONDS,
            "epoch": SECONDS + 864_000,
            "view_count": 9898,
            "like_count": 694,
            "comment_count": 10,
            "repost_count": 38,
            "tags": ["marble run for kids"],
            "extractor": "youtube",
            "extractor_key": "Youtube",
            "webpage_url": "https://www.youtube.com/watch?v=aB3dE5gH7jK",
        },
        {
            **_counts(saves=None),
            "video_id": "aB3dE5gH7jK",
            "caption": "A race\nwalk #dog",
            "posted_at": WHEN,
            "followers": 1200,
            "horizon_days": 10.0,
        },
        missing=("hashtags",),
    ),
    "gallery-dl, Instagram metadata": Sample(
        {
            "category": "instagram",
            "post_id": "340",
            "post_shortcode": "DAbc1xyz",
            "post_date": "2025-09-03 11:46:40",
            "likes": 694,
            "description": "walk #dog",
            "owner_id": "67",
            "tags": ["#dog"],
            "video_url": "https://x/1.mp4",
        },
        {
            "video_id": "340",
            "caption": "walk #dog",
            "posted_at": WHEN,
            "likes": 694,
            "hashtags": ["dog"],
        },
        missing=("views",),
    ),
    "instaloader, post metadata (.json, .json.xz)": Sample(
        {
            "node": {
                "id": "340",
                "shortcode": "DAbc1xyz",
                "taken_at_timestamp": SECONDS,
                "is_video": True,
                "video_duration": 15.0,
                "video_view_count": 900,
                "video_play_count": 9898,
                "edge_media_preview_like": {"count": -1},
                "edge_media_to_comment": {"count": 10},
                "edge_media_to_caption": {"edges": [{"node": {"text": "walk #dog"}}]},
                "owner": {"id": "67", "username": "someone"},
            },
            "instaloader": {"version": "4.14", "node_type": "Post"},
        },
        {
            "video_id": "340",
            "caption": "walk #dog",
            "posted_at": WHEN,
            "views": 9898,
            "comments": 10,
            "duration_s": 15.0,
        },
        missing=("likes",),
    ),
    "Apify, TikTok scrapers (authorMeta, videoMeta)": Sample(
        {
            "id": ID,
            "text": "walk #dog",
            "createTimeISO": f"{WHEN}.000Z",
            "authorMeta": {"id": "67", "name": "someone", "fans": 1200, "heart": 50_000},
            "musicMeta": {"musicName": "original sound", "musicOriginal": True},
            "videoMeta": {"height": 1024, "width": 576, "duration": 15},
            "diggCount": 694,
            "shareCount": 38,
            "playCount": 9898,
            "commentCount": 10,
            "collectCount": 255,
            "hashtags": [{"id": "1", "name": "dog"}],
        },
        {**POST, **_counts(), "followers": 1200, "hashtags": ["dog"], "width": 576.0},
    ),
    "Apify, TikTok scrapers (channel, postPage)": Sample(
        {
            "id": ID,
            "title": "walk #dog",
            "uploadedAt": SECONDS,
            "channel": {"id": "67", "username": "someone", "followers": 1200, "videos": 80},
            "video": {"width": 576, "height": 1024, "duration": 15},
            "song": {"id": "1", "title": "tune", "artist": "S"},
            "views": 9898,
            "likes": 694,
            "comments": 10,
            "shares": 38,
            "bookmarks": 255,
            "hashtags": ["dog"],
            "postPage": f"https://www.tiktok.com/@someone/video/{ID}",
        },
        {**POST, **_counts(), "followers": 1200, "hashtags": ["dog"]},
    ),
    "Apify, Instagram scrapers": Sample(
        {
            "id": "340",
            "shortCode": "DAbc1xyz",
            "type": "Video",
            "caption": "walk #dog",
            "hashtags": ["dog"],
            "ownerUsername": "someone",
            "ownerId": "67",
            "timestamp": f"{WHEN}.000Z",
            "likesCount": -1,
            "commentsCount": 10,
            "videoViewCount": 900,
            "videoPlayCount": 9898,
            "videoDuration": 15.0,
            "musicInfo": {"song_name": "tune", "artist_name": "S"},
        },
        {
            "video_id": "340",
            "caption": "walk #dog",
            "posted_at": WHEN,
            "views": 9898,
            "comments": 10,
            "duration_s": 15.0,
            "hashtags": ["dog"],
            "sound_name": "tune",
        },
        missing=("likes",),
    ),
    "YouTube Data API, videos.list": Sample(
        {
            "id": "aB3dE5gH7jK",
            "snippet": {
                "publishedAt": f"{WHEN}Z",
                "title": "A race",
                "description": "walk #dog",
                "channelId": "UCx",
                "tags": ["unseen"],
            },
            "statistics": {"viewCount": "9898", "likeCount": "694", "commentCount": "10"},
            "contentDetails": {"duration": "PT15S"},
        },
        {
            "video_id": "aB3dE5gH7jK",
            "caption": "A race\nwalk #dog",
            "posted_at": WHEN,
            "views": 9898,
            "likes": 694,
            "comments": 10,
            "duration_s": 15.0,
        },
        missing=("hashtags",),
    ),
    "Meta Business Suite, Facebook posts, lifetime": Sample(
        {
            "Post ID": "18012",
            "Page ID": "100",
            "Page name": "someone",
            "Title": "walk #dog",
            "Duration (sec)": "15",
            "Publish time": "09/03/2025 11:46",
            "Permalink": "https://www.facebook.com/reel/1801212345/",
            "Post type": "Reels",
            "Date": "Lifetime",
            "Views": "9898",
            "Reach": "9100",
            "Reactions, Comments and Shares": "742",
            "Reactions": "694",
            "Comments": "10",
            "Shares": "38",
        },
        {**_counts(saves=None), "video_id": "18012", "posted_at": "2025-09-03T11:46"},
        missing=("saves",),
        table=True,
    ),
    "Instagram download, media (posts_1.json, reels.json), without counts": Sample(
        {
            "media": [
                {
                    "uri": "media/reels/1.mp4",
                    "creation_timestamp": SECONDS,
                    "title": "Caf\u00c3\u00a9 #dog",
                }
            ]
        },
        {"caption": "Café #dog", "posted_at": WHEN},
        missing=("views", "likes"),
    ),
    "Instagram Graph API, media": Sample(
        {
            "id": "340",
            "caption": "walk #dog",
            "media_type": "VIDEO",
            "media_product_type": "REELS",
            "permalink": "https://www.instagram.com/reel/DAbc1xyz/",
            "timestamp": f"{WHEN}+0000",
            "like_count": 694,
            "comments_count": 10,
        },
        {
            "video_id": "340",
            "caption": "walk #dog",
            "posted_at": WHEN,
            "likes": 694,
            "comments": 10,
        },
        missing=("views",),
    ),
    "Apify, YouTube scrapers": Sample(
        {
            "id": "aB3dE5gH7jK",
            "title": "A race",
            "text": "walk #dog",
            "date": f"{WHEN}.000Z",
            "channelName": "someone",
            "channelUrl": "https://www.youtube.com/@someone",
            "numberOfSubscribers": 1200,
            "duration": "00:00:15",
            "viewCount": 9898,
            "likes": 694,
            "commentsCount": 10,
            "url": "https://www.youtube.com/watch?v=aB3dE5gH7jK",
        },
        {
            "video_id": "aB3dE5gH7jK",
            "caption": "A race\nwalk #dog",
            "posted_at": WHEN,
            "views": 9898,
            "likes": 694,
            "comments": 10,
            "followers": 1200,
            "duration_s": 15.0,
        },
    ),
}


def as_csv(record: dict[str, Any]) -> str:
    """Return a flat record as a table of one row."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(record))
    writer.writeheader()
    writer.writerow(record)
    return text.getvalue()


def written(sample: Sample, path: Path) -> Path:
    """Write a sample as its exporter does."""
    if sample.table:
        path = path.with_suffix(".csv")
        path.write_text(as_csv(sample.record), encoding="utf-8")
    else:
        path = path.with_suffix(".json")
        path.write_text(json.dumps([sample.record]), encoding="utf-8")
    return path


if __name__ == "__main__":
    for number, (title, sample) in enumerate(SAMPLES.items(), start=1):
        print(written(sample, Path(sys.argv[1]) / f"sample_{number}"), title)
