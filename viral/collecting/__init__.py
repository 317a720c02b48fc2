"""Past posts from links and accounts, through yt-dlp."""
