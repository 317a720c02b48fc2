"""One small file of each exporter, with invented values and the keys that its source has.

`PLATFORM_SAMPLES` is exporter -> `Sample`: a record as the exporter nests it (or the row of its
table), and what must be read of it, by hand. `scraper_samples.py` has those of other tools, and
writes all of them.
"""

from __future__ import annotations

import csv
import io
import json
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


def counts(views: int | None = 9898, saves: int | None = 255) -> dict[str, Any]:
    """Return what every sample's counts must be read as."""
    found = {"likes": 694, "comments": 10, "shares": 38}
    if views is not None:
        found["views"] = views
    if saves is not None:
        found["saves"] = saves
    return found


POST = {"video_id": ID, "caption": "walk #dog", "posted_at": WHEN, "duration_s": 15.0}
PLATFORM_SAMPLES: dict[str, Sample] = {
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
        {**POST, **counts()} | {"duration_s": None},
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
            **counts(),
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
        {**POST, **counts(), "hashtags": ["dog"]},
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
        {**POST, **counts(), "hashtags": ["dog"]},
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
        {**POST, **counts(saves=None), "followers": 1200},
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
            **counts(saves=None),
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
        {**counts(), "video_id": "18011", "caption": "walk #dog", "posted_at": "2025-09-03T11:46"},
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
        {**counts(), "caption": "Café #dog", "posted_at": WHEN, "duration_s": 15.0},
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
        {**counts(saves=None), "video_id": "900", "caption": "walk #dog", "posted_at": WHEN},
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
        {**counts(saves=None), "video_id": "18012", "posted_at": "2025-09-03T11:46"},
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
