"""What captions and sound say about views, measured on posts of people that were not trained on.

Three questions, each figure with its interval:

1. trending posts by content alone (1,000 posts): log10 views from caption, sound and shape;
2. lift on ordinary feeds and on high-view posts: what captions and hashtags add to the usual;
3. one creator's posts in the order of posting.

Grouped cross-validation, 10 folds, 5 seeds for the trending set. Posts that share an author or a
sound, however far the chain reaches, are on one side. Nothing is chosen on test folds: variances
come from the likelihood of the training folds, tree parameters are the constants below. Intervals
are bootstraps over groups, 95 %. Run it with:

    python benchmarks/trending_accuracy.py ../shared/data
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
from grouped import FOLDS, Fit, fold_numbers, header, linked, out_of_fold, report

from viral.modalities.text import extract_table
from viral.model.smooth import Block, SmoothRegressor

SEEDS = range(5)
FEWER_SEEDS = range(2)
"""For what is only looked at in passing."""
TREE_SEEDS = range(4)
"""Few posts make a single LightGBM model depend on its seed; four are averaged."""
TREES = 250
PARAMETERS = {
    "objective": "regression",
    "num_leaves": 7,
    "learning_rate": 0.03,
    "min_data_in_leaf": 25,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "verbosity": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}
AXES = 24
"""Main axes of the caption's embedding that trees see."""
FEWEST_EARLIER = 20
"""A creator's earlier posts before the first prediction of the next."""


def trees(rounds: int = TREES) -> Fit:
    """Return the averaged LightGBM models."""

    def fit(matrix: np.ndarray, target: np.ndarray, groups: np.ndarray):
        del groups
        models = [
            lightgbm.train({**PARAMETERS, "seed": s}, lightgbm.Dataset(matrix, target), rounds)
            for s in TREE_SEEDS
        ]
        return lambda rows: np.mean([m.predict(rows, num_threads=1) for m in models], axis=0)

    return fit


def smooth(blocks: Sequence[Block]) -> Fit:
    """Return the Gaussian-process regressor with some blocks."""

    def fit(matrix: np.ndarray, target: np.ndarray, groups: np.ndarray):
        del groups
        return SmoothRegressor.fit(matrix, blocks, target).predict

    return fit


def main_axes(embeddings: np.ndarray) -> np.ndarray:
    """Return the embedding's main axes; no target enters, so all rows may take part."""
    centred = embeddings - embeddings.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return centred @ vectors[:, ::-1][:, :AXES]


def trending_posts(data_dir: Path) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Read the trending set and its inputs by name."""
    collector = json.loads((data_dir / "trending_2020/trending.json").read_text("utf-8"))
    rows = []
    for post in collector["collector"]:
        author, music, video = post["authorMeta"], post["musicMeta"], post["videoMeta"]
        time_of = pd.Timestamp(post["createTime"], unit="s")
        rows.append(
            {
                "video_id": post["id"],
                "author": author["id"],
                "sound": music["musicId"],
                "caption": post["text"],
                "verified": float(author["verified"]),
                "own_sound": float(music["musicAuthor"] == author["nickName"]),
                "catalogue_sound": float(not music["musicOriginal"]),
                "duration_s": video["duration"],
                "width": video["width"],
                "height": video["height"],
                "hour": time_of.hour,
                "weekday": time_of.day_of_week,
                "log_views": np.log10(max(post["playCount"], 1)),
            }
        )
    posts = pd.DataFrame(rows)
    heard = pd.read_csv(data_dir / "trending_2020/audio_features.csv", dtype={"video_id": str})
    audio = posts[["video_id"]].merge(heard, on="video_id", how="left").drop(columns="video_id")
    posts["sound_uses"] = np.log1p(posts.groupby("sound")["sound"].transform("size") - 1)
    counts, embeddings = extract_table(posts[["caption"]])
    inputs = {
        # A post without a caption was posted that way: its counts are known to be 0.
        "counts": counts.fillna(0.0).to_numpy(),
        "meaning": np.nan_to_num(embeddings).astype(np.float64),
        "audio": audio.to_numpy(dtype=np.float64),
        "whose": posts[["own_sound", "catalogue_sound"]].to_numpy(),
        "shape": posts[["duration_s", "width", "height"]].to_numpy(dtype=np.float64),
        "time": posts[["hour", "weekday"]].to_numpy(dtype=np.float64),
        "uses": posts[["sound_uses"]].to_numpy(),
        "verified": posts[["verified"]].to_numpy(),
    }
    return posts, inputs


SMOOTH = {"counts": (True, True), "audio": (True, False)}
"""Input -> (smooth, logarithmic); the others are straight lines."""


def block(name: str, width: int) -> Block:
    """Return the block of one input."""
    is_smooth, logarithmic = SMOOTH.get(name, (False, False))
    names = tuple(f"{name}_{number}" for number in range(width))
    return Block(name, names, smooth=is_smooth, logarithmic=logarithmic)


def trending(data_dir: Path) -> None:
    """Print the trending set's tables."""
    posts, inputs = trending_posts(data_dir)
    target = posts["log_views"].to_numpy()
    strict = linked(posts["author"], posts["sound"])
    by_author = linked(posts["author"])
    axes = main_axes(inputs["meaning"])

    def of(
        fit: str,
        names: Sequence[str],
        groups: np.ndarray = strict,
        seeds: Sequence[int] = FEWER_SEEDS,
    ) -> list[np.ndarray]:
        if fit == "smooth":
            blocks = [block(name, inputs[name].shape[1]) for name in names]
            matrix = np.hstack([inputs[name] for name in names])
            chosen = smooth(blocks)
        else:
            parts = [axes if name == "meaning" else inputs[name] for name in names]
            matrix, chosen = np.hstack(parts), trees()
        return [out_of_fold(matrix, target, groups, chosen, seed) for seed in seeds]

    content = ("meaning", "counts", "audio", "whose")
    header("Trending posts, 10 folds by author and sound")
    constant = [np.full(len(target), np.median(target))]
    report("median", target, constant, strict)
    metadata = of("trees", ("shape", "time", "whose", "counts"), seeds=SEEDS)
    report("shape, hour, weekday, sound kind, caption counts; trees", target, metadata, strict)
    report("caption: meaning; lines", target, of("smooth", ("meaning",)), strict)
    report("caption: meaning and counts", target, of("smooth", ("meaning", "counts")), strict)
    report("audio; surface", target, of("smooth", ("audio",)), strict)
    report("audio; trees", target, of("trees", ("audio",)), strict)
    lines = of("smooth", content, seeds=SEEDS)
    report("**content**; lines and surfaces", target, lines, strict)
    forest = of("trees", (*content, "shape"), seeds=SEEDS)
    report("content and shape; trees", target, forest, strict)
    both = [(a + b) / 2 for a, b in zip(lines, forest, strict=True)]
    report("**content; mean of the two**", target, both, strict)
    alone = of("smooth", content, by_author)
    report("content; lines and surfaces, folds by author only", target, alone, by_author)
    for extra in ("time", "shape", "uses"):
        added = of("smooth", (*content, extra))
        report(f"content + {extra}; lines and surfaces", target, added, strict)
    verified = of("smooth", (*content, "verified"), seeds=SEEDS)
    verified_trees = of("trees", (*content, "shape", "verified"), seeds=SEEDS)
    known = [(a + b) / 2 for a, b in zip(verified, verified_trees, strict=True)]
    report("content + verified badge; mean of the two", target, known, strict)
    report("verified badge alone", target, of("smooth", ("verified",)), strict)

    header("How content grows with the posts to learn from (lines and surfaces, one seed)")
    blocks = [block(name, inputs[name].shape[1]) for name in content]
    matrix = np.hstack([inputs[name] for name in content])
    for share in (0.25, 0.5, 0.75, 1.0):
        grown = out_of_fold(matrix, target, strict, part_of(smooth(blocks), share), 0)
        report(f"{share:.0%} of the training posts", target, [grown], strict)


def part_of(fit: Fit, share: float) -> Fit:
    """Return a fit on a share of the training groups."""

    def smaller(matrix: np.ndarray, target: np.ndarray, groups: np.ndarray):
        numbers = np.unique(groups)
        kept = np.random.default_rng(1).permutation(numbers)[: round(share * len(numbers))]
        rows = np.isin(groups, kept)
        return fit(matrix[rows], target[rows], groups[rows])

    return smaller


def ridge(strength: float) -> Fit:
    """Return a ridge regression."""

    def fit(matrix: np.ndarray, target: np.ndarray, groups: np.ndarray):
        del groups
        mean, level = matrix.mean(axis=0), target.mean()
        centred = matrix - mean
        gram = centred.T @ centred + strength * np.eye(matrix.shape[1])
        slopes = np.linalg.solve(gram, centred.T @ (target - level))
        return lambda rows: (rows - mean) @ slopes + level

    return fit


def lift_of_hashtags(
    tags: Sequence[Mapping[str, None]], lift: np.ndarray, groups: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Return the shrunk mean lift of each post's hashtags, learnt from other creators."""
    fold = fold_numbers(groups, seed)
    used = pd.DataFrame(
        [(row, tag) for row, post in enumerate(tags) for tag in post], columns=["row", "tag"]
    )
    used["lift"], used["group"] = lift[used["row"]], groups[used["row"]]
    result = np.zeros(len(lift))
    for number in range(FOLDS):
        test = fold[used["row"]] == number
        train = used[~test]
        mean = train["lift"].mean()
        each = train.groupby(["tag", "group"])["lift"].agg(["mean", "size"]).reset_index()
        table = each.groupby("tag").agg(
            total=("mean", "sum"), creators=("group", "size"), posts=("size", "sum")
        )
        table = table[(table["creators"] >= 5) & (table["posts"] >= 20)]
        shrunk = (table["total"] - mean * table["creators"]) / (table["creators"] + 10.0)
        found = used[test].assign(lift=used[test]["tag"].map(shrunk)).groupby("row")["lift"].mean()
        result[found.index] = found.fillna(0.0)
    return result


def feeds(data_dir: Path) -> None:
    """Print what captions and hashtags add to the usual."""
    header("Lift over followers and length, high-view posts of Vietnam 2025, folds by creator")
    posts = pd.read_parquet(data_dir / "vietnam_2025.parquet").reset_index(drop=True)
    groups = pd.factorize(posts["creator"])[0]
    views = np.log10(posts["views"].clip(lower=1).to_numpy())
    account = np.column_stack([np.log10(posts["followers"] + 1), posts["duration_s"]])
    usual = out_of_fold(account, views, groups, trees(200), 0)
    lift = views - usual
    counts, embeddings = extract_table(posts)
    meaning = np.nan_to_num(embeddings).astype(np.float64)
    filled = counts.fillna(0.0).to_numpy()
    report(
        "caption: meaning; ridge", lift, [out_of_fold(meaning, lift, groups, ridge(20), 0)], groups
    )
    report(
        "caption: counts; trees", lift, [out_of_fold(filled, lift, groups, trees(200), 0)], groups
    )

    header("Lift over the creator's last 10 posts, ordinary feeds 2020, folds by creator")
    posts = pd.read_parquet(data_dir / "creators_2020.parquet")
    posts = posts.sort_values(["creator", "posted_at", "video_id"]).reset_index(drop=True)
    posts["log_views"] = np.log10(posts["views"].clip(lower=1))
    usual = posts.groupby("creator")["log_views"].transform(
        lambda past: past.shift().rolling(10, min_periods=5).mean()
    )
    posts, usual = posts[usual.notna()], usual[usual.notna()]
    groups = pd.factorize(posts["creator"])[0]
    lift = (posts["log_views"] - usual).to_numpy()
    counts, embeddings = extract_table(posts)
    meaning = np.nan_to_num(embeddings).astype(np.float64)
    tags = [dict.fromkeys(str(tag).lower() for tag in cell) for cell in posts["hashtags"]]
    report("hashtags: lift table", lift, [lift_of_hashtags(tags, lift, groups)], groups)
    report(
        "hashtags: meaning; ridge",
        lift,
        [out_of_fold(meaning, lift, groups, ridge(100), 0)],
        groups,
    )
    numbers = counts.filter(like="tag").fillna(0.0).to_numpy()
    report(
        "hashtags: counts; trees", lift, [out_of_fold(numbers, lift, groups, trees(200), 0)], groups
    )


def one_creator(data_dir: Path) -> None:
    """Print whether captions predict the lift of one creator's next post."""
    posts = pd.read_csv(data_dir / "creator_videos/labels.csv").rename(
        columns={"description": "caption"}
    )
    posts = posts.sort_values("posted_at", kind="stable").reset_index(drop=True)
    views = np.log10(posts["view_count"].to_numpy(dtype=np.float64))
    counts, embeddings = extract_table(posts[["caption"]])
    meaning = np.nan_to_num(embeddings).astype(np.float64)
    inputs = {
        "meaning": ("line", meaning),
        "counts": ("line", np.log1p(counts.fillna(0.0).to_numpy())),
    }
    rows = np.arange(FEWEST_EARLIER, len(posts))
    usual = np.array([views[max(0, row - 10) : row].mean() for row in range(len(posts)) if row])
    lift = views - np.concatenate([views[:1], usual])
    header(f"One creator, {len(rows)} posts, each predicted from all earlier ones")
    # Neighbouring posts share moods and fashions, so blocks of five are resampled.
    blocks = rows // 5
    for name, (_, matrix) in inputs.items():
        predicted = []
        for row in rows:
            scale = matrix[:row].std(axis=0).mean() or 1.0
            fit = ridge(10.0)(matrix[:row] / scale, lift[:row], rows)
            predicted.append(float(fit(matrix[row : row + 1] / scale)[0]))
        report(f"caption: {name}; ridge", lift[rows], [np.array(predicted)], blocks)


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder laid out as ../shared/data")
    data_dir = parser.parse_args().data
    start = time.perf_counter()
    trending(data_dir)
    feeds(data_dir)
    one_creator(data_dir)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
