"""Samples of what scrapers and downloaders write, and `SAMPLES`, with those of the platforms.

`python tests/posts/scraper_samples.py FOLDER` writes a file of each exporter.
"""

from __future__ import annotations

import sys
from pathlib import Path

from export_samples import ID, PLATFORM_SAMPLES, POST, SECONDS, WHEN, Sample, counts, written

SAMPLES: dict[str, Sample] = {
    **PLATFORM_SAMPLES,
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
            **counts(saves=None),
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
        {**POST, **counts(), "followers": 1200, "hashtags": ["dog"], "width": 576.0},
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
        {**POST, **counts(), "followers": 1200, "hashtags": ["dog"]},
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


if __name__ == "__main__":
    for number, (title, sample) in enumerate(SAMPLES.items(), start=1):
        print(written(sample, Path(sys.argv[1]) / f"sample_{number}"), title)
