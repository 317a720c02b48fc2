"""Take a still of each demo clip for its button: python scripts/make_demo_posters.py

Run it after scripts/make_demo_clips.py; it writes assets/demo_*.jpg beside the clips.
"""

from __future__ import annotations

from pathlib import Path

import av

ASSETS_DIR = Path(__file__).resolve().parent.parent / "assets"
AT_SHARE = 0.3
"""Where in the clip the still is taken: past a fade-in, before the end card."""
WIDTH_PX = 216
"""Twice the button's width, for fine screens."""
JPEG_QUALITY = 78


def main() -> None:
    """Write a poster for every demo clip."""
    for path in sorted(ASSETS_DIR.glob("demo_*.mp4")):
        with av.open(str(path)) as container:
            duration_s = (container.duration or 0) / av.time_base
            frame = next(
                frame
                for frame in container.decode(video=0)
                if (frame.time or 0.0) >= AT_SHARE * duration_s
            )
        picture = frame.to_image()
        small = picture.resize((WIDTH_PX, round(picture.height * WIDTH_PX / picture.width)))
        poster = path.with_suffix(".jpg")
        small.save(poster, quality=JPEG_QUALITY, optimize=True)
        print(f"{poster.name}: {poster.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
