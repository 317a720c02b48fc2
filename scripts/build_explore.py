"""Sum past posts up for Explore: `make explore` writes assets/explore.json and its SHA-256.

What is written are aggregates in which nobody can be found: see `viral/explore/rules.py`. The same
posts give the same file.

    python scripts/build_explore.py --data ../shared/data
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from viral.explore.explorer import SHIPPED, aggregates, write
from viral.explore.prepared import prepare
from viral.explore.rules import OTHERS, SHORTEST_NAME, folded
from viral.model.inputs import inputs_from_posts
from viral.posts.history import training_posts
from viral.threads import limit_threads
from viral.training.clip_features import trending_audio

AUTHORS = "trending_2020/trending.json"
"""The one source that calls creators by their names, which the reader of posts replaces."""
MOST_BYTES = 1_000_000
"""What the file may weigh in the repository."""


def authors(data_dir: Path) -> frozenset[str]:
    """Return the names of the creators of the trending set, to keep them out."""
    collected = json.loads((data_dir / AUTHORS).read_text(encoding="utf-8"))["collector"]
    about = [post.get("authorMeta") or {} for post in collected]
    names = {folded(str(one.get(key) or "")) for one in about for key in ("name", "nickName")}
    return frozenset(name for name in names if len(name) >= SHORTEST_NAME)


def main(arguments: list[str] | None = None) -> int:
    """Write the file and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args(arguments)
    limit_threads()
    posts = training_posts(options.data)
    # The clips of one creator have no cell of their own; the trending set's sounds were measured.
    measured = inputs_from_posts(
        posts, trending_audio(posts, options.data), with_embeddings=False
    ).values
    clips = {"audio": measured["audio"]}
    prepared = prepare(posts, OTHERS, clips, authors(options.data))
    content = aggregates(prepared, lambda line: print(line, flush=True))
    write(content, options.out)
    size = options.out.stat().st_size
    kept = f"{len(content['choices'])} choices, {len(content['selections'])} of them different"
    print(f"{options.out.name}: {size:,} bytes, {kept}.")
    return 0 if size < MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
