"""What yt-dlp tells of a post on three sites, in its shape; accounts, words and numbers are made
up."""

from __future__ import annotations

from typing import Any

TIKTOK: dict[str, Any] = {
    "id": "7412345678901234567",
    "title": "Three knots every climber needs #climbing #kn...",
    "description": "Three knots every climber needs #climbing #knots",
    "timestamp": 1_767_378_600,
    "view_count": 541_200,
    "like_count": 21_900,
    "comment_count": 454,
    "repost_count": 742,
    "save_count": 1_098,
    "uploader": "madeup.climber",
    "uploader_id": "6800000000000000001",
    "uploader_url": "https://www.tiktok.com/@madeup.climber",
    "channel": "Made Up Climber",
    "channel_id": "MS4wLjABAAAAmadeup",
    "track": "original sound",
    "artists": ["Made Up Climber"],
    "artist": "Made Up Climber",
    "duration": 31,
    "width": 576,
    "height": 1024,
    "formats": [{"format_id": "h264", "url": "https://v16.example/x.mp4"}],
    "url": "https://v16.example/x.mp4",
    "webpage_url": "https://www.tiktok.com/@madeup.climber/video/7412345678901234567",
    "extractor": "TikTok",
    "extractor_key": "TikTok",
    "subtitles": {"eng-US": [{"data": "words"}]},
}
INSTAGRAM: dict[str, Any] = {
    "id": "C1aBcDeFgHi",
    "title": "Video by madeup.baker",
    "description": "Sourdough, day 12 🍞 #bread",
    "timestamp": 1_767_378_600.0,
    "like_count": 812,
    "comment_count": 2,
    "comments": [{"author": "someone.else", "text": "a stranger's words"}],
    "uploader": "Made Up Baker",
    "uploader_id": "48000000001",
    "channel": "madeup.baker",
    "duration": 12.4,
    "width": 720,
    "height": 1280,
    "url": "https://scontent.example/x.mp4",
    "webpage_url": "https://www.instagram.com/reel/C1aBcDeFgHi/",
    "extractor": "Instagram",
    "extractor_key": "Instagram",
}
YOUTUBE: dict[str, Any] = {
    "id": "aB3dE5gH7jK",
    "title": "I built a raft from bottles #shorts",
    "description": "It floated for an hour. #diy",
    "timestamp": 1_767_378_600,
    "upload_date": "20260102",
    "view_count": 900,
    "like_count": 80,
    "comment_count": 7,
    "tags": ["raft", "how to build a raft", "keyword nobody sees"],
    "categories": ["Howto & Style"],
    "uploader": "Made Up Maker",
    "uploader_id": "@madeupmaker",
    "channel": "Made Up Maker",
    "channel_id": "UCmadeupmadeupmadeup",
    "channel_follower_count": 5_000,
    "channel_is_verified": True,
    "duration": 44,
    "width": 360,
    "height": 640,
    "url": "https://rr1.example/videoplayback",
    "webpage_url": "https://www.youtube.com/shorts/aB3dE5gH7jK",
    "extractor": "youtube",
    "extractor_key": "Youtube",
    "is_live": False,
}
NAMES = (
    "madeup.climber", "Made Up Climber", "madeup.baker", "Made Up Baker", "Made Up Maker",
    "madeupmaker", "someone.else", "a stranger's words",
)  # fmt: skip
"""What must not be in a table; the sound's author is the only place where a name stands for
itself."""
